"""The straight line: every page accounted for, nothing done twice."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from runs import file_digests

from corpus_tools import api, errors, tables
from corpus_tools.api import Run, open_run
from corpus_tools.clean.stage import make_units
from corpus_tools.pipeline import claim, state
from corpus_tools.plan import RENAMED_STAGES, Plan
from corpus_tools.readers.listing import SourceFile

SMALL_PARTS = {"read.part_pages": 3}


@pytest.fixture
def plan() -> Plan:
    return Plan().with_settings(SMALL_PARTS)


def test_every_page_ends_in_exactly_one_place(done: Run) -> None:
    assert done.summary == "10 pages in: 6 kept, 2 removed in 1 cluster, 2 rejected"
    ids = [frame.collect()["page_id"].to_list() for frame in (done.corpus, done.removed, done.rejected)]
    together = [one for some in ids for one in some]
    assert len(together) == len(set(together)) == 10


def test_tables_have_the_schema_of_the_contract(done: Run) -> None:
    import pyarrow.parquet as pq

    for name, schema in (
        ("documents", tables.DOCUMENTS),
        ("stripped", tables.STRIPPED),
        ("rejected", tables.REJECTED),
        ("edges", tables.EDGES),
        ("clusters", tables.CLUSTERS),
        ("corpus/data", tables.CORPUS),
        ("corpus/removed", tables.REMOVED),
    ):
        paths = sorted((done.path / name).glob("*.parquet"))
        assert paths
        for path in paths:
            assert pq.read_schema(path).equals(schema), name


def test_removed_pages_name_their_kept_copy(done: Run) -> None:
    kept = done.corpus.filter(pl.col("cluster_size") == 3).collect()
    removed = done.removed.collect()
    assert kept.height == 1
    assert set(removed["kept_id"]) == set(kept["page_id"])
    assert kept["also_seen_at"][0].to_list() == sorted(removed["url"].to_list())
    assert all(removed["reason"].str.starts_with("removed: "))


def test_boilerplate_is_cut_and_kept_with_its_kind(done: Run) -> None:
    assert "cookie_notice" in set(done.stripped.collect()["kind"])
    assert not done.corpus.filter(pl.col("text").str.contains("uses cookies")).collect().height


def test_a_second_run_does_nothing(done: Run, crawl: Path, plan: Plan) -> None:
    before = file_digests(done.path)
    again = api.run(crawl, done.path, plan, workers=1)
    assert again.record["last_run_did"] == []
    assert again.summary == done.summary
    assert file_digests(done.path) == before


def test_only_what_a_setting_touches_runs_again(done: Run, crawl: Path, plan: Plan) -> None:
    again = api.run(crawl, done.path, plan.with_settings({"group.threshold": 0.99}), workers=1)
    assert again.record["last_run_did"] == ["group", "write"]
    states = {state.stage: state for state in state.examine(done.path, plan)}
    assert states["match"].state == "done"
    assert states["group"].reasons == (f"group.threshold was 0.99, is now {plan.group.threshold}",)


@pytest.mark.usefixtures("clean_here")
def test_a_changed_input_is_noticed(done: Run, crawl: Path, plan: Plan) -> None:
    (crawl / "mirror.example" / "copy.txt").write_text("Something else entirely, said in a good dozen of words, so that it stays.")
    states = {state.stage: state.state for state in state.examine(done.path, plan, [crawl])}
    assert set(states.values()) == {"stale"}
    again = api.run(crawl, done.path, plan, workers=1)
    assert again.summary == "10 pages in: 7 kept, 1 removed in 1 cluster, 2 rejected"


@pytest.mark.usefixtures("clean_here")
def test_stages_one_by_one_give_the_same_corpus(done: Run, crawl: Path, tmp_path: Path, plan: Plan) -> None:
    folder = tmp_path / "STEPS"
    api.run(crawl, folder, plan, workers=1, until="clean")
    with pytest.raises(errors.RunError, match="not finished"):
        _ = open_run(folder).corpus
    for stage in ("fingerprint", "group", "write"):
        api.resume(folder, workers=1, until=stage)
    assert file_digests(folder) == file_digests(done.path)


def test_pages_that_must_be_cleaned_again_are_not_lost(done: Run, plan: Plan) -> None:
    before = file_digests(done.path)
    with pytest.raises(errors.RunError, match=r"clean\.focus was 'balanced', is now 'recall'"):
        api.resume(done.path, plan.with_settings({"clean.focus": "recall"}), workers=1, until="site")
    assert file_digests(done.path) == before


@pytest.mark.slow
def test_two_workers_give_the_same_bytes(done: Run, crawl: Path, tmp_path: Path, plan: Plan) -> None:
    api.run(crawl, tmp_path / "TWO", plan, workers=2)
    assert file_digests(tmp_path / "TWO") == file_digests(done.path)


@pytest.mark.parametrize("size", [0, 1, 10**6])
def test_units_follow_from_the_listing_alone(size: int) -> None:
    files = [SourceFile(f"{number}.html", Path(f"{number}.html"), "html", size, 0) for number in range(10)]
    plan = Plan().with_settings({"read.part_pages": 4, "read.part_bytes": 1 << 20}).read
    units = make_units(files, plan)
    assert [file for unit in units for file in unit] == files
    assert [len(unit) for unit in units] == ([1] * 10 if size == 10**6 else [4, 4, 2])


def test_a_folder_that_is_something_else_is_left_alone(crawl: Path, plan: Plan) -> None:
    with pytest.raises(errors.RunError, match="not a run folder"):
        api.run(crawl, crawl, plan)
    with pytest.raises(errors.RunError, match="is a file"):
        api.run(crawl, crawl / "mirror.example" / "copy.txt", plan)


def test_two_runs_cannot_write_to_one_folder(done: Run, crawl: Path, plan: Plan) -> None:
    with claim.locked(done.path), pytest.raises(errors.RunError, match="another process"):
        api.run(crawl, done.path, plan)


def test_questions_before_there_are_answers(tmp_path: Path, crawl: Path) -> None:
    with pytest.raises(errors.RunError, match="not a run folder"):
        open_run(tmp_path)
    with pytest.raises(errors.SourceError):
        api.run(crawl / "nothing-here", tmp_path / "RUN")
    with pytest.raises(errors.PlanError, match="no stage"):
        api.run(crawl, tmp_path / "RUN", until="polish")
    for old, new in RENAMED_STAGES.items():
        for verb, first in ((api.run, (crawl, tmp_path / "RUN")), (api.resume, (tmp_path / "RUN",))):
            with pytest.raises(errors.PlanError, match=new):
                verb(*first, until=old)  # type: ignore[operator]
    assert not (tmp_path / "RUN").exists()
    with pytest.raises(errors.RunError, match="not a run folder"):
        api.resume(tmp_path / "RUN")


def test_pages_are_found_by_any_of_their_names(done: Run) -> None:
    row = done.documents.head(1).collect().row(0, named=True)
    assert done.find_page(row["page_id"]) == done.find_page(row["page_id"][:8]) == done.find_page(row["url"]) == row["page_id"]
    with pytest.raises(errors.PlanError, match="no document"):
        done.find_page("nobody")
    gone = done.rejected.head(1).collect()["page_id"][0]
    with pytest.raises(errors.PlanError) as caught:
        done.find_page(gone)
    assert "rejected" in caught.value.hint


@pytest.mark.usefixtures("clean_here")
def test_a_run_without_documents_still_closes(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "empty.html").write_bytes(b"")
    run = api.run(tmp_path / "in", tmp_path / "RUN", workers=1)
    assert run.summary == "1 page in: 0 kept, 0 removed in 0 clusters, 1 rejected"
    assert (run.path / "corpus" / "README.md").stat().st_size
