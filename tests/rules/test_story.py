"""What links make of articles."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.rules.story import Link, stories


def link(one: int, other: int, strength: float = 0.9) -> Link:
    return Link(one=one, other=other, strength=strength)


def test_what_links_connect_is_one_story_with_the_first_article_s_number() -> None:
    made = stories([1, 2, 3, 4, 5], [link(4, 5), link(2, 4)])
    assert made.story_of == {1: 1, 2: 2, 3: 3, 4: 2, 5: 2}


def test_two_large_stories_are_not_made_one_by_a_single_link() -> None:
    triples = [link(1, 2), link(2, 3), link(11, 12), link(12, 13)]
    made = stories([1, 2, 3, 11, 12, 13], [*triples, link(3, 11, 0.5)])
    assert set(made.story_of.values()) == {1, 11}
    (doubt,) = made.doubts
    assert (doubt.one, doubt.other, doubt.sizes) == (3, 11, (3, 3))


def test_two_links_make_two_large_stories_one() -> None:
    triples = [link(1, 2), link(2, 3), link(11, 12), link(12, 13)]
    made = stories([1, 2, 3, 11, 12, 13], [*triples, link(3, 11, 0.5), link(2, 13, 0.4)])
    assert set(made.story_of.values()) == {1}
    assert made.doubts == ()


def test_a_text_that_two_hundred_ran_is_one_story() -> None:
    made = stories(range(200), [link(0, other) for other in range(1, 200)])
    assert set(made.story_of.values()) == {0}


@given(
    st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25), st.sampled_from([0.4, 0.6, 0.9])), max_size=60),
    st.randoms(use_true_random=False),
)
def test_the_order_of_links_does_not_matter(pairs: list[tuple[int, int, float]], rng: object) -> None:
    links = [link(min(one, other), max(one, other), strength) for one, other, strength in pairs if one != other]
    again = list(links)
    rng.shuffle(again)  # type: ignore[attr-defined]
    one, other = stories(range(26), links), stories(reversed(range(26)), again)
    assert one.story_of == other.story_of
    assert set(one.doubts) == set(other.doubts)
    assert all(one.story_of[first] == first and first <= article for article, first in one.story_of.items())
