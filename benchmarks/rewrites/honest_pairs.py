"""Honest pages that a search for rewrites must not join, by the reason why they are alike.

Of MedQuAD: two institutes on one disease, a plain-language summary and an article on one disease, pages of one template.
Made of it: pages that quote the same passage, as papers quote a press release. And all of WCXB's articles.
What could not be had as data: scientific abstracts beside their plain-language summaries, and real press releases with their coverage.

    python -m benchmarks.rewrites.honest_pairs --data DATA/medquad --wcxb DATA/wcxb
"""

from __future__ import annotations

import argparse
import random
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from benchmarks import gate
from benchmarks.data.spinners import sentences
from benchmarks.data.spun_pages import Honest, find_repeats, make_batch, read_honest, word_grams
from benchmarks.rewrites.pairs import sign_pages
from corpus_tools.plan import Plan
from corpus_tools.rewrite.search import search_rewrites
from corpus_tools.text import content_hash

SUMMARIES = "4_MPlus_Health_Topics_QA"
"""MedQuAD's institute whose pages are plain-language summaries."""
QUOTING, QUOTED = 300, 6
"""Pairs of pages that quote, and sentences they quote."""
Pairs = set[tuple[int, int]]


def joined_pairs(texts: list[str]) -> dict[tuple[int, int], float]:
    """Pairs that the search stores -> probability."""
    batch = make_batch(texts).append_column("content_hash", pa.array([content_hash(text) for text in texts]))
    plan = Plan().with_settings({"rewrite.enabled": True})
    signed, vocabulary = sign_pages(batch, plan)
    documents = pl.DataFrame(pl.from_arrow(batch)).lazy()
    rows = [row for batch in search_rewrites(signed, documents, plan, vocabulary) for row in batch.to_pylist()]
    return {(int(row["left"]), int(row["right"])): row["score"] for row in rows}


def families(honest: Honest, institutes: list[str]) -> dict[str, Pairs]:
    """Honest pairs of MedQuAD by why they are alike; pages that are largely one text are left out."""
    repeats, by_focus = find_repeats(honest), dict[str, list[int]]()
    for page, focus in enumerate(honest.focus):
        by_focus.setdefault(focus, []).append(page)
    one_disease = {pair for pages in by_focus.values() for pair in combinations(pages, 2)} - repeats
    grams, template = [word_grams(text) for text in honest.texts], set()
    by_institute: dict[str, list[int]] = {}
    for page, institute in enumerate(institutes):
        by_institute.setdefault(institute, []).append(page)
    for pages in by_institute.values():
        chosen = random.Random(7).sample(pages, min(len(pages), 700))
        for a, b in combinations(sorted(chosen), 2):
            if 2 * len(grams[a] & grams[b]) > min(len(grams[a]), len(grams[b])) > 0:
                template.add((a, b))
    differ = {(a, b) for a, b in one_disease if institutes[a] != institutes[b]}
    summary = {(a, b) for a, b in differ if SUMMARIES in (institutes[a], institutes[b])}
    return {"one disease, two institutes": differ - summary, "summary and article": summary, "one template": template - repeats}


def quoting_pages(honest: Honest) -> list[str]:
    """Two pages one after the other that quote the same passage of a third, on different subjects."""
    chance = random.Random("quotes")
    pool = [text for text in honest.texts if len(sentences(text)) >= 2 * QUOTED]
    made = []
    for _ in range(QUOTING):
        one, other, source = chance.sample(pool, 3)
        parts = sentences(source)
        at = chance.randrange(len(parts) - QUOTED)
        for text in (one, other):
            own = sentences(text)
            middle = len(own) // 2
            made.append("\n".join([*own[:middle], *parts[at : at + QUOTED], *own[middle:]]))
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with MedQuAD's pages.parquet")
    parser.add_argument("--wcxb", type=Path, required=True, help="folder with WCXB's pages.parquet")
    options = parser.parse_args()
    honest, threshold = read_honest(options.data), Plan().rewrite.threshold
    institutes = pl.read_parquet(options.data / "pages.parquet")["sub"].to_list()
    base = len(honest.texts)
    made = quoting_pages(honest)
    found = joined_pairs([*honest.texts, *made])
    kinds = families(honest, institutes) | {"one quotation": {(base + at, base + at + 1) for at in range(0, len(made), 2)}}
    figures: dict[str, Any] = {name: _judge(pairs, found, threshold) for name, pairs in kinds.items()}
    alone = joined_pairs(pl.read_parquet(options.wcxb / "pages.parquet")["gold"].to_list())
    figures["articles of WCXB"] = {"pages": len(pl.read_parquet(options.wcxb / "pages.parquet"))} | _judge(
        set(alone), alone, threshold
    )
    for name, row in figures.items():
        print(name, row)
    gate.save_result(
        "rewrites/honest_pairs", figures, gate.digest_files(options.data / "pages.parquet", options.wcxb / "pages.parquet")
    )


def _judge(pairs: Pairs, found: dict[tuple[int, int], float], threshold: float) -> dict[str, Any]:
    scores = [found[pair] for pair in pairs if pair in found]
    return {
        "pairs": len(pairs),
        "joined": sum(score >= threshold for score in scores),
        "highest": round(max(scores, default=0.0), 4),
    }


if __name__ == "__main__":
    main()
