"""The layers hold: who may import whom, read from the source of every module."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "corpus_tools"
MODULES = sorted(PACKAGE.rglob("*.py"))
STAGE_FOLDERS = ("clean", "fingerprint", "cluster", "corpus")
SHARED = ("tables", "plan", "text", "vocabulary", "errors", "engines", "manifest", "parts", "decode")


def _imports(path: Path) -> set[str]:
    """Dotted names a module imports, anywhere in it, type-checking blocks included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def _names(path: Path) -> set[str]:
    return {name.split(".")[0] for name in _imports(path)}


def _own(path: Path) -> set[str]:
    """First folder or module of this package that a module imports from."""
    return {name.split(".")[1] for name in _imports(path) if name.startswith("corpus_tools.")}


def _id(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_heavy_libraries_stay_in_their_rooms(path: Path) -> None:
    here = _id(path)
    rooms = {
        "numba": path.name.endswith("_kernels.py"),
        "pyspark": here == "engines/spark.py",
        "trafilatura": here.startswith("clean/"),
        "bs4": here.startswith("clean/"),
        "datasketch": here == "fingerprint/minhash.py",
        "cyclopts": here == "cli.py",
        "rich": here in ("cli.py", "progress.py", "report/explain.py", "report/terminal.py"),
    }
    assert not [name for name, allowed in rooms.items() if name in _names(path) and not allowed]


@pytest.mark.parametrize("path", [p for p in MODULES if _id(p).split("/")[0] in STAGE_FOLDERS], ids=_id)
def test_a_stage_folder_imports_only_what_is_shared(path: Path) -> None:
    folder = _id(path).split("/")[0]
    allowed = {folder, *SHARED, *(name for name in _own(path) if name.startswith("_"))}
    assert _own(path) <= allowed


@pytest.mark.parametrize("path", [p for p in MODULES if len(_id(p).split("/")) == 1 and p.stem in SHARED], ids=_id)
def test_what_is_shared_knows_no_stage(path: Path) -> None:
    assert not _own(path) & {*STAGE_FOLDERS, "pipeline", "stages", "report", "cli", "runs"}


@pytest.mark.parametrize("path", [p for p in MODULES if _id(p).split("/")[0] == "engines"], ids=_id)
def test_an_engine_knows_no_stage(path: Path) -> None:
    assert not _own(path) & {*STAGE_FOLDERS, "pipeline", "report", "cli"}


@pytest.mark.parametrize("path", [p for p in MODULES if p.name != "cli.py"], ids=_id)
def test_nothing_imports_the_command_line(path: Path) -> None:
    assert "cli" not in _own(path)


def test_importing_the_package_is_quick_and_light() -> None:
    code = (
        "import time, sys; began = time.perf_counter(); import corpus_tools; took = time.perf_counter() - began;"
        "heavy = sorted({'numba', 'trafilatura', 'polars', 'pyarrow', 'datasketch'} & set(sys.modules)); print(took, *heavy)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert told[1:] == []
    assert float(told[0]) < 0.3


def test_every_public_name_is_there() -> None:
    import corpus_tools

    assert corpus_tools.__all__ == sorted(corpus_tools.__all__)
    for name in corpus_tools.__all__:
        assert getattr(corpus_tools, name).__doc__
