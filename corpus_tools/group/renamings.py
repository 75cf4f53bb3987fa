"""Names that stand in each other's place on pages about many things: they are no subjects, so the pages that differ in them may merge.

A brand that was renamed, or a spinner's dictionary, makes every page conflict with its copy, as templates about different
diseases do. What tells them apart are other pairs: the same two names change places where pages are about other things, and
neither stands in the place of a third. A disease of a template stands in the place of all other diseases of it.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from corpus_tools.match.verdict import WEIGHTS

MIN_TOPICS = 5
"""Things that the pages are about on which two names change places, at least."""
MIN_SHARE = 0.9
"""Share of the pairs in which a name changes places where it does so with the other one."""


def lift_renamings(edges: Any) -> Any:
    """``edges`` (``tables.EDGES``) with renamed pairs as near ones where the same names change places on pages about other things.

    That must be so of both changes, where it takes two to explain why the subjects differ. Where twice as many texts as there are
    things hold what the two pages share, it is a frame that two names with their variants fill. Such a pair gets back what its score
    lost. Other renamed pairs never merge and are left out. A frame of any engine, the same kind out; one without the columns is
    given back.
    """
    frame: Any = nw.from_native(edges)
    if "renamed_left" not in frame.collect_schema().names():
        return edges
    renamed = nw.col("kind") == "renamed"
    found = _recurring(nw.concat([frame.lazy().filter(renamed).select(*_swap(stem), "topic") for stem in ("renamed", "also")]))
    if not found:
        return frame.filter(~renamed).to_native()
    enough = [2 * _topics(stem, found) > nw.col("shared_holders") for stem in ("renamed", "also")]
    kept = frame.filter(~renamed | (enough[0] & (enough[1] | (nw.col("also_left") == 0))))
    lifted = kept.with_columns(
        kind=nw.when(renamed).then(nw.lit("near")).otherwise(nw.col("kind")),
        score=nw.when(renamed).then(nw.min_horizontal(nw.col("score") + WEIGHTS.apart, nw.lit(1.0))).otherwise(nw.col("score")),
        subject_conflict=nw.when(renamed).then(nw.lit(0.0)).otherwise(nw.col("subject_conflict")),
    )
    return lifted.to_native()


def _names(stem: str) -> list[nw.Expr]:
    """Two names that change places, whichever page is the left one."""
    sides = (f"{stem}_left", f"{stem}_right")
    return [nw.min_horizontal(*sides), nw.max_horizontal(*sides)]


def _key(stem: str) -> nw.Expr:
    return nw.concat_str(*(name.cast(nw.String) for name in _names(stem)), separator=" ")


def _swap(stem: str) -> list[nw.Expr]:
    """Columns key, name and other_name."""
    return [_key(stem).alias("key"), *(name.alias(as_) for name, as_ in zip(_names(stem), ("name", "other_name"), strict=True))]


def _topics(stem: str, found: dict[str, int]) -> nw.Expr:
    """On pages about how many things the names change places, 0 where ``found`` does not have them."""
    topics: nw.Expr = nw.lit(0)
    for number in sorted({*found.values()}):
        held = [key for key, count in found.items() if count == number]
        topics = nw.when(_key(stem).is_in(held)).then(nw.lit(number)).otherwise(topics)
    return topics


def _recurring(swaps: nw.LazyFrame[Any]) -> dict[str, int]:
    """Names that change places on pages about MIN_TOPICS things, and hardly with others, by key, and that number of things.

    They are few, so they are collected.
    """
    sides = ("name", "other_name")
    swaps = swaps.filter(nw.col("name") != nw.col("other_name"))  # no second name is 0 twice
    topics = swaps.select("key", "topic").unique().group_by("key").agg(nw.len().alias("topics"))
    found = swaps.group_by("key", *sides).agg(nw.len().alias("pairs")).join(topics, on="key")
    found = found.filter(nw.col("topics") >= MIN_TOPICS)
    rows = nw.concat([swaps.select(of=nw.col(side)) for side in sides]).group_by("of").agg(nw.len().alias("rows"))
    for side in sides:
        found = found.join(rows.select(nw.col("of").alias(side), nw.col("rows").alias(f"rows_{side}")), on=side)
    most = nw.max_horizontal(*(f"rows_{side}" for side in sides))
    chosen = found.filter(nw.col("pairs") >= MIN_SHARE * most).select("key", "topics")
    return dict(chosen.collect(backend="pyarrow").sort("key").rows())
