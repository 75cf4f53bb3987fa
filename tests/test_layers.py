"""The layers hold: who may import whom, read from the source of every module, imports inside functions included."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from corpus_tools.api import Run
from corpus_tools.kernels.closure import PACKAGE, imported_modules

LINE = ("clean", "site", "fingerprint", "match", "rewrite", "group", "write")
GROUND = ("engines", "kernels", "readers", "spam", "store")
FACES = ("api", "cli", "report")

ROOMS = {
    "bs4": ("clean/",),
    "cyclopts": ("cli.py",),
    "datasketch": ("fingerprint/",),
    "llvmlite": ("kernels/", "_kernels.py"),
    "huggingface_hub": ("store/objects/",),
    "numba": ("kernels/", "_kernels.py"),
    "obstore": ("store/objects/",),
    "pyspark": ("engines/",),
    "rich": ("shown.py", "report/"),
    "trafilatura": ("clean/",),
}
"""Heavy library -> the folders (``name/``) and the endings of file names that may import it."""

LONG = {
    "cli.py": "one function a verb, with its help text",
    "plan.py": "one setting a line, with its help text",
    "tables.py": "one column a line, with its description",
}
"""Modules of more than 250 lines, and why."""

MODULES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}


def _place(module: str) -> str:
    """``corpus_tools.store.parts`` -> ``store/parts.py``."""
    return "/".join(module.split(".")[1:]) + ".py"


def _room(place: str) -> str:
    """First folder of a module, or its own name if it stands at the root."""
    return place.split("/")[0].removesuffix(".py")


IMPORTS = {place: [_place(module) for module in imported_modules(path)] for place, path in MODULES.items()}


def _imports_between_rooms() -> Iterator[tuple[str, str]]:
    yield from ((place, other) for place, others in IMPORTS.items() for other in others if _room(other) != _room(place))


def _circle(graph: Mapping[str, object]) -> list[str]:
    """A circle of the graph, each importing the next; empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()  # type: ignore[arg-type]
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def _layers(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Rooms from the ground up: each layer imports only from those below."""
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    found = []
    while sorter.is_active():
        found.append(sorted(sorter.get_ready()))
        sorter.done(*found[-1])
    return found


def test_no_module_imports_itself_by_way_of_others() -> None:
    circle = _circle(IMPORTS)
    assert not circle


def test_folders_and_root_modules_form_at_most_12_layers() -> None:
    graph: dict[str, set[str]] = {_room(place): set() for place in MODULES}
    for place, other in _imports_between_rooms():
        graph[_room(place)].add(_room(other))
    circle = _circle(graph)
    assert not circle
    layers = _layers(graph)
    assert len(layers) <= 12, "\n".join(", ".join(layer) for layer in layers)


def test_imports_go_down() -> None:
    floors = {**dict.fromkeys(GROUND, 1), **dict.fromkeys(LINE, 2), "pipeline": 3, **dict.fromkeys(FACES, 4), "__main__": 5}
    up = [
        f"{place} imports {other}"
        for place, other in _imports_between_rooms()
        if floors.get(_room(other), 0) > floors.get(_room(place), 0)
    ]
    assert not up


def test_a_stage_imports_only_the_stages_before_it() -> None:
    later = [
        f"{place} imports {other}"
        for place, other in _imports_between_rooms()
        if _room(place) in LINE and _room(other) in LINE and LINE.index(_room(other)) > LINE.index(_room(place))
    ]
    assert not later


def test_heavy_libraries_stay_in_their_rooms() -> None:
    astray = [
        f"{place} imports {library}"
        for place, path in MODULES.items()
        for library in _libraries(path) & ROOMS.keys()
        if not any(place.startswith(room) if room.endswith("/") else place.endswith(room) for room in ROOMS[library])
    ]
    assert not astray


def _libraries(path: Path) -> set[str]:
    """First names of all that a module imports, for types too."""
    nodes = list(ast.walk(ast.parse(path.read_bytes())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {name.split(".")[0] for name in plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}}


def test_a_package_defines_nothing() -> None:
    """The code a stage depends on is found by its modules; a definition in a package would be overlooked."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    defining = [
        place
        for place, path in MODULES.items()
        if place.endswith("/__init__.py") and any(isinstance(node, kinds) for node in ast.parse(path.read_bytes()).body)
    ]
    assert not defining


def test_no_folder_holds_more_than_20_modules() -> None:
    counts = Counter(Path(place).parent.as_posix() for place in MODULES if Path(place).name != "__init__.py")
    full = {folder: count for folder, count in counts.items() if count > 20}
    assert not full


def test_no_module_is_longer_than_250_lines_without_a_reason() -> None:
    lines = {place: path.read_bytes().count(b"\n") for place, path in MODULES.items()}
    too_long = {place: count for place, count in lines.items() if count > 250 and place not in LONG}
    assert not too_long


def test_importing_the_package_is_quick_and_light() -> None:
    code = (
        "import time, sys; began = time.perf_counter(); import corpus_tools; took = time.perf_counter() - began;"
        "heavy = sorted({'numba', 'trafilatura', 'polars', 'pyarrow', 'datasketch'} & set(sys.modules)); print(took, *heavy)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert told[1:] == []
    assert float(told[0]) < 0.3


def test_opening_a_run_loads_no_compiled_code_and_no_extractor() -> None:
    code = "import sys, corpus_tools.api; print(*sorted({'numba', 'trafilatura', 'datasketch', 'rich'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []


def test_a_command_with_nothing_to_do_loads_neither_frames_nor_compiled_code(done: Run) -> None:
    code = (
        "import contextlib, sys; from corpus_tools.cli import main\n"
        "with contextlib.suppress(SystemExit): main(['write', sys.argv[1], '-q'])\n"
        "print(*sorted({'numba', 'trafilatura', 'polars', 'pyarrow', 'numpy'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code, done.path], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == [done.summary, ""]


def test_every_public_name_is_there() -> None:
    import corpus_tools

    assert corpus_tools.__all__ == sorted(corpus_tools.__all__)
    for name in corpus_tools.__all__:
        assert getattr(corpus_tools, name).__doc__
