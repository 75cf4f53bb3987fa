"""Two texts word by word: nothing is lost, what is shared is shared, and time grows with the words whatever they are."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.report.diff import Segment, diff_texts
from corpus_tools.report.explain import explain_pair

WORDS = st.lists(st.sampled_from(["a", "b", "c", "D", "d", "ß", "ss"]), max_size=40).map(" ".join)


@given(WORDS, WORDS)
def test_the_segments_are_the_two_texts_in_order(left: str, right: str) -> None:
    found = diff_texts(left, right)
    assert [word for one in found for word in one.left.split()] == left.split()
    assert [word for one in found for word in one.right.split()] == right.split()
    for one in found:
        kind = "replaced" if one.left and one.right else "left only" if one.left else "right only"
        assert one.kind in ("shared", kind)
        assert (one.kind == "shared") <= (one.left.casefold() == one.right.casefold())


def test_kinds() -> None:
    assert diff_texts("One two three four", "zero one TWO 3 four five") == [
        Segment("right only", "", "zero"),
        Segment("shared", "One two", "one TWO"),
        Segment("replaced", "three", "3"),
        Segment("shared", "four", "four"),
        Segment("right only", "", "five"),
    ]
    assert diff_texts("", "") == []


def _random(words: int, vocabulary: int) -> str:
    chance = random.Random(words + vocabulary)
    return " ".join(f"w{chance.randrange(vocabulary)}" for _ in range(words))


HOSTILE: dict[str, Callable[[int], tuple[str, str]]] = {
    "one word": lambda n: ("y " + "x " * n + "z", "z " + "x " * (n + 7) + "y"),
    "two words": lambda n: (_random(n, 2), _random(n + 1, 2)),
    "thirty words": lambda n: (_random(n, 30), _random(n + 1, 30)),
    "a period": lambda n: ("a b c d " * (n // 4), "d c b a " * (n // 4)),
    "reversed": lambda n: (" ".join(map(str, range(n))), " ".join(map(str, reversed(range(n))))),
    "nothing shared": lambda n: (" ".join(map(str, range(n))), " ".join(map(str, range(n, 2 * n)))),
    "swapped halves": lambda n: ("a " * (n // 2) + "b " * (n // 2), "b " * (n // 2) + "a " * (n // 2)),
    "one-word sentences": lambda n: ("x. " * n, "y. " * n),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_pages_are_compared_in_linear_time_whatever_their_words(kind: str) -> None:
    explain_pair("what is compiled", "is compiled before")
    for words, seconds in ((5_000, 0.5), (50_000, 5.0)):
        began = time.process_time()
        found = explain_pair(*HOSTILE[kind](words))
        assert time.process_time() - began < seconds
        assert sum(len(one.left.split()) for one in found.segments) >= words - 3
