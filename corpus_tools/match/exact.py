"""The edges of exact copies: everything is shared and nothing lost; frames of any engine."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pyarrow as pa

from corpus_tools.tables import EDGES

_WHOLE = (
    "score",
    "jaccard",
    "containment_left",
    "containment_right",
    "ordered",
    "held_left",
    "held_right",
    "echo_left",
    "echo_right",
)


def exact_edges(pairs: Any) -> Any:
    """``pairs`` (left, right, n_words of both) as ``tables.EDGES``; a narwhals frame in, the same kind out."""
    given = {"kind": nw.lit("exact")} | dict.fromkeys(_WHOLE, nw.lit(1.0))
    given |= dict.fromkeys(("own_left", "own_right"), nw.col("n_words").cast(nw.Int64))
    none = {field.name: nw.lit(0.0) if pa.types.is_floating(field.type) else nw.lit(0).cast(nw.Int64) for field in EDGES}
    return pairs.select("left", "right", *[given.get(name, none[name]).alias(name) for name in EDGES.names[2:]])
