"""Which words are immutable: those rare in the corpus (the package's way), or those a thesaurus has no synonyms for.

Trees are trained for each way on pages spun with WordNet, which is also the thesaurus; recall is measured on pages of the other half of
MedQuAD, spun with another thesaurus, at precision 0.99 against every honest pair.

    python -m benchmarks.rewrites.immutable_words --data DATA/medquad [--spinner pivot]
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks import gate
from benchmarks.data.spun_pages import KINDS, SPINNERS, Honest, read_honest, recipe, spun_pages
from benchmarks.data.synonyms import WordNet, inflected
from benchmarks.rewrites.recall import Bench
from benchmarks.training.rewrite_model import DIRECTIONS, GROWTH, NAMES, TREES, grow
from benchmarks.training.rewrite_pairs import english_siblings, swapped_sets
from corpus_tools.kernels.forest import Forest
from corpus_tools.kernels.tokens import hash_word
from corpus_tools.rewrite import vocabulary
from corpus_tools.rewrite.languages import LANGUAGES
from corpus_tools.rewrite.model import HEADS, Head, RewriteModel

Array = np.ndarray[Any, np.dtype[Any]]
KEPT = ("order", "rate", "candidate_recall", "recall_at_p99", "candidates_per_page")
"""Of the figures of a row, those that the way bears on."""


def thesaurus_kinds(texts: list[str]) -> Array:
    """``Vocabulary.kinds`` with 2 for words that WordNet has no synonyms for, in whatever inflection."""
    kinds, source = np.full(vocabulary.WORD_SLOTS, 2, np.uint8), WordNet()
    for word in set(re.findall(r"[a-z]+", " ".join(texts).lower())):
        if inflected(source, word):
            kinds[hash_word(word) & (vocabulary.WORD_SLOTS - 1)] = 0
    kinds[LANGUAGES[0].hashes & np.uint32(vocabulary.WORD_SLOTS - 1)] = 1
    return kinds


def teach(honest: Honest) -> RewriteModel:
    """A model of the head *words* alone, taught with the words that are immutable now as the shipped one is, but with English pages alone."""
    sets = [*swapped_sets(honest), english_siblings(honest)]
    true, false = (np.concatenate([one.measures[one.true == wanted] for one in sets]) for wanted in (True, False))
    trees = Forest.of(grow(true, false, NAMES["words"], DIRECTIONS["words"], TREES["words"], **GROWTH["words"]))
    return RewriteModel(dict.fromkeys(HEADS, Head(trees, 1.0, 0.0)), trees, -np.inf)


def measure_way(data: Path, spinner: str) -> list[dict[str, Any]]:
    """Rows of candidate recall, recall at precision and candidates a page, of pages spun in both orders at both rates."""
    bench, synonyms, rows = Bench(data, False), SPINNERS[spinner](), []
    bench.model = teach(bench.honest)
    for kind in KINDS:
        for rate in (0.5, 0.7):
            made = spun_pages(bench.honest, synonyms, recipe(rate, kind), 1, 300, "dev")
            row = bench.row({"order": kind, "rate": rate}, *made)
            rows.append({name: row[name] for name in KEPT})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with MedQuAD's pages.parquet")
    parser.add_argument("--spinner", default="pivot", choices=list(SPINNERS))
    options = parser.parse_args()
    figures: dict[str, Any] = {"spinner": options.spinner, "rarity": measure_way(options.data, options.spinner)}
    kinds = thesaurus_kinds(read_honest(options.data).texts)
    with patch.object(vocabulary.Vocabulary, "kinds", kinds):
        figures["thesaurus"] = measure_way(options.data, options.spinner)
    gate.save_result("rewrites/immutable_words", figures, gate.digest_files(options.data / "pages.parquet"))


if __name__ == "__main__":
    main()
