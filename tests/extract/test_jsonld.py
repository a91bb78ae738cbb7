"""JSON-LD as pages write it, well or badly."""

from datetime import UTC, datetime

import pytest

from ingest.extract import moments
from webpage import NEWS, gathered, json_ld


@pytest.mark.parametrize(
    "script",
    [
        f"{{{NEWS}}}",
        f"[{{{NEWS}}}]",
        f'{{"@context": "https://schema.org", "@graph": [{{"@type": "WebSite"}}, {{{NEWS}}}]}}',
        f"<!-- {{{NEWS}}} -->",
        f"//<![CDATA[\n{{{NEWS}}}\n//]]>",
        f"{{{NEWS},}}",
        f'{{{NEWS}, "description": "two\nlines"}};',
        f'{{"@type": "WebSite"}}{{{NEWS}}}',
        '{"@type": ["Article", "http://schema.org/NewsArticle"], ' + NEWS.partition(", ")[2] + "}",
    ],
)
def test_json_ld_is_read_however_it_is_written(script: str) -> None:
    published = moments.published(gathered(json_ld(script)))
    assert published is not None
    moment, evidence = published
    assert (moment.at, moment.offset_s, moment.precision) == (
        datetime(2026, 11, 21, 17, 30, tzinfo=UTC),
        3600,
        "second",
    )
    assert evidence == "json-ld"
