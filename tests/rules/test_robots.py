"""What a robots.txt says: RFC 9309 section by section, what crawlers forgive, delays, sitemaps, and what is reserved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.rules.robots import decide, read_robots
from ingest.rules.robots_path import path_of, pattern_of
from rules.robots_cases import CASES, file

QUESTIONS = [
    pytest.param(text, product, asked[1:], asked.startswith("+"), id=f"{rule}: {product} {asked[:40]}")
    for rule, text, expected in CASES
    for product, paths in expected.items()
    for asked in paths.split()
]
FIELDS = st.sampled_from(
    [b"user-agent: *", b"user-agent: ingest", b"user-agent", b"disallow: ", b"allow: ", b"crawl-delay: ", b"sitemap: ",
     b"content-usage: ", b"# ", b"\xef\xbb\xbf", b"\0"]
)  # fmt: skip
LINES = st.lists(st.tuples(FIELDS, st.binary(max_size=20)).map(b"".join), max_size=20)


def is_allowed(text: bytes, product: str, path: str) -> bool:
    return read_robots(text, product=product).is_allowed(path_of(f"https://foo.bar{path}"))


def optouts(text: bytes, path: str = "/a") -> tuple[str, ...]:
    return read_robots(text, product="ingest").optouts(path_of(f"https://foo.bar{path}"))


@pytest.mark.parametrize(("text", "product", "path", "allowed"), QUESTIONS)
def test_a_file_allows_what_it_says(text: bytes, product: str, path: str, allowed: bool) -> None:
    assert is_allowed(text, product, path) == allowed
    decision = decide(text, product=product, url=f"https://foo.bar{path}")
    assert (decision.rule.field == "allow" if decision.rule else True) == allowed


def test_the_table_is_large() -> None:
    assert len(CASES) >= 100
    assert len(QUESTIONS) >= 250


@given(text=LINES.map(b"\n".join), path=st.text(max_size=30))
def test_any_octets_are_read_and_what_decides_agrees_with_the_verdict(text: bytes, path: str) -> None:
    url = f"https://foo.bar/{path}"
    rules = read_robots(text, product="ingest")
    decision = decide(text, product="ingest", url=url)
    allowed = rules.is_allowed(path_of(url))
    assert (decision.rule.field == "allow" if decision.rule else True) == allowed
    assert rules.is_allowed("/robots.txt")
    assert set(rules.optouts(path_of(url))) <= {"robots:ai-train", "robots:train-ai"}


@given(path=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="?#*$"), max_size=30))
def test_a_path_without_special_characters_is_spelled_alike_in_rule_and_address(path: str) -> None:
    assert pattern_of(f"/a{path}".replace("/.", "").encode()) == path_of(f"https://foo.bar/a{path}".replace("/.", ""))


def test_the_line_that_decides_is_named_with_its_group() -> None:
    text = file(
        "# ours", "User-agent: *", "Disallow: /", "", "User-agent: Ingest", "Allow: /a", "disalow: /a/b # private"
    )
    decision = decide(text, product="ingest", url="https://foo.bar/a/b/c")
    assert decision.rule is not None
    assert (decision.agent, decision.rule.number, decision.rule.text) == ("ingest", 7, "disalow: /a/b")
    assert [line.number for line in decision.group] == [6, 7]
    assert decide(text, product="other", url="https://foo.bar/a").agent == "*"
    assert decide(b"", product="other", url="https://foo.bar/a").agent is None


@pytest.mark.parametrize(
    ("lines", "delay_s"),
    [
        (["user-agent: *", "crawl-delay: 7"], 7.0),
        (["user-agent: *", "Crawl-Delay: 0.5", "disallow: /a"], 0.5),
        (["user-agent: *", "crawl-delay: 10 seconds"], 10.0),
        (["user-agent: *", "crawl-delay: 1", "crawl-delay: 3", "crawl-delay: 2"], 3.0),
        (["user-agent: ingest", "crawl-delay: 2", "user-agent: *", "crawl-delay: 7"], 2.0),
        (["user-agent: ingest", "disallow: /a", "user-agent: *", "crawl-delay: 7"], None),
        (["crawl-delay: 7", "user-agent: *"], None),
        (["user-agent: *", "crawl-delay: 99999999999999"], 21_600.0),
        *((["user-agent: *", f"crawl-delay: {delay}"], None) for delay in ("inf", "nan", "-3", "soon", "0", "", "٣")),
    ],
)
def test_a_crawl_delay_is_of_the_group_and_sensible(lines: list[str], delay_s: float | None) -> None:
    assert read_robots(file(*lines), product="ingest").crawl_delay_s == delay_s


def test_sitemaps_are_absolute_addresses_each_once() -> None:
    text = file(
        "Sitemap: https://foo.bar/s.xml", "user-agent: other", "sitemap: https://FOO.bar/s.xml", "Sitemap: /relative.xml",
        "Site-Map: http://foo.bar/t.xml?a=1&b=2", "Sitemaps: https://foo.bar/é.xml", "sitemap https://foo.bar/u.xml",
        "sitemap: ftp://foo.bar/x.xml", "sitemap:", "sitemap: javascript:alert(1)", "sitemap: https://user@foo.bar/y.xml",
    )  # fmt: skip
    assert read_robots(text, product="ingest").sitemaps == (
        "https://foo.bar/s.xml",
        "https://FOO.bar/s.xml",
        "http://foo.bar/t.xml?a=1&b=2",
        "https://foo.bar/é.xml",
        "https://foo.bar/u.xml",
    )


def test_a_hundred_sitemaps_are_enough() -> None:
    text = file(*(f"sitemap: https://foo.bar/{number}.xml" for number in range(150)))
    assert len(read_robots(text, product="ingest").sitemaps) == 100


@pytest.mark.parametrize(
    ("lines", "path", "expected"),
    [
        (["user-agent: *", "disallow: /"], "/a", ()),
        (["user-agent: GPTBot", "disallow: /"], "/a", ("robots:gptbot",)),
        (["user-agent: gptbot/1.0", "user-agent: AI2Bot", "disallow: /"], "/a", ("robots:gptbot", "robots:ai2bot")),
        (["user-agent: AI", "disallow: /"], "/a", ()),
        (["user-agent: GPTBot", "allow: /"], "/a", ()),
        (["user-agent: GPTBot", "disallow:"], "/a", ()),
        (["user-agent: GPTBot", "disallow: /news/", "allow: /news/free"], "/news/a", ("robots:gptbot",)),
        (["user-agent: GPTBot", "disallow: /news/", "allow: /news/free"], "/news/free/a", ()),
        (["user-agent: GPTBot", "disallow: /news/", "allow: /news/free"], "/a", ()),
        (["user-agent: GPTBot", "disallow: /a", "", "user-agent: gptbot", "allow: /ab"], "/abc", ()),
        (["user-agent: *", "disallow: /", "user-agent: CCBot", "disallow: /x"], "/a", ()),
        (["user-agent: ChatGPT-User", "disallow: /"], "/a", ()),
        (["user-agent: *", "content-signal: search=yes, ai-train=no"], "/a", ("robots:ai-train",)),
        (["user-agent: *", "Content-Signal: search=yes,ai-input=no,AI-Train=No"], "/a", ("robots:ai-train",)),
        (["user-agent: *", "content-signal: ai-train=yes"], "/a", ()),
        (["user-agent: *", "content-signal: search=no"], "/a", ()),
        (["user-agent: ingest", "disallow: /x", "user-agent: *", "content-signal: ai-train=no"], "/a", ("robots:ai-train",)),
        (["user-agent: ingest", "content-signal: ai-train=no"], "/a", ("robots:ai-train",)),
        (["user-agent: other", "content-signal: ai-train=no"], "/a", ()),
        (["user-agent: *", "content-usage: train-ai=n"], "/a", ("robots:train-ai",)),
        (["user-agent: *", "content-usage: bots=y, train-ai=n"], "/a", ("robots:train-ai",)),
        (["user-agent: *", "content-usage: train-ai=y"], "/a", ()),
        (["user-agent: *", "content-usage: train-ai=n", "content-usage: /docs/ train-ai=y"], "/docs/a", ()),
        (["user-agent: *", "content-usage: train-ai=n", "content-usage: /docs/ train-ai=y"], "/a", ("robots:train-ai",)),
        (["user-agent: *", "content-usage: /docs/ train-ai=n"], "/a", ()),
        (["user-agent: *", "content-usage: no-train-ai=n, xai-train=no"], "/a", ()),
    ],
)  # fmt: skip
def test_what_is_reserved_is_told_and_denies_nothing_to_us(
    lines: list[str], path: str, expected: tuple[str, ...]
) -> None:
    assert optouts(file(*lines), path) == expected
    if lines[:2] != ["user-agent: *", "disallow: /"]:
        assert is_allowed(file(*lines), "ingest", path)


WILDCARDS = [f"disallow: *private*{number}$" for number in range(1_001)]
PLAIN = [f"disallow: /old/{number}" for number in range(20_001)]


@pytest.mark.parametrize(
    ("lines", "answers"),
    [
        (["allow: /a/b*c", "disallow: /a/*"] * 30_000, {"/a/b/c": True, "/a/b/d": False, "/b": True}),
        ([*WILDCARDS[:1_000], "allow: /a"], {"/a/private1": False, "/a/private1x": True}),
        ([*WILDCARDS, "allow: /a"], {"/a/private1": False, "/a": False}),
        (["disallow: /x/*a", "disallow: /y$", *(f"allow: *{number}" for number in range(1_000))],
         {"/x/a": False, "/x/b1": False, "/y": False, "/ya1": False, "/z": True}),
        (["disallow: /b", *(f"allow: /{number}" for number in range(20_000))], {"/1": True, "/b": False, "/c": True}),
        ([*PLAIN[:20_000], "disallow: /old"], {"/old/1": False, "/new": False}),
        ([*PLAIN, "allow: /"], {"/old/20000": False, "/new": False}),
    ],
)  # fmt: skip
def test_more_rules_than_can_be_looked_at_deny_too_much_rather_than_too_little(
    lines: list[str], answers: dict[str, bool]
) -> None:
    text = file("user-agent: *", *lines)
    rules = read_robots(text, product="ingest")
    assert {path: rules.is_allowed(path_of(f"https://foo.bar{path}")) for path in answers} == answers
    assert rules.rule_count <= 20_000


def test_the_line_is_named_that_counts_for_more_than_it_says() -> None:
    text = file("user-agent: *", "disallow: /a*b", *(f"allow: *{number}" for number in range(1_000)))
    decision = decide(text, product="ingest", url="https://foo.bar/a1")
    assert decision.rule is not None
    assert decision.rule.number == 2


def test_reservations_without_end_reserve_everything() -> None:
    lines = [
        line
        for name in ("GPTBot", "CCBot", "ClaudeBot", "Bytespider", "Diffbot", "omgili")
        for line in (f"user-agent: {name}", *(f"disallow: /{name}{number}" for number in range(1_000)))
    ]
    assert optouts(file(*lines[: 5 * 1_001]), "/a") == ()
    assert len(optouts(file(*lines), "/a")) == 6


def test_few_of_very_many_sitemaps_are_looked_at() -> None:
    text = file(*(f"sitemap: ftp://foo.bar/{number}" for number in range(1_000)), "sitemap: https://foo.bar/s.xml")
    assert read_robots(text, product="ingest").sitemaps == ()
