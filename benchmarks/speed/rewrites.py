"""The search for rewrites at scale: seconds, memory and candidates of each step, on pages put together from MedQuAD.

A page is five passages of four sentences, each from another page, so that sentences stand on many pages; one page in a
hundred is another one spun. Each size runs in a process of its own.

    python -m benchmarks.speed.rewrites --data DATA/medquad [--sizes 20000 100000] [--pipeline]

``--pipeline`` runs the main job itself, ``corpus-tools run --rewrites``, and writes ``results/speed/rewrites_pipeline.json``.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import gate
from benchmarks.data.spinners import sentences, spin
from benchmarks.data.spun_pages import read_honest, recipe
from benchmarks.data.synonyms import WordNet
from benchmarks.rewrites.clusters import found_pairs
from benchmarks.rewrites.pairs import signature_values
from benchmarks.speed.command import run_command
from corpus_tools.api import open_run
from corpus_tools.fingerprint.sketch import fingerprint_batch
from corpus_tools.plan import Plan
from corpus_tools.rewrite.candidates import find_partners
from corpus_tools.rewrite.search import search_rewrites
from corpus_tools.rewrite.sketch import count_vocabulary, sketch_batch
from corpus_tools.text import content_hash

BATCH = 5000
SHORT = 200
"""Words of a short page."""


def write_pages(data: Path, target: Path, count: int) -> int:
    """``count`` made pages as parquet (page_id, text); page i + 1 of every hundred is page i spun. Returns the spun pages."""
    chance, synonyms = random.Random(5), WordNet()
    pool = [parts for text in read_honest(data).texts if len(parts := sentences(text)) >= 4]
    made: list[str] = []
    spun = 0
    for i in range(count):
        if i % 100 == 1:
            made.append(spin(made[-1], synonyms, recipe(0.5, "light"), str(i)))
            spun += 1
            continue
        passages = [(parts := chance.choice(pool), chance.randrange(len(parts) - 3)) for _ in range(5)]
        made.append("\n".join(" ".join(parts[at : at + 4]) for parts, at in passages))
    ids = [f"{i:08d}" for i in range(count)]
    table = pa.table(
        {"page_id": ids, "content_hash": [content_hash(text) for text in made], "text": pa.array(made, pa.large_string())}
    )
    pq.write_table(table, target, row_group_size=BATCH)
    return spun


def run_size(path: Path, spun: int) -> dict[str, Any]:
    """Every step on one file of pages, in this process."""
    plan = Plan().with_settings({"rewrite.enabled": True})
    held = pq.ParquetFile(path)

    def batches() -> Iterator[pa.RecordBatch]:
        yield from held.iter_batches(BATCH)

    list(sign_batches([next(batches())], plan, count_vocabulary(lambda: [next(batches()).slice(0, 100)], 100)))  # compile first
    signing = compare_signatures([one for one, _ in zip(batches(), range(4), strict=False)], plan)
    seconds: dict[str, float] = {}  # processor seconds: wall time says more of the neighbours
    began = time.process_time()
    vocabulary = count_vocabulary(batches, held.metadata.num_rows)
    seconds["count"], began = time.process_time() - began, time.process_time()
    signatures = pa.Table.from_batches(sign_batches(batches(), plan, vocabulary))
    seconds["sketch"], began = time.process_time() - began, time.process_time()
    left, _, report = find_partners(signature_values(signatures.combine_chunks().to_batches()[0]).T, plan.rewrite)
    seconds["candidates"], began = time.process_time() - began, time.process_time()
    frame = pl.LazyFrame(pl.from_arrow(signatures))
    edges = pa.Table.from_batches(search_rewrites(frame, pl.scan_parquet(path), plan, vocabulary))
    seconds["match"] = time.process_time() - began
    rows = pl.DataFrame(pl.from_arrow(edges)).filter(pl.col("score") >= plan.rewrite.threshold)
    found = sum(int(b) - int(a) == 1 and int(b) % 100 == 1 for a, b in zip(rows["left"], rows["right"], strict=True))
    return {
        "pages": held.metadata.num_rows,
        "megabytes": round(sum(len(one) for one in held.read(["text"])["text"].to_pylist()) / 1e6),
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        **signing,
        "processor_seconds": round(time.process_time(), 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "candidates_per_page": round(len(left) / held.metadata.num_rows, 2),
        "hot_values": report.hot,
        "edges": len(rows),
        "recall": round(found / spun, 4),
        "other_edges": len(rows) - found,
        "match_pages_per_second": round(held.metadata.num_rows / seconds["match"]),
        "match_pairs_per_second": round(len(left) / seconds["match"]),
    }


def compare_signatures(batches: list[pa.RecordBatch], plan: Plan) -> dict[str, float]:
    """Processor seconds a megabyte of both kinds of signature on the same batches, the lowest of five turns, and their ratio."""
    vocabulary = count_vocabulary(lambda: batches, sum(batch.num_rows for batch in batches))
    counted = [batch.append_column("n_words", pa.array([0] * batch.num_rows, pa.int64())) for batch in batches]
    spent: dict[str, list[float]] = {"fingerprint": [], "rewrite": []}
    for _ in range(6):
        for name, times in spent.items():
            began = time.process_time()
            for batch in counted:
                fingerprint_batch(batch, plan.fingerprint) if name == "fingerprint" else sketch_batch(
                    batch, plan.rewrite, vocabulary
                )
            times.append(time.process_time() - began)
    lowest = {name: min(times[1:]) for name, times in spent.items()}  # the first compiles
    return {
        f"{name}_seconds_a_megabyte": round(value / sum(b.nbytes for b in batches) * 1e6, 5) for name, value in lowest.items()
    } | {"rewrite_over_fingerprint": round(lowest["rewrite"] / lowest["fingerprint"], 2)}


def run_pipeline(path: Path, spun: int, workers: int) -> dict[str, Any]:
    """The main job with rewrites on one file of pages: seconds and peak memory a stage, and what it found."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "RUN"
        used = run_command("run", path, "-o", out, "--rewrites", "-q", "--workers", workers)
        run = open_run(out)
        own = run.documents.select("page_id", number=pl.col("source_id").cast(pl.Int64)).collect()
        pairs = run.rewrites.filter(pl.col("score") >= run.plan.rewrite.threshold).collect()
        for side in ("left", "right", "original"):
            numbers = own.rename({"page_id": side, "number": f"{side}_number"})
            pairs = pairs.join(numbers, on=side, how="left", maintain_order="left")
        low, high = (f("left_number", "right_number") for f in (pl.min_horizontal, pl.max_horizontal))
        true = pairs.filter((high - low == 1) & (high % 100 == 1))
        found, named = true.height, int((true["original_number"] % 100 == 0).sum())
        return {
            "pages": own.height,
            "sentence": used.sentence,
            "workers": workers,
            "wall_seconds": round(used.seconds, 1),
            "processor_seconds": round(used.cpu_seconds, 1),
            "peak_mib": used.peak_mib,
            "stages": run.record["stages"],
            "rewrites": pairs.height,
            "recall": round(found / spun, 4),
            "other_rewrites": pairs.height - found,
            "originals_named": round(named / max(found, 1), 4),
            "substitutions": run.substitutions.select(pl.len()).collect().item(),
        }


def rate_whole_search(data: Path) -> dict[str, float]:
    """Pages a processor second through vocabulary, sketch and search: MedQuAD, and its first SHORT words of each page that has so many."""
    texts = read_honest(data).texts
    short = [" ".join(words[:SHORT]) for text in texts if len(words := text.split()) >= SHORT]
    return {name: found_pairs(held, Plan())[1] for name, held in (("medquad", texts), ("medquad_short", short))}


def sign_batches(batches: Any, plan: Plan, vocabulary: Any) -> Iterator[pa.RecordBatch]:
    """Rewrite signatures of batches."""
    for batch in batches:
        yield sketch_batch(batch, plan.rewrite, vocabulary)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with MedQuAD's pages.parquet")
    parser.add_argument("--sizes", type=int, nargs="*", default=[20_000, 100_000])
    parser.add_argument("--pipeline", action="store_true", help="the main job instead of the search step by step")
    parser.add_argument("--workers", type=int, default=2, help="of the main job")
    parser.add_argument("--run", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps(run_size(Path(options.run[0]), int(options.run[1]))))
        return
    rows, name = list[dict[str, Any]](), "rewrites_pipeline" if options.pipeline else "rewrites"
    figures = {"rows": rows} if options.pipeline else {"rows": rows, "whole_search_pages_a_second": rate_whole_search(options.data)}
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pages.parquet"
            spun = write_pages(options.data, path, size)
            if options.pipeline:
                rows.append(run_pipeline(path, spun, options.workers))
            else:
                command = [
                    sys.executable,
                    "-m",
                    "benchmarks.speed.rewrites",
                    "--data",
                    str(options.data),
                    "--run",
                    str(path),
                    str(spun),
                ]
                printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                rows.append(json.loads(printed.splitlines()[-1]))
        print(rows[-1], flush=True)
        gate.save_result(f"speed/{name}", figures, gate.digest_files(options.data / "pages.parquet"))


if __name__ == "__main__":
    main()
