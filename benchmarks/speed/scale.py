"""From fingerprint to clusters at 100,000 and 1,000,000 synthetic documents: seconds, processor seconds, peak memory.

python -m benchmarks.speed.scale [--sizes 100000 1000000] [--work FOLDER] [--skip datasketch ...]

Each step runs in a process of its own, so that its peak memory is its own. ``work`` keeps the documents (about 1 GB a million) for
the next time. datasketch's MinHashLSH gets the same signatures, on ``--peer-pages`` of them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import gate
from benchmarks.data import synthetic
from corpus_tools.plan import Plan


def fingerprint(folder: Path, _pages: int) -> dict[str, Any]:
    """Documents in parquet to signatures in parquet, as a stream."""
    from corpus_tools import fingerprint_documents

    source = pq.ParquetFile(folder / "documents.parquet", pre_buffer=False)  # or it keeps all it has read
    sketched = fingerprint_documents(pa.RecordBatchReader.from_batches(source.schema_arrow, source.iter_batches(2048)))
    with pq.ParquetWriter(folder / "signatures.parquet", sketched.schema, compression="none", use_dictionary=False) as writer:
        for batch in sketched:
            writer.write_batch(batch)
    return {}


def candidates(folder: Path, _pages: int) -> dict[str, Any]:
    """The pair search alone, with the sketch estimate: part of the next step, shown by itself."""
    from corpus_tools.match.search.banding import plan_banding
    from corpus_tools.match.search.candidates import find_candidates, sketch_matrix
    from corpus_tools.match.verify import passing_estimates

    table = pq.read_table(folder / "signatures.parquet", columns=["signature", "n_shingles"])
    sizes = table["n_shingles"].to_numpy()
    sketches = sketch_matrix(table["signature"], "affine32")
    del table
    floor = Plan().match.min_score
    pairs, report = find_candidates(
        sketches, plan_banding(Plan().match, 128), accept=lambda left, right: passing_estimates(sketches, sizes, left, right, floor)
    )
    return {"pairs": len(pairs), "bounded_buckets": report.hot, "largest_bucket": report.largest, "pairs_left_out": report.skipped}


def match(folder: Path, _pages: int) -> dict[str, Any]:
    """Signatures and documents to verified edges."""
    from corpus_tools.match.local import match_edges
    from corpus_tools.tables import EDGES

    rows = 0
    signatures, documents = (pl.scan_parquet(folder / f"{name}.parquet") for name in ("signatures", "documents"))
    with pq.ParquetWriter(folder / "edges.parquet", EDGES, compression="zstd") as writer:
        for batch in match_edges(signatures, documents, Plan()):
            writer.write_batch(batch)
            rows += batch.num_rows
    return {"edges": rows}


def cluster(folder: Path, _pages: int) -> dict[str, Any]:
    """Edges to every page's place."""
    from corpus_tools import cluster_edges

    edges = pl.read_parquet(folder / "edges.parquet")
    documents = pl.read_parquet(folder / "documents.parquet", columns=["page_id", "n_words"])
    placed = cluster_edges(edges, documents)
    placed.select("page_id", "cluster_id", "role").write_parquet(folder / "clusters.parquet")
    return {}


def datasketch(folder: Path, pages: int) -> dict[str, Any]:
    """datasketch's MinHashLSH on the same signatures: insert all, query all; candidates only, nothing verified."""
    from datasketch import MinHashLSH

    from corpus_tools.fingerprint.minhash import to_datasketch

    plan, index = Plan(), MinHashLSH(threshold=0.5, num_perm=128)
    table = pq.read_table(folder / "signatures.parquet", columns=["page_id", "signature"]).slice(0, pages)
    sketches = [to_datasketch(raw, plan.fingerprint) for raw in table["signature"].to_pylist()]
    began = time.process_time()
    for name, sketch in zip(table["page_id"].to_pylist(), sketches, strict=True):
        index.insert(name, sketch, check_duplication=False)
    inserted = time.process_time() - began
    found = sum(len(index.query(sketch)) for sketch in sketches)
    return {
        "pages": len(sketches),
        "insert_cpu_seconds": inserted,
        "query_cpu_seconds": time.process_time() - began - inserted,
        "found": found,
    }


STEPS: dict[str, Callable[[Path, int], dict[str, Any]]] = {
    one.__name__: one for one in (fingerprint, candidates, match, cluster, datasketch)
}


def main() -> None:
    """Run all steps at all sizes, print the table, write results/speed/scale.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--work", type=Path)
    parser.add_argument("--skip", nargs="*", default=[], choices=STEPS)
    parser.add_argument("--peer-pages", type=int, default=50_000)
    parser.add_argument("--step", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(json.dumps(measure(given.step[0], Path(given.step[1]), given.peer_pages)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.work or Path(scratch)
        print("a small round first, so that kernels are compiled and cached")
        run(synthetic.CHUNK, folder / "warm", given)
        found = {str(size): run(size, folder / str(size), given) for size in given.sizes}
    figures = {"load": os.getloadavg()[0], "sizes": found} | growth(found)
    print(json.dumps({name: value for name, value in figures.items() if name != "sizes"}, indent=1))
    gated = {"peak_mib": "max"} | ({"growth_cpu": "max"} if "growth_cpu" in figures else {})
    gate.save_result("speed/scale", figures, synthetic.digest(), gated)


def run(size: int, folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """All steps at one size."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "truth.parquet").exists():
        synthetic.write_documents(folder / "documents.parquet", folder / "truth.parquet", size)
    found: dict[str, Any] = {}
    for name in STEPS:
        if name in given.skip:
            continue
        command = [
            sys.executable,
            "-m",
            "benchmarks.speed.scale",
            "--step",
            name,
            str(folder),
            "--peer-pages",
            str(given.peer_pages),
        ]
        found[name] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])
        shown = {key: round(value, 1) if isinstance(value, float) else value for key, value in found[name].items()}
        print(f"{size:>9,} {name:<12} {shown}", flush=True)
    if "cluster" in found:
        found["quality"] = judge(folder)
        print(f"{size:>9,} {'quality':<12} {found['quality']}", flush=True)
    return found


def measure(name: str, folder: Path, pages: int) -> dict[str, Any]:
    """One step, here and now."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = STEPS[name](folder, pages)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu, "peak_mib": peak, **result}


def growth(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Seconds and processor seconds a page at the largest size over those at the smallest, and the highest peak."""
    main_steps = [name for name in ("fingerprint", "match", "cluster") if all(name in one for one in found.values())]
    totals = {
        int(size): {unit: sum(one[name][unit] for name in main_steps) for unit in ("seconds", "cpu_seconds")}
        for size, one in found.items()
    }
    figures: dict[str, Any] = {
        "totals": totals,
        "peak_mib": max((one[name]["peak_mib"] for one in found.values() for name in main_steps), default=0),
    }
    if len(totals) > 1 and main_steps:
        small, large = min(totals), max(totals)
        for name, unit in (("growth_wall", "seconds"), ("growth_cpu", "cpu_seconds")):
            figures[name] = (totals[large][unit] / large) / (totals[small][unit] / small)
    return figures


def judge(folder: Path) -> dict[str, Any]:
    """Near copies found by similarity, the family's clusters, template pages wrongly removed, the largest cluster."""
    truth = pl.read_parquet(folder / "truth.parquet").join(pl.read_parquet(folder / "clusters.parquet"), on="page_id")
    homes = truth.select(pl.col("page_id").alias("of"), pl.col("cluster_id").alias("home"))
    copies = truth.filter(pl.col("kind") == "copy").join(homes, on="of").with_columns(pl.col("jaccard").round(2))
    recall = copies.group_by("jaccard").agg((pl.col("cluster_id") == pl.col("home")).mean()).sort("jaccard")
    family, forms = (truth.filter(pl.col("kind") == kind) for kind in ("family", "template"))
    return {
        "copies_joined_by_jaccard": {f"{jaccard:.2f}": round(share, 4) for jaccard, share in recall.iter_rows()},
        "family_clusters": family["cluster_id"].n_unique(),
        "template_pages_removed": int((forms["role"] == "removed").sum()),
        "singles_removed": int(
            ((truth["kind"] == "single") & (truth["role"] == "removed") & ~truth["page_id"].is_in(copies["of"].implode())).sum()
        ),
        "largest_cluster": int(np.max(truth["cluster_id"].value_counts()["count"].to_numpy())),
    }


if __name__ == "__main__":
    main()
