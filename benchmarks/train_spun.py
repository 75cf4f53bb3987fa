"""Trains the model that says whether a pair of pages is one text rewritten, and writes its readable weights.

Positives: pages of one half of MedQuAD spun with WordNet at several rates, in light and heavy order. Negatives: all other
candidate pairs of these sets, and of the half itself. The second spinner and the other half are never seen here.

    python benchmarks/train_spun.py --data DATA/medquad [--write]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from spinners import WordNet
from spun_pairs import Measured, drop_repeats, find_repeats, measure_set, read_honest, recipe, select, spun_pages

from corpus_tools.cluster.align import MEASURES
from corpus_tools.cluster.spun_model import WEIGHTS, SpunModel, make_terms

Array = np.ndarray[Any, np.dtype[Any]]
RATES = (0.1, 0.3, 0.5, 0.7)
PAGES = 300
PENALTY = 1.0
TERMS = (
    *(
        "log coverage_min",
        "log rewritten_min",
        "log rewritten",
        "log common_swaps",
        "log bigram_containment",
        "log skeleton_containment",
    ),
    *(
        "log function_agreement",
        "log same",
        "log term_agreement",
        "log entities_max",
        "log odd_ratio",
        "log swapped",
        "log swap_tilt",
    ),
    *("length_ratio", "swapped", "gaps", "identical", "term_conflict", "number_conflict", "entity_conflict", "entities_min"),
    *("term_swaps", "swap_tilt", "cosine", "ordered", "log_matches", "rewritten", "odd_ratio"),
    *("log_matches*log coverage_min", "swap_tilt*rewritten_min", "log odd_ratio*swap_tilt", "same*same"),
)


def fit(values: Array, labels: Array, weights: Array) -> tuple[Array, Array, Array, float]:
    """Means, scales, weights and intercept of an L2-penalised logistic regression, by Newton's method."""
    means, scales = values.mean(axis=0), values.std(axis=0) + 1e-9
    design = np.column_stack([(values - means) / scales, np.ones(len(values))])
    penalty = np.diag([PENALTY] * values.shape[1] + [0.0])
    found = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        slope = design.T @ (weights * (chance - labels)) + penalty @ found
        bend = (design * (weights * chance * (1 - chance))[:, None]).T @ design + penalty
        step = np.linalg.solve(bend + 1e-9 * np.eye(len(bend)), slope)
        found -= step
        if np.abs(step).max() < 1e-8:
            break
    return means, scales, found[:-1], float(found[-1])


def training_sets(data: Path) -> list[Measured]:
    """Measured candidate pairs: the honest half, then each rate and order."""
    honest = read_honest(data)
    base = len(honest.texts)
    own, _ = measure_set(honest.texts, np.arange(base))
    repeats = find_repeats(honest, own)
    inside = (honest.half[own.left] == 0) & (honest.half[own.right] == 0)
    sets = [select(own, inside)]
    for rate in RATES:
        for kind in ("light", "heavy"):
            chosen, spun = spun_pages(honest, WordNet(), recipe(rate, kind), 0, PAGES, "train")
            sets.append(measure_set([*honest.texts, *spun], np.array([*range(base), *chosen]), base)[0])
    return [drop_repeats(select(one, ~one.vetoed), repeats) for one in sets]


def train(sets: list[Measured]) -> SpunModel:
    """The model of these sets."""
    measures = np.concatenate([one.measures for one in sets])
    labels = np.concatenate([one.true for one in sets]).astype(float)
    values = make_terms(measures, tuple(MEASURES), TERMS)
    means, scales, weights, intercept = fit(values, labels, np.ones(len(labels)))
    return SpunModel(TERMS, tuple(means.tolist()), tuple(scales.tolist()), tuple(weights.tolist()), intercept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with MedQuAD's pages.parquet")
    parser.add_argument("--write", action="store_true", help="replace the shipped weights; else print them")
    options = parser.parse_args()
    sets = training_sets(options.data)
    model = train(sets)
    pairs, true = sum(len(one.left) for one in sets), sum(int(one.true.sum()) for one in sets)
    text = model.to_json(version=1, trained_on=f"{pairs} candidate pairs of MedQuAD pages, {true} of them spun with WordNet")
    if options.write:
        WEIGHTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
