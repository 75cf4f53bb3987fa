"""Quality floors: pinned in floors.json with a digest of the data, raised freely, lowered only by hand.

python benchmarks/gate.py            check every result in benchmarks/results/ against its floors
python benchmarks/gate.py --pin NAME pin the figures of one result as floors (refused where lower)
... --lower "reason"                 allow a floor to fall; the reason is kept beside it
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FLOORS = HERE / "floors.json"
RESULTS = HERE / "results"
MARGIN = 0.002
"""A figure may miss its floor by at most this much: runs differ in the last digit with the library versions."""
MARGIN_SHARE = 0.1
"""And by at most this share of what lies between the floor and the nearer of 0 and 1: small rates keep small margins."""


def digest_data(*files: Path) -> str:
    """16 hex digits over the bytes of the data files a figure was measured on."""
    digest = hashlib.blake2b(digest_size=8)
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def save_result(name: str, figures: dict[str, Any], data: str, floors: dict[str, str] | None = None) -> None:
    """Write ``results/NAME.json``.

    ``figures`` is whatever was measured; ``data`` the digest of what it was measured on. ``floors`` names the
    figures worth pinning, as dotted paths into ``figures`` -> ``min`` or ``max`` (which side is good to stay on).
    """
    RESULTS.mkdir(exist_ok=True)
    held = {"data": data, "figures": figures, "gated": floors or {}}
    (RESULTS / f"{name}.json").write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


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


def pin(name: str, reason: str) -> list[str]:
    """Pin a result's gated figures; the list of refusals where a floor would fall without a reason."""
    floors, result = read_floors(), json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    worse = breaches(name, result, floors)
    if worse and not reason:
        return worse
    held = floors.setdefault(name, {"lowered": []})
    if worse:
        held["lowered"].append({"reason": reason, "was": held["floors"]})
    held |= {"data": result["data"], "floors": {path: look_up(result["figures"], path) for path in result["gated"]}}
    FLOORS.write_text(json.dumps(floors, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pin", metavar="NAME")
    parser.add_argument("--lower", metavar="REASON", default="")
    given = parser.parse_args()
    if given.pin:
        found = pin(given.pin, given.lower)
    else:
        floors = read_floors()
        found = [
            f"{name}: pinned, but results/{name}.json is missing" for name in floors if not (RESULTS / f"{name}.json").exists()
        ]
        for path in sorted(RESULTS.glob("*.json")):
            if path.stem in floors:
                found += breaches(path.stem, json.loads(path.read_text(encoding="utf-8")), floors)
    print("\n".join(found) or "all floors hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
