"""Sources are found, tried, ranked and written; lists of them are taken line by line and given back unchanged."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from ingest import catalogue
from ingest.errors import CatalogueError, IngestError, InputError
from ingest.jobs import add_source, export_sources, import_sources
from ingest.jobs.add_source import Found
from ingest.jobs.by_hand import rest_between_s
from ingest.jobs.import_sources import Imported
from ingest.jobs.source_entry import Wish
from ingest.log import unwatched
from ingest.records import Source
from ingest.settings import Settings
from small_site import SmallSite, alternate, articles, home

OTHER = """# kept by people
[[source]]
source_id = "other"
name = "Other"
home_url = "https://other.example/"
country = "GB"
language = "en"
feeds = ["https://other.example/feed"]
"""


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as served:
        yield served


@pytest.fixture
def local(settings: Settings, tmp_path: Path) -> Settings:
    path = tmp_path / "sources.toml"
    path.write_text(OTHER, "utf-8")
    return replace(settings, allow_networks=(ip_network("127.0.0.0/8"),), catalogue=path)


def added(settings: Settings, place: str, *, is_dry_run: bool = False, **said: object) -> Found:
    return add_source.run(settings, place, Wish(**said), is_dry_run=is_dry_run, progress=unwatched)  # type: ignore[arg-type]


def taken(found: Found) -> list[str]:
    """Paths of what would be polled, the best first."""
    return ["/" + line.url.split("/", 3)[3] for line in found.lines if line.is_taken]


def told(found: Found, path: str) -> str:
    """Why an address was taken or not."""
    return ", ".join(next(line.reasons for line in found.lines if line.url.endswith(path)))


def written(settings: Settings, source_id: str) -> Source:
    return next(source for source in catalogue.read(settings.catalogue) if source.source_id == source_id)


def test_a_blog_with_a_link_tag_is_added_whole(site: SmallSite, local: Settings) -> None:
    site.page("/", home(alternate("/feed/", "Gazette » Feed"), alternate("/comments/feed/", "Gazette » Comments Feed")))
    site.rss("/feed/", articles(1, 2, 3))
    site.rss("/comments/feed/", articles(1, 2, 4, 5))
    site.index("/wp-sitemap.xml", ["/wp-sitemap-posts-post-1.xml"])
    site.robots(f"User-agent: *\nAllow: /\nSitemap: {site.origin}/wp-sitemap.xml\n")
    found = added(local, site.origin)
    assert taken(found) == ["/feed/", "/wp-sitemap.xml"]
    assert "-100 comments" in told(found, "/comments/feed/")
    source = written(local, "the-daily-gazette")
    assert (source.name, source.country, source.language) == ("The Daily Gazette", "GB", "en-GB")
    assert [(feed.feed_kind, feed.url) for feed in source.feeds] == [
        ("feed", f"{site.origin}/feed/"),
        ("sitemap", f"{site.origin}/wp-sitemap.xml"),
    ]
    assert source.is_checked
    text = local.catalogue.read_text("utf-8")
    assert text.startswith(OTHER)
    assert "checked = true" in text


def test_a_site_with_sitemaps_in_robots_alone_is_polled_by_the_one_for_news(site: SmallSite, local: Settings) -> None:
    site.page("/", home())
    site.index("/maps/all.xml", ["/maps/2026.xml", "/maps/news.xml"])
    site.news_sitemap("/maps/news.xml", articles(1, 2))
    site.robots(f"Sitemap: {site.origin}/maps/all.xml\n")
    found = added(local, site.origin)
    assert taken(found) == ["/maps/news.xml"]
    assert "+40 for news" in told(found, "/maps/news.xml")
    assert [feed.feed_kind for feed in written(local, "the-daily-gazette").feeds] == ["sitemap"]


def test_pages_that_answer_every_address_are_not_taken_for_feeds(site: SmallSite, local: Settings) -> None:
    site.otherwise = home(body="<h1>Page not found</h1>")
    site.page("/", home())
    site.rss("/rss/all.xml", articles(1, 2, 3))
    found = added(local, site.origin)
    assert taken(found) == ["/rss/all.xml"]
    assert {line.outcome for line in found.lines if not line.is_taken} == {"not_a_feed"}
    assert "an HTML page" in told(found, "/feed/")
    assert len(site.asked) <= 40


def test_a_dead_link_and_a_relative_one(site: SmallSite, local: Settings) -> None:
    base = '<base href="/en/">'
    site.page("/", home(base, alternate("dead.xml"), body='<a href="news.rss">RSS</a>'))
    site.rss("/en/news.rss", articles(1, 2))
    found = added(local, site.origin)
    assert taken(found) == ["/en/news.rss"]
    assert told(found, "/en/dead.xml") == "HTTP 404"


def test_twins_in_two_formats_are_polled_once(site: SmallSite, local: Settings) -> None:
    site.page("/", home(alternate("/atom.xml", kind="atom"), alternate("/rss.xml")))
    site.atom("/atom.xml", articles(1, 2, 3))
    site.rss("/rss.xml", articles(1, 2, 3))
    found = added(local, site.origin)
    assert len(taken(found)) == 1
    assert any("lists what" in told(found, path) for path in ("/atom.xml", "/rss.xml"))


def test_the_main_feed_comes_first_and_sections_that_add_something_follow(site: SmallSite, local: Settings) -> None:
    site.page(
        "/",
        home(
            alternate("/category/sport/feed/", "Sport"),
            alternate("/category/old/feed/"),
            alternate("/feed/"),
            alternate("/podcast/feed/"),
        ),
    )
    site.rss("/feed/", articles(*range(1, 12)))
    site.rss("/category/sport/feed/", articles(20, 21))
    site.rss("/category/old/feed/", articles(1, 2))
    site.rss("/podcast/feed/", articles(30, 31))
    assert taken(added(local, site.origin)) == ["/feed/", "/category/sport/feed/"]


def test_an_overview_of_feeds_is_followed_once(site: SmallSite, local: Settings) -> None:
    site.page("/", home(body='<a href="/our-feeds">Our RSS feeds</a> <a href="https://feedly.example/x">RSS</a>'))
    site.page("/our-feeds", home(body='<a href="/xml/world.xml">World</a><a href="/xml/local.xml">Local</a>'))
    site.rss("/xml/world.xml", articles(1, 2, 3))
    site.rss("/xml/local.xml", articles(4, 5))
    assert sorted(taken(added(local, site.origin))) == ["/xml/local.xml", "/xml/world.xml"]


def test_a_feed_that_lists_the_articles_of_others_is_not_taken(site: SmallSite, local: Settings) -> None:
    site.page("/", home(alternate("/links.xml")))
    site.rss("/links.xml", ["https://elsewhere.example/a", "https://elsewhere.example/b"])
    found = added(local, site.origin)
    assert taken(found) == []
    assert "-40 articles of others" in told(found, "/links.xml")


def test_a_feed_itself_leads_to_its_front_page(site: SmallSite, local: Settings) -> None:
    site.page("/", home())
    site.rss("/any/thing", articles(1, 2))
    found = added(local, f"{site.origin}/any/thing")
    assert taken(found) == ["/any/thing"]
    assert found.home_url == f"{site.origin}/"


def test_an_article_leads_to_the_front_page_and_its_feeds(site: SmallSite, local: Settings) -> None:
    article = '<meta property="og:type" content="article">'
    site.page(articles(1)[0], home(article, alternate(articles(1)[0] + "/feed/", "Story » Comments Feed")))
    site.page("/", home(alternate("/feed/")))
    site.rss("/feed/", articles(1, 2))
    site.rss(articles(1)[0] + "/feed/", articles(1))
    found = added(local, f"{site.origin}{articles(1)[0]}")
    assert (found.home_url, taken(found)) == (f"{site.origin}/", ["/feed/"])


def test_a_front_page_in_another_language_is_one_of_its_own(site: SmallSite, local: Settings) -> None:
    site.page("/", home(alternate("/feed/")))
    site.page("/arabic", home(lang="ar", name="الجريدة"))
    site.rss("/feed/", articles(1, 2))
    site.rss("/arabic/rss.xml", articles(11, 12))
    found = added(local, f"{site.origin}/arabic", country="EG")
    assert (found.home_url, taken(found)) == (f"{site.origin}/arabic", ["/arabic/rss.xml"])
    assert found.table is not None
    assert found.table["language"] == "ar"


def test_a_feed_that_moved_for_good_is_written_where_it_is_now(site: SmallSite, local: Settings) -> None:
    site.page("/", home(alternate("/old.xml")))
    site.moves("/old.xml", "/new.xml")
    site.rss("/new.xml", articles(1, 2))
    assert taken(added(local, site.origin)) == ["/new.xml"]


def test_where_there_is_nothing_the_front_page_is_offered_and_taken_on_request(
    site: SmallSite, local: Settings
) -> None:
    links = "".join(
        f'<h2><a href="{place}">What came of matter {n}</a></h2>' for n, place in enumerate(articles(*range(8)))
    )
    site.page("/", home(body=links))
    offered = added(local, site.origin)
    assert offered.table is None
    assert "no feed or sitemap" in str(offered.fault)
    assert "--sections" in offered.remedy
    assert local.catalogue.read_text("utf-8") == OTHER
    added(local, site.origin, takes_sections=True)
    assert [feed.feed_kind for feed in written(local, "the-daily-gazette").feeds] == ["section"]


def test_addresses_that_robots_txt_closes_are_not_guessed(site: SmallSite, local: Settings) -> None:
    site.page("/", home())
    site.robots("User-agent: *\nDisallow: /rss\nDisallow: /feed\n")
    site.rss("/rss.xml", articles(1))
    found = added(local, site.origin)
    assert taken(found) == []
    assert not [path for path in site.asked if path.startswith(("/rss", "/feed"))]


def test_a_front_page_that_robots_txt_closes_is_not_looked_at(site: SmallSite, local: Settings) -> None:
    site.robots("User-agent: *\nDisallow: /\n")
    with pytest.raises(InputError, match="robots_denied"):
        added(local, site.origin)
    assert site.asked == []


def test_a_host_that_asks_for_fewer_requests_is_left_alone(site: SmallSite, local: Settings) -> None:
    site.page("/", home(alternate("/feed/")))
    site.page("/feed/", "slow down", status=429)
    found = added(local, site.origin)
    assert site.asked == ["/", "/feed/"]
    assert "asks" in str(found.note)


def test_all_tries_every_usual_address(site: SmallSite, local: Settings) -> None:
    site.page("/", home(alternate("/feed/")))
    site.rss("/feed/", articles(1, 2))
    few = len(site.asked) + added(local, site.origin, is_dry_run=True).request_count
    assert added(local, site.origin, is_dry_run=True, tries_all=True).request_count > few
    assert "/arc/outboundfeeds/rss/" in site.asked


def test_a_dry_run_writes_nothing(site: SmallSite, local: Settings) -> None:
    site.page("/", home(alternate("/feed/")))
    site.rss("/feed/", articles(1, 2))
    found = added(local, site.origin, is_dry_run=True)
    assert tomllib.loads(found.text)["source"][0]["feeds"] == [f"{site.origin}/feed/"]
    assert local.catalogue.read_text("utf-8") == OTHER


def test_a_feed_that_is_polled_already_is_named_with_its_source(site: SmallSite, local: Settings) -> None:
    site.page("/", home(alternate("/feed/")))
    site.rss("/feed/", articles(1, 2))
    added(local, site.origin)
    before = local.catalogue.read_bytes()
    assert "polled for 'the-daily-gazette' already" in str(added(local, site.origin, is_dry_run=True).fault)
    with pytest.raises(InputError, match="the front page of 'the-daily-gazette' already"):
        added(local, site.origin)
    with pytest.raises(InputError, match="polled for 'the-daily-gazette' already"):
        added(local, f"{site.origin}/feed/")
    assert local.catalogue.read_bytes() == before


def test_a_twin_of_a_feed_that_is_polled_for_another_source_is_not_taken(site: SmallSite, local: Settings) -> None:
    site.page("/", home(alternate("/main.xml"), alternate("/main.atom", kind="atom"), alternate("/north.xml")))
    site.rss("/main.xml", articles(1, 2, 3))
    site.atom("/main.atom", articles(1, 2, 3))
    site.rss("/north.xml", articles(11, 12, 13))
    text = OTHER.replace("https://other.example/feed", f"{site.origin}/main.xml")
    local.catalogue.write_text(text, "utf-8")
    found = added(local, site.origin)
    assert taken(found) == ["/north.xml"]
    assert "polled for 'other' already" in told(found, "/main.xml")
    assert "lists what /main.xml lists" in told(found, "/main.atom")


def test_an_id_in_use_is_refused_before_anything_is_asked(site: SmallSite, local: Settings) -> None:
    with pytest.raises(InputError, match="'other' is in use"):
        added(local, site.origin, source_id="other")
    assert site.asked == []


@pytest.mark.parametrize(
    ("lang", "said", "fault"),
    [
        ("en-US", {}, "the country of"),  # what publishing systems write by themselves
        ("en", {}, "the country of"),
        ("", {"country": "GB"}, "the language of"),
    ],
)
def test_what_cannot_be_known_is_asked_for(
    site: SmallSite, local: Settings, lang: str, said: dict[str, str], fault: str
) -> None:
    site.page("/", home(alternate("/feed/"), lang=lang))
    site.rss("/feed/", articles(1, 2))
    found = added(local, site.origin, **said)
    assert found.table is None
    assert fault in str(found.fault)
    assert taken(found) == ["/feed/"]
    assert local.catalogue.read_text("utf-8") == OTHER


@pytest.mark.parametrize("said", [{"source_id": "Bad Id"}, {"country": "Britain"}, {"language": "EN GB"}])
def test_what_the_catalogue_would_refuse_is_refused_before_anything_is_asked(
    site: SmallSite, local: Settings, said: dict[str, str]
) -> None:
    with pytest.raises(InputError, match="does not have the form"):
        added(local, site.origin, **said)
    assert site.asked == []


@pytest.mark.parametrize(
    ("url", "rest_s"), [("http://127.0.0.9:80/", 0.0), ("https://daily.example/", 1.0), ("http://10.0.0.1/", 1.0)]
)
def test_only_our_own_hosts_get_no_rest(local: Settings, url: str, rest_s: float) -> None:
    assert rest_between_s(local, url) == rest_s


def test_an_old_feed_is_still_better_than_none(site: SmallSite, local: Settings) -> None:
    site.page("/", home(alternate("/feed/")))
    site.rss("/feed/", articles(1, 2), age=timedelta(days=200))
    found = added(local, site.origin)
    assert taken(found) == ["/feed/"]
    assert "-30 silent for 3 months" in told(found, "/feed/")


# ---------------------------------------------------------------- lists

OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Papers"><outline text="GB">
<outline type="rss" text="Gazette &amp; Post" htmlUrl="https://gazette.example/" language="en"
  xmlUrl="https://gazette.example/feed"/>
<outline type="rss" text="Gazette Sport" xmlUrl="https://gazette.example/sport" htmlUrl="https://gazette.example"/>
<outline type="rss" text="Other" xmlUrl="http://www.other.example/feed/"/>
</outline></outline>
<outline type="rss" text="Bad" xmlUrl="javascript:alert(1)"/>
<outline text="Nothing"/>
<outline type="rss" text="Chilena" xmlUrl="feed://www.diario.cl/rss.xml"/>
</body></opml>
"""
CSV = """name;url;feed;country;language
El Diario;https://diario.example/;https://diario.example/rss https://diario.example/rss2;ES;es
"Un""closed;https://x.example/;https://x.example/rss;ES;es
Broken "quote;https://y.example/
Heim;heim.example;https://heim.example/feed;DE;de
Known;https://other.example/;https://other.example/feed;GB;en
No address;;;DE;de
Wrong;https://w.example/;ftp://w.example/feed;DE;de
"""
URLS = """# papers
https://gazette.example/feed/
gazette.example/sport/rss

https://other.example/feed
https://home.example/
nonsense words
https://gazette.example/feed
"""


def imported(
    settings: Settings,
    tmp_path: Path,
    text: str | bytes,
    *,
    discover: bool = False,
    is_dry_run: bool = False,
    name: str = "list",
    **said: str,
) -> Imported:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = import_sources.run(
        settings,
        path,
        country=said.get("country"),
        language=said.get("language"),
        discover=discover,
        is_dry_run=is_dry_run,
        progress=unwatched,
    )
    assert found.line_count == found.added_count + found.known_count + len(found.refused)
    return found


def test_opml_with_folders_is_taken_line_by_line(local: Settings, tmp_path: Path) -> None:
    found = imported(local, tmp_path, OPML, language="es")
    assert (found.line_count, found.added_count, found.known_count) == (6, 3, 1)
    assert [(one.line, one.reason) for one in found.refused] == [
        (9, "'javascript:alert(1)' is not a web address"),
        (10, "no address in it"),
    ]
    gazette = written(local, "gazette-post")
    assert (gazette.name, gazette.country, gazette.language) == ("Gazette & Post", "GB", "en")
    assert [feed.url for feed in gazette.feeds] == ["https://gazette.example/feed", "https://gazette.example/sport"]
    assert not gazette.is_checked
    chilena = written(local, "chilena")
    assert (chilena.country, chilena.home_url) == ("CL", "http://www.diario.cl/")


def test_a_bad_line_of_a_csv_costs_no_other(local: Settings, tmp_path: Path) -> None:
    found = imported(local, tmp_path, CSV)
    assert (found.line_count, found.added_count, found.known_count) == (7, 2, 1)
    assert [one.line for one in found.refused] == [3, 4, 7, 8]
    assert [feed.url for feed in written(local, "el-diario").feeds] == [
        "https://diario.example/rss",
        "https://diario.example/rss2",
    ]
    assert written(local, "heim").home_url == "https://heim.example/"


def test_plain_addresses_are_taken_where_they_look_like_feeds(local: Settings, tmp_path: Path) -> None:
    found = imported(local, tmp_path, URLS, country="GB", language="en")
    assert (found.line_count, found.added_count, found.known_count) == (6, 2, 2)
    assert [(one.line, one.reason.partition(":")[0]) for one in found.refused] == [
        (6, "a front page"),
        (7, "not a web address"),
    ]
    assert len(written(local, "gazette-example").feeds) == 2


@pytest.mark.parametrize(
    ("said", "reason"),
    [({}, "no country: say it with --country"), ({"country": "GB"}, "no language: say it with --language")],
)
def test_a_line_without_country_or_language_is_refused(
    local: Settings, tmp_path: Path, said: dict[str, str], reason: str
) -> None:
    found = imported(local, tmp_path, "https://gazette.example/feed\n", **said)
    assert [one.reason for one in found.refused] == [reason]
    assert local.catalogue.read_text("utf-8") == OTHER


def test_a_further_feed_of_a_known_publisher_is_refused_with_its_name(local: Settings, tmp_path: Path) -> None:
    found = imported(local, tmp_path, "url,feed\nhttps://other.example,https://other.example/sport.rss\n")
    assert "'other' has this front page" in found.refused[0].reason


def test_front_pages_are_looked_at_on_request(site: SmallSite, local: Settings, tmp_path: Path) -> None:
    site.page("/", home(alternate("/feed/")))
    site.rss("/feed/", articles(1, 2))
    found = imported(local, tmp_path, f"{site.origin}/\nhttps://127.0.0.1:2/\n", discover=True)
    assert (found.added_count, len(found.refused)) == (1, 1)
    assert "unreachable" in found.refused[0].reason
    assert written(local, "the-daily-gazette").is_checked


def test_a_feed_that_no_page_names_is_tried_when_a_list_brings_it(
    site: SmallSite, local: Settings, tmp_path: Path
) -> None:
    site.page("/", home())
    site.rss("/hidden", articles(1, 2))
    imported(local, tmp_path, f"name,url,feed,country\nMine,{site.origin}/,{site.origin}/hidden,GB\n", discover=True)
    assert [feed.url for feed in written(local, "mine").feeds] == [f"{site.origin}/hidden"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<opml><body><outline></body></opml>", "not well-formed"),
        ('<!DOCTYPE opml [<!ENTITY a "b">]><opml><body><outline text="&a;"/></body></opml>', "document type"),
        ("<rss><channel/></rss>", "no OPML"),
        (b"name,url\nCaf\xe9,https://a.example/\n", "not UTF-8"),
        (b"x" * 5_000_001, "larger than"),
    ],
)
def test_a_file_that_is_no_list_is_refused_whole(
    local: Settings, tmp_path: Path, body: str | bytes, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        imported(local, tmp_path, body)


def test_a_dry_import_writes_nothing(local: Settings, tmp_path: Path) -> None:
    assert "gazette-post" in imported(local, tmp_path, OPML, is_dry_run=True, language="es").text
    assert local.catalogue.read_text("utf-8") == OTHER


WIDE = (
    OTHER
    + """
[[source]]
source_id = "wide"
name = "Wide & <Far>; \\"quoted\\", ünï"
home_url = "https://wide.example/"
country = "FR"
language = "fr-FR"
feeds = ["https://wide.example/a?x=1&y=2", "https://wide.example/b"]
sitemaps = ["https://wide.example/news.xml"]
sections = ["https://wide.example/monde"]
"""
)


@pytest.mark.parametrize("form", ["opml", "csv"])
def test_what_is_exported_comes_back_the_same(local: Settings, tmp_path: Path, form: str) -> None:
    local.catalogue.write_text(WIDE, "utf-8")
    text = export_sources.run(local, form)  # type: ignore[arg-type]
    fresh = replace(local, catalogue=tmp_path / "fresh.toml")
    found = imported(fresh, tmp_path, text)
    assert not found.refused

    def sayings(settings: Settings) -> set[tuple[object, ...]]:
        return {
            (one.name, one.home_url, one.country, one.language, tuple((feed.feed_kind, feed.url) for feed in one.feeds))
            for one in catalogue.read(settings.catalogue)
        }

    assert sayings(fresh) == sayings(local)


def test_the_whole_catalogue_comes_back_from_opml(settings: Settings, tmp_path: Path) -> None:
    whole = replace(settings, catalogue=Path(__file__).parents[2] / "dags" / "sources.toml")
    fresh = replace(settings, catalogue=tmp_path / "fresh.toml")
    imported(fresh, tmp_path, export_sources.run(whole, "opml"))
    urls = [{feed.url for one in catalogue.read(each.catalogue) for feed in one.feeds} for each in (whole, fresh)]
    assert urls[0] == urls[1]


RULED = """[[source]]
source_id = "gazette"
name = "The Gazette"
home_url = "https://gazette.example/"
country = "GB"
language = "en"
feeds = ["https://gazette.example/feed"]
sections = ["https://gazette.example/world"]
section_links = "h2 > a"
checked = false
paused = true
poll_every_s = 900
poll_ceiling_s = 7200
host_delay_s = 2.5
look_after_s = []
keep_pages_days = 30

[[source.rules]]
valid_from = 2025-01-01
valid_to = 2026-03-01
body = "div.story > p"
title = "h1"
author = ".by"
published = "time"

[[source.rules]]
valid_from = 2026-03-01
title_from = "h1"
remove = ["aside.box", "p.also"]
"""


def test_a_source_is_exported_and_imported_whole_with_its_rules(local: Settings, tmp_path: Path) -> None:
    local.catalogue.write_text(RULED + OTHER.partition("\n")[2], "utf-8")
    text = export_sources.run(local, "toml")
    assert text.startswith(RULED)
    fresh = replace(local, catalogue=tmp_path / "fresh.toml")
    found = imported(fresh, tmp_path, text, name="list.toml")
    assert (found.line_count, found.added_count, found.refused) == (2, 2, ())
    assert catalogue.read(fresh.catalogue) == catalogue.read(local.catalogue)
    again = imported(fresh, tmp_path, text, name="list.toml")
    assert (again.known_count, again.added_count) == (2, 0)


def test_the_whole_catalogue_comes_back_from_toml_but_for_its_comments(settings: Settings, tmp_path: Path) -> None:
    whole = replace(settings, catalogue=Path(__file__).parents[2] / "dags" / "sources.toml")
    fresh = replace(settings, catalogue=tmp_path / "fresh.toml")
    imported(fresh, tmp_path, export_sources.run(whole, "toml"), name="list.toml")
    assert catalogue.read(fresh.catalogue) == catalogue.read(whole.catalogue)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "https://gazette.example/feed",
            "https://other.example/feed",
            "'other' has this front page or one of its addresses",
        ),
        ("https://gazette.example/", "https://other.example/", "'other' has this front page or one of its addresses"),
        ('"gazette"', '"other"', "an id is never reused"),
    ],
)
def test_an_entry_that_clashes_with_ours_is_refused_by_its_id(
    local: Settings, tmp_path: Path, old: str, new: str, reason: str
) -> None:
    local.catalogue.write_text(OTHER, "utf-8")
    found = imported(local, tmp_path, RULED.replace(old, new, 1), name="list.toml")
    ((line, why),) = [(one.line, one.reason) for one in found.refused]
    assert (line, found.line_count, found.added_count) == (1, 1, 0)
    assert reason in why
    assert local.catalogue.read_text("utf-8") == OTHER


@pytest.mark.parametrize("text", ["[[source]\n", RULED.replace("h1", "h1[")])
def test_a_broken_catalogue_is_not_taken_and_is_named(local: Settings, tmp_path: Path, text: str) -> None:
    with pytest.raises(IngestError, match=r"list\.toml"):
        imported(local, tmp_path, text, name="list.toml")


# ---------------------------------------------------------------- the file


def test_the_file_keeps_its_mode_and_its_line_ends(local: Settings, tmp_path: Path) -> None:
    local.catalogue.write_bytes(OTHER.replace("\n", "\r\n").encode().rstrip())
    local.catalogue.chmod(0o640)
    imported(local, tmp_path, "https://gazette.example/feed\n", country="GB", language="en")
    text = local.catalogue.read_bytes()
    assert text.count(b"\n") == text.count(b"\r\n")
    assert local.catalogue.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_symbolic_link_stays_one(local: Settings, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(local.catalogue)
    linked = replace(local, catalogue=link)
    imported(linked, tmp_path, "https://gazette.example/feed\n", country="GB", language="en")
    assert link.is_symlink()
    assert len(catalogue.read(local.catalogue)) == 2


def test_a_broken_catalogue_is_not_added_to(local: Settings, tmp_path: Path) -> None:
    local.catalogue.write_text(OTHER + "nonsense\n", "utf-8")
    with pytest.raises(CatalogueError, match="not TOML"):
        imported(local, tmp_path, "https://gazette.example/feed\n", country="GB", language="en")
    assert local.catalogue.read_text("utf-8") == OTHER + "nonsense\n"
