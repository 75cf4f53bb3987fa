"""Whole runs over the forms that data comes in: the account closes, ids do not depend on names, own columns arrive."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tarfile
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from crawls import article, html_page

from corpus_tools import api, errors
from corpus_tools.api import Run
from corpus_tools.clean import repeats
from corpus_tools.plan import Plan
from corpus_tools.store.run_file import RUN_FILE

pytestmark = pytest.mark.usefixtures("clean_here")


def pages(numbers: range) -> list[dict[str, Any]]:
    return [{"url": f"http://a.org/{n}", "text": article(n), "lang": f"l{n}", "n": n} for n in numbers]


def lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def outcome(run: Run) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Corpus, removed and rejected pages without the names of input files."""
    frames = (run.corpus, run.removed, run.table("rejected"))
    return tuple(frame.collect().drop("source").sort("page_id") for frame in frames)  # type: ignore[return-value]


@pytest.mark.slow
def test_every_form_of_the_same_pages_gives_the_same_corpus(tmp_path: Path) -> None:
    """The same rows as JSON lines, CSV, zip and tar, under any name: the same corpus, removed and rejected, to the id."""
    rows = [*pages(range(4)), *pages(range(1)), {"url": "http://a.org/9", "text": "", "lang": "", "n": 9}]
    table = io.StringIO()
    writer = csv.DictWriter(table, ["url", "text", "lang", "n"])
    writer.writeheader()
    writer.writerows(rows)
    content, packed, archive = lines(rows), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("deep/z.jsonl", content)
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        header = tarfile.TarInfo("t.jsonl")
        header.size = len(content)
        tar.addfile(header, io.BytesIO(content))
    forms = {
        "a.jsonl": content,
        "z.jsonl.gz": gzip.compress(content),
        "c.csv": table.getvalue().encode(),
        "d.zip": packed.getvalue(),
        "e.tar.gz": archive.getvalue(),
        "noname": gzip.compress(content),
    }
    results = []
    for name, bytes_ in forms.items():
        folder = tmp_path / name / "in"
        folder.mkdir(parents=True)
        (folder / name).write_bytes(bytes_)
        results.append(outcome(api.run(folder, tmp_path / name / "RUN", workers=1)))
    for result in results[1:]:
        assert all(left.equals(right) for left, right in zip(results[0], result, strict=True))
    assert [len(frame) for frame in results[0]] == [4, 1, 1]


def test_another_name_of_an_input_file_changes_nothing(tmp_path: Path) -> None:
    captures = [{"url": "http://a.org/", "text": article(n), "date": f"2024-01-0{n + 1}"} for n in range(3)]
    halves = (lines([*pages(range(3)), captures[0], captures[1]]), lines([*pages(range(2, 5)), captures[1], captures[2]]))
    results = []
    for names in (("a.jsonl", "b.jsonl"), ("y.jsonl", "x.jsonl")):
        folder = tmp_path / names[0]
        folder.mkdir()
        for name, half in zip(names, halves, strict=True):
            (folder / name).write_bytes(half)
        results.append(outcome(api.run(folder, tmp_path / f"RUN{names[0]}", workers=1)))
    for left, right in zip(*results, strict=True):
        assert left.equals(right)
    assert results[0][0]["page_id"].n_unique() == len(results[0][0])


@pytest.mark.slow
def test_repeats_are_counted_the_same_after_a_kill_and_against_an_earlier_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = [{"text": article(1)}] * 5
    plan = Plan().with_settings({"read.part_pages": 2})
    (tmp_path / "old.jsonl").write_bytes(lines(same))
    (tmp_path / "new.jsonl").write_bytes(lines(same))
    files = [tmp_path / "old.jsonl", tmp_path / "new.jsonl"]
    whole = api.run(files, tmp_path / "BOTH", plan, workers=1)
    ids = sorted(whole.table("extracted").collect()["page_id"])
    assert len({page_id[:24] for page_id in ids}) == 1
    assert [int(page_id[24:], 16) for page_id in ids] == list(range(10))
    api.run(files[0], tmp_path / "OLD", plan, workers=1)
    added = api.run(files[1], tmp_path / "NEW", plan, workers=1, against=tmp_path / "OLD")
    assert sorted(added.table("extracted").collect()["page_id"]) == ids

    counted: list[str] = []
    true = repeats.write_part

    def dies_at_the_third(path: Path, *rest: Any, **more: Any) -> Any:
        counted.append(path.name)
        if len(counted) == 3:
            raise KeyboardInterrupt
        return true(path, *rest, **more)

    monkeypatch.setattr(repeats, "write_part", dies_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        api.run(files, tmp_path / "KILLED", plan, workers=1)
    monkeypatch.undo()
    again = api.run(files, tmp_path / "KILLED", plan, workers=1)
    for name in ("extracted", "documents", "clusters", "corpus"):
        assert again.table(name).collect().equals(whole.table(name).collect())


def test_own_columns_arrive_with_their_types(tmp_path: Path) -> None:
    rows = [
        {"text": article(1), "lang": "de", "n": 1, "score": 1, "tags": ["a", "b"], "good": True, "mixed": 1, "none": None},
        {"text": article(2), "lang": None, "n": 2, "score": 0.5, "tags": [], "good": False, "mixed": "x", "none": None},
        {"text": article(3), "lang": "fr"},
    ]
    place = tmp_path / "in" / "crawl=7"
    place.mkdir(parents=True)
    (place / "a.jsonl").write_bytes(lines(rows))
    times = {"fetched": [datetime(2024, 1, 2, tzinfo=UTC)], "day": [date(2024, 1, 3)]}
    pq.write_table(pa.table({"text": [article(4)], **times}), place / "b.parquet")
    carry = ["lang", "n", "score", "tags", "good", "mixed", "none", "crawl", "fetched", "day"]
    plan = Plan().with_settings({"read.carry": carry, "read.part_pages": 1})
    corpus = api.run(tmp_path / "in", tmp_path / "RUN", plan, workers=1).corpus.collect()
    assert [str(corpus.schema[name]) for name in carry] == [
        "String",
        "Int64",
        "Float64",
        "List(String)",
        "Boolean",
        "String",
        "String",
        "String",
        "Datetime(time_unit='us', time_zone='UTC')",
        "Date",
    ]
    assert corpus.select(carry).rows()[:2] == [
        ("de", 1, 1.0, ["a", "b"], True, "1", None, "7", None, None),
        (None, 2, 0.5, [], False, "x", None, "7", None, None),
    ]
    assert corpus.select(carry).rows()[3][-2:] == (times["fetched"][0], times["day"][0])
    assert "the input's own field lang" in (tmp_path / "RUN" / "corpus" / "README.md").read_text()


def test_own_columns_against_an_earlier_run(tmp_path: Path) -> None:
    plan = Plan().with_settings({"read.carry": ["n"]})
    (tmp_path / "old.jsonl").write_bytes(lines(pages(range(3))))
    (tmp_path / "new.jsonl").write_bytes(lines([{"text": article(7), "n": "many"}]))
    api.run(tmp_path / "old.jsonl", tmp_path / "OLD", plan, workers=1)
    both = api.run(tmp_path / "new.jsonl", tmp_path / "NEW", plan, workers=1, against=tmp_path / "OLD")
    assert both.corpus.collect()["n"].to_list() == ["0", "1", "2", "many"], "one type for all parts"
    with pytest.raises(errors.PlanError, match="carry the same columns"):
        api.run(tmp_path / "new.jsonl", tmp_path / "OTHER", workers=1, against=tmp_path / "OLD")


def test_a_page_that_was_cut_gives_way_to_the_whole_one(tmp_path: Path) -> None:
    from archives import http, warc

    body = html_page("Sleep", article(1)).encode()
    cut = warc(http(body + b"<p>and a few more words that stand here alone", Content_Length="99999"), "http://a.org/cut")
    (tmp_path / "a.warc").write_bytes(cut + warc(http(body), "http://b.org/whole"))
    run = api.run(tmp_path / "a.warc", tmp_path / "RUN", workers=1)
    (kept,), (removed,) = run.corpus.collect().to_dicts(), run.removed.collect().to_dicts()
    assert (kept["url"], kept["truncated"], removed["url"]) == ("http://b.org/whole", False, "http://a.org/cut")


def test_what_was_done_to_read_a_page_stands_in_its_path(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(json.dumps({"text": article(1) + " Müdigkeit"}, ensure_ascii=False).encode("cp1252"))
    run = api.run(tmp_path / "a.jsonl", tmp_path / "RUN", workers=1)
    assert run.corpus.collect()["path"].to_list() == ["text; read as windows-1252"]


def test_a_wrong_source_or_field_leaves_no_run_folder(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(pages(range(2))))
    out = tmp_path / "deep" / "RUN"
    with pytest.raises(errors.SourceError):
        api.run(tmp_path / "missing", out)
    with pytest.raises(errors.PlanError, match="no row has such a field"):
        api.run(tmp_path / "a.jsonl", out, Plan().with_settings({"read.id_field": "nr"}))
    with pytest.raises(errors.PlanError, match="second column 'url'"):
        api.run(tmp_path / "a.jsonl", out, Plan().with_settings({"read.carry": ["url"]}))
    assert not out.parent.exists()
    api.run(tmp_path / "a.jsonl", out, workers=1, until="clean")
    assert (out / RUN_FILE).exists()


def test_an_empty_pipe_leaves_no_run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(b"")

    monkeypatch.setattr("sys.stdin", Stdin())
    with pytest.raises(errors.SourceError, match="nothing came"):
        api.run("-", tmp_path / "RUN")
    assert not (tmp_path / "RUN").exists()


def test_the_run_says_what_it_read(tmp_path: Path) -> None:
    row = {"content": article(1), "warc_headers": {"warc-target-uri": "http://a.org/"}}
    (tmp_path / "en_part_1.jsonl").write_bytes(lines([row]))
    run = api.run(tmp_path / "en_part_1.jsonl", tmp_path / "RUN", workers=1)
    assert run.record["notes"] == ["read as OSCAR: 1 file"]
    assert run.corpus.collect()["site"].to_list() == ["a.org"]
