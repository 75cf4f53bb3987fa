"""Number of words and content hash of many texts, those of ``text.describe`` (a test holds them to it), without a Python word."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_tools import text as definitions
from corpus_tools.kernels.compile import kernel
from corpus_tools.kernels.fold import ALONE, JOIN, SEPARATOR, VANISH, fold_table
from corpus_tools.kernels.memory import read8, read32, write8, write64
from corpus_tools.kernels.shingles import text_buffers
from corpus_tools.kernels.words import decode, is_digit, plain_run, read64_until

_U = np.uint64
_APOSTROPHE, _POINT, _COMMA, _SPACE = 39, 46, 44, _U(32)
_GROWTH = 16
"""A folded text has at most this many times the bytes of the text: 31 for two, and a space."""
_LONGEST, _ROOM = 1 << 22, 1 << 23
"""Bytes of a text from which on Python reads it, so that the room for folded texts is bounded; bytes of that room."""


@kernel
def fold_texts(offsets: Any, base: int, limit: int, table: Any, first: int, out: Any, ends: Any, counts: Any) -> int:
    """Write the folded words of texts from number ``first`` on to ``out``, a space between two; return the first that had no room.

    Texts are at ``base + offsets``, and no byte from ``limit`` on is read. ``ends`` takes where each ends in ``out``, ``counts``
    its words. ``join`` is a sign that belongs to the word only if the word goes on, as in ``words.read_word``.
    """
    blocks, entries, pool = table[0].ctypes.data, table[1].ctypes.data, table[2].ctypes.data
    start = np.int64(out.ctypes.data)
    to = start
    for i in range(first, len(counts)):
        at, end = base + offsets[i], base + offsets[i + 1]
        if to - start + _GROWTH * (end - at + 1) > out.size:
            return i
        found, join, last, count = False, np.int64(0), np.int64(0), 0
        while at < end:
            block, length = plain_run(read64_until(at, end, limit))
            kind, width, source = np.int64(SEPARATOR), 1, np.int64(0)
            sign = np.int64(0)
            if length == 0:
                sign = read8(at)
                if sign >= 128:
                    code, width = decode(at, end)
                    entry = read32(entries + 4 * (read32(blocks + 4 * (code >> 8)) + (code & 255)))
                    kind, sign = entry & 7, np.int64(_APOSTROPHE)
                    folded = (entry >> 3) & 31
                    source, length = (pool + (entry >> 8), folded) if folded > 0 else (at, np.int64(width))
                elif sign in (_APOSTROPHE, _POINT, _COMMA):
                    kind = np.int64(JOIN)
                if kind == VANISH:
                    at += width
                    continue
                if kind in (SEPARATOR, JOIN):
                    found = kind == JOIN and found and join == 0 and (sign == _APOSTROPHE or is_digit(last))
                    join = sign if found else np.int64(0)
                    at += width
                    continue
            following = np.int64(block & _U(255)) if source == 0 else read8(source)
            if kind == ALONE or (join != 0 and join != _APOSTROPHE and not is_digit(following)):
                found = False
            if not found:
                if count > 0:
                    write8(to, _SPACE)
                    to += 1
                count += 1
            elif join != 0:
                write8(to, _U(join))
                to += 1
            found, join = kind != ALONE, np.int64(0)
            if source == 0:
                write64(to, block)
                last = np.int64(block >> _U(8 * length - 8))
                at += length
            else:
                for place in range(length):
                    write8(to + place, _U(read8(source + place)))
                last = read8(source + length - 1)
                at += width
            to += length
        ends[i], counts[i] = to - start, count
    return len(counts)


def describe_texts(column: Any) -> tuple[NDArray[np.int64], list[str]]:
    """Number of words, and content hash (``text.content_hash``), of every text of an Arrow string column; a null is an empty text."""
    held = text_buffers(column)
    n = len(held.offsets) - 1
    counts, ends, hashes = np.zeros(n, np.int64), np.zeros(n, np.int64), [""] * n
    long = np.flatnonzero(np.diff(held.offsets) > _LONGEST)
    for place in long.tolist():
        counts[place], hashes[place] = definitions.describe(column[place].as_py() or "")
    out = np.empty(max(_ROOM, _GROWTH * (_longest_of(held.offsets) + 1)), np.uint8)
    bounds = [-1, *long.tolist(), n]
    for before, last in pairwise(bounds):
        _describe(held, before + 1, last, out, (ends, counts), hashes)
    return counts, hashes


def _longest_of(offsets: NDArray[np.int64]) -> int:
    sizes = np.diff(offsets)
    return int(sizes[sizes <= _LONGEST].max(initial=0))


def _describe(held: Any, first: int, stop: int, out: Any, told: tuple[Any, Any], hashes: list[str]) -> None:
    """Describe the texts from ``first`` up to ``stop``, as many at a time as there is room for."""
    ends, counts = told
    memory = memoryview(out)
    while first < stop:
        after = fold_texts(held.offsets, held.base, held.limit, fold_table(), first, out, ends[:stop], counts[:stop])
        begin = 0
        for place in range(first, after):
            end = int(ends[place])
            hashes[place] = hashlib.blake2b(memory[begin:end], digest_size=16).hexdigest()
            begin = end
        first = after


def describe_column(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """``describe_texts`` as the columns ``n_words`` and ``content_hash``."""
    counts, hashes = describe_texts(column)
    return pa.array(counts, pa.int64()), pa.array(hashes, pa.string())
