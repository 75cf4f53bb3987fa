"""Renamed pairs merge where the same names change places on pages about enough other things, and only then."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import polars as pl
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools import dedup
from corpus_tools.group.renamings import MIN_SHARE, MIN_TOPICS, lift_renamings
from corpus_tools.match.verdict import WEIGHTS
from corpus_tools.tables import EDGES


def edges(*swaps: tuple[tuple[int, int], tuple[int, int], int], score: float = 0.7) -> pl.DataFrame:
    """A renamed pair for each (names, second names, topic), and one near pair."""
    rows: list[dict[str, Any]] = []
    for at, ((left, right), (also_left, also_right), topic) in enumerate(swaps):
        names = {"renamed_left": left, "renamed_right": right, "also_left": also_left, "also_right": also_right, "topic": topic}
        rows.append(
            {"left": f"a{at:04d}", "right": f"b{at:04d}", "kind": "renamed", "score": score, "subject_conflict": 1.0} | names
        )
    rows.append({"left": "x", "right": "y", "kind": "near", "score": 0.8, "subject_conflict": 0.0})
    blank = {field.name: 0.0 if pa.types.is_floating(field.type) else 0 for field in EDGES}
    return pl.from_arrow(pa.Table.from_pylist([blank | row for row in rows], EDGES))  # type: ignore[return-value]


def lifted(frame: pl.DataFrame) -> list[str]:
    found = lift_renamings(frame)
    assert set(found["kind"]) <= {"near"}
    return [left for left in found["left"] if left != "x"]


NONE = (0, 0)


def test_names_that_change_places_on_enough_things_merge() -> None:
    enough = [((1, 2), NONE, topic) for topic in range(MIN_TOPICS)]
    found = lift_renamings(edges(*enough, score=0.7))
    assert found["kind"].to_list() == ["near"] * (MIN_TOPICS + 1)
    assert found["score"].to_list() == [0.7 + WEIGHTS.apart] * MIN_TOPICS + [0.8]
    assert found["subject_conflict"].sum() == 0
    assert lifted(edges(*enough[1:])) == []
    assert lifted(edges(*enough[1:], ((1, 2), NONE, 1))) == []  # one thing twice


def test_it_does_not_matter_which_page_is_the_left_one() -> None:
    turned = [((1, 2) if topic % 2 else (2, 1), NONE, topic) for topic in range(MIN_TOPICS)]
    assert len(lifted(edges(*turned))) == MIN_TOPICS


def test_a_disease_that_stands_in_the_place_of_all_others_stays_apart() -> None:
    template = [((one, other), NONE, topic) for one in range(1, 5) for other in range(one + 1, 5) for topic in range(9)]
    assert lifted(edges(*template)) == []


def test_both_names_must_change_places_elsewhere() -> None:
    known = [((1, 2), NONE, topic) for topic in range(MIN_TOPICS)]
    assert len(lifted(edges(*known, ((1, 2), (7, 8), 99)))) == MIN_TOPICS
    both = [*known, *(((7, 8), NONE, topic) for topic in range(MIN_TOPICS)), ((1, 2), (7, 8), 99)]
    assert len(lifted(edges(*both))) == len(both)


def test_variants_of_two_names_in_one_frame_stay_apart() -> None:
    pairs = edges(*[((1, 2), NONE, topic) for topic in range(6)])
    assert len(lifted(pairs.with_columns(shared_holders=pl.lit(11, pl.Int64)))) == 6
    assert lifted(pairs.with_columns(shared_holders=pl.lit(12, pl.Int64))) == []


def test_a_frame_without_the_columns_is_given_back() -> None:
    frame = pl.DataFrame({"left": ["a"], "right": ["b"], "kind": ["near"], "score": [0.9]})
    assert lift_renamings(frame).equals(frame)
    assert isinstance(lift_renamings(edges().lazy()), pl.LazyFrame)


NAMES = st.tuples(st.integers(1, 4), st.integers(5, 7))
SWAPS = st.lists(st.tuples(NAMES, st.one_of(st.just(NONE), NAMES), st.integers(0, 6)), max_size=60)


@given(SWAPS)
def test_lifted_are_those_of_the_definition(swaps: list[tuple[tuple[int, int], tuple[int, int], int]]) -> None:
    topics, uses, rows = defaultdict[Any, set[int]](set), defaultdict[Any, int](int), defaultdict[Any, int](int)
    for names, also, topic in swaps:
        for pair in (names, also):
            if pair != NONE:
                topics[pair].add(topic)
                uses[pair] += 1
                for name in pair:
                    rows[name] += 1
    known = {
        pair for pair in uses if len(topics[pair]) >= MIN_TOPICS and uses[pair] >= MIN_SHARE * max(rows[name] for name in pair)
    } | {NONE}
    expected = [f"a{at:04d}" for at, (names, also, _) in enumerate(swaps) if {names, also} <= known]
    assert lifted(edges(*swaps)) == expected


SENTENCES = (
    "{name} has a page on {subject}. People with {subject} ask {name} what helps, and {name} tells them what is known of {subject}.",
    "Whoever has {subject} for more than {n} years should ring {name} on day {n} and come in with a list of {n} medicines.",
    "The team of {name} meets in room {n} and looks at every letter about {subject} that came in over {n} weeks.",
    "In {n} studies of {subject} the {part} was looked at first; {n} of a hundred people had had trouble with the {part} before.",
)
SUBJECTS = ("gout", "asthma", "eczema", "angina", "shingles", "rosacea", "vertigo", "glaucoma")
PARTS = ("toe", "lung", "skin", "heart", "nerve", "cheek", "ear", "eye")


def page(name: str, at: int) -> str:
    told = " ".join(SENTENCES[(at + k) % 4] for k in range(4)).replace("{n}", str(11 + at))
    return f"{SUBJECTS[at]}: {name}\n" + told.format(name=name, subject=SUBJECTS[at], part=PARTS[at])


def test_pages_of_a_renamed_clinic_are_copies_and_pages_on_two_diseases_are_not() -> None:
    clinic = [(f"{name}{at}", page(name, at)) for name in ("Larkmoor", "Vestry") for at in range(8)]
    frame = pl.DataFrame(clinic, schema=["page_id", "text"], orient="row")
    assert dedup(frame).height == 8
    few = frame.filter(pl.col("page_id").str.contains("[0-3]$"))
    assert dedup(few).height == 8
