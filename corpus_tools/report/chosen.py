"""Which rows of a run the report shows. A small run is shown whole; of a large one a sample, and it is said how it was drawn."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property

import polars as pl

from corpus_tools.group.renamings import lift_renamings
from corpus_tools.report.hardest import Threshold, find_hardest
from corpus_tools.report.tally import SCORE_BINS, collect, without_numbers
from corpus_tools.store.opened import StoredRun

EVERYTHING = 1 << 60
_POOL = 200_000
"""Rows from which a sample is drawn: page ids are hashes, so those below a bound are a sample already."""


@dataclass(frozen=True)
class Limits:
    """How many rows of each sort are shown, and how many bytes the file may have."""

    file_bytes: int = 3_000_000
    hardest: int = 16
    families: int = 400
    members: int = 12
    pairs: int = 600
    rejected: int = 300
    spam: int = 120
    cuts: int = 900
    pages: int = 900
    text_chars: int = 20_000


FULL = Limits(
    **{one.name: EVERYTHING for one in fields(Limits) if one.name not in ("hardest", "text_chars")},
    hardest=48,
    text_chars=1_000_000,
)


@dataclass
class Chosen:
    """The rows to show of a run: pages in order of importance, pairs, families, cut passages."""

    run: StoredRun
    limits: Limits
    listed: pl.DataFrame
    """left and right of pairs that other parts of the report speak of."""
    hardest: list[tuple[Threshold, pl.DataFrame]] = field(init=False)

    def __post_init__(self) -> None:
        self.hardest = find_hardest(self.run, self.limits.hardest)

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """left, right and table of the pairs: the hardest and the listed ones, then pairs spread over scores and kinds."""
        hard = [found.select("left", "right", pl.lit(threshold.table).alias("table")) for threshold, found in self.hardest]
        drawn = [self.listed.with_columns(pl.lit(table).alias("table")) for table in ("edges", "rewrites")]
        for table in ("edges", "rewrites"):
            score = (pl.col("score") * SCORE_BINS).floor().alias("bin")
            pool = self._pool(lift_renamings(self.run.table(table)), "left").select("left", "right", "kind", score)
            found = _spread(collect(pool), ["kind", "bin"], ["left", "right"], self.limits.pairs)
            drawn.append(found.select("left", "right", pl.lit(table).alias("table")))
        return pl.concat([*hard, *drawn]).unique(["left", "right", "table"], keep="first", maintain_order=True)

    @cached_property
    def families(self) -> pl.DataFrame:
        """cluster_id, size, kept, removed, lost_words and lowest similarity: families of hard pairs, the largest, and a sample."""
        removed = pl.col("role") == "removed"
        counted = self.run.clusters.group_by("cluster_id").agg(
            pl.len().alias("size"),
            (~removed).sum().alias("kept"),
            removed.sum().alias("removed"),
            pl.col("lost_words").sum(),
            pl.col("similarity").min(),
        )
        several = collect(counted.filter(pl.col("size") > 1))
        hard = several.filter(pl.col("cluster_id").is_in(self._clusters_of_hard().implode())).sort("cluster_id")
        largest = several.sort("size", "cluster_id", descending=[True, False]).head(max(1, self.limits.families // 8))
        ordered = pl.concat([hard, largest, several.sort("cluster_id")])
        return ordered.unique("cluster_id", keep="first", maintain_order=True).head(self.limits.families)

    @cached_property
    def members(self) -> pl.DataFrame:
        """page_id and cluster_id of the pages shown of each family: the kept ones, then those least like their kept page."""
        inside = self.run.clusters.join(self.families.lazy().select("cluster_id"), on="cluster_id", how="semi")
        order = [pl.col("role") == "removed", pl.col("similarity"), pl.col("page_id")]
        found = collect(inside.select("page_id", "cluster_id", "role", "similarity", "kept_id")).sort("cluster_id", *order)
        return found.filter(pl.int_range(pl.len()).over("cluster_id") < self.limits.members)

    @cached_property
    def rejected(self) -> pl.DataFrame:
        """page_id of rejected pages, spread over the reasons."""
        pool = self._pool(self.run.rejected).select("page_id", "stage", without_numbers("reason"))
        return _spread(collect(pool), ["stage", "reason"], ["page_id"], self.limits.rejected).select("page_id")

    @cached_property
    def spam(self) -> pl.DataFrame:
        """page_id of the pages with the highest spam scores."""
        judged = self.run.documents.select("page_id", "spam_score").filter(pl.col("spam_score") > 0)
        worst = judged.sort("spam_score", "page_id", descending=[True, False]).head(min(self.limits.spam, _POOL))
        return collect(worst).select("page_id")

    @cached_property
    def cuts(self) -> pl.DataFrame:
        """page_id, kind, rule and start of cut passages, spread over kinds and rules."""
        pool = self._pool(self.run.stripped).select("page_id", "kind", "rule", "start", without_numbers("rule").alias("class"))
        found = _spread(collect(pool), ["kind", "class"], ["page_id", "start"], self.limits.cuts)
        return found.select("page_id", "kind", "rule", "start")

    @cached_property
    def pages(self) -> pl.DataFrame:
        """page_id of every page shown, the most important first: those of hard pairs, then some of each sort in turn."""
        sides = [self.pairs.select(pl.col(side).alias("page_id"), at=pl.int_range(pl.len())) for side in ("left", "right")]
        pairs = pl.concat(sides).sort("at", maintain_order=True).select("page_id")
        order = self.members.join(self.families.with_row_index("family").select("cluster_id", "family"), on="cluster_id")
        members = order.sort("family", maintain_order=True).select("page_id")
        sorts = [pairs, members, self.rejected, self.spam, self.cuts.select("page_id"), self._sample()]
        ranked = [
            one.unique(maintain_order=True).with_columns(_place(first=number == 0, hard=self._hard_pages))
            for number, one in enumerate(sorts)
        ]
        return (
            pl.concat(ranked)
            .sort("place", maintain_order=True)
            .unique("page_id", keep="first", maintain_order=True)
            .select("page_id")
        )

    @property
    def _hard_pages(self) -> int:
        return 2 * sum(found.height for _, found in self.hardest) + 2 * self.listed.height

    def _sample(self) -> pl.DataFrame:
        """page_id of documents, spread over sites and roles."""
        placed = (
            self._pool(self.run.documents)
            .select("page_id", "site")
            .join(self.run.clusters.select("page_id", "role"), on="page_id", how="left")
        )
        return _spread(collect(placed), ["site", "role"], ["page_id"], self.limits.pages).select("page_id")

    def _clusters_of_hard(self) -> pl.Series:
        hard = [found.select(pl.concat_list("left", "right").alias("page_id")).explode("page_id") for _, found in self.hardest]
        ids = pl.concat(hard).unique()
        return collect(self.run.clusters.join(ids.lazy(), on="page_id", how="semi").select("cluster_id").unique())["cluster_id"]

    def _pool(self, frame: pl.LazyFrame, column: str = "page_id") -> pl.LazyFrame:
        """The frame, or of a large one the rows whose page id is below a bound that leaves about ``_POOL`` of them."""
        rows = collect(frame.select(pl.len())).item()
        if self.limits.file_bytes == EVERYTHING or rows <= _POOL:
            return frame
        bound = f"{int(_POOL / rows * 16**8):08x}"
        return frame.filter(pl.col(column).str.slice(0, 8) < bound)


def _spread(frame: pl.DataFrame, strata: list[str], ids: list[str], limit: int) -> pl.DataFrame:
    """Up to ``limit`` rows, taken in turn from each stratum; inside one, ids that are hashes put them in no order of ours."""
    ordered = frame.sort(*ids)
    return (
        ordered.with_columns(pl.int_range(pl.len()).over(strata).alias("turn")).sort("turn", *ids, maintain_order=True).head(limit)
    )


def _place(*, first: bool, hard: int) -> pl.Expr:
    """How soon a row of one sort comes: pages of hard pairs before all, then each sort by how far down its list the row is."""
    at = pl.int_range(pl.len())
    share = at / pl.max_horizontal(1, pl.len())
    return pl.when(pl.lit(first) & (at < hard)).then(-1.0).otherwise(share).alias("place")
