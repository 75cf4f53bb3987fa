"""Trains the trees that say whether a pair of pages is one text rewritten, and writes them as a readable file.

Positives: pages of one half of MedQuAD spun with WordNet, half of the words and more, in light and heavy order. Negatives: all other
candidate pairs of these sets, and of the half itself. The second spinner and the other half are never seen here. The
calibration is fitted on scores of pages the trees had not seen: the half is cut in two, and each part scored by trees grown
on the other.

    python -m benchmarks.training.rewrite_model --data DATA/medquad [--write]
"""

from __future__ import annotations

import argparse
import zlib
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.lib.recfunctions import structured_to_unstructured

from benchmarks.data.spun_pages import find_repeats, read_honest, recipe, spun_pages
from benchmarks.data.synonyms import WordNet
from benchmarks.rewrites.pairs import Measured, drop_repeats, measure_set, select
from benchmarks.training.forest_file import read_booster, write_weights
from corpus_tools.rewrite.alignment.measures import MEASURES
from corpus_tools.rewrite.model import MODEL_FILE, RewriteModel, load_rewrite_model

Array = np.ndarray[Any, np.dtype[Any]]
RATES = (0.5, 0.7)
"""Milder rewrites are not taught: with a word in ten swapped they look like honest versions of one text, which then score high."""
PAGES = 300
TREES = 600
DIRECTIONS = {
    "function_agreement": 1, "gaps": -1, "phrase_tilt": 1, "swap_tilt": 1, "identical": -1, "number_conflict": -1, "term_conflict": -1,
}  # fmt: skip
"""Measures that speak for a rewrite (1) or against it (-1) wherever they stand: what few training pairs say otherwise is chance."""
SETTINGS = {
    "objective": "binary", "num_leaves": 8, "learning_rate": 0.03, "min_data_in_leaf": 60, "feature_fraction": 0.5,
    "bagging_fraction": 0.7, "bagging_freq": 1, "lambda_l2": 5, "verbose": -1, "seed": 1, "num_threads": 1, "deterministic": True,
    "force_col_wise": True, "monotone_constraints": [DIRECTIONS.get(name, 0) for name in MEASURES],
}  # fmt: skip


def training_sets(data: Path) -> tuple[list[Measured], Array]:
    """Measured candidate pairs: the honest half, then each rate and order; and which part of the half a page is in (0 or 1)."""
    honest = read_honest(data)
    base, repeats = len(honest.texts), find_repeats(honest)
    part = np.array([zlib.crc32(text[:200].encode()) >> 3 & 1 for text in honest.texts])
    own, _ = measure_set(honest.texts, np.arange(base))
    sets = [select(own, (honest.half[own.left] == 0) & (honest.half[own.right] == 0))]
    for rate in RATES:
        for kind in ("light", "heavy"):
            chosen, spun = spun_pages(honest, WordNet(), recipe(rate, kind), 0, PAGES, "train")
            sets.append(measure_set([*honest.texts, *spun], np.array([*range(base), *chosen]), base)[0])
    return [drop_repeats(select(one, ~one.vetoed), repeats) for one in sets], part


def grow(measures: Array, labels: Array) -> dict[str, Any]:
    """The trees as the file holds them."""
    names = list(MEASURES)
    return read_booster(
        lgb.train(SETTINGS, lgb.Dataset(structured_to_unstructured(measures), labels, feature_name=names), TREES), names
    )


def fit_line(scores: Array, labels: Array) -> tuple[float, float]:
    """Slope and shift that make scores log-odds, by Newton's method (Platt 1999)."""
    design, found = np.column_stack([scores, np.ones(len(scores))]), np.array([1.0, 0.0])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        bend = (design * (chance * (1 - chance))[:, None]).T @ design
        found -= np.linalg.solve(bend + 1e-6 * np.eye(2), design.T @ (chance - labels))
    return float(found[0]), float(found[1])


def unseen_scores(sets: list[Measured], part: Array) -> tuple[Array, Array]:
    """Scores and labels of pairs whose pages all stand in one part, by trees grown on the other part."""
    measures, true = np.concatenate([one.measures for one in sets]), np.concatenate([one.true for one in sets])
    where = [np.concatenate([part[one.origins[side]] for one in sets]) for side in (0, 1)]
    scores, labels = [], []
    for held in (0, 1):
        inside, outside = ((where[0] == side) & (where[1] == side) for side in (held, 1 - held))
        grown = RewriteModel.of({"trees": grow(measures[outside], true[outside]), "calibration": {"slope": 1.0, "shift": 0.0}})
        scores.append(grown.log_odds(measures[inside]))
        labels.append(true[inside])
    return np.concatenate(scores), np.concatenate(labels)


def train(sets: list[Measured], part: Array) -> dict[str, Any]:
    """The file's content: how the trees were made, their calibration, and the trees."""
    scores, labels = unseen_scores(sets, part)
    slope, shift = fit_line(scores, labels)
    chance = 1 / (1 + np.exp(-(slope * scores + shift)))
    told = {f"{cut}": [round(float(labels[chance >= cut].mean()), 4), round(float(labels[chance >= cut].sum() / labels.sum()), 4)]
            for cut in (0.5, 0.7, 0.85, 0.95)}  # fmt: skip
    pairs, true = sum(len(one.left) for one in sets), sum(int(one.true.sum()) for one in sets)
    measures, true_rows = np.concatenate([one.measures for one in sets]), np.concatenate([one.true for one in sets])
    return {
        "about": {"version": 2, "trained_on": f"{pairs} candidate pairs of MedQuAD pages, {true} of them spun with WordNet"},
        "calibration": {"slope": round(slope, 4), "shift": round(shift, 4), "precision_and_recall_on_unseen_pages_from": told},
        "trees": grow(measures, true_rows),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with MedQuAD's pages.parquet")
    parser.add_argument("--write", action="store_true", help="replace the shipped trees; else print how well they do")
    options = parser.parse_args()
    held = train(*training_sets(options.data))
    if options.write:
        write_weights(held, MODEL_FILE)
        load_rewrite_model()  # it reads
    print(held["about"], held["calibration"])


if __name__ == "__main__":
    main()
