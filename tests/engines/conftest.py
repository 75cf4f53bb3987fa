"""Both engines as one fixture, and one real cluster a test session for the distributed one."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from engine_corpus import Corpus, write_corpus
from needs import need
from spark_cluster import SMALL, Cluster
from stores import Server, point_to

from corpus_tools.engines.polars import PolarsEngine
from corpus_tools.engines.protocol import Engine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for the cluster is marked ``spark``, and ``slow``: Java starts for tens of seconds."""
    for item in items:
        asked = getattr(item, "fixturenames", ())
        spark = getattr(item, "callspec", None) and item.callspec.params.get("engine") == "spark"
        if spark or "session" in asked or "cluster" in asked:
            item.add_marker(pytest.mark.spark)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A master and two workers; tests that need it are skipped where there is no Spark or no Java."""
    need(find_spec("pyspark"), "pyspark (the spark extra)")
    need(shutil.which("java") or os.environ.get("JAVA_HOME"), "Java")
    made = Cluster(tmp_path_factory.mktemp("spark"))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def session(cluster: Cluster) -> Iterator[Any]:
    """A session on the cluster: two executors of one core and little memory."""
    from pyspark.sql import SparkSession

    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    settings = {
        **SMALL,
        "spark.cores.max": "2",  # a worker's second core is for an application of a test's own
        "spark.driver.memory": "1g",
        "spark.executor.memory": "600m",
        "spark.sql.shuffle.partitions": "2",
    }
    builder = SparkSession.builder.master(cluster.url).appName("tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    yield made
    made.stop()


@pytest.fixture
def store(running_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server. Only this process is pointed to it, and its scratch is this test's: executors have what is sent to them."""
    point_to(monkeypatch, running_server.url)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return running_server


@pytest.fixture(scope="session", params=["polars", "spark"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn."""
    if request.param == "polars":
        yield PolarsEngine()
        return
    from corpus_tools.engines.spark import SparkEngine

    made = SparkEngine(request.getfixturevalue("session"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Documents with copies, edits and a family, cleaned and sketched."""
    return write_corpus(tmp_path_factory.mktemp("corpus"))
