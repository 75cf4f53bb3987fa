"""One source in a bucket into a run in a bucket, on both engines: seconds, processor seconds and requests, and whether the tables are the same.

python -m benchmarks.speed.stores [--pages 5000] [--engines polars spark]

The bucket is that of an S3 server on this machine (moto). Spark is a standalone master with two workers, which share no folder
with the driver. Pages are made up: 250 words of a small vocabulary in HTML, every tenth a copy with some words changed, in five
WARC files and a CSV file. Requests are counted by a proxy before the server; processor seconds are those of the command, of all
processes below it and of the cluster, not of server and proxy.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from benchmarks import gate
from benchmarks.speed.engines import Watch

sys.path[:0] = [str(Path(__file__).parents[2] / "tests"), str(Path(__file__).parents[2] / "tests" / "engines")]

# What the tests have for it: a server, a proxy, a cluster.
crawls, runs, spark_cluster, stores = (cast(Any, import_module(name)) for name in ("crawls", "runs", "spark_cluster", "stores"))

WARC_FILES = 5
_FORMAT = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:{number:032x}>\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {size}\r\n\r\n"


def make_page(number: int) -> str:
    """A page; every tenth is the one before it with some words changed."""
    chance = random.Random(number - 1 if number % 10 == 9 else number)
    words = [f"{chance.choice(crawls.WORDS)}{chance.randrange(40)}" for _ in range(250)]
    if number % 10 == 9:
        words[100:103] = ["another", "three", "words"]
    return str(crawls.html_page(f"Page {number}", " ".join(words[:125]) + ". " + " ".join(words[125:]) + "."))


def write_source(folder: Path, pages: int) -> int:
    """``pages`` in WARC files and a CSV file; the bytes of all."""
    folder.mkdir()
    warcs = [io.BytesIO() for _ in range(WARC_FILES)]
    with (folder / "pages.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("url", "html"))
        for number in range(pages):
            url, page = f"https://site{number % 40}.example/{number}", make_page(number)
            if number % (WARC_FILES + 1) == WARC_FILES:
                rows.writerow((url, page))
                continue
            body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode()
            head = _FORMAT.format(url=url, number=number, size=len(body)).encode()
            warcs[number % (WARC_FILES + 1)].write(head + body + b"\r\n\r\n")
    for number, held in enumerate(warcs):
        (folder / f"crawl-{number}.warc").write_bytes(held.getvalue())
    return sum(path.stat().st_size for path in folder.iterdir())


def upload(server: Any, bucket: str, folder: Path, prefix: str) -> None:
    """Every file of a folder."""
    for path in sorted(folder.iterdir()):
        server.send("PUT", f"/{bucket.removeprefix('s3://')}/{prefix}{path.name}", path.read_bytes())


def download(bucket: str, prefix: str, to: Path) -> Path:
    """The objects of a run as files."""
    from corpus_tools.errors import RunError
    from corpus_tools.store.objects.address import parse_address
    from corpus_tools.store.objects.opening import open_bucket

    held = open_bucket(parse_address(bucket), RunError)
    for one in list(held.list(prefix)):
        path = to / one.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(held.read(one.key, 0, one.size))
    return to / prefix


def _kinds(seen: list[str]) -> dict[str, int]:
    counted = Counter("LIST" if "list-type=2" in line else line.split()[0] for line in seen)
    return {
        "list": counted["LIST"],
        "get and head": counted["GET"] + counted["HEAD"],
        "put": counted["PUT"],
        "delete": counted["DELETE"],
    }


def run_command(arguments: list[str], beside: list[int]) -> dict[str, Any]:
    """A command of corpus-tools: seconds, and processor seconds with those of the processes ``beside``."""
    settings = {**spark_cluster.SMALL, "spark.cores.max": "2", "spark.executor.memory": "700m", "spark.sql.shuffle.partitions": "2"}
    conf = " ".join(f"--conf '{name}={value}'" for name, value in settings.items())
    environment = {**os.environ, "PYSPARK_SUBMIT_ARGS": f"--driver-memory 1g {conf} pyspark-shell", "SPARK_LOCAL_IP": "127.0.0.1"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "corpus_tools.cli", *arguments, "-q"], env=environment, text=True, stdout=subprocess.PIPE
    )
    watches = [Watch(pid) for pid in (process.pid, *beside)]
    for watch in watches:
        threading.Thread(target=watch.run, daemon=True).start()
    sentence = process.communicate()[0].strip()
    for watch in watches:
        watch.ended = True
    if process.returncode:
        sys.exit(f"corpus-tools {' '.join(arguments)} failed")
    seconds = round(time.perf_counter() - began, 1)
    return {"sentence": sentence, "seconds": seconds, "cpu_seconds": round(sum(sum(watch.cpu.values()) for watch in watches), 1)}


def measure(given: argparse.Namespace, work: Path) -> dict[str, Any]:
    """All engines in turn."""
    found: dict[str, Any] = {"pages": given.pages, "source_bytes": write_source(work / "source", given.pages)}
    digests = {}
    with stores.s3_server() as server, stores.Proxy(server, lambda number, method, path: "") as proxy:
        os.environ |= stores.KEYS | {
            "AWS_ENDPOINT_URL": proxy.url,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        bucket = server.make_bucket()
        upload(server, bucket, work / "source", "source/")
        for engine in given.engines:
            (work / f"logs-{engine}").mkdir()
            cluster = spark_cluster.Cluster(work / f"logs-{engine}") if engine == "spark" else None
            beside = [process.pid for process in cluster.processes] if cluster else []
            master = cluster.url if cluster else engine
            proxy.seen.clear()
            arguments = ["run", f"{bucket}/source", "-o", f"{bucket}/{engine}", "--engine", master]
            found[engine] = run_command(arguments, beside) | {"requests": _kinds(proxy.seen)}
            if cluster:
                cluster.stop()
            print(engine, json.dumps(found[engine]), flush=True)
            digests[engine] = runs.file_digests(download(bucket, engine, work / "found"))
    found["same_files"] = len({json.dumps(held) for held in digests.values()}) == 1
    print(f"the same files: {'yes' if found['same_files'] else 'NO'}")
    return found


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--engines", nargs="+", default=["polars", "spark"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(given, Path(folder))
    gate.save_result("speed/stores", found | {"load": os.getloadavg()[0], "cores": os.cpu_count()}, {})


if __name__ == "__main__":
    main()
