"""One name a stage, wherever it is said: folder, maker, plan section, verb, progress."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

from corpus_tools import api, cli
from corpus_tools.kernels.closure import PACKAGE
from corpus_tools.pipeline.stages import STAGES
from corpus_tools.plan import RENAMED_STAGES, Plan

NAMES = tuple(stage.name for stage in STAGES)


def _first_argument(path: Path, method: str) -> list[str]:
    """The constant that each call of ``method`` in the file begins with."""
    return [
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(method) and isinstance(node.args[0], ast.Constant)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_progress_calls_a_stage_by_its_name(name: str) -> None:
    told = [one for path in (PACKAGE / name).rglob("*.py") for one in _first_argument(path, "progress.start")]
    assert set(told) == {name}


def test_a_stage_has_one_name() -> None:
    assert NAMES == ("clean", "site", "fingerprint", "match", "rewrite", "group", "write")
    assert [name for name in Plan().to_dict() if name != "read"] == list(NAMES)
    for stage in STAGES:
        assert hasattr(import_module(stage.module), stage.maker)
        assert cli.app[stage.name]
    for verb in (api.run, api.resume):
        assert inspect.signature(verb).parameters["until"].default == NAMES[-1]
    assert set(RENAMED_STAGES.values()) <= set(NAMES)
    assert not RENAMED_STAGES.keys() & set(NAMES)
