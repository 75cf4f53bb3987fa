"""What a run against an earlier one adds to its corpus and takes from it, as files of their own: ``corpus/new/``.

``train-*.parquet`` has the documents that the earlier corpus does not hold, or holds with another text, with the columns of the
corpus; ``gone-*.parquet`` those it holds and this one does not. Putting the first over the earlier corpus by page_id, and taking the
second away, gives the documents of this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_tools import tables
from corpus_tools.engines.context import Context
from corpus_tools.engines.slices import Slice, cut_files
from corpus_tools.frames import from_arrow, to_arrow
from corpus_tools.plan import WritePlan
from corpus_tools.store import backing
from corpus_tools.store.begun import write_record
from corpus_tools.store.manifest import Part
from corpus_tools.store.parts import ROWS_PER_FILE, list_parts, write_part
from corpus_tools.write.distributed import count_by_part

_COUNTS = pa.schema([("part", pa.string()), ("rows", pa.int64())])
_IDS = pa.schema([tables.CORPUS.field("page_id")])


@dataclass(frozen=True)
class Delta:
    """The parts of both tables, and how many documents each has."""

    parts: tuple[Part, ...] = ()
    new: int = 0
    gone: int = 0


def write_delta(ctx: Context, folder: Path, schema: pa.Schema, rejected: Path) -> Delta:
    """Write ``new/`` of the corpus in ``folder``, whose data and removed pages are written; nothing without an earlier corpus.

    Both engines write the same bytes: which rows are new is worked out by the engine, a task writes each file from the data files.
    """
    earlier = ctx.before.path / "corpus" if ctx.before else None
    if earlier is None or not list_parts(earlier, "data/train"):
        return Delta()
    target, scratch = folder / "new", folder / ".places" / "new"
    backing.clear(scratch)
    scratch.mkdir(parents=True)
    now: nw.LazyFrame[Any] = nw.from_native(ctx.engine.scan(folder / "data", stem="train", part="part"))
    before: nw.LazyFrame[Any] = nw.from_native(ctx.engine.scan(earlier, stem="data/train"))
    counts = _new_by_file(ctx, now, before, scratch)
    pieces = [(folder / "data" / row["part"], row["rows"]) for row in counts]
    tasks = cut_files(pieces, ctx.plan.write.rows_per_file)
    write = partial(_write_file, folder=target, places=scratch, schema=schema, plan=ctx.plan.write)
    new = list(ctx.engine.map_tasks(write, tasks, 1))
    gone = _write_gone(ctx, now, before, folder, rejected, scratch / "gone")
    backing.clear(scratch)
    return Delta((*new, *gone), sum(part.rows for part in new), sum(part.rows for part in gone))


def _new_by_file(ctx: Context, now: Any, before: Any, scratch: Path) -> list[dict[str, Any]]:
    """The ids of new documents to a file in ``scratch`` for each data file; their number for each data file that has any, in order."""
    held = before.select("page_id", "content_hash").unique()
    fresh = now.select("page_id", "content_hash", "part").join(held, on=["page_id", "content_hash"], how="anti")
    fresh = fresh.select("page_id", "part")
    none = ctx.engine.frame(_COUNTS.empty_table())  # of its own: Spark groups no frame with one that is made from it
    return count_by_part(ctx.engine, fresh.to_native(), none, _KeepIds(scratch), _COUNTS)


@dataclass(frozen=True)
class _KeepIds:
    """The ids of one data file's new documents to a file in ``scratch``."""

    scratch: Path

    def __call__(self, fresh: pa.Table, _none: pa.Table) -> pa.Table:
        if not fresh.num_rows:
            return _COUNTS.empty_table()
        part = fresh["part"][0].as_py()
        ids = to_arrow(from_arrow(fresh).select("page_id").sort("page_id")).cast(_IDS)
        write_part(self.scratch / part, ids.to_batches(), _IDS, level=1)
        return pa.table({"part": [part], "rows": [fresh.num_rows]}, schema=_COUNTS)


def _write_file(task: tuple[int, tuple[Slice, ...]], folder: Path, places: Path, schema: pa.Schema, plan: WritePlan) -> Part:
    """Write one file of new documents; a row group of a data file is in memory at a time."""
    number, slices = task
    rows = (batch for one in slices for batch in _slice_rows(one, places))
    return write_part(folder / f"train-{number:05d}.parquet", rows, schema, level=plan.compression_level, gather=True)


def _slice_rows(one: Slice, places: Path) -> Iterator[pa.RecordBatch]:
    """Those of the new documents of a data file, in its order, that the slice names."""
    wanted = pq.read_table(backing.here(places / one.path.name))["page_id"].combine_chunks()
    at = 0
    with pq.ParquetFile(backing.here(one.path)) as file:
        for number in range(file.num_row_groups):
            group = file.read_row_group(number)
            found = group.filter(pc.is_in(group["page_id"], value_set=wanted)).combine_chunks()
            start, stop = max(one.start - at, 0), min(one.stop - at, found.num_rows)
            if start < stop:
                yield from found.slice(start, stop - start).to_batches()
            at += found.num_rows


def _write_gone(ctx: Context, now: Any, before: Any, folder: Path, rejected: Path, scratch: Path) -> list[Part]:
    """The table of documents that are gone, sorted by page_id, with what became of each."""
    scratch.mkdir(parents=True)
    lost = before.select("page_id", "url").join(now.select("page_id"), on="page_id", how="anti")
    removed = nw.from_native(ctx.engine.scan(folder / "removed")).select("page_id", "kept_id", why_removed="reason")
    turned_away = nw.from_native(ctx.engine.scan(rejected)).select("page_id", why_rejected="reason")
    told = lost.join(removed, on="page_id", how="left").join(turned_away, on="page_id", how="left")
    reason = nw.when(nw.col("why_removed").is_null()).then(nw.col("why_rejected")).otherwise(nw.col("why_removed"))
    found = told.with_columns(reason=reason).select(tables.GONE.names).to_native()
    made = ctx.engine.checkpoint_sorted(found, scratch, tables.GONE, ROWS_PER_FILE, ["page_id"])
    return [_move(scratch / part.name, folder / "new" / part.name.replace("part-", "gone-"), part) for part in made]


def _move(source: Path, target: Path, part: Part) -> Part:
    """A part under another name, with its record."""
    moved = Part(target.name, part.rows, part.size, part.digest)
    write_record(target, moved)
    backing.here(source).replace(target)
    backing.wrote(target)
    return moved
