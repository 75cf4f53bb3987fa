"""Fits the notice model: which words say that a sentence is part of a notice, and of which kind.

    python -m benchmarks.training.notice_model --data DATA              # writes corpus_tools/clean/lines/notice_model.tsv
    python -m benchmarks.training.notice_model --data DATA --folds DIR  # one model a fold of sites, to judge thresholds by

Notices are blocks of WCXB pages that are not in their gold, assigned to kinds by cue (``benchmarks/data/planting.py``), and the sentences of
notice_sentences.toml; text is the gold of WCXB and of MedQuAD. Only the development half is read. L2-regularised
logistic regression on words and word pairs (scipy's L-BFGS); weights that say little are dropped.
"""

from __future__ import annotations

import argparse
import tomllib
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from tld import get_fld

import corpus_tools
from benchmarks.data import planting
from benchmarks.data.planting_words import NOTICES
from corpus_tools.clean.lines.notice_model import NOTICE_WEIGHTS, ngrams
from corpus_tools.clean.lines.sentences import split_sentences
from corpus_tools.cut import fold_line

KINDS = ("advert", "comment_form", "cookie_notice", "disclaimer", "navigation", "newsletter", "paywall_notice", "share_bar")
FOLDS = 4
MIN_SEEN = 3
"""Sentences a feature stands in before it gets a weight."""
PENALTY = 0.3
MIN_WEIGHT = 0.25
MIN_CUE, CUE_RATIO, COMMON = 3, 8.0, 0.004
"""Letters of the shortest cue, how many times as frequent in notices as in text it is at least, and how frequent in text at most."""
TEXT_SENTENCES = 120_000
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A folded sentence, the kind of notice it is part of or '', and its weight."""

    text: str
    kind: str
    fold: int
    weight: float = 1.0


def fold_of(address: str) -> int:
    """The fold of an address: a registered domain is in one only."""
    return zlib.crc32(f"notice {get_fld(address, fail_silently=True) or address}".encode()) % FOLDS


def read_examples(data: Path) -> list[Example]:
    """Sentences of the development half, notices first."""
    pages = pl.read_parquet(data / "wcxb" / "pages.parquet").filter(pl.col("gold").str.len_chars() > 0)
    pages = pages.filter([half == "development" for half in planting.halves_of(map(str, pages["url"]))])
    examples = []
    for number in range(FOLDS):
        mined = planting.Pool.mine(pages.filter([fold_of(str(url)) == number for url in pages["url"]]), "development")
        for kind in KINDS:
            written = set(NOTICES.get(kind, ()))
            found = [passage for passage in mined.passages[kind] if passage not in written]
            examples += [Example(text, kind, number, 1.0) for passage in found for text in split(passage)]
    own = tomllib.loads((Path(__file__).parent / "notice_sentences.toml").read_text(encoding="utf-8"))
    lists = [*((kind, text.strip().splitlines()) for kind, text in own.items()), *((kind, NOTICES[kind][::2]) for kind in NOTICES)]
    examples += [Example(text, kind, -1) for kind, found in lists for line in found for text in split(line)]
    return examples + _read_text(data, pages)


def split(text: str) -> list[str]:
    """Its sentences, folded; those of one word or less are left out."""
    found = [fold_line(text[start:end]).strip() for start, end in split_sentences(text)]
    return [one for one in found if len(one) > 1]


def _read_text(data: Path, pages: pl.DataFrame) -> list[Example]:
    medquad = pl.read_parquet(data / "medquad" / "pages.parquet")
    found = {
        (text, fold_of(str(url)))
        for url, gold in zip(pages["url"], pages["gold"], strict=True)
        for line in str(gold).split("\n")
        for text in split(line.strip())
    }
    health = {
        (text, zlib.crc32(str(name).encode()) % FOLDS)
        for name, answer in zip(medquad["id"], medquad["text"], strict=True)
        if planting.half_of(str(name)) == "development"
        for line in str(answer).split("\n")
        for text in split(line.strip())
    }
    chosen = Random(1).sample(sorted(found), min(TEXT_SENTENCES, len(found))) + Random(2).sample(
        sorted(health), min(TEXT_SENTENCES // 4, len(health))
    )
    return [Example(text, "", number) for text, number in chosen]


def fit(examples: Sequence[Example]) -> tuple[float, dict[str, float], dict[str, dict[str, float]]]:
    """Bias, weight of each feature, and what each says about the kind."""
    found = [ngrams(example.text) for example in examples]
    seen = Counter(feature for one in found for feature in set(one))
    inside = _spread(found, examples)
    names = sorted(feature for feature, count in seen.items() if count >= MIN_SEEN and (inside[feature] >= 2 or count >= 30))
    table = _table(found, names)
    kinds = np.array([example.kind for example in examples])
    bias, weights = _logistic(table, kinds != "", np.array([example.weight for example in examples]))
    notices = np.flatnonzero(kinds != "")
    named: dict[str, dict[str, float]] = {}
    for kind in KINDS:
        _, says = _logistic(table[notices], kinds[notices] == kind, np.ones(len(notices)))
        for feature, weight in zip(names, says, strict=True):
            if abs(weight) >= 2 * MIN_WEIGHT:
                named.setdefault(feature, {})[kind] = round(float(weight), 1)
    kept = {feature: round(float(weight), 2) for feature, weight in zip(names, weights, strict=True) if abs(weight) >= MIN_WEIGHT}
    return round(bias, 2), kept, {feature: says for feature, says in named.items() if feature in kept}


def _spread(found: list[list[str]], examples: Sequence[Example]) -> Counter[str]:
    """In the notices of how many folds a feature stands: words of one site alone are its names."""
    pairs = {(feature, example.fold) for one, example in zip(found, examples, strict=True) if example.kind for feature in one}
    return Counter(feature for feature, _ in pairs)


def _table(found: list[list[str]], names: list[str]) -> Any:
    places = {name: place for place, name in enumerate(names)}
    rows, columns, values = [], [], []
    for row, features in enumerate(found):
        for feature in features:
            if feature in places:
                rows.append(row)
                columns.append(places[feature])
                values.append(1 / np.sqrt(len(features)))
    return csr_matrix((values, (rows, columns)), shape=(len(found), len(names)))


def _logistic(table: Any, yes: npt.NDArray[np.bool_], weight: Array) -> tuple[float, Array]:
    """Weights of an L2-regularised logistic regression in which both classes weigh the same in all."""
    sign = np.where(yes, 1.0, -1.0)
    weight = weight * np.where(yes, yes.size / max(weight[yes].sum(), 1), yes.size / max(weight[~yes].sum(), 1)) / 2
    weight = weight * min(yes.sum(), (~yes).sum()) / yes.size * 2

    def loss(theta: Array) -> tuple[float, Array]:
        margin = sign * (table @ theta[1:] + theta[0])
        slope = -sign * weight / (1 + np.exp(np.clip(margin, -50, 50)))
        value = float(weight @ np.logaddexp(0, -margin)) + PENALTY / 2 * float(theta[1:] @ theta[1:])
        return value, np.concatenate(([slope.sum()], table.T @ slope + PENALTY * theta[1:]))

    theta = minimize(loss, np.zeros(table.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return float(theta[0]), theta[1:]


def choose_cues(examples: Sequence[Example], weights: dict[str, float]) -> set[str]:
    """Words that stand in notices far more often than in text: what a stretch must hold to be cut for its wording."""
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    sizes = Counter(bool(example.kind) for example in examples)
    for example in examples:
        counts[bool(example.kind)].update({feature for feature in ngrams(example.text) if " " not in feature})
    inside = _spread([ngrams(example.text) for example in examples], examples)
    return {
        word
        for word, count in counts[True].items()
        if count >= MIN_SEEN
        and inside[word] >= 2
        and weights.get(word, 0.0) >= MIN_WEIGHT
        and (len(word) >= MIN_CUE or word in "©®")
        and counts[False][word] <= COMMON * sizes[False]
        and count / sizes[True] >= CUE_RATIO * (counts[False][word] + 1) / sizes[False]
    }


def write_model(path: Path, bias: float, weights: dict[str, float], named: dict[str, dict[str, float]], cues: set[str]) -> None:
    """The file ``parse_model`` reads."""
    lines = [f"# Written by benchmarks/training/{Path(__file__).name}: cue mark, feature, weight, kinds.", f"\t\t{bias}"]
    for feature in sorted(weights):
        says = [f"{kind} {value}" for kind, value in sorted(named.get(feature, {}).items())]
        lines.append("\t".join(["+" if feature in cues else "", feature, str(weights[feature]), *says]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds wcxb/ and medquad/")
    parser.add_argument("--folds", type=Path, help="write fold-0.tsv ... here, each without its sites, and not the package's model")
    given = parser.parse_args()
    examples = read_examples(given.data)
    print(Counter(example.kind for example in examples))
    package = Path(corpus_tools.__file__).parent / "clean" / "lines"
    targets = (
        {given.folds / f"fold-{number}.tsv": number for number in range(FOLDS)} if given.folds else {package / NOTICE_WEIGHTS: None}
    )
    for path, number in targets.items():
        seen = [example for example in examples if example.fold != number]
        bias, weights, named = fit(seen)
        cues = choose_cues(seen, weights)
        write_model(path, bias, weights, named, cues)
        print(f"{path}: {len(weights)} weights, {len(cues)} cues, {path.stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()
