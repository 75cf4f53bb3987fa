"""The gate: floors hold, breaches are told, lowering needs a reason."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import gate


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(gate, "FLOORS", tmp_path / "floors.json")


def _save(f1: float, wrong: int, data: str = "d1") -> None:
    gate.save_result("quality", {"ours": {"f1": f1}, "wrong": [wrong]}, data, {"ours.f1": "min", "wrong.0": "max"})


def _breaches() -> list[str]:
    result = json.loads((gate.RESULTS / "quality.json").read_text())
    return gate.breaches("quality", result, gate.read_floors())


def test_floors_hold_and_are_breached() -> None:
    _save(0.9, 3)
    assert gate.pin("quality", "") == []
    assert _breaches() == []
    _save(0.85, 4)
    assert [told.split(" is ")[0] for told in _breaches()] == ["quality: ours.f1", "quality: wrong.0"]


def test_a_small_rate_keeps_a_small_margin() -> None:
    for worse, breached in ((0.00205, False), (0.0024, True)):
        gate.save_result("quality", {"cut": 0.002}, "d1", {"cut": "max"})
        gate.pin("quality", "a fresh start")
        gate.save_result("quality", {"cut": worse}, "d1", {"cut": "max"})
        assert bool(_breaches()) is breached


def test_other_data_is_a_breach() -> None:
    _save(0.9, 3)
    gate.pin("quality", "")
    _save(0.95, 1, data="d2")
    assert "d2" in _breaches()[0]


def test_lowering_needs_a_reason_and_keeps_it() -> None:
    _save(0.9, 3)
    gate.pin("quality", "")
    _save(0.8, 3)
    assert gate.pin("quality", "")
    assert gate.read_floors()["quality"]["floors"]["ours.f1"] == 0.9
    assert gate.pin("quality", "the data had wrong labels") == []
    held = gate.read_floors()["quality"]
    assert held["floors"]["ours.f1"] == 0.8
    assert held["lowered"][0]["was"]["ours.f1"] == 0.9


def test_the_project_s_own_floors_hold() -> None:
    own = Path(gate.__file__).parent
    floors = json.loads((own / "floors.json").read_text()) if (own / "floors.json").exists() else {}
    for name in floors:
        result = json.loads((own / "results" / f"{name}.json").read_text())
        assert gate.breaches(name, result, floors) == []
