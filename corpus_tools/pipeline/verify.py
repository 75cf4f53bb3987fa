"""Every digest of a run or of a copied corpus compared with its seals: what is not as it was sealed, in words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corpus_tools.errors import RunError
from corpus_tools.pipeline.stages import STAGES
from corpus_tools.store.begun import strange_parts
from corpus_tools.store.manifest import Manifest, read_manifest
from corpus_tools.store.objects.address import is_address
from corpus_tools.store.objects.scratch import view_place
from corpus_tools.store.paths import local_path
from corpus_tools.store.run_file import is_run, read_run_file
from corpus_tools.store.sound import find_faults


@dataclass(frozen=True)
class Verified:
    """What was compared, and what was found wrong; nothing if all is as it was sealed."""

    tables: int
    files: int
    size: int
    problems: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.files:,} files of {self.tables:,} tables ({self.size:,} bytes) compared, {len(self.problems):,} problems"


def verify_run(path: str | Path) -> Verified:
    """Compare every file of every sealed table, and each table with the tables that were made from it.

    ``path`` is a run, or the corpus of one that was copied elsewhere. RunError if it is neither.
    """
    folder = view_place(path) if is_address(path) else local_path(path, RunError)
    run = is_run(folder)
    places = [folder / name for stage in STAGES for name in stage.folders] if run else [folder, folder / "removed", folder / "new"]
    seals: dict[Path, Manifest] = {}
    problems: list[str] = []
    if run:
        problems += [why for why in [read_run_file(folder).get("rebuilt", "")] if why]
    for place in places:
        try:
            found = read_manifest(place)
        except RunError as error:
            problems.append(error.what)
            continue
        if found is not None:
            seals[place] = found
            problems += _examine_table(place, found)
    if not seals and not problems:
        what = "holds no sealed table" if folder.is_dir() else "is a file" if folder.exists() else "does not exist"
        raise RunError(f"{folder} {what}", "name a run folder, or a copy of its corpus")
    if run:
        problems += _examine_chain(folder, seals)
    parts = [part for found in seals.values() for part in (*found.parts, *found.files)]
    return Verified(len(seals), len(parts), sum(part.size for part in parts), tuple(problems))


def _examine_table(place: Path, found: Manifest) -> list[str]:
    strange = strange_parts(place, {part.name for part in found.parts})
    return [*map(str, find_faults(place, found, full=True)), *(f"{path} is not in the seal of its table" for path in strange)]


def _examine_chain(folder: Path, seals: dict[Path, Manifest]) -> list[str]:
    """Tables that were made from other tables than are there now."""
    problems = []
    for place, found in seals.items():
        for name, digest in found.work.inputs.items():
            source = folder / name.removesuffix("/")
            if name.endswith("/") and (source not in seals or seals[source].digest != digest):
                problems.append(f"{place} was made from another {name} than is there now")
    return problems
