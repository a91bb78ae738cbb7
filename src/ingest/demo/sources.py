"""The catalogue of the demo web, as the sources.toml that a person would write for it; what is listed there is elsewhere."""

import json
from collections.abc import Mapping

from ingest.demo import pages as saved
from ingest.demo import sitemap
from ingest.demo.papers import PAPERS, Paper

HEADER = "# The demo news web.\n[defaults]\npoll_every_s = 1\npoll_ceiling_s = 1\nhost_delay_s = 0.0\n"
SECTION_PAGE = "/latest"


def catalogue(origins: Mapping[str, str]) -> str:
    """Every paper, to be polled as often as one likes; and the saved pages, where they are served."""
    tables = [HEADER, *(_table(_paper(paper, origins[paper.source_id])) for paper in PAPERS)]
    if saved.SOURCE_ID in origins:
        origin = origins[saved.SOURCE_ID]
        tables.append(
            _table(_about(saved.SOURCE_ID, "Saved pages", origin, "ZZ", "mul") | {"feeds": [f"{origin}/feed.xml"]})
        )
    return "\n".join(tables)


def _paper(paper: Paper, origin: str) -> dict[str, object]:
    told = _about(paper.source_id, paper.name, origin, paper.country, paper.language)
    match paper.discovery.by:
        case "feed":
            names = ("feed", "section") if paper.has_section_feed else ("feed",)
            told["feeds"] = [f"{origin}/{name}.xml" for name in names]
        case "sitemap":
            told["sitemaps"] = [f"{origin}{sitemap.INDEX}"]
        case "section":
            told["sections"] = [f"{origin}{SECTION_PAGE}"]
    if paper.discovery.section_links:
        told["section_links"] = paper.discovery.section_links
    return told


def _about(source_id: str, name: str, origin: str, country: str, language: str) -> dict[str, object]:
    return {"source_id": source_id, "name": name, "home_url": f"{origin}/", "country": country, "language": language}


def _table(told: Mapping[str, object]) -> str:
    """One [[source]]; a JSON string is a TOML basic string too."""
    return "[[source]]\n" + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in told.items())
