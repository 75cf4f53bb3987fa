"""The site stage on one machine: in this process, or where there is much to do in several, with the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa

from corpus_tools.engines.context import Context
from corpus_tools.engines.processes import map_in_processes
from corpus_tools.progress import Progress
from corpus_tools.site.distributed import count_sites_over
from corpus_tools.site.parts import Finish, finish_stored
from corpus_tools.site.template import SiteCounts, count_sites
from corpus_tools.store.backing import wrote
from corpus_tools.store.parts import describe_part, read_part

PAGES_A_PROCESS = 50_000
"""Pages that a process has to do at the least: starting it and working templates out anew takes the time of some 10,000."""

MAX_COUNTS = 256 << 20
"""Bytes of site counts up to which every process may hold its own."""


def count_here(ctx: Context, sources: list[Path]) -> SiteCounts:
    """Site counts over parts of extracted pages."""
    processes = count_processes(ctx.workers, sources)
    if processes == 1:
        return count_sites(_advancing(ctx.progress, sources))
    each = max(1, -(-len(sources) // (4 * processes)))
    counts = count_sites_over(partial(map_in_processes, workers=processes), sources, ctx.folder / "sites" / ".scratch", each)
    ctx.progress.advance(len(sources))
    return counts


def finish_here(ctx: Context, finish: Finish, sources: list[Path], counts: SiteCounts | None) -> Iterator[Path]:
    """Finish the parts; those that are there or hold from an earlier run come first."""
    left = []
    for source in sources:
        if finish.is_done(source):
            yield source
        else:
            left.append(source)
    processes = count_processes(ctx.workers, left)
    if processes == 1 or (counts is not None and counts.size > MAX_COUNTS):
        for source in left:
            finish.make(source, counts)
            yield source
        return
    for source in map_in_processes(partial(finish_stored, finish=finish), left, processes):
        for target in finish.targets(source):
            wrote(target)  # a run in an object store is kept by this process alone
        yield source


def count_processes(workers: int, sources: Sequence[Path]) -> int:
    """How many processes the work on these parts is spread over."""
    if workers <= 1 or len(sources) <= 1:
        return 1
    pages = sum(describe_part(path).rows for path in sources)
    return max(1, min(workers, len(sources), pages // PAGES_A_PROCESS))


def _advancing(progress: Progress, sources: list[Path]) -> Iterator[pa.RecordBatch]:
    for source in sources:
        yield read_part(source, ["page_id", "site", "text"])
        progress.advance(1)
