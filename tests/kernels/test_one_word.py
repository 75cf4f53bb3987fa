"""There is one definition of a word, ``text.words``: every kernel that reads words is held to it, on any text."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools import text
from corpus_tools.kernels.fold import fold_table
from corpus_tools.kernels.shingles import hash_shingles, text_buffers
from corpus_tools.kernels.tokens import hash_word, read_words
from corpus_tools.match.page_words import read_word_arrays

TRICKY = st.text(st.sampled_from("aAbz09 '’.,-_\u00ad\u0301éÉﬁ²µ中ｶ¼ßİς\u200b\u0e31한\U0001d400\U00020000½\ufeffﷺ"), max_size=40)
PIECES = [
    "sleep",
    "Apnea",
    "0.5",
    "1,000",
    "don’t",
    "é",
    "x" * 63,
    "Y" * 64,
    "中文",
    "\u00ad",
    "٣",
    "a.b",
    "end.",
    "'q'",
    "8 ",
    "\n",
]
LONG = st.lists(st.sampled_from([*PIECES, " ", " ", " ", ". ", ", ", "-"]), min_size=20, max_size=80).map("".join)
"""Long enough for windows of 64 bytes."""
PAGES = st.lists(TRICKY | LONG | st.text(max_size=80), min_size=1, max_size=4)


@given(PAGES)
def test_shingles_are_made_of_the_words(pages: list[str]) -> None:
    indptr, hashes = hash_shingles(pa.array(pages, pa.large_string()), 1, 64)
    found = [hashes[start:end].tolist() for start, end in pairwise(indptr)]
    assert found == [sorted(set(text.shingle_hashes(page, 1, 64))) for page in pages]


@given(PAGES)
def test_tokens_are_the_words(pages: list[str]) -> None:
    held = text_buffers(pa.array(pages, pa.large_string()))
    for page, (start, end) in zip(pages, pairwise(held.offsets), strict=True):
        room = int(end - start) // 2 + 2
        words, flags = np.empty(room, np.uint32), np.empty(room, np.uint8)
        begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
        n = read_words(held.base + start, held.base + end, held.limit, fold_table(), words, flags, begins, ends)
        assert words[:n].tolist() == [hash_word(word) for word in text.words(page)]


@given(PAGES)
def test_words_that_are_compared_are_the_words(pages: list[str]) -> None:
    start, hashes, letters, info = read_word_arrays(pa.array(pages, pa.large_string()))
    assert len(hashes) == len(letters) == len(info)
    found = [hashes[begin:end].tolist() for begin, end in pairwise(start)]
    assert found == [[text.word_hash(word) & 0xFFFFFFFF for word in text.words(page)] for page in pages]
