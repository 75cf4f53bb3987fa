"""``text.count_words`` and ``text.content_hash`` in one pass over a text's bytes; a test holds the two together."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa

from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.fold import ALONE, JOIN, VANISH, WORD, fold_table
from corpus_tools.kernels.lookup import address_of
from corpus_tools.kernels.memory import read8, read32, write8
from corpus_tools.kernels.words import decode_sign

_SPACE, _APOSTROPHE, _POINT, _COMMA = 32, 39, 46, 44
GROWTH = 6
"""Bytes that a byte may become at most: a folded sign ("㎥" is "m3"), and a space before and after it."""


@kernel
def write_words(text: Any, table: Any, out: Any) -> Any:
    """Write the words of ``text`` uint8, folded and joined by spaces, to ``out`` uint8; gives how many bytes and how many words.

    ``out`` has room for GROWTH bytes a byte; ``table`` is ``fold_table()``.
    """
    blocks, entries, pool = address_of(table[0]), address_of(table[1]), address_of(table[2])
    at, end = address_of(text), address_of(text) + text.shape[0]
    first = place = address_of(out)
    words, is_open, join, last = 0, False, 0, 0
    while at < end:
        byte = read8(at)
        if byte < 128:
            code, width = byte, 1
        else:
            code, width = decode_sign(at, end)
        if byte in (_POINT, _COMMA):
            is_open = is_open and join == 0 and 48 <= last <= 57
            join = byte if is_open else 0
            at += 1
            continue
        entry = read32(entries + 4 * (read32(blocks + 4 * (code >> 8)) + (code & 255)))
        kind, size = entry & 7, (entry >> 3) & 31
        if kind == JOIN:
            is_open = is_open and join == 0
            join = _APOSTROPHE if is_open else 0
        elif kind in (WORD, ALONE):
            source = pool + (entry >> 8)
            if size == 0:
                source, size = at, width
            if is_open and kind == WORD and (join == 0 or join == _APOSTROPHE or 48 <= read8(source) <= 57):
                if join != 0:
                    write8(place, np.uint64(join))
                    place += 1
            else:
                if words > 0:
                    write8(place, np.uint64(_SPACE))
                    place += 1
                words += 1
            for i in range(size):
                write8(place, np.uint64(read8(source + i)))
                place += 1
            is_open, join, last = kind == WORD, 0, read8(place - 1)
        elif kind != VANISH:
            is_open, join = False, 0
        at += width
    return place - first, words


def count_and_hash(text: str) -> tuple[int, str]:
    """What ``text.count_words`` and ``text.content_hash`` give."""
    data = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    out = np.empty(GROWTH * len(data), np.uint8)
    size, words = write_words(data, fold_table(), out)
    return int(words), hashlib.blake2b(out[:size].data, digest_size=16).hexdigest()


def describe_column(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """``count_and_hash`` of every text of an Arrow string column, as ``n_words`` and ``content_hash``; a null is an empty text."""
    described = [count_and_hash(value.as_py() or "") for value in column]
    counts, hashes = zip(*described, strict=True) if described else ((), ())
    return pa.array(counts, pa.int64()), pa.array(hashes, pa.string())
