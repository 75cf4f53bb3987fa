"""A few families of words that tell what a block, or a page, is about, as bits."""

from __future__ import annotations

_GROUPS = """
more more read continue view see show learn all load expand
comment comment comments reply replies replied respond responses commented
buy cart buy checkout price add basket wishlist shipping delivery stock sale discount save order qty quantity
date january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec ago published updated posted
money $ € £ usd eur
forum post posts thread replies solved quote joined topic forum
"""

WORDING = [line.split()[0] for line in _GROUPS.strip().splitlines()]
"""Names of the families, lowest bit first."""

WORD_BITS: dict[str, int] = {}
"""Lower-case word -> bits of the families it belongs to."""

for _place, _line in enumerate(_GROUPS.strip().splitlines()):
    for _word in _line.split()[1:]:
        WORD_BITS[_word] = WORD_BITS.get(_word, 0) | 1 << _place
