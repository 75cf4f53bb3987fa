"""The gate: floors hold, breaches are told, lowering needs a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import gate

OWN = gate.HERE
DATA = {"set/pages.parquet": "d1"}


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(gate, "FLOORS", tmp_path / "floors.json")


def _save(f1: float, wrong: int, digest: str = "d1") -> None:
    figures = {"ours": {"f1": f1}, "wrong": [wrong]}
    gate.save_result("near/quality", figures, {"set/pages.parquet": digest}, {"ours.f1": "min", "wrong.0": "max"})


def test_floors_hold_and_are_breached() -> None:
    _save(0.9, 3)
    assert gate.pin("near/quality", "") == []
    assert gate.check_saved() == []
    _save(0.85, 4)
    assert [told.split(" is ")[0] for told in gate.check_saved()] == ["near/quality: ours.f1", "near/quality: wrong.0"]


def test_a_small_rate_keeps_a_small_margin() -> None:
    for worse, breached in ((0.00205, False), (0.0024, True)):
        gate.save_result("near/quality", {"cut": 0.002}, DATA, {"cut": "max"})
        gate.pin("near/quality", "a fresh start")
        gate.save_result("near/quality", {"cut": worse}, DATA, {"cut": "max"})
        assert bool(gate.check_saved()) is breached


def test_other_data_is_a_breach() -> None:
    _save(0.9, 3)
    gate.pin("near/quality", "")
    _save(0.95, 1, digest="d2")
    assert "d2" in gate.check_saved()[0]


def test_lowering_needs_a_reason_and_keeps_it() -> None:
    _save(0.9, 3)
    gate.pin("near/quality", "")
    _save(0.8, 3)
    assert gate.pin("near/quality", "")
    assert gate.read_floors()["near/quality"]["floors"]["ours.f1"] == 0.9
    assert gate.pin("near/quality", "the data had wrong labels") == []
    held = gate.read_floors()["near/quality"]
    assert held["floors"]["ours.f1"] == 0.8
    assert held["lowered"][0]["was"]["ours.f1"] == 0.9


def test_pinning_within_the_margin_raises_floors_and_sinks_none() -> None:
    _save(0.9, 3)
    gate.pin("near/quality", "")
    _save(0.9 - gate.MARGIN / 2, 2)
    assert gate.pin("near/quality", "") == []
    assert gate.read_floors()["near/quality"]["floors"] == {"ours.f1": 0.9, "wrong.0": 2}


def test_a_pinned_result_that_is_missing_is_a_breach() -> None:
    _save(0.9, 3)
    gate.pin("near/quality", "")
    (gate.RESULTS / "near" / "quality.json").unlink()
    assert "missing" in gate.check_saved()[0]


def test_digests_name_the_data_and_not_where_it_stands(tmp_path: Path) -> None:
    for place in ("here", "there"):
        (tmp_path / place / "set").mkdir(parents=True)
        (tmp_path / place / "set" / "pages.txt").write_text("words")
    one, other = (tmp_path / place / "set" for place in ("here", "there"))
    assert gate.digest_files(one / "pages.txt") == gate.digest_files(other / "pages.txt")
    assert list(gate.digest_files(one / "pages.txt")) == ["set/pages.txt"]
    assert gate.digest_folder(one, [".txt"]) == gate.digest_folder(other, [".txt"])
    (other / "pages.txt").rename(other / "renamed.txt")
    assert gate.digest_folder(one, [".txt"]) != gate.digest_folder(other, [".txt"])


def test_every_floor_of_the_project_says_what_it_was_measured_on() -> None:
    for name, pinned in json.loads((OWN / "floors.json").read_text()).items():
        assert pinned["data"], name
        assert all(len(digest) == 64 and not what.startswith("/") for what, digest in pinned["data"].items()), name


def test_the_floors_of_the_project_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "RESULTS", OWN / "results")
    monkeypatch.setattr(gate, "FLOORS", OWN / "floors.json")
    assert gate.check_saved() == []
