"""Boosted trees of LightGBM as the weights files of the package hold them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corpus_tools.kernels.forest import SCALE


def read_booster(booster: Any, names: list[str], classes: int = 1, which: int = 0) -> dict[str, Any]:
    """The trees of a LightGBM booster as ``Forest.of`` takes them; ``names`` are the features.

    Of a booster of several ``classes``, whose trees take turns, those of one.
    """
    forest: dict[str, Any] = {"names": names, "roots": [], "feature": [], "threshold": [], "left": [], "right": [], "value": []}
    for tree in booster.dump_model()["tree_info"][which::classes]:
        forest["roots"].append(len(forest["feature"]))
        _flatten(tree["tree_structure"], forest)
    return forest


def _flatten(top: dict[str, Any], forest: dict[str, Any]) -> None:
    """Append a tree's nodes, parents first."""
    waiting = [(top, -1, "")]
    while waiting:
        node, parent, side = waiting.pop()
        here = len(forest["feature"])
        if parent >= 0:
            forest[side][parent] = here
        leaf = "leaf_value" in node
        forest["feature"].append(-1 if leaf else node["split_feature"])
        forest["threshold"].append(0.0 if leaf else float(f"{node['threshold']:.7g}"))
        forest["left"].append(0)
        forest["right"].append(0)
        forest["value"].append(round(node["leaf_value"] * SCALE) if leaf else 0)
        if not leaf:
            waiting += [(node["right_child"], here, "right"), (node["left_child"], here, "left")]


def write_weights(weights: dict[str, Any], path: Path) -> None:
    """One array a line."""
    lines = []
    for name, part in weights.items():
        inside = ",\n".join(f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in part.items())
        lines.append(f"{json.dumps(name)}: {{\n{inside}\n}}")
    path.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
