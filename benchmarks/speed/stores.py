"""One source in a bucket into a run in a bucket, on both engines: what it takes, and whether it survives being killed.

python -m benchmarks.speed.stores [--pages 5000] [--engines polars spark] [--placed 100000] [--transcript polars spark]

The bucket is that of an S3 server on this machine (moto). Spark is a standalone master with two workers. Driver and workers each
have a view of the disk of their own, in which /tmp is a folder of nobody else's; what they share is the installed package and the
server. Pages are made up: 250 words of a small vocabulary in HTML, every tenth a copy with some words changed, in five WARC files
and a CSV file. ``--placed`` are synthetic documents that are put into the bucket as a run that has been cleaned. Requests and their
bytes are counted by a proxy before the server; processor seconds and memory (proportional set size, sampled twice a second) are those
of the command, of all processes below it and of the cluster, not of server and proxy.

``--transcript`` makes runs whose driver is killed twice (SIGKILL to it and to its Java), and then reports, sweeps, verifies and
publishes each from machines that have never seen it; what was typed and said goes to results/speed/stores-ENGINE.txt.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from benchmarks import gate
from benchmarks.data import placed_run, synthetic
from benchmarks.speed.engines import Watch

_TESTS = Path(__file__).parents[2] / "tests"
sys.path[:0] = [str(_TESTS), str(_TESTS / "engines")]

# What the tests have for it: a server, a proxy, a cluster.
crawls, runs, spark_cluster, stores = (cast(Any, import_module(name)) for name in ("crawls", "runs", "spark_cluster", "stores"))

WARC_FILES = 5
KILLED_AT = (r"PUT /[^/]+/{run}/extracted/part-", r"PUT /[^/]+/{run}/edges/")
"""The requests at which a driver is killed: amid cleaning, and amid the search for near copies."""
_FORMAT = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:{number:032x}>\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {size}\r\n\r\n"
_SETTINGS = {"spark.cores.max": "2", "spark.executor.memory": "700m", "spark.sql.shuffle.partitions": "2"}


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


class Machines:
    """Views of the disk, each with a /tmp of its own; where this system does not allow that, folders for temporary files."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.apart = bool(spark_cluster.machines_can_be_made(root / "tried"))
        self._made = 0

    def new(self) -> tuple[list[str], dict[str, str]]:
        """What comes before a command on a machine that has nothing, and what it has in its environment."""
        self._made += 1
        folder = self._root / f"driver{self._made}"
        if self.apart:
            return spark_cluster.on_a_machine(folder), {"TMPDIR": "/tmp"}  # noqa: S108 - the machine's own
        folder.mkdir()
        return [], {"TMPDIR": str(folder)}


def _environment() -> dict[str, str]:
    conf = " ".join(f"--conf '{name}={value}'" for name, value in (spark_cluster.SMALL | _SETTINGS).items())
    submit = f"--driver-memory 1g {conf} pyspark-shell"
    return {**os.environ, "PYSPARK_SUBMIT_ARGS": submit, "SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": str(_TESTS.parent)}


def start_command(arguments: list[str], machines: Machines) -> subprocess.Popen[str]:
    """A command of corpus-tools on a new machine, in a group of its own with all it starts."""
    before, own = machines.new()
    command = [*before, sys.executable, "-m", "corpus_tools.cli", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=_environment() | own, text=True, start_new_session=True, **pipes)  # type: ignore[call-overload,no-any-return]


def run_command(arguments: list[str], machines: Machines, beside: list[int]) -> dict[str, Any]:
    """A command of corpus-tools: seconds, and processor seconds and memory with those of the processes ``beside``."""
    began = time.perf_counter()
    process = start_command(arguments, machines)
    watch = Watch(process.pid, *beside)
    threading.Thread(target=watch.run, daemon=True).start()
    assert process.stderr is not None
    assert process.stdout is not None
    told = [line for line in process.stderr if not watch.note(line)]
    sentence = process.stdout.read().strip()
    code, watch.ended = process.wait(), True
    if code:
        sys.exit(f"corpus-tools {' '.join(arguments)} failed:\n{''.join(told[-20:])}")
    return {
        "sentence": sentence,
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(sum(watch.cpu.values()), 1),
        "peak_mib": max(watch.peaks.values()),
    }


def count_requests(seen: list[str], run: str) -> dict[str, Any]:
    """Requests by kind, and puts by table of the run: those that stay, and those of scratch."""
    kinds = Counter("LIST" if "list-type=2" in line else line.split()[0] for line in seen)
    puts = re.compile(rf"PUT /[^/]+/{re.escape(run)}/([^/]+)/(.*)")
    tables = Counter(
        f"{found[1]}{' scratch' if '.scratch' in found[2] or '.places' in found[2] or '.sorted' in found[2] else ''}"
        for found in map(puts.match, seen)
        if found and found[2].split("?")[0].endswith(".parquet")
    )
    return {
        "list": kinds["LIST"],
        "get and head": kinds["GET"] + kinds["HEAD"],
        "put": kinds["PUT"],
        "delete": kinds["DELETE"] + kinds["POST"],
        "parts_put": dict(sorted(tables.items())),
    }


class Place:
    """The server with its bucket, the proxy before it, and what is started to work on it."""

    def __init__(self, work: Path, server: Any, proxy: Any) -> None:
        self.work, self.server, self.proxy = work, server, proxy
        self.bucket = str(server.make_bucket())
        self.machines = Machines(work / "machines")

    def upload(self, folder: Path, prefix: str) -> None:
        """Every file of a folder, past the proxy."""
        stores.upload(self.server, self.bucket, folder, prefix)

    def digests(self, name: str) -> dict[str, str]:
        """Of every table, seal and card of a run in the bucket."""
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            return dict(runs.file_digests(stores.download(f"{self.bucket}/{name}", Path(folder))))

    @contextmanager
    def engine(self, name: str) -> Iterator[tuple[str, list[int]]]:
        """What ``--engine`` is given, and the processes of the cluster beside the command."""
        if name != "spark":
            yield name, []
            return
        with tempfile.TemporaryDirectory(dir=self.work) as logs:
            cluster = spark_cluster.Cluster(Path(logs), apart=self.machines.apart)
            try:
                yield cluster.url, [process.pid for process in cluster.processes]
            finally:
                cluster.stop()

    def measure(self, arguments: Callable[[str], list[str]], engine: str, run: str) -> dict[str, Any]:
        """One command to its end, with the requests that it made."""
        with self.engine(engine) as (master, beside):
            self.proxy.seen.clear()
            self.proxy.received = self.proxy.sent = 0
            made = run_command(arguments(master), self.machines, beside)
        moved = {"bytes_put": self.proxy.received, "bytes_got": self.proxy.sent}
        return made | moved | {"requests": count_requests(self.proxy.seen, run)}


def kill_at(place: Place, process: subprocess.Popen[str], pattern: str) -> str:
    """SIGKILL to the command and all it started, once a request like ``pattern`` has come; that request."""
    looked = 0
    while process.poll() is None:
        seen = place.proxy.seen[looked:]
        for line in seen:
            if re.match(pattern, line):
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                return str(line).split("?")[0]
        looked += len(seen)
        time.sleep(0.02)
    sys.exit(f"it ended before it was killed:\n{process.communicate()[1][-2000:]}")


def tell(lines: list[str], arguments: list[str], said: str) -> None:
    """A command and what it said, as in a console."""
    held = ["$ corpus-tools " + " ".join(arguments), *said.strip().splitlines()]
    print("\n".join(held), flush=True)
    lines += held


def killed_run(place: Place, engine: str, run: str, lines: list[str]) -> None:
    """A run that is killed at each of ``KILLED_AT``, carried on by the same command each time."""
    with place.engine(engine) as (master, _):
        arguments = ["run", f"{place.bucket}/source", "-o", f"{place.bucket}/{run}", "--engine", master, "-q"]
        for pattern in KILLED_AT:
            place.proxy.seen.clear()
            process = start_command(arguments, place.machines)
            tell(
                lines, arguments, f"Killed                                  # at {kill_at(place, process, pattern.format(run=run))}"
            )
        tell(lines, arguments, run_command(arguments, place.machines, [])["sentence"])


def read_from_afar(place: Place, run: str, lines: list[str]) -> None:
    """``status``, ``report``, ``sweep``, ``verify`` and ``publish``, each on a machine that has nothing of the run."""
    at, target = f"{place.bucket}/{run}", f"{place.bucket}/published-{run}"
    for arguments in (
        ["status", at],
        ["report", at],
        ["sweep", at, "--setting", "near", "--at", "0.6", "--at", "0.9"],
        ["verify", at],
        ["publish", at, target, "--dry-run"],
        ["publish", at, target],
        ["publish", at, target],
        ["verify", target],
    ):
        tell(lines, arguments, run_command(arguments, place.machines, [])["sentence"])


def measure_all(given: argparse.Namespace, place: Place) -> dict[str, Any]:
    """All that is asked for, engine by engine."""
    found: dict[str, Any] = {"machines_apart": place.machines.apart}
    digests: dict[str, dict[str, dict[str, str]]] = {}
    if given.pages:
        found |= {"pages": given.pages, "source_bytes": write_source(place.work / "source", given.pages)}
        place.upload(place.work / "source", "source/")
    for size in given.placed:
        folder = placed_run.place_run(place.work / f"placed-{size}", (table for table, _ in synthetic.chunks(size)))
        for engine in given.engines:
            place.upload(folder, f"placed-{size}-{engine}/")
    for engine in given.engines:
        steps = [(str(given.pages), engine, partial(_run_arguments, place.bucket, engine))] if given.pages else []
        steps += [(f"{n} placed", f"placed-{n}-{engine}", partial(_write_arguments, place.bucket, engine, n)) for n in given.placed]
        for name, run, arguments in steps:
            made = place.measure(arguments, engine, run)
            found.setdefault(name, {})[engine] = made
            print(name, engine, json.dumps(made), flush=True)
            digests.setdefault(name, {})[engine] = place.digests(run)
    for engine in given.transcript:
        run, lines = f"killed-{engine}", list[str]()
        killed_run(place, engine, run, lines)
        digests.setdefault(str(given.pages), {})[run] = place.digests(run)
        print(
            f"{run}: tables {'the same' if len({json.dumps(one) for one in digests[str(given.pages)].values()}) == 1 else 'DIFFER'}"
        )
        read_from_afar(place, run, lines)
        text = re.sub(r"bucket-\w+", "bucket", "\n".join(lines))
        text = re.sub(r"(spark://127\.0\.0\.1):\d+", r"\1:7077", text)
        (gate.RESULTS / "speed" / f"stores-{engine}.txt").write_text(f"{text}\n")
        found[f"{given.pages} {run}"] = {"kills": len(KILLED_AT)}
    found["same_files"] = {name: len({json.dumps(one) for one in held.values()}) == 1 for name, held in digests.items()}
    print(f"the same files: {found['same_files']}")
    return found


def _run_arguments(bucket: str, engine: str, master: str) -> list[str]:
    return ["run", f"{bucket}/source", "-o", f"{bucket}/{engine}", "--engine", master]


def _write_arguments(bucket: str, engine: str, size: int, master: str) -> list[str]:
    return ["write", f"{bucket}/placed-{size}-{engine}", "--engine", master]


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=5000, help="pages of the source; 0 for none")
    parser.add_argument("--placed", type=int, nargs="*", default=[], help="numbers of documents put there as cleaned")
    parser.add_argument("--engines", nargs="*", default=["polars", "spark"])
    parser.add_argument(
        "--transcript", nargs="*", default=[], help="engines whose driver is killed, and whose run is read from afar"
    )
    given = parser.parse_args()
    path = gate.RESULTS / "speed" / "stores.json"
    before: dict[str, Any] = json.loads(path.read_text())["figures"] if path.exists() else {}
    with (
        tempfile.TemporaryDirectory() as folder,
        stores.s3_server() as server,
        stores.Proxy(server, lambda number, method, path: "") as proxy,
    ):
        os.environ |= stores.KEYS | {
            "AWS_ENDPOINT_URL": proxy.url,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        found = measure_all(given, Place(Path(folder), server, proxy))
    same = before.pop("same_files", {}) | found.pop("same_files")
    gate.save_result("speed/stores", before | found | {"same_files": same, "load": os.getloadavg()[0], "cores": os.cpu_count()}, {})
    if not all(same.values()):
        sys.exit("files differ")


if __name__ == "__main__":
    main()
