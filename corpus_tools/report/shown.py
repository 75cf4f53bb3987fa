"""The rows that the report shows, with names a person can read: pages, pairs, families, cut passages, signs of spam, texts."""

from __future__ import annotations

from typing import Any

import polars as pl

from corpus_tools.group.renamings import lift_renamings
from corpus_tools.report.chosen import Chosen
from corpus_tools.report.columns import fit, plain, to_columns
from corpus_tools.report.embed import count_bytes
from corpus_tools.report.named_pages import REASON_CHARS, read_pages
from corpus_tools.report.tally import collect
from corpus_tools.store.opened import StoredRun

PASSAGE_CHARS = 600
SHOWN_SIGNS = 12
SHOWN_SUBSTITUTIONS = 60

_POOLED = ("site", "language", "path", "outcome", "role", "family", "kept_id", "kind", "stage", "reason", "named")
_MEASURES = ("score", "jaccard", "containment_left", "containment_right", "ordered")
_FLAGS = (
    "subject_conflict",
    "shared_notice",
    "same_address",
    "same_title",
    "replaced",
    "own_left",
    "own_right",
    "lost_left",
    "lost_right",
)


class Shown:
    """What stands in the file of the rows that were chosen. ``room`` is the number of bytes they may take."""

    def __init__(self, run: StoredRun, chosen: Chosen, room: int) -> None:
        self.run, self.chosen, self.room = run, chosen, room
        self.pages = fit(read_pages(run, chosen.pages), int(room * 0.4))
        self._at = {page: number for number, page in enumerate(self.pages["page_id"])}

    def to_data(self) -> dict[str, Any]:
        """Everything as plain values; texts take the room that the rest leaves."""
        data: dict[str, Any] = {
            "pages": to_columns(self.pages.drop("page_id").insert_column(0, self.pages["page_id"].alias("id")), _POOLED),
            "families": to_columns(self.chosen.families.rename({"cluster_id": "id"})),
            "pairs": to_columns(self._pairs(), ("table", "kind", "head", "why_original")),
            "hardest": self._hardest(),
            "spam": self._spam(),
            "substitutions": self.run.substitutions.head(SHOWN_SUBSTITUTIONS).select("left", "right", "support").collect().rows(),
        }
        cuts = self._sampled_cuts()
        left = self.room - sum(count_bytes(one) for one in data.values()) - count_bytes(to_columns(cuts, ("kind", "rule")))
        texts, theirs = self._texts(left)
        cuts = (
            pl.concat([cuts, theirs])
            .unique(["page", "kind", "rule", "start", "passage"], maintain_order=True)
            .sort("page", "start", maintain_order=True)
        )
        return data | texts | {"cuts": to_columns(cuts, ("kind", "rule"))}

    def _numbered(self, frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """Page ids in ``columns`` replaced by the numbers of rows in ``pages``; rows with a page that is not shown left out."""
        places = pl.DataFrame({"id": list(self._at), "at": list(self._at.values())}, schema={"id": pl.String, "at": pl.Int64})
        for column in columns:
            frame = (
                frame.join(places, left_on=column, right_on="id", maintain_order="left")
                .with_columns(pl.col("at").alias(column))
                .drop("at")
            )
        return frame

    def _pairs(self) -> pl.DataFrame:
        """The chosen pairs and those between shown pages of families, with all measures."""
        inside = self.pages.filter(pl.col("role") == "removed").select(
            pl.min_horizontal("page_id", "kept_id").alias("left"), pl.max_horizontal("page_id", "kept_id").alias("right")
        )
        tables = []
        for table in ("edges", "rewrites"):
            wanted = pl.concat([self.chosen.pairs.filter(pl.col("table") == table).select("left", "right"), inside]).unique(
                maintain_order=True
            )
            found = collect(lift_renamings(self.run.table(table)).join(wanted.lazy(), on=["left", "right"], how="semi"))
            extra = [
                pl.col(name) if name in found.columns else pl.lit(None, pl.String).alias(name)
                for name in ("head", "original", "why_original")
            ]
            tables.append(found.select(pl.lit(table).alias("table"), "left", "right", "kind", *_MEASURES, *_FLAGS, *extra))
        pairs = pl.concat(tables)
        first = self.chosen.pairs.with_row_index("order").select("left", "right", "table", "order")
        ordered = (
            pairs.join(first, on=["left", "right", "table"], how="left")
            .sort("order", "left", "right", nulls_last=True)
            .drop("order")
        )
        named = ordered.with_columns(
            (pl.col("original") == pl.col("right")).cast(pl.Int64).alias("original"),
            pl.col("why_original").str.slice(0, REASON_CHARS),
        )
        self._measured = fit(self._numbered(named, "left", "right"), int(self.room * 0.14))
        return self._measured

    def _hardest(self) -> list[dict[str, Any]]:
        """For each threshold the numbers of its pairs in ``pairs`` and what was compared."""
        at = {row[:3]: number for number, row in enumerate(self._measured.select("table", "left", "right").iter_rows())}
        told = []
        for threshold, found in self.chosen.hardest:
            rows = self._numbered(found, "left", "right").iter_rows(named=True)
            pairs = [(at.get((threshold.table, row["left"], row["right"])), plain(row["measure"])) for row in rows]
            told.append(
                {
                    "name": threshold.name,
                    "value": threshold.value,
                    "measure": threshold.told,
                    "pairs": [pair for pair in pairs if pair[0] is not None],
                }
            )
        return told

    def _spam(self) -> list[list[Any]]:
        """Of each shown page with signs of spam: its number, and its signs with weight and passage."""
        wanted = self.pages.filter(pl.col("spam") > 0).select("page_id")
        judged = self.run.documents.select("page_id", "spam_score", "spam_reasons").join(wanted.lazy(), on="page_id", how="semi")
        ordered = (
            collect(judged).filter(pl.col("spam_reasons").list.len() > 0).sort("spam_score", "page_id", descending=[True, False])
        )
        rows, spent = [], 0
        for row in ordered.iter_rows(named=True):
            signs = [
                [one["sign"], plain(one["weight"]), str(one["passage"] or "")[:PASSAGE_CHARS]]
                for one in row["spam_reasons"][:SHOWN_SIGNS]
            ]
            rows.append([self._at[row["page_id"]], signs])
            spent += count_bytes(rows[-1])
            if spent > self.room * 0.05:
                return rows[:-1]
        return rows

    def _sampled_cuts(self) -> pl.DataFrame:
        passages = self.run.stripped.join(self.chosen.cuts.lazy(), on=["page_id", "kind", "rule", "start"], how="semi")
        return fit(self._clip_cuts(passages), int(self.room * 0.12))

    def _clip_cuts(self, passages: pl.LazyFrame) -> pl.DataFrame:
        passage = pl.col("passage")
        rows = collect(
            passages.select(
                "page_id", "kind", "rule", "start", passage.str.slice(0, PASSAGE_CHARS), passage.str.len_chars().alias("length")
            )
        )
        return self._numbered(rows, "page_id").rename({"page_id": "page"}).sort("page", "start", "kind", "passage")

    def _texts(self, room: int) -> tuple[dict[str, Any], pl.DataFrame]:
        """Texts and markdown by number of page, the most important first, and all cuts of the pages whose text is there."""
        texts: dict[int, Any] = {}
        markdown: dict[int, Any] = {}
        taken = [
            pl.DataFrame(
                schema={
                    "page": pl.Int64,
                    "kind": pl.String,
                    "rule": pl.String,
                    "start": pl.Int64,
                    "passage": pl.String,
                    "length": pl.UInt32,
                }
            )
        ]
        for batch in self.pages.filter(pl.col("outcome") != "rejected").select("page_id").iter_slices(200):
            found, cuts = self._read_texts(batch), self._clip_cuts(self.run.stripped.join(batch.lazy(), on="page_id", how="semi"))
            spent = dict(cuts.group_by("page").agg((pl.col("passage").str.len_bytes() + 80).sum()).iter_rows())
            for page, text, marked in found.iter_rows():
                room -= count_bytes(text) + count_bytes(marked) + 10 + spent.get(page, 0)
                if room < 0:
                    cuts = cuts.filter(pl.col("page").is_in(list(texts)))
                    return {"texts": texts, "markdown": markdown}, pl.concat([*taken, cuts])
                texts[page] = text
                if marked:
                    markdown[page] = marked
            taken.append(cuts)
        return {"texts": texts, "markdown": markdown}, pl.concat(taken)

    def _read_texts(self, batch: pl.DataFrame) -> pl.DataFrame:
        limit = self.chosen.limits.text_chars
        marked = pl.when(pl.col("markdown") != pl.col("text")).then(pl.col("markdown").str.slice(0, limit))
        rows = self.run.documents.join(batch.lazy(), on="page_id", how="semi").select(
            "page_id", pl.col("text").str.slice(0, limit), marked
        )
        return self._numbered(collect(rows), "page_id").sort("page_id")
