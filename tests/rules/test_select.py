"""Whose turn it is: sources side by side, and none on more hosts than a publisher has."""

from ingest.crawl_state import Target
from ingest.rules.select import HOSTS_MOST, in_fairness
from ingest.rules.url import host


def target(source_id: str, url: str) -> Target:
    return Target(entry_id=url, source_id=source_id, feed_id="f", url=url, purpose="new", attempt=1)


def test_sources_take_turns_and_keep_their_own_order() -> None:
    greedy = [target("greedy", f"https://g.example/{number}") for number in range(1_000)]
    modest = [target("modest", f"https://m.example/{number}") for number in range(3)]
    fair = in_fairness([*greedy, *modest], host_of=host)
    assert [one.source_id for one in fair[:6]] == ["greedy", "modest"] * 3
    assert [one for one in fair if one.source_id == "greedy"] == greedy
    assert [one for one in fair if one.source_id == "modest"] == modest


def test_a_source_that_lists_a_thousand_hosts_gets_some_of_them_now_and_others_later() -> None:
    many = [target("odd", f"https://{number}.odd.example/{page}") for number in range(1_000) for page in range(2)]
    now = in_fairness(many, host_of=host)
    assert len({host(one.url) for one in now}) == HOSTS_MOST
    assert len(now) == 2 * HOSTS_MOST
