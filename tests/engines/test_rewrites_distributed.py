"""The search for rewrites as relational steps: the files of the embedded engine's own way."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_corpus import file_digests

from corpus_tools import api
from corpus_tools.api import Run
from corpus_tools.engines.polars import PolarsEngine
from corpus_tools.errors import MixedSignaturesError, RunError
from corpus_tools.plan import Plan
from corpus_tools.rewrite.distributed import find_rewrite_parts
from corpus_tools.rewrite.vocabulary import Vocabulary
from corpus_tools.store.parts import list_parts, read_part

SAMPLES = Path(__file__).parents[2] / "samples" / "pages"
PLAN = Plan().with_settings({"rewrite.enabled": True, "read.part_pages": 20})


@pytest.fixture(scope="module")
def spun(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return api.run(SAMPLES, tmp_path_factory.mktemp("rewrite") / "RUN", PLAN, until="rewrite", workers=2)


def _search(run: Run, documents: Path, made: Path, plan: Plan = PLAN) -> None:
    vocabulary = Vocabulary.from_batch(read_part(list_parts(run.path / "vocabulary")[0]))
    folders = (made / "rewrites", made / "substitutions")
    find_rewrite_parts(PolarsEngine(), run.path / "rewrite_signatures", documents, folders, plan, vocabulary)


def test_relational_steps_give_the_same_files(spun: Run, tmp_path: Path) -> None:
    """On Spark the whole run is compared, in test_runs."""
    _search(spun, spun.path / "documents", tmp_path)
    assert spun.rewrites.collect().height > 10
    assert spun.substitutions.collect().height > 20
    for name in ("rewrites", "substitutions"):
        here = {file: digest for file, digest in file_digests(spun.path / name).items() if file != "manifest.json"}
        assert file_digests(tmp_path / name) == here


def test_what_does_not_fit_is_told(spun: Run, tmp_path: Path) -> None:
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "part-00000-00000.parquet").symlink_to(list_parts(spun.path / "documents")[0])
    with pytest.raises(RunError, match="has a signature but not exactly one document"):
        _search(spun, tmp_path / "some", tmp_path)
    with pytest.raises(MixedSignaturesError, match="make them again"):
        _search(spun, spun.path / "documents", tmp_path, PLAN.with_settings({"rewrite.bins": 64}))
