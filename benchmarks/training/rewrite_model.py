"""Trains the heads that say whether a pair of pages is one text rewritten, and writes them as a readable file.

The head *words* learns pages of one half of MedQuAD spun with WordNet, and manual pages in German, Spanish and French spun with half of
LibreOffice's thesauri, so that it goes by what holds in all of them; the head *sentences* learns DetectRL's rewrites and pages
translated to Spanish and back. *sentences* learns rewrites that stand alone beside their page too, in corpora of many sizes.
Both learn that candidate pairs of honest pages (five sets, and for *words* the manual pages) are none;
*words* learns it of pages of one template too, whose subject is swapped throughout (``benchmarks.data.swapped_subjects``).
Each head's cut is set on pairs of honest pages, each judged by trees that saw nothing of it, so that TOLERATED of them stand above it;
there its probability is model.CUT. The same data give the same file: all draws are seeded, and trees grow in one thread.

    python -m benchmarks.training.rewrite_model --data DATA --pages PAGES [--kept FILE] [--only HEAD] [--write]

Measuring the pairs takes some three minutes of processor time, growing the trees as much again. With ``--kept`` the measured pairs are
read from FILE, if it is there; delete it after a change to the search.
"""

from __future__ import annotations

import argparse
import json
import pickle
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.lib.recfunctions import structured_to_unstructured

from benchmarks.data.spun_pages import read_honest
from benchmarks.training.forest_file import read_booster, write_weights
from benchmarks.training.rewrite_pairs import (
    CHOSEN,
    LANGUAGES,
    TAUGHT,
    TEXT_OF,
    Taught,
    few_honest_pairs,
    honest_pairs,
    language_set,
    lone_pairs,
    read_set,
    rewritten_pairs,
    sibling_sets,
    swapped_sets,
    translated_sets,
)
from corpus_tools.kernels.forest import Forest
from corpus_tools.rewrite.alignment.measures import MEASURES, PAGE_MEASURES
from corpus_tools.rewrite.model import HEADS, MODEL_FILE, load_rewrite_model, sum_trees

Array = np.ndarray[Any, np.dtype[Any]]
TREES, GATE_TREES = {"words": 800, "sentences": 1600}, 400
GROWTH: dict[str, dict[str, Any]] = {
    "words": {"learning_rate": 0.025},
    "sentences": {"learning_rate": 0.025, "min_data_in_leaf": 30, "lambda_l2": 2},
}
"""Settings of the heads' trees in the place of SETTINGS."""
SUMMARIES = 15.0
"""Weight of a pair of cochrane for *sentences*: a review told twice in other words is what is nearest to a rewrite and is none."""
TOLERATED = {"words": ("sets", 12), "sentences": ("folds", 2)}
"""Honest pairs above a head's cut, by trees that saw nothing of their set, or nothing of their FOLD. Not counted are those of vagov,
whose pages are in part real rewrites of each other."""
FOLDS = [(part, part + 1) for part in (*TAUGHT, *CHOSEN) if part % 2 == 0]
"""Parts that are left out together."""
KEPT = {"words": 0.99, "sentences": 0.999}
"""Share of the true pairs of a head, of those near its cut and above, that the gate lets through."""
SPEAK_FOR = (
    "coverage_min coverage_max ordered skeleton_containment bigram_containment entities_min entities_max same function_agreement "
    "term_agreement stems_min stems_max terms_min terms_max numbers_min numbers_max joined_min joined_max weighed_agreement cosine"
).split()
SPEAK_AGAINST = "gaps term_conflict number_conflict entity_conflict drift_min drift_max lost_numbers".split()
NAMES = {
    "words": [name for name in MEASURES if name not in ("drift_min", "drift_max", "lost_numbers")],
    "sentences": list(MEASURES),
}
"""What each head goes by. Pages with words swapped were taught with their sentences anywhere."""
DIRECTIONS = {
    "words": {"function_agreement": 1, "phrase_tilt": 1, "swap_tilt": 1, "gaps": -1, "identical": -1, "number_conflict": -1, "term_conflict": -1},
    "sentences": dict.fromkeys(SPEAK_FOR, 1) | dict.fromkeys(SPEAK_AGAINST, -1),
}  # fmt: skip
"""Measures that speak for a rewrite (1) or against it (-1) wherever they stand: what few training pairs say otherwise is chance."""
SETTINGS = {
    "objective": "binary", "learning_rate": 0.05, "num_leaves": 8, "min_data_in_leaf": 60, "feature_fraction": 0.5,
    "bagging_fraction": 0.7, "bagging_freq": 1, "lambda_l2": 5, "verbose": -1, "seed": 1, "num_threads": 1, "deterministic": True,
    "force_col_wise": True,
}  # fmt: skip


def grow(
    true: Array,
    honest: Array,
    names: list[str],
    directions: dict[str, int],
    trees: int,
    weights: Array | None = None,
    **others: Any,
) -> dict[str, Any]:
    """Trees as the file holds them, that tell measures MEASURE[pairs] of rewrites from those of honest pairs.

    ``weights`` are those of the honest pairs, 1 by default; ``others`` are settings in the place of SETTINGS.
    """
    rows = structured_to_unstructured(np.concatenate([true, honest])[names])
    labels = np.r_[np.ones(len(true)), np.zeros(len(honest))]
    settings = SETTINGS | {"monotone_constraints": [directions.get(name, 0) for name in names]} | others
    weighed = None if weights is None else np.r_[np.ones(len(true)), weights]
    return read_booster(lgb.train(settings, lgb.Dataset(rows, labels, weight=weighed, feature_name=names), trees), names)


def fit_slope(scores: Array, labels: Array) -> float:
    """Slope that makes scores log-odds, by Newton's method (Platt 1999)."""
    design, found = np.column_stack([scores, np.ones(len(scores))]), np.array([1.0, 0.0])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        bend = (design * (chance * (1 - chance))[:, None]).T @ design
        found -= np.linalg.solve(bend + 1e-6 * np.eye(2), design.T @ (chance - labels))
    return float(found[0])


class Teaching:
    """The measured sets by name: ``rewrites``, ``swapped`` and ``translated`` lists, ``honest`` by set, ``languages`` and ``siblings`` by language.

    ``lone`` rewrites and the ``few`` honest pages by set are what the head *sentences* alone learns of corpora of other sizes.
    """

    def __init__(self, data: Path, pages: Path) -> None:
        self.rewrites = rewritten_pairs(data)
        honest = read_honest(data / "medquad")
        self.swapped, self.translated = swapped_sets(honest), translated_sets(honest)
        sets = {name: read_set(data, name) for name in ("medquad", *TEXT_OF)}
        self.honest = {name: honest_pairs(one) for name, one in sets.items()}
        self.lone, self.few = lone_pairs(data), {name: few_honest_pairs(one) for name, one in sets.items()}
        self.languages = {language: language_set(pages, language, honest.texts) for language in LANGUAGES}
        self.siblings = sibling_sets(pages, honest)

    def true(self, head: str, parts: Any, without: str = "") -> Array:
        """Measures of rewrites of a head's kind, but for those in one language."""
        swapped = [*self.swapped, *(one for name, one in self.languages.items() if name != without)]
        sets = swapped if head == "words" else [self.rewrites, self.lone, *self.translated]
        return np.concatenate([one.measures[one.true & one.within(parts)] for one in sets])

    def false(self, parts: Any, without: str = "", head: str = "") -> Array:
        """Measures of honest pairs, but for those of one set."""
        return np.concatenate([one.measures[~one.true & one.within(parts)] for _, one in self._honest(head, without)])

    def weights(self, parts: Any, head: str) -> Array:
        """What each of ``false(parts, head=head)`` weighs."""
        heavy = SUMMARIES if head == "sentences" else 1.0
        sets = self._honest(head)
        return np.concatenate(
            [np.full((~one.true & one.within(parts)).sum(), heavy if name == "cochrane" else 1.0) for name, one in sets]
        )

    def _honest(self, head: str, without: str = "") -> list[tuple[str, Taught]]:
        """Sets with honest pairs by name: of the languages for the head *words* alone, which learns nothing of small corpora."""
        apart = [*self.languages.items(), *self.siblings.items()] if head == "words" else [*self.few.items(), ("lone", self.lone)]
        first = [("made", one) for one in (self.rewrites, *self.swapped, *self.translated)]
        return [*first, *((name, one) for name, one in (*self.honest.items(), *apart) if name != without)]

    def judged(self, head: str) -> dict[str, list[Taught]]:
        """The honest pairs that a head's cut is set on, by set."""
        return {name: [one, self.few[name]] if head == "sentences" else [one] for name, one in self.honest.items()}

    def barred(self, parts: Any) -> Array:
        """Measures of honest pairs that are thrown out for their subjects."""
        return np.concatenate(
            [one.barred_within(parts) for one in (self.rewrites, *self.honest.values(), *self.languages.values())]
        )

    def grow_head(self, head: str, parts: Any, without: str = "") -> dict[str, Any]:
        """A head's trees."""
        rewrites, honest = self.true(head, parts, without), self.false(parts, without, head)
        weights = self.weights(parts, head) if head == "sentences" else None
        return grow(rewrites, honest, NAMES[head], DIRECTIONS[head], TREES[head], weights, **GROWTH[head])


def unseen_sums(taught: Teaching, head: str, how: str) -> dict[str, Array]:
    """Sums of trees of honest pairs by set, largest first: by trees that saw nothing of their set (``sets``) or of their fold (``folds``)."""
    judged = taught.judged(head)
    if how == "sets":
        without = {name: Forest.of(taught.grow_head(head, TAUGHT, name)) for name in judged}
        sums = {name: [sum_trees(without[name], one.measures) for one in sets] for name, sets in judged.items()}
    else:
        trials = {fold: Forest.of(taught.grow_head(head, {*TAUGHT, *CHOSEN} - {*fold})) for fold in FOLDS}
        sums = {
            name: [sum_trees(trial, one.measures[one.within(fold)]) for one in sets for fold, trial in trials.items()]
            for name, sets in judged.items()
        }
    return {name: np.sort(np.concatenate(found))[::-1] for name, found in sums.items()}


def unseen_languages(taught: Teaching, cut: float) -> dict[str, list[float]]:
    """Of each language that teaches, by trees that saw nothing of it: the share of its rewrites above the cut, and how many honest pairs."""
    found = {}
    for name, one in taught.languages.items():
        sums = sum_trees(Forest.of(taught.grow_head("words", TAUGHT, name)), one.measures)
        found[name] = [round(float((sums[one.true] > cut).mean()), 4), int((sums[~one.true] > cut).sum())]
    return found


def train_head(taught: Teaching, head: str) -> dict[str, Any]:
    """A head's part of the file: trees of all but the report's parts, and the line that puts its cut at model.CUT."""
    how, tolerated = TOLERATED[head]
    unseen = unseen_sums(taught, head, how)
    sums = np.sort(np.concatenate([found for name, found in unseen.items() if name != "vagov"]))[::-1]
    cut = float(sums[tolerated])
    trial = Forest.of(taught.grow_head(head, TAUGHT))
    right = sum_trees(trial, taught.true(head, CHOSEN if head == "sentences" else TAUGHT))
    wrong = sum_trees(trial, taught.false(CHOSEN, head=head))
    slope = fit_slope(np.r_[right, wrong], np.r_[np.ones(len(right)), np.zeros(len(wrong))])
    about = {"slope": round(slope, 4), "shift": round(-slope * cut, 4), "cut": round(cut, 4),
             f"honest_pairs_of_unseen_{how}_above_the_cut": {name: [int((found > cut).sum()), len(found)] for name, found in unseen.items()},
             "share_of_rewrites_above_the_cut": round(float((right > cut).mean()), 4)}  # fmt: skip
    if head == "words":
        about["share_above_the_cut_of_an_unseen_language"] = unseen_languages(taught, cut)
    return {head: about, f"{head}_trees": taught.grow_head(head, [*TAUGHT, *CHOSEN])}


def train_gate(taught: Teaching, heads: dict[str, Any]) -> dict[str, Any]:
    """The gate's part of the file. How low it must open is told by trees that each saw another half of the pairs."""
    true = {head: taught.true(head, TAUGHT) for head in HEADS}
    honest, least = np.concatenate([taught.false(TAUGHT), taught.barred(TAUGHT)]), []
    halves = [Forest.of(_grow_gate({head: one[half::2] for head, one in true.items()}, honest[half::2])) for half in (0, 1)]
    for head, measures in true.items():
        likely = sum_trees(Forest.of(heads[f"{head}_trees"]), measures) >= heads[head]["cut"] - 1.0
        sums = np.concatenate([sum_trees(halves[1 - half], measures[half::2])[likely[half::2]] for half in (0, 1)])
        least.append(float(np.quantile(sums, 1 - KEPT[head])))
    trees = _grow_gate(true, honest)
    forest = Forest.of(trees)
    passed = {
        name: round(float((sum_trees(forest, np.concatenate([one.measures, one.barred])) >= min(least)).mean()), 4)
        for name, one in taught.honest.items()
    }
    return {"gate": {"least": round(min(least), 4), "true_pairs_kept": KEPT, "honest_pairs_passed": passed}, "gate_trees": trees}


def _grow_gate(true: dict[str, Array], honest: Array) -> dict[str, Any]:
    return grow(np.concatenate([*true.values()]), honest, list(PAGE_MEASURES), {}, GATE_TREES, num_leaves=16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with rewrites, medquad and the other sets")
    parser.add_argument("--pages", type=Path, required=True, help="folder that benchmarks.data.languages filled")
    parser.add_argument("--kept", type=Path, help="file in which the measured pairs are kept between runs")
    parser.add_argument("--only", choices=HEADS, help="teach this head alone; the other and the gate stay as they are shipped")
    parser.add_argument("--write", action="store_true", help="replace the shipped trees; else print how well they do")
    options = parser.parse_args()
    if options.kept and options.kept.exists():
        taught = pickle.loads(options.kept.read_bytes())  # noqa: S301 - a file that this command wrote
    else:
        taught = Teaching(options.data, options.pages)
        if options.kept:
            options.kept.write_bytes(pickle.dumps(taught))
    about = {
        "version": 5,
        "trained_on": "MedQuAD spun with WordNet and translated; DetectRL's rewrites; manual pages in German, Spanish and French, spun; "
        "honest pairs of " + ", ".join(taught.honest),
    }
    if options.only:
        held = json.loads(MODEL_FILE.read_text(encoding="utf-8")) | {"about": about} | train_head(taught, options.only)
    else:
        heads = train_head(taught, "words") | train_head(taught, "sentences")
        held = {"about": about, **train_gate(taught, heads), **heads}
    if options.write:
        write_weights(held, MODEL_FILE)
        load_rewrite_model()  # it reads
    for name in ("gate", *HEADS):
        print(name, held[name])


if __name__ == "__main__":
    main()
