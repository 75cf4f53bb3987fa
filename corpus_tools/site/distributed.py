"""Site counts by tasks over parts, on a distributed engine or in processes of one machine; merged as a tree.

Tasks are picklable, write the part files that a single machine would write, and may run twice: a
part that is there is left alone, and a part is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from corpus_tools import tables
from corpus_tools.site.counts_table import read_site_rows, site_rows
from corpus_tools.site.template import SiteCounts, count_sites
from corpus_tools.store.backing import clear
from corpus_tools.store.parts import list_parts, read_note, read_part, write_part

PARTS_A_TASK = 64
"""Parts counted in one task, and tables of counts merged in one."""


def count_sites_over(
    map_tasks: Callable[..., Iterator[Path]], sources: Sequence[Path], scratch: Path, parts_a_task: int = PARTS_A_TASK
) -> SiteCounts:
    """Site counts of all parts of ``extracted``, merged ``PARTS_A_TASK`` at a time until one table is left, which the driver reads.

    ``map_tasks`` does a function over tasks, as an engine's does; ``parts_a_task`` are counted in one. Every table is bounded as ``site.template.SiteCounts`` is, however many pages were counted.
    """
    clear(scratch)
    scratch.mkdir(parents=True)
    made, level, task, size = list(sources), 0, _count_parts, parts_a_task
    while level == 0 or len(made) > 1:
        starts = range(0, max(len(made), 1), size)
        groups = [(scratch / f"level{level}-{start // size:06d}.parquet", made[start : start + size]) for start in starts]
        made = list(map_tasks(task, groups))
        level, task, size = level + 1, _merge_counts, PARTS_A_TASK
    counts = _read_counts(made[0])
    clear(scratch)
    return counts


def _count_parts(group: tuple[Path, list[Path]]) -> Path:
    target, sources = group
    return _keep_counts(target, count_sites(read_part(path, ["page_id", "site", "text"]) for path in sources))


def _merge_counts(group: tuple[Path, list[Path]]) -> Path:
    target, sources = group
    counts = _read_counts(sources[0])
    for path in sources[1:]:
        counts.merge(_read_counts(path))
    return _keep_counts(target, counts)


def _keep_counts(target: Path, counts: SiteCounts) -> Path:
    write_part(target, site_rows(counts), tables.SITES, note=counts.sample)
    return target


def _read_counts(path: Path) -> SiteCounts:
    counts = read_site_rows([read_part(path)])
    counts.sample = read_note(path)  # a sample once halved stays halved, as it would have on one machine
    return counts


@lru_cache(maxsize=1)
def stored_counts(folder: Path, seal: str) -> SiteCounts:
    """The counts of the run's ``sites`` folder, read once a process; ``seal`` tells one making of the folder from the next."""
    return read_site_rows(read_part(path) for path in list_parts(folder))
