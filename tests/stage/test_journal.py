"""The journal: the order of loads survives the warehouse, and kills."""

from datetime import UTC, datetime
from pathlib import Path

from ingest.stage import journal

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def write(stage: Path, batch: str, load_seq: int, finding: str = "") -> None:
    journal.append(
        stage, journal.line(batch, load_seq=load_seq, schema_version=1, version="0", now=NOW, finding=finding)
    )


def test_lines_come_back_in_the_order_of_loads(tmp_path: Path) -> None:
    for batch, load_seq in (("b", 1), ("a", 2), ("c", 3)):
        write(tmp_path, batch, load_seq)
    assert list(journal.read(tmp_path)) == ["b", "a", "c"]
    assert journal.next_seq(journal.read(tmp_path).values()) == 4


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    assert journal.read(tmp_path) == {}
    assert journal.next_seq([]) == 1


def test_the_last_verdict_on_a_batch_holds(tmp_path: Path) -> None:
    write(tmp_path, "a", 1)
    write(tmp_path, "b", 2)
    write(tmp_path, "a", 1, finding="page_is_judged: a hole")
    assert [(line.batch_id, line.verdict) for line in journal.read(tmp_path).values()] == [
        ("a", "quarantined"),
        ("b", "loaded"),
    ]


def test_a_verdict_without_a_place_replaces_the_one_before(tmp_path: Path) -> None:
    write(tmp_path, "a", 1)
    write(tmp_path, "a", 0, finding="its file is gone")
    assert [line.verdict for line in journal.read(tmp_path).values()] == ["quarantined"]


def test_a_line_that_a_kill_tore_is_no_line_and_is_cut_off_by_the_next(tmp_path: Path) -> None:
    write(tmp_path, "a", 1)
    with (tmp_path / journal.JOURNAL).open("ab") as stream:
        stream.write(b'{"load_seq": 2, "batch')
    assert list(journal.read(tmp_path)) == ["a"]
    write(tmp_path, "b", 2)
    assert list(journal.read(tmp_path)) == ["a", "b"]
