"""A broken catalogue says which file, source and key is wrong, before anything is fetched."""

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.cssselect import CSSSelector
from lxml.html import document_fromstring

from ingest import catalogue
from ingest.errors import CatalogueError
from ingest.records import PageRule
from ingest.rules.url import as_found, host

GOOD = """
[[source]]
source_id = "daily-gazette"
name = "The Daily Gazette"
home_url = "https://gazette.example/"
country = "GB"
language = "en-GB"
feeds = ["https://www.gazette.example/feed/", "http://gazette.example/sport.xml?a=1"]
"""
PLAIN = {
    "source_id": "a",
    "name": "A",
    "country": "GB",
    "language": "en",
    "home_url": "https://a.example/",
    "feeds": ["https://a.example/feed"],
}
SECOND = GOOD.replace("daily-gazette", "evening-post").replace("gazette.example", "post.example")


def ruled(said: str) -> str:
    return f"{GOOD}[[source.rules]]\n{said}\n"


# what is broken -> (the file, words its error must contain)
BROKEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "no TOML": ('[[source]]\nname = "unclosed\n', ("sources.toml is not TOML", "line 2", "nothing was crawled")),
    "an empty file": ("", ("no [[source]]",)),
    "defaults alone": ("[defaults]\npoll_every_s = 60\n", ("no [[source]]",)),
    "an unknown table": (GOOD + "[sources]\n", ("unknown key 'sources'", "[[source]]")),
    "an unknown default": ("[defaults]\npause = 3\n" + GOOD, ("[defaults]", "unknown key 'pause'", "poll_every_s")),
    "an unknown key": (GOOD + 'lang = "en"\n', ("'daily-gazette'", "unknown key 'lang'", "language")),
    "an id twice": (GOOD + GOOD.replace("gazette.example", "other.example"), ("'daily-gazette'", "'source_id'", "twice")),
    "a feed of two sources": (
        GOOD + SECOND.replace("https://www.post.example/feed/", "http://gazette.example/feed"),
        ("'evening-post'", "gazette.example/feed", "also polled for 'daily-gazette'"),
    ),
    "a feed listed twice": (
        GOOD.replace("http://gazette.example/sport.xml?a=1", "http://gazette.example/feed"),
        ("'daily-gazette'", "gazette.example/feed", "list an address once"),
    ),
    "a number for a name": (GOOD.replace('"The Daily Gazette"', "7"), ("'daily-gazette'", "'name'", "7", "wrong type")),
    "one feed without a list": (
        GOOD.partition("feeds")[0] + 'feeds = "https://a.example/feed"\n',
        ("'feeds'", "wrong type"),
    ),
    "a word for paused": (GOOD + 'paused = "yes"\n', ("'paused'", "'yes'", "wrong type")),
    "true for seconds": (GOOD + "poll_every_s = true\n", ("'poll_every_s'", "True", "wrong type")),
    "a feed that is no address": (
        GOOD.replace("https://www.gazette.example/feed/", "gazette.example/feed"),
        ("'feeds'", "'gazette.example/feed'", "not a web address", "https://"),
    ),
    "a feed that is no text": (GOOD.replace('"https://www.gazette.example/feed/"', "12"), ("'feeds'", "not a web address")),
    "a home page by ftp": (GOOD.replace("https://gazette.example/", "ftp://a/"), ("'home_url'", "not a web address")),
    "an address that cannot be split": (
        GOOD.replace("https://gazette.example/", "https://[::1/"),
        ("'home_url'", "not a web address"),
    ),
    "no name": (GOOD.replace('name = "The Daily Gazette"\n', ""), ("'daily-gazette'", "'name'", "missing")),
    "nothing to poll": (GOOD.partition("feeds")[0] + "feeds = []\n", ("feeds, sitemaps, sections", "has an address")),
    "a feed that is a sitemap too": (
        GOOD + 'sitemaps = ["http://www.gazette.example/feed"]\n',
        ("http://www.gazette.example/feed", "list an address once"),
    ),
    "a sitemap that is no address": (GOOD + 'sitemaps = ["/sitemap.xml"]\n', ("'sitemaps'", "not a web address")),
    "links of no sections": (GOOD + 'section_links = "h2 a"\n', ("'section_links'", "without 'sections'")),
    "a selector that is none": (
        GOOD + 'sections = ["https://gazette.example/"]\nsection_links = "h2 >> a["\n',
        ("'daily-gazette'", "'section_links'", "CSS selector"),
    ),
    "an empty selector": (
        GOOD + 'sections = ["https://gazette.example/"]\nsection_links = ""\n',
        ("'daily-gazette'", "'section_links'", "CSS selector"),
    ),
    "a ceiling below the floor": (
        GOOD + "poll_every_s = 900\npoll_ceiling_s = 600\n",
        ("'daily-gazette'", "'poll_ceiling_s'", "600", "900"),
    ),
    "a schedule of four fields": (GOOD + 'schedule = "0 6 * *"\n', ("'daily-gazette'", "'schedule'", "five fields")),
    "a schedule with seconds": (GOOD + 'schedule = "0 0 6 * * *"\n', ("'schedule'", "five fields")),
    "a schedule in words": (GOOD + 'schedule = "every day at six o clock"\n', ("'schedule'", "minute, hour")),
    "a schedule that never comes": (GOOD + 'schedule = "0 6 30 2 *"\n', ("'daily-gazette'", "'schedule'", "0 6 30 2 *")),
    "a schedule by nobody's clock": (
        GOOD + 'schedule = "0 6 * * *"\ntimezone = "Berlin"\n', ("'daily-gazette'", "'timezone'", "'Berlin'", "Europe/Berlin"),
    ),
    "a clock out of its folder": (GOOD + 'schedule = "0 6 * * *"\ntimezone = "../etc/passwd"\n', ("'timezone'", "passwd")),
    "a clock without a schedule": (GOOD + 'timezone = "Europe/Berlin"\n', ("'timezone'", "without 'schedule'")),
    "looks that do not rise": (GOOD + "look_after_s = [7200, 3600]\n", ("'look_after_s'", "rising")),
    "a look in no time": (GOOD + "look_after_s = [0]\n", ("'look_after_s'", "rising")),
    "a look in words": (GOOD + 'look_after_s = ["1h", 7200]\n', ("'look_after_s'", "1h")),
    "no id": (GOOD.replace('source_id = "daily-gazette"\n', ""), ("'number 1'", "'source_id'", "missing")),
    "an id with capitals": (GOOD.replace("daily-gazette", "Daily_Gazette"), ("'source_id'", "'Daily_Gazette'")),
    "a country in words": (GOOD.replace('"GB"', '"Britain"'), ("'country'", "'Britain'")),
    "a language in words": (GOOD.replace('"en-GB"', '"English (UK)"'), ("'language'", "'English (UK)'")),
    "no wait between polls": (GOOD + "poll_every_s = 0\n", ("'daily-gazette'", "'poll_every_s'", "at least 1")),
    "a negative delay": (GOOD + "host_delay_s = -0.5\n", ("'host_delay_s'", "at least 0")),
    "a delay that is no number": (GOOD + "host_delay_s = nan\n", ("'daily-gazette'", "'host_delay_s'")),
    "a delay without end": (GOOD + "host_delay_s = inf\n", ("'daily-gazette'", "'host_delay_s'", "at most 2592000")),
    "pages kept no day": (GOOD + "keep_pages_days = 0\n", ("'daily-gazette'", "'keep_pages_days'", "less than 1")),
    "pages kept for a part of a day": (GOOD + "keep_pages_days = 0.5\n", ("'keep_pages_days'", "wrong type")),
    "pages kept in words": ('[defaults]\nkeep_pages_days = "always"\n' + GOOD, ("[defaults]", "'keep_pages_days'", "wrong")),
    "pages kept for longer than anything": (
        "[defaults]\nkeep_pages_days = 36501\n" + GOOD, ("'daily-gazette'", "'keep_pages_days'", "36501"),
    ),
    "a default rule": ('[defaults]\nrules = []\n' + GOOD, ("[defaults]", "unknown key 'rules'")),
    "rules that are a table": (GOOD + '[source.rules]\nbody = "p"\n', ("'daily-gazette'", "'rules'", "wrong type")),
    "a rule that is a text": (GOOD + 'rules = ["p"]\n', ("'daily-gazette'", "rule 1", "[[source.rules]]")),
    "an unknown key of a rule": (ruled('text = "p"'), ("'daily-gazette'", "rule 1", "unknown key 'text'", "body")),
    "a second rule's mistake": (
        ruled('body = "p"\nvalid_to = 2026-01-01') + '[[source.rules]]\nvalid_from = 2026-01-01\nbody = 3\n',
        ("rule 2", "'body'", "wrong type"),
    ),
    "a selector that does not compile": (ruled('author = "p >> a["'), ("rule 1", "'author'", "p >> a[", "CSS selector")),
    "a selector that no tree can be asked": (ruled('body = "ns|p"'), ("rule 1", "'body'", "ns|p", "prefix")),
    "a pseudo-element": (ruled('title = "p::before"'), ("rule 1", "'title'", "Pseudo-elements")),
    "an empty selector of a rule": (ruled('body = ""\ntitle = "h1"'), ("rule 1", "'body'", "no selector")),
    "an endless selector": (ruled(f'body = "{"p " * 300}"'), ("rule 1", "'body'", "at most 500")),
    "one thing to remove without a list": (ruled('remove = "p"'), ("rule 1", "'remove'", "wrong type")),
    "a number to remove": (ruled('remove = ["p", 3]'), ("rule 1", "'remove'", "'3'")),
    "a broken selector to remove": (ruled('remove = ["p", "a["]'), ("rule 1", "'remove'", "a[")),
    "an unknown claim": (ruled('title_from = "twitter"'), ("rule 1", "'title_from'", "'twitter'", "json-ld")),
    "a rule that says nothing": (ruled("valid_from = 2026-01-01"), ("rule 1", "says nothing", "title_from")),
    "a rule that says nothing in many words": (ruled('body = ""\nremove = []'), ("rule 1", "says nothing")),
    "a day in quotes": (ruled('body = "p"\nvalid_from = "2026-01-01"'), ("rule 1", "'valid_from'", "wrong type")),
    "a moment for a day": (ruled('body = "p"\nvalid_to = 2026-01-01T00:00:00Z'), ("rule 1", "'valid_to'", "wrong type")),
    "an empty span": (ruled('body = "p"\nvalid_from = 2026-01-01\nvalid_to = 2026-01-01'), ("rule 1", "'valid_to'", "never")),
    "spans that overlap": (
        ruled('body = "p"\nvalid_to = 2026-01-02') + '[[source.rules]]\nbody = "b"\nvalid_from = 2026-01-01\n',
        ("rule 2", "'valid_from'", "overlaps that of rule 1", "valid_to"),
    ),
    "rules without spans": (ruled('body = "p"') + '[[source.rules]]\nbody = "b"\n', ("rule 2", "overlaps that of rule 1")),
    "more rules than a person reads": (ruled('body = "p"') + '[[source.rules]]\nbody = "b"\n' * 100, ("more than 100",)),
    "a feed polled once in an age": (GOOD + "poll_every_s = 99999999999\n", ("'poll_every_s'", "at most 2592000")),
}  # fmt: skip


def written(folder: Path, text: str) -> Path:
    path = folder / "sources.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_good_catalogue_is_read_in_its_order_with_its_defaults(tmp_path: Path) -> None:
    defaults = "[defaults]\npoll_every_s = 900\nhost_delay_s = 3\n"
    first, second = catalogue.read(written(tmp_path, defaults + GOOD + SECOND + "paused = true\nhost_delay_s = 0.5\n"))
    assert (first.source_id, second.source_id) == ("daily-gazette", "evening-post")
    assert (first.poll_every_s, first.host_delay_s, first.is_checked, first.is_paused) == (900, 3.0, True, False)
    assert (second.poll_every_s, second.host_delay_s, second.is_paused) == (900, 0.5, True)
    assert [feed.feed_id for feed in first.feeds] == ["gazette.example/feed", "gazette.example/sport.xml?a=1"]
    assert {feed.source_id for feed in first.feeds} == {"daily-gazette"}


def test_sitemaps_and_sections_are_polled_beside_feeds(tmp_path: Path) -> None:
    wider = (
        'sitemaps = ["https://gazette.example/news.xml"]\nsections = ["https://gazette.example/world"]\n'
        'section_links = "h2 > a"\nlook_after_s = []\n'
    )
    wide, plain = catalogue.read(written(tmp_path, GOOD + wider + SECOND))
    assert [feed.feed_kind for feed in wide.feeds] == ["feed", "feed", "sitemap", "section"]
    assert (wide.section_links, wide.look_after_s) == ("h2 > a", ())
    assert (plain.section_links, plain.look_after_s) == (None, (3_600, 21_600, 86_400, 604_800))


def test_rules_are_read_in_the_order_of_their_days(tmp_path: Path) -> None:
    newer = '[[source.rules]]\nvalid_from = 2026-03-01\ntitle_from = "h1"\nremove = ["div.box > p", ".a:not(.b)"]\n'
    older = '[[source.rules]]\nvalid_to = 2026-03-01\nbody = ".text"\ntitle = "h1"\nauthor = "a"\npublished = "time"\n'
    default = "[defaults]\nkeep_pages_days = 90\n"
    ruled_, plain = catalogue.read(written(tmp_path, default + GOOD + "keep_pages_days = 7\n" + newer + older + SECOND))
    assert (ruled_.keep_pages_days, plain.keep_pages_days) == (7, 90)
    assert plain.rules == ()
    assert ruled_.rules == (
        PageRule(
            valid_from=None, valid_to=date(2026, 3, 1), body=".text", title="h1", title_from=None, author="a",
            published="time", remove=(),
        ),
        PageRule(
            valid_from=date(2026, 3, 1), valid_to=None, body=None, title=None, title_from="h1", author=None,
            published=None, remove=("div.box > p", ".a:not(.b)"),
        ),
    )  # fmt: skip


def test_pages_are_kept_for_ever_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    (plain,) = catalogue.read(written(tmp_path, GOOD))
    assert plain.keep_pages_days is None


@given(st.text(alphabet="pa.#[]>:()*,~+=|'\"\\ nothas1é\x00", max_size=30))
def test_whatever_selector_is_taken_can_be_asked_of_a_page(selector: str) -> None:
    try:
        catalogue.parse({"source": [PLAIN | {"rules": [{"remove": [selector]}]}]}, "sources.toml")
    except CatalogueError:
        return
    assert isinstance(CSSSelector(selector, translator="html")(document_fromstring("<p class=a>b</p>")), list)


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_catalogue_says_what_is_wrong_and_where(tmp_path: Path, fault: str) -> None:
    text, words = BROKEN[fault]
    with pytest.raises(CatalogueError) as caught:
        catalogue.read(written(tmp_path, text))
    for word in ("sources.toml", *words):
        assert word in str(caught.value)


def test_a_file_that_is_not_there_is_named_with_the_setting_that_points_to_it(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as caught:
        catalogue.read(tmp_path / "none.toml")
    assert "none.toml" in str(caught.value)
    assert "INGEST_CATALOGUE" in str(caught.value)


def test_a_file_in_another_charset_is_no_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(GOOD.replace("Daily", "Dæly").encode("latin-1"))
    with pytest.raises(CatalogueError, match=r"sources\.toml is not TOML"):
        catalogue.read(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('source = "a"\n', ("sources.toml", "source")),
        ('source = ["a"]\n', ("sources.toml", "source")),
        ("defaults = 3\n" + GOOD, ("sources.toml", "defaults")),
        ('[defaults]\npoll_every_s = "often"\n' + GOOD, ("sources.toml", "poll_every_s")),
    ],
)
def test_a_table_of_another_shape_is_an_error_of_ours(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(CatalogueError) as caught:
        catalogue.read(written(tmp_path, text))
    for word in words:
        assert word in str(caught.value)


LABEL = "a" * 63
NO_ADDRESSES = [
    "https://user:pw@ex.org/feed", "https://user@ex.org/feed", "https://ex.org:99999/feed", "https://ex.org:0/feed",
    "https://ex.org:25/feed",
    "https://ex.org:/feed", "https://ex.org:80a/feed", "https://ex ample.org/f", "https://ex.org/a b", " https://ex.org/",
    "https://ex.org/\n", "https://ex.org/a\u00a0", "https://ex.org/\x7f",
    "https://", "https:///feed", "https:ex.org", "https://?a", "//ex.org/",
    "https://.org/", "https://ex..org/", "https://ex.org\\feed", "https://[::1]/", "https://ex%41.org/", "ftp://ex.org/",
    f"https://{LABEL}a.org/", f"https://{'.'.join([LABEL] * 4)}/", f"https://ex.org/{'a' * 4_096}", "https://b\u00fccher.example/",
    "https://ex.org\ufe6ffeed", "https://ex.org/\ud83d", "\u017fttps://ex.org/", "https://\u212aex.org/", "https://ex.org:\u0661/",
]  # fmt: skip
ADDRESSES = [
    "https://ex.org", "https://ex.org/", "http://ex.org:8080/feed?a=1&b=%20#c", "HTTPS://WWW.Ex.Org/Feed", "http://localhost:8000/",
    "http://127.0.0.1:8080/", "https://xn--bcher-kva.example/", "https://a_b.ex.org/", "https://ex.org?feed=rss2",
    "https://ex.org/\u00fcber/@a:b", f"https://{LABEL}.{LABEL}.{LABEL}.{'a' * 61}/",
]  # fmt: skip


def parsed(url: str) -> str:
    (found,) = catalogue.parse({"source": [PLAIN | {"feeds": [url]}]}, "sources.toml")
    return found.feeds[0].url


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_an_address_that_could_not_be_visited_is_refused_by_name(url: str) -> None:
    with pytest.raises(CatalogueError, match=r"sources\.toml: source 'a': key 'feeds': .* is not a web address"):
        parsed(url)


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_as_people_write_them_is_taken_as_it_is(url: str) -> None:
    assert parsed(url) == url
    assert as_found(url) is not None


@given(
    st.from_regex(catalogue.WEB_ADDRESS, fullmatch=True)
    | st.text(alphabet="htps:/.@[]%?#\\ -_a0\u00fc\u017f\ufe6f", max_size=40).map("https://".__add__)
)
def test_whatever_is_taken_can_be_visited(url: str) -> None:
    try:
        parsed(url)
    except CatalogueError:
        return
    assert as_found(url) is not None
    assert host(url)


def test_a_folder_is_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"(?s)cannot be read: Is a directory.*INGEST_CATALOGUE"):
        catalogue.read(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    path.chmod(0)
    with pytest.raises(CatalogueError, match=r"sources\.toml cannot be read: Permission denied"):
        catalogue.read(path)
