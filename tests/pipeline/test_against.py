"""A batch run against an earlier run is the run over both together."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from crawls import article, html_page
from runs import SAMPLES

from corpus_tools import api, errors
from corpus_tools.api import Run
from corpus_tools.errors import RunError
from corpus_tools.pipeline.publish import publish
from corpus_tools.pipeline.verify import verify_run
from corpus_tools.plan import Plan
from corpus_tools.report.export import corpus_rows
from corpus_tools.rewrite import search

pytestmark = pytest.mark.usefixtures("clean_here")

TABLES = ("documents", "stripped", "rejected", "signatures", "edges", "clusters", "corpus", "corpus/removed")


def _site(folder: Path, numbers: range, site: str = "site.example") -> Path:
    """Pages of one site, all with the same foot: template once three of them are known."""
    (folder / site).mkdir(parents=True, exist_ok=True)
    for number in numbers:
        foot = "\nBrought to you by the people of this place.\nRing us on any working day."
        (folder / site / f"{number}.txt").write_text(f"Subject {number}\n{article(number)}{foot}")
    return folder


def _rows(run: Run, table: str) -> pl.DataFrame:
    frame = run.table(table).collect()
    return frame.sort([name for name in ("page_id", "left", "right", "start", "passage") if name in frame.columns])


@pytest.fixture
def batches(tmp_path: Path) -> tuple[Path, Path]:
    """Two batches: in the second, copies of pages of the first, and a third page that makes a foot template."""
    old = _site(tmp_path / "old", range(2))
    (old / "quiet.example").mkdir()
    (old / "quiet.example" / "only.html").write_text(html_page("Alone", article(50)))
    new = _site(tmp_path / "new", range(2, 5))
    (new / "mirror.example").mkdir()
    (new / "mirror.example" / "copy.txt").write_text(article(50))
    (new / "mirror.example" / "near.txt").write_text(article(0).replace("night", "evening", 2))
    (new / "mirror.example" / "empty.txt").write_text("")
    return old, new


@pytest.mark.slow
def test_the_result_is_the_run_over_both(batches: tuple[Path, Path], tmp_path: Path) -> None:
    """But for which copy stays where the plan puts pages of the earlier run first."""
    old, new = batches
    plan = Plan().with_settings({"group.keep": [rule for rule in Plan().group.keep if rule != "published"]})
    api.run(old, tmp_path / "OLD", plan, workers=1)
    grown = api.run(new, tmp_path / "GROWN", plan, against=tmp_path / "OLD", workers=1)
    joint = api.run([old, new], tmp_path / "JOINT", plan, workers=1)
    assert grown.summary == joint.summary
    for table in TABLES:
        assert _rows(grown, table).equals(_rows(joint, table)), table
    assert (joint.stripped.filter(pl.col("kind") == "site_template").collect()).height

    again = api.run(new, tmp_path / "GROWN", plan, against=tmp_path / "OLD", workers=1)
    assert again.record["last_run_did"] == []
    third = _site(tmp_path / "third", range(7, 9), "quiet.example")
    grown_twice = api.run(third, tmp_path / "TWICE", plan, against=tmp_path / "GROWN", workers=1)
    all_three = api.run([old, new, third], tmp_path / "THREE", plan, workers=1)
    for table in TABLES:
        assert _rows(grown_twice, table).equals(_rows(all_three, table)), table


def test_a_page_of_the_earlier_run_is_not_taken_back(batches: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = batches
    (old / "quiet.example" / "part.txt").write_text(article(60))
    before = api.run(old, tmp_path / "OLD", workers=1).corpus.select("page_id").collect()["page_id"]
    (new / "mirror.example" / "longer.txt").write_text(article(50) + "\nOne more line that only the new copy of the page has.")
    (new / "mirror.example" / "holds.txt").write_text("\n".join(article(number) for number in (60, 70, 71)))
    grown = api.run(new, tmp_path / "GROWN", against=tmp_path / "OLD", workers=1)
    assert set(before) <= set(grown.corpus.select("page_id").collect()["page_id"])
    reasons = grown.clusters.filter(pl.col("page_id").is_in(before.implode())).collect()["reason"].to_list()
    assert any(reason.startswith("kept: of the earlier run, though") for reason in reasons), reasons
    fresh = [row["page_id"] for row in corpus_rows(grown, new=True)]
    assert fresh == [page for page in grown.corpus.collect()["page_id"] if page not in set(before)]
    with pytest.raises(RunError, match="not made against"):
        next(corpus_rows(api.open_run(tmp_path / "OLD"), new=True))


def test_a_page_of_the_earlier_run_stays_where_the_run_goes_on_alone(batches: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = batches
    before = set(api.run(old, tmp_path / "OLD", workers=1).corpus.select("page_id").collect()["page_id"])
    (new / "mirror.example" / "longer.txt").write_text(article(50) + "\nOne more line that only the new copy of the page has.")
    grown = api.run(new, tmp_path / "GROWN", against=tmp_path / "OLD", workers=1)
    changed = api.open_run(grown.path).plan.with_settings({"group.threshold": 0.7})
    alone = api.resume(grown.path, changed, workers=1)
    assert "group" in alone.record["last_run_did"]
    assert before <= set(alone.corpus.select("page_id").collect()["page_id"])
    (tmp_path / "OLD").rename(tmp_path / "ELSEWHERE")
    orphan = api.resume(grown.path, changed.with_settings({"group.threshold": 0.72}), workers=1)
    assert any("is not there any more" in note for note in orphan.record["notes"])


@pytest.mark.slow
def test_the_delta_turns_the_earlier_corpus_into_this_one(batches: tuple[Path, Path], tmp_path: Path) -> None:
    """New documents, those whose text a new template changed, and one that a person dropped since; also where the run goes on alone."""
    old, new = batches
    api.run(old, tmp_path / "OLD", workers=1)
    earlier = api.open_run(tmp_path / "OLD")
    assert earlier.corpus.collect().height == 3
    with pytest.raises(RunError, match="not made against an earlier corpus"):
        earlier.new  # noqa: B018
    dropped = earlier.corpus.filter(pl.col("url").str.contains("only")).collect()["page_id"][0]
    grown = api.run(new, tmp_path / "GROWN", against=tmp_path / "OLD", workers=1)
    assert _applied(earlier, grown) == _texts(grown)
    assert grown.gone.collect().height == 0
    assert grown.new.collect().height > 0
    assert grown.new.collect_schema() == grown.corpus.collect_schema()
    assert "## What is new" in (grown.path / "corpus" / "README.md").read_text()

    (grown.path / "decisions.csv").write_text(f"decision,page,other,site,rule,passage\ndrop,{dropped},,,,\n")
    alone = api.resume(grown.path, workers=1)
    assert alone.record["last_run_did"][-1] == "write"
    assert _applied(earlier, alone) == _texts(alone)
    (gone,) = alone.gone.collect().to_dicts()
    assert gone["page_id"] == dropped
    assert gone["kept_id"] or gone["reason"]
    part = next((alone.path / "corpus" / "new").glob("train-*.parquet"))
    content = part.read_bytes()
    part.write_bytes(content[:-7])
    assert verify_run(alone.path).problems
    alone = api.resume(alone.path, workers=1)
    assert part.read_bytes() == content
    assert verify_run(alone.path).problems == ()
    shutil.copytree(alone.path / "corpus", tmp_path / "COPY")
    assert verify_run(tmp_path / "COPY").problems == ()
    published = publish(alone.path, tmp_path / "PUBLIC")
    assert published.files == published.sent
    assert {path.parent.name for path in (tmp_path / "PUBLIC").rglob("*.parquet")} == {"data", "new"}
    assert verify_run(tmp_path / "PUBLIC").problems == ()


def _texts(run: Run) -> dict[str, str]:
    return dict(run.corpus.select("page_id", "text").collect().iter_rows())


def _applied(earlier: Run, run: Run) -> dict[str, str]:
    """The earlier corpus with the delta put over it."""
    gone = set(run.gone.collect()["page_id"])
    kept = {page: text for page, text in _texts(earlier).items() if page not in gone}
    return kept | dict(run.new.select("page_id", "text").collect().iter_rows())


def test_old_parts_are_linked_and_old_names_are_kept_apart(batches: tuple[Path, Path], tmp_path: Path) -> None:
    old, _ = batches
    api.run(old, tmp_path / "OLD", workers=1)
    grown = api.run(old, tmp_path / "GROWN", against=tmp_path / "OLD", workers=1)
    first = "extracted/part-00000-00000.parquet"
    assert os.path.samefile(tmp_path / "OLD" / first, grown.path / first)  # noqa: PTH121
    assert grown.summary == "6 pages in: 3 kept, 3 removed in 3 clusters, 0 rejected"


def test_runs_that_do_not_fit_are_refused(batches: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = batches
    with pytest.raises(errors.RunError, match="not a run folder"):
        api.run(new, tmp_path / "GROWN", against=tmp_path / "OLD")
    api.run(old, tmp_path / "OLD", workers=1, until="site")
    with pytest.raises(errors.RunError, match="signatures/ is missing or incomplete"):
        api.run(new, tmp_path / "GROWN", against=tmp_path / "OLD")
    api.resume(tmp_path / "OLD", workers=1)
    with pytest.raises(errors.PlanError, match=r"fingerprint\.ngram is 3"):
        api.run(new, tmp_path / "GROWN", Plan().with_settings({"fingerprint.ngram": 3}), against=tmp_path / "OLD")
    with pytest.raises(errors.RunError, match="both the earlier run"):
        api.run(new, tmp_path / "OLD", against=tmp_path / "OLD")


def test_a_third_page_makes_the_earlier_ones_a_doorway(tmp_path: Path) -> None:
    for folder, towns in (("old", ("Ashford", "Bramley")), ("new", ("Corwen",))):
        for town in towns:
            place = tmp_path / folder / f"{town.lower()}.example"
            place.mkdir(parents=True)
            (place / "clinic.txt").write_text(
                f"{article(3)}\nThe clinic is a short walk from {town}, and the people of {town} like it."
            )
    runs = [api.run(tmp_path / "old", tmp_path / "OLD", workers=1)]
    runs += [api.run(tmp_path / "new", tmp_path / "GROWN", against=tmp_path / "OLD", workers=1)]
    runs += [api.run([tmp_path / "old", tmp_path / "new"], tmp_path / "JOINT", workers=1)]
    grown, joint = (_rows(run, "documents") for run in runs[1:])
    assert grown.equals(joint)
    signs = [[reason["sign"] for reason in row] for row in grown["spam_reasons"]]
    assert all("doorway" in row for row in signs)
    assert not any(reason["sign"] == "doorway" for row in _rows(runs[0], "documents")["spam_reasons"] for reason in row)


def test_rewrites_are_searched_for_among_new_pages_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the vocabulary of the earlier run; what it stored is judged again beside what is new."""
    judged: list[tuple[str, str]] = []
    whole = search.pairs_to_judge

    def record(*frames: Any) -> Any:
        found = whole(*frames)
        judged.extend(found.to_native().collect().rows())
        return found

    monkeypatch.setattr(search, "pairs_to_judge", record)
    new = tmp_path / "new"
    shutil.copytree(SAMPLES / "pages", tmp_path / "old")
    new.mkdir()
    for page in sorted((tmp_path / "old" / "trendpulse.example").iterdir())[::2]:
        shutil.move(page, new)
    old = api.run(tmp_path / "old", tmp_path / "OLD", workers=1)
    grown = api.run(new, tmp_path / "GROWN", against=tmp_path / "OLD", workers=1)
    before = set(old.documents.select("page_id").collect()["page_id"])
    stored = set(old.rewrites.select("left", "right").collect().rows())
    assert judged
    assert {pair for pair in judged if before.issuperset(pair)} <= stored
    assert grown.table("vocabulary").collect().equals(old.table("vocabulary").collect())
    found = grown.rewrites.filter(pl.col("score") >= 0.5).select("left", "right").collect().rows()
    assert any(not before.issuperset(pair) for pair in found)
    assert any(before.issuperset(pair) for pair in found)
