"""Which of many literals stand in a text, in one pass over its bytes."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.lookup import address_of
from corpus_tools.kernels.memory import read8


@inlined
def _stands(text: int, end: int, literal: int, size: int) -> Any:
    """Whether the literal's bytes stand at an address; the first two are known to."""
    if text + size > end:
        return False
    at = 2
    while at < size and read8(text + at) == read8(literal + at):
        at += 1
    return at >= size


@kernel
def find_fitting(text: Any, buckets: Any, pool: Any, starts: Any, owners: Any, owned: Any, sets: Any) -> Any:
    """Numbers of the patterns of which every set has a literal in ``text`` uint8.

    Literals are sorted in ``pool`` uint8, one from each of ``starts`` on; those whose first two bytes are b are ``buckets[b]`` up to
    ``buckets[b + 1]``. Literal i is in the sets ``owned[owners[i]:owners[i + 1]]``, pattern j has the sets ``sets[j]`` up to ``sets[j + 1]``.
    """
    seen = np.zeros(sets[-1], np.bool_)
    base, end, literals = address_of(text), address_of(text) + text.shape[0], address_of(pool)
    for at in range(base, end - 1):
        prefix = read8(at) << 8 | read8(at + 1)
        for literal in range(buckets[prefix], buckets[prefix + 1]):
            if _stands(at, end, literals + starts[literal], starts[literal + 1] - starts[literal]):
                for place in range(owners[literal], owners[literal + 1]):
                    seen[owned[place]] = True
    fitting, n = np.empty(sets.shape[0] - 1, np.int64), 0
    for pattern in range(sets.shape[0] - 1):
        fits = True
        for place in range(sets[pattern], sets[pattern + 1]):
            fits &= seen[place]
        if fits:
            fitting[n] = pattern
            n += 1
    return fitting[:n]
