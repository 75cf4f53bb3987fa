"""Site counts on a distributed engine: counted by tasks over parts, merged as a tree.

Tasks are picklable, write the part files that a single machine would write, and may run twice: a
part that is there is left alone, and a part is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from corpus_tools import tables
from corpus_tools.engines.protocol import Engine
from corpus_tools.site.counts_table import read_site_rows, site_rows
from corpus_tools.site.template import SiteCounts, count_sites
from corpus_tools.store.backing import clear
from corpus_tools.store.parts import list_parts, read_note, read_part, write_part

PARTS_A_TASK = 64
"""Parts counted in one task, and tables of counts merged in one."""


def count_sites_over(engine: Engine, sources: Sequence[Path], scratch: Path) -> SiteCounts:
    """Site counts of all parts of ``extracted``, merged ``PARTS_A_TASK`` at a time until one table is left, which the driver reads.

    Every table is bounded as ``site.template.SiteCounts`` is, however many pages were counted.
    """
    clear(scratch)
    scratch.mkdir(parents=True)
    made, level, task = list(sources), 0, _count_parts
    while level == 0 or len(made) > 1:
        starts = range(0, max(len(made), 1), PARTS_A_TASK)
        groups = [
            (scratch / f"level{level}-{start // PARTS_A_TASK:06d}.parquet", made[start : start + PARTS_A_TASK]) for start in starts
        ]
        made = list(engine.map_tasks(task, groups, 1))
        level, task = level + 1, _merge_counts
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
