"""Names in each other's place: what a change is, counted by a plain twin, and which changes explain that subjects conflict."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.match.evidence.diff_kernels import diff_words
from corpus_tools.match.evidence.region_kernels import find_regions
from corpus_tools.match.evidence.renaming_kernels import MAX_NAME_WORDS, find_topic, list_changes
from corpus_tools.match.page_word_kernels import CONTENT_WORD, FUNCTION_WORD
from corpus_tools.match.page_words import read_word_arrays
from corpus_tools.match.verify import score_texts
from corpus_tools.plan import Plan

FUNCTION = 3
"""Words up to this one are function words in the drawn texts."""


def drawn(words: list[int]) -> tuple[np.ndarray, np.ndarray]:
    return np.array(words, np.uint32), np.array([FUNCTION_WORD if word <= FUNCTION else CONTENT_WORD for word in words], np.uint8)


def plain_changes(a: list[int], b: list[int], match: list[int]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The words between two that correspond, one after the other."""
    found, i, j = [], 0, 0
    for at, other in [*((at, other) for at, other in enumerate(match) if other >= 0), (len(a), len(b))]:
        ours, theirs = tuple(a[i:at]), tuple(b[j:other])
        named = all(any(word > FUNCTION for word in side) for side in (ours, theirs))
        if named and max(len(ours), len(theirs)) <= MAX_NAME_WORDS:
            found.append((ours, theirs))
        i, j = at + 1, other + 1
    return found


TEXT = st.lists(st.integers(0, 9), max_size=40)


@given(TEXT, TEXT)
def test_changes_are_those_of_the_definition(a: list[int], b: list[int]) -> None:
    (words_a, info_a), (words_b, info_b) = drawn(a), drawn(b)
    match = diff_words(words_a, words_b)
    _, own_a, own_b = find_regions(match, len(b))
    found = list_changes(match, words_a, info_a, own_a, words_b, info_b, own_b)
    expected = plain_changes(a, b, match.tolist())
    told = [(tuple(a[one["a"] : one["a_end"]]), tuple(b[one["b"] : one["b_end"]])) for one in found]
    assert told == expected
    counts = Counter(expected)
    assert [int(one["times"]) for one in found] == [counts[change] for change in expected]
    names = {int(one["left"]): ours for one, (ours, _) in zip(found, expected, strict=True)}
    assert len(names) == len({ours for ours, _ in expected})


@given(TEXT, TEXT, st.data())
def test_the_topic_is_what_both_say_most_often(a: list[int], b: list[int], data: st.DataObject) -> None:
    (words_a, info_a), (words_b, info_b) = drawn(a), drawn(b)
    shared = [np.array(data.draw(st.lists(st.integers(0, 1), min_size=len(side), max_size=len(side))), np.uint8) for side in (a, b)]
    match = diff_words(words_a, words_b)
    _, own_a, own_b = find_regions(match, len(b))
    sides = ((a, own_a, shared[0]), (b, own_b, shared[1]))
    counts = Counter(
        word
        for side, own, common in sides
        for word, alone, many in zip(side, own, common, strict=True)
        if alone < 0 and not many and word > FUNCTION
    )
    often = sorted((word for word in counts if counts[word] >= 3), key=lambda word: (-counts[word], word))
    found = find_topic(words_a, info_a, own_a, shared[0], words_b, info_b, own_b, shared[1])
    assert found == (often[0] + 1 if often else 0)


BODY = (
    "{name} has a page on {subject}. People with {subject} ask {name} what helps, and {name} tells them what is known of {subject}.",
    "Meals do not change {subject}; rest does, and so does a walk every day before it is dark.",
    "Whoever has {subject} for more than a year should ring {name} and come in with a list of all medicines.",
    "The team of {name} meets on Mondays and looks at every letter about {subject} that came in over the week.",
)


def page(name: str, subject: str) -> str:
    return f"{subject}: {name}\n" + " ".join(BODY).format(name=name, subject=subject)


def test_a_renamed_clinic_is_one_change_and_its_topic_is_the_subject() -> None:
    pairs = [score_texts(page("Larkmoor", subject), page("Vestry", subject), Plan()) for subject in ("gout", "asthma")]
    assert [found["kind"] for found in pairs] == ["renamed", "renamed"]
    names = {(found["renamed_left"], found["renamed_right"]) for found in pairs}
    assert len(names) == 1
    assert all(found["also_left"] == 0 for found in pairs)
    assert len({found["topic"] for found in pairs}) == 2
    assert all(found["subject_conflict"] == 1 for found in pairs)


def test_two_names_are_told_where_it_takes_two() -> None:
    found = score_texts(page("Larkmoor", "gout of the toe"), page("Vestry", "asthma of the toe"), Plan())
    assert found["kind"] == "renamed"
    assert 0 not in (found["renamed_left"], found["also_left"])


@pytest.mark.parametrize("known", [True, False])
def test_pages_known_to_stand_on_one_site_are_not_told_as_renamed(known: bool) -> None:
    urls = ("https://a.example/1", "https://a.example/2") if known else (None, None)
    found = score_texts(page("Larkmoor", "gout"), page("Vestry", "gout"), Plan(), {"url": urls})
    assert found["kind"] == ("near" if known else "renamed")
    assert found["subject_conflict"] == 1


def test_left_and_right_are_told_alike() -> None:
    one, other = page("Larkmoor", "gout of the toe"), page("Vestry", "asthma of the toe")
    found, turned = score_texts(one, other, Plan()), score_texts(other, one, Plan())
    for stem in ("renamed", "also"):
        assert (found[f"{stem}_left"], found[f"{stem}_right"]) == (turned[f"{stem}_right"], turned[f"{stem}_left"])
    assert found["topic"] == turned["topic"]


def test_words_that_were_respelled_are_no_change() -> None:
    texts = pa.array(["tumour is here and tumour is there", "tumor is here and tumor is there"], pa.large_string())
    start, words, _, info = read_word_arrays(texts)
    a, b = slice(start[0], start[1]), slice(start[1], start[2])
    match = diff_words(words[a], words[b])
    _, own_a, own_b = find_regions(match, start[2] - start[1])
    assert len(list_changes(match, words[a], info[a], own_a, words[b], info[b], own_b)) == 2
    own_a[:], own_b[:] = -1, -1  # as ``skip_respelled`` leaves them
    assert len(list_changes(match, words[a], info[a], own_a, words[b], info[b], own_b)) == 0


def test_a_long_page_of_changes_takes_no_longer_than_its_length() -> None:
    count = 20_000
    one = np.array([word for at in range(count) for word in (at + 10, 5)], np.uint32)
    other = np.array([word for at in range(count) for word in (at + 10, 6)], np.uint32)
    info = np.zeros(len(one), np.uint8)
    match = np.array([at if at % 2 == 0 else -1 for at in range(len(one))], np.int64)
    own = np.where(match < 0, 0, -1)
    found = list_changes(match, one, info, own, other, info, own.copy())
    assert len(found) == count
    assert set(found["times"].tolist()) == {count}
