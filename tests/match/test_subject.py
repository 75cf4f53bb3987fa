"""The template trap: pages of one template stay apart, versions of one page come together."""

from __future__ import annotations

import itertools
from typing import Any

import naive
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.match.evidence.diff_kernels import diff_words
from corpus_tools.match.page_words import read_word_arrays
from corpus_tools.match.verify import is_stored, least_equal, score_texts
from corpus_tools.plan import Plan
from corpus_tools.text import word_hash, words

SHEET = """{name}: information for patients
{name} is taken by mouth with a glass of water. Your doctor has prescribed {name} after an examination; do not pass it on.
Before you take it, tell your doctor about other medicines, allergies, pregnancy, and diseases of the liver or the kidneys.
Possible side effects are headache, dizziness, a dry mouth, tiredness and an upset stomach; most of them pass after a few days.
If you forget a tablet, take it when you remember, unless it is nearly time for the next one. Do not take two at once.
Store {name} below 25 degrees in the original pack, out of the sight and reach of children."""


def sheet(name: str) -> str:
    return SHEET.format(name=name)


def score(left: str, right: str) -> float:
    return float(both_ways(left, right)["score"])


def conflict(left: str, right: str) -> bool:
    """Whether the subjects conflict; the pair then scores less than it would, and is not stored."""
    found = both_ways(left, right)
    assert (
        not is_stored({name: np.array([value]) for name, value in found.items()} | {"kind": np.array(["near"])}, 0.0)
        or not found["subject_conflict"]
    )
    return bool(found["subject_conflict"])


def both_ways(left: str, right: str) -> dict[str, Any]:
    found, turned = score_texts(left, right, Plan()), _mirrored(score_texts(right, left, Plan()))
    assert found.pop("kind") == turned.pop("kind")
    assert found == pytest.approx(turned, abs=1e-12)
    return found


def _mirrored(found: dict[str, Any]) -> dict[str, Any]:
    turned = {"left": "right", "right": "left"}
    parts = {name: name.rpartition("_") for name in found}
    return {name: found[f"{stem}_{turned[side]}"] if side in turned else found[name] for name, (stem, _, side) in parts.items()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Belatrol", "Fluvoram"),
        ("Belatrol 20 mg", "Belatrol 40 mg"),
        ("Belatrol", "Fluvoram Forte Depot"),
        ("Factor deficiency type 2", "Factor deficiency type 3"),
        ("Macular dystrophy", "Dystrophy of the cornea"),
        ("Hemophilia A", "Hemophilia B"),
        ("Adult ceroid storage disease", "Ceroid storage disease"),
    ],
)
def test_different_subjects_conflict(one: str, other: str) -> None:
    assert score_texts(sheet(one), sheet(other), Plan())["jaccard"] > 0.3
    assert conflict(sheet(one), sheet(other))


def test_a_page_with_other_navigation_before_it_still_conflicts() -> None:
    lead = "Home News Topics A to Z Contact Subscribe Follow us Search this site Log in Register Print Share Larger text Smaller text About us Help\n"
    assert conflict(lead + sheet("Belatrol"), sheet("Fluvoram"))
    assert conflict(lead + sheet("Belatrol"), lead + sheet("Fluvoram"))


def test_a_replaced_title_counts_when_the_rest_was_cut() -> None:
    short = (
        sheet("Fluvoram")
        .replace("Fluvoram is taken", "It is taken")
        .replace("prescribed Fluvoram", "prescribed it")
        .replace("Store Fluvoram", "Store it")
    )
    assert conflict(sheet("Belatrol"), short)


VERSIONS = {
    "typo": sheet("Belatrol").replace("pregnancy", "pregnacy"),
    "sentence dropped": sheet("Belatrol").replace("Do not take two at once.", ""),
    "sentence added": sheet("Belatrol") + " Ask your pharmacist how to throw away what you no longer need.",
    "reworded": sheet("Belatrol")
    .replace("Possible side effects are", "Side effects that may occur are")
    .replace("pass after", "go away after"),
    "spelling of the subject": sheet("Bela-trol"),
    "one mention lost": sheet("Belatrol").replace("Store Belatrol", "Store this medicine"),
    "dates": "Last reviewed May 3, 2019\n" + sheet("Belatrol") + "\nPage last updated: May 3, 2019",
    "wrapped": "Home News Topics Contact Search\n" + sheet("Belatrol") + "\nWe use cookies to improve your experience.",
}


@pytest.mark.parametrize("name", VERSIONS)
def test_versions_of_a_page_merge(name: str) -> None:
    assert score(sheet("Belatrol"), VERSIONS[name]) > 0.8


def test_moved_passages_count_by_their_shingles() -> None:
    lines = sheet("Belatrol").split("\n")
    moved = "\n".join([lines[0], *lines[3:], *lines[1:3]])
    found = score_texts(sheet("Belatrol"), moved, Plan())
    assert found["score"] >= found["jaccard"] > found["ordered"]  # the heading is the same


def test_equal_empty_and_unrelated_texts() -> None:
    assert score(sheet("Belatrol"), sheet("Belatrol").upper()) == 1.0
    assert score("", sheet("Belatrol")) == 0.0
    assert score("one two three four five six", "seven eight nine ten eleven twelve") == 0.0


@given(st.lists(st.integers(0, 5), max_size=60), st.lists(st.integers(0, 5), max_size=60))
def test_short_pages_are_aligned_as_well_as_can_be(left: list[int], right: list[int]) -> None:
    match = diff_words(np.array(left, np.uint32), np.array(right, np.uint32))
    matched = [(at, to) for at, to in enumerate(match) if to >= 0]
    assert all(left[at] == right[to] for at, to in matched)
    assert all(a < b for (_, a), (_, b) in itertools.pairwise(matched))
    assert len(matched) == naive.common_words([str(x) for x in left], [str(x) for x in right])


@given(st.lists(st.integers(0, 400), min_size=150, max_size=400), st.data())
def test_long_pages_with_edits_are_aligned_nearly_as_well(left: list[int], data: st.DataObject) -> None:
    right = list(left)
    for _ in range(data.draw(st.integers(0, 12))):
        at = data.draw(st.integers(0, len(right) - 1))
        right[at : at + data.draw(st.integers(0, 4))] = data.draw(st.lists(st.integers(0, 400), max_size=4))
    match = diff_words(np.array(left, np.uint32), np.array(right, np.uint32))
    matched = [(at, to) for at, to in enumerate(match) if to >= 0]
    assert all(left[at] == right[to] for at, to in matched)
    assert all(a < b for (_, a), (_, b) in itertools.pairwise(matched))
    assert len(matched) >= 0.9 * naive.common_words([str(x) for x in left], [str(x) for x in right])


@given(st.lists(st.sampled_from(["the", "Belatrol", "20", "a", "iii", "naïve", "don't", "0.5", "x", "日", "𝔸b", "-"]), max_size=20))
def test_words_are_those_of_the_definition(parts: list[str]) -> None:
    document = " ".join(parts)
    start, hashes, letters, info = read_word_arrays(pa.array(["", document], pa.large_string()))
    expected = words(document)
    assert start.tolist() == [0, 0, len(expected)]
    assert hashes.tolist() == [word_hash(word) & 0xFFFFFFFF for word in expected]
    classes = {"the": 1, "don't": 1, "a": 1, "20": 2, "0.5": 2, "iii": 2, "x": 2, "belatrol": 0}
    assert all(info[at] & 3 == classes[word] for at, word in enumerate(expected) if word in classes)
    assert len(letters) == len(expected)


@given(st.integers(20, 128), st.floats(0.1, 0.95))
def test_the_least_number_of_equal_values_is_the_binomial_tail(values: int, similarity: float) -> None:
    least = least_equal(values, similarity)
    chance = np.random.default_rng(values).binomial(values, similarity, 20_000)
    assert (chance < least).mean() <= 0.002
    assert least == values or (chance <= least + 3 * np.sqrt(values)).any()
