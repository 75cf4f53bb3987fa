"""Train the single-page spam score: count what established English looks like, learn weights on one spinner.

    python -m benchmarks.training.spam_weights --data DATA

writes ``corpus_tools/spam/data/pairs.tsv``, ``substitutions.tsv`` and ``weights.json``. The only spinner used is
the one with WordNet's synonyms; pages of the ``judged`` part are not used.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise, repeat
from pathlib import Path
from typing import Any

import numpy as np

import corpus_tools
from benchmarks.data.spam_pages import HonestPage, cut_window, draw_pages, honest_pages, tortured_phrases
from benchmarks.data.spinners import Recipe, spin
from benchmarks.data.synonyms import WordNet
from corpus_tools.spam.reference import Reference, parse_reference
from corpus_tools.spam.tokens import Array, read_tokens, tokenize
from corpus_tools.spam.wording_signs import CELLS, FEATURES, Items, measure, read_items

OUT = Path(corpus_tools.__file__).parent / "spam" / "data"
MIN_WORD, MIN_PAIR = 3, 2
"""Words and pairs counted less often are left out."""
MAX_ORIGINALS = 6
ESTABLISHED = 3
"""What an established phrase of the training half adds to the count of its pairs."""
PRIOR = 0.05
"""Share of spun pages the probability is calibrated to."""
FOLDS = 4
RATES = (0.1, 0.2, 0.3, 0.5, 0.7)
FUNCTION_RATES = (0.0, 0.05, 0.15, 0.3)
LENGTHS = (100, 200, 400, 800, 1500)


def count_words(pages: Iterable[HonestPage], phrases: Iterable[Sequence[str]]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Counts of words and of neighbours; a line that was met before (templates, revisions) is not counted again."""
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    seen: set[str] = set()
    for page in pages:
        for line in page.text.split("\n"):
            if line.strip() not in seen:
                seen.add(line.strip())
                _count_line(tokenize(line), words, pairs, 1)
    for phrase in phrases:
        _count_line(phrase, words, pairs, ESTABLISHED)
    return words, pairs


def _count_line(tokens: Sequence[str], words: Counter[str], pairs: Counter[tuple[str, str]], weight: int) -> None:
    for token in tokens:
        if token[0].isalpha():
            words[token] += weight
    for left, right in pairwise(tokens):
        if left[0].isalpha() and right[0].isalpha():
            pairs[left, right] += weight


def pair_lines(words: Counter[str], pairs: Counter[tuple[str, str]]) -> list[str]:
    """The lines of ``pairs.tsv``: word, count, then the words that follow it with their counts (1 is left out)."""
    vocabulary: dict[str, list[str]] = {word: [] for word, count in sorted(words.items()) if count >= MIN_WORD}
    for (left, right), count in sorted(pairs.items()):
        if left in vocabulary and right in vocabulary and count >= MIN_PAIR:
            vocabulary[left].append(f"{right} {count}")
    return [f"{word}\t{words[word]}\t{' '.join(nexts)}" for word, nexts in vocabulary.items()]


def substitution_lines(phrases: Iterable[tuple[Sequence[str], Sequence[str]]]) -> list[str]:
    """The lines of ``substitutions.tsv``: a word of tortured phrases and the words it stood for, most frequent first.

    A thesaurus would know more words, and was measured: with half of WordNet's the sign overrates the training spinner
    and points the wrong way on a spinner with another thesaurus.
    """
    support: dict[str, Counter[str]] = {}
    for tortured, established in phrases:
        if len(tortured) == len(established):
            for new, old in zip(tortured, established, strict=True):
                if new[:4] != old[:4] and min(len(new), len(old)) > 2:
                    support.setdefault(new, Counter())[old] += 1
    rows = ((new, sorted(olds, key=lambda old: (-olds[old], old))[:MAX_ORIGINALS]) for new, olds in sorted(support.items()))
    return [f"{new}\t{' '.join(olds)}" for new, olds in rows]


def make_examples(pages: Sequence[HonestPage], seed: int) -> list[tuple[int, int, str]]:
    """(page number, 1 when spun, text): every page honest, as it is and as the spinner lays it out, and spun at two rates.

    Pages of sources with few of them are taken several times, each time another window of words.
    """
    rng = random.Random(seed)
    wordnet = WordNet()
    often = Counter(page.source for page in pages)
    made = []
    windows = {source: -(-max(often.values()) // n) for source, n in often.items()}
    for number, page in chain.from_iterable(repeat(one, windows[one[1].source]) for one in enumerate(pages)):
        text = cut_window(page.text, rng.choice(LENGTHS), rng)
        made.append((number, 0, text))
        made.append((number, 0, spin(text, wordnet, Recipe(0, 0, "none", 0, boilerplate=False), page.name)))
        for rate in rng.sample(RATES, 2):
            recipe = Recipe(rate, rng.choice(FUNCTION_RATES), "none", 0, boilerplate=False)
            made.append((number, 1, spin(text, wordnet, recipe, page.name)))
    return made


def learn_tables(examples: Iterable[tuple[int, Mapping[str, Items]]]) -> dict[str, Array]:
    """Log-likelihood ratios of each class of item, spun against honest, shrunk towards 0 and within -3..3."""
    counts = {name: np.zeros((2, size)) for name, size in CELLS.items()}
    for spun, items in examples:
        for found in items.values():
            counts[found.table][spun] += np.bincount(found.cells, minlength=CELLS[found.table])
    tables = {}
    for name, (honest, spun_counts) in counts.items():
        share = (honest + spun_counts + 1) / (honest + spun_counts + 1).sum()
        alike = 20 * share  # twenty items of either kind as if there were no difference
        top = (spun_counts + alike) / (spun_counts.sum() + 20)
        bottom = (honest + alike) / (honest.sum() + 20)
        shrink = (honest + spun_counts) / (honest + spun_counts + 10)
        tables[name] = np.clip(np.log(top / bottom) * shrink, -3, 3).round(3)
    return tables


def fit_logistic(features: Array, spun: Array) -> tuple[Array, float]:
    """Non-negative weights and a bias by Newton's method; classes weighted to PRIOR, ridge on standardised features.

    A weight that comes out negative is set to 0 and the rest is fitted again: evidence never speaks for honesty alone.
    """
    scale = features.std(0) + 1e-9
    x = np.column_stack([features / scale, np.ones(len(features))])
    each = len(spun) * np.where(spun == 1, PRIOR / spun.sum(), (1 - PRIOR) / (spun == 0).sum())
    used = np.ones(x.shape[1], bool)
    while True:
        weights = np.zeros(x.shape[1])
        weights[used] = _newton(x[:, used], spun, each)
        if (weights[:-1] >= 0).all():
            return weights[:-1] / scale, float(weights[-1])
        used[int(weights[:-1].argmin())] = False


def _newton(x: Array, spun: Array, each: Array, ridge: float = 1.0) -> Array:
    penalty = np.diag([*[ridge] * (x.shape[1] - 1), 0.0])
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -40, 40)))
        slope = x.T @ (each * (p - spun)) + penalty @ weights
        curve = (x * (each * p * (1 - p))[:, None]).T @ x + penalty
        weights = weights - np.linalg.solve(curve, slope)
    return weights


def train(pages: Sequence[HonestPage], reference: Reference, seed: int = 1) -> dict[str, Any]:
    """The content of ``weights.json``; features are measured with tables learned on other pages."""
    examples = make_examples(pages, seed)
    items = [(number, spun, read_items(read_tokens(text, reference), reference)) for number, spun, text in examples]
    rows = np.zeros((len(items), len(FEATURES)))
    for fold in range(FOLDS):
        tables = learn_tables((spun, found) for number, spun, found in items if number % FOLDS != fold)
        for at, (number, _, found) in enumerate(items):
            if number % FOLDS == fold:
                rows[at] = list(measure(found, tables).values())
    weights, bias = fit_logistic(rows, np.array([spun for _, spun, _ in items], float))
    tables = learn_tables((spun, found) for _, spun, found in items)
    return {
        "prior": PRIOR,
        "bias": round(bias, 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(FEATURES, weights, strict=True)},
        "tables": {name: table.tolist() for name, table in tables.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--pages", type=int, default=400, help="pages a source to train on, at most")
    given = parser.parse_args()
    pages = list(honest_pages(given.data))
    phrases = tortured_phrases(given.data, "train")
    words, pairs = count_words((page for page in pages if page.part == "reference"), [old for _, old in phrases])
    lines, substitutions = pair_lines(words, pairs), substitution_lines(phrases)
    print(f"{sum(words.values())} words counted, {len(lines)} kept, {sum(line.count(' ') for line in lines)} tokens of pairs")
    reference = parse_reference(lines, substitutions)
    found = train(draw_pages((page for page in pages if page.part == "weights"), given.pages, 1), reference)
    (given.out / "pairs.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (given.out / "substitutions.tsv").write_text("\n".join(substitutions) + "\n", encoding="utf-8")
    (given.out / "weights.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: found[name] for name in ("bias", "weights")}, indent=1))
    print({name: found["tables"][name] for name in ("words", "grammar")})


if __name__ == "__main__":
    main()
