"""Rows of lists, manifests and logs: which column is the address, which the date, whatever they are called.

How a file becomes rows is read elsewhere.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Literal

Column = Literal["url", "published", "modified", "captured", "title", "language", "file", "status", "content_type"]

# The first name that is there counts; names are compared in lower case, with one underscore for all that is no letter.
NAMES: dict[Column, tuple[str, ...]] = {
    "url": (
        "url", "link", "loc", "href", "address", "article_url", "page_url", "source_url", "original_url", "final_url",
        "permalink", "canonical_url", "uri", "original", "web_url", "weburl", "target_uri", "warc_target_uri",
    ),
    "published": (
        "published_at", "published", "publication_date", "date_published", "datepublished", "publish_date",
        "published_date", "pub_date", "pubdate", "publishdate", "date_publish", "publishedat", "webpublicationdate",
        "article_date", "date", "datum", "news_date", "created_at", "created", "timestamp", "time",
    ),
    "modified": (
        "modified_at", "modified", "date_modified", "datemodified", "updated_at", "updated", "lastmod", "last_modified",
        "date_modify",
    ),
    "captured": (
        "captured_at", "captured", "fetched_at", "fetched", "crawled_at", "crawl_date", "date_download", "downloaded_at",
        "saved_at", "retrieved_at", "warc_date", "date_crawled",
    ),
    "title": ("title", "headline", "title_page", "name", "titel"),
    "language": ("language", "lang", "language_code", "sprache"),
    "file": ("file", "filename", "file_name", "path", "html", "html_file", "local_path"),
    "status": ("http_status", "status", "status_code", "statuscode"),
    "content_type": ("content_type", "mime", "mime_type", "mimetype"),
}  # fmt: skip
NOT_LETTERS = re.compile(r"[\W_]+")
TEXT_LIMIT_CHARS = 5_000
SECONDS = range(631_152_000, 4_102_444_800)  # 1990 to 2100


def named_columns(names: Iterable[object]) -> dict[Column, str]:
    """Which of a file's own column names stands for what; those with a prefix (`article.url`) count too, after the others."""
    spelt: dict[str, str] = {}
    for name in names:
        if isinstance(name, str):
            spelt.setdefault(_plain(name), name)
            spelt.setdefault(_plain(name.rpartition(".")[2]), name)
    found: dict[Column, str] = {}
    for column, known in NAMES.items():
        name = next((spelt[one] for one in known if one in spelt), None)
        if name is not None:
            found[column] = name
    return found


def text_of(row: Mapping[str, object], column: Column, columns: Mapping[Column, str]) -> str | None:
    """A value as text: what is a date becomes ISO 8601, also seconds or milliseconds since 1970 where a date is wanted."""
    name = columns.get(column)
    value = row.get(name) if name is not None else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if column in ("published", "modified", "captured") and (at := _since_1970(value)):
        return at
    text = str(value).strip()
    return text[:TEXT_LIMIT_CHARS] if text and text.lower() not in ("null", "none", "nan", "n/a") else None


def _since_1970(value: str | int | float) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return None
    for unit in (1, 1_000, 1_000_000):
        if number == number and abs(number) < 1e18 and int(number / unit) in SECONDS:
            return datetime.fromtimestamp(number / unit, UTC).isoformat()
    return None


def _plain(name: str) -> str:
    return NOT_LETTERS.sub("_", name.strip().lower()).strip("_")
