"""Lists of addresses: any shape, any charset, bad lines and all; read on from any row."""

import codecs
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.history import Found
from inputs.warcs import ended, passed, reasons, told, url_of, urls

ONE, TWO = url_of(1), url_of(2)


def written(folder: Path, name: str, body: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return path


def parquet(folder: Path, **columns: list[object]) -> Path:
    path = folder / "list.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=3)
    return path


SHAPES: dict[str, bytes] = {
    "addresses": f"{ONE}\n{TWO}\n".encode(),
    "the last line without its end": f"{ONE}\n{TWO}".encode(),
    "lines of Windows": f"{ONE}\r\n{TWO}\r\n".encode(),
    "empty lines and remarks": f"# from 2025\n\n{ONE}\n   \n{TWO}\n".encode(),
    "a mark of UTF-8": codecs.BOM_UTF8 + f"{ONE}\n{TWO}\n".encode(),
    "UTF-16": f"{ONE}\n{TWO}\n".encode("utf-16"),
    "packed": gzip.compress(f"{ONE}\n{TWO}\n".encode()),
    "CSV": f"id,url,title\n1,{ONE},A\n2,{TWO},B\n".encode(),
    "CSV with semicolons": f"Titel;Link\nA;{ONE}\nB;{TWO}\n".encode(),
    "CSV with tabs": f"loc\tlastmod\n{ONE}\t2025-01-02\n{TWO}\t2025-01-02\n".encode(),
    "CSV in quotes": f'"url","title"\n"{ONE}","A ""b"", c"\n"{TWO}","over\ntwo lines"\n'.encode(),
    "CSV without a head": f"2025-01-02,{ONE}\n2025-01-03,{TWO}\n".encode(),
    "CSV without a head, the address first": f"{ONE},2025-01-02\n{TWO},2025-01-03\n".encode(),
    "CSV of one column": f"url\n{ONE}\n{TWO}\n".encode(),
    "CSV in Western letters": f"titre;adresse;url\nÉté;ici;{ONE}\nFête;là;{TWO}\n".encode("cp1252"),
    "JSON lines": f'{{"url": "{ONE}"}}\n{{"url": "{TWO}", "x": null}}\n'.encode(),
    "JSON lines of addresses": f'"{ONE}"\n"{TWO}"\n'.encode(),
    "a JSON array, one a line": f'[\n{{"link": "{ONE}"}},\n{{"link": "{TWO}"}}\n]\n'.encode(),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_list_of_any_shape_gives_its_addresses(shape: str, tmp_path: Path) -> None:
    found = told(written(tmp_path, "list", SHAPES[shape]), kind="list")
    assert (urls(found), reasons(found), ended(found)) == ([ONE, TWO], [], "ok")


def test_parquet_gives_its_addresses_and_dates(tmp_path: Path) -> None:
    at = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    path = parquet(tmp_path, url=[ONE, TWO], published_at=[at, None], body=["x" * 10, "y"], headline=["A", None])
    found = told(path, kind="list")
    assert urls(found) == [ONE, TWO]
    first = found[0]
    assert isinstance(first, Found)
    assert (first.published_raw, first.title) == ("2025-01-02T03:04:05+00:00", "A")


def test_an_address_with_commas_stays_whole(tmp_path: Path) -> None:
    address = "https://news.example/a,b;c|d.html?x=1,2"
    assert urls(told(written(tmp_path, "list", f"{address}\n{address}, A headline\n"), kind="list")) == [address] * 2


SAID = '{"url": "%s", "date_published": "%s", "lastmod": "2025-02-03", "headline": " Ein Titel ", "lang": "de"}\n'


@pytest.mark.parametrize(
    ("written_as", "expected"),
    [
        ("2025-01-02", "2025-01-02"),
        ("Thu, 02 Jan 2025 03:04:05 GMT", "Thu, 02 Jan 2025 03:04:05 GMT"),
        ("1735787045", "2025-01-02T03:04:05+00:00"),
        ("1735787045000", "2025-01-02T03:04:05+00:00"),
        ("20250102", "20250102"),
        ("", None),
        ("null", None),
    ],
)
def test_what_a_list_says_of_an_article_is_kept(written_as: str, expected: str | None, tmp_path: Path) -> None:
    (found, _) = told(written(tmp_path, "list.jsonl", SAID % (ONE, written_as)), kind="list")
    assert isinstance(found, Found)
    assert (found.published_raw, found.modified_raw) == (expected, "2025-02-03")
    assert (found.title, found.language, found.captured_at) == ("Ein Titel", "de", None)


def test_bad_lines_cost_no_other(tmp_path: Path) -> None:
    body = f"{ONE}\nnot an address\nftp://news.example/x\nmailto:a@b.example\n{'x' * 5_000_000}\n{TWO}\n"
    found = told(written(tmp_path, "list.txt", body), kind="list")
    assert (urls(found), ended(found)) == ([ONE, TWO], "ok")
    assert reasons(found) == ["no_address", "no_address", "no_address", "too_large"]
    body = f'{{"url": "{ONE}"}}\n{{"url": \n{{"title": "no address"}}\n17\n{{"url": "{TWO}"}}\n'
    found = told(written(tmp_path, "list.jsonl", body), kind="list")
    assert (urls(found), reasons(found)) == ([ONE, TWO], ["corrupt", "no_address", "corrupt"])
    body = f'url,title\n{ONE},A\n{url_of(3)},"{"never closed" * 100_000}\n{TWO},B\n'
    found = told(written(tmp_path, "list.csv", body), kind="list")
    assert ONE in urls(found)
    assert "corrupt" in reasons(found)


UNREADABLE = {
    "empty": b"",
    "blank": b"\n\n   \n",
    "noise": bytes(range(256)) * 100,
    "broken Parquet": b"PAR1" + b"x" * 500,
    "lines of an old Mac": f"url,title\r{ONE},A\r{TWO},B\r".encode(),
    "a text of something else": b"Lorem ipsum dolor sit amet\n" * 3_000,
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_is_no_list_is_unreadable(kind: str, tmp_path: Path) -> None:
    found = told(written(tmp_path, "list", UNREADABLE[kind]), kind="list")
    assert (urls(found), ended(found)) == ([], "unreadable")


def test_a_packed_list_that_is_cut_gives_what_came(tmp_path: Path) -> None:
    body = gzip.compress("".join(f"{url_of(number)}\n" for number in range(20_000)).encode())
    found = told(written(tmp_path, "list.txt.gz", body[: len(body) // 2]), kind="list")
    assert len(urls(found)) > 1_000
    assert (reasons(found), ended(found)) == (["truncated"], "cut_short")


def test_what_is_not_wanted_is_counted(tmp_path: Path) -> None:
    found = told(written(tmp_path, "list", f"{ONE}\n{TWO}\n"), kind="list", wanted="article-2")
    assert (urls(found), passed(found)) == ([TWO], (0, 1))


ROWS = st.lists(
    st.sampled_from(["good", "bad", "remark", "comma", "empty", "unwanted"]).flatmap(
        lambda sort: st.integers(0, 9_999).map(lambda number: (sort, number))
    ),
    max_size=30,
)
LINES = {
    "good": "https://news.example/{}", "bad": "no address {}", "remark": "# {}", "comma": "https://news.example/{},x",
    "empty": "", "unwanted": "https://other.example/{}",
}  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, as_what=st.sampled_from(["txt", "jsonl", "parquet"]), choice=st.data())
def test_reading_can_be_gone_on_with_at_any_row(
    rows: list[tuple[str, int]], as_what: str, choice: st.DataObject, tmp_path: Path
) -> None:
    lines = [LINES[sort].format(number) for sort, number in rows]
    if as_what == "parquet":
        path = parquet(tmp_path, url=[*lines, "https://news.example/end"])
    elif as_what == "jsonl":
        path = written(
            tmp_path, "list.jsonl", "".join(json.dumps({"url": line}) + "\n" for line in lines) + '{"url": ""}'
        )
    else:
        path = written(tmp_path, "list.txt", "\n".join([*lines, "https://news.example/end"]))
    everything = told(path, kind="list", wanted="news.example")
    place = choice.draw(st.integers(0, len(everything) - 1))
    rest = told(path, kind="list", position=everything[place].position, wanted="news.example")
    assert (urls(rest), reasons(rest)) == (urls(everything[place + 1 :]), reasons(everything[place + 1 :]))


def test_a_quote_that_nobody_closes_costs_its_own_line_alone(tmp_path: Path) -> None:
    rows = [f"{url_of(number)},Story {number}" for number in range(6)]
    rows[1] = f'{url_of(1)},"He said'
    rows[3] = f'{url_of(3)},"She said'
    rows.append(f'{url_of(6)},"A title\nof two lines"')
    found = told(written(tmp_path, "list.csv", "\n".join(["url,title", *rows, ""])), kind="list")
    assert urls(found) == [url_of(number) for number in (0, 2, 4, 5, 6)]
    assert (reasons(found), ended(found)) == (["corrupt", "corrupt"], "ok")
