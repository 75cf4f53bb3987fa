"""Weighs the phrases of the spam score's phrasebook by how many honest pages hold each; the phrases themselves are kept by hand.

    python -m benchmarks.training.phrasebook --data DATA

A phrase weighs ln(SPUN / share of honest pages), 0 to MOST; each set of pages counts alike, and of each only the pages whose id hashes
to an even number, so that false alarms can be counted on the rest. Rewrites ``corpus_tools/spam/data/phrasebook.tsv``.
"""

from __future__ import annotations

import argparse
import math
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from corpus_tools.spam.phrasebook import FILE
from corpus_tools.spam.tokens import tokenize

SPUN, MOST = 0.03, 3.0
"""Share of spun pages that is taken to hold a phrase, and the largest weight."""
DOUBT = 0.0005
"""Added to the share of honest pages."""
SETS = {
    "medquad": ("text", None),
    "vagov": ("text", None),
    "cochrane": ("text", None),
    "web_pairs": ("text", None),
    "wcxb": ("gold", pl.col("type") == "article"),
    "rewrites": ("text", pl.col("kind") == "original"),
}
"""Honest pages: set -> the column with their text, and which rows."""


def is_learned(name: str) -> bool:
    """Whether a page teaches the weights."""
    return zlib.crc32(name.encode()) % 2 == 0


def honest_texts(data: Path, name: str) -> Iterator[tuple[str, str]]:
    """Id and text of a set's honest pages."""
    column, rows = SETS[name]
    frame = pl.read_parquet(data / name / "pages.parquet")
    yield from (frame if rows is None else frame.filter(rows)).select("id", column).iter_rows()


def count_phrases(data: Path, phrases: list[str]) -> Counter[str]:
    """Mean share over the sets of the pages that hold each phrase."""
    joined = {phrase: f" {' '.join(tokenize(phrase))} " for phrase in phrases}
    shares = Counter[str]()
    for name in SETS:
        texts = [f" {' '.join(tokenize(text))} " for one, text in honest_texts(data, name) if is_learned(one)]
        for phrase, wanted in joined.items():
            shares[phrase] += sum(wanted in text for text in texts) / len(texts) / len(SETS)  # type: ignore[assignment]
    return shares


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with the honest sets")
    options = parser.parse_args()
    rows = sorted({tuple(line.split("\t")[:2]) for line in FILE.read_text(encoding="utf-8").splitlines() if line})
    shares = count_phrases(options.data, [phrase for phrase, _ in rows])
    weights = {phrase: min(MOST, max(0.0, math.log(SPUN / (shares[phrase] + DOUBT)))) for phrase, _ in rows}
    FILE.write_text("".join(f"{phrase}\t{usual}\t{weights[phrase]:.2f}\n" for phrase, usual in rows), encoding="utf-8")
    print(f"{len(rows)} phrases, {sum(weight == 0 for weight in weights.values())} without weight")


if __name__ == "__main__":
    main()
