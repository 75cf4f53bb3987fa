"""Which words are immutable: those rare in the corpus (the package's way), or those a thesaurus has no synonyms for.

Trees are trained for each way on pages spun with WordNet, which is also the thesaurus; recall is measured on pages of the other half of
MedQuAD, spun with another thesaurus, at precision 0.99 against every honest pair.

    python benchmarks/spun_immutables.py --data DATA/medquad [--spinner pivot]
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import gate
import numpy as np
from spinners import WordNet, inflected
from spun import judge
from spun_pairs import (
    KINDS,
    SPINNERS,
    Honest,
    drop_repeats,
    find_repeats,
    measure_set,
    near_scores,
    read_honest,
    recipe,
    select,
    spun_pages,
)  # fmt: skip
from train_spun import PAGES, RATES, train

from corpus_tools import vocabulary
from corpus_tools._token_kernels import hash_word
from corpus_tools.cluster.spun_model import SpunModel
from corpus_tools.plan import SpinPlan

Array = np.ndarray[Any, np.dtype[Any]]


def thesaurus_kinds(texts: list[str]) -> Array:
    """``Vocabulary.kinds`` with 2 for words that WordNet has no synonyms for, in whatever inflection."""
    kinds, source = np.full(vocabulary.WORD_SLOTS, 2, np.uint8), WordNet()
    for word in set(re.findall(r"[a-z]+", " ".join(texts).lower())):
        if inflected(source, word):
            kinds[hash_word(word) & (vocabulary.WORD_SLOTS - 1)] = 0
    for word in vocabulary.FUNCTION_WORDS:
        kinds[hash_word(word) & (vocabulary.WORD_SLOTS - 1)] = 1
    return kinds


def measure_way(honest: Honest, spinner: str) -> list[dict[str, Any]]:
    """Rows of candidate recall, recall at precision and candidates a page, of pages spun in both orders at both rates."""
    base, repeats = len(honest.texts), find_repeats(honest)
    every = measure_set(honest.texts, np.arange(base))[0]

    def spun_set(name: str, rate: float, kind: str, half: int, seed: str) -> Any:
        chosen, spun = spun_pages(honest, SPINNERS[name](), recipe(rate, kind), half, PAGES, seed)
        texts = [*honest.texts, *spun]
        near = near_scores(texts, np.array(chosen), np.arange(base, len(texts))) >= 1.0
        return drop_repeats(measure_set(texts, np.array([*range(base), *chosen]), base)[0], repeats), near

    own = drop_repeats(every, repeats)
    half = select(own, (honest.half[own.left] == 0) & (honest.half[own.right] == 0))
    sets = [half, *(spun_set("wordnet", rate, kind, 0, "train")[0] for rate in RATES for kind in KINDS)]
    part = np.array([len(text) & 1 for text in honest.texts])
    model = SpunModel.of(train([select(one, ~one.vetoed) for one in sets], part))
    rows = []
    for kind in KINDS:
        for rate in RATES:
            one, near = spun_set(spinner, rate, kind, 1, "dev")
            row = judge(one, own, model, SpinPlan().threshold, near)
            kept = {name: round(row[name], 4) for name in ("candidate_recall", "recall_at_p99", "candidates_per_page")}
            rows.append({"order": kind, "rate": rate} | kept)
            print(rows[-1], flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with MedQuAD's pages.parquet")
    parser.add_argument("--spinner", default="pivot", choices=list(SPINNERS))
    options = parser.parse_args()
    honest = read_honest(options.data)
    figures: dict[str, Any] = {"spinner": options.spinner, "rarity": measure_way(honest, options.spinner)}
    kinds = thesaurus_kinds(honest.texts)
    vocabulary._word_kinds = lambda words, documents: kinds
    figures["thesaurus"] = measure_way(honest, options.spinner)
    gate.save_result("spun_immutables", figures, gate.digest_data(options.data / "pages.parquet"))


if __name__ == "__main__":
    main()
