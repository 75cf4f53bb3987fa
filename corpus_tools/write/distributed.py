"""The write stage over many machines: the same files, each written by a task from the parts it spans.

Every page's place travels to the part that holds the page; then the files are laid out from the
number of rows each part gives, and a task writes each. The driver sees one row per part.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa

from corpus_tools import tables
from corpus_tools.engines.context import Context
from corpus_tools.engines.protocol import Engine, GroupKernel
from corpus_tools.engines.slices import Slice, cut_files
from corpus_tools.frames import from_arrow, to_arrow
from corpus_tools.plan import WritePlan
from corpus_tools.store.backing import clear, here
from corpus_tools.store.manifest import Part
from corpus_tools.store.parts import write_part
from corpus_tools.write.local import REMOVED_PLACE, corpus_schema, part_rows

_KEPT = pa.schema([tables.CORPUS.field(name) for name in ("page_id", "cluster_id", "cluster_size", "also_seen_at")])
_REMOVED = pa.schema([tables.REMOVED.field(name) for name in REMOVED_PLACE])
_COUNTS = pa.schema([("part", pa.string()), ("kept", pa.int64()), ("removed", pa.int64())])


@dataclass(frozen=True)
class _Layout:
    """One of the two tables: where its files go and what they are called."""

    folder: Path
    stem: str
    places: Path
    schema: pa.Schema
    plan: WritePlan


def write_tables(engine: Engine, documents: Path, clusters: Path, folder: Path, plan: WritePlan) -> tuple[list[Part], list[Part]]:
    """Write ``data/train-*.parquet`` and ``removed/part-*.parquet`` into ``folder``: the files of the embedded engine.

    ``documents`` and ``clusters`` are folders of parts. Returns the parts of both tables.
    """
    scratch = folder / ".places"
    clear(scratch)
    for name in ("kept", "removed"):
        (scratch / name).mkdir(parents=True)
    counts = _send_places(engine, documents, clusters, scratch)
    made = []
    for name, target, stem, schema in (
        ("kept", "data", "train", corpus_schema(documents)),
        ("removed", "removed", "part", tables.REMOVED),
    ):
        (folder / target).mkdir(parents=True, exist_ok=True)
        layout = _Layout(folder / target, stem, scratch / name, schema, plan)
        pieces = [(documents / row["part"], row[name]) for row in counts]
        tasks = cut_files(pieces, plan.rows_per_file)
        made.append(list(engine.map_tasks(partial(_write_file, layout=layout), tasks, 1)))
    clear(scratch)
    return made[0], made[1]


def _send_places(engine: Engine, documents: Path, clusters: Path, scratch: Path) -> list[dict[str, Any]]:
    """Write each part's places into ``scratch``; part, kept and removed pages of every part, in order of the parts."""
    pages: nw.LazyFrame[Any] = nw.from_native(engine.scan(documents, part="part", columns=["page_id", "url"]))
    found: nw.LazyFrame[Any] = nw.from_native(engine.scan(clusters)).select(*_REMOVED.names, "role")
    placed = pages.join(found, on="page_id")
    homes = placed.filter(nw.col("role") == "kept").select("page_id", "part")
    copies = placed.filter(nw.col("role") == "removed").select(nw.col("kept_id").alias("of"), "url")
    sent = copies.join(homes, left_on="of", right_on="page_id")
    columns = [*_REMOVED.names, "role", "part"]
    return count_by_part(engine, placed.select(columns).to_native(), sent.to_native(), _KeepPlaces(scratch), _COUNTS)


def count_by_part(engine: Engine, left: Any, right: Any, kernel: GroupKernel, counts: pa.Schema) -> list[dict[str, Any]]:
    """What ``kernel`` counts of the rows of both frames that share a ``part``: a row of ``counts`` each, in order of the parts."""
    counted = engine.map_groups(left, right, "part", kernel, counts)
    rows = nw.from_native(counted).collect(backend="pyarrow").to_native()
    return sorted(rows.to_pylist(), key=lambda row: str(row["part"]))


@dataclass(frozen=True)
class _KeepPlaces:
    """The places of one part's pages, and the addresses of what its kept pages stand for, to two files in ``scratch``."""

    scratch: Path

    def __call__(self, placed: pa.Table, copies: pa.Table) -> pa.Table:
        if not placed.num_rows:
            return _COUNTS.empty_table()
        part = placed["part"][0].as_py()
        places, seen = from_arrow(placed), from_arrow(copies)
        urls = seen.group_by("of").agg(
            pl.col("url").drop_nulls().sort().alias("also_seen_at"), (pl.len() + 1).cast(pl.Int64).alias("cluster_size")
        )
        kept = (
            places.filter(pl.col("role") != "removed")
            .join(urls, left_on="page_id", right_on="of", how="left")
            .with_columns(pl.col("cluster_size").fill_null(1), pl.col("also_seen_at").fill_null([]))
        )
        removed = places.filter(pl.col("role") == "removed")
        for name, rows, schema in (("kept", kept, _KEPT), ("removed", removed, _REMOVED)):
            table = to_arrow(rows.select(schema.names)).cast(schema)
            write_part(self.scratch / name / part, table.to_batches(), schema, level=1)
        return pa.table({"part": [part], "kept": [kept.height], "removed": [removed.height]}, schema=_COUNTS)


def _write_file(task: tuple[int, tuple[Slice, ...]], layout: _Layout) -> Part:
    """Write one file; one part of documents is in memory at a time."""
    number, slices = task
    rows = (batch for one in slices for batch in _slice_rows(one, layout))
    path = layout.folder / f"{layout.stem}-{number:05d}.parquet"
    return write_part(path, rows, layout.schema, level=layout.plan.compression_level, gather=True)


def _slice_rows(one: Slice, layout: _Layout) -> list[pa.RecordBatch]:
    places = pl.scan_parquet(here(layout.places / one.path.name))
    made = part_rows(pl.scan_parquet(here(one.path)), places, layout.schema, redact=layout.plan.redact)
    return [batch.slice(one.start, one.stop - one.start) for batch in made]


def write_corpus(ctx: Context, folder: Path) -> tuple[list[Part], list[Part]]:
    """Write ``data/train-*.parquet`` and ``removed/part-*.parquet`` into ``folder``; the parts of both."""
    return write_tables(ctx.engine, ctx.folder / "documents", ctx.folder / "clusters", folder, ctx.plan.write)
