"""Compiled search for the parts of lists and of long sentences, which are aligned one by one."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.memory import read8
from corpus_tools.kernels.tokens import START

Array = np.ndarray[Any, np.dtype[Any]]

LONG_SENTENCE = 40
"""Words of a sentence from which on its parts are aligned one by one."""
_WEAK, _STRONG, _ALWAYS = 1, 2, 3


@kernel
def split_lists(at: int, n: int, flags: Array, begins: Array, ends: Array) -> None:
    """Set START where a part of a list or of a long sentence begins, so that each part finds its own partner.

    Anywhere behind three blanks; in sentences of more than LONG_SENTENCE words behind a full stop, a semicolon, a bar, a bullet or two blanks, and
    behind every second comma, colon, dash or percent sign. Marks are counted, not words: a rewrite keeps its marks.
    """
    first = 0
    while first < n:
        last = first + 1
        while last < n and not flags[last] & START:
            last += 1
        weak = 0
        for i in range(first + 1, last):
            mark = _mark_between(at + ends[i - 1], at + begins[i])
            weak += mark == _WEAK
            if mark == _ALWAYS or (last - first > LONG_SENTENCE and (mark == _STRONG or weak == 2)):
                flags[i] |= START
                weak = 0
        first = last


@kernel
def _mark_between(at: int, stop: int) -> int:
    """How strongly the bytes between two words part them."""
    mark, blanks, before, lead = 0, 0, 0, 0
    while at < stop:
        byte = read8(at)
        if byte <= 32:
            blanks += 1
            if blanks >= 3:
                return _ALWAYS
        else:
            alone = byte == 45 and blanks and at + 1 < stop and read8(at + 1) <= 32  # a dash between blanks
            wide = lead == 0xE2 and before == 0x80
            ends = (byte == 46 or byte == 33 or byte == 63) and at + 1 < stop and read8(at + 1) <= 32  # . ! ? before a blank
            if ends or byte == 59 or byte == 124 or byte == 42 or (wide and byte == 0xA2):  # ; | * and the bullet
                mark = _STRONG
            elif byte == 44 or byte == 58 or byte == 37 or alone or (wide and (byte == 0x93 or byte == 0x94)):  # , : % and dashes
                mark = max(mark, _WEAK)
            lead, before, blanks = before, byte, 0
        at += 1
        if blanks == 2:
            mark = _STRONG
    return mark
