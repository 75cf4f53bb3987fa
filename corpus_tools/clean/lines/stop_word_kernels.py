"""Stop words of many languages, counted in one pass over a text."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.clean.blocks.text_kernels import CODES, WORD
from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.lookup import EMPTY_HASH, add_code, address_of, end_hash, find_in, read_code
from corpus_tools.kernels.memory import read32, trailing_zeros

_SPACE = 32


@kernel
def count_stop_words(text: Any, table: Any, keys: Any, values: Any, counts: Any) -> int:
    """How many words, as ``sign_kernels.read_lines`` reads them, ``text`` uint8 has; -1 if it holds a character that ``table`` does not know.

    Adds to ``counts`` int64[languages] of zeros the words of which ``values`` has the bit of a language.
    """
    at, end, characters = address_of(text), address_of(text) + text.shape[0], address_of(table)
    words, inside, value = 0, False, EMPTY_HASH
    while at <= end:
        code, size = read_code(at) if at < end else (_SPACE, 1)
        if code >= CODES:
            return -1
        if read32(characters + 4 * code) & WORD:
            value = add_code(value if inside else EMPTY_HASH, code)
            inside = True
        elif inside:
            inside = False
            words += 1
            slot = find_in(keys, end_hash(value))
            bits = np.uint64(values[slot]) if slot >= 0 else np.uint64(0)
            while bits != 0:
                counts[np.int64(trailing_zeros(bits))] += 1
                bits &= bits - np.uint64(1)
        at += size
    return words
