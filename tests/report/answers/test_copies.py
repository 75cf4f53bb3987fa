"""find_copies: an answer about a frame that can be asked further, and is grouped again without a new search."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from crawls import article
from runs import SAMPLES

from corpus_tools import Copies, Explanation, Plan, dedup, find_copies
from corpus_tools.errors import PlanError
from corpus_tools.pipeline import held
from corpus_tools.report.judging.strata import stored_pairs
from corpus_tools.report.sweep import decided_pairs


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    pages = sorted((SAMPLES / "gold").rglob("*.txt"))
    texts = [page.read_text(encoding="utf-8") for page in pages]
    return pl.DataFrame({"name": [page.stem for page in pages], "text": texts})


@pytest.fixture(scope="module")
def copies(frame: pl.DataFrame) -> Copies[pl.DataFrame]:
    return find_copies(frame, id="name")


def test_kept_and_removed_are_the_rows(frame: pl.DataFrame, copies: Copies[pl.DataFrame]) -> None:
    assert copies.kept.equals(dedup(frame, id="name"))
    both = pl.concat([copies.kept, copies.removed]).sort("name", "text")
    assert both.equals(frame.sort("name", "text"))
    marked = copies.marked("x_")
    assert marked.equals(dedup(frame, id="name", mark=True, prefix="x_"))
    assert marked.filter(pl.col("x_role") == "removed").select("name", "text").equals(copies.removed)
    assert f"{copies.removed.height} removed" in repr(copies)


def test_families_hold_all_their_rows_and_say_why(frame: pl.DataFrame, copies: Copies[pl.DataFrame]) -> None:
    families = copies.families
    assert families.group_by("family").len()["len"].min() >= 2  # type: ignore[operator]
    assert families.filter(pl.col("role") == "removed")["id"].sort().to_list() == copies.removed["name"].sort().to_list()
    assert frame["name"].gather(families["row"]).to_list() == families["id"].to_list()
    assert families.filter(pl.col("role") == "removed")["kind"].null_count() == 0


def test_other_thresholds_need_no_new_search(
    frame: pl.DataFrame, copies: Copies[pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = [{"group.threshold": 0.5}, {"group.threshold": 0.95, "group.min_contained": 0.99}, {"rewrite.threshold": 0.95}]
    searched = [dedup(frame, id="name", plan=Plan().with_settings(one)) for one in settings]
    for name in ("fingerprint_documents", "match_signatures", "rewrites_among"):
        monkeypatch.setattr(held, name, None)
    moved = [copies.rethreshold(0.5), copies.rethreshold(0.95, min_contained=0.99), copies.rethreshold(rewrite=0.95)]
    assert [one.kept.to_dicts() for one in moved] == [one.to_dicts() for one in searched]
    assert moved[0].rethreshold(copies.plan.group.threshold).kept.equals(copies.kept)
    table = copies.sweep([0.5, 0.74])
    assert table["kept"].to_list() == [moved[0].kept.height, copies.kept.height]


@pytest.mark.parametrize("given", [{"threshold": 0.1}, {"rewrite": 0.0001}])
def test_a_threshold_below_what_was_searched_for_is_refused(copies: Copies[pl.DataFrame], given: dict[str, float]) -> None:
    with pytest.raises(PlanError, match="hint: give at least"):
        copies.rethreshold(**given)
    with pytest.raises(PlanError, match="hint"):
        copies.rethreshold(2.0)


def test_the_hardest_pairs_come_first_and_one_of_a_family(copies: Copies[pl.DataFrame]) -> None:
    hardest = copies.hardest(5)
    far = (hardest["measure"] - hardest["threshold"]).abs()
    assert 0 < hardest.height <= 5
    assert far.is_sorted()
    pages = [*hardest["left"], *hardest["right"]]
    assert len(set(pages)) == len(pages)
    assert hardest["left_text"].null_count() == 0


def test_a_pair_is_explained_as_in_a_run(copies: Copies[pl.DataFrame]) -> None:
    rewritten = copies.families.filter(pl.col("kind") == "rewrite").row(0, named=True)
    told = copies.explain(rewritten["id"], rewritten["kept_id"])
    assert isinstance(told, Explanation)
    assert told.together
    assert told.rewriting is not None
    apart = copies.explain(copies.kept["name"][0], copies.kept["name"][1])
    assert apart.verdict.startswith("apart")
    with pytest.raises(PlanError, match="no row with the id 'nobody'"):
        copies.explain("nobody", rewritten["id"])


def test_rows_without_ids_are_named_by_number() -> None:
    texts: Any = [article(1), article(2), article(1)] + [article(n) for n in range(10, 20)]
    copies = find_copies(texts, threshold=0.8)
    assert copies.plan.group.threshold == 0.8
    assert copies.explain(0, 2).together
    assert copies.explain("0", "02").verdict == copies.explain(0, 2).verdict
    assert copies.removed == [texts[2]]
    assert isinstance(copies.families, pl.DataFrame)
    with pytest.raises(PlanError, match="no row with the number '13'"):
        copies.explain(0, 13)


def test_a_frame_without_copies_or_rows() -> None:
    alone = find_copies([article(1)])
    assert alone.removed == []
    assert alone.families.height == 0  # type: ignore[attr-defined]
    assert alone.hardest().height == 0
    empty = find_copies(
        pl.DataFrame({"text": []}, schema={"text": pl.String}), plan=Plan().with_settings({"rewrite.enabled": False})
    )
    assert empty.kept.height == empty.families.height == empty.hardest().height == 0


def test_a_page_with_two_articles_is_an_aggregate_for_every_question() -> None:
    asthma, gout = (" ".join(f"The {name} of {name}{n} is here." for n in range(60)) for name in ("asthma", "gout"))
    copies = find_copies([asthma, gout, f"{asthma}\n{gout}"], plan=Plan().with_settings({"rewrite.enabled": False}))
    assert copies.removed == []
    assert copies.rethreshold(0.7).removed == []
    assert copies.sweep([0.74])["kept"].to_list() == [3]
    assert "beside one about something else" in str(copies.explain(0, 2).verdict)
    pairs = stored_pairs(copies._run)
    assert pairs["kind"].to_list() == ["contained", "contained"]
    assert not decided_pairs(pairs, "group.threshold", copies.plan)["merges"].any()
