"""What of a page's keywords is a topic."""

import pytest

from ingest.rules.topic import clean, holds, split, worth


@pytest.mark.parametrize(
    ("given", "topics"),
    [
        (["storms", "Storms", " #ports "], ("storms", "ports")),
        (["98be933f-38cf-4fba-b6c6-ad438e82010a", "100312362", "paper.com", "_commerce", "true"], ()),
        (["NLP Category: Politics", "Section: Sport:Football", "Star Wars: Episode IV"], ("Star Wars: Episode IV",)),
        (["topic/theft & robbery", "50 Mbit/s", "(1) Ferries"], ("theft & robbery", "50 Mbit/s", "Ferries")),
        (["AER", "AERO", "CRSH", "INDG08", "RSBI:HUMAN-RIGHTS"], ()),
        (["NATO", "EU", "USA"], ("NATO", "EU", "USA")),
        (["x" * 100], ()),
    ],
)  # fmt: skip
def test_marks_of_content_systems_are_no_topics(given: list[str], topics: tuple[str, ...]) -> None:
    assert clean(given) == topics


def test_a_text_that_stands_alone_is_a_list() -> None:
    assert split(["a, b; c"]) == ["a", "b", "c"]
    assert split(["Paris, Texas", "films"]) == ["Paris, Texas", "films"]
    assert split(["a", "b", "a, b"]) == ["a", "b"]
    assert split([]) == []


def test_the_section_s_or_the_site_s_name_alone_is_hardly_a_list_of_topics() -> None:
    def of(topics: list[str]) -> int:
        return worth(topics, section="Politics", site_names=("The Example",))

    assert [of([]), of(["politics"]), of(["The Example", "Politics"]), of(["storms"])] == [0, 1, 1, 2]


def test_one_list_holds_another_whatever_its_case() -> None:
    assert holds(["Storms", "Ports"], ["ports"])
    assert not holds(["Storms"], ["ports"])
