"""Quality floors: pinned in floors.json with a digest of the data, raised freely, lowered only by hand and with a reason.

python -m benchmarks.gate             check every result in benchmarks/results/ against its floors
python -m benchmarks.gate --pin NAME  pin the figures of one result (``cleaning/samples``) as floors; refused where lower
... --lower "reason"                  allow a floor to fall; the reason is kept beside it
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FLOORS = HERE / "floors.json"
RESULTS = HERE / "results"
MARGIN = 0.002
"""A figure may miss its floor by at most this much: runs differ in the last digit with the library versions."""
MARGIN_SHARE = 0.1
"""And by at most this share of what lies between the floor and the nearer of 0 and 1: small rates keep small margins."""
Data = dict[str, str]
"""What a figure was measured on: the last two parts of a file's path, or what the pages are -> sha256 of its bytes."""


def digest_files(*files: Path) -> Data:
    """The digest of each data file, as ``sha256sum`` prints it."""
    return {f"{path.parent.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def digest_folder(folder: Path, suffixes: Iterable[str]) -> Data:
    """One digest for all files below a folder that end in one of ``suffixes``: of their names and contents."""
    digest, ends = hashlib.sha256(), set(suffixes)
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in ends):
        digest.update(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n".encode())
    return {f"{folder.name}/": digest.hexdigest()}


def digest_made(what: str, pages: Iterable[bytes]) -> Data:
    """The digest of pages that a benchmark makes itself."""
    digest = hashlib.sha256()
    for page in pages:
        digest.update(hashlib.sha256(page).digest())
    return {what: digest.hexdigest()}


def make_result(figures: dict[str, Any], data: Data, gated: dict[str, str] | None = None) -> dict[str, Any]:
    """What is saved of a measurement.

    ``gated`` names the figures worth pinning, as dotted paths into ``figures`` -> ``min`` or ``max`` (the floor is the
    smallest or the largest value allowed).
    """
    return {"data": data, "figures": figures, "gated": gated or {}}


def save_result(name: str, figures: dict[str, Any], data: Data, gated: dict[str, str] | None = None) -> None:
    """Write ``results/NAME.json``; see ``make_result``. A name is that of the command: ``folder/module``."""
    path = RESULTS / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(make_result(figures, data, gated), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_result(name: str) -> dict[str, Any]:
    """A saved result."""
    return dict(json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8")))


def look_up(figures: Any, path: str) -> float:
    """The number at a dotted path."""
    for key in path.split("."):
        figures = figures[int(key)] if isinstance(figures, list) else figures[key]
    return float(figures)


def read_floors() -> dict[str, Any]:
    """floors.json, or nothing pinned yet."""
    return json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}


def breaches(name: str, result: dict[str, Any], floors: dict[str, Any]) -> list[str]:
    """What is worse than pinned, or was measured on other data than the floor."""
    pinned = floors.get(name, {})
    if not pinned:
        return []
    if pinned["data"] != result["data"]:
        return [f"{name}: measured on data {result['data']}, floors are for {pinned['data']}"]
    found = []
    for path, floor in pinned["floors"].items():
        value, side = look_up(result["figures"], path), result["gated"][path]
        margin = min(MARGIN, MARGIN_SHARE * min(abs(floor), abs(1 - floor)))
        worse = value < floor - margin if side == "min" else value > floor + margin
        if worse:
            found.append(f"{name}: {path} is {value:.4f}, floor is {floor:.4f} ({side})")
    return found


def check_saved() -> list[str]:
    """Breaches of all floors by the saved results; a pinned result that is not there is one."""
    floors, found = read_floors(), []
    for name in floors:
        if (RESULTS / f"{name}.json").exists():
            found += breaches(name, read_result(name), floors)
        else:
            found.append(f"{name}: pinned, but results/{name}.json is missing")
    return found


def pin(name: str, reason: str) -> list[str]:
    """Pin a result's gated figures; the list of refusals where a floor would fall without a reason."""
    floors, result = read_floors(), read_result(name)
    worse = breaches(name, result, floors)
    if worse and not reason:
        return worse
    held = floors.setdefault(name, {"lowered": []})
    if worse:
        held["lowered"].append({"reason": reason, "was": held["floors"]})
    # A value within the margin of a floor leaves it where it is: pinned again and again it would sink.
    before = {} if worse else held.get("floors", {})
    sides = {"min": max, "max": min}
    values = {path: look_up(result["figures"], path) for path in result["gated"]}
    floors_now = {path: sides[result["gated"][path]](value, before.get(path, value)) for path, value in values.items()}
    held |= {"data": result["data"], "floors": floors_now}
    FLOORS.write_text(json.dumps(floors, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return []


def report(found: list[str]) -> int:
    """Print the breaches, or that there are none; the exit code."""
    print("\n".join(found) or "all floors hold")
    return 1 if found else 0


def main() -> int:
    """Check or pin, as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pin", metavar="NAME")
    parser.add_argument("--lower", metavar="REASON", default="")
    given = parser.parse_args()
    return report(pin(given.pin, given.lower) if given.pin else check_saved())


if __name__ == "__main__":
    sys.exit(main())
