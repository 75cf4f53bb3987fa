"""Compiled reading of a page's words for the spam signs: tokens, their hashes, and the phrases they make.

A token's hash is that of ``kernels.lookup`` over its characters in lower case.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.lookup import EMPTY_HASH, add_code, address_of, end_hash, find_in, slot_of
from corpus_tools.kernels.memory import read32

CODES = 0x20000
"""Characters from here on are left to Python."""
LETTER, DIGIT, SPACE, LINE_END, SIGN, UNDERSCORE = range(6)
"""What a character is: the low 3 bits of its entry; above them 8 bits of what stands for it as a first letter, then its lower case."""
RARE = (1 << 21) - 1
"""Lower case of a character whose lower case is no single one, or depends on its neighbours: left to Python."""
STEM = 8
"""Letters of a word that its stem is made of."""
_S, _APOSTROPHE, _POINT, _COMMA, _QUOTES = 115, 39, 46, 44, (0x2018, 0x2019)


@inlined
def _code_at(text: int, place: int) -> Any:
    """The character at a place, apostrophes straight."""
    code = read32(text + 4 * place)
    return _APOSTROPHE if code in _QUOTES else code


@inlined
def _kind_at(text: int, place: int, n: int, table: int) -> Any:
    """What stands at a place: its kind, or -1 behind the end."""
    return read32(table + 4 * _code_at(text, place)) & 7 if place < n else np.int64(-1)


@inlined
def _token_end(text: int, start: int, n: int, table: int, kind: int) -> Any:
    """Where the token that begins at a place ends."""
    at = start + 1
    if kind == LINE_END:
        return at
    while _kind_at(text, at, n, table) == kind:
        at += 1
    if kind == LETTER and at + 1 < n and _code_at(text, at) == _APOSTROPHE and _kind_at(text, at + 1, n, table) == LETTER:
        at += 2
        while _kind_at(text, at, n, table) == kind:
            at += 1
    while kind == DIGIT and at + 1 < n and _code_at(text, at) in (_POINT, _COMMA) and _kind_at(text, at + 1, n, table) == DIGIT:
        at += 2
        while _kind_at(text, at, n, table) == kind:
            at += 1
    return at


@inlined
def _low_at(text: int, place: int, table: int) -> Any:
    return read32(table + 4 * _code_at(text, place)) >> 11


@kernel
def split_tokens(text: Any, table: Any) -> Any:
    """Start, end and first letter of the tokens of ``text`` uint32, int64[3, n]; None of one that is for Python."""
    size, codes, kinds = text.shape[0], address_of(text), address_of(table)
    for place in range(size):
        code = read32(codes + 4 * place)
        if code >= CODES or read32(kinds + 4 * code) >> 11 == RARE:
            return None
    found = np.empty((3, size), np.int64)
    starts, ends, firsts = found[0], found[1], found[2]
    at = n = 0
    while at < size:
        entry = read32(kinds + 4 * _code_at(codes, at))
        if entry & 7 == SPACE:
            at += 1
            continue
        end = _token_end(codes, at, size, kinds, entry & 7)
        starts[n], ends[n], firsts[n] = at, end, (entry >> 3) & 255
        n += 1
        at = end
    return found[:, :n].copy()


@kernel
def number_tokens(text: Any, table: Any, starts: Any, ends: Any) -> Any:
    """The tokens numbered as they come, int64[n]; and of each number the first token, its hash, and the hash of its stem, int64[3, made]."""
    n, codes, kinds = starts.shape[0], address_of(text), address_of(table)
    room = 16
    while room < 2 * n:
        room *= 2
    keys, numbers = np.zeros(room, np.int64), np.empty(room, np.int64)
    local, found = np.empty(n, np.int64), np.empty((3, n), np.int64)
    first, hashes, stems = found[0], found[1], found[2]
    made = 0
    for token in range(n):
        value = EMPTY_HASH
        for place in range(starts[token], ends[token]):
            value = add_code(value, _low_at(codes, place, kinds))
        hashed = end_hash(value)
        slot = slot_of(address_of(keys), room - 1, hashed)
        if keys[slot] == 0:
            keys[slot], numbers[slot] = hashed, made
            first[made], hashes[made] = token, hashed
            stop, value = ends[token], EMPTY_HASH
            while stop > starts[token] and _low_at(codes, stop - 1, kinds) == _S:
                stop -= 1
            for place in range(starts[token], min(stop, starts[token] + STEM)):
                value = add_code(value, _low_at(codes, place, kinds))
            stems[made] = end_hash(value)
            made += 1
        local[token] = numbers[slot]
    return local, found[:, :made].copy()


@kernel
def values_of(hashes: Any, keys: Any, values: Any) -> Any:
    """The value, int64, of each hash in a lookup; 0 where it is not there."""
    found = np.zeros(hashes.shape[0], np.int64)
    for place in range(hashes.shape[0]):
        slot = find_in(keys, hashes[place])
        if slot >= 0:
            found[place] = values[slot]
    return found


@inlined
def add_token(value: Any, hashed: Any) -> Any:
    """The hash of a phrase and the token after it."""
    return add_code(value, np.uint64(hashed))


@kernel
def hash_phrases(hashes: Any, ends: Any) -> Any:
    """Hashes, int64, of phrases: of each the hashes of its tokens, up to its end."""
    found, at = np.empty(ends.shape[0], np.int64), 0
    for phrase in range(ends.shape[0]):
        value = EMPTY_HASH
        while at < ends[phrase]:
            value = add_token(value, hashes[at])
            at += 1
        found[phrase] = end_hash(value)
    return found


@kernel
def first_phrases(local: Any, hashes: Any, longest: Any, keys: Any, values: Any, phrases: int) -> Any:
    """The token at which each of ``phrases`` phrases first stands, int64, -1 for none.

    ``longest`` int64 has for each number of a token the tokens of the longest phrase that begins with it, 0 for none.
    """
    n, found = local.shape[0], np.full(phrases, -1, np.int64)
    for start in range(n):
        most, value = longest[local[start]], EMPTY_HASH
        for at in range(start, min(start + most, n)):
            value = add_token(value, hashes[local[at]])
            slot = find_in(keys, end_hash(value))
            if slot >= 0 and found[values[slot]] < 0:
                found[values[slot]] = start
    return found
