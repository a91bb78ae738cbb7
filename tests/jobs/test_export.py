"""Exports: the same rows in every form, increments that add up to the whole, and folders that are never half."""

import copy
import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

import duckdb
import ibis
import pandas
import polars
import pyarrow.parquet
import pytest

from ingest.errors import InputError
from ingest.jobs import build, export, load, publish, report
from ingest.settings import Settings
from ingest.share import manifest
from ingest.share.manifest import Form
from ingest.warehouse import sql
from ingest.warehouse.read import reader
from looks import ask
from newsroom import MORNING, Newsroom

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # ibis 12 asks DuckDB so
FORMS = get_args(Form)
TABLES = ("mart.article", "mart.revision", "mart.story", "mart.ledger")
STRANGE = '=1+1 "quoted", a\r\nsecond line\ttab, 北岬 – ‘curly’ \\ end'


def body(name: str) -> str:
    return f"The council of {name} met on the harbour, and the ferry was late once more. " * 3


def article(newsroom: Newsroom, name: str, *, text: str | None = None, **said: object) -> None:
    url = f"https://daily.example/{name}"
    newsroom.lists(url)
    newsroom.reads(url, text or body(name), **said)


def goes_out(newsroom: Newsroom, settings: Settings) -> None:
    newsroom.seals()
    load.run(settings)
    build.run(settings)
    publish.run(settings)


@pytest.fixture(scope="module")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """Two articles, one of them with all that is hard to write down."""
    settings = Settings(home=tmp_path_factory.mktemp("export") / "data", contact="mailto:tests@example.org")
    newsroom = Newsroom(settings)
    article(newsroom, "plain", published_at=datetime.fromisoformat("2026-10-31T23:59:59.999999+00:00"))
    article(
        newsroom, "strange", title=STRANGE, description="", tags=("a,b", '"c"', "d\ne"), authors=(),
        text=STRANGE + "\n\n" + body("x"),
        published_contradictions={"feed": datetime.fromisoformat("2026-11-01T05:00:00+02:00")},
    )  # fmt: skip
    goes_out(newsroom, settings)
    return newsroom


@pytest.fixture
def newsroom(first_day: Newsroom, settings: Settings) -> Newsroom:
    """The same newsroom, with a warehouse of its own."""
    shutil.copytree(first_day.settings.home, settings.home)
    newsroom = copy.deepcopy(first_day)
    newsroom.settings = settings
    return newsroom


@pytest.fixture
def printed(newsroom: Newsroom) -> Settings:
    return newsroom.settings


def latest(folder: Path, query: str) -> list[tuple]:
    """Rows by way of the views that every export brings along."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; SET VARIABLE folder = $folder", {"folder": f"{folder}/"})
        connection.execute((folder / "latest.sql").read_text("utf-8"))
        return connection.execute(query).fetchall()


def holds_the_table(settings: Settings, folder: Path, table: str) -> bool:
    """Whether the views of a Parquet export give the rows of the published table."""
    with reader(settings.published_file) as connection:
        columns = [
            f"{name}::VARCHAR AS {name}" if kind == "UUID" else name
            for name, kind, *_ in connection.execute(f"DESCRIBE {table}").fetchall()
        ]
    there = ask(settings, f"SELECT {', '.join(columns)} FROM {table}")
    here = latest(folder, f"SELECT * EXCLUDE (export_number) FROM {table.partition('.')[2]}")
    return sorted(map(repr, there)) == sorted(map(repr, here))


def test_parquet_gives_back_the_tables_type_by_type(printed: Settings, tmp_path: Path) -> None:
    export.run(printed, tmp_path / "out", form="parquet", tables=TABLES)
    for table in TABLES:
        assert holds_the_table(printed, tmp_path / "out", table), table
    kinds = dict(latest(tmp_path / "out", "SELECT column_name, column_type FROM (DESCRIBE article)"))
    assert kinds["published_at"] == "TIMESTAMP WITH TIME ZONE"
    assert kinds["tags"] == "VARCHAR[]"
    assert kinds["published_contradictions"] == "MAP(VARCHAR, TIMESTAMP WITH TIME ZONE)"


def test_parquet_lies_in_months_of_publication(printed: Settings, tmp_path: Path) -> None:
    export.run(printed, tmp_path / "out", form="parquet")
    assert sorted(path.relative_to(tmp_path / "out").as_posix() for path in tmp_path.rglob("article/**/*.parquet")) == [
        "article/published_month=2026-10/part-00001.parquet",
        "article/published_month=2026-11/part-00001.parquet",
    ]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_text_forms_say_the_same_in_words(printed: Settings, tmp_path: Path, form: Form) -> None:
    export.run(printed, tmp_path / "out", form=form)
    path = tmp_path / "out" / "article" / f"part-00001.{form}"
    if form == "csv":
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [
                row | {name: json.loads(row[name]) for name in ("tags", "published_contradictions")}
                for row in csv.DictReader(stream)
            ]
    else:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(rows) == 2
    (strange,) = [row for row in rows if row["url"].endswith("strange")]
    ((title, text, moment),) = ask(
        printed, "SELECT title, text, published_at FROM mart.article WHERE url LIKE '%strange'"
    )
    assert (strange["title"], strange["text"]) == (title, text)
    assert strange["title"].startswith("=1+1")  # a file of values, not a sheet: nothing is put before a sign
    assert strange["tags"] == ["a,b", '"c"', "d\ne"]
    assert strange["published_contradictions"] == {"feed": "2026-11-01T03:00:00.000000Z"}
    assert strange["published_at"] == f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
    assert sorted(latest(tmp_path / "out", "SELECT title, text FROM article")) == sorted(
        ask(printed, "SELECT title, text FROM mart.article")
    )


def test_increments_add_up_to_the_whole_and_hold_what_changed_alone(newsroom: Newsroom, tmp_path: Path) -> None:
    """New articles, an edited one, a copy that joins a story, a page that is none any more."""
    printed, folder = newsroom.settings, tmp_path / "out"
    ((seen,),) = ask(printed, "SELECT max(change_seq) FROM mart.article")
    export.run(printed, folder, form="parquet", tables=TABLES)
    nothing = export.run(printed, folder, form="parquet", is_incremental=True)
    assert (nothing.tables, nothing.written_files, nothing.removed_rows) == (TABLES, 2, 0)  # story and ledger, whole
    article(newsroom, "plain", text=body("plain") + "\nA paragraph more. " * 4)
    newsroom.lists("https://other.example/copy", source_id="other")
    newsroom.reads("https://other.example/copy", body("x") + "\nOne line of the other's own.", source_id="other")
    newsroom.lists("https://daily.example/gone")
    fetch = newsroom.reads("https://daily.example/gone", body("gone"))
    goes_out(newsroom, printed)
    export.run(printed, folder, form="parquet", is_incremental=True)
    (months,) = latest(folder, "SELECT count(*) FROM glob(getvariable('folder') || 'article/*/*-00003.parquet')")[0]
    assert months == 1  # what was published in October lies as it was; its new state is where it was published now
    assert latest(folder, "SELECT count(*) FROM article") == [(4,)]

    slice_ = export.run(printed, tmp_path / "slice", form="parquet", tables=TABLES[:2], since_change_seq=seen)
    assert slice_.written_rows == 3 + 4
    assert latest(tmp_path / "slice", "SELECT count(*) FROM article WHERE url LIKE '%strange'") == [(0,)]
    with pytest.raises(InputError, match="holds a slice"):
        export.run(printed, tmp_path / "slice", form="parquet", is_incremental=True)

    newsroom.extractor_version = "2"
    newsroom.rerejects(fetch, "not_an_article")
    goes_out(newsroom, printed)
    last = export.run(printed, folder, form="parquet", is_incremental=True)
    assert last.removed_rows == 2  # of mart.article and of mart.revision
    for table in TABLES:
        assert holds_the_table(printed, folder, table), table
    held = {
        (article_id, title) for article_id, title in ask(printed, "SELECT article_id::VARCHAR, title FROM mart.article")
    }
    frame, lazy = recipe(folder, printed)
    assert {(row.article_id, row.title) for row in frame.itertuples()} == held
    assert set(lazy.select("article_id", "title").collect().rows()) == held


def test_what_is_held_back_leaves_exports_and_the_report_until_it_is_released(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    printed, folder = newsroom.settings, tmp_path / "out"
    export.run(printed, folder, form="parquet")
    for is_over, held_count in ((False, 2), (True, 0)):
        ((seen,),) = ask(printed, "SELECT max(load_seq) FROM raw.batch")
        newsroom.alarms("quarantined", since_at=MORNING, is_over=is_over)
        goes_out(newsroom, printed)
        slice_ = export.run(printed, tmp_path / f"slice-{seen}", form="parquet", since_change_seq=seen)
        assert (slice_.removed_rows, slice_.written_rows) == (held_count, 2 - held_count)
        export.run(printed, folder, form="parquet", is_incremental=True)
        assert latest(folder, "SELECT count(*) FROM article") == [(2 - held_count,)]
        summary = report.run(printed, tmp_path / "report.html", since=date(2026, 10, 1), until=date(2026, 12, 1))
        assert summary.article_count == 2 - held_count


def recipe(folder: Path, settings: Settings) -> tuple[Any, Any]:
    """What the handbook's Python leaves behind: a pandas frame and a polars one."""
    code = (sql.root() / "README.md").read_text("utf-8").split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {}
    exec(code.replace("FOLDER", str(folder)).replace("data/warehouse", str(settings.published_file.parent)), names)  # noqa: S102
    return names["frame"], names["lazy"]


def test_texts_may_stay_at_home(printed: Settings, tmp_path: Path) -> None:
    export.run(printed, tmp_path / "out", form="parquet", tables=TABLES[:2], has_text=False)
    for table in ("article", "revision"):
        names = {name for (name,) in latest(tmp_path / "out", f"SELECT column_name FROM (DESCRIBE {table})")}
        assert not names & {"text", "paragraphs_added"}
        assert "title" in names


KILLED = """
import os, pathlib, sys
from ingest.jobs import export
from ingest.settings import Settings
from ingest.share import manifest
left = int(sys.argv[3])
def dies(path, write, _whole=manifest.whole):
    global left
    left -= 1
    if left == 0:
        write(path.with_name(path.name + ".part"))  # written, and not yet renamed
        os._exit(9)
    _whole(path, write)
manifest.whole = dies
export.run(Settings(home=pathlib.Path(sys.argv[1])), pathlib.Path(sys.argv[2]), form="parquet")
"""


def test_an_export_that_is_killed_in_mid_air_leaves_the_one_before(printed: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    export.run(printed, folder, form="parquet")
    before = (folder / "manifest.json").read_bytes()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(printed.home), str(folder), "4"], env=os.environ, check=False
    )
    assert killed.returncode == 9
    assert (folder / "manifest.json").read_bytes() == before
    for told in json.loads(before)["files"]:
        assert hashlib.sha256((folder / told["path"]).read_bytes()).hexdigest() == told["sha256"]
    export.run(printed, folder, form="parquet", is_incremental=True)
    assert holds_the_table(printed, folder, "mart.article")
    named = {file.path for file in (manifest.read(folder) or pytest.fail("no manifest")).files}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == named | {"manifest.json", "latest.sql", ".lock"}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_erased_is_in_no_file_of_an_export(printed: Settings, tmp_path: Path, form: Form) -> None:
    folder = tmp_path / "out"
    export.run(printed, folder, form=form, tables=TABLES)
    ((article_id,),) = ask(printed, "SELECT article_id::VARCHAR FROM mart.article WHERE url LIKE '%plain'")
    assert export.folders(printed) == [folder.resolve()]
    erased = export.erase_from(folder, [article_id])
    assert (erased.file_count, erased.row_count) == (4, 4)
    for table in TABLES:
        assert latest(folder, f"SELECT count(*) FROM {table.partition('.')[2]}") == [(1,)]
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".parquet":
            assert "daily.example/plain" not in path.read_text("utf-8")
    titles = latest(folder, "SELECT title, text FROM article")
    assert titles == ask(printed, "SELECT title, text FROM mart.article WHERE url LIKE '%strange'")
    assert export.erase_from(folder, [article_id]).file_count == 0


def test_a_folder_that_is_something_else_is_left_alone(printed: Settings, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.doc").write_text("x")
    with pytest.raises(InputError, match=r"is not empty, and not an export's \(thesis.doc\)"):
        export.run(printed, tmp_path / "home", form="csv")
    export.run(printed, tmp_path / "out", form="csv")
    with pytest.raises(InputError, match=r"holds mart\.article as csv with texts"):
        export.run(printed, tmp_path / "out", form="parquet", is_incremental=True)
    with pytest.raises(InputError, match=r"no table mart\.artikel to export"):
        export.run(printed, tmp_path / "new", form="csv", tables=["mart.artikel"])
    told = tmp_path / "out" / "manifest.json"
    told.write_text(told.read_text("utf-8").replace('"through_batch_id": "', '"through_batch_id": "another-'))
    with pytest.raises(InputError, match="not exported from an earlier state of this warehouse"):
        export.run(printed, tmp_path / "out", form="csv", is_incremental=True)


def test_pandas_polars_arrow_and_ibis_count_the_same(printed: Settings, tmp_path: Path) -> None:
    """From the published file and from its export: articles, words and tags by source."""
    export.run(printed, tmp_path / "out", form="parquet")
    told = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    files = [str(tmp_path / "out" / file["path"]) for file in told["files"] if file["kind"] == "rows"]
    counts = (
        "SELECT source_id, count(*), sum(word_count)::BIGINT, sum(len(tags))::BIGINT FROM mart.article GROUP BY ALL"
    )
    expected = [tuple(row) for row in ask(printed, counts)]
    arrow = pyarrow.parquet.ParquetDataset(files).read(columns=["source_id", "word_count", "tags"])
    with reader(printed.published_file) as connection:
        rows = connection.sql("SELECT source_id, word_count, tags FROM mart.article")
        arrow_rows = rows.to_arrow_table()
        frames = [arrow_rows.to_pandas(), pandas.read_parquet(files, columns=["source_id", "word_count", "tags"])]
        polar = [polars.from_arrow(arrow_rows), polars.read_parquet(files)]
    for table in (arrow, arrow_rows):
        grouped = table.append_column("tag_count", pyarrow.compute.list_value_length(table["tags"])).group_by(
            "source_id"
        )
        found = grouped.aggregate([([], "count_all"), ("word_count", "sum"), ("tag_count", "sum")]).to_pylist()
        assert [
            (row["source_id"], row["count_all"], row["word_count_sum"], row["tag_count_sum"]) for row in found
        ] == expected
    for frame in frames:
        found = frame.assign(tag_count=frame["tags"].map(len)).groupby("source_id").agg(
            rows=("word_count", "size"), words=("word_count", "sum"), tags=("tag_count", "sum")
        )  # fmt: skip
        assert list(found.itertuples(name=None)) == expected
    for table in polar:
        found = table.group_by("source_id").agg(
            polars.len(), polars.col("word_count").sum(), polars.col("tags").list.len().sum()
        )  # fmt: skip
        assert found.rows() == expected
    published = ibis.duckdb.connect(printed.published_file, read_only=True)
    for table in (published.table("article", database="mart"), ibis.duckdb.connect().read_parquet(files)):
        found = table.group_by("source_id").agg(
            rows=table.count(), words=table.word_count.sum(), tags=table.tags.length().sum()
        )
        assert [tuple(row.values()) for row in found.to_pyarrow().to_pylist()] == expected
    published.disconnect()
