"""The search for rewrites as relational steps: the files of the embedded engine's own way."""

from __future__ import annotations

from pathlib import Path

import pytest
from runs import SAMPLES_PLAN, file_digests, link_part

from corpus_tools.api import Run
from corpus_tools.engines.polars import PolarsEngine
from corpus_tools.errors import MixedSignaturesError, RunError
from corpus_tools.plan import Plan
from corpus_tools.rewrite.distributed import find_rewrite_parts
from corpus_tools.rewrite.vocabulary import Vocabulary
from corpus_tools.store.parts import list_parts, read_part


def _search(run: Run, documents: Path, made: Path, plan: Plan = SAMPLES_PLAN) -> None:
    vocabulary = Vocabulary.from_batch(read_part(list_parts(run.path / "vocabulary")[0]))
    folders = (made / "rewrites", made / "substitutions")
    find_rewrite_parts(PolarsEngine(), run.path / "rewrite_signatures", documents, folders, plan, vocabulary)


def test_relational_steps_give_the_same_files(samples_run: Run, tmp_path: Path) -> None:
    """On Spark the whole run is compared, in test_runs."""
    _search(samples_run, samples_run.path / "documents", tmp_path)
    assert samples_run.rewrites.collect().height > 10
    assert samples_run.substitutions.collect().height > 20
    for name in ("rewrites", "substitutions"):
        here = {file: digest for file, digest in file_digests(samples_run.path / name).items() if file != "manifest.json"}
        assert file_digests(tmp_path / name) == here


def test_what_does_not_fit_is_told(samples_run: Run, tmp_path: Path) -> None:
    (tmp_path / "some").mkdir()
    link_part(list_parts(samples_run.path / "documents")[0], tmp_path / "some")
    with pytest.raises(RunError, match="has a signature but not exactly one document"):
        _search(samples_run, tmp_path / "some", tmp_path)
    with pytest.raises(MixedSignaturesError, match="make them again"):
        _search(samples_run, samples_run.path / "documents", tmp_path, SAMPLES_PLAN.with_settings({"rewrite.bins": 64}))
