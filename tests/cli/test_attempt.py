"""`ingest try page|sitemap|robots|fetch`: what a person sees who debugs a source."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fetch.hostile import HostileWeb
from ingest.settings import Settings
from prompt import Prompt
from webpage import NEWS, PARAGRAPHS, URL, html, json_ld

ROBOTS = b"""# no robots\nUser-agent: *
Disallow: /private # \x1b[31mred
Crawl-delay: 0.01

User-agent: GPTBot
Disallow: /

Sitemap: https://a.example/\x1bs.xml
"""


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings) -> Prompt:
    monkeypatch.setenv("INGEST_HOME", str(settings.home))
    monkeypatch.setenv("INGEST_CONTACT", settings.contact)
    monkeypatch.setenv("INGEST_ALLOW_NETWORKS", "127.0.0.0/8")
    return Prompt(monkeypatch, capsys, "try")


@pytest.fixture
def web() -> Iterator[HostileWeb]:
    with HostileWeb() as server:
        yield server


def test_robots_names_the_verdict_and_the_line_that_decides(prompt: Prompt, web: HostileWeb) -> None:
    web.page("/robots.txt", ROBOTS, "Content-Type: text/plain")
    code, out, _ = prompt("robots", web.url("/private/a"))
    assert code == 0
    for line in (
        "verdict      denied to ingest",
        "rule         line 3: Disallow: /private",
        "group        User-agent: *, 2 lines",
        "crawl delay  0.01 s",
        "opt-outs     robots:gptbot",
        "sitemap      https://a.example/%1Bs.xml",
        "answer       ok, HTTP 200, asked now",
        f"of           {web.url('/robots.txt')}",
    ):
        assert line in out
    assert "\x1b" not in out
    assert "known for 0 s" in prompt("robots", web.url("/a"))[1]
    assert len(web.heads) == 1


def test_robots_answers_for_another_robot_in_json(prompt: Prompt, web: HostileWeb) -> None:
    web.page("/robots.txt", ROBOTS, "Content-Type: text/plain")
    told = json.loads(prompt("robots", web.url("/a"), "--agent", "GPTBot/1.2", "--json")[1])
    assert (told["agent"], told["state"], told["group"]) == ("gptbot", "denied", "gptbot")
    assert told["rule"] == {"number": 7, "text": "Disallow: /"}
    assert told["sitemaps"] == ["https://a.example/%1Bs.xml"]
    assert (told["is_asked_now"], told["http_status"], told["text_bytes"]) == (True, 200, len(ROBOTS))


def test_robots_says_that_it_does_not_know(prompt: Prompt, web: HostileWeb) -> None:
    web.page("/robots.txt", b"", "Retry-After: 600", status="503 Later")
    out = prompt("robots", web.url("/a"))[1]
    for line in ("verdict      unreachable to ingest", "rule         not known", "answer       rate_limited, HTTP 503"):
        assert line in out
    assert "left alone   until 2" in out


@pytest.mark.parametrize(
    "words", [("robots", "foo"), ("robots", "https://a.example/", "--agent", "*bot"), ("fetch", "ftp://a.example/")]
)
def test_what_is_no_address_or_name_is_refused(prompt: Prompt, words: tuple[str, ...]) -> None:
    code, _, err = prompt(*words)
    assert code == 3
    assert "ingest: " in err


@pytest.mark.parametrize("step", ["robots", "fetch"])
def test_without_a_contact_nothing_is_asked(
    prompt: Prompt, web: HostileWeb, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.delenv("INGEST_CONTACT")
    code, _, err = prompt(step, web.url("/a"))
    assert (code, web.heads) == (3, [])
    assert "INGEST_CONTACT is empty" in err


def test_fetch_tells_what_came_of_a_visit(prompt: Prompt, web: HostileWeb) -> None:
    web.page("/robots.txt", ROBOTS, "Content-Type: text/plain")
    web.redirect("/old", web.url("/new"), "301 Moved")
    web.page(
        "/new", b"<p>Rain", "Content-Type: text/html; charset=UTF-8", 'ETag: "7"', "Cache-Control: max-age=60",
        "X-Robots-Tag: noai",
    )  # fmt: skip
    code, out, _ = prompt("fetch", web.url("/old"))
    assert code == 0
    for line in (
        "outcome      ok, HTTP 200",
        "robots       allowed",
        f"redirect     {web.url('/new')}",
        f"moved to     {web.url('/new')}",
        "type         text/html",
        "charset      utf-8",
        'etag         "7"',
        "fresh for    60 s",
        "bytes        7 on the wire, 7 decoded",
        "opt-outs     header:noai robots:gptbot",
    ):
        assert line in out
    assert [head.split(" ")[1] for head in web.heads] == ["/robots.txt", "/old", "/new"]


@pytest.mark.parametrize("path", ["/private/a", "/leads/there"])
def test_fetch_does_not_fetch_what_robots_denies(prompt: Prompt, web: HostileWeb, path: str) -> None:
    web.page("/robots.txt", ROBOTS, "Content-Type: text/plain")
    web.redirect("/leads/there", web.url("/private/a"))
    told = json.loads(prompt("fetch", web.url(path), "--json")[1])
    assert told["outcome"] == "robots_denied"
    assert told["robots"] == ("denied" if path == "/private/a" else "allowed")
    assert not [head for head in web.heads if head.startswith("GET /private")]


def test_fetch_of_a_feed_asks_no_robots(prompt: Prompt, web: HostileWeb) -> None:
    web.page("/robots.txt", b"User-agent: *\nDisallow: /", "Content-Type: text/plain")
    web.page("/feed", b"<rss/>", "Content-Type: application/rss+xml")
    out = prompt("fetch", web.url("/feed"), "--feed")[1]
    assert "outcome      ok, HTTP 200" in out
    assert "robots       not asked" in out


def test_fetch_escapes_what_a_server_writes(prompt: Prompt, web: HostileWeb) -> None:
    web.page("/robots.txt", b"", "Content-Type: text/plain")
    web.page("/a", b"x", "Content-Type: text/html", 'ETag: "\x1b[2J"')
    assert "\x1b" not in prompt("fetch", web.url("/a"))[1]


def test_fetch_leaves_no_page_behind(prompt: Prompt, web: HostileWeb, settings: Settings) -> None:
    web.page("/robots.txt", b"", "Content-Type: text/plain")
    web.page("/a", b"secret words", "Content-Type: text/html")
    prompt("fetch", web.url("/a"))
    kept = [path for path in Path(settings.home).rglob("*") if path.is_file()]
    assert {path.parent.name for path in kept} == {"robots", "hosts"}


SITEMAP = """<urlset><url><loc>https://daily.example/2026/11/20/rain</loc></url>
<url><loc>https://daily.example/sun</loc><lastmod>2026-11-21</lastmod></url>
<url><loc>https://daily.example/2019/01/01/old</loc></url><url><loc></loc></url></urlset>"""
INDEX = """<sitemapindex><sitemap><loc>https://daily.example/a.xml</loc><lastmod>2026-11-20</lastmod></sitemap>
<sitemap><loc>https://daily.example/b.xml</loc><lastmod>2026-11-21T10:00:00Z</lastmod></sitemap></sitemapindex>"""


def test_sitemap_lists_the_articles_of_a_file_since_a_day(prompt: Prompt, tmp_path: Path) -> None:
    file = tmp_path / "sitemap.xml.gz"
    file.write_bytes(gzip.compress(SITEMAP.encode()))
    code, out, _ = prompt("sitemap", str(file), "--since", "2026-11-01")
    assert code == 0
    for line in ("outcome      ok", "read as      urlset", "listed       4", "taken        2", "outside      1 older"):
        assert line in out
    assert "https://daily.example/sun" in out
    code, out, _ = prompt("sitemap", str(file), "--json")
    assert (code, len(json.loads(out)["entries"])) == (0, 3)


def test_sitemap_lists_the_sitemaps_of_an_index_newest_first(prompt: Prompt, web: HostileWeb) -> None:
    web.page("/sitemap.xml", INDEX.replace("https://daily.example", web.url("")).encode(), "Content-Type: text/xml")
    code, out, _ = prompt("sitemap", web.url("/sitemap.xml"))
    assert (code, "sitemaps     2" in out) == (0, True)
    assert out.index("/b.xml") < out.index("/a.xml")


def test_sitemap_says_what_is_no_sitemap(prompt: Prompt, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<!doctype html><html></html>", "utf-8")
    assert "outcome      not_a_feed, an HTML page" in prompt("sitemap", str(file))[1]
    code, _, err = prompt("sitemap", str(tmp_path / "none.xml"))
    assert (code, "cannot be read" in err) == (3, True)


CATALOGUE = """
[[source]]
source_id = "gazette"
name = "Gazette"
home_url = "https://gazette.example/"
country = "GB"
language = "en"
feeds = ["https://gazette.example/feed"]

[[source.rules]]
valid_to = 2020-01-01
title = "h9"

[[source.rules]]
valid_from = 2026-01-01
title_from = "h1"
body = "section.none"
remove = ["aside", "p.\\\\31 x"]
"""
PAGE = html(
    head=json_ld(
        f'{{{NEWS.replace("Harbour", "Port")}, "author": {{"@type": "Person", "name": "Ana \x1b[31mSilva"}}}}'
    ),
    body="<article><h1>Harbour reopens after storm</h1><aside>Buy \x1b[2J this</aside>"
    + "".join(f"<p>{line}</p>" for line in (*PARAGRAPHS, *(f"{line} Again." for line in PARAGRAPHS)))
    + "</article>",
)


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    catalogue, file = tmp_path / "sources.toml", tmp_path / "page.html"
    catalogue.write_text(CATALOGUE, "utf-8")
    file.write_text(PAGE, "utf-8")
    monkeypatch.setenv("INGEST_CATALOGUE", str(catalogue))
    return file


def squeezed(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_a_page_is_shown_with_where_each_field_is_from_and_what_the_rule_did(prompt: Prompt, saved: Path) -> None:
    code, out, err = prompt("page", str(saved), "--source", "gazette", "--url", URL, "--at", "2026-11-22")
    assert code == 0, err
    lines = squeezed(out)
    for line in (
        "verdict article",
        f"page {URL}",
        "title Harbour reopens after storm h1",
        "published_at 2026-11-21T18:30:00+01:00 (second) json-ld",
        f"canonical_url {URL} final-url",
        "rule from 2026-01-01 until further notice",
        "body section.none found nothing",
        "title_from h1 the title is from h1",
        PARAGRAPHS[0],
        "... 2 more lines, shown by --text ...",
        f"{PARAGRAPHS[3]} Again.",
    ):
        assert line in lines
    assert any(line.startswith("remove aside removed 1: Buy") for line in lines)
    assert any(line.startswith("language en (") and line.endswith("text") for line in lines)
    assert "\x1b" not in out


def test_the_rule_of_another_day_and_no_rule_are_told(prompt: Prompt, saved: Path) -> None:
    out = prompt("page", str(saved), "--source", "gazette", "--at", "2019-12-31", "--text")[1]
    assert "rule from the beginning until 2020-01-01" in out
    assert "title h9 found nothing" in squeezed(out)
    assert "title Port reopens after storm json-ld" in squeezed(out)
    assert f"{PARAGRAPHS[0]} Again." in out
    assert "more lines" not in out
    assert "gazette has none for this day" in prompt("page", str(saved), "--source", "gazette", "--at", "2020-01-01")[1]
    assert "no --source" in prompt("page", str(saved))[1]


def test_a_page_is_fetched_as_the_crawler_does_and_told_in_json(prompt: Prompt, saved: Path, web: HostileWeb) -> None:
    web.page("/a", PAGE.encode(), "Content-Type: text/html; charset=utf-8")
    told = json.loads(prompt("page", web.url("/a"), "--source", "gazette", "--json")[1])
    assert (told["url"], told["reason"], told["record"]["source_id"]) == (web.url("/a"), None, "gazette")
    assert told["rule"]["remove"] == ["aside", "p.\\31 x"]
    assert told["record"]["evidence"]["rule.body"] == "section.none"
    assert [step["found_count"] for step in told["steps"]] == [1, 0, 0]
    assert told["text"].startswith(PARAGRAPHS[0])


def test_a_page_that_is_no_article_says_why_and_what_could_be_read(prompt: Prompt, saved: Path) -> None:
    saved.write_text("<html><title>Not found</title><body><p>Page not found</p></body></html>", "utf-8")
    lines = squeezed(prompt("page", str(saved))[1])
    assert lines[0].startswith("verdict rejected: ")
    saved.write_bytes(b"%PDF-1.4 \0")
    lines = squeezed(prompt("page", str(saved))[1])
    assert lines[0].startswith("verdict rejected: unreadable, ")
    assert "no text" in lines


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.html",), "none.html cannot be read"),
        (("PAGE", "--source", "nobody"), "no source 'nobody'"),
        (("PAGE", "--url", "page.html"), "--url: 'page.html' is not a web address"),
        (("PAGE.gz",), "no gzip file"),
    ],
)
def test_what_cannot_be_tried_is_code_3(prompt: Prompt, saved: Path, words: tuple[str, ...], said: str) -> None:
    Path(f"{saved}.gz").write_bytes(b"plain")
    code, _, err = prompt("page", *(word.replace("PAGE", str(saved)) for word in words))
    assert code == 3
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (html(head=json_ld(f"{{{NEWS}}}")), "the title is from h1"),
        (html(head=json_ld(f"{{{NEWS}}}"), body=f"<p>{PARAGRAPHS[0]}</p>"), "the title is from json-ld: no usable h1"),
        ("<p>Rain.</p>", "the page has no title"),
    ],
)
def test_page_says_where_a_preferred_title_is_missing_and_makes_up_no_address(
    prompt: Prompt, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: str, told: str
) -> None:
    source = CATALOGUE.partition("[[source.rules]]")[0]
    (tmp_path / "sources.toml").write_text(f'{source}[[source.rules]]\ntitle_from = "h1"\n', "utf-8")
    monkeypatch.setenv("INGEST_CATALOGUE", str(tmp_path / "sources.toml"))
    (tmp_path / "page.html").write_text(page, "utf-8")
    code, out, err = prompt("page", str(tmp_path / "page.html"), "--source", "gazette")
    assert (code, err) == (0, "")
    assert told in out
    assert "a file of no known address: --url says where it came from" in out
    assert "page.invalid" not in out
