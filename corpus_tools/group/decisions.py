"""What people decided about pages and pairs, as the group stage obeys it: names resolved, pairs joined and parted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa

from corpus_tools.errors import PlanError
from corpus_tools.match.verify import score_texts
from corpus_tools.plan import Plan
from corpus_tools.store.decisions import OF_STAGE, Decision, Decisions, find_named, tell_applied
from corpus_tools.tables import EDGES

DECIDED = "decided"
"""Kind of a pair that a person joined."""
BY_A_PERSON = "decided by a person"


@dataclass(frozen=True)
class PairDecisions:
    """Decisions that apply to a run, by page_id; the smaller id of a pair comes first. Picklable."""

    apart: tuple[tuple[str, str], ...] = ()
    together: tuple[tuple[str, str], ...] = ()
    keep: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    """page_id and the name that the file gives it."""

    def __bool__(self) -> bool:
        return bool(self.apart or self.together or self.keep)


NOTHING = PairDecisions()


def resolve_decisions(decisions: Decisions, documents: Any) -> tuple[PairDecisions, str]:
    """The decisions that apply to ``documents`` (a frame of any engine), and a sentence on how many did and which did not.

    Raises PlanError if two of them contradict each other.
    """
    rows = decisions.of(*OF_STAGE["group"])
    if not rows:
        return NOTHING, ""
    found = find_named(documents, (name for row in rows for name in _names(row)))
    absent = {at: why for at, row in enumerate(rows) if (why := _why_not(row, found))}
    held = [row for at, row in enumerate(rows) if at not in absent]
    pairs = {kind: sorted({_pair(row, found) for row in held if row.decision == kind}) for kind in ("apart", "together")}
    keep = sorted({found[row.page] for row in held if row.decision == "keep"})
    names = sorted({(found[name], name) for row in held for name in _names(row)})
    resolved = PairDecisions(tuple(pairs["apart"]), tuple(pairs["together"]), tuple(keep), tuple(dict(names).items()))
    _refuse_contradictions(resolved)
    return resolved, tell_applied(rows, absent)


def _names(row: Decision) -> Iterator[str]:
    yield from (name for name in (row.page, row.other) if name)


def _why_not(row: Decision, found: dict[str, str]) -> str:
    missing = [name for name in _names(row) if name not in found]
    if missing:
        return f"{' and '.join(map(repr, missing))}, no single document of this run"
    return f"{row.page!r} and {row.other!r}, which are one page" if row.other and found[row.page] == found[row.other] else ""


def _pair(row: Decision, found: dict[str, str]) -> tuple[str, str]:
    left, right = sorted((found[row.page], found[row.other]))
    return left, right


def _refuse_contradictions(decided: PairDecisions) -> None:
    """PlanError where pages that are one, directly or through others, are also apart, or are two pages to keep."""
    names, root = dict(decided.names), _joined(decided.together)
    for left, right in decided.apart:
        if root.get(left, left) == root.get(right, right):
            raise PlanError(
                f"the decisions say that {names[left]!r} and {names[right]!r} are one, and that they are not",
                "take one of them out",
            )
    kept: dict[str, str] = {}
    for page in decided.keep:
        other = kept.setdefault(root.get(page, page), page)
        if other != page:
            raise PlanError(
                f"the decisions keep both {names[other]!r} and {names[page]!r}, and say that they are one", "keep one of them"
            )


def _joined(pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Page -> one page of all that are one with it."""
    root: dict[str, str] = {}
    for left, right in pairs:
        a, b = root.setdefault(left, left), root.setdefault(right, right)
        root.update({page: a for page, held in root.items() if held == b})
    return root


def measure_joined(decided: PairDecisions, documents: Any, plan: Plan) -> pa.Table:
    """``tables.EDGES`` rows of kind ``decided`` of the pairs that a person joined, measured on their texts alone."""
    wanted = sorted({page for pair in decided.together for page in pair})
    rows: list[dict[str, Any]] = []
    if wanted:
        frame: nw.LazyFrame[Any] = nw.from_native(documents).lazy().select("page_id", "text")
        texts = dict(frame.filter(nw.col("page_id").is_in(wanted)).collect(backend="pyarrow").rows())
        for left, right in decided.together:
            rows.append({"left": left, "right": right, **score_texts(texts[left], texts[right], plan), "kind": DECIDED})
    table: Any = pl.DataFrame(rows, infer_schema_length=None).to_arrow() if rows else EDGES.empty_table()
    return table.select(EDGES.names).cast(pa.schema([field.remove_metadata() for field in EDGES]))


def decide_edges(edges: Any, joined: Any, parted: Any) -> Any:
    """``edges`` without the pairs that a person joined or parted, and with ``joined``; frames of one engine, the same kind out."""
    frames: list[nw.LazyFrame[Any]] = [nw.from_native(frame).lazy().select(*EDGES.names) for frame in (edges, joined)]
    apart: nw.LazyFrame[Any] = nw.from_native(parted).lazy()
    kept = frames[0]
    for decided in (frames[1].select("left", "right"), apart.select("left", "right")):
        kept = kept.join(decided, on=["left", "right"], how="anti")
    return nw.concat([kept, frames[1]]).to_native()


def obey_pairs(edges: Any, documents: Any, decided: PairDecisions, plan: Plan, frame: Callable[[pa.Table], Any]) -> Any:
    """``edges`` as a person decided about their pairs; ``frame`` makes a table one of the engine that ``edges`` is of."""
    if not decided:
        return edges
    return decide_edges(edges, frame(measure_joined(decided, documents, plan)), frame(parted_pairs(decided)))


def parted_pairs(decided: PairDecisions) -> pa.Table:
    """Columns left and right of the pairs that a person parted."""
    sides = list(zip(*decided.apart, strict=True)) or [(), ()]
    return pa.table({"left": pa.array(sides[0], pa.string()), "right": pa.array(sides[1], pa.string())})
