"""Fields inside fields, paragraphs, known layouts, encodings of lines, limits of every field, and columns to carry."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_tools.errors import PlanError
from corpus_tools.plan import ReadPlan
from corpus_tools.readers.listing import list_sources
from corpus_tools.readers.rows.carried import parse_carry, write_value
from corpus_tools.readers.start import check_columns

URL, TIME = "http://a.org/1", "2022-11-27T02:00:00Z"
TEXT = "Words about sleep."
LAYOUTS = {
    "OSCAR": {
        "content": TEXT,
        "warc_headers": {"warc-record-id": "<urn:uuid:0>", "warc-date": TIME, "warc-target-uri": URL},
        "metadata": {"identification": {"label": "en"}},
    },
    "dolma": {"id": "7", "text": TEXT, "source": "cc", "added": TIME, "created": TIME, "metadata": {"url": URL}},
    "RedPajama": {"text": TEXT, "meta": {"url": URL, "timestamp": TIME}},
    "RedPajama-V2": {"raw_content": TEXT, "url": URL, "date_download": TIME, "digest": "x", "title": "T"},
    "FineWeb": {"text": TEXT, "id": "<urn:uuid:0>", "dump": "CC-MAIN-2022-49", "url": URL, "date": TIME, "token_count": 3},
    "datatrove": {"text": TEXT, "id": "0", "metadata": {"url": URL, "date": TIME}},
    "C4": {"text": TEXT, "timestamp": TIME, "url": URL},
    "HPLT": {"text": TEXT, "u": URL, "ts": TIME, "id": "0"},
}


def lines(*objects: object) -> bytes:
    return "".join(json.dumps(item) + "\n" for item in objects).encode()


def parquet(**columns: object) -> bytes:
    kept = io.BytesIO()
    pq.write_table(pa.table(columns), kept)
    return kept.getvalue()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form", ["jsonl", "json", "parquet"])
def test_published_layouts_are_read_and_said(rows, tmp_path: Path, layout: str, form: str) -> None:
    row = LAYOUTS[layout]
    content = parquet(**{name: [value] for name, value in row.items()}) if form == "parquet" else lines(row)
    (page,) = rows(f"a.{form}", content)
    assert (page["text"], page["url"], page["site"]) == (TEXT, URL, "a.org")
    assert page["fetched_at"] == datetime(2022, 11, 27, 2, tzinfo=UTC)
    assert check_columns(list_sources([tmp_path]), ReadPlan()) == [f"read as {layout}: 1 file"]


def test_wet_files_are_said(tmp_path: Path) -> None:
    (tmp_path / "a.warc.wet").write_bytes(b"")
    assert check_columns(list_sources([tmp_path]), ReadPlan()) == ["read as Common Crawl WET: 1 file"]


def test_fields_inside_fields(rows) -> None:
    row = {"doc": {"body": {"words": TEXT}}, "meta.where": {"URL": URL}, "key": "{'nr': 5}"}
    settings = {"text_field": "doc.body.words", "url_field": "meta.where.url", "id_field": "key.nr"}
    (page,) = rows("a.jsonl", lines(row), **settings)
    assert (page["text"], page["url"], page["source_id"]) == (TEXT, URL, "5")
    maps = pa.array([[("url", URL)]], pa.map_(pa.string(), pa.string()))
    (page,) = rows("b.parquet", parquet(text=[TEXT], metadata=maps), url_field="metadata.url")
    assert page["url"] == URL


def test_paragraphs_are_one_text(rows) -> None:
    found = rows(
        "a.jsonl", lines({"text": ["one", "two", None]}, {"paragraphs": [{"text": "one"}, {"text": "two"}]}, {"text": [1]})
    )
    assert [row["text"] for row in found] == ["one\ntwo", "one\ntwo", None]
    assert found[2]["problem"] == "its text is a list, not text"
    assert rows("b.parquet", parquet(text=[["one", "two"]]))[0]["text"] == "one\ntwo"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Die Größe der Schilddrüse lässt sich messen, für ältere Menschen häufig üblich."),
        ("cp1251", "Щитовидная железа вырабатывает гормоны, и анализ крови показывает их уровень."),
        ("gb18030", "甲状腺分泌激素，医生通过血液检查来判断它的功能是否正常。每年检查一次。"),
        ("cp932", "甲状腺はホルモンを分泌します。血液検査で機能を調べることができます。表示"),
        ("utf-16", "Größe 甲状腺 Щит"),
        ("utf-16-le", "Größe of the gland, in plain words"),
        ("utf-16-be", "Größe of the gland, in plain words"),
        ("utf-32", "Größe 甲状腺"),
    ],
)
@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_lines_in_other_encodings_are_decoded(rows, encoding: str, text: str, form: str) -> None:
    objects = [{"id": number, "text": f"{text} {number}"} for number in range(3)]
    content = "\r\n".join(json.dumps(item, ensure_ascii=False) for item in objects)
    if form == "json":
        content = json.dumps(objects, ensure_ascii=False)
    found = rows(f"a.{form}", content.encode(encoding))
    assert [row["text"] for row in found] == [item["text"] for item in objects]
    assert all(row["note"].startswith("read as ") for row in found)


def test_a_field_that_no_row_has_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines({"text": TEXT, "link": URL}))
    (tmp_path / "b.csv").write_text("text,address\nx,y\n")
    files = list_sources([tmp_path])
    check_columns(files, ReadPlan(url_field="address"))
    with pytest.raises(
        PlanError, match=r"read.url_field is 'adress', but no row has such a field: the rows have 'text', 'link', 'address'"
    ):
        check_columns(files, ReadPlan(url_field="adress"))
    with pytest.raises(PlanError, match=r"read.carry names 'lang', but no row"):
        check_columns(files, ReadPlan(carry=("lang",)))
    (tmp_path / "only").mkdir()
    (tmp_path / "only" / "a.html").write_text("<p>x")
    with pytest.raises(PlanError, match="the input has no rows with fields"):
        check_columns(list_sources([tmp_path / "only"]), ReadPlan(id_field="nr"))


def test_every_field_has_a_limit(rows) -> None:
    long = "x" * 3_000_000
    found = rows(
        "a.jsonl",
        lines(
            {"text": "t", "title": long},
            {"text": "t", "url": f"http://a.org/{long}"},
            {"text": "t", "id": long},
            {"text": "t", "meta": [[]] * 9},
        ),
    )
    assert (len(found[0]["title"]), found[0]["note"]) == (2000, "title cut to 2000 characters")
    assert [row["problem"] for row in found] == [
        None,
        "its address is longer than 32768 bytes",
        "its id is longer than 4096 bytes",
        None,
    ]
    assert all(len(row["url"] or "") + len(row["source_id"] or "") < 500 for row in found)
    many = b'{"text": "t", "x": [' + b"[]," * 1_000_001 + b"1]}\n"
    assert rows("b.jsonl", many)[0]["problem"] == "JSON of more than 1,000,000 values"


def test_parts_are_bounded_in_bytes_whatever_field_they_are_in(tmp_path: Path) -> None:
    from corpus_tools.readers.pages import read_pages

    (tmp_path / "a.jsonl").write_bytes(lines(*[{"text": str(number), "lang": "x" * 30_000} for number in range(20)]))
    parts = list(read_pages(list_sources([tmp_path]), ReadPlan(carry=("lang",), part_bytes=1 << 16)))
    assert [part.batch.num_rows for part in parts] == [2] * 10


def test_carried_columns_are_named_and_clashes_refused() -> None:
    assert parse_carry(("lang", "metadata.score", "code=meta.lang")) == (
        ("lang", "lang"),
        ("score", "metadata.score"),
        ("code", "meta.lang"),
    )
    for names in (("Title",), ("meta.url",), ("lang", "meta.lang"), ("=x",), ("a=",)):
        with pytest.raises(PlanError):
            parse_carry(names)
    with pytest.raises(PlanError, match="give it another name: input_language=language"):
        parse_carry(("language",))


def test_values_are_carried_with_their_kind(rows) -> None:
    values = ("x", 5, 2**70, 0.5, True, None, float("nan"), ["a"], {"b": 1}, date(2024, 1, 2), datetime(2024, 1, 2, 3))
    assert [write_value(value) for value in values] == [
        "sx",
        "i5",
        f"j{2**70}",
        "f0.5",
        "btrue",
        None,
        None,
        'l["a"]',
        'j{"b": 1}',
        "d2024-01-02",
        "t2024-01-02T03:00:00+00:00",
    ]
    found = rows("a.jsonl", lines({"text": "t", "m": {"n": 1}, "lang": "de"}, {"text": "t"}), carry=("m.n", "lang"))
    assert [row["carried"] for row in found] == [["i1", "sde"], [None, None]]


def test_hive_partitions_are_columns(tmp_path: Path) -> None:
    from corpus_tools.readers.pages import read_pages

    place = tmp_path / "data" / "lang=de" / "crawl=2024%2F10"
    place.mkdir(parents=True)
    (place / "a.parquet").write_bytes(parquet(text=["one", "two"], lang=[None, "fr"]))
    plan = ReadPlan(carry=("lang", "crawl"))
    for source in (tmp_path / "data", f"{tmp_path}/data/**/*.parquet", place / "a.parquet"):
        files = list_sources([source])
        check_columns(files, plan)
        (part,) = read_pages(files, plan)
        assert part.batch["carried"].to_pylist() == [["sde", "s2024/10"], ["sfr", "s2024/10"]]
