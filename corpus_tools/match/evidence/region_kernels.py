"""Compiled regions of difference between two aligned pages.

Differences with no more than MAX_EQUAL_BETWEEN equal words between them are one region.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.match.page_word_kernels import CLASS_BITS, LETTER_BASE

Array = np.ndarray[Any, np.dtype[Any]]

MAX_EQUAL_BETWEEN = 3
"""Equal words between two differences up to which these are one region."""
REGION = np.dtype(
    [
        ("a", np.int64),
        ("a_end", np.int64),
        ("b", np.int64),
        ("b_end", np.int64),
        ("differing_a", np.int64),
        ("differing_b", np.int64),
    ],
    align=True,
)
"""A region's first word and end in page a, the same in b, and how many differing words of a and of b it holds."""


@kernel
def find_regions(match: Array, other_length: int) -> tuple[Array, Array, Array]:
    """Regions of difference, and for each word of a and of b the region it differs in, or -1 for a word that corresponds."""
    equal = 0
    for other in match:
        equal += other >= 0
    regions = np.zeros(len(match) + other_length - 2 * equal + 1, REGION)  # each holds a word that differs
    own_a, own_b = np.full(len(match), -1, np.int64), np.full(other_length, -1, np.int64)
    count = i = j = 0
    for at in range(len(match) + 1):
        if at < len(match) and match[at] < 0:
            continue
        other = match[at] if at < len(match) else other_length
        if at > i or other > j:
            if count == 0 or i - regions[count - 1].a_end > MAX_EQUAL_BETWEEN:
                regions[count].a, regions[count].b = i, j
                count += 1
            region = regions[count - 1]
            region.a_end, region.b_end = at, other
            region.differing_a += at - i
            region.differing_b += other - j
            own_a[i:at], own_b[j:other] = count - 1, count - 1
        i, j = at + 1, other + 1
    return regions[:count], own_a, own_b


@kernel
def skip_respelled(
    regions: Array, own_a: Array, own_b: Array, letters_a: Array, info_a: Array, letters_b: Array, info_b: Array
) -> None:
    """Let words correspond in regions whose sides have the same letters: ``service member`` and ``servicemember``."""
    for g in range(len(regions)):
        region = regions[g]
        if region.differing_a > 0 and region.differing_b > 0:
            a, a_end, b, b_end = region.a, region.a_end, region.b, region.b_end
            if _join_letters(letters_a[a:a_end], info_a[a:a_end]) == _join_letters(letters_b[b:b_end], info_b[b:b_end]):
                region.differing_a = region.differing_b = 0
                own_a[a:a_end] = -1
                own_b[b:b_end] = -1


@kernel
def _join_letters(letters: Array, info: Array) -> Any:
    """Hash of the letters of several words as if they were one: the polynomial of ``page_word_kernels``, mod 2**32."""
    joined = np.uint64(0)
    for at in range(len(letters)):
        power = np.uint64(1)
        for _ in range(info[at] >> CLASS_BITS):
            power *= np.uint64(LETTER_BASE)
        joined = joined * power + np.uint64(letters[at])
    return joined & np.uint64(0xFFFFFFFF)
