"""The cache of compiled kernels is safe: many processes at once, damaged files, no place to write."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus_tools.kernels.closure import import_closure

PROGRAM = """
import sys
from corpus_tools.kernels.compile import kernel
import numpy as np

@kernel
def total(values):
    whole = values[0] * 0
    for value in values:
        whole += value
    return whole

for kind in (sys.argv[1:] or ["int64"]):
    assert total(np.arange(5).astype(kind)) == 10, kind
print(len(total.stats.cache_hits), "from the cache")
"""


def _start(folder: Path, *kinds: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "CORPUS_TOOLS_CACHE": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *kinds], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _hits(process: subprocess.Popen[str]) -> int:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return int(out.split()[0])


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.slow
def test_processes_that_compile_at_once_do_not_mix_up_their_code(tmp_path: Path) -> None:
    """Each asks for other signatures of one function at the same time, which is what breaks an index file."""
    kinds = ["int64", "float64", "uint8", "int32"]
    started = [_start(tmp_path, *kinds[i:], *kinds[:i]) for i in range(4)]
    for process in started:
        _hits(process)
    assert len(_files(tmp_path)) == len(kinds)
    assert _hits(_start(tmp_path, *kinds)) == len(kinds)


@pytest.mark.slow
def test_damaged_files_are_compiled_anew(tmp_path: Path) -> None:
    kinds = ["int64", "float64", "uint8"]
    assert _hits(_start(tmp_path, *kinds)) == 0
    for path, damage in zip(_files(tmp_path), (b"", b"not a kernel" * 9, None), strict=True):
        path.write_bytes(path.read_bytes()[:-100] if damage is None else damage)
    assert _hits(_start(tmp_path, *kinds)) == 0
    assert _hits(_start(tmp_path, *kinds)) == len(kinds)


def test_without_a_place_to_write_all_is_compiled(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert _hits(_start(blocked)) == 0
    assert _hits(_start(Path("off"))) == 0
    assert _files(tmp_path) == [blocked]


def test_a_kernel_depends_on_what_its_module_imports_and_on_nothing_else() -> None:
    closure = import_closure("corpus_tools.match.evidence.evidence_kernels")
    assert {
        "corpus_tools.match.evidence.evidence_kernels",
        "corpus_tools.match.evidence.diff_kernels",
        "corpus_tools.text",
    } <= closure
    assert not [name for name in closure if name.startswith(("corpus_tools.clean", "corpus_tools.rewrite", "corpus_tools.group"))]
