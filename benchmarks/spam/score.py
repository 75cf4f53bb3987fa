"""How well single pages are judged: spun against honest by rate, false alarms on honest pages, reasons to read.

    python -m benchmarks.spam.score --data DATA [--pages 200] [--samples samples]

Pages, spinners but one, and half of the tortured phrases were never seen in training (``benchmarks/training/spam_weights.py``, trained on the
spinner with WordNet's synonyms). Spun pages are compared with their originals laid out by the same spinner at rate 0, so
that layout gives nothing away. Writes ``results/spam/score.json`` and ``results/spam/reasons.md``.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import gate
from benchmarks.data.spam_pages import HonestPage, cut_window, draw_pages, honest_pages, tortured_phrases
from benchmarks.data.spinners import Recipe, spin
from benchmarks.data.synonyms import Aiksaurus, Everyday, Synonyms, WordNet
from corpus_tools.spam.judge import DEFAULT_CUT, SpamEvidence, judge_page
from corpus_tools.spam.reference import load_reference
from corpus_tools.spam.tokens import read_tokens
from corpus_tools.spam.tortured import find_tortured

SAMPLES = Path(__file__).parents[2] / "samples"
RATES = (0.1, 0.2, 0.3, 0.5, 0.7)
MIN_WORDS, MAX_WORDS = 80, 1500
SPUN_SOURCES = ("medquad", "vagov", "wcxb articles")


def rank_auc(honest: Sequence[float], spun: Sequence[float]) -> float:
    """Probability that a spun page scores above an honest one; ties count half (area under the ROC curve)."""
    both = np.concatenate([honest, spun])
    _, places, often = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(often) - (often - 1) / 2)[places]
    n = len(spun)
    return float((ranks[len(honest) :].sum() - n * (n + 1) / 2) / (n * len(honest)))


def judge_spun(pages: Sequence[HonestPage], synonyms: Synonyms) -> dict[str, dict[str, dict[str, float]]]:
    """source -> rate -> AUC, where no score counts as 0; AUC of the pages that have a score, and their share; recall at the default cut."""
    rng = random.Random(5)
    scores: dict[str, dict[float, list[float | None]]] = {}
    for page in pages:
        text = cut_window(page.text, MAX_WORDS, rng)
        if len(text.split()) >= MIN_WORDS:
            for rate in (0.0, *RATES):
                recipe = Recipe(rate, 0.05 if rate else 0.0, "light" if rate else "none", 0, boilerplate=False)
                score = judge_page(spin(text, synonyms, recipe, page.name)).score
                scores.setdefault(page.source, {}).setdefault(rate, []).append(score)
    return {
        source: {
            f"{rate:.0%}": {
                "auc": round(rank_auc(_or_none(by_rate[0.0]), _or_none(by_rate[rate])), 4),
                "auc_judged": round(rank_auc(_judged(by_rate[0.0]), _judged(by_rate[rate])), 4),
                "judged": round(len(_judged(by_rate[rate])) / len(by_rate[rate]), 4),
                "recall": round(float(np.mean([score >= DEFAULT_CUT for score in _or_none(by_rate[rate])])), 4),
                "pages": len(by_rate[rate]),
            }
            for rate in RATES
        }
        for source, by_rate in scores.items()
    }


def _or_none(scores: Sequence[float | None]) -> list[float]:
    """Scores, 0 for pages without one."""
    return [score or 0.0 for score in scores]


def _judged(scores: Sequence[float | None]) -> list[float]:
    return [score for score in scores if score is not None]


def false_alarms(pages: Iterable[HonestPage]) -> dict[str, dict[str, float]]:
    """source -> share of honest pages at or over the default cut, their number, and milliseconds a page."""
    found: dict[str, list[tuple[float, float]]] = {}
    judge_page("A first page loads the statistics and the kernels, which is not what is timed.")
    for page in pages:
        start = time.process_time()
        score = judge_page(page.text, page.title).score or 0.0
        found.setdefault(page.source, []).append((score, time.process_time() - start))
    rows = {}
    for source, judged in sorted(found.items()):
        scores = np.array([score for score, _ in judged])
        rows[source] = {
            "pages": len(judged),
            "false_alarms": round(float((scores >= DEFAULT_CUT).mean()), 5),
            "at_0.3": round(float((scores >= 0.3).mean()), 5),
            "at_0.9": round(float((scores >= 0.9).mean()), 5),
            "ms_a_page": round(1000 * float(np.mean([seconds for _, seconds in judged])), 3),
        }
    return rows


def judge_tortured(data: Path) -> dict[str, float]:
    """Share of held-out phrases, tortured and established, in which a tortured phrase is found."""
    reference = load_reference()
    hits, total = np.zeros(2), 0
    for both in tortured_phrases(data, "test"):
        if min(map(len, both)) < 2:
            continue
        total += 1
        for side, words in enumerate(both):
            tokens = read_tokens(f"we have used the {' '.join(words)} in this work with the help of it", reference)
            hits[side] += any(4 <= one.place < 3 + len(words) for one in find_tortured(tokens, reference))
    return {
        "phrases": total,
        "tortured_found": round(float(hits[0]) / total, 4),
        "established_found": round(float(hits[1]) / total, 4),
    }


def judge_samples(samples: Path) -> dict[str, dict[str, float]]:
    """The project's own sample pages by relation: lowest, mean and highest score of their clean text."""
    scores: dict[str, list[float]] = {}
    with (samples / "labels.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            gold = (samples / "gold" / row["page"]).with_suffix(".txt")
            if gold.exists() and gold.stat().st_size > 400:
                scores.setdefault(row["relation"], []).append(judge_page(gold.read_text(encoding="utf-8")).score or 0.0)
    return {
        name: {"pages": len(held), "lowest": min(held), "mean": round(float(np.mean(held)), 4), "highest": max(held)}
        for name, held in sorted(scores.items())
    }


def write_reasons(pages: Sequence[HonestPage], synonyms: Synonyms, out: Path) -> None:
    """Twenty pages with their reasons: the four honest pages with the highest scores, and sixteen spun ones."""
    free = [page for page in pages if page.source in ("medquad", "vagov") and len(page.text.split()) >= MIN_WORDS]
    honest = sorted(((judge_page(page.text, page.title), page) for page in free), key=lambda one: -(one[0].score or 0.0))[:4]
    lines = [
        "# Reasons shown for twenty pages",
        "",
        "Pages of MedQuAD (CC BY 4.0) and of the veterans' site (CC0), never trained on.",
    ]
    for found, page in honest:
        lines += _reason_lines(f"honest: {page.name}", found)
    for at, page in enumerate(random.Random(9).sample(free, 16)):
        rate = (0.1, 0.3, 0.5, 0.7)[at % 4]
        text = spin(page.text, synonyms, Recipe(rate, 0.05, "light", 0, boilerplate=False), page.name)
        lines += _reason_lines(f"spun at {rate:.0%} by {synonyms.name}: {page.name}", judge_page(text, page.title))
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _reason_lines(name: str, found: SpamEvidence) -> list[str]:
    rows = [f"| {one.sign} | {one.weight:.2f} | {' '.join(one.passage.split()).replace('|', '/')} |" for one in found.reasons[:12]]
    return [
        "",
        f"## {name}",
        "",
        "No score" if found.score is None else f"Score {found.score:.3f}",
        "",
        "| sign | weight | passage |",
        "|---|---|---|",
        *rows,
    ]


def print_table(figures: dict[str, Any]) -> None:
    for spinner, by_source in figures["spun"].items():
        for source, by_rate in by_source.items():
            row = "  ".join(
                f"{rate} {held['auc']:.3f}/{held['auc_judged']:.3f}/{held['judged']:.2f}/{held['recall']:.2f}"
                for rate, held in by_rate.items()
            )
            print(f"{spinner:10} {source:14} AUC/of judged/judged/recall  {row}")
    for source, held in figures["honest"].items():
        print(f"{source:14} {held}")
    print("held-out tortured phrases", figures["tortured"])
    for relation, held in figures["samples"].items():
        print(f"sample {relation:16} {held}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=200, help="pages a source to spin, at most")
    parser.add_argument("--samples", type=Path, default=SAMPLES)
    given = parser.parse_args()
    pages = [page for page in honest_pages(given.data) if page.part == "judged"]
    spun = [page for page in draw_pages(pages, given.pages, 2) if page.source in SPUN_SOURCES]
    second = Aiksaurus()
    spinners: list[Synonyms] = [second, Everyday(), WordNet()]
    figures = {
        "honest": false_alarms(pages),
        "spun": {spinner.name: judge_spun(spun, spinner) for spinner in spinners},
        "tortured": judge_tortured(given.data),
        "samples": judge_samples(given.samples),
    }
    print_table(figures)
    gated = {f"spun.{second.name}.{source}.{rate}.auc": "min" for source in SPUN_SOURCES for rate in ("30%", "50%", "70%")}
    gated |= {f"honest.{source}.false_alarms": "max" for source in ("medquad", "vagov")}
    files = [given.data / name / "pages.parquet" for name in ("medquad", "vagov", "wcxb")]
    gate.save_result("spam/score", figures, gate.digest_files(*files), gated)
    write_reasons(pages, second, gate.RESULTS / "spam" / "reasons.md")


if __name__ == "__main__":
    main()
