"""Looking at a run from the terminal: one page with its cuts, two runs side by side, the corpus in other forms."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from corpus_tools import api, cli
from corpus_tools.api import Run, open_run
from corpus_tools.errors import PlanError, RunError
from corpus_tools.report.compare_runs import compare_runs, print_comparison
from corpus_tools.report.export import corpus_rows, export_corpus
from corpus_tools.report.show import mark_cuts, print_page, show_page


def test_a_page_is_shown_with_every_cut_in_its_place(done: Run) -> None:
    url = next(one for one in done.documents.collect()["url"] if one.endswith("near.txt"))
    shown = show_page(done, url)
    assert shown["role"] == "removed"
    lines = list(print_page(shown))
    assert any(line.startswith("reason: removed") for line in lines)
    assert any(line.startswith("[- cookie_notice, cookie") and "uses cookies" in line for line in lines)
    kept = show_page(done, shown["kept_id"])
    assert url in kept["stands_for"]
    assert json.loads(next(print_page(kept, as_json=True)))["page_id"] == kept["page_id"]
    rejected = done.rejected.collect()["page_id"][0]
    assert show_page(done, rejected)["role"] == "rejected"
    with pytest.raises(PlanError, match="no document called"):
        show_page(done, "nowhere")


def test_marked_cuts_leave_the_text_as_it_was() -> None:
    cuts = [
        {"kind": "byline", "rule": "r", "start": 4, "passage": "By\nme"},
        {"kind": "date_line", "rule": "r", "start": 99, "passage": "May"},
    ]
    assert mark_cuts("one\ntwo", cuts) == "one\n[- byline, r: By me -]\ntwo\n[- date_line, r: May -]"


def test_two_runs_side_by_side(done: Run, tmp_path: Path, finished: tuple[Path, Path]) -> None:
    before = open_run(finished[1])
    same = compare_runs(before, done)
    assert same["moves"] == []
    assert same["texts"]["pages"] == 0
    plan = done.plan.with_settings({"group.threshold": 1.0, "group.contained": "keep", "site.min_words": 380})
    after = api.resume(done.path, plan, workers=1)
    found = compare_runs(before, after)
    assert found["settings"]["group.threshold"] == [0.74, 1.0]
    moves = {(one["was"], one["now"]): one["pages"] for one in found["moves"]}
    ends = {run: run.corpus.collect().height for run in (before, after)}
    gained = sum(pages for (_, now), pages in moves.items() if now == "kept") - sum(
        pages for (was, _), pages in moves.items() if was == "kept"
    )
    assert moves
    assert ends[after] - ends[before] == gained
    told = "\n".join(print_comparison(found))
    assert "group.threshold was 0.74, is now 1.0" in told
    assert "pages were" in told


def test_the_corpus_in_other_forms(done: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = done.corpus.collect()
    with pytest.raises(SystemExit, match="0"):
        cli.main(["export", str(done.path)])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["page_id"] for row in rows] == corpus["page_id"].to_list()
    assert [row["text"] for row in rows] == corpus["text"].to_list()
    assert export_corpus(done, "csv", ("page_id", "title", "also_seen_at"), tmp_path / "c.csv").startswith(f"{corpus.height} rows")
    with (tmp_path / "c.csv").open(newline="") as stream:
        table = list(csv.DictReader(stream))
    assert list(table[0]) == ["page_id", "title", "also_seen_at"]
    assert [json.loads(row["also_seen_at"]) for row in table] == corpus["also_seen_at"].to_list()
    export_corpus(done, "markdown", (), tmp_path / "pages")
    first = (tmp_path / "pages" / f"{corpus['page_id'][0]}.md").read_text()
    assert first.startswith("---\npage_id: ")
    assert corpus["markdown"][0] in first
    for form, where in (("markdown", tmp_path / "pages"), ("csv", tmp_path / "c.csv")):
        with pytest.raises(RunError):
            export_corpus(done, form, (), where)
    with pytest.raises(PlanError, match="no column 'words'"):
        next(corpus_rows(done, ["words"]))
    assert pl.DataFrame(list(corpus_rows(done, ["page_id"])))["page_id"].equals(corpus["page_id"])
