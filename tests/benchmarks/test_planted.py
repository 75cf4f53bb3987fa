"""What is said of planted pages: found, wrong, lost, kept."""

from __future__ import annotations

import polars as pl

from benchmarks.data.planted_corpus import SCHEMA, in_schema
from benchmarks.near_copies.planted import gated_figures, judge_planted, print_rows

LONG = "one two three four five six seven eight nine ten."


def _page(
    page_id: str, kind: str | None, truth: str, expect: str | None = None, sources: tuple[str, ...] = (), text: str = LONG
) -> dict[str, object]:
    return {"page_id": page_id, "text": text, "kind": kind, "truth": truth, "expect": expect, "sources": list(sources)}


def _judge(pages: list[dict[str, object]], removed: dict[str, str], **more: object) -> dict[str, dict[str, object]]:
    """kind -> its row; ``removed``: page -> the page kept in its place."""
    frame = in_schema(pl.DataFrame(pages, schema={name: kind for name, kind in SCHEMA.items() if name in pages[0]}))
    kept = set(removed.values())
    roles = ["removed" if name in removed else "kept" if name in kept else "single" for name in frame["page_id"]]
    kept_ids = pl.Series([removed.get(name) for name in frame["page_id"]], dtype=pl.String)
    clusters = frame.select("page_id", cluster_id="page_id").with_columns(role=pl.Series(roles), kept_id=kept_ids)
    lost = more.pop("lost", None)
    if lost is not None:
        clusters = clusters.with_columns(lost=pl.Series(lost, dtype=pl.Float64), lost_words=pl.Series(lost, dtype=pl.Float64) * 10)
    rows = judge_planted(frame, clusters, **more)  # type: ignore[arg-type]
    print_rows(rows)
    assert "honest.found" not in gated_figures(rows)
    return {row["kind"]: row for row in rows.to_dicts()}


COPIES = [
    _page("a", None, "x: A"), _page("b", None, "x: B"), _page("c", None, "y: C"),
    _page("a2", "mirror", "x: A", "goes", ("a",)), _page("b2", "mirror", "x: B", "goes", ("b",)), _page("c2", "mirror", "y: C", "goes", ("c",)),
]  # fmt: skip


def test_found_whichever_page_is_kept_and_wrong_for_another_truth() -> None:
    rows = _judge(COPIES, {"a2": "a", "b": "b2", "c2": "a"})
    assert (rows["mirror"]["expected"], rows["mirror"]["wrongly_removed"], rows["mirror"]["removed"]) == (3, 1, 2)
    assert rows["mirror"]["found"] == 2 / 3
    assert (rows["honest x"]["wrongly_kept"], rows["honest y"]["wrongly_kept"]) == (1, 0)
    assert rows["honest x"]["found"] is None
    assert rows["mirror"]["mean_lost"] is None


def test_pairs_that_could_be_called_either_way_are_not_wrong() -> None:
    pair = pl.DataFrame({"left": ["a"], "right": ["c"]})
    rows = _judge(COPIES, {"c": "a", "c2": "a", "b": "a"}, ignored=pair)
    assert sum(row["wrongly_removed"] for row in rows.values()) == 1


def test_lost_is_told_of_removed_pages() -> None:
    row = _judge(COPIES, {"a2": "a", "b2": "b"}, lost=[None, None, None, 0.1, 0.3, None])["mirror"]
    assert (row["mean_lost"], row["max_lost"], row["lost_words"]) == (0.2, 0.3, 4)


def test_a_source_may_not_go_for_its_part_nor_a_part_for_another() -> None:
    pages = [
        _page("a", None, "x: A", text=LONG * 3),
        _page("p", "split", "x: A", "goes", ("a",)),
        _page("q", "split", "x: A", "goes", ("a",)),
    ]
    assert _judge(pages, {"p": "a", "q": "a"})["split"]["found"] == 1
    rows = _judge(pages, {"a": "p", "q": "p"})
    assert (rows["honest x"]["wrongly_removed"], rows["split"]["wrongly_removed"], rows["split"]["found"]) == (1, 1, 0)


def test_articles_of_an_aggregate() -> None:
    pages = [
        _page("a", None, "x: A"),
        _page("b", None, "x: B"),
        _page("ab", "concatenation", "x: A + x: B", "aggregate", ("a", "b")),
    ]

    def outcome(removed: dict[str, str]) -> tuple[object, ...]:
        rows = _judge(pages, removed)
        row = rows["concatenation"]
        return row["articles_lost"], row["swallowed"], row["wrongly_removed"] + rows["honest x"]["wrongly_removed"]

    assert outcome({}) == (0, 0, 0)
    assert outcome({"ab": "a"}) == (0, 0, 0)
    assert outcome({"a": "ab"}) == (0, 1, 0)
    assert outcome({"ab": "a", "b": "a"}) == (1, 0, 2)


def test_captures_kept_and_the_worst_loss() -> None:
    texts = ["One two three. Four five six.", "One two three. Seven eight nine.", "Ten. Seven eight nine."]
    pages = [_page(f"s{at}", "captures", "s", "captures", text=text) for at, text in enumerate(texts)]
    row = _judge(pages, {"s1": "s0"})["captures"]
    assert (row["series"], row["fewest_kept"], row["most_kept"], row["worst_lost"]) == (1, 2, 2, 0.5)
    assert row["wrongly_removed"] == 0
