"""Engines decide where a plan runs: polars on one machine, Spark on many."""

from corpus_tools.engines.opening import open_engine
from corpus_tools.engines.protocol import Engine, Session

__all__ = ["Engine", "Session", "open_engine"]
