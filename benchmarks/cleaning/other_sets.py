"""This cleaner beside trafilatura on sets other than WCXB: snippets of mostly German pages, Chinese articles and threads.

``python -m benchmarks.cleaning.other_sets --data DATA --folds FOLDER``; DATA holds ``segments/`` and ``zh_pages/``. The shipped model
was trained on every page of both, so its own figures here would flatter. Each page is cleaned by the models of its fold, which saw
none of its site: ``python -m benchmarks.training.block_model --data DATA/wcxb --more DATA/zh_pages DATA/segments --folds FOLDER`` and
``python -m benchmarks.training.page_type_model --data DATA/wcxb --more DATA/zh_pages --folds FOLDER``.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import gate
from benchmarks.cleaning.extractors import PAIR, Extractor, ours, trafilatura_with
from benchmarks.data.wcxb import Sample, bag_scores, read_samples, shown
from corpus_tools.plan import CleanPlan

_SIGNS = "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
SIGN_OR_WORD = re.compile(rf"[{_SIGNS}]|[^\W{_SIGNS}]+")
"""Every Han, Kana or Hangul character is a word: without spaces a sentence would be one."""
SETS = ("segments", "zh_pages")
WITH_COMMENTS = "trafilatura with comments"
"""Threads are made of what trafilatura takes for comments."""


@dataclass(frozen=True)
class Snippets:
    """How many snippets were found, missed, and found though they should not be."""

    found: int
    missed: int
    wrong: int

    @staticmethod
    def of(text: str, sample: Sample) -> Snippets:
        """Of one page; white space between words counts as one space."""
        flat = _flat(text)
        found = sum(_flat(snippet) in flat for snippet in sample.required)
        return Snippets(found, len(sample.required) - found, sum(_flat(snippet) in flat for snippet in sample.forbidden))

    @staticmethod
    def figures(pages: Sequence[Snippets]) -> dict[str, float]:
        """Precision, recall and F over the snippets of all pages."""
        found, missed, wrong = (sum(getattr(page, name) for page in pages) for name in ("found", "missed", "wrong"))
        return {
            "precision": _share(found, found + wrong),
            "recall": _share(found, found + missed),
            "f": _share(2 * found, 2 * found + missed + wrong),
        }


def _flat(text: str) -> str:
    return " ".join(shown(text).split())


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def by_type(samples: Sequence[Sample], scores: Sequence[float]) -> dict[str, float]:
    """Mean over all pages, and over those of each type."""
    groups = {"all": list(scores)}
    for sample, score in zip(samples, scores, strict=True):
        groups.setdefault(sample.type, []).append(score)
    return {name: round(float(np.mean(values)), 4) for name, values in groups.items()}


def lead(samples: Sequence[Sample], mine: Sequence[float], theirs: Sequence[float]) -> dict[str, dict[str, float]]:
    """By how much the first is ahead on the same pages, and the standard error of that."""
    ahead = np.subtract(mine, theirs)
    kinds = np.array([sample.type for sample in samples])
    groups = {"all": np.ones(len(ahead), bool)} | {kind: kinds == kind for kind in sorted(set(kinds.tolist()))}
    return {
        name: {"ahead": round(float(ahead[at].mean()), 4), "error": round(float(ahead[at].std() / np.sqrt(at.sum())), 4)}
        for name, at in groups.items()
    }


def read_texts(samples: Sequence[Sample], named: dict[str, Extractor]) -> dict[str, list[str]]:
    """Every extractor's text of every page; one that raises has none."""
    return {name: [_try(extract, sample) for sample in samples] for name, extract in named.items()}


def _try(extract: Extractor, sample: Sample) -> str:
    try:
        return extract(sample)
    except Exception:
        return ""


def measure_snippets(samples: Sequence[Sample], texts: dict[str, list[str]]) -> dict[str, Any]:
    """Figures of every extractor on pages of which snippets are known."""
    return {
        name: Snippets.figures([Snippets.of(text, sample) for text, sample in zip(found, samples, strict=True)])
        for name, found in texts.items()
    }


def measure_bags(samples: Sequence[Sample], texts: dict[str, list[str]]) -> dict[str, Any]:
    """F1 of every extractor on pages with gold text, by type, and our lead over each."""
    scores = {
        name: [bag_scores(text, sample.gold, SIGN_OR_WORD)[2] for text, sample in zip(found, samples, strict=True)]
        for name, found in texts.items()
    }
    mine = scores[PAIR[0]]
    return {
        "f1": {name: by_type(samples, found) for name, found in scores.items()},
        "lead": {name: lead(samples, mine, found) for name, found in scores.items() if name != PAIR[0]},
    }


def show(figures: dict[str, Any]) -> None:
    """Both tables, and what the models of these figures had seen."""
    print("each page by models that did not see its site; the shipped model was trained on all of these pages")
    for name, row in figures["segments"].items():
        print(f"segments  {name:28s}" + "".join(f"  {what} {value:.4f}" for what, value in row.items()))
    for name, row in figures["zh_pages"]["f1"].items():
        print(f"zh_pages  {name:28s}" + "".join(f"  {what} {value:.4f}" for what, value in row.items()))
    for name, row in figures["zh_pages"]["lead"].items():
        cells = "".join(f"  {what} {one['ahead']:+.4f} ± {one['error']:.4f}" for what, one in row.items())
        print(f"ahead of  {name:28s}{cells}")


def main() -> None:
    """Print the tables and write results/cleaning/other_sets.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds segments/ and zh_pages/")
    parser.add_argument("--folds", type=Path, required=True, help="folder with fold-0.json ... and types-0.json ...")
    given = parser.parse_args()
    named = {PAIR[0]: ours(CleanPlan(), given.folds), PAIR[1]: trafilatura_with(), WITH_COMMENTS: trafilatura_with(comments=True)}
    measures = dict(zip(SETS, (measure_snippets, measure_bags), strict=True))
    figures: dict[str, Any] = {"pages": {}}
    for name, measure in measures.items():
        samples = read_samples(given.data / name)
        figures["pages"][name] = len(samples)
        figures[name] = measure(samples, read_texts(samples, named))
    show(figures)
    gated = {f"segments.{PAIR[0]}.f": "min"}
    gated |= {f"zh_pages.f1.{PAIR[0]}.{kind}": "min" for kind in ("all", "article", "forum")}
    gate.save_result(
        "cleaning/other_sets", figures, gate.digest_files(*(given.data / name / "pages.parquet" for name in SETS)), gated
    )


if __name__ == "__main__":
    main()
