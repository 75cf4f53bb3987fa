"""Compiled collection of words that two pages swap for each other in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.tokens import DIGIT, FUNCTION
from corpus_tools.rewrite.alignment.layout import MAX_WORDS, STEP
from corpus_tools.rewrite.alignment.sentence_kernels import sentence_span, trace_back
from corpus_tools.rewrite.alignment.sentence_match_kernels import index_page, match_indexed

Array = np.ndarray[Any, np.dtype[Any]]


SWAP = np.dtype([("pair", np.uint32), ("left", np.uint32), ("right", np.uint32)], align=True)
"""A word of a pair's left page and the word that stands in its place on the right."""


@kernel
def list_swaps(left: Array, right: Array, pages: Any, weights: Array, index: Any, room: Any, out: Array) -> int:
    """Write the words swapped in place to out SWAP[room]; returns how many. Scratch: a ``FeatureIndex`` and a ``PairRoom``.

    Fastest where equal lefts stand together. Both words are content words, their stems differ, and a word beside them on either side is the same in both sentences.
    """
    made, held, mask = 0, np.int64(-1), np.int64(0)
    steps = np.empty(2 * MAX_WORDS, STEP)
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        if a != held:
            mask = index_page(pages.feats, weights, pages.first_feature[a], pages.first_feature[a + 1], index)
            held = a
        match_indexed(a, b, pages, index, mask, room)
        partner = room.partner
        for i in range(pages.first_sentence[a + 1] - pages.first_sentence[a]):
            if partner[i] < 0:
                continue
            start_a, n = sentence_span(a, i, pages)
            start_b, m = sentence_span(b, partner[i], pages)
            count = trace_back(pages, start_a, min(n, MAX_WORDS), start_b, min(m, MAX_WORDS), room.moves, room.rows, steps)
            for k in range(count):
                if (
                    _is_swap(pages, steps, k)
                    and (_is_same(pages, steps, count, k - 1) or _is_same(pages, steps, count, k + 1))
                    and made < len(out)
                ):
                    out[made].pair = pair
                    out[made].left, out[made].right = pages.words[steps[k].left], pages.words[steps[k].right]
                    made += 1
    return made


@inlined
def _is_same(pages: Any, steps: Array, count: int, k: int) -> Any:
    if k < 0 or k >= count or steps[k].left < 0 or steps[k].right < 0:
        return False
    return pages.words[steps[k].left] == pages.words[steps[k].right]


@inlined
def _is_swap(pages: Any, steps: Array, k: int) -> Any:
    x, y = steps[k].left, steps[k].right
    if x < 0 or y < 0 or pages.stems[x] == pages.stems[y]:
        return False
    content = pages.classes[x] != FUNCTION and pages.classes[y] != FUNCTION
    return content and not (pages.flags[x] | pages.flags[y]) & DIGIT
