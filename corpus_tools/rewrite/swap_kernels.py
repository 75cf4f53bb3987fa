"""Compiled collection of words that two pages swap for each other in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.tokens import DIGIT, FUNCTION
from corpus_tools.rewrite.alignment.sentence_kernels import sentence_span, trace_words
from corpus_tools.rewrite.alignment.sentence_match_kernels import match_pages

Array = np.ndarray[Any, np.dtype[Any]]


@kernel
def collect_swaps(left: Array, right: Array, pages: Any, weights: Array, out: Array) -> int:
    """Write (pair, left word, right word) of words swapped in place to out uint32[room, 3]; returns how many.

    Both words are content words, their stems differ, and a word beside them on either side is the same in both sentences.
    """
    made = 0
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        partner, _ = match_pages(a, b, pages, weights)
        for i in range(len(partner)):
            if partner[i] < 0:
                continue
            start_a, n = sentence_span(a, i, pages)
            start_b, m = sentence_span(b, partner[i], pages)
            steps = trace_words(pages, start_a, n, start_b, m)
            for k in range(len(steps)):
                if (
                    _is_swap(pages, steps, k)
                    and (_is_same(pages, steps, k - 1) or _is_same(pages, steps, k + 1))
                    and made < len(out)
                ):
                    out[made, 0], out[made, 1], out[made, 2] = pair, pages.words[steps[k, 0]], pages.words[steps[k, 1]]
                    made += 1
    return made


@inlined
def _is_same(pages: Any, steps: Array, k: int) -> Any:
    if k < 0 or k >= len(steps) or steps[k, 0] < 0 or steps[k, 1] < 0:
        return False
    return pages.words[steps[k, 0]] == pages.words[steps[k, 1]]


@inlined
def _is_swap(pages: Any, steps: Array, k: int) -> Any:
    x, y = steps[k, 0], steps[k, 1]
    if x < 0 or y < 0 or pages.stems[x] == pages.stems[y]:
        return False
    content = pages.classes[x] != FUNCTION and pages.classes[y] != FUNCTION
    return content and not (pages.flags[x] | pages.flags[y]) & DIGIT
