"""Decisions in the group stage: pairs joined and parted, pages held; never two pages that are not one in one place."""

from __future__ import annotations

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.errors import PlanError
from corpus_tools.group.decisions import PairDecisions, resolve_decisions
from corpus_tools.group.local import cluster_documents
from corpus_tools.plan import GroupPlan
from corpus_tools.store.decisions import Decision, Decisions

SCHEMA = {"left": pl.String, "right": pl.String, "kind": pl.String, "score": pl.Float64, "jaccard": pl.Float64} | dict.fromkeys(
    ("own_left", "own_right", "lost_left", "lost_right"), pl.Int64
)


def edge(left: str, right: str, kind: str = "near", score: float = 0.9) -> tuple[object, ...]:
    return (left, right, kind, score, score, 50, 50, 0 if kind == "exact" else 5, 0 if kind == "exact" else 5)


def grouped(rows: list[tuple[object, ...]], pages: str, decided: PairDecisions) -> dict[str, dict[str, object]]:
    """The place of each page; pairs that a person joined or parted are given as ``decide_edges`` leaves them."""
    chosen = {*decided.apart, *decided.together}
    rows = [row for row in rows if (row[0], row[1]) not in chosen] + [edge(*pair, "decided", 0.4) for pair in decided.together]
    documents = pl.DataFrame({"page_id": list(pages), "n_words": [100 - number for number in range(len(pages))]})
    edges = pl.DataFrame(rows, SCHEMA, orient="row").sort("left", "right")
    return {row["page_id"]: row for row in cluster_documents(edges, documents, GroupPlan(), decided).to_dicts()}


def test_pages_that_are_not_one_stay_apart_also_by_way_of_a_third() -> None:
    decided = PairDecisions(apart=(("b", "c"),), names=(("b", "B"), ("c", "C")))
    found = grouped([edge("a", "b"), edge("a", "c"), edge("b", "c")], "abc", decided)
    assert [found[page]["kept_id"] for page in "abc"] == ["a", "a", "c"]
    assert found["c"]["reason"] == "kept: no kept page of its family of 3 holds what it says; not one with B: decided by a person"
    alone = grouped([edge("a", "b")], "ab", PairDecisions(apart=(("a", "b"),), names=(("a", "A"), ("b", "B"))))
    assert [alone[page]["role"] for page in "ab"] == ["single", "single"]
    assert str(alone["a"]["reason"]).endswith("; not one with B: decided by a person")


def test_exact_copies_can_be_parted() -> None:
    copies = [edge("a", other, "exact", 1.0) for other in "bcd"]
    decided = PairDecisions(apart=(("b", "c"),), names=(("b", "b"), ("c", "c")))
    found = grouped(copies, "abcd", decided)
    assert [found[page]["kept_id"] for page in "abcd"] == ["a", "a", "c", "a"]


def test_pages_that_are_one_go_to_one_page() -> None:
    decided = PairDecisions(together=(("b", "c"),), names=(("b", "b"), ("c", "c")))
    alone = grouped([], "abc", decided)
    assert [alone[page]["kept_id"] for page in "abc"] == ["a", "b", "b"]
    assert (alone["c"]["kind"], alone["c"]["similarity"], alone["c"]["lost"]) == ("decided", 0.4, 0.1)
    assert alone["c"]["reason"] == "removed: one with b: decided by a person"
    through = grouped([edge("a", "b")], "abc", decided)  # b goes for a, and c with it
    assert [through[page]["kept_id"] for page in "abc"] == ["a", "a", "a"]
    assert (through["b"]["kind"], through["c"]["kind"], through["c"]["lost"]) == ("near", "decided", None)


def test_a_page_that_is_kept_stays_and_stands_for_others() -> None:
    decided = PairDecisions(keep=("c",), names=(("c", "c"),))
    found = grouped([edge("a", "b"), edge("a", "c"), edge("b", "c")], "abc", decided)
    assert [found[page]["kept_id"] for page in "abc"] == ["c", "c", "c"]
    assert found["c"]["reason"] == "kept: decided by a person"
    both = PairDecisions(keep=("b", "c"), names=(("b", "b"), ("c", "c")))
    copies = grouped([edge("a", "b", "exact", 1.0), edge("a", "c", "exact", 1.0)], "abc", both)
    assert [copies[page]["role"] for page in "abc"] == ["removed", "kept", "single"]


PAGES = "abcdefg"
PAIRS = list(combinations(PAGES, 2))


@given(st.data())
def test_what_was_decided_holds_whatever_the_pairs_say(data: st.DataObject) -> None:
    kinds = data.draw(st.dictionaries(st.sampled_from(PAIRS), st.sampled_from(["near", "exact"]), max_size=12))
    apart = data.draw(st.lists(st.sampled_from(PAIRS), unique=True, max_size=4))
    together = data.draw(st.lists(st.sampled_from(PAIRS), unique=True, max_size=2))
    keep = data.draw(st.lists(st.sampled_from(PAGES), unique=True, max_size=2))
    rows = [Decision("apart", *pair) for pair in apart] + [Decision("together", *pair) for pair in together]
    rows += [Decision("keep", page) for page in keep]
    documents = pl.LazyFrame({"page_id": list(PAGES), "source_id": list(PAGES), "url": list(PAGES), "source": list(PAGES)})
    try:
        decided, told = resolve_decisions(Decisions(tuple(rows)), documents)
    except PlanError:
        return
    assert told.startswith(f"{len(rows)} decision") == bool(rows)
    found = grouped([edge(*pair, kind, 1.0 if kind == "exact" else 0.9) for pair, kind in kinds.items()], PAGES, decided)
    for left, right in apart:
        assert found[left]["kept_id"] != found[right]["kept_id"]
    for page in keep:
        assert found[page]["kept_id"] == page
    copies = {pair for pair, kind in kinds.items() if kind == "exact"}
    if not copies:  # an exact copy of a page that is not one with another may have to leave what it was joined to
        assert all(found[left]["kept_id"] == found[right]["kept_id"] for left, right in together)
    assert all(found[str(row["kept_id"])]["kept_id"] == row["kept_id"] for row in found.values())


def test_names_and_contradictions() -> None:
    pages = pl.LazyFrame({"page_id": ["p1", "p2"], "source_id": [None, "x"], "url": ["u1", "u"], "source": ["s", "u"]})
    rows = (Decision("apart", "u1", "x", note="seen"), Decision("keep", "nobody"), Decision("apart", "s", "p1"))
    decided, told = resolve_decisions(Decisions(rows), pages)
    assert decided.apart == (("p1", "p2"),)
    assert dict(decided.names) == {"p1": "u1", "p2": "x"} or dict(decided.names)["p2"] == "x"
    assert told.startswith("1 decision applied; 2 did not: keep 'nobody', no single document of this run; apart 's' and 'p1'")
    with pytest.raises(PlanError, match="are one, and that they are not"):
        resolve_decisions(Decisions((Decision("apart", "p1", "p2"), Decision("together", "p2", "u1"))), pages)
    with pytest.raises(PlanError, match="keep both"):
        resolve_decisions(Decisions((Decision("keep", "p1"), Decision("keep", "p2"), Decision("together", "p2", "p1"))), pages)
