"""Which page of a page and its rewrite is named the original, by kind of rewriting: right, and told by the wording rightly and wrongly.

Each kind stands in a corpus of its own, with one rewrite of a page at most: more of them would show which page they share. Clusters
of DetectRL among its originals, and pages of MedQuAD among all of it: those that taught and chose nothing. With ``--choosing``
the others, on which the weights were chosen; nothing is saved then.

    python -m benchmarks.rewrites.originals --data DATA [--pages 200] [--choosing]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl

from benchmarks import gate
from benchmarks.data.phrase_spinner import spin_phrases
from benchmarks.data.spinners import spin, translate_and_back
from benchmarks.data.spun_pages import SPINNERS, Honest, choose_pages, read_honest, recipe
from benchmarks.rewrites.recall import FRESH
from benchmarks.training.rewrite_pairs import CHOSEN, TAUGHT, part_of
from corpus_tools.plan import Plan
from corpus_tools.rewrite.local import rewrites_among
from corpus_tools.spam.judge import judge_page

SPUN = {"everyday": ("light", "heavy"), "aiksaurus": ("light",), "wordnet": ("heavy",), "pivot": ("light",)}
"""Spinners of words, and the orders (``spun_pages.KINDS``) in which pages are spun with each."""
RATE = 0.5


class Rewritten(NamedTuple):
    """Pages and their rewrites of one kind, and the honest pages that they stand among."""

    kind: str
    originals: list[str]
    rewrites: list[str]
    corpus: list[str]


def by_machines(data: Path, choosing: bool) -> Iterator[Rewritten]:
    """DetectRL's kinds."""
    frame = pl.read_parquet(data / "rewrites" / "pages.parquet").with_columns(pl.col("cluster").cast(pl.String))
    frame = frame.unique(["cluster", "kind"], keep="first", maintain_order=True)
    originals = frame.filter(pl.col("kind") == "original").select("cluster", original="text")
    chosen = pl.Series([(part_of(one) in {*TAUGHT, *CHOSEN}) == choosing for one in frame["cluster"]])
    looked_at = frame.filter(chosen).join(originals, on="cluster")
    for kind in sorted(set(frame["kind"]) - {"original"}):
        pairs = looked_at.filter(pl.col("kind") == kind)
        yield Rewritten(kind, pairs["original"].to_list(), pairs["text"].to_list(), originals["original"].to_list())


def by_spinners(honest: Honest, half: int, pages: int) -> Iterator[Rewritten]:
    """Words, phrases, and translations there and back."""
    chosen = choose_pages(honest, half, pages, "originals")
    texts, seeds = [honest.texts[at] for at in chosen], [f"originals{at}" for at in chosen]
    for name, orders in SPUN.items():
        synonyms = SPINNERS[name]()
        for order in orders:
            spun = [spin(text, synonyms, recipe(RATE, order), seed) for text, seed in zip(texts, seeds, strict=True)]
            yield Rewritten(f"{name}, {order}", texts, spun, honest.texts)
    spun = [spin_phrases(text, recipe(RATE, "light"), seed) for text, seed in zip(texts, seeds, strict=True)]
    yield Rewritten("phrases", texts, spun, honest.texts)
    for language, name in FRESH.items():
        spun = translate_and_back(texts, language, recipe(0.0, "light"), seeds)
        yield Rewritten(f"{name} and back", texts, spun, honest.texts)


def measure(held: Rewritten) -> dict[str, float]:
    """Shares of the pairs of one kind that the search finds: ``named`` rightly, told by the wording rightly (``told``) and wrongly (``misled``)."""
    ours, count = set(held.originals), len(held.originals)
    # The rewrite has the smaller id, so that a tie counts as wrong.
    ids = [f"{side}{at:05}" for side in "ba" for at in range(count)]
    texts = [*held.originals, *held.rewrites]
    scores = [judge_page(text).score for text in texts]
    others = [text for text in held.corpus if text not in ours]
    kinds = {"page_id": pl.String(), "text": pl.String(), "spam_score": pl.Float64()}
    pages = pl.DataFrame([ids, texts, scores], schema=kinds)
    rest = pl.DataFrame([[f"c{at:05}" for at in range(len(others))], others, [None] * len(others)], schema=kinds)
    found = rewrites_among(pl.concat([pages, rest]), Plan()).filter(pl.col("right") == "b" + pl.col("left").str.slice(1))
    right, told = pl.col("original") == pl.col("right"), pl.col("original_by") == "wording"
    shares = found.select(named=right.mean(), told=(told & right).mean(), misled=(told & ~right).mean())
    return {"pairs": len(found)} | {name: round(value, 4) for name, value in shares.row(0, named=True).items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with rewrites and medquad")
    parser.add_argument("--pages", type=int, default=200, help="pages of MedQuAD that are rewritten in each way")
    parser.add_argument("--choosing", action="store_true", help="the pages that weights were chosen on")
    options = parser.parse_args()
    honest, rows = read_honest(options.data / "medquad"), dict[str, dict[str, float]]()
    for source in (by_machines(options.data, options.choosing), by_spinners(honest, int(not options.choosing), options.pages)):
        for held in source:
            rows[held.kind] = measure(held)
            print(f"{held.kind:<30}", "  ".join(f"{name} {value}" for name, value in rows[held.kind].items()), flush=True)
    if not options.choosing:
        gated = {f"{kind}.{name}": side for kind in rows for name, side in (("named", "min"), ("misled", "max"))}
        files = [options.data / name / "pages.parquet" for name in ("rewrites", "medquad")]
        gate.save_result("rewrites/originals", rows, gate.digest_files(*files), gated)


if __name__ == "__main__":
    main()
