"""The search for rewrites as relational steps: the files of the embedded engine's own way, and the candidates of the definition."""

from __future__ import annotations

from pathlib import Path

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from engine_corpus import file_digests

from corpus_tools import pipeline
from corpus_tools.cluster import spun_spread
from corpus_tools.cluster.spread import Desk
from corpus_tools.cluster.spun_candidates import find_partners
from corpus_tools.cluster.spun_spread import find_rewrites_spread
from corpus_tools.engines import Engine
from corpus_tools.engines.polars import PolarsEngine
from corpus_tools.errors import MixedSignaturesError, RunError
from corpus_tools.parts import list_parts, read_part
from corpus_tools.plan import Plan
from corpus_tools.runs import Run
from corpus_tools.vocabulary import Vocabulary

SAMPLES = Path(__file__).parents[2] / "samples" / "pages"
PLAN = Plan().with_settings({"spin.enabled": True, "read.part_pages": 20})
SIGNATURES = pa.schema([("page_id", pa.string()), ("spin_signature", pa.binary())])


@pytest.fixture(scope="module")
def spun(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return pipeline.run(SAMPLES, tmp_path_factory.mktemp("spun") / "RUN", PLAN, until="rewrite", workers=2)


def _search(run: Run, documents: Path, made: Path, plan: Plan = PLAN) -> None:
    vocabulary = Vocabulary.from_batch(read_part(list_parts(run.path / "vocabulary")[0]))
    folders = (made / "rewrites", made / "substitutions")
    find_rewrites_spread(PolarsEngine(), run.path / "spin_signatures", documents, folders, plan, vocabulary)


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
        _search(spun, spun.path / "documents", tmp_path, PLAN.with_settings({"spin.bins": 64}))


def test_candidates_are_those_of_the_arrays(engine: Engine, tmp_path: Path) -> None:
    """Few values, so that weights tie, partners are cut off and crowded values are left out; some bins are empty."""
    chance = np.random.default_rng(11)
    plan = PLAN.with_settings({"spin.bins": 16, "spin.partners": 3, "spin.most_pages": 4}).spin
    values = chance.choice(np.array([*range(14), 2**32 - 1], np.uint32), (60, 48), p=[*[0.06] * 14, 0.16])
    ids = [f"p{page:02d}" for page in range(60)]
    table = pa.table({"page_id": ids, "spin_signature": [row.astype("<u4").tobytes() for row in values]}, schema=SIGNATURES)
    desk = Desk(engine, tmp_path)
    found = spun_spread._candidates(desk, nw.from_native(engine.frame(table)), plan)
    pairs = pl.from_arrow(found.collect(backend="pyarrow").to_native()).sort("left", "right").rows()
    left, right, report = find_partners(values, plan)
    assert report.hot > 0
    assert 60 < len(left) < 180
    assert pairs == [(ids[one], ids[other]) for one, other in zip(left, right, strict=True)]
