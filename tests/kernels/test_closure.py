"""What code a stage depends on: read with a regular expression, held to a reading by ``ast``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus_tools.kernels import closure
from corpus_tools.kernels.closure import PACKAGE, closure_files, import_closure, imported_modules
from corpus_tools.pipeline.stages import STAGES


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from _running(node)


def _imports(path: Path) -> set[str]:
    """Modules of the package that a file imports when it runs, read from its syntax tree."""
    names: set[str] = set()
    for node in _running(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {
        name
        for name in names
        if name.startswith("corpus_tools.") and PACKAGE.parent.joinpath(*name.split(".")).with_suffix(".py").is_file()
    }


def test_code_changed_under_a_running_process_shares_no_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = closure.closure_digest.__wrapped__
    before = digest("corpus_tools.text")
    assert digest("corpus_tools.text") == before
    monkeypatch.setattr(closure, "_STARTED", 0)  # as if every file had been written since
    first = digest("corpus_tools.text")
    monkeypatch.setattr(closure, "_STARTED", 1)
    assert len({before, first, digest("corpus_tools.text")}) == 3


def test_imports_are_those_of_the_syntax_tree() -> None:
    for path in PACKAGE.rglob("*.py"):
        assert set(imported_modules(path)) == _imports(path), path


def test_a_stage_depends_on_its_own_code_and_not_on_that_of_later_stages() -> None:
    after = {stage.name: [later.name for later in STAGES[number + 1 :]] for number, stage in enumerate(STAGES)}
    for stage in STAGES:
        closure = import_closure(stage.module)
        assert stage.module in closure
        assert not [name for name in closure for later in after[stage.name] if name.startswith(f"corpus_tools.{later}.")], (
            stage.name
        )


def test_why_a_page_is_kept_concerns_group_and_not_match() -> None:
    assert "corpus_tools.group.keep" in import_closure("corpus_tools.group.stage")
    assert "corpus_tools.group.keep" not in import_closure("corpus_tools.match.stage")
    assert "corpus_tools.kernels.forest" not in import_closure("corpus_tools.fingerprint.stage")


def test_weights_and_word_lists_count_as_code() -> None:
    files = {path.relative_to(PACKAGE).as_posix() for path in closure_files("corpus_tools.clean.stage")}
    assert {"clean/blocks/block_model.json", "clean/lines/lexicons/en.toml"} <= files
    assert not {name for name in files if name.startswith("rewrite/")}
