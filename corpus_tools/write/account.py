"""The account of a run: every page of the input in exactly one of corpus, removed, rejected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw

from corpus_tools.errors import GateError


@dataclass(frozen=True)
class Account:
    """How many pages came in, and where they went."""

    pages: int
    kept: int
    removed: int
    clusters: int
    rejected: int
    removed_words: int = 0
    """Words of removed pages, rewrites left out: all their words are others."""
    lost_words: int = 0
    """Those of them that are a page's own and stand nowhere on the page kept in its place."""
    emails: int = 0
    """E-mail addresses found in the texts of the corpus."""
    phone_numbers: int = 0
    """Telephone numbers found there."""

    def sentence(self) -> str:
        """``12,418 pages in: 7,902 kept, 4,102 removed in 1,204 clusters, 414 rejected``."""
        clusters = f"{self.clusters:,} cluster{'' if self.clusters == 1 else 's'}"
        pages = f"{self.pages:,} page{'' if self.pages == 1 else 's'}"
        return f"{pages} in: {self.kept:,} kept, {self.removed:,} removed in {clusters}, {self.rejected:,} rejected"

    def loss(self) -> str:
        """``0.8% of the words of removed pages are not on the pages kept in their place``; empty if no page was removed."""
        if not self.removed_words:
            return ""
        return f"{self.lost_words / self.removed_words:.1%} of the words of removed pages are not on the pages kept in their place"


def count_lost(removed: Any, documents: Any) -> dict[str, int]:
    """``removed_words`` and ``lost_words`` of an account; the tables are lazy frames of one engine."""
    told: nw.LazyFrame[Any] = (
        nw.from_native(removed).filter(~nw.col("lost_words").is_null()).select(of="page_id", lost="lost_words")
    )
    joined = told.join(nw.from_native(documents).select("page_id", "n_words"), left_on="of", right_on="page_id")
    summed = joined.select(nw.col("n_words").sum(), nw.col("lost").sum()).collect(backend="pyarrow")
    return {"removed_words": int(summed["n_words"].to_list()[0] or 0), "lost_words": int(summed["lost"].to_list()[0] or 0)}


def check_account(pages: Any, corpus: Any, removed: Any, rejected: Any) -> Account:
    """Count, and prove that the three outputs are disjoint and together are the input.

    The tables are lazy frames of one engine. Raises GateError with the numbers if a page is missing,
    twice in the input, or in two places.
    """
    came_in, *ended = (_marked(frame, place) for place, frame in enumerate((pages, corpus, removed, rejected)))
    counts = _sum_up(nw.concat([came_in, *ended]))
    clusters = nw.from_native(removed).select(nw.col("cluster_id").alias("of")).unique()
    account = Account(
        pages=counts["pages"],
        kept=counts["kept"],
        removed=counts["removed"],
        clusters=int(clusters.select(nw.len().alias("rows")).collect(backend="pyarrow")["rows"].to_list()[0]),
        rejected=counts["rejected"],
    )
    faults = {name.replace("_", " "): counts[name] for name in _FAULTS}
    if any(faults.values()):
        told = ", ".join(f"{count:,} {what}" for what, count in faults.items() if count)
        raise GateError(
            f"the account does not close: {account.sentence()}; pages {told}",
            "this is a bug: please report it together with the run folder",
        )
    return account


_OUTCOMES = ("pages", "kept", "removed", "rejected")
_FAULTS = ("in_no_output", "in_more_than_one_place", "not_of_the_input", "with_the_id_of_another_page")


def _marked(frame: Any, place: int) -> nw.LazyFrame[Any]:
    """page_id, and 1 in the column of the table it stands in."""
    marks = [nw.lit(int(number == place)).cast(nw.Int64).alias(name) for number, name in enumerate(_OUTCOMES)]
    lazy: nw.LazyFrame[Any] = nw.from_native(frame)
    return lazy.select("page_id", *marks)


def _sum_up(rows: nw.LazyFrame[Any]) -> dict[str, int]:
    """Rows of each table, and faults, from one aggregation by page_id."""
    placed = rows.group_by("page_id").agg(*[nw.col(name).sum() for name in _OUTCOMES])
    ended = nw.col("kept") + nw.col("removed") + nw.col("rejected")
    faults = (
        (nw.col("pages") > 0) & (ended == 0),
        ended > 1,
        (nw.col("pages") == 0) & (ended > 0),
        nw.col("pages") > 1,
    )
    marked = placed.with_columns(*[fault.cast(nw.Int64).alias(name) for name, fault in zip(_FAULTS, faults, strict=True)])
    summed = marked.select(*[nw.col(name).sum() for name in (*_OUTCOMES, *_FAULTS)]).collect(backend="pyarrow")
    return {name: int(summed[name].to_list()[0] or 0) for name in (*_OUTCOMES, *_FAULTS)}
