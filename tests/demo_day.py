"""A warehouse of a day of the demo news web, crawled twice: articles, edits, copies, faults and a gap."""

from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

from ingest.demo.web import NewsWeb
from ingest.jobs import build, crawl, load, publish
from ingest.settings import Settings

LOOPBACK = (ip_network("127.0.0.0/8"),)


def demo_day(home: Path) -> Settings:
    """Published once, after both editions."""
    home.mkdir(parents=True, exist_ok=True)
    with NewsWeb(seed=1) as web:
        catalogue = home / "sources.toml"
        catalogue.write_text(web.catalogue(), "utf-8")
        settings = Settings(home=home, contact="mailto:tests@example.org", catalogue=catalogue, allow_networks=LOOPBACK)
        for edition in (1, 2):
            web.turn_to(edition)
            crawl.run(settings)
            load.run(settings)
    build.run(settings)
    assert publish.run(settings)["quarantined"] == []
    return replace(settings, catalogue=Path("gone"))
