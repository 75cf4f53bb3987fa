"""A frame in memory that was searched for copies: asked as a run is, and grouped again under another plan without a new search."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from corpus_tools.errors import PlanError
from corpus_tools.fingerprint.sketch import fingerprint_documents
from corpus_tools.frames import Rows, from_arrow
from corpus_tools.group.documents import grouping_columns
from corpus_tools.group.joined import join_rewrites
from corpus_tools.group.local import HELD_COLUMNS, cluster_edges
from corpus_tools.group.renamings import lift_renamings
from corpus_tools.kernels.normal import describe_column
from corpus_tools.match.local import count_texts, match_signatures
from corpus_tools.match.word_store import TOLD
from corpus_tools.plan import Plan
from corpus_tools.progress import Logged, Progress
from corpus_tools.rewrite.local import rewrites_among, substitutions_among, vocabulary_of
from corpus_tools.store.opened import StoredRun
from corpus_tools.tables import DOCUMENTS

_SCHEMA = from_arrow(DOCUMENTS.empty_table()).schema


@dataclass(frozen=True)
class Found:
    """What a search found in a frame: its documents and the pairs among them; ``rewrites`` is None where none were looked for."""

    rows: Rows
    ids: pl.Series
    """page_id of every row, in order; smaller ones come first where rows are numbered."""
    numbered: bool
    """Whether the ids are row numbers."""
    documents: pl.DataFrame
    edges: pl.DataFrame
    rewrites: pl.DataFrame | None


def search_rows(rows: Rows, text: str, id: str | None, plan: Plan, progress: Progress | None = None) -> Found:  # noqa: A002
    """Fingerprint, match and look for rewrites among the rows of a frame; PlanError if a column cannot be used."""
    told = progress or Logged()
    ids = _page_ids(rows, text, id)
    documents = _documents(rows, text, ids)
    worded = documents.filter(pl.col("n_words") > 0)
    told.start("fingerprint", worded.height, "rows")
    signatures = fingerprint_documents(worded.select("page_id", "text", "content_hash", "n_words"), plan.fingerprint)
    told.finish(f"{signatures.height:,} signatures")
    told.start("match", None, "pairs")
    edges = match_signatures(signatures, worded, plan.match, plan.fingerprint)
    told.finish(f"{edges.height:,} pairs")
    rewrites = None
    if plan.rewrite.enabled:
        told.start("rewrite", None, "pairs")
        rewrites = rewrites_among(worded, plan)
        told.finish(f"{rewrites.filter(pl.col('score') >= plan.rewrite.threshold).height:,} rewrites")
    return Found(rows, ids, id is None, documents, edges, rewrites)


def _page_ids(rows: Rows, text: str, name: str | None) -> pl.Series:
    """Ids as strings whose order is the rows' order where they are row numbers."""
    if name is None:
        height = len(_column(rows, text))
        width = len(str(height))
        return pl.Series("page_id", [f"{row:0{width}d}" for row in range(height)], pl.String)
    ids = _column(rows, name).cast(pl.String).alias("page_id")
    if ids.null_count() or ids.n_unique() < len(ids):
        raise PlanError(f"column {name!r} holds a null, or the same id twice", "name a column with one id per row, or none")
    return ids


def _column(rows: Rows, name: str) -> pl.Series:
    if name not in rows.names:
        raise PlanError(
            f"the frame has no column {name!r}; it has {', '.join(map(str, rows.names))}",
            "name the right column with text= or id=",
        )
    return rows.column(name)


def _documents(rows: Rows, name: str, ids: pl.Series) -> pl.DataFrame:
    """Rows as ``tables.DOCUMENTS``, as far as a frame tells."""
    texts = _column(rows, name)
    if texts.dtype == pl.Null:
        texts = texts.cast(pl.String)
    if texts.dtype != pl.String:
        raise PlanError(f"column {name!r} holds {texts.dtype}, not text", "name the column that holds the text with text=")
    texts = texts.fill_null("")
    counts, hashes = describe_column(texts.rechunk().to_arrow())
    known = {"page_id": ids, "text": texts, "n_words": pl.Series(from_arrow(counts)), "content_hash": pl.Series(from_arrow(hashes))}
    told = {column: rows.column(column) for column in TOLD if column in rows.names and column != name}
    known |= {column: series for column, series in told.items() if series.dtype == pl.String}
    made = pl.DataFrame([series.alias(column) for column, series in known.items()])
    absent = [pl.lit(None, kind).alias(column) for column, kind in _SCHEMA.items() if column not in known]
    return made.with_columns(absent).select(_SCHEMA.names())


class HeldRun(StoredRun):
    """What was found in a frame, under a plan, with the tables and questions of a run; nothing of it is on disk."""

    def __init__(self, found: Found, plan: Plan) -> None:
        self.found, self.path = found, Path("the frame")
        self.record: dict[str, Any] = {}
        self._plan = plan
        self._made: dict[str, pl.DataFrame] = {}
        self._sound = {}

    @property
    def plan(self) -> Plan:
        """The plan its rows are grouped by."""
        return self._plan

    @property
    def summary(self) -> str:
        """Where the rows went, in one sentence."""
        roles = self.placed["role"]
        removed = int((roles == "removed").sum())
        families = self.placed.filter(pl.col("role") != "single")["cluster_id"].n_unique()
        return f"{len(roles):,} rows: {len(roles) - removed:,} kept, {removed:,} removed, {families:,} {'family' if families == 1 else 'families'}"

    @cached_property
    def placed(self) -> pl.DataFrame:
        """``tables.CLUSTERS`` in the order of the rows."""
        ids = pl.DataFrame({"page_id": self.found.ids})
        return ids.join(self.table("clusters").collect(), on="page_id", how="left", maintain_order="left")

    def table(self, name: str) -> pl.LazyFrame:
        """A table of the run by its name: worked out when it is first asked for."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name].lazy()

    def _make(self, name: str) -> pl.DataFrame:
        found = self.found
        if name == "documents":
            return found.documents
        if name == "edges":
            return found.edges
        if name == "clusters":
            return self._clusters()
        if name == "frequencies":
            texts = found.documents.filter(pl.col("n_words") > 0).unique("content_hash")
            return count_texts(texts["page_id"], texts.lazy(), self.plan)
        if found.rewrites is None:
            raise PlanError(f"there is no table {name!r}: rewrites were not looked for", "leave rewrite.enabled on in the plan")
        if name == "rewrites":
            return found.rewrites
        if name in ("vocabulary", "substitutions"):
            return self._words_of_rewrites(name)
        raise PlanError(f"a frame has no table {name!r}", "corpus_tools.run makes all tables, on disk")

    def _clusters(self) -> pl.DataFrame:
        """The group stage, by the code that groups a run."""
        edges, rewrites = lift_renamings(self.found.edges.lazy()), None
        if self.found.rewrites is not None:
            rewrites = self.found.rewrites.lazy()
            edges = join_rewrites(edges, rewrites, self.plan)
        named = self.documents.with_columns(url=pl.lit(None, pl.String))  # reasons name a row by its id
        pages = grouping_columns(named, HELD_COLUMNS, rewrites)
        placed: pl.DataFrame = cluster_edges(edges.collect().sort("left", "right"), pages.collect(), self.plan.group)
        return placed

    def _words_of_rewrites(self, name: str) -> pl.DataFrame:
        worded = self.found.documents.filter(pl.col("n_words") > 0)
        vocabulary = vocabulary_of(worded)
        self._made["vocabulary"] = from_arrow(vocabulary.to_batch())
        if name == "substitutions" and self.found.rewrites is not None:
            return from_arrow(substitutions_among(self.found.rewrites, worded, plan=self.plan, vocabulary=vocabulary))
        return self._made[name]

    def find_page(self, name: str | int) -> str:
        """The page_id of a row: its value in the id column, or its number; PlanError if there is none."""
        wanted = str(name)
        if self.found.numbered and wanted.isdecimal():
            wanted = wanted.lstrip("0").rjust(len(str(len(self.found.ids))), "0")
        if wanted not in self._places:
            what = "number" if self.found.numbered else "id"
            raise PlanError(f"the frame has no row with the {what} {str(name)!r}", f"name a row by its {what}")
        return wanted

    @cached_property
    def _places(self) -> dict[str, int]:
        return {page: place for place, page in enumerate(self.found.ids.to_list())}

    def moved(self, settings: dict[str, float]) -> HeldRun:
        """The same pairs grouped under other thresholds. PlanError for one below what the search stored."""
        plan = self.plan
        for setting, least in (("group.threshold", plan.match.min_score), ("rewrite.threshold", plan.rewrite.min_score)):
            if setting in settings and settings[setting] < least:
                raise PlanError(f"{setting} is {settings[setting]}", f"give at least {least}: the search kept no pairs below it")
        return HeldRun(self.found, plan.with_settings(settings))
