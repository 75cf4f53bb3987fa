"""Runs on Spark whose executors and driver share nothing but a store: the tables of a run on one machine, whatever is killed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from crawls import write_crawl
from driver_rows import BOUNDS, FEW, watch
from elsewhere_engine import ElsewhereEngine
from runs import SAMPLES, SAMPLES_PLAN, cleaning_here
from spark_cluster import SMALL as SETTINGS
from spark_cluster import Cluster, machines_can_be_made, on_a_machine
from stores import Server, assert_is_whole, point_to, upload
from test_runs import SMALL, _kill_when

from corpus_tools import api
from corpus_tools.engines import sending
from corpus_tools.engines.spark import SparkEngine
from corpus_tools.errors import RunError
from corpus_tools.pipeline.stages import STAGES
from corpus_tools.store.objects.address import parse_address
from corpus_tools.store.objects.mirror import Mirror
from corpus_tools.store.objects.opening import open_bucket
from corpus_tools.store.objects.run_objects import is_scratch
from corpus_tools.store.objects.scratch import work_in

pytestmark = [pytest.mark.store, pytest.mark.slow]


def _names(run: str, within: str) -> list[str]:
    """Keys of the run in the store that hold ``within``."""
    place = parse_address(run)
    return [one.key for one in open_bucket(place, RunError).list(place.key) if within in one.key]


@pytest.fixture(scope="module")
def samples(running_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The samples in a bucket, and the run over them on disk by the embedded engine."""
    with pytest.MonkeyPatch.context() as patch, cleaning_here():
        point_to(patch, running_server.url)
        bucket = running_server.make_bucket()
        upload(running_server, bucket, SAMPLES / "pages", "pages/")
        whole = tmp_path_factory.mktemp("samples") / "RUN"
        api.run(f"{bucket}/pages", whole, SAMPLES_PLAN, workers=1)
        yield bucket, whole


@pytest.fixture
def nothing_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of all that is sent to executors, none of which names a folder of the driver."""
    sizes, dump = [], sending._dump

    def checked(value: Any) -> bytes:
        content = dump(value)
        assert str(tmp_path).encode() not in content
        sizes.append(len(content))
        return content

    monkeypatch.setattr(sending, "_dump", checked)
    return sizes


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[ElsewhereEngine]:
    made = ElsewhereEngine(tmp_path / "away")
    yield made
    made.end()


class _CutOffError(Exception):
    pass


@pytest.mark.parametrize(
    "victim",
    [
        pytest.param(f"{stage.folders[-1]}/manifest.json", marks=[] if stage.name == "site" else [pytest.mark.thorough])
        for stage in STAGES
    ],
)
def test_a_run_cut_off_before_a_seal_is_carried_on(
    elsewhere: ElsewhereEngine, store: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, victim: str
) -> None:
    """The distributed forms of all stages, with tasks in a process that shares only the store."""
    bucket = store.make_bucket()
    upload(store, bucket, write_crawl(tmp_path / "crawl"), "crawl/")
    source, run, put = f"{bucket}/crawl", f"{bucket}/RUN", Mirror._put
    with cleaning_here():
        api.run(source, tmp_path / "WHOLE", SMALL, workers=1)

    def cuts_off(self: Mirror, name: str, path: Path) -> None:
        if name == victim:
            raise _CutOffError
        put(self, name, path)

    with monkeypatch.context() as patch:
        patch.setattr(Mirror, "_put", cuts_off)
        with pytest.raises(_CutOffError):
            api.run(source, run, SMALL, elsewhere)
    assert not [name for name in _names(run, "/.") if is_scratch(name)]
    made = api.run(source, run, SMALL, elsewhere)
    assert made.record["last_run_did"][0] == next(stage.name for stage in STAGES if victim.startswith(stage.folders[-1]))
    assert_is_whole(run, tmp_path / "WHOLE", tmp_path / "found")


def test_a_later_batch_by_tasks_elsewhere(elsewhere: ElsewhereEngine, store: Server, tmp_path: Path) -> None:
    """The earlier run lies in the store too, and its tables are linked by the tasks."""
    bucket = store.make_bucket()
    crawl = write_crawl(tmp_path / "crawl")
    upload(store, bucket, crawl, "crawl/")
    (tmp_path / "new").mkdir()
    shutil.copy(crawl / "mirror.example" / "near.txt", tmp_path / "new" / "again.txt")
    upload(store, bucket, tmp_path / "new", "new/")
    with cleaning_here():
        api.run(f"{bucket}/crawl", f"{bucket}/OLD", SMALL, workers=1)
        api.run(f"{bucket}/new", tmp_path / "WHOLE", SMALL, workers=1, against=f"{bucket}/OLD")
    api.run(f"{bucket}/new", f"{bucket}/NEW", SMALL, elsewhere, against=f"{bucket}/OLD")
    assert_is_whole(f"{bucket}/NEW", tmp_path / "WHOLE", tmp_path / "found")


def test_samples_from_bucket_to_bucket(
    cluster: Cluster,
    session: Any,
    store: Server,
    samples: tuple[str, Path],
    nothing_shared: list[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every table, seal and card, byte by byte, though one executor is killed while pages are cleaned and another in the search.

    Nothing reaches the driver that grows with the corpus.
    """
    bucket, whole = samples
    run, killed = f"{bucket}/{tmp_path.name}/RUN", []
    waits = (lambda: _names(run, "/extracted/part-"), lambda: _names(run, "/edges/.scratch/002/part-"))
    killer = threading.Thread(target=_kill_when, args=(cluster, waits, killed), daemon=True)
    killer.start()
    seen = watch(monkeypatch)
    made = api.run(f"{bucket}/pages", run, SAMPLES_PLAN, SparkEngine(session))
    killer.join(10)
    assert not seen.beyond()
    assert seen.most.keys() > BOUNDS.keys()
    assert len(killed) == 2
    assert not set(killed) & set(cluster.executors())
    assert nothing_shared
    assert made.documents.collect().height > 3 * FEW
    assert_is_whole(run, whole, tmp_path / "found")
    assert not [path for path in tmp_path.glob("corpus-tools-*/*") if path.is_dir() and not path.name.startswith("view-")]
    assert api.run(f"{bucket}/pages", run, SAMPLES_PLAN, SparkEngine(session)).record["last_run_did"] == []


def test_no_table_in_a_store_goes_through_the_driver(session: Any, store: Server, samples: tuple[str, Path]) -> None:
    """Spark does not know how large it is; taken for small, it would be collected and sent to every executor."""
    bucket, _ = samples
    with cleaning_here():
        api.run(f"{bucket}/pages", f"{bucket}/HELD", SAMPLES_PLAN, workers=1, until="site")
    engine = SparkEngine(session)
    before = session.conf.get("spark.sql.autoBroadcastJoinThreshold")
    with work_in(f"{bucket}/HELD", shared=True) as (run, _):
        ids, texts = (engine.scan(run / "documents", columns=["page_id", *more]) for more in ([], ["text"]))
        plan = ids.join(texts, "page_id")._jdf.queryExecution().toString()
    engine.close()
    assert "SortMergeJoin" in plan
    assert "Broadcast" not in plan
    assert session.conf.get("spark.sql.autoBroadcastJoinThreshold") == before


JOB = """
import os, signal
import corpus_tools
from corpus_tools.plan import Plan
from corpus_tools.store.objects.mirror import Mirror

put = Mirror._put

def dies(self, name, path):
    if name == {victim!r}:
        print("killed", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    put(self, name, path)

Mirror._put = dies
plan = Plan().with_settings({settings})
print(corpus_tools.run({source!r}, {run!r}, plan, engine="spark").summary)
"""


def _spark_submit(*arguments: str, machine: Sequence[str] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    """spark-submit in a process that knows nothing of this one's session."""
    import pyspark

    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    python = {"PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    held = {**os.environ, **python, **environment}
    held.pop("PYSPARK_GATEWAY_PORT", None)
    held.pop("PYSPARK_GATEWAY_SECRET", None)
    return subprocess.run([*machine, str(submit), *arguments], env=held, capture_output=True, text=True, timeout=600, check=False)


def _submit(cluster: Cluster, job: str, machine: Sequence[str] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    """A job for the standalone master, which it does not name."""
    own = {"spark.cores.max": "1", "spark.executor.memory": "512m", "spark.sql.shuffle.partitions": "1"}
    settings = [word for name, value in (SETTINGS | own).items() for word in ("--conf", f"{name}={value}")]
    return _spark_submit("--master", cluster.url, "--driver-memory", "600m", *settings, job, machine=machine, **environment)


@pytest.mark.thorough
def test_a_driver_on_another_machine_than_who_submits_it(store: Server, tmp_path: Path) -> None:
    """As in a pod: there a driver is a spark-submit in client mode, with nothing on its disk but the package and the job.

    Driver and workers each see a /tmp of their own. The driver dies, and another one on another machine carries on.
    """
    if not machines_can_be_made(tmp_path / "tried"):
        pytest.skip("needs namespaces of mounts (unshare), and the package elsewhere than in /tmp")
    bucket = store.make_bucket()
    upload(store, bucket, write_crawl(tmp_path / "crawl"), "crawl/")
    source, run = f"{bucket}/crawl", f"{bucket}/RUN"
    with cleaning_here():
        api.run(source, tmp_path / "WHOLE", SMALL, workers=1)
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(tmp_path / "cluster", apart=True)
    try:
        for victim in ("edges/manifest.json", ""):
            disk = tmp_path / f"driver{bool(victim)}"
            machine = on_a_machine(disk)
            (disk / "job.py").write_text(
                JOB.format(victim=victim, settings=json.dumps({"read.part_pages": 3}), source=source, run=run)
            )
            told = _submit(cluster, "/tmp/job.py", machine, TMPDIR="/tmp")  # noqa: S108 - the machine's own
            assert (told.stdout.strip() == "killed") == bool(victim), told.stderr[-3000:]
            assert bool(told.returncode) == bool(victim)
    finally:
        cluster.stop()
    assert_is_whole(run, tmp_path / "WHOLE", tmp_path / "found")


def test_a_standalone_master_runs_no_driver_in_python(cluster: Cluster, tmp_path: Path) -> None:
    """What the docs say of cluster mode: it is Spark that refuses, before it looks for the master."""
    (tmp_path / "job.py").touch()
    told = _spark_submit("--master", cluster.url, "--deploy-mode", "cluster", str(tmp_path / "job.py"))
    assert told.returncode
    assert "Cluster deploy mode is currently not supported for python applications on standalone clusters" in told.stderr


@pytest.mark.parametrize(
    "victim",
    [
        pytest.param("documents/manifest.json", marks=pytest.mark.thorough),
        pytest.param("edges/manifest.json", marks=pytest.mark.thorough),
        pytest.param("rewrites/manifest.json", marks=pytest.mark.thorough),
        pytest.param("corpus/manifest.json", marks=pytest.mark.thorough),
    ],
)
def test_a_submitted_job_that_was_killed_is_carried_on_from_elsewhere(
    cluster: Cluster, session: Any, store: Server, tmp_path: Path, victim: str
) -> None:
    bucket = store.make_bucket()
    upload(store, bucket, write_crawl(tmp_path / "crawl"), "crawl/")
    source, run = f"{bucket}/crawl", f"{bucket}/RUN"
    with cleaning_here():
        api.run(source, tmp_path / "WHOLE", SMALL, workers=1)
    job = tmp_path / "job.py"
    job.write_text(JOB.format(victim=victim, settings=json.dumps({"read.part_pages": 3}), source=source, run=run))
    (tmp_path / "driver").mkdir()
    told = _submit(cluster, str(job), TMPDIR=str(tmp_path / "driver"))
    assert told.stdout.strip() == "killed", told.stderr[-3000:]
    assert _names(run, "/documents/part-")
    carried_on = api.run(source, run, SMALL, SparkEngine(session))
    assert "clean" not in carried_on.record["last_run_did"]
    assert any("was taken over: that process is gone" in note for note in carried_on.record["notes"])
    assert_is_whole(run, tmp_path / "WHOLE", tmp_path / "found")


@pytest.mark.thorough
def test_against_an_earlier_run_in_the_store(session: Any, store: Server, tmp_path: Path) -> None:
    """The earlier run was made by the embedded engine, and the new one is the same on either; rewrites too."""
    bucket = store.make_bucket()
    listed = sorted(path for path in (SAMPLES / "pages").rglob("*") if path.is_file())
    old, new = (listed[part::2] for part in (0, 1))
    for name, files in (("old", old), ("new", new)):
        for path in files:
            place = tmp_path / name / path.relative_to(SAMPLES / "pages")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
        upload(store, bucket, tmp_path / name, f"{name}/")
    with cleaning_here():
        api.run(f"{bucket}/old", f"{bucket}/OLD", SAMPLES_PLAN, workers=1)
        api.run(f"{bucket}/new", tmp_path / "WHOLE", SAMPLES_PLAN, against=f"{bucket}/OLD", workers=1)
    api.run(f"{bucket}/new", f"{bucket}/NEW", SAMPLES_PLAN, SparkEngine(session), against=f"{bucket}/OLD")
    assert_is_whole(f"{bucket}/NEW", tmp_path / "WHOLE", tmp_path / "found")


@pytest.mark.thorough
def test_a_changed_plan_and_a_damaged_part(session: Any, store: Server, samples: tuple[str, Path], tmp_path: Path) -> None:
    """What another plan made is cleared from the store, what was damaged is made again; the engines carry each other's runs on."""
    bucket, whole = samples
    run = f"{bucket}/{tmp_path.name}/RUN"
    other = SAMPLES_PLAN.with_settings({"site.template": False, "fingerprint.num_perm": 64})
    engine = SparkEngine(session)
    api.run(f"{bucket}/pages", run, other, engine, until="match")
    api.run(f"{bucket}/pages", run, SAMPLES_PLAN, engine, until="rewrite")
    place = parse_address(run)
    open_bucket(place, RunError).put(f"{place.key}/documents/part-00000-00000.parquet", b"damaged")
    with cleaning_here():
        api.run(f"{bucket}/pages", run, SAMPLES_PLAN, workers=1)
    assert_is_whole(run, whole, tmp_path / "found")
