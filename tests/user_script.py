"""A script as a user writes it: two type checkers read it in strict mode, and a test runs it."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import polars as pl

import corpus_tools as ct


class Counting:
    """Progress of one's own: what it has to have is said by ``ct.Progress``."""

    def __init__(self) -> None:
        self.stages: list[str] = []

    def start(self, stage: str, total: int | None, unit: str) -> None:
        self.stages.append(stage)

    def advance(self, amount: int, **counts: int) -> None:
        pass

    def finish(self, note: str = "") -> None:
        pass


def in_memory(texts: list[str]) -> None:
    frame = pl.DataFrame({"text": texts})
    kept: pl.DataFrame = ct.dedup(frame, threshold=0.8)
    lazy: pl.LazyFrame = ct.dedup(frame.lazy(), plan=ct.Plan())
    table: pl.DataFrame = ct.dedup(frame, mark=True, prefix="dup_")
    strings: list[str] = ct.dedup(texts)
    copies: ct.Copies[pl.DataFrame] = ct.find_copies(frame)
    again: pl.DataFrame = copies.rethreshold(0.7).kept
    found: ct.Explanation = copies.explain(0, 1)
    hardest: pl.DataFrame = copies.hardest(5)
    page: ct.Cleaned = ct.clean_text("<p>One sentence of text.</p>", plan=ct.CleanPlan(focus="recall"))
    cuts: list[ct.Cut] = list(page.cuts)
    print(len(kept), lazy.collect().height, table.height, len(strings), again.height, found.together, hardest.height, len(cuts))


def on_disk(source: Path, folder: Path) -> None:
    progress = Counting()
    told: ct.Progress = progress
    plan = ct.Plan().with_settings({"group.threshold": 0.7})
    try:
        run: ct.Run = ct.run(source, folder, plan, workers=1, progress=told)
    except ct.SourceError as error:
        sys.exit(f"{error.what} ({error.hint})")
    except ct.CorpusError as error:
        sys.exit(str(error))
    opened = ct.open_run(folder)
    rows: pl.DataFrame = opened.corpus.select("url", "text").collect()
    print(rows.height, run.summary, progress.stages)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    in_memory(["one text of some words"] * 2 + ["another one"])
    on_disk(Path(sys.argv[1]), Path(sys.argv[2]))
