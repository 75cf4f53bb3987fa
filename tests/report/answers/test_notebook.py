"""Answers in a notebook: the tutorial runs cell by cell, what is shown is safe, and nothing is told by colour alone."""

from __future__ import annotations

import ast
import io
import json
import re
from typing import Any

import polars as pl
import pytest
from runs import SAMPLES

from corpus_tools import Copies, Run, clean_text, explain_pair, find_copies
from corpus_tools.markup import SHOWN
from corpus_tools.report.answers.notebook import Swept
from corpus_tools.shown import JsonLines, NotebookBar, show_progress

HOME = SAMPLES.parent
EVIL = '<script>alert(1)</script> <img src=x onerror="alert(2)"> \x1b[31m \u202e'


def run_cells(notebook: dict[str, Any]) -> list[Any]:
    """What each code cell gives: the value of its last expression, or None."""
    given: list[Any] = []
    names: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        body = ast.parse("".join(cell["source"])).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), "cell", "exec"), names)  # noqa: S102
        given.append(eval(compile(ast.Expression(last.value), "cell", "eval"), names) if isinstance(last, ast.Expr) else None)  # noqa: S307
    return given


@pytest.mark.slow
def test_the_tutorial_runs_and_every_answer_has_a_form_for_notebooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HOME)
    notebook = json.loads((HOME / "docs" / "tutorial.ipynb").read_text(encoding="utf-8"))
    assert all(not cell.get("outputs") for cell in notebook["cells"])
    given = run_cells(notebook)
    shown = [value._repr_html_() for value in given if hasattr(value, "_repr_html_")]
    assert "[cut: " in shown[0]
    assert isinstance(given[1], Copies)
    assert any("<svg" in one for one in shown)
    assert any("<ins" in one and "<del" in one for one in shown)
    assert any("40 kept, 18 removed" in one for one in shown)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: clean_text(f"{EVIL} Words of a page. " * 30, title=EVIL),
        lambda: explain_pair(f"{EVIL} words " * 40, f"{EVIL} others {EVIL}" * 40),
        lambda: find_copies([f"{EVIL} words of a page " * 40] * 2),
    ],
)
def test_nothing_of_a_page_is_markup(answer: Any) -> None:
    shown = answer()._repr_html_()
    assert not re.search(r"<(script|img)", shown)
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", shown)


def test_cut_passages_stand_in_their_place() -> None:
    text = "First words of the page.\nAccept all cookies to continue\nThe end of the page is here."
    page = clean_text(text, content_type="text/plain")
    shown = page._repr_html_()
    assert len(page.cuts) == shown.count("[cut: ")
    long = clean_text("A sentence that stays here, number by number. " * 5000, content_type="text/plain")._repr_html_()
    assert len(long) < 2 * SHOWN
    assert "characters more" in long


def test_a_sweep_is_a_frame_with_a_picture() -> None:
    table = Swept({"threshold": [0.5, 0.6], "kept_share": [0.4, 0.5]})
    assert isinstance(table, pl.DataFrame)
    assert table._repr_html_().startswith("<svg")
    assert table.filter(pl.col("threshold") > 0.5).height == 1
    assert "<svg" not in table.head(1)._repr_html_()


def test_a_run_tells_where_it_is(samples_run: Run) -> None:
    shown = samples_run._repr_html_()
    assert "18 removed" in shown
    assert "corpus" in shown


def test_progress_in_a_notebook_is_one_output_that_changes() -> None:
    shown: list[dict[str, str]] = []

    class Handle:
        def update(self, data: dict[str, str], raw: bool) -> None:
            assert raw
            shown.append(data)

    def display(data: dict[str, str], raw: bool, display_id: bool) -> Handle:
        shown.append(data)
        return Handle()

    with NotebookBar(display) as progress:
        progress.start("clean", 10, "pages")
        progress._told -= 10
        progress.advance(5)
        progress.finish(EVIL)
        progress.start("site", None, "pages")
        progress.finish("done")
    html = [one["text/html"] for one in shown]
    assert 'value="5" max="10"' in html[1]
    assert "<script" not in "".join(html)
    assert html[-1].count("<div>") == 2
    assert "<progress" not in html[-1]


def test_outside_of_notebooks_and_terminals_progress_is_json(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    with show_progress() as progress:
        assert isinstance(progress, JsonLines)
        progress.start("clean", 1, "pages")
    assert json.loads(out.getvalue())["stage"] == "clean"
