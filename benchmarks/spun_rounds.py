"""What a second round adds: rewrites found before and after the corpus's own substitutions are known.

python benchmarks/spun_rounds.py --data DATA/medquad [--rates 0.5 0.7]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import gate
import numpy as np
import polars as pl
import pyarrow as pa
from spinners import Aiksaurus
from spun import recall_at
from spun_pairs import make_batch, read_honest, recipe, spun_pages

from corpus_tools.plan import Plan
from corpus_tools.rewrite.alignment.measures import NO_CONCEPTS
from corpus_tools.rewrite.original import find_originals
from corpus_tools.rewrite.search import count_lexicon, search_rewrites
from corpus_tools.rewrite.sketch import count_vocabulary, sketch_batch
from corpus_tools.rewrite.substitutions import learn_substitutions, make_concepts
from corpus_tools.text import content_hash


def run_rounds(texts: list[str], origins: list[int], plan: Plan) -> dict[str, float]:
    """Recall and other pairs at the threshold, recall at equal precision, and processor seconds, of the first and the second round."""
    batch = make_batch(texts).append_column("content_hash", pa.array([content_hash(text) for text in texts]))
    vocabulary = count_vocabulary(lambda: [batch], len(texts))
    signatures = pl.DataFrame(pl.from_arrow(pa.Table.from_batches([sketch_batch(batch, plan.rewrite, vocabulary)]))).lazy()
    documents = pl.DataFrame(pl.from_arrow(pa.Table.from_batches([batch])))
    base, concepts, figures = len(texts) - len(origins), NO_CONCEPTS, dict[str, float]()
    for name in ("first", "second"):
        began = time.process_time()
        scored = pl.DataFrame(
            pl.from_arrow(pa.Table.from_batches(search_rewrites(signatures, documents.lazy(), plan, vocabulary, concepts)))
        )
        seconds = time.process_time() - began
        true = np.array(
            [int(b) >= base and origins[int(b) - base] == int(a) for a, b in zip(scored["left"], scored["right"], strict=True)]
        )
        over = scored["score"].to_numpy() >= plan.rewrite.threshold
        fair, at = recall_at(scored["score"].to_numpy(), true, len(origins))
        figures |= {
            f"{name}_recall": float(true[over].sum() / len(origins)),
            f"{name}_other": int((~true[over]).sum()),
            f"{name}_recall_at_p99": fair,
            f"{name}_p99_threshold": at,
            f"{name}_seconds": round(seconds, 1),
        }
        if name == "first":
            edges = scored.filter(pl.col("score") >= plan.rewrite.threshold)
            named = name_originals(edges, documents, vocabulary)
            lexicon = count_lexicon(documents.lazy(), documents["page_id"], vocabulary)
            table = learn_substitutions(named, documents.lazy(), lexicon, vocabulary, plan.rewrite.threshold)
            concepts, figures["substitutions"] = make_concepts(table), table.num_rows
            print(table.slice(0, 12).to_pylist())
    return figures


def name_originals(edges: pl.DataFrame, documents: pl.DataFrame, vocabulary: Any) -> pl.DataFrame:
    """``edges`` with the page of each pair that is its original."""
    pairs = edges.select(cluster_id=pl.col("left") + pl.col("right"), left="left", right="right")
    members = pairs.unpivot(["left", "right"], index="cluster_id", value_name="page_id").join(documents, on="page_id")
    named = find_originals(members.select("cluster_id", "page_id", "text"), vocabulary).select("cluster_id", "original")
    return edges.with_columns(cluster_id=pl.col("left") + pl.col("right")).join(named, on="cluster_id")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with MedQuAD's pages.parquet")
    parser.add_argument("--rates", type=float, nargs="*", default=[0.7])
    parser.add_argument("--pages", type=int, default=300)
    options = parser.parse_args()
    honest, rows = read_honest(options.data), []
    for rate in options.rates:
        for kind in ("light", "heavy"):
            chosen, spun = spun_pages(honest, Aiksaurus(), recipe(rate, kind), 1, options.pages, "report")
            figures = run_rounds([*honest.texts, *spun], chosen, Plan().with_settings({"rewrite.enabled": True}))
            rows.append({"rate": rate, "order": kind, **figures})
            print(rows[-1], flush=True)
    gate.save_result("spun_rounds", {"rows": rows}, gate.digest_data(options.data / "pages.parquet"))


if __name__ == "__main__":
    main()
