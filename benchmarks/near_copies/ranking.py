"""Does the score put the pairs that people called the same above those they called different? AUC beside plain measures.

    python -m benchmarks.near_copies.ranking --data DATA    DATA holds web_pairs/

Every judged pair is measured, found by the search or not. Nothing is chosen here. Writes ``results/near_copies/ranking.json``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks import gate
from benchmarks.spam.score import rank_auc
from corpus_tools.match.frequencies import Frequencies
from corpus_tools.match.local import count_texts
from corpus_tools.match.verify import edge_columns, gather_evidence
from corpus_tools.match.word_store import WordStore, load_documents
from corpus_tools.plan import Plan

QUESTIONS = {"same": (["3"], ["0.5"]), "same or nearly": (["2", "3"], ["0.5", "1"])}
"""What is asked: the judgements that say yes, and those that say no."""


def measure_judged(pages: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Every judged pair with what can rank it. ``score_or_held`` is what merges: the score, or how much of a page the other holds."""
    plan = Plan()
    ids = pages["page_id"].sort()
    counted = count_texts(ids, pages.lazy(), plan)
    with WordStore(plan.fingerprint.ngram, Frequencies.of(counted)) as store:
        place = pl.DataFrame({"page_id": ids, "at": load_documents(store, pages.lazy(), ids)})
        left, right = (
            pairs.join(place, left_on=side, right_on="page_id", how="left", maintain_order="left")["at"].to_numpy() for side in "ab"
        )
        columns = edge_columns(*gather_evidence(store, left, right))
    held = np.maximum(columns["held_left"], columns["held_right"])
    inside = np.maximum(columns["containment_left"], columns["containment_right"])
    measures = {name: columns[name] for name in ("score", "ordered", "jaccard")}
    return pairs.with_columns(
        **{name: pl.Series(values) for name, values in measures.items()},
        score_or_held=pl.Series(np.maximum(columns["score"], held)),
        containment=pl.Series(inside),
    )


def rank(judged: pl.DataFrame) -> list[dict[str, float | str | int]]:
    """One row a question: pairs on both sides and the AUC of every measure."""
    rows: list[dict[str, float | str | int]] = []
    for question, answers in QUESTIONS.items():
        yes, no = (judged.filter(pl.col("judged").is_in(names)) for names in answers)
        row: dict[str, float | str | int] = {"question": question, "yes": len(yes), "no": len(no)}
        for name in ("score", "score_or_held", "ordered", "jaccard", "containment"):
            row[name] = round(rank_auc(no[name].to_list(), yes[name].to_list()), 4)
        rows.append(row)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data / "web_pairs"
    pages = pl.read_parquet(folder / "pages.parquet").select(page_id="id", text="text")
    rows = rank(measure_judged(pages, pl.read_parquet(folder / "pairs.parquet")))
    with pl.Config(tbl_cols=-1, tbl_width_chars=160):
        print(pl.DataFrame(rows))
    figures = {str(row["question"]): row for row in rows}
    data = gate.digest_files(folder / "pages.parquet", folder / "pairs.parquet")
    gate.save_result("near_copies/ranking", figures, data, {"same.score": "min"})


if __name__ == "__main__":
    main()
