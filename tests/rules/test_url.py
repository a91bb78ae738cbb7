"""Addresses: what is fetched, which two are one article, and whose site one is."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.rules.url import as_found, canonical, host, identity, is_home, same_site, trusted_canonical

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
        "https://news.example/" + "x" * 5_000, "//news.example/a", "/relative",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_none(href: str) -> None:
    assert as_found(href) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://news.example/a", "https://news.example/a"),
        ("https://www.news.example/a", "https://news.example/a"),
        ("https://NEWS.example./a", "https://news.example/a"),
        ("http://news.example:80/a", "https://news.example:443/a"),
        ("https://zürich.example/a", "https://xn--zrich-kva.example/a"),
        ("https://news.example/%7ejo/%c3%bc", "https://news.example/~jo/ü"),
        ("https://news.example/x/../a/./b", "https://news.example/a/b"),
        ("https://news.example//a//b/", "https://news.example/a/b"),
        ("https://news.example", "https://news.example/"),
        ("https://news.example/a?", "https://news.example/a"),
        ("https://news.example/a?b=1&a=2", "https://news.example/a?a=2&b=1"),
        ("https://news.example/a?q=x+y", "https://news.example/a?q=x%20y"),
        ("https://news.example/a?utm_source=x&UTM_Medium=y&fbclid=1&gclid=2&mc_cid=3", "https://news.example/a"),
        ("https://news.example/a?at_medium=RSS&at_campaign=KARANGA", "https://news.example/a"),
        ("https://news.example/a?partner=rss&emc=rss", "https://news.example/a"),
        ("https://news.example/a;jsessionid=8A3F?p=1", "https://news.example/a?p=1"),
        ("https://news.example/a#comments", "https://news.example/a"),
        ("https://news.example/#!", "https://news.example/"),
        ("http://[0:0:0:0:0:0:0:1]:8080/a", "http://[::1]:8080/a"),
    ],
)
def test_two_spellings_of_one_article_share_a_key(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)
    assert identity(one) == identity(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/a?ref=123", "https://news.example/a?ref=124"),
        ("https://news.example/a?source=5", "https://news.example/a?source=6"),
        ("https://news.example/a?cid=1001", "https://news.example/a?cid=1002"),
        ("https://news.example/a?id=1", "https://news.example/a?id=2"),
        ("https://news.example/?p=1", "https://news.example/?p=2"),
        ("https://news.example/?1001", "https://news.example/?1002"),
        ("https://news.example/a?x=1&x=2", "https://news.example/a?x=2&x=1"),
        ("https://news.example/A", "https://news.example/a"),
        ("https://news.example/a%2Fb", "https://news.example/a/b"),
        ("https://news.example/a%26b?q=1%262", "https://news.example/a%26b?q=1&2"),
        ("https://news.example/a?q=1%2B1", "https://news.example/a?q=1+1"),
        ("https://news.example/#!/story/1", "https://news.example/#!/story/2"),
        ("https://sport.news.example/a", "https://news.example/a"),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a"),
        ("https://news.example/a.html", "https://news.example/a"),
    ],
)
def test_different_articles_stay_apart(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


ADDRESS = st.builds(
    "{}://{}{}/{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["news.example", "WWW.www.News.example.", "www.com", "zürich.example", "127.0.0.1", "[::1]"]),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.text(alphabet="ab/.%2eE;= é+\\#?&jsessionid5~", max_size=30),
    st.text(max_size=10).map("?{}".format) | st.just(""),
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
