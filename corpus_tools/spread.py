"""The clean stages on a distributed engine: tasks over files and parts, site counts merged as a tree.

Tasks are picklable, write the part files that a single machine would write, and may run twice: a
part that is there is left alone, and a part is there whole or not at all.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_tools import tables
from corpus_tools.engines import Engine
from corpus_tools.parts import list_parts, read_note, read_part, write_part

if TYPE_CHECKING:
    from corpus_tools.clean.site import SiteCounts

GROUP = 64
"""Parts counted in one task, and tables of counts merged in one."""


def count_sites_over(engine: Engine, sources: Sequence[Path], scratch: Path) -> SiteCounts:
    """Site counts of all parts of ``extracted``, merged ``GROUP`` at a time until one table is left, which the driver reads.

    Every table is bounded as ``clean.site.SiteCounts`` is, however many pages were counted.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    made, level, task = list(sources), 0, _count_parts
    while level == 0 or len(made) > 1:
        starts = range(0, max(len(made), 1), GROUP)
        groups = [(scratch / f"level{level}-{start // GROUP:06d}.parquet", made[start : start + GROUP]) for start in starts]
        made = list(engine.map_tasks(task, groups, 1))
        level, task = level + 1, _merge_counts
    counts = _read_counts(made[0])
    shutil.rmtree(scratch)
    return counts


def _count_parts(group: tuple[Path, list[Path]]) -> Path:
    from corpus_tools.clean import count_sites

    target, sources = group
    return _keep_counts(target, count_sites(read_part(path, ["page_id", "site", "text"]) for path in sources))


def _merge_counts(group: tuple[Path, list[Path]]) -> Path:
    target, sources = group
    counts = _read_counts(sources[0])
    for path in sources[1:]:
        counts.merge(_read_counts(path))
    return _keep_counts(target, counts)


def _keep_counts(target: Path, counts: SiteCounts) -> Path:
    from corpus_tools.clean.site_table import site_rows

    write_part(target, site_rows(counts), tables.SITES, note=counts.sample)
    return target


def _read_counts(path: Path) -> SiteCounts:
    from corpus_tools.clean.site_table import read_site_rows

    counts = read_site_rows([read_part(path)])
    counts.sample = read_note(path)  # a sample once halved stays halved, as it would have on one machine
    return counts


@lru_cache(maxsize=1)
def stored_counts(folder: Path, seal: str) -> SiteCounts:
    """The counts of the run's ``sites`` folder, read once a process; ``seal`` tells one making of the folder from the next."""
    from corpus_tools.clean.site_table import read_site_rows

    return read_site_rows(read_part(path) for path in list_parts(folder))
