"""The words of a page's blocks, read off its UTF-8: counted by kind, hashed, and looked up.

What a character is stands in a table of its code point's bits, and what it is in lower case above them. A block with a character
that the table does not know, or whose lower case depends on its neighbours, is left to ``block_text``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel, part
from corpus_tools.kernels.lookup import EMPTY_HASH, add_code, address_of, end_hash, find_in, read_code, slot_of
from corpus_tools.kernels.memory import get_item, read8, read32, record_at, record_of, set_item

CODES = 0x3000
"""Code points that the table knows: those of nearly all scripts that have case, and none of Chinese, Japanese and Korean."""
WORD, DIGIT, DECIMAL, UPPER, TITLE, LOWER, RARE, MONEY = (1 << place for place in range(8))
"""Bits of a character, as ``str`` and ``re`` tell them; RARE is one whose lower case is not one character, whatever is beside it."""

COUNTS = record_of("""
tokens words and signs of money; UNREAD of a block that was not read
commas commas
stops  full stops, question and exclamation marks before a space
digits words of digits
titled words that begin with a capital
ends   1 if its last character ends a sentence
pipes  signs between links
unique different words
uppers words of capitals
""")
"""What is counted of a block."""
counts_at = record_at(COUNTS)
UNREAD = -1

KNOWN = record_of("""
different different words
in_first  those of them in the first of two sets
in_second those in the second
""")
"""What of a block's words is known."""

FEW, MANY = 40, 80
"""Words of the longest block whose families of words are told, and that is held to the page's description."""

_COMMA, _BAR, _SPACE, _ZERO, _A = 44, 124, 32, 48, 65
_ELLIPSIS, _QUOTE, _SINGLE_QUOTE = 0x2026, 0xBB, 0x203A


@inlined
def _is_stop(code: Any) -> Any:
    return code == 46 or code == 33 or code == 63


@part
def _count_signs(at: int, end: int, table: int, counts: Any) -> Any:
    """Count the signs of a block; False if it is to be left alone."""
    commas = stops = pipes = 0
    code = before = np.int64(0)
    while at < end:
        code, size = read_code(at)
        if at + size > end or code >= CODES or read32(table + 4 * code) & RARE:
            return False
        commas += code == _COMMA
        stops += code == _SPACE and _is_stop(before)
        pipes += code in (_BAR, _SINGLE_QUOTE, _QUOTE)
        before = code
        at += size
    counts.commas = commas
    counts.stops = stops
    counts.pipes = pipes
    counts.ends = 1 if _is_stop(code) or code == _ELLIPSIS else 0
    return True


@inlined
def _add_scored(value: Any, entry: Any, number: Any) -> Any:
    """Add a character to the hash of a text in lower case whose runs of digits are one 0; ``number`` says that one is open."""
    if entry & DECIMAL:
        return (value if number else add_code(value, _ZERO)), True
    return add_code(value, entry >> 8), False


@inlined
def _read_token(at: int, end: int, table: int) -> Any:
    """The end of the word at an address, its hash, those in lower case and for scores, and whether it is digits, titled, upper."""
    first = read8(at)
    exact = low = scored = EMPTY_HASH
    number, digits, titled, capitals, inside, cased = False, True, True, True, False, False
    while at < end:
        code, size = read_code(at)
        entry = read32(table + 4 * code)
        if not entry & WORD:
            break
        exact, low = add_code(exact, code), add_code(low, entry >> 8)
        scored, number = _add_scored(scored, entry, number)
        digits &= entry & DIGIT != 0
        starts, goes_on = entry & (UPPER | TITLE) != 0, entry & LOWER != 0
        titled &= not (inside if starts else goes_on and not inside)
        capitals &= entry & (LOWER | TITLE) == 0
        inside = starts or goes_on
        cased |= inside
        at += size
    return at, exact, low, (scored if first < _A else low), digits, titled and cased, capitals and cased


@part
def _read_tokens(at: int, end: int, table: int, exact: int, low: int, scored: int, counts: Any) -> int:
    """Write the hashes of a block's words to three addresses; gives their number."""
    n = digits = titled = uppers = 0
    while at < end:
        code, size = read_code(at)
        entry = read32(table + 4 * code)
        if entry & WORD:
            at, exact_hash, low_hash, scored_hash, is_digits, is_titled, is_upper = _read_token(at, end, table)
            digits += is_digits
            titled += is_titled
            uppers += is_upper
        else:
            at += size
            if not entry & MONEY:
                continue
            exact_hash = low_hash = scored_hash = add_code(EMPTY_HASH, code)
        set_item(exact, n, end_hash(exact_hash))
        set_item(low, n, end_hash(low_hash))
        set_item(scored, n, end_hash(scored_hash))
        n += 1
    counts.digits = digits
    counts.titled = titled
    counts.uppers = uppers
    return n


@part
def _hash_text(at: int, end: int, table: int) -> Any:
    """Hash of a short block as a whole, in lower case with runs of digits as one 0."""
    value, number = EMPTY_HASH, False
    while at < end:
        code, size = read_code(at)
        value, number = _add_scored(value, read32(table + 4 * code), number)
        at += size
    return end_hash(value)


@part
def _count_different(hashes: int, n: int, keys: int, mask: int, stamps: int, stamp: int) -> int:
    """How many of ``n`` hashes differ. A key of the table counts as there only if its stamp is ``stamp``."""
    different = 0
    for i in range(n):
        value = get_item(hashes, i)
        at = (value ^ (value >> 32)) & mask
        while get_item(stamps, at) == stamp and get_item(keys, at) != value:
            at = (at + 1) & mask
        if get_item(stamps, at) != stamp:
            set_item(keys, at, value)
            set_item(stamps, at, stamp)
            different += 1
    return different


@kernel
def read_texts(
    data: Any, start: Any, end: Any, chars: Any, short: int, table: Any, counts: Any, low: Any, scored: Any, whole: Any
) -> None:
    """Fill ``counts`` COUNTS[n] for blocks from byte ``start`` to ``end`` of ``data``; ``table`` is uint32[CODES].

    The hashes of a block's words in lower case, and as they are scored, go to ``low`` and ``scored`` int64 from its first byte's
    place on; that of a whole block of fewer than ``short`` of ``chars`` characters to ``whole`` int64, 0 for a longer one.
    """
    longest = 1
    for block in range(start.shape[0]):
        longest = max(longest, end[block] - start[block])
    room = 2
    while room < 2 * longest:
        room *= 2
    exact, keys, stamps = np.empty(longest, np.int64), np.empty(room, np.int64), np.full(room, -1, np.int64)
    base, characters = address_of(data), address_of(table)
    for block in range(start.shape[0]):
        row = counts_at(address_of(counts), block)
        at, stop = base + start[block], base + end[block]
        if not _count_signs(at, stop, characters, row):
            row.tokens = UNREAD
            continue
        here = 8 * start[block]
        n = _read_tokens(at, stop, characters, address_of(exact), address_of(low) + here, address_of(scored) + here, row)
        row.tokens = n
        row.unique = _count_different(address_of(exact), n, address_of(keys), room - 1, address_of(stamps), block)
        whole[block] = _hash_text(at, stop, characters) if chars[block] < short else 0


@part
def _sets_of(hashes: Any, first: int) -> Any:
    """A lookup of words by their hashes: bit 0 for those of the ``first``, bit 1 for the others."""
    room = 2
    while room <= 2 * hashes.shape[0]:
        room *= 2
    keys, values = np.zeros(room, np.int64), np.zeros(room, np.int64)
    for place in range(hashes.shape[0]):
        slot = slot_of(address_of(keys), room - 1, hashes[place])
        keys[slot] = hashes[place]
        values[slot] |= 1 if place < first else 2
    return keys, values


@kernel
def count_known(start: Any, tokens: Any, low: Any, hashes: Any, first: int, found: Any) -> None:
    """Fill ``found`` KNOWN[n] of zeros for blocks of at most 80 words; ``hashes`` are the words of two sets, the ``first`` those of one."""
    keys, values = _sets_of(hashes, first)
    seen, stamps = np.empty(256, np.int64), np.full(256, -1, np.int64)
    for block in range(start.shape[0]):
        if tokens[block] > MANY:
            continue
        for place in range(start[block], start[block] + tokens[block]):
            if _count_different(address_of(low) + 8 * place, 1, address_of(seen), 255, address_of(stamps), block):
                slot = find_in(keys, low[place])
                sets = values[slot] if slot >= 0 else 0
                found[block].different += 1
                found[block].in_first += sets & 1
                found[block].in_second += sets >> 1 & 1


@kernel
def collect_bits(start: Any, tokens: Any, low: Any, keys: Any, values: Any, bits: Any) -> None:
    """Fill ``bits`` int64[n] of zeros: the bits of all words of each block of at most 40, or-ed."""
    for block in range(start.shape[0]):
        if tokens[block] <= FEW:
            for place in range(start[block], start[block] + tokens[block]):
                slot = find_in(keys, low[place])
                if slot >= 0:
                    bits[block] |= values[slot]


@kernel
def count_copies(data: Any, start: Any, end: Any, keys: Any, count: Any, copies: Any, before: Any) -> None:
    """Fill ``copies`` and ``before`` int64[n]: how often each block's bytes stand on the page, and how often before it.

    ``keys`` and ``count`` int64[2**k], at least twice as many, are zeros to work in.
    """
    for block in range(start.shape[0]):
        value = EMPTY_HASH
        for place in range(start[block], end[block]):
            value = add_code(value, data[place])
        key = end_hash(value)
        slot = slot_of(address_of(keys), keys.shape[0] - 1, key)
        keys[slot], copies[block], before[block] = key, slot, count[slot]
        count[slot] += 1
    for block in range(start.shape[0]):
        copies[block] = count[copies[block]]
