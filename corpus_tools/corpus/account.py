"""The account of a run: every page of the input in exactly one of corpus, removed, rejected."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from corpus_tools.errors import GateError


@dataclass(frozen=True)
class Account:
    """Pages in and where they went."""

    pages: int
    kept: int
    removed: int
    clusters: int
    rejected: int

    def sentence(self) -> str:
        """``12,418 pages in: 7,902 kept, 4,102 removed in 1,204 clusters, 414 rejected``."""
        clusters = f"{self.clusters:,} cluster{'' if self.clusters == 1 else 's'}"
        pages = f"{self.pages:,} page{'' if self.pages == 1 else 's'}"
        return f"{pages} in: {self.kept:,} kept, {self.removed:,} removed in {clusters}, {self.rejected:,} rejected"


def check_account(pages: pl.LazyFrame, corpus: pl.LazyFrame, removed: pl.LazyFrame, rejected: pl.LazyFrame) -> Account:
    """Count, and prove that the three outputs are disjoint and together are the input.

    Raises GateError with the numbers if a page is missing, twice in the input, or in two places.
    """
    came_in = pages.select("page_id").collect()
    ended = pl.concat([frame.select("page_id") for frame in (corpus, removed, rejected)]).collect()
    placed = ended.group_by("page_id").len()
    account = Account(
        pages=came_in.height,
        kept=corpus.select(pl.len()).collect().item(),
        removed=removed.select(pl.len()).collect().item(),
        clusters=removed.select(pl.col("cluster_id").n_unique()).collect().item(),
        rejected=rejected.select(pl.len()).collect().item(),
    )
    faults = {
        "in no output": came_in.join(placed, on="page_id", how="anti").height,
        "in more than one place": placed.filter(pl.col("len") > 1).height,
        "not of the input": placed.join(came_in, on="page_id", how="anti").height,
        "with the id of another page": came_in.height - came_in["page_id"].n_unique(),
    }
    if any(faults.values()):
        told = ", ".join(f"{count:,} {what}" for what, count in faults.items() if count)
        raise GateError(
            f"the account does not close: {account.sentence()}; pages {told}",
            "this is a defect: please report it with the run folder",
        )
    return account
