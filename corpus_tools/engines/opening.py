"""How an engine is opened by name; each is imported when it is asked for."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from corpus_tools.engines.protocol import Engine, Session
from corpus_tools.errors import MissingExtraError, PlanError


def open_engine(name: str | Engine | Session) -> Engine:
    """The engine called ``name``: polars, spark, or a Spark master such as local[4], spark://HOST:7077, yarn or k8s://HOST.

    An engine is given back as it is; a SparkSession becomes an engine that uses it and leaves it running.
    Raises PlanError if there is no such engine, MissingExtraError if what it needs is not installed.
    """
    if not isinstance(name, str):
        return _open_spark("", name) if hasattr(name, "sparkContext") else _checked(name)
    if name == "polars":
        from corpus_tools.engines.polars import PolarsEngine

        return PolarsEngine()
    if name == "spark" or name == "yarn" or name.startswith(("spark://", "local", "k8s://")):
        return _open_spark("" if name == "spark" else name)
    raise PlanError(f"engine is {name!r}, which is not known", "choose polars, spark, or a Spark master such as spark://HOST:7077")


def _checked(given: Any) -> Engine:
    if not hasattr(given, "map_tasks"):
        raise PlanError(
            f"engine is a {type(given).__name__}", "give an engine's name, an Engine, or a SparkSession (not of Connect)"
        )
    engine: Engine = given
    return engine


def _open_spark(master: str, session: Any = None) -> Engine:
    for name in ("pyspark", "pandas"):  # Spark's Arrow path needs pandas
        if find_spec(name) is None:
            raise MissingExtraError(f"the Spark engine needs {name}", "install it with: pip install 'corpus-tools[spark]'")
    from corpus_tools.engines.spark import SparkEngine

    return SparkEngine(session, master)
