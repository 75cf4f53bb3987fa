"""A corpus is read by the tools that people train and analyse with: each finds every row, text and nested value."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
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


def test_no_column_needs_a_cast(corpus: Path) -> None:
    """Types that pandas, Datasets, DuckDB and Spark have alike: no long strings, no views, no dictionaries, no unsigned numbers."""
    plain = {"string", "int64", "double", "bool", "timestamp[us, tz=UTC]"}
    for path in (*(corpus / "data").iterdir(), *(corpus / "removed").glob("*.parquet")):
        for field in pq.read_schema(path):
            kinds = [field.type]
            while kinds:
                kind = kinds.pop()
                inner = (
                    [kind.value_type] if pa.types.is_list(kind) else [one.type for one in kind] if pa.types.is_struct(kind) else []
                )
                kinds += inner
                assert inner or str(kind) in plain, field


def test_what_the_card_says_loads_a_corpus(corpus: Path, rows: Rows) -> None:
    """Its snippets, as they stand there, each in the folder of the corpus."""
    card = (corpus / "README.md").read_text(encoding="utf-8")
    snippets = re.findall(r"```python\n(.*?)```", card, re.S)
    tried = [snippet for snippet in snippets if not re.search("pyspark|datasets", snippet)]  # these have tests of their own
    assert len(tried) == len(snippets) - 2 == 3
    counts = "\n".join(f"{snippet}\nprint(len(corpus.collect() if hasattr(corpus, 'collect') else corpus))" for snippet in tried)
    told = subprocess.run([sys.executable, "-c", counts], capture_output=True, text=True, cwd=corpus)
    assert told.returncode == 0, told.stderr
    assert told.stdout.split() == [str(len(rows))] * 3


DATASETS = """
import datasets, json, sys
found = datasets.load_dataset(sys.argv[1], split="train", cache_dir=sys.argv[2])
assert all(str(kind.dtype) != "large_string" for kind in found.features.values() if hasattr(kind, "dtype")), found.features
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
