"""Whole runs on both engines: the same files, begun on one and finished on the other, with an executor killed on the way."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from driver_rows import BOUNDS, FEW, watch
from needs import need
from runs import SAMPLES, SAMPLES_PLAN, file_digests
from spark_cluster import SMALL as SETTINGS
from spark_cluster import Cluster

from corpus_tools import api, errors, open_run
from corpus_tools.api import Run
from corpus_tools.engines.opening import open_engine
from corpus_tools.engines.polars import PolarsEngine
from corpus_tools.engines.protocol import Engine
from corpus_tools.plan import Plan

SMALL = Plan().with_settings({"read.part_pages": 3})


@pytest.mark.slow
@pytest.mark.thorough("spark")
def test_samples_give_the_same_files(engine: Engine, samples_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Corpus, clusters, removed, rewrites and every other table, manifests and card: row by row and byte by byte.

    And on Spark nothing reaches the driver that grows with the corpus.
    """
    seen = watch(monkeypatch) if engine.distributed else None
    made = api.run(SAMPLES / "pages", tmp_path / "RUN", SAMPLES_PLAN, engine, workers=2)
    if seen is not None:
        assert not seen.beyond()
        assert seen.most.keys() > BOUNDS.keys()
        assert made.documents.collect().height > 3 * FEW
    assert file_digests(made.path) == file_digests(samples_run.path)
    assert not [
        path
        for path in made.path.rglob("*")
        if path.name.startswith(".") and path.name not in (".lock", ".inputs.json", ".seen.json")
    ]
    assert api.run(SAMPLES / "pages", made.path, SAMPLES_PLAN, engine).record["last_run_did"] == []


@pytest.mark.usefixtures("clean_here")
@pytest.mark.thorough("spark")
def test_a_run_begun_here_is_finished_there(engine: Engine, finished: tuple[Path, Path], tmp_path: Path) -> None:
    crawl, done = finished
    api.run(crawl, tmp_path / "RUN", SMALL, PolarsEngine(), until="match")
    finished_there = api.resume(tmp_path / "RUN", engine=engine)
    assert file_digests(finished_there.path) == file_digests(done)
    assert finished_there.record["last_run_did"][-2:] == ["group", "write"]


@pytest.mark.usefixtures("clean_here")
def test_a_later_batch_against_an_earlier_run(engine: Engine, finished: tuple[Path, Path], tmp_path: Path) -> None:
    crawl, done = finished
    (tmp_path / "new").mkdir()
    shutil.copy(crawl / "mirror.example" / "near.txt", tmp_path / "new" / "again.txt")
    here = api.run(tmp_path / "new", tmp_path / "HERE", SMALL, against=done, workers=1)
    there = api.run(tmp_path / "new", tmp_path / "THERE", SMALL, engine, against=done)
    assert file_digests(there.path) == file_digests(here.path)


@pytest.mark.thorough("spark")
@pytest.mark.usefixtures("clean_here")
def test_decisions_are_obeyed_alike(engine: Engine, finished: tuple[Path, Path], tmp_path: Path) -> None:
    """All kinds of them: pairs joined and parted, pages kept and dropped, passages put back, a rule without effect on a site."""
    pages = open_run(finished[1]).documents.select("url", "page_id").collect()
    named = {Path(url).name: page for url, page in pages.rows()}
    passage = "This site uses cookies. By continuing to browse the site you are agreeing to our use of cookies."
    lines = (
        f"apart,{named['near.txt']},{named['page0.html']},,,",
        f"together,{named['page1.html']},{named['page2.html']},,,",
        f"keep,{named['copy.txt']},,,,",
        f"drop,{named['page5.html']},,,,",
        f"restore,{named['near.txt']},,,,{passage}",
        "never_cut,,,site1.example,block_model,",
        "keep,nobody,,,,",
    )
    made = []
    for place, where in (("HERE", PolarsEngine()), ("THERE", engine)):
        folder = Path(shutil.copytree(finished[1], tmp_path / place))
        (folder / "decisions.csv").write_text("\n".join(("decision,page,other,site,rule,passage", *lines)) + "\n")
        made.append(api.resume(folder, engine=where, workers=1))
    here, there = made
    assert file_digests(there.path) == file_digests(here.path)
    assert here.record["notes"] == there.record["notes"]
    assert "decided" in here.removed.collect()["kind"].to_list()


@pytest.mark.thorough("spark")
@pytest.mark.usefixtures("clean_here")
def test_pages_without_words_and_pages_alone(engine: Engine, tmp_path: Path) -> None:
    """No documents, and no pairs: tables without rows go through every stage."""
    for name, text in (("empty", ""), ("alone", "One page about sleep and breathing, with words enough to be kept here.")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.txt").write_text(text)
        here = api.run(tmp_path / name, tmp_path / f"{name}-here", SMALL, workers=1)
        there = api.run(tmp_path / name, tmp_path / f"{name}-there", SMALL, engine)
        assert file_digests(there.path) == file_digests(here.path)


@pytest.mark.thorough
def test_a_killed_executor_changes_nothing(cluster: Cluster, session: Any, finished: tuple[Path, Path], tmp_path: Path) -> None:
    """SIGKILL one executor while pages are cleaned and another while pairs are searched."""
    from corpus_tools.engines.spark import SparkEngine

    crawl, done = finished
    run, killed = tmp_path / "RUN", []
    waits = (lambda: list(run.glob("extracted/part-*.parquet")), lambda: list(run.glob("edges/.scratch/002/part-*")))
    killer = threading.Thread(target=_kill_when, args=(cluster, waits, killed), daemon=True)
    killer.start()
    made = api.run(crawl, run, SMALL, SparkEngine(session))
    killer.join(10)
    assert len(killed) == 2
    assert not set(killed) & set(cluster.executors())
    assert file_digests(made.path) == file_digests(done)


def _kill_when(cluster: Cluster, waits: tuple[Callable[[], Any], ...], killed: list[int]) -> None:
    for happened in waits:
        while not happened():
            time.sleep(0.02)
        killed.append(cluster.kill_executor())


@pytest.mark.thorough
def test_a_job_that_was_submitted(cluster: Cluster, finished: tuple[Path, Path], tmp_path: Path) -> None:
    """spark-submit to the standalone master: its choice of master stands, the job names none, and the files are the same."""
    import pyspark

    crawl, done = finished
    job = tmp_path / "job.py"
    job.write_text(f"""
import corpus_tools
from corpus_tools.plan import Plan
plan = Plan().with_settings({{"read.part_pages": 3}})
print(corpus_tools.run({str(crawl)!r}, {str(tmp_path / "RUN")!r}, plan, engine="spark").summary)
""")
    own = {"spark.cores.max": "1", "spark.executor.memory": "512m", "spark.sql.shuffle.partitions": "1"}
    settings = [word for name, value in (SETTINGS | own).items() for word in ("--conf", f"{name}={value}")]
    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    command = [str(submit), "--master", cluster.url, "--driver-memory", "600m", *settings, str(job)]
    python = {"PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    environment = {**os.environ, **python, "SPARK_MASTER": "local[9]"}
    environment.pop("PYSPARK_GATEWAY_PORT", None)  # of this process's own session
    environment.pop("PYSPARK_GATEWAY_SECRET", None)
    told = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    assert told.returncode == 0, told.stderr[-3000:]
    assert told.stdout.strip() == open_run(done).summary
    assert open_run(tmp_path / "RUN").record["engine"] == "spark"
    assert file_digests(tmp_path / "RUN") == file_digests(done)


def test_a_session_that_was_there_is_used_and_left(session: Any) -> None:
    from corpus_tools.engines.spark import SparkEngine

    before = session.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch")
    opened = open_engine("spark")
    assert isinstance(opened, SparkEngine)
    assert opened.session is session
    opened.close()
    given = open_engine(session)
    assert isinstance(given, SparkEngine)
    assert given.session is session
    given.close()
    assert session.range(3).count() == 3
    assert session.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch") == before
    with pytest.raises(errors.PlanError, match="is active"):
        _ = SparkEngine(master="local[7]").session


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(errors.PlanError, match="'dask'"):
        open_engine("dask")
    with pytest.raises(errors.PlanError, match="engine is a int"):
        open_engine(7)  # type: ignore[arg-type]
    monkeypatch.setattr("corpus_tools.engines.opening.find_spec", lambda name: None if name == "pyspark" else name)
    with pytest.raises(errors.MissingExtraError, match="needs pyspark") as caught:
        open_engine("spark")
    assert "corpus-tools[spark]" in caught.value.hint


def test_shuffles_have_as_many_pieces_as_were_asked_for(session: Any) -> None:
    """The session asked for two. Where nobody does, they follow the cores; what was there comes back."""
    name = "spark.sql.shuffle.partitions"
    assert open_engine(session).session.conf.get(name) == "2"
    session.conf.unset(name)
    try:
        engine = open_engine(session)
        assert engine.session.conf.get(name) == str(16 * session.sparkContext.defaultParallelism)
        engine.close()
        assert session.conf.get(name, None) is None
    finally:
        session.conf.set(name, "2")


@pytest.mark.parametrize("given", ["arguments", "file", ""])
def test_options_of_java_that_somebody_gave_stay(given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need(find_spec("pyspark"), "pyspark (the spark extra)")
    from corpus_tools.engines import spark_session

    option = "spark.driver.extraJavaOptions"
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", f"--conf {option}=-Xss4m pyspark-shell" if given == "arguments" else "pyspark-shell")
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path))
    (tmp_path / "spark-defaults.conf").write_text(f"{option} -Xss4m\n" if given == "file" else "spark.ui.enabled false\n")
    assert spark_session._is_given(option) == bool(given)


def test_spark_without_java_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    need(find_spec("pyspark"), "pyspark (the spark extra)")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("PYSPARK_GATEWAY_PORT", raising=False)
    from corpus_tools.engines import spark_session

    with pytest.raises(errors.MissingExtraError, match="needs Java"):
        spark_session.make_session("local[1]")


@pytest.mark.slow
@pytest.mark.thorough("spark")
def test_repeats_and_own_columns_are_the_same_on_both_engines(engine: Engine, tmp_path: Path) -> None:
    """Equal pages across parts are counted alike, and a column whose values differ in kind becomes text everywhere."""
    rows = [{"text": f"page {n % 7} " + f"word{n % 7} " * 30, "n": n if n < 20 else "x", "lang": "de"} for n in range(30)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    plan = Plan().with_settings({"read.carry": ["n", "lang"], "read.part_pages": 4, "rewrite.enabled": False})
    here = api.run(tmp_path / "a.jsonl", tmp_path / "HERE", plan, workers=1)
    made = api.run(tmp_path / "a.jsonl", tmp_path / "MADE", plan, engine, workers=1)
    assert file_digests(made.path) == file_digests(here.path)
    assert made.corpus.collect().select("n", "lang").row(0) == ("0", "de")
