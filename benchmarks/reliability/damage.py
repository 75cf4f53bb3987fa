"""Damage to every table of a finished run, by kind: is it healed or refused, or believed in silence, or called a bug?

    python -m benchmarks.reliability.damage

With its source a run makes again what is damaged; without it, the same where that is possible, and else an error names the file.
Writes ``results/reliability/damage.json``.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks import gate
from benchmarks.data.small_crawl import write_crawl
from benchmarks.reliability.commands import file_digests
from benchmarks.reliability.harm import HARMS, TABLES, parts_of
from corpus_tools import api
from corpus_tools.errors import CorpusError
from corpus_tools.plan import Plan

PAGES = 30
PLAN = Plan().with_settings({"read.part_pages": 10, "write.rows_per_file": 9, "rewrite.enabled": True})


def outcome(run: Path, source: Path | None, whole: dict[str, str]) -> str:
    """What a run over a damaged folder comes to: ``healed``, ``refused``, ``silent`` or ``blamed`` (an error that is not ours)."""
    try:
        if source is None:
            api.resume(run, workers=1)
        else:
            api.run(source, run, PLAN, workers=1)
    except CorpusError:
        return "refused"
    except Exception as error:
        print(f"    {type(error).__name__}: {error}")
        return "blamed"
    return "healed" if file_digests(run) == whole else "silent"


def measure(scratch: Path) -> tuple[dict[str, dict[str, dict[str, int]]], gate.Data]:
    """Counts of outcomes by kind of damage, with and without the source; the first and the last part of every table are damaged, one at a time."""
    data = write_crawl(scratch / "crawl", PAGES)
    finished = Path(api.run(scratch / "crawl", scratch / "RUN", PLAN, workers=1).path)
    whole = file_digests(finished)
    found: dict[str, dict[str, dict[str, int]]] = {}
    for kind, harm in HARMS.items():
        for road, source in (("with source", scratch / "crawl"), ("without", None)):
            counts: Counter[str] = Counter()
            for table in TABLES:
                for number in sorted({0, len(parts_of(finished, table)) - 1}):
                    run = scratch / "HARMED"
                    shutil.rmtree(run, ignore_errors=True)
                    shutil.copytree(finished, run)
                    harm(parts_of(run, table)[number], random.Random(f"{kind} {table} {number}"))
                    result = outcome(run, source, whole)
                    counts[result] += 1
                    if result in ("silent", "blamed"):
                        print(f"  {kind} of part {number} of {table}, {road}: {result}", flush=True)
            found.setdefault(kind, {})[road] = dict(counts)
            print(f"{kind:10s}{road:14s}{dict(counts)}", flush=True)
    return found, data


def main() -> None:
    """Measure, print and save."""
    with tempfile.TemporaryDirectory() as scratch:
        found, data = measure(Path(scratch))
    totals: Counter[str] = Counter()
    for roads in found.values():
        for counts in roads.values():
            totals.update(counts)
    figures = {"tried": totals.total(), "silent": totals["silent"], "blamed": totals["blamed"], "by_kind": found}
    print(f"{totals.total()} tried: {dict(totals)}")
    gate.save_result("reliability/damage", figures, data, {"silent": "max", "blamed": "max"})


if __name__ == "__main__":
    main()
