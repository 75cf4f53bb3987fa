"""Kernels compiled ahead: each once however many processes share the work, from one list that names all a run needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from runs import SAMPLES

from corpus_tools.errors import PlanError
from corpus_tools.kernels import cache_folder, warm_up
from corpus_tools.kernels.entries import ENTRIES
from corpus_tools.kernels.signatures import read_types, spell_types
from corpus_tools.pipeline.stages import STAGES

FEW = "import sys; from corpus_tools.kernels import warm_up; warm_up.ENTRIES = {'match': {name: warm_up.ENTRIES['clean'][name] for name in sys.argv[1:]}}; "
SHARE = FEW + "warm_up.compile_share(['match']); print('numba' in sys.modules)"


def _start(code: str, cache: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "CORPUS_TOOLS_CACHE": str(cache)}
    return subprocess.Popen([sys.executable, "-c", code, *arguments], env=environment, stdout=subprocess.PIPE, text=True)


def _said(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return out.strip()


def _heads(cache: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_bytes()[32:].split(b"\n", 1)[0]) for path in sorted(cache.rglob("*.kernel"))]


@pytest.mark.slow
def test_processes_share_the_work_and_a_later_one_finds_nothing_to_do(tmp_path: Path) -> None:
    modules = ("kernels.lookup", "clean.html.tag_kernels")
    for process in [_start(SHARE, tmp_path, *modules) for _ in range(3)]:
        _said(process)
    wanted = {(f"corpus_tools.{module}.{name}", kinds) for module in modules for name, kinds in ENTRIES["clean"][module]}
    found = [(head["kernel"], head["signature"]) for head in _heads(tmp_path) if head["called_from_python"]]
    assert len(found) == len(set(found))
    assert set(found) == wanted
    assert not list(tmp_path.rglob("*.lock"))
    assert _said(_start(SHARE, tmp_path, *modules)) == "False"  # it did not even import the compiler


def test_the_list_is_by_stage_and_its_types_can_be_read() -> None:
    assert list(ENTRIES) == [stage.name for stage in STAGES]
    for modules in ENTRIES.values():
        for kernels in modules.values():
            for _, kinds in kernels:
                assert read_types(spell_types(read_types(kinds))) == read_types(kinds)


def _warm_up(cache: Path | None = None) -> str:
    environment = os.environ | ({"CORPUS_TOOLS_CACHE": str(cache)} if cache else {})
    command = [sys.executable, "-m", "corpus_tools", "warm-up", "-q"]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


@pytest.mark.slow
def test_a_run_compiles_nothing_that_is_not_in_the_list(tmp_path: Path) -> None:
    """If this fails: python -m benchmarks.speed.list_kernels writes the list again."""
    _warm_up()
    here = cache_folder.cache_folder()
    assert here is not None
    listed = {
        (f"corpus_tools.{module}.{name}", kinds) for held in ENTRIES.values() for module in held for name, kinds in held[module]
    }
    cache = tmp_path / "cache"
    shutil.copytree(here, cache / here.parent.name / here.name)
    for path in cache.rglob("*.kernel"):
        head = path.read_bytes()[:4000]
        if not any(f'"{name}", "signature": "{kinds}"'.encode() in head for name, kinds in listed):
            path.unlink()
    before = sorted(cache.rglob("*.kernel"))
    assert _warm_up(cache).startswith("nothing to do")
    run = [sys.executable, "-m", "corpus_tools", "run", str(SAMPLES / "pages"), "-o", str(tmp_path / "RUN"), "-q"]
    subprocess.run(run, env=os.environ | {"CORPUS_TOOLS_CACHE": str(cache)}, check=True, capture_output=True)
    assert sorted(cache.rglob("*.kernel")) == before


@pytest.mark.thorough
def test_all_kernels_are_compiled_into_an_empty_cache(tmp_path: Path) -> None:
    count = sum(len(kernels) for modules in ENTRIES.values() for kernels in modules.values())
    assert _warm_up(tmp_path).startswith(f"{count} kernels compiled into {tmp_path}")
    assert len([head for head in _heads(tmp_path) if head["called_from_python"]]) == count


@pytest.mark.slow
def test_kernels_that_are_ready_are_loaded_and_called(tmp_path: Path) -> None:
    modules = ("kernels.lookup", "clean.html.tag_kernels")
    _said(_start(SHARE, tmp_path, *modules))
    loaded = FEW + (
        "warm_up.load_ready(['match']); import numpy as np; from corpus_tools.clean.html.tag_kernels import count_tags as it; "
        "print(it.stats.cache_hits != {}, it(np.frombuffer(b'<p>a</p><br>', np.uint8), 3) is not None, len(it.signatures))"
    )
    assert _said(_start(loaded, tmp_path, *modules)) == "True True 1"


def test_a_folder_that_others_may_write_to_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache_folder.ENVIRONMENT, str(tmp_path))
    cache_folder.cache_folder.cache_clear()
    try:
        assert cache_folder.cache_folder() is not None
        (tmp_path / "kernels").chmod(0o777)
        cache_folder.cache_folder.cache_clear()
        assert cache_folder.cache_folder() is None
        with pytest.raises(PlanError, match="may be written to by others"):
            warm_up.prepare()
        monkeypatch.setenv(cache_folder.ENVIRONMENT, "off")
        with pytest.raises(PlanError, match="CORPUS_TOOLS_CACHE is off"):
            warm_up.prepare()
    finally:
        cache_folder.cache_folder.cache_clear()
