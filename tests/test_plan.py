"""Plans: ranges, TOML both ways, stable digests."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.errors import PlanError, SourceError
from corpus_tools.plan import RENAMED, CleanPlan, GroupPlan, MatchPlan, Plan


def test_toml_round_trip(tmp_path: Path) -> None:
    plan = Plan().with_settings({"group.threshold": 0.7, "group.keep": ["latest", "smallest_id"], "clean.metadata": True})
    path = tmp_path / "corpus.toml"
    path.write_text(plan.to_toml(), encoding="utf-8")
    assert Plan.from_toml(path) == plan
    assert plan.group == GroupPlan(threshold=0.7, keep=("latest", "smallest_id"))


def test_every_setting_is_explained() -> None:
    shown = Plan().to_toml()
    for section in dataclasses.fields(Plan):
        for item in dataclasses.fields(section.default):
            assert item.metadata["help"], f"{section.name}.{item.name} has no help"
            assert item.metadata["help"] in shown


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"group.threshold": 1.5}, "1.5"),
        ({"group.threshold": "high"}, "'high'"),
        ({"group.keep": ["prettiest"]}, "'prettiest'"),
        ({"clean.focus": "hard"}, "'hard'"),
        ({"clean.metadata": 1}, "1"),
        ({"match.bands": 5}, "5"),
        ({"match.bands": 100, "match.rows": 5}, "500"),
        ({"nonsense.x": 1}, "'nonsense'"),
        ({"group.treshold": 0.5}, "'treshold'"),
        ({"fingerprint.ngram": 0}, "0"),
    ],
)
def test_a_bad_setting_is_named_with_a_hint(settings: dict[str, object], named: str) -> None:
    with pytest.raises(PlanError) as caught:
        Plan().with_settings(settings)
    assert named in caught.value.what
    assert caught.value.hint
    assert caught.value.exit_code == 2


def test_threshold_below_the_floor_is_refused() -> None:
    floor = MatchPlan().min_score
    with pytest.raises(PlanError, match="min_score"):
        Plan().with_settings({"group.threshold": floor / 2})


def test_plan_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"missing\.toml"):
        Plan.from_toml(tmp_path / "missing.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("[group\n", encoding="utf-8")
    with pytest.raises(PlanError, match="not TOML"):
        Plan.from_toml(broken)
    broken.write_bytes(b"\xff\xfe[group]")
    with pytest.raises(PlanError, match="UTF-8"):
        Plan.from_toml(broken)
    with pytest.raises(PlanError, match="heading"):
        Plan.from_dict({"group": 3})  # type: ignore[dict-item]


def test_digest_tells_sections_apart() -> None:
    plan, other = Plan(), Plan(clean=CleanPlan(focus="recall"))
    assert plan.digest() == Plan().digest()
    assert plan.digest("clean") != other.digest("clean")
    assert plan.digest("match", "group") == other.digest("match", "group")


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_no_number_slips_through_the_range(value: float) -> None:
    if 0.0 <= value <= 1.0:
        assert GroupPlan(threshold=value).threshold == value
    else:
        with pytest.raises(PlanError):
            GroupPlan(threshold=value)


@pytest.mark.parametrize("old", RENAMED)
def test_an_old_name_is_answered_with_the_new_one(old: str, tmp_path: Path) -> None:
    section, _, name = old.partition(".")
    path = tmp_path / "old.toml"
    path.write_text(f"[{section}]\n{name or 'enabled'} = 1\n", encoding="utf-8")
    for use in (lambda: Plan.from_toml(path), lambda: Plan().with_settings({f"{section}.{name or 'enabled'}": 1})):
        with pytest.raises(PlanError) as caught:
            use()
        assert repr(old) in caught.value.what
        assert RENAMED[old] in caught.value.hint


def test_a_new_name_is_a_section_or_a_setting() -> None:
    sections = Plan().to_dict()
    settings = {f"{section}.{name}" for section, values in sections.items() for name in values}
    assert set(RENAMED.values()) <= settings | sections.keys()
    assert not RENAMED.keys() & (settings | sections.keys())


def test_a_plan_may_be_named() -> None:
    assert Plan.from_toml("revisions").group.threshold < Plan().group.threshold < Plan.from_toml("strict").group.threshold
    assert Plan.from_toml("strict").group.contained == "keep"
    with pytest.raises(SourceError, match="or name one of revisions, strict"):
        Plan.from_toml("revision")
