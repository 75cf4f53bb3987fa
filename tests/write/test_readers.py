"""A corpus is read by the tools that people train and analyse with: each finds every row, text and nested value."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from corpus_tools.api import Run

COLUMNS = ["page_id", "text", "title", "language", "n_words", "also_seen_at", "cluster_size"]
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def corpus(samples_run: Run) -> Path:
    """A corpus in several files."""
    assert len(list((samples_run.path / "corpus" / "data").glob("*.parquet"))) > 1
    return samples_run.path / "corpus"


@pytest.fixture(scope="module")
def rows(samples_run: Run) -> Rows:
    """What was written, in order."""
    return samples_run.corpus.select(COLUMNS).collect().to_dicts()


def test_polars(corpus: Path, rows: Rows) -> None:
    assert pl.read_parquet(corpus / "data" / "*.parquet").select(COLUMNS).to_dicts() == rows


def test_pandas(corpus: Path, rows: Rows) -> None:
    pandas = pytest.importorskip("pandas")
    found = pandas.read_parquet(corpus / "data")[COLUMNS]
    assert found["text"].tolist() == [row["text"] for row in rows]
    assert [list(one) for one in found["also_seen_at"]] == [row["also_seen_at"] for row in rows]
    assert found["n_words"].dtype == "int64"


def test_duckdb(corpus: Path, rows: Rows) -> None:
    duckdb = pytest.importorskip("duckdb")
    data = duckdb.read_parquet(f"{corpus}/data/*.parquet")
    found = data.select(*COLUMNS).fetchall()
    assert [dict(zip(COLUMNS, row, strict=True)) for row in found] == rows
    ids = [one for (one,) in duckdb.read_parquet(f"{corpus}/removed/*.parquet").select("page_id").fetchall()]
    assert len(set(ids)) == len(ids) > 0


DATASETS = """
import datasets, json, sys
found = datasets.load_dataset(sys.argv[1], split="train", cache_dir=sys.argv[2])
json.dump(found.select_columns(json.loads(sys.argv[3])).to_list(), sys.stdout)
"""


def test_datasets_by_its_card(corpus: Path, rows: Rows, tmp_path: Path) -> None:
    """In a process of its own: the library keeps settings and a cache for the whole process."""
    pytest.importorskip("datasets")
    quiet = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    command = [sys.executable, "-c", DATASETS, str(corpus), str(tmp_path / "cache"), json.dumps(COLUMNS)]
    told = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **quiet})
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout) == rows


@pytest.mark.spark
@pytest.mark.slow
def test_spark(corpus: Path, rows: Rows) -> None:
    sql = pytest.importorskip("pyspark.sql")
    session = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        found = session.read.parquet(str(corpus / "data")).select(*COLUMNS).orderBy("page_id").collect()
    finally:
        session.stop()
    assert [row.asDict() for row in found] == sorted(rows, key=lambda row: str(row["page_id"]))
