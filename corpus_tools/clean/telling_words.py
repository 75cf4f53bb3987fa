"""Where a page holds words that tell of something: all words in one pass over its bytes, 64 at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.lookup import address_of
from corpus_tools.kernels.memory import bytes_that_are, read8, set_bits, trailing_zeros

_BYTES = 64
_STRETCH = 16 * _BYTES
"""Bytes that are searched for one word after the other: what is known of a word is fetched once for all of them."""


class TellingWords:
    """Words to look for in pages, none of them empty."""

    def __init__(self, words: Sequence[bytes], most: int) -> None:
        self._words = tuple(words)
        self._most = most
        self._text = np.frombuffer(b"".join(words), np.uint8)
        self._bounds = np.cumsum([0, *map(len, words)])
        self._rare = np.array([_rarest(word) for word in words])

    def find(self, page: bytes) -> dict[bytes, list[int]]:
        """Where each word stands, as one ``bytes.find`` after the other would find it: its first ``most`` places at most."""
        places, counts = find_words(np.frombuffer(page, np.uint8), self._text, self._bounds, self._rare, self._most)
        return {word: found[:count] for word, found, count in zip(self._words, places.tolist(), counts.tolist(), strict=True)}


_OFTEN = b'" =etaoinsrlcdp/-mhu'
"""Bytes of HTML, the most frequent first."""


def _rarest(word: bytes) -> tuple[int, int]:
    """Two places in a word, of whose bytes HTML has the fewest; one place twice of a word of one byte."""
    places = sorted(range(len(word)), key=lambda place: _OFTEN.find(word[place]) % 256, reverse=True)
    return places[0], places[min(1, len(places) - 1)]


@inlined
def _stands(at: int, word: int, size: int) -> Any:
    """Whether the bytes at an address are those of a word at another."""
    same = 0
    while same < size and read8(at + same) == read8(word + same):
        same += 1
    return same == size


@inlined
def _may_begin(at: int, left: int, size: int, one: int, first: int, other: int, second: int) -> Any:
    """At which of the 64 bytes at an address, of which ``left`` are there, a word of ``size`` bytes may begin: where the byte ``first`` stands
    in its place ``one``, and ``second`` in its place ``other``.
    """
    if left >= _BYTES + size:
        return bytes_that_are(at + one, first) & bytes_that_are(at + other, second)
    room = left - size + 1
    if room <= 0:
        return np.uint64(0)
    return ~np.uint64(0) if room >= _BYTES else (np.uint64(1) << np.uint64(room)) - np.uint64(1)


@kernel
def find_words(data: Any, words: Any, bounds: Any, rare: Any, most: int) -> Any:
    """The first places of some words in ``data`` uint8, int64[words, most], and how many there are of each.

    Word ``k`` is ``words[bounds[k]:bounds[k + 1]]``, and ``rare`` int64[words, 2] two places in it to look at first. Of places that
    overlap, the first counts.
    """
    n, count = data.shape[0], bounds.shape[0] - 1
    places, made, free = np.empty((count, most), np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64)
    base, text = address_of(data), address_of(words)
    start = 0
    while start < n:
        stop = min(start + _STRETCH, n)
        for k in range(count):
            word, size, one, other = text + bounds[k], bounds[k + 1] - bounds[k], rare[k, 0], rare[k, 1]
            first, second = read8(word + one), read8(word + other)
            for block in range(start, stop, _BYTES):
                signs = _may_begin(base + block, n - block, size, one, first, other, second)
                while signs != 0 and made[k] < most:
                    at = block + np.int64(trailing_zeros(signs))
                    signs &= signs - np.uint64(1)
                    if at >= free[k] and _stands(base + at, word, size):
                        places[k, made[k]] = at
                        made[k] += 1
                        free[k] = at + size
        start = stop
    return places, made


@inlined
def _line_ends(at: int, left: int) -> Any:
    """Which of the 64 bytes at an address, of which ``left`` are there, end a line."""
    if left >= _BYTES:
        return bytes_that_are(at, 10)
    signs = np.uint64(0)
    for place in range(left):
        if read8(at + place) == 10:
            signs |= np.uint64(1) << np.uint64(place)
    return signs


@kernel
def lines_with_words(data: Any, words: Any, bounds: Any, lines: int) -> Any:
    """The lines of ``data`` uint8 that hold words, as ``word * lines + line``, int64; of each word in order, and each line once.

    There are ``lines`` lines. Word ``k`` is ``words[bounds[k]:bounds[k + 1]]``.
    """
    n, count = data.shape[0], bounds.shape[0] - 1
    found, made, last = np.empty(64, np.int64), 0, np.full(count, -1, np.int64)
    base, text = address_of(data), address_of(words)
    start, line = 0, np.int64(0)
    while start < n:
        ends = _line_ends(base + start, n - start)
        for k in range(count):
            word, size = text + bounds[k], bounds[k + 1] - bounds[k]
            signs = _may_begin(base + start, n - start, size, 0, read8(word), size - 1, read8(word + size - 1))
            while signs != 0:
                place = trailing_zeros(signs)
                at = line + np.int64(set_bits(ends & ((np.uint64(1) << place) - np.uint64(1))))
                signs &= signs - np.uint64(1)
                if at != last[k] and _stands(base + start + np.int64(place), word, size):
                    if made == found.shape[0]:
                        found = np.concatenate((found, found))
                    found[made] = k * lines + at
                    made += 1
                    last[k] = at
        line += np.int64(set_bits(ends))
        start += _BYTES
    return found[:made]
