"""The compiled spam signs say what their slow twins say."""

from __future__ import annotations

import math

import naive
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.spam.reference import FUNCTION_BIN, Reference, parse_reference
from corpus_tools.spam.sign_kernels import (
    count_again,
    distinct_pairs,
    find_determiners,
    mark_prose,
    repeated_runs,
    sort_pairs,
    top_pair,
    tortured_pairs,
)
from corpus_tools.spam.wording_signs import BINS, PAIR_EVENTS

WORDS = ("the", "of", "blood", "Iron", "A", "ailment", "disease", ".", "\n", "4", "unheard")
PAIRS = [
    "the\t300000\tblood 40 disease 9",
    "of\t200000\tthe 900 blood 3",
    "blood\t900\tdisease 60 the",
    "iron\t700\tblood 2",
    "disease\t80\tof 7",
    "ailment\t12\t",
    "a\t100\tdisease",
]
REFERENCE: Reference = parse_reference(PAIRS, ["ailment\tdisease blood", "iron\tblood"])
PAGES = st.lists(st.sampled_from(WORDS), max_size=40)


def numbered(words: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Local numbers and reference ids of words, folded."""
    folded = [word.lower() for word in words]
    seen = {word: number for number, word in enumerate(dict.fromkeys(folded))}
    ids = [REFERENCE.vocabulary.get(word, 0) for word in folded]
    return np.array([seen[word] for word in folded], np.int64), np.array(ids, np.int64)


def firsts(words: list[str]) -> np.ndarray:
    return np.frombuffer("".join(word[0] for word in words).encode(), np.uint8).astype(np.int64)


@given(PAGES)
def test_prose(words: list[str]) -> None:
    _, ids = numbered(words)
    functions = {word for word, number in REFERENCE.vocabulary.items() if REFERENCE.is_function[number]}
    assert functions == {"the", "of"} | {"a"} & functions
    is_word, prose = mark_prose(ids, firsts(words), REFERENCE.is_function, 4, 0.2)
    assert is_word.tolist() == [word[0].isalpha() for word in words]
    assert prose.tolist() == naive.prose(words, functions, 4, 0.2)


@given(PAGES, st.data())
def test_pairs_are_met_once_in_reading_order(words: list[str], data: st.DataObject) -> None:
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words))), bool)
    local, ids = numbered(words)
    places, counts, repeated = distinct_pairs(local, ids, chosen, REFERENCE.pairs, REFERENCE.stride)
    folded = [word.lower() for word in words]
    assert list(zip(places.tolist(), repeated.tolist(), strict=True)) == naive.first_pairs(folded, chosen.tolist())
    assert counts.tolist() == REFERENCE.count_pairs(ids[places], ids[places + 1]).tolist()


@given(PAGES)
def test_each_pair_has_the_cell_of_its_words_and_event(words: list[str]) -> None:
    local, ids = numbered(words)
    prose = np.array([word[0].isalpha() for word in words], bool)
    places, counts, repeated = distinct_pairs(local, ids, prose, REFERENCE.pairs, REFERENCE.stride)
    again, first_words = count_again(local, prose, len(set(local.tolist())))
    folded = [word.lower() for word in words]
    assert again.tolist() == [folded.count(word) > 1 for word in folded]
    assert first_words.tolist() == [at for at, word in enumerate(folded) if prose[at] and word not in folded[:at]]
    shape = (BINS, FUNCTION_BIN, PAIR_EVENTS)
    (cells, where), ends = sort_pairs(
        places, counts, repeated, again, ids, REFERENCE.bins, REFERENCE.counts, REFERENCE.total, shape
    )
    wanted: list[list[tuple[int, int]]] = [[], [], [], []]
    for place, count, back in zip(places.tolist(), counts.tolist(), repeated.tolist(), strict=True):
        left, right = int(ids[place]), int(ids[place + 1])
        before, after = int(REFERENCE.bins[left]), int(REFERENCE.bins[right])
        event = 7 if back else 8 if again[place] and again[place + 1] else 0
        if count:
            bits = math.log2(count * REFERENCE.total / float(REFERENCE.counts[left] * REFERENCE.counts[right]))
            event = min(max(math.trunc(bits / 2 + 2), 1), 6)
        kind = 2 * (before >= FUNCTION_BIN) + (after >= FUNCTION_BIN)
        wanted[kind].append(((before * BINS + after) * PAIR_EVENTS + event, place))
    assert list(zip(cells.tolist(), where.tolist(), strict=True)) == [one for kind in wanted for one in kind]
    assert ends.tolist() == np.cumsum([0, *map(len, wanted)]).tolist()


@given(PAGES, st.data())
def test_the_pair_that_comes_most(words: list[str], data: st.DataObject) -> None:
    content = np.array(data.draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words))), bool)
    folded = [word.lower() for word in words]
    assert tuple(top_pair(numbered(words)[0], content)) == naive.top_pair(folded, content.tolist())


@given(PAGES, st.integers(1, 4))
def test_runs_that_came_before(words: list[str], length: int) -> None:
    folded = [word.lower() for word in words]
    assert tuple(repeated_runs(numbered(words)[0], length)) == naive.repeated_runs(folded, length)


@given(PAGES, st.floats(0, 8), st.floats(0, 8), st.integers(1, 40))
def test_established_phrases_behind_pairs(words: list[str], bits: float, gain: float, often: int) -> None:
    local, ids = numbered(words)
    prose = np.array([word[0].isalpha() for word in words], bool)
    places, counts, repeated = distinct_pairs(local, ids, prose, REFERENCE.pairs, REFERENCE.stride)
    held = (
        REFERENCE.pairs,
        REFERENCE.counts,
        REFERENCE.total,
        REFERENCE.is_function,
        *REFERENCE.replaced,
    )
    found = tortured_pairs(places, counts, repeated, ids, held, (bits, gain, often))
    wanted = []
    for place, count, back in zip(places.tolist(), counts.tolist(), repeated.tolist(), strict=True):
        own = (int(ids[place]), int(ids[place + 1]))
        mine = _bits(own, count) if count else 0.0
        if back or any(REFERENCE.is_function[one] for one in own) or mine >= bits - gain:
            continue
        others = [[one, *REFERENCE.originals.get(one, [])] for one in own]
        phrases = [(int(a), int(b)) for a in others[0] for b in others[1] if (a, b) != own]
        strong = [_bits(pair, seen) for pair in phrases if (seen := _count(pair)) >= often]
        if strong and max(strong) >= max(bits, mine + gain):
            wanted.append((place, max(strong)))
    assert [row[0] for row in found.tolist()] == [place for place, _ in wanted]
    assert [_bits((row[1], row[2]), _count((row[1], row[2]))) for row in found.tolist()] == [best for _, best in wanted]


def _count(pair: tuple[int, int]) -> int:
    return int(REFERENCE.count_pairs(np.array([pair[0]]), np.array([pair[1]]))[0])


def _bits(pair: tuple[int, int], count: int) -> float:
    chance = float(REFERENCE.counts[pair[0]]) * float(REFERENCE.counts[pair[1]]) / REFERENCE.total
    return float(np.log2(max(count, 0.5) / max(chance, 1e-9)))


@given(PAGES, st.data())
def test_determiners_are_those_of_the_twin(words: list[str], data: st.DataObject) -> None:
    prose = [word[0].isalpha() and kept for word, kept in zip(words, data.draw(st.lists(st.booleans(), min_size=40)), strict=False)]
    local, ids = numbered(words)
    folded = [word.lower() for word in words]
    kinds = {"blood": 1, ".": 2, "a": 3, "of": 4}
    is_word = np.array([word[0].isalpha() for word in words], bool)
    of_number = np.array([kinds.get(word, 0) for word in dict.fromkeys(folded)], np.int64)
    found = find_determiners(of_number, local, ids, np.array(prose, bool), is_word, REFERENCE.is_function, 2, 3)
    wanted = naive.determiners(folded, kinds, prose, (ids > 0).tolist(), REFERENCE.is_function[ids].tolist(), 2, 3)
    assert list(map(tuple, found.T.tolist())) == wanted
