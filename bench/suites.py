"""How feeds of other projects' tests are read, next to feedparser on the same files: `python bench/suites.py FOLDER...`.

Unpack source distributions into a folder of your own (feedparser's carries its `tests/`); none of their files is kept here.
feedparser runs in a process that is killed when it takes too long. Files that say what they `Expect:` of titles, links,
ids, dates and authors (feedparser's do) are asked whether it is so.
"""

import argparse
import ast
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

from pebble import ProcessPool

from ingest.discover.charset import decode
from ingest.discover.entry import Said, entry_of
from ingest.discover.feed import listing_of, read_feed
from ingest.discover.text import Text, plain
from ingest.records import Entry, Feed
from ingest.rules.url import as_found

LIMIT_S = 20
LIMIT_BYTES = 5_000_000
BASE_URL = "http://127.0.0.1:8097/feed"
NOW = datetime.now(UTC)
FEED = Feed(feed_id="suite", source_id="suite", url=BASE_URL, feed_kind="feed")
LOOKS_LIKE_A_FEED = re.compile(
    rb"<(?:[a-z0-9]+:)?(?:rss|rdf|feed|channel)[\s>]|jsonfeed\.org/version|<\0(?:r\0s\0s|f\0e\0e\0d|r\0d\0f)",
    re.IGNORECASE,
)
NO_FEEDS = frozenset({
    ".py", ".pyc", ".js", ".ts", ".md", ".rst", ".html", ".htm", ".txt", ".ini", ".map", ".rs", ".toml", ".png", ".svg", ".jpg",
    ".yaml", ".yml", ".mjs", ".cjs", ".css", ".opml", ".in", ".cfg", ".lock", ".gz", ".bz2", ".whl", ".zip", ".pdf",
})  # fmt: skip
EXPECT = re.compile(rb"Expect:[ \t]*(.+?)\s*$", re.MULTILINE)
CHARSET = re.compile(rb"Header:[^\n]*?charset=[\"']?([\w-]+)", re.IGNORECASE)


class Found(NamedTuple):
    title: str | None
    link: str | None


@dataclass
class Tally:
    files: Counter[str] = field(default_factory=Counter)  # each by route
    ours: Counter[str] = field(default_factory=Counter)
    theirs: Counter[str] = field(default_factory=Counter)
    ours_s: Counter[str] = field(default_factory=Counter)
    theirs_s: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    differences: dict[str, list[str]] = field(default_factory=dict)  # kind -> a line for each

    def differs(self, kind: str, path: Path, how: str) -> None:
        self.differences.setdefault(kind, []).append(f"{path}: {how}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folders", nargs="+", type=Path)
    asked.add_argument("--show", type=int, default=40, help="so many lines of each kind of difference")
    given = asked.parse_args()
    tally = Tally()
    with ProcessPool(max_workers=1) as pool:
        for path in feed_files(given.folders):
            count(path, pool, tally)
    print(f"{'route':12} {'files':>6} {'entries':>8} {'feedparser':>11} {'CPU s':>7} {'feedparser':>11}")
    for route in sorted(tally.files):
        counts = f"{tally.files[route]:6} {tally.ours[route]:8} {tally.theirs[route]:11}"
        print(f"{route:12} {counts} {tally.ours_s[route]:7.2f} {tally.theirs_s[route]:11.2f}")
    counts = f"{tally.files.total():6} {tally.ours.total():8} {tally.theirs.total():11}"
    print(f"{'all':12} {counts} {tally.ours_s.total():7.2f} {tally.theirs_s.total():11.2f}")
    print(f"expectations: {dict(tally.verdicts)}")
    for kind, lines in tally.differences.items():
        print(f"\n{kind}: {len(lines)}, in {len({line.partition(': ')[0] for line in lines})} files")
        for line in lines[: given.show]:
            print("   ", line.encode("utf-8", "backslashreplace").decode()[:400])


def count(path: Path, pool: ProcessPool, tally: Tally) -> None:
    body = path.read_bytes()
    started_s = process_time()
    route = read(body)
    tally.ours_s[route] += process_time() - started_s
    ours = [] if route == "not a feed" else listed(body)
    try:
        theirs, elapsed_s = pool.schedule(by_feedparser, args=[body], timeout=LIMIT_S).result()
        tally.theirs_s[route] += elapsed_s
    except Exception as fault:  # noqa: BLE001  whatever feedparser fails with, the time limit too
        tally.differs("feedparser fails", path, type(fault).__name__)
        theirs = []
    tally.files[route] += 1
    tally.ours[route] += len(ours)
    tally.theirs[route] += len(theirs)
    for kind, difference in compared(ours, theirs):
        tally.differs(kind, path, difference)
    for verdict, assertion in asserted(body):
        tally.verdicts[verdict] += 1
        if verdict != "passed":
            tally.differs(f"an expectation {verdict}", path, assertion)


def feed_files(folders: list[Path]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in NO_FEEDS or not path.is_file() or path.stat().st_size > LIMIT_BYTES:
                continue
            body = path.read_bytes()
            if LOOKS_LIKE_A_FEED.search(body[:20_000]) or (b"Expect:" in body[:2_000] and b"entries[" in body[:2_000]):
                yield path


def read(body: bytes) -> str:
    reading = read_feed(body, feed=FEED, poll_id="", listed_at=NOW, base_url=BASE_URL, http_charset=served(body))
    return str(reading.parse_route) if reading.outcome == "ok" else "not a feed"


def listed(body: bytes) -> list[Found]:
    """Every entry, with an address or without, as often as it is listed."""
    return [
        Found(entry.title, None if said.links == (BASE_URL,) else entry.url)
        for said, entry in entries(body, served(body))
    ]


def entries(body: bytes, charset: str | None) -> list[tuple[Said, Entry]]:
    """What is said, and its record; one without a usable address is given one, so that the rest of it can be seen."""
    listing = listing_of(decode(body, charset).lstrip("\ufeff"), BASE_URL)
    read = []
    for one in listing.channel.entries:
        said = listing.said(one, language=listing.channel.language, base_url=BASE_URL)
        entry = entry_of(said, feed=FEED, poll_id="", listed_at=NOW)
        if entry is None:
            said = replace(said, links=(BASE_URL,))
            entry = entry_of(said, feed=FEED, poll_id="", listed_at=NOW)
        assert entry is not None
        read.append((said, entry))
    return read


def served(body: bytes) -> str | None:
    found = CHARSET.search(body[:2_000])
    return found[1].decode() if found else None


def by_feedparser(body: bytes) -> tuple[list[Found], float]:
    """What it finds, and the CPU seconds that its parse alone takes."""
    from io import BytesIO

    import feedparser

    charset = served(body)
    content_type = f"application/xml; charset={charset}" if charset else "application/xml"
    started_s = process_time()
    parsed = feedparser.parse(
        BytesIO(body),
        response_headers={"content-location": BASE_URL, "content-type": content_type},
        sanitize_html=False,
    )
    elapsed_s = process_time() - started_s
    found = [Found(plain(Text(entry.get("title"), "html"), 1_000), link_of(entry, body)) for entry in parsed.entries]
    return found, elapsed_s


def link_of(entry: Any, body: bytes) -> str | None:
    """feedparser makes every id a link where there is no other, even if no address stands in the file."""
    link = entry.get("link") or ""
    is_link = any(one.get("rel") in ("alternate", "self") for one in entry.get("links", ()))
    return link if is_link or (as_found(link) and link.encode() in body) else None


def compared(ours: list[Found], theirs: list[Found]) -> Iterator[tuple[str, str]]:
    if len(ours) < len(theirs):
        yield "fewer entries than feedparser", f"{len(ours)} of {len(theirs)}"
    for what in Found._fields:
        counts = [sum(bool(getattr(one, what)) for one in side) for side in (ours, theirs)]
        if counts[0] < counts[1]:
            yield f"fewer {what}s than feedparser", f"{counts[0]} of {counts[1]}"
    if len(ours) == len(theirs):
        for mine, other in zip(ours, theirs, strict=True):
            if mine.title and other.title and squeezed(mine.title) != squeezed(other.title):
                yield "another title than feedparser", f"{mine.title!r}, not {other.title!r}"
            link = as_found(other.link, BASE_URL) if other.link else None
            if mine.link and link and mine.link != link:
                yield "another link than feedparser", f"{mine.link!r}, not {link!r}"


def squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


# feedparser's word for it -> ours; "html" where it is compared as a reader sees it
WORDS: dict[tuple[str, ...], Callable[[Said, Entry], Any]] = {
    ("title",): lambda _, entry: entry.title,
    ("title_detail", "value"): lambda _, entry: entry.title,
    ("link",): lambda said, entry: None if said.links == (BASE_URL,) else entry.url,
    ("id",): lambda _, entry: entry.guid,
    ("guid",): lambda _, entry: entry.guid,
    ("author",): lambda _, entry: entry.authors,
    ("author_detail", "name"): lambda _, entry: entry.authors,
    ("authors", 0, "name"): lambda _, entry: entry.authors,  # type: ignore[dict-item]
    ("published",): lambda _, entry: entry.published_raw,
    ("updated",): lambda said, _: said.updated,
    ("published_parsed",): lambda _, entry: entry.published_at,
    ("created_parsed",): lambda _, entry: entry.published_at,
    ("updated_parsed",): lambda _, entry: entry.modified_at or entry.published_at,
    ("where", "coordinates"): lambda _, entry: (entry.longitude, entry.latitude),
    ("summary",): lambda _, entry: entry.summary,
}


def asserted(body: bytes) -> Iterator[tuple[str, str]]:
    """Each comparison of the file's expectation that concerns what we keep of entries: passed, failed, or null."""
    found = EXPECT.search(body[:4_000])
    if found is None or b"entries[" not in found[1]:
        return
    assertion = decode(found[1], None)
    try:
        tree = ast.parse(assertion, mode="eval")
    except (SyntaxError, ValueError):
        return
    wanted = [
        test for node in ast.walk(tree) if isinstance(node, ast.Compare) and (test := expectation(node)) is not None
    ]
    if not wanted:
        return
    try:
        found_here = entries(body, served(body))
    except Exception:  # noqa: BLE001  a feed that we do not read meets no expectation
        found_here = []
    for number, words, value in wanted:
        if number >= len(found_here):
            yield "failed", f"{words} {value!r}, no such entry"
            continue
        said, entry = found_here[number]
        got = WORDS[words](said, entry)
        verdict = "passed" if agrees(words, got, value) else "failed" if got else "null"
        yield verdict, f"{words} {value!r}, not {got!r}"


def expectation(node: ast.Compare) -> tuple[int, tuple[str, ...], Any] | None:
    steps: list[Any] = []
    at: ast.expr = node.left
    while not isinstance(at, ast.Name):
        if isinstance(at, ast.Attribute):
            steps.append(at.attr)
            at = at.value
        elif isinstance(at, ast.Subscript) and isinstance(at.slice, ast.Constant):
            steps.append(at.slice.value)
            at = at.value
        else:
            return None
    steps.append(at.id)
    name, *rest = reversed(steps)
    if name != "entries" or len(rest) < 2 or tuple(rest[1:]) not in WORDS or not isinstance(node.ops[0], ast.Eq):
        return None
    try:
        value = ast.literal_eval(node.comparators[0])
    except ValueError:
        return None
    return (rest[0], tuple(rest[1:]), value) if value else None


def agrees(words: tuple[str, ...], got: Any, value: Any) -> bool:
    if words[-1].endswith("_parsed"):
        return got is not None and got.timetuple()[:6] == tuple(value)[:6]
    if words == ("where", "coordinates"):
        return got == value[:2]
    if words[0] in ("author", "author_detail", "authors"):
        name = re.sub(r"\s*\([^()]*@[^()]*\)$", "", value)
        return any(name in (one, ", ".join(got)) for one in got) or ("@" in name and not got)
    if words == ("link",):
        return got == as_found(value, BASE_URL) or (got is None and as_found(value, BASE_URL) is None)
    if words[0] in ("title", "title_detail", "summary"):
        shown = {squeezed(plain(Text(value, writing), 2_000) or "") for writing in ("html", "plain", "guess")}  # type: ignore[arg-type]
        return squeezed(got or "") in shown
    return bool(got == value)


if __name__ == "__main__":
    sys.exit(main())
