"""Search: all words, best first, accents and case aside, in languages without spaces too; and what is like an article."""

import math
import tomllib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from ingest.jobs import build, load, publish
from ingest.settings import Settings
from ingest.warehouse import search
from ingest.warehouse.build import KEEPERS
from ingest.warehouse.read import reader
from ingest.warehouse.search import Run, worn
from ingest.warehouse.sql import models
from looks import ask, tables
from newsroom import MORNING, Newsroom

JUDGED = tomllib.loads((Path(__file__).parent / "judged.toml").read_text("utf-8"))
ARTICLES: dict[str, tuple[str, str, str]] = JUDGED["articles"]  # name: language, title, text
QUESTIONS: dict[str, dict[str, int]] = JUDGED["questions"]  # question: name: grade
HOST = "https://daily.example/"
NAME = f"url[{len(HOST) + 1}:]"
# what came before: words as they stand, newest first; and BM25 over whole words and single characters, all of them required
LIKE = f"SELECT {NAME} FROM mart.article WHERE title ILIKE $like OR text ILIKE $like ORDER BY published_at DESC, url LIMIT 10"
OLD_TERMS = r"""
CREATE TEMP MACRO old_terms(words) AS regexp_extract_all(
  strip_accents(lower(coalesce(words, ''))), '[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{N}]+'
);
CREATE TEMP TABLE old_posting AS
SELECT article_id, term, sum(weight)::INTEGER AS term_count
FROM (
  SELECT article_id, unnest(old_terms(title)) AS term, 3 AS weight FROM mart.article
  UNION ALL
  SELECT article_id, unnest(old_terms(text)) AS term, 1 AS weight FROM mart.article
)
GROUP BY ALL
"""
OLD = f"""
WITH wanted AS (SELECT DISTINCT unnest(old_terms($query)) AS term),
corpus AS (SELECT count(*) AS article_count, avg(word_count) AS mean_words FROM mart.article),
hit AS (SELECT * FROM old_posting WHERE term IN (SELECT term FROM wanted)),
rarity AS (
  SELECT term, ln(1 + (any_value(article_count) - count(*) + 0.5) / (count(*) + 0.5)) AS idf FROM hit, corpus GROUP BY term
)
SELECT {NAME}
FROM hit JOIN rarity USING (term) JOIN mart.article USING (article_id), corpus
GROUP BY article_id, url
HAVING count(*) = (SELECT count(*) FROM wanted)
ORDER BY sum(idf * term_count * 2.2 / (term_count + 1.2 * (0.25 + 0.75 * word_count / mean_words))) DESC, article_id
LIMIT 10
"""


def prints(newsroom: Newsroom, *names: str) -> None:
    for name in names:
        language, title, text = ARTICLES[name]
        newsroom.lists(HOST + name, source_id=f"{language}-daily")
        newsroom.reads(HOST + name, text, title=title, language=language, source_id=f"{language}-daily")


def goes_out(newsroom: Newsroom) -> None:
    newsroom.seals()
    load.run(newsroom.settings)
    assert publish.run(newsroom.settings)["quarantined"] == []


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    newsroom = Newsroom(Settings(home=tmp_path_factory.mktemp("judged"), contact="mailto:tests@example.org"))
    prints(newsroom, *ARTICLES)
    goes_out(newsroom)
    return newsroom.settings


@pytest.fixture(scope="module")
def published(judged: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with reader(judged.published_file) as connection:
        connection.execute(OLD_TERMS)
        yield connection


def names(connection: duckdb.DuckDBPyConnection, query: str, options: str = "10") -> list[str]:
    found = connection.execute(f"SELECT {NAME} FROM search_articles($query, {options})", {"query": query}).fetchall()
    return [name for (name,) in found]


def gain(found: list[str], wanted: dict[str, int]) -> float:
    """NDCG at 10 (Järvelin and Kekäläinen 2002), gain 2^grade - 1."""

    def total(grades: list[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:10]))

    return total([wanted.get(name, 0) for name in found]) / total(sorted(wanted.values(), reverse=True))


def test_ranking_is_as_people_judge_and_better_than_plain_looking_and_than_it_was(
    published: duckdb.DuckDBPyConnection,
) -> None:
    def mean(found: Callable[[str], list[tuple]]) -> float:
        gains = [gain([name for (name,) in found(query)], wanted) for query, wanted in QUESTIONS.items()]
        return sum(gains) / len(gains)

    ours = mean(lambda query: [(name,) for name in names(published, query)])
    old = mean(lambda query: published.execute(OLD, {"query": query}).fetchall())
    like = mean(lambda query: published.execute(LIKE, {"like": f"%{query}%"}).fetchall())
    print(f"NDCG@10 {ours:.3f}, was {old:.3f}, ILIKE {like:.3f}")
    assert ours >= 0.95
    assert ours > old + 0.05
    assert ours > like + 0.3


@pytest.mark.parametrize(
    ("query", "options", "found"),
    [
        ("mistura nowhere", "10", []),
        ("", "10", []),
        ("Paris", "1", ["de-klima"]),
        ("Paris", "10, language := 'de'", ["de-klima"]),
        ("zürich", "10, source_id := 'de-daily'", ["de-zuerich", "de-bahn"]),
        ("zürich", "10, source_id := 'en-daily'", []),
        ("zürich", "10, since := DATE '2026-11-22', until := DATE '2026-11-23'", ["de-zuerich", "de-bahn"]),
        ("zürich", "10, since := DATE '2026-11-23'", []),
        ("zürich", "10, until := TIMESTAMPTZ '2026-11-22 00:00:00+00'", []),
        (
            "zürich",
            "k := 10, language := 'de', since := TIMESTAMPTZ '2026-11-22 00:00:00+00'",
            ["de-zuerich", "de-bahn"],
        ),
        ("summit emissions moon", "10", ["en-summit", "en-summit-end"]),  # none has all: those that have most
        ('"opens in Paris"', "10", ["en-summit"]),
        ('"paris opens"', "10", []),
        ('"的天气转"', "10", ["zh-beijing"]),
        ('"the central', "10", ["en-rate", "en-bank", "en-mortgage"]),  # a quote that does not close
        ('"" Klimagipfel "!"', "10", ["de-klima"]),
    ],
)
def test_options_narrow_and_phrases_hold(
    published: duckdb.DuckDBPyConnection, query: str, options: str, found: list[str]
) -> None:
    assert sorted(names(published, query, options)) == sorted(found)


@pytest.mark.parametrize(
    "query",
    ["'; DROP TABLE core.posting; --", "%_\\", '"', '"""', "(a OR b) NOT [c]* {1,2}", "\0\n\t", "💥", "ａ", "ー",
     "a" * 10_000, "東京 " * 5_000, " ".join(map(str, range(3_000)))],
)  # fmt: skip
def test_whatever_is_asked_is_answered(published: duckdb.DuckDBPyConnection, query: str) -> None:
    assert len(names(published, query)) <= 10


def test_equal_scores_stand_in_one_order(newsroom: Newsroom) -> None:
    for number in range(5):
        newsroom.lists(f"{HOST}{number}")
        newsroom.reads(f"{HOST}{number}", "The same words on the harbour, in every one.")
    goes_out(newsroom)
    first, *others = [ask(newsroom.settings, "SELECT article_id FROM search_articles('harbour', 10)") for _ in range(3)]
    assert first == sorted(first)
    assert others == [first, first]


def test_any_grouping_of_builds_answers_as_one_build_does(
    newsroom: Newsroom, judged: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With runs of a few articles, so that they fill, wear out and are written anew many times."""
    monkeypatch.setattr(search, "RUN_ARTICLES", 6)
    monkeypatch.setattr(search, "WIDE_RUNS", 2)
    monkeypatch.setattr(search, "POSTED_AT_ONCE", 4)
    everything = list(ARTICLES)
    for some in (everything[start : start + 10] for start in range(0, len(everything), 10)):
        for name in some:  # said otherwise at first, by another source's count of words
            newsroom.lists(HOST + name, source_id=f"{ARTICLES[name][0]}-daily")
            newsroom.reads(
                HOST + name, "Nothing but a summit " * 9, title="Later", source_id=f"{ARTICLES[name][0]}-daily"
            )
        newsroom.seals()
        prints(newsroom, *some)
        goes_out(newsroom)
    assert ask(newsroom.settings, "SELECT count(*), sum(posted_count) FROM core.posting_run WHERE is_full")[0][0] > 3
    with reader(newsroom.settings.published_file) as piecewise, reader(judged.published_file) as at_once:
        for query in [*QUESTIONS, "the", "summit of nothing"]:
            look = "SELECT score, url FROM search_articles($query, 50)"
            assert (
                piecewise.execute(look, {"query": query}).fetchall()
                == at_once.execute(look, {"query": query}).fetchall()
            )
    before = tables(newsroom.settings.writer_file)["search"]
    build.run(newsroom.settings, everything=True)
    assert tables(newsroom.settings.writer_file)["search"] == before


def test_what_changed_or_was_rejected_later_is_not_found_by_what_it_said(newsroom: Newsroom) -> None:
    pages = {}
    for name in ("changed", "rejected", "stays"):
        newsroom.lists(HOST + name)
        pages[name] = newsroom.reads(HOST + name, f"The ferry of the harbour, said {name}.")
    goes_out(newsroom)
    newsroom.reads(HOST + "changed", "A tram of the town, said changed.")
    goes_out(newsroom)
    newsroom.extractor_version = "2"
    newsroom.rerejects(pages["rejected"], "error_page")
    goes_out(newsroom)
    found = ask(newsroom.settings, f"SELECT {NAME} FROM search_articles('ferry', 10)")
    assert found == [("stays",)]
    assert ask(newsroom.settings, f"SELECT {NAME} FROM search_articles('tram', 10)") == [("changed",)]
    assert ask(newsroom.settings, "SELECT count(*) FROM core.posted") == [(2,)]


STORM = """A storm tore roofs from houses in Galway on Sunday night. The storm came from the west, and ferries to the Aran islands
stay in the harbour until Thursday: no ferry leaves while the storm is near Galway, said the harbour master. Fishermen had
brought their boats to safety by noon, when the coast guard put out its second warning of the weekend. Nobody was hurt."""


def test_near_finds_what_shares_the_telling_terms_and_no_copy(newsroom: Newsroom) -> None:
    texts = {
        "own": STORM,
        "copy": STORM,
        "wire": f"{STORM} The council opened a shelter for forty people in the school.",
        "later": "Galway counts the cost of the storm: roofs gone, ferries in the harbour, and no bread on the Aran islands.",
    } | {
        f"other-{number}": f"Football: the match of team {number} on the green ended with goals." for number in range(9)
    }
    for hour, (name, text) in enumerate(texts.items()):
        source_id = name.split("-")[0]
        newsroom.lists(HOST + name, source_id=source_id)
        newsroom.reads(HOST + name, text, title=name, source_id=source_id, published_at=MORNING + timedelta(hours=hour))
    goes_out(newsroom)
    near = f"SELECT {NAME}, is_same_story FROM near((SELECT article_id FROM mart.article WHERE title = 'own'), 5)"
    assert ask(newsroom.settings, near) == [("wire", True), ("later", False)]
    assert ask(newsroom.settings, "FROM near(uuid(), 5)") == []


def test_a_run_is_written_anew_with_its_neighbours_once_they_fill_one_or_where_it_lost_much() -> None:
    runs = [
        Run(1, 9, 9, 9),
        Run(10, 19, 10, 3),
        Run(20, 29, 10, 4),
        Run(30, 39, 10, 10),
        Run(40, 49, 10, 7),
        Run(50, 59, 10, 9),
    ]
    assert list(worn(runs, run_articles=10, standing_share=0.75)) == [(10, 29), (40, 49)]
    # there is room for another neighbour: nothing but what lost much
    assert list(worn(runs[:3], run_articles=20, standing_share=0.75)) == [(10, 19), (20, 29)]
    assert list(worn(runs[:5], run_articles=30, standing_share=0.75)) == [(1, 39), (40, 49)]
    assert list(worn([], run_articles=10, standing_share=0.75)) == []
    assert list(worn([Run(1, 9, 0, 0)], run_articles=10, standing_share=0.75)) == []


def test_every_kept_model_has_one_keeper() -> None:
    kept = sorted(model.name for model in models() if model.kind == "kept")
    assert sorted(name for keeper in KEEPERS.values() for name in keeper.models) == kept


def test_a_changed_rule_of_terms_empties_the_postings_and_nothing_of_stories(newsroom: Newsroom) -> None:
    prints(newsroom, "en-summit", "ja-tokyo")
    goes_out(newsroom)
    file: Path = newsroom.settings.writer_file
    with duckdb.connect(str(file)) as connection:
        connection.execute("UPDATE raw.model SET checksum = 'other' WHERE model = 'macros/terms.sql'")
        connection.execute("DELETE FROM core.posting; UPDATE core.signature SET words = 'untouched'")
    build.run(newsroom.settings)
    assert len(tables(file)["search"]) > 50
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute("SELECT DISTINCT words FROM core.signature").fetchall() == [("untouched",)]
