"""A run obeys decisions.csv: what was decided is done and said, and only the stages that it concerns run again."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from corpus_tools import api
from corpus_tools.api import Run
from corpus_tools.errors import PlanError, SourceError

HEAD = "decision,page,other,site,rule,passage,note\n"


def _decide(run: Run, *lines: str) -> Run:
    (run.path / "decisions.csv").write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return api.resume(run.path, workers=1)


def _names(run: Run) -> dict[str, str]:
    return {Path(url).name: page for page, url in run.documents.select("page_id", "url").collect().rows()}


def _place(run: Run, page: str) -> dict[str, object]:
    return run.clusters.filter(pl.col("page_id") == page).collect().row(0, named=True)


def test_two_pages_are_not_one_and_only_grouping_runs_again(done: Run) -> None:
    names = _names(done)
    first, near, copy = (names[name] for name in ("page0.html", "near.txt", "copy.txt"))
    assert len({_place(done, page)["kept_id"] for page in (first, near, copy)}) == 1
    again = _decide(done, f"apart,{near},{first},,,,they differ", f"apart,{near},{copy}")
    assert again.record["last_run_did"] == ["group", "write"]
    assert "group: 2 decisions applied" in again.record["notes"]
    assert _place(again, near)["kept_id"] == near
    assert "decided by a person" in str(_place(again, near)["reason"])
    found = again.explain(near, first)
    assert found.verdict.startswith("decided by a person: the two are not one. ")
    assert api.resume(done.path, workers=1).record["last_run_did"] == []
    (done.path / "decisions.csv").unlink()
    assert api.resume(done.path, workers=1).record["last_run_did"] == ["group", "write"]
    assert _place(Run(done.path), near)["role"] == "removed"


def test_two_pages_are_one_and_a_page_is_kept(done: Run) -> None:
    names = _names(done)
    again = _decide(
        done, "together,page1.html,page2.html", f"together,{names['page1.html']},{names['page2.html']}", f"keep,{names['near.txt']}"
    )
    told = again.record["notes"][-1]
    assert "2 decisions applied; 1 did not: together 'page1.html' and 'page2.html', no single document of this run" in told
    row = again.removed.filter(pl.col("kind") == "decided").collect().row(0, named=True)
    assert {row["page_id"], row["kept_id"]} == {names["page1.html"], names["page2.html"]}
    assert row["lost"] > 0.2
    assert row["reason"].endswith("decided by a person")
    assert _place(again, names["near.txt"])["reason"] == "kept: decided by a person"
    assert _place(again, names["page0.html"])["kept_id"] == names["near.txt"]


def test_pages_and_passages(done: Run) -> None:
    names = _names(done)
    cut = done.stripped.filter((pl.col("page_id") == names["near.txt"]) & (pl.col("kind") == "cookie_notice")).collect()
    assert cut.height == 1
    assert "cookies" not in done.documents.filter(pl.col("page_id") == names["near.txt"]).collect()["text"][0]
    site = done.documents.filter(pl.col("page_id") == names["page1.html"]).collect()["site"][0]
    rule = done.stripped.filter(pl.col("page_id") == names["page1.html"]).collect()["rule"][0].split()[0]
    again = _decide(
        done,
        f"drop,{names['page5.html']}",
        f'restore,{names["near.txt"]},,,,"{" ".join(cut["passage"][0].split())}"',
        f"never_cut,,,{site},{rule}",
        "never_cut,,,nowhere.example,date.cue",
        f"restore,{names['page2.html']},,,,no such passage",
    )
    assert again.record["last_run_did"][0] == "site"
    told = " ".join(again.record["notes"])
    assert "4 decisions applied; 1 did not: never_cut on 'nowhere.example', no site of this run" in told
    assert f"could put back a passage of {names['page2.html']}" in told
    near = again.documents.filter(pl.col("page_id") == names["near.txt"]).collect().row(0, named=True)
    assert "cookies" in near["text"]
    assert near["path"].endswith("1 cuts undone: decided by a person")
    rejected = again.rejected.filter(pl.col("page_id") == names["page5.html"]).collect().row(0, named=True)
    assert rejected["reason"] == "dropped: decided by a person"
    assert rule not in {one.split()[0] for one in again.stripped.filter(pl.col("page_id") == names["page1.html"]).collect()["rule"]}
    assert api.resume(done.path, workers=1).record["last_run_did"] == []


def test_a_file_elsewhere_is_remembered_and_must_be_there(done: Run, tmp_path: Path) -> None:
    names = _names(done)
    given = tmp_path / "mine.csv"
    given.write_text(f"decision,page,other\napart,{names['near.txt']},{names['page0.html']}\n")
    again = api.resume(done.path, workers=1, decisions=given)
    assert again.record["last_run_did"] == ["group", "write"]
    assert api.resume(done.path, workers=1).record["last_run_did"] == []
    given.unlink()
    with pytest.raises(SourceError, match="does not exist"):
        api.resume(done.path, workers=1)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("decision,page\nmerge,a\n", "line 2: there is no decision 'merge'"),
        ("decision,page,other\napart,a,\n", "line 2: 'apart' does not say which other"),
        ("decision,page,other\napart,a,a\n", "stands on both sides"),
        ("page,other\na,b\n", "no column 'decision'"),
        ("decision,pages\nkeep,b\n", "unknown column 'pages'"),
    ],
)
def test_a_file_that_says_nothing_clear_is_an_error(done: Run, text: str, what: str) -> None:
    (done.path / "decisions.csv").write_text(text)
    with pytest.raises(PlanError, match=what):
        api.resume(done.path, workers=1)
