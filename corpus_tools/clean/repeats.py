"""Equal pages under one id are told apart: they are counted, and an id ends in its page's count.

An id is made of what a page is (``readers.pages.make_page_id``), so the same capture of the same address has
the same id in every file that holds it. Pages count in the order of the parts, which those of an earlier run
lead. Counting again changes nothing, so a run that was killed here goes on.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_tools import tables
from corpus_tools.engines.context import Context
from corpus_tools.readers.pages import ID_DIGITS, number_page_id
from corpus_tools.store.backing import clear, here
from corpus_tools.store.parts import read_columns, read_note, read_part, write_part

_REPEATS = pa.schema([("part", pa.string()), ("base", pa.string()), ("before", pa.int64())])
"""An id without its count that stands more than once, a part that holds it, and how often it stands in parts before that one."""
_ROWS_PER_FILE = 1_000_000


def tell_repeats_apart(ctx: Context, folder: Path) -> None:
    """Give every row of the parts of ``extracted`` in ``folder`` an id of its own; parts with later repeats are written again."""
    scratch = folder / ".repeats"
    clear(scratch)
    scratch.mkdir()
    found = nw.to_native(_count_repeats(nw.from_native(ctx.engine.scan(folder, part="part", columns=["page_id"]))))
    parts = ctx.engine.checkpoint_sorted(found, scratch, _REPEATS, _ROWS_PER_FILE, ["part", "base"])
    files = [scratch / part.name for part in parts if part.rows]
    names = sorted({name for file in files for name in read_columns(file, ["part"])["part"].unique().to_pylist()})
    for _ in ctx.engine.map_tasks(partial(_count_in_part, folder=folder, files=files), names, ctx.workers):
        pass
    clear(scratch)


def _count_repeats(pages: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """``_REPEATS`` of the parts in which a row may have another count than 0."""
    bases = pages.select(nw.col("page_id").str.slice(0, ID_DIGITS).alias("base"), "part")
    counted = bases.group_by("base", "part").agg(nw.len().cast(nw.Int64).alias("rows"))
    several = counted.group_by("base").agg(nw.col("rows").sum().alias("all")).filter(nw.col("all") > 1).select("base")
    held = counted.join(several, on="base")
    running = nw.col("rows").cum_sum().over("base", order_by="part")
    placed = held.with_columns((running - nw.col("rows")).cast(nw.Int64).alias("before"))
    return placed.filter((nw.col("before") > 0) | (nw.col("rows") > 1)).select(*_REPEATS.names)


def _count_in_part(name: str, folder: Path, files: list[Path]) -> None:
    """One part with the repeats in it counted, written again if that changes an id."""
    path = folder / name
    found = pa.concat_tables([pq.read_table(here(file), filters=[("part", "==", name)], partitioning=None) for file in files])
    before = Counter(dict(zip(found["base"].to_pylist(), found["before"].to_pylist(), strict=True)))
    rows = read_part(path)
    ids = rows.column("page_id").to_pylist()
    counted = []
    for page_id in ids:
        base = page_id[:ID_DIGITS]
        counted.append(number_page_id(base, before[base]) if base in before else page_id)
        before.update((base,) if base in before else ())
    if counted != ids:
        arrays = [pa.array(counted, pa.string()) if one.name == "page_id" else rows.column(one.name) for one in tables.EXTRACTED]
        made = pa.RecordBatch.from_arrays(arrays, schema=tables.EXTRACTED)
        write_part(path, [made], tables.EXTRACTED, note=read_note(path))
