"""Weighs the words that tell pages of the spam score's field from others, so that the wording of the field's pages alone is judged.

    python -m benchmarks.training.spam_domain --data DATA

A logistic regression over which words a page holds, taught with pages of the field as they are and with half and 70% of their words
swapped (WordNet), against pages of other fields, each once more as its first BEGINNING words. Of every set only the pages that ``phrasebook.is_learned`` names teach, and none that
``spam.score`` judges. The bounds in ``domain`` are chosen on these pages too: each half is judged by weights that the other half
taught. The shares of the remaining pages that are of the field are printed. Rewrites ``corpus_tools/spam/data/domain.json``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from benchmarks.data.spam_pages import draw_pages, honest_pages
from benchmarks.data.spinners import Recipe, spin
from benchmarks.data.synonyms import WordNet
from benchmarks.training.phrasebook import SETS, honest_texts, is_learned
from corpus_tools.spam.domain import FAR, FILE, field_odds, foreign, load_domain
from corpus_tools.spam.judge import DEFAULT_CUT, judge_page
from corpus_tools.spam.reference import load_reference
from corpus_tools.spam.tokens import read_tokens

Array = np.ndarray[Any, np.dtype[Any]]
FIELD, OTHER = ("medquad", "vagov", "cochrane"), ("wcxb", "rewrites", "web_pairs")
"""Sets of pages of the field, and of pages of all fields."""
RATES, SPUN = (0.5, 0.7), 200
"""Shares of words that are swapped, and pages of a source that are spun."""
BEGINNING = 60
"""Different words of a page that make a short one of it."""
MIN_PAGES, RIDGE = 25, 3.0
"""Pages that must hold a word for it to have a weight, and how strongly weights are held to 0."""


class Taught:
    """The words of pages, whether each is of the field, and how much it counts: every set of a side as much as another."""

    def __init__(self, pages: list[tuple[str, bool, list[str]]]) -> None:
        self.names, self.own = [name for name, _, _ in pages], np.array([own for _, own, _ in pages], float)
        self.words = [words for _, _, words in pages]
        sizes = Counter(self.names)
        sides = [sum(name.startswith("other") == bool(side) for name in sizes) for side in (0, 1)]
        counts = [sizes[name] * sides[name.startswith("other")] for name in self.names]
        self.weights = len(pages) / 2 / np.array(counts, float)

    def matrix(self, columns: dict[str, int]) -> Any:
        """Rows of equal values, of length 1."""
        held = [[columns[word] for word in words if word in columns] for words in self.words]
        ends = np.cumsum([0, *map(len, held)])
        values = np.concatenate([np.full(len(one), 1 / np.sqrt(max(1, len(one)))) for one in held])
        return csr_matrix((values, np.concatenate([np.array(one, np.int64) for one in held]), ends), (len(held), len(columns)))


def page_words(text: str) -> list[str]:
    """The different words of a page."""
    tokens = read_tokens(text, load_reference())
    return [tokens.word(at) for at in tokens.first[tokens.is_word[tokens.first]].tolist()]


def teaching_pages(data: Path) -> Taught:
    """Pages of the field, as they are and spun, and pages of other fields; and then what each begins with."""
    judged = {page.name for page in honest_pages(data) if page.part == "judged"}
    pages = [
        (name if name in FIELD else f"other {name}", name in FIELD, page_words(text))
        for name in (*FIELD, *OTHER)
        for one, text in honest_texts(data, name)
        if is_learned(one) and not (name in FIELD and one in judged)
    ]
    drawn = draw_pages([page for page in honest_pages(data) if page.part == "weights" and page.source in FIELD], SPUN, 2)
    synonyms = WordNet()
    for page in drawn:
        for rate in RATES:
            spun = spin(page.text, synonyms, Recipe(rate, 0.05, "light", 0, boilerplate=False), page.name)
            pages.append((f"spun {page.source}", True, page_words(spun)))
    return Taught([*pages, *((f"{name}, short", own, words[:BEGINNING]) for name, own, words in pages)])


def fit(rows: Any, own: Array, weights: Array) -> Array:
    """Weights of the columns. There is no bias: a page of few words is neither of the field nor of another."""

    def loss(theta: Array) -> tuple[float, Array]:
        odds = rows @ theta
        value = float(weights @ np.logaddexp(0, np.where(own > 0, -odds, odds))) + RIDGE / 2 * float(theta @ theta)
        return value, rows.T @ (weights * (1 / (1 + np.exp(-odds)) - own)) + RIDGE * theta

    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x)


def show_crossed(taught: Taught, rows: Any) -> None:
    """What each half of the pages would lose by weights that the other half taught, by set."""
    half = np.arange(len(taught.own)) % (len(taught.own) // 2) % 2  # a page and its beginning in one half
    odds = np.empty(len(half))
    for one in (0, 1):
        others = half != one
        theta = fit(rows[others], taught.own[others], taught.weights[others])
        odds[half == one] = rows[half == one] @ theta
    for name in sorted(set(taught.names)):
        own = odds[np.array(taught.names) == name]
        taken = np.mean([foreign(value) for value in own])
        print(f"{name:23} below FAR {(own < FAR).mean():6.1%}  taken {taken:.2f}  of {len(own):,} pages, by the other half")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    taught = teaching_pages(data)
    whole = (words for words, name in zip(taught.words, taught.names, strict=True) if "spun" not in name and "short" not in name)
    often = Counter(word for words in whole for word in words)
    columns = {
        word: at for at, word in enumerate(sorted(word for word, n in often.items() if n >= MIN_PAGES and word[0].isalpha()))
    }
    rows = taught.matrix(columns)
    show_crossed(taught, rows)
    theta = np.rint(1000 * fit(rows, taught.own, taught.weights)).astype(int)
    words = {word: int(theta[at]) or 1 for word, at in columns.items()}
    FILE.write_text(json.dumps(words, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    load_domain.cache_clear()
    print(f"{len(words):,} words")
    for name in SETS:
        texts = [text for one, text in honest_texts(data, name) if not is_learned(one)]
        near = np.mean([field_odds(read_tokens(text, load_reference())) >= FAR for text in texts])
        alarms = np.mean([(judge_page(text).score or 0.0) >= DEFAULT_CUT for text in texts])
        print(f"{name:10} {near:6.1%} of {len(texts):,} pages are of the field, {alarms:.2%} alarms")


if __name__ == "__main__":
    main()
