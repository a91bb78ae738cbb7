"""Made for its import by the fork server of the workers: what the first page of a process costs is paid there, once.

No page of the world is read here.
"""

from datetime import UTC, datetime

from ingest.extract.page import judge
from ingest.records import Page

# Reads the models of text and of languages and the list of public suffixes: 0.2 CPU s, which each worker paid anew.
URL = "https://www.first.example/2024/05/03/a-page"
PAGE = f"""<!DOCTYPE html><html><head><title>A page of ours</title>
<link rel="canonical" href="https://first.example/2024/05/03/a-page"><meta property="og:image" content="/picture.jpg">
<meta property="article:published_time" content="2024-05-03T10:11:12Z"><meta name="author" content="Ada Example">
</head><body><article><h1>A page of ours</h1>{"<p>It says little, and says it at some length, so that it is read.</p>" * 20}
</article></body></html>"""

judge(
    Page(
        fetch_id="0",
        entry_id="0",
        source_id="first",
        url=URL,
        final_url=URL,
        http_charset="utf-8",
        language=None,
        rule=None,
        fetched_at=datetime(2024, 5, 3, 12, tzinfo=UTC),
        body=PAGE.encode(),
    )
)
