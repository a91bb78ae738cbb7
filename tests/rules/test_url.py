"""Addresses: what is fetched, which two are one article, and whose site one is."""

from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from requests.adapters import HTTPAdapter
from urllib3.util import parse_url

from ingest.rules.robots_path import path_of
from ingest.rules.url import (
    DEFAULT_PORTS,
    as_found,
    canonical,
    host,
    identity,
    is_home,
    key_id,
    same_site,
    trusted_canonical,
)
from rules.url_pairs import APART, MERGED, MISLED, VARIANTS

BASE = "https://news.example/world/index.html"


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("https://news.example/a", "https://news.example/a"),
        ("  \n\u00a0https://news.example/a\t ", "https://news.example/a"),
        ("https://news.example/a\n  b", "https://news.example/a%20%20b"),
        ("HTTPS://News.Example/A?utm_source=x#comments", "https://News.Example/A?utm_source=x"),
        ("http://news.example", "http://news.example/"),
        ("/sport/1", "https://news.example/sport/1"),
        ("1.html", "https://news.example/world/1.html"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("?id=5", "https://news.example/world/index.html?id=5"),
        ("https://news.example/#!/story/1", "https://news.example/#!/story/1"),
        ("https://zürich.example/ü", "https://zürich.example/ü"),
        ("/a/../b/./c", "https://news.example/b/c"),
        ("https://news.example/a/%2e%2E/b", "https://news.example/b"),
        ("https://news.example/a/.%2e/%2e/b/..", "https://news.example/"),
        ("https://news.example/a/b/%2e", "https://news.example/a/b/"),
        ("https://news.example/../../a", "https://news.example/a"),
        ("https://news.example//a//../b//", "https://news.example//a/b//"),
        ("https://news.example/..a/...", "https://news.example/..a/..."),
        ("https://news.example/?a=/../b", "https://news.example/?a=/../b"),
        ("https://news.example/..%2fa;b", "https://news.example/..%2fa;b"),
        ("https://news.example/100%?q=%zz%41", "https://news.example/100%25?q=%25zz%41"),
        ("https://news.example/%%2e%2e/a", "https://news.example/%25%2e%2e/a"),
        ("http://news.example:8080/", "http://news.example:8080/"),
        ("http://[::1]:80/", "http://[::1]:80/"),
    ],
)
def test_a_link_becomes_the_address_that_is_fetched(href: str, found: str) -> None:
    assert as_found(href, BASE) == found


@pytest.mark.parametrize(
    "href",
    [
        "", "   ", "mailto:desk@news.example", "javascript:void(0)", "data:text/html,x", "ftp://news.example/a",
        "http://", "https:///path", "http://[::1", "http://a..b/", "http://news.example:99999/", "http://news.example:0/",
        "https://me:secret@news.example/", "https://good.example\\@evil.example/", "http://a b/", "https://\ud800.example/",
        "https://news.example/" + "x" * 5_000, "//news.example/a", "/relative", "http://good.example\\[::1]:81/",
        "http://good.example[::1]/", "http://[::1]good.example/", "http://[fe80::1%eth0]/", "http://[fe80::1%25eth0]/",
        "http://%61.example/", "http://news.example:25/", "https://news.example:6667/", "http://[::1]:22/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_none(href: str) -> None:
    assert as_found(href) is None


def pairs(table: dict[str, list[tuple[str, str]]]) -> list[object]:
    return [
        pytest.param(one, other, id=f"{kind}: {one} {other}".encode("ascii", "backslashreplace").decode())
        for kind, listed in table.items()
        for one, other in listed
    ]


@pytest.mark.parametrize(("one", "other"), pairs(MERGED))
def test_two_spellings_of_one_article_share_a_key(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)
    assert identity(one) == identity(other) == key_id(canonical(one))


@pytest.mark.parametrize(("one", "other"), pairs(APART))
def test_different_articles_stay_apart(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(("page", "claimed"), pairs({"variant": VARIANTS}))
def test_a_variant_shares_the_key_of_the_article_that_it_calls_canonical(page: str, claimed: str) -> None:
    trusted = trusted_canonical(claimed, page)
    assert trusted is not None
    assert canonical(trusted) == canonical(claimed)


@pytest.mark.parametrize(("page", "claimed"), pairs({"misled": MISLED}))
def test_a_page_that_calls_another_its_canonical_one_keeps_its_own_key(page: str, claimed: str) -> None:
    assert trusted_canonical(claimed, page) is None


def test_the_tables_are_as_long_as_they_should_be() -> None:
    assert sum(map(len, MERGED.values())) + len(VARIANTS) >= 100
    assert sum(map(len, APART.values())) + len(MISLED) >= 60


PIECE = st.sampled_from(
    ["index.html", "index.php", "..", ".", "", "a", "%2e", "(S(lit3py55t21z5v55vlm25s55))", ";jsessionid=1", "a%3bjsessionid=1",
     "%2F", "%252c", "INDEX.%48TM", "%28S%28lit3py55t21z5v55vlm25s55%29%29;jsessionid=2"]
)  # fmt: skip
PAIR = st.sampled_from(
    ["a=1", "a", "=", "", "amp;a=1", "%61mp;amp;b", "amp%3Bb=2", "utm_%73ource=x", "ref=rss", "re%66=%72ss", "ref=%2572ss",
     "a%3D=b", "a=b%3Dc", "a+b=c+d", "+=+", "amp;", "amp;=x", "%", "a=%", "amp;utm_source=x"]
)  # fmt: skip
ADDRESS = st.builds(
    "{}://{}{}/{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["news.example", "WWW.www.News.example.", "www.com", "zürich.example", "127.0.0.1", "[::1]"]),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.text(alphabet="ab/.%2eE;= é+\\#?&jsessionid5~", max_size=30) | st.lists(PIECE, max_size=6).map("/".join),
    st.text(max_size=10).map("?{}".format) | st.lists(PAIR, max_size=4).map("&".join).map("?{}".format) | st.just(""),
    st.sampled_from(["", "#", "#!", "#!/a b", "#/x%2f", "#top"]),
)


@given(ADDRESS)
def test_a_key_of_a_key_is_itself(url: str) -> None:
    found = as_found(url)
    if found is not None:
        assert canonical(canonical(found)) == canonical(found)
        assert canonical(found).isascii()


@given(ADDRESS)
def test_finding_an_address_again_changes_nothing(url: str) -> None:
    found = as_found(url)
    if found is not None:
        assert as_found(found) == found


AUTHORITY = st.lists(
    st.sampled_from(
        ["a.example", "b.example", "127.0.0.1", "[::1]", "[fe80::1%25eth0]", "@", ":", "\\", "/", "?", "#", "%40", "%2f", ".",
         "。", "．", "ｅ", "ß", "xn--", "_", "-", ":80", ":8080", "://", "\t", "\n", " ", "\u200b", "\u00ad", "０",
         "Ⅷ", "℀", "[", "]", "%61", ";", "*", "'", "<", "|", "{", "ς", "İ"]
    )
    | st.text(max_size=3),
    max_size=6,
).map("".join)  # fmt: skip
TEXT = st.text(max_size=60) | st.builds(
    "{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP:/", "//"]),
    AUTHORITY,
    st.sampled_from(["", "/", "/x"]),
)


def prepared(url: str) -> requests.PreparedRequest | None:
    """What would be sent; None if nothing would."""
    try:
        return requests.Request("GET", url).prepare()
    except (requests.exceptions.InvalidURL, UnicodeError):
        return None


@settings(max_examples=500)
@given(ADDRESS | TEXT)
def test_the_host_whose_rules_and_rest_count_is_the_one_that_the_request_goes_to(text: str) -> None:
    found = as_found(text)
    request = prepared(found) if found else None
    if found is not None and request is not None:
        place, _ = HTTPAdapter().build_connection_pool_key_attributes(request, verify=True)
        ours = urlsplit(f"{place['scheme']}://{host(found)}")
        assert place["host"].strip("[]").removesuffix(".") == ours.hostname
        assert (place["port"] or DEFAULT_PORTS[place["scheme"]]) == (ours.port or DEFAULT_PORTS[place["scheme"]])


@settings(max_examples=500)
@given(ADDRESS | st.text(max_size=40).map("https://news.example/{}".format))
def test_the_path_that_robots_txt_is_asked_about_is_the_one_that_is_sent(text: str) -> None:
    found = as_found(text)
    request = prepared(found) if found else None
    if found is not None and request is not None:
        assert path_of(f"http://host{request.path_url}") == path_of(found)
        sent = parse_url(f"http://host{request.path_url}")
        assert path_of(f"http://host{sent.request_uri}") == path_of(found)


@given(st.text(max_size=60), st.text(max_size=40))
def test_no_text_makes_the_reading_of_a_link_fail(href: str, base: str) -> None:
    found = as_found(href, base)
    assert found is None or urlsplit(found).scheme in ("http", "https")


def test_a_key_that_is_asked_of_no_address_is_our_own_fault() -> None:
    with pytest.raises(ValueError, match="not a web address"):
        canonical("nonsense")


def test_identities_are_pinned_since_stored_rows_carry_them() -> None:
    assert (
        identity("https://www.news.example/2024/05/a-story/?utm_source=rss") == "4ce1fd9b-27ee-2ddc-d2d4-7c1ebbff6a45"
    )
    assert identity("http://127.0.0.1:8000/?b=2&a=1") == "91150144-1e52-db28-b197-b66e54a4ae56"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://WWW.News.Example/a", "www.news.example"),
        ("https://news.example:443/a", "news.example"),
        ("http://news.example:80/a", "news.example"),
        ("http://news.example:443/a", "news.example:443"),
        ("http://127.0.0.1:8000/a", "127.0.0.1:8000"),
        ("http://[::1]:8000/a", "[::1]:8000"),
    ],
)
def test_the_host_is_the_unit_of_politeness(url: str, name: str) -> None:
    assert host(url) == name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.bbc.co.uk/a", "http://feeds.bbc.co.uk/b", True),
        ("https://bbc.co.uk/", "https://itv.co.uk/", False),
        ("https://a.blogspot.com/", "https://b.blogspot.com/", False),
        ("http://127.0.0.1:1/", "http://127.0.0.1:2/", False),
        ("http://127.0.0.1:1/", "http://127.0.0.2:1/", False),
        ("http://127.0.0.1:1/a", "http://127.0.0.1:1/b", True),
        ("http://localhost/", "http://localhost:8000/", False),
    ],
)
def test_a_site_is_a_registrable_domain(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://news.example", True),
        ("https://news.example/?utm_source=x", True),
        ("https://news.example/index.html", True),
        ("https://news.example/en/", True),
        ("https://news.example/en-GB/home", True),
        ("https://news.example/?p=123", False),
        ("https://news.example/#!/story/1", False),
        ("https://news.example/a-story", False),
    ],
)
def test_a_front_page_is_told_from_an_article(url: str, home: bool) -> None:
    assert is_home(url) is home


PAGE = "https://www.news.example/world/2024/a-story"


@pytest.mark.parametrize(
    ("claimed", "page", "trusted"),
    [
        ("https://news.example/world/2024/a-story", PAGE, "https://news.example/world/2024/a-story"),
        ("/world/2024/a-story#top", PAGE, "https://www.news.example/world/2024/a-story"),
        ("https://news.example/world/2024/a-story", PAGE + "/amp", "https://news.example/world/2024/a-story"),
        ("https://news.example/world/2024/a-story", PAGE + "/page/2", "https://news.example/world/2024/a-story"),
        ("https://news.example/world/2024/a-story", PAGE + "?share=1", "https://news.example/world/2024/a-story"),
        ("https://news.example/other/place", PAGE, "https://news.example/other/place"),
        (None, PAGE, None),
        ("", PAGE, None),
        ("javascript:void(0)", PAGE, None),
        ("https://other.example/world/2024/a-story", PAGE, None),
        ("https://news.example/", PAGE, None),
        ("/", PAGE, None),
        ("https://news.example/world", PAGE, None),
        ("https://news.example/world/2024/", PAGE, None),
        ("https://news.example/article.php", "https://news.example/article.php?id=7", None),
        ("https://news.example/article.php?id=7", "https://news.example/article.php?id=7&x=1",
         "https://news.example/article.php?id=7"),
    ],
)  # fmt: skip
def test_a_claimed_canonical_is_trusted_only_where_it_can_be_the_article(
    claimed: str | None, page: str, trusted: str | None
) -> None:
    assert trusted_canonical(claimed, page) == trusted
