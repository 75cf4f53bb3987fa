"""Sessions of Spark: the one that is there, or one that is made; and what Spark says when it fails."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from corpus_tools.errors import MissingExtraError, PlanError, RunError

_JAVA_OPTIONS = "spark.driver.extraJavaOptions"
_FOR_SHORT_RUNS = (
    "-XX:+IgnoreUnrecognizedVMOptions -XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 "
    "-XX:Tier4CompileThreshold=150000 -XX:Tier4BackEdgeThreshold=400000 -XX:+UseParallelGC"
)
"""Java's second compiler takes long over each function, and is for those that run very often: it waits ten times longer than Java lets
it. It took a third of Java's processor time in a run over 10,000 documents. The collector runs in no thread beside the others."""


def active_session(master: str) -> SparkSession | None:
    """The session that is there; PlanError if it has another master than is asked for."""
    active = SparkSession.getActiveSession()
    if active is None or not master or active.conf.get("spark.master", None) == master:
        return active
    held = active.conf.get("spark.master", None)
    raise PlanError(f"engine is {master!r}, but a session on {held} is active", "stop it first, or pass engine='spark' to use it")


def make_session(master: str) -> SparkSession:
    """A session for ``master``; spark-submit has chosen one already and is not contradicted."""
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if not submitted and not _java():
        raise MissingExtraError("Spark needs Java, which was not found", "install Java 17 or later, or set JAVA_HOME")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("corpus-tools").config("spark.ui.showConsoleProgress", "false")
    chosen = master or os.environ.get("SPARK_MASTER") or "local[*]"
    if master or not submitted:
        builder = builder.master(chosen)
    if chosen.startswith("local") and not submitted and not _is_given(_JAVA_OPTIONS):
        builder = builder.config(_JAVA_OPTIONS, _FOR_SHORT_RUNS)
    with told():
        return builder.getOrCreate()


def _is_given(setting: str) -> bool:
    """Whether a setting stands in the arguments that pyspark takes from the environment, or in a file of defaults."""
    home = Path(os.environ.get("SPARK_HOME") or Path(pyspark.__file__).parent)
    defaults = Path(os.environ.get("SPARK_CONF_DIR") or home / "conf") / "spark-defaults.conf"
    held = defaults.read_text(encoding="utf-8", errors="replace") if defaults.is_file() else ""
    return setting in held or setting in os.environ.get("PYSPARK_SUBMIT_ARGS", "")


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java") is not None or bool(home and (Path(home) / "bin" / "java").exists())


@contextmanager
def told() -> Iterator[None]:
    """Spark's errors as RunError: the last line that says what went wrong, not the whole trace."""
    from py4j.protocol import Py4JError  # type: ignore[import-untyped]

    try:
        yield
    except (PySparkException, Py4JError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.strip().startswith(("at ", "JVM"))]
        marked = [line for line in lines if "Error:" in line or "Exception:" in line] or lines[:1] or [type(error).__name__]
        raise RunError(f"Spark failed: {marked[-1][:500]}", "the driver's log has the whole trace; run again to resume") from error
