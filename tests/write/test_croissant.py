"""croissant.json: what MLCommons' own validator says of it, what it reads by it, and the digests of the files."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from corpus_tools.api import Run

READ = """
import json, sys
import mlcroissant
found = mlcroissant.Dataset(jsonld=sys.argv[1])
issues = found.metadata.issues
split = found.records(record_set="documents", filters={"documents/split": "train"})
wanted = json.loads(sys.argv[2])
plain = lambda value: value.decode() if isinstance(value, bytes) else value
rows = [{name: plain(row[f"documents/{name}"]) for name in wanted} for row in split]
json.dump({"errors": sorted(issues.errors), "warnings": sorted(issues.warnings), "rows": rows}, sys.stdout)
"""
COLUMNS = ["page_id", "text", "title", "n_words", "truncated", "split"]


def test_the_validator_takes_it_and_reads_every_document(samples_run: Run) -> None:
    """In a process of its own, as for other readers. What a plan may name and this one does not is all that it misses."""
    pytest.importorskip("mlcroissant")
    command = [sys.executable, "-c", READ, "croissant.json", json.dumps(COLUMNS)]
    told = subprocess.run(command, capture_output=True, text=True, cwd=samples_run.path / "corpus", env=dict(os.environ))
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert found["errors"] == []
    assert all("is recommended, but does not exist" in warning for warning in found["warnings"])
    assert len(found["warnings"]) <= 3
    rows = samples_run.corpus.select(COLUMNS[:-1]).collect().to_dicts()
    assert found["rows"] == [row | {"split": "train"} for row in rows]


def test_files_columns_and_digests(samples_run: Run) -> None:
    folder = samples_run.path / "corpus"
    held = json.loads((folder / "croissant.json").read_text(encoding="utf-8"))
    files = [one for one in held["distribution"] if one["@type"] == "cr:FileObject"]
    assert {one["contentUrl"]: (one["sha256"], one["contentSize"]) for one in files} == {
        f"data/{path.name}": (hashlib.sha256(path.read_bytes()).hexdigest(), f"{path.stat().st_size} B")
        for path in (folder / "data").glob("train-*.parquet")
    }
    fields = {one["@id"].removeprefix("documents/"): one for one in _record_set(held, "documents")["field"]}
    assert list(fields) == ["split", *samples_run.corpus.collect_schema().names()]
    assert all(one["description"] for one in fields.values())
    assert fields["also_seen_at"]["isArray"]
    assert held["version"] == "1.0.0"


def test_the_plan_names_what_only_people_know(samples_run: Run, tmp_path: Path) -> None:
    from corpus_tools.write.croissant import describe

    plan = samples_run.plan.with_settings(
        {"write.url": "https://x.example", "write.creator": "Us", "write.published": "2026-01-31", "write.licence": "CC0-1.0"}
    )
    schema = pl.DataFrame({"page_id": ["a"]}).to_arrow().schema
    made = describe([], schema, plan.write, "Told.", "None.")
    named = [made[name] for name in ("url", "creator", "datePublished", "license")]
    assert named == ["https://x.example", {"@type": "sc:Organization", "name": "Us"}, "2026-01-31", "CC0-1.0"]


def _record_set(held: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in held["recordSet"] if one["@id"] == name)
