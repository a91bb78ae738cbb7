"""Stories in the warehouse: who copied whom, step by step and anew, whatever the order and whoever is killed."""

import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.jobs import build, load, publish, rebuild_stories, try_stories
from ingest.settings import Settings
from killer import killed
from looks import ask, tables
from newsroom import MORNING, Newsroom

Asked = Callable[[str], list[tuple]]
STORIES = "SELECT source_id, story_id = article_id, count(*) OVER (PARTITION BY story_id) FROM mart.article ORDER BY 1"


def story(seed: int, sentences: int = 14) -> list[str]:
    """Paragraphs that no other seed has."""
    rng = random.Random(seed)  # noqa: S311
    return [" ".join(rng.choice(VOCABULARY) for _ in range(12)).capitalize() + "." for _ in range(sentences)]


VOCABULARY = (
    *(
        "harbour",
        "storm",
        "ferry",
        "council",
        "bridge",
        "school",
        "market",
        "winter",
        "budget",
        "minister",
        "village",
        "river",
    ),
    *(
        "crowd",
        "doctor",
        "engine",
        "field",
        "garden",
        "hospital",
        "island",
        "judge",
        "kitchen",
        "library",
        "mountain",
        "office",
    ),
    *("neighbour", "painter", "quarry", "railway", "senate", "tower", "union", "valley", "workshop", "yard", "captain"),
    *("lantern", "decision", "evening", "forecast", "guardian", "history", "invoice", "journey", "keeper", "moment"),
)


def prints(newsroom: Newsroom, source_id: str, paragraphs: list[str], slug: str = "a", hours: int = 0) -> None:
    """An article that was published so many hours after the morning."""
    url, at = f"https://{source_id}.example/{slug}", MORNING + timedelta(hours=hours)
    newsroom.reads(url, "\n".join(paragraphs), source_id=source_id, published_at=at)


def test_copies_across_sources_are_one_story_and_others_are_not(newsroom: Newsroom, asked: Asked) -> None:
    text = story(1)
    prints(newsroom, "agency", text)
    prints(newsroom, "daily", [one.replace("harbour", "port") for one in text])
    prints(newsroom, "weekly", text[:9])
    prints(newsroom, "other", story(2))
    assert asked(STORIES) == [("agency", True, 3), ("daily", False, 3), ("other", True, 1), ("weekly", False, 3)]
    assert asked("SELECT article_count, source_ids FROM mart.story ORDER BY 1") == [
        (1, ["other"]),
        (3, ["agency", "daily", "weekly"]),
    ]
    assert asked("SELECT likeness_kind, round(share, 1) FROM mart.story_article WHERE source_id = 'weekly'") == [
        ("near", 1.0)
    ]


def test_a_copy_that_comes_later_joins_and_the_story_keeps_its_id(newsroom: Newsroom, asked: Asked) -> None:
    prints(newsroom, "agency", story(1))
    ((before,),) = asked("SELECT story_id FROM mart.story")
    prints(newsroom, "daily", story(1)[:12])
    assert asked("SELECT story_id, article_count FROM mart.story") == [(before, 2)]


def test_a_bridge_between_two_stories_makes_them_one_under_the_older_id(newsroom: Newsroom, asked: Asked) -> None:
    """Neither half is like the other; the whole, which comes last, is like both."""
    whole = story(1, 24)
    prints(newsroom, "agency", whole[:12])
    prints(newsroom, "daily", whole[12:])
    assert asked("SELECT count(*) FROM mart.story") == [(2,)]
    ((older,),) = asked("SELECT article_id FROM mart.article WHERE source_id = 'agency'")
    prints(newsroom, "weekly", whole)
    assert asked("SELECT story_id, article_count FROM mart.story") == [(older, 3)]


def test_an_edit_that_makes_another_text_of_an_article_takes_it_out_of_its_story(
    newsroom: Newsroom, asked: Asked
) -> None:
    prints(newsroom, "agency", story(1))
    prints(newsroom, "daily", story(1))
    assert asked("SELECT count(*) FROM mart.story") == [(1,)]
    prints(newsroom, "daily", story(3))
    assert asked("SELECT article_count FROM mart.story") == [(1,), (1,)]


def test_lines_that_a_source_repeats_make_no_story_and_stay_in_the_stored_text(
    newsroom: Newsroom, asked: Asked
) -> None:
    box = story(9, 12)
    for number, source_id in enumerate(("daily", "daily", "daily", "weekly", "weekly", "weekly")):
        prints(newsroom, source_id, [*story(20 + number, 5), *box], slug=f"s{number}")
    assert asked("SELECT count(*) FROM mart.story") == [(6,)]
    assert asked(
        "SELECT DISTINCT len(string_split(text, chr(10))), len(string_split(own_text, chr(10))) FROM mart.article_text"
    ) == [(17, 5)]


def test_a_line_that_turns_out_to_be_repeated_takes_back_what_it_linked(newsroom: Newsroom, asked: Asked) -> None:
    box = story(9, 12)
    prints(newsroom, "daily", [*story(20, 3), *box], slug="s1")
    prints(newsroom, "weekly", [*story(21, 3), *box], slug="s1")
    assert asked("SELECT count(*) FROM mart.story") == [(1,)]
    for number in (2, 3):
        prints(newsroom, "daily", [*story(20 + number, 3), *box], slug=f"s{number}")
        prints(newsroom, "weekly", [*story(30 + number, 3), *box], slug=f"s{number}")
        asked("SELECT 1")
    assert asked("SELECT count(*), max(article_count) FROM mart.story") == [(6, 1)]


def test_a_text_that_two_hundred_ran_is_one_story(newsroom: Newsroom, asked: Asked) -> None:
    for number in range(200):
        rng = random.Random(number)  # noqa: S311
        prints(newsroom, f"outlet-{number}", [one for one in story(1, 20) if rng.random() > 0.1])
    assert asked("SELECT article_count FROM mart.story") == [(200,)]


def test_the_first_publisher_is_who_published_first_and_not_who_was_loaded_first(
    newsroom: Newsroom, asked: Asked
) -> None:
    prints(newsroom, "late", story(1))
    asked("SELECT 1")
    prints(newsroom, "early", story(1), hours=-3)
    assert asked("SELECT first_source_id, is_first_certain FROM mart.story") == [("early", True)]
    assert asked("SELECT source_id FROM mart.article WHERE article_id = story_id") == [("late",)]


def test_a_rebuild_makes_the_same_stories(newsroom: Newsroom, settings: Settings, asked: Asked) -> None:
    for number in range(6):
        prints(newsroom, f"outlet-{number}", story(number // 3)[number:])
        asked("SELECT 1")
    before = tables(settings.published_file)
    assert rebuild_stories.run(settings) == {"articles": 6}
    publish.run(settings)
    assert tables(settings.published_file) == before


@pytest.mark.parametrize("number", range(1, 8))
def test_a_build_that_is_killed_makes_the_same_stories_when_it_is_run_again(
    newsroom: Newsroom, settings: Settings, number: int
) -> None:
    prints(newsroom, "agency", story(1))
    newsroom.seals()
    load.run(settings)
    build.run(settings)
    prints(newsroom, "daily", story(1)[2:])
    newsroom.seals()
    load.run(settings)
    killed(settings, "build", at="story_step", number=number)
    build.run(settings)
    publish.run(settings)
    assert ask(settings, "SELECT article_count FROM mart.story") == [(2,)]


@pytest.mark.parametrize("shuffle", [None, 1])
def test_articles_of_a_file_are_told_apart_in_any_order(
    tmp_path: Path, settings: Settings, shuffle: int | None
) -> None:
    given = tmp_path / "articles.jsonl"
    lines = [
        {
            "article_id": f"{kind}{copy}",
            "source_id": f"s{copy}",
            "text": "\n".join(story(kind)[copy:]),
            "published_at": f"2026-11-0{copy + 1}T10:00:00Z",
        }
        for kind in range(4)
        for copy in range(3)
    ]
    given.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    out = tmp_path / "out" / "stories.jsonl"
    summary = try_stories.run(given, out, settings=settings, batch=5, shuffle=shuffle, progress=lambda *_: None)
    assert (summary.article_count, summary.story_count, summary.alone_count) == (12, 4, 0)
    found = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [line["article_id"] for line in found] == [line["article_id"] for line in lines]
    assert all(line["story_id"][0] == line["article_id"][0] for line in found)


@pytest.mark.slow
@pytest.mark.parametrize("shuffle", [None, 7])
def test_real_copies_are_found_and_what_only_looks_like_them_is_not(
    tmp_path: Path, settings: Settings, shared: Path, shuffle: int | None
) -> None:
    """Measured are .996 and .964; by how much it falls with another order of arrival is the test of the order."""
    given, out = shared / "stories" / "stories.jsonl.gz", tmp_path / "stories.jsonl"
    try_stories.run(given, out, settings=settings, batch=1_000, shuffle=shuffle, progress=lambda *_: None)
    scores = {name: float(value) for name, value in re.findall(r"(\w+) ([\d.]+)", scored(given, out))}
    assert scores["precision"] >= 0.985
    assert scores["recall"] >= 0.95


def scored(given: Path, out: Path) -> str:
    scorer = given.parents[2] / "bench" / "score_stories.py"
    return subprocess.run([sys.executable, scorer, given, out], check=True, capture_output=True, text=True).stdout
