"""A ledger that says otherwise than the truth is told item by item."""

from ingest.demo.account import differences, wrongly_joined, wrongly_listed
from ingest.rules.url import identity

URL = "http://127.0.0.2:8000/article-1"
KEY = ("paper", identity(URL))
TRUTH = [
    {
        "source_id": "paper",
        "url": URL,
        "listed_by": "sitemap",
        "group": None,
        "expected": "stored",
        "expected_reason": None,
    }
]


def test_an_item_in_another_state_than_the_truth_tells_is_named() -> None:
    assert differences(TRUTH, {KEY: ("stored", "article")}) == []
    assert differences(TRUTH, {}) == [f"{URL} was listed, and is not in the ledger"]
    (told,) = differences(TRUTH, {KEY: ("failed", "gone")})
    assert told == f"{URL} should be stored (any reason), and is failed (gone)"


def test_an_item_that_something_else_listed_is_named() -> None:
    assert wrongly_listed(TRUTH, {KEY: "sitemap"}) == wrongly_listed(TRUTH, {}) == []
    assert wrongly_listed(TRUTH, {KEY: "feed"}) == [f"{URL} should be listed by a sitemap, and is by a feed"]


def test_a_story_that_is_not_one_text_is_named() -> None:
    other = "http://127.0.0.2:8000/article-2"
    copies = [TRUTH[0] | {"group": "agency-1"}, TRUTH[0] | {"url": other, "group": "agency-1"}]
    key = ("paper", identity(other))
    assert wrongly_joined(copies, {KEY: "s", key: "s"}) == []
    assert wrongly_joined(copies, {KEY: "s", key: "t"}) == ["agency-1 is told as 2 stories"]
    apart = [TRUTH[0], TRUTH[0] | {"url": other}]
    assert wrongly_joined(apart, {KEY: "s", key: "s"}) == [f"{URL} and {other} are told as one story"]
