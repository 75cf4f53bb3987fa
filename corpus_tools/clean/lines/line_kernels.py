"""Lines of text read word by word: titles said twice, and words of notices."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.clean.blocks.text_kernels import CODES, DECIMAL, DIGIT, LOWER, WORD
from corpus_tools.clean.html.layout_kernels import is_space
from corpus_tools.kernels.compile import inlined, kernel, part
from corpus_tools.kernels.lookup import EMPTY_HASH, add_code, address_of, end_hash, find_in, read_code
from corpus_tools.kernels.memory import get_item, read8, read32, set_item

LOOKED_BACK = 4
"""Earlier places of a word that it is compared with."""
_LINE_END, _SPACE, _ZERO, _UNDERSCORE, _START_SIGN, _END_SIGN = 10, 32, 48, 95, 94, 36
_A, _Z = 65, 90


@inlined
def _may_open(code: Any, table: int) -> Any:
    """Whether a word that begins with a character may open a title; so may all that the table does not know."""
    return code <= _Z or code >= CODES or (code > 122 and not read32(table + 4 * code) & LOWER)


@inlined
def _read_word(at: int, end: int) -> Any:
    """The hash of the word at an address, up to white space, and where it ends."""
    value = EMPTY_HASH
    while at < end:
        code, size = read_code(at)
        if is_space(at, read8(at), size):
            break
        value = add_code(value, code)
        at += size
    return end_hash(value), at


@part
def _is_square(words: int, at: int, last: int, n: int) -> bool:
    """Whether the words from ``last`` up to ``at`` stand again from ``at`` on."""
    if 2 * at - last > n:
        return False
    for i in range(at - last):  # noqa: SIM110 - numba compiles no generator
        if get_item(words, last + i) != get_item(words, at + i):
            return False
    return True


@part
def _has_square(
    words: int, opens: int, before: int, n: int, slots: int, owners: int, mask: int, line: int, least: int, most: int
) -> bool:
    """Whether a line's ``n`` words hold a sequence said twice; the other addresses are of arrays to work in."""
    for at in range(n):
        set_item(before, at, -1)
        if not get_item(opens, at):
            continue
        value = get_item(words, at)
        slot = (value ^ (value >> 32)) & mask
        while get_item(owners, slot) == line and get_item(words, get_item(slots, slot)) != value:
            slot = (slot + 1) & mask
        if get_item(owners, slot) == line:
            set_item(before, at, get_item(slots, slot))
        set_item(owners, slot, line)
        set_item(slots, slot, at)
    for at in range(n):
        last = get_item(before, at)
        for _ in range(LOOKED_BACK):
            if last < 0:
                break
            if least <= at - last <= most and _is_square(words, at, last, n):
                return True
            last = get_item(before, last)
    return False


@kernel
def lines_said_twice(text: Any, table: Any, least: int, most: int) -> Any:
    """Numbers of the lines of ``text`` uint8 in which ``least`` to ``most`` words are said twice in a row, the first of which may open
    a title; ``table`` is that of ``block_text.characters``.
    """
    found, n_found, longest = np.empty(text.shape[0] // 8 + 1, np.int64), 0, _longest(text)
    room = 2
    while room < 2 * longest:
        room *= 2
    words, opens, before = np.empty(longest, np.int64), np.empty(longest, np.int64), np.empty(longest, np.int64)
    slots, owners = np.empty(room, np.int64), np.full(room, -1, np.int64)
    at, end, characters = address_of(text), address_of(text) + text.shape[0], address_of(table)
    line = n = 0
    while at <= end:
        if at == end or read8(at) == _LINE_END:
            if n >= 2 * least and _has_square(
                address_of(words),
                address_of(opens),
                address_of(before),
                n,
                address_of(slots),
                address_of(owners),
                room - 1,
                line,
                least,
                most,
            ):
                found[n_found] = line
                n_found += 1
            n = 0
            line += 1
            at += 1
            continue
        code, size = read_code(at)
        if is_space(at, read8(at), size):
            at += size
            continue
        follows = read8(at + size) if at + size < end else 0
        opens[n] = 1 if _may_open(code, characters) or _A <= follows <= _Z else 0
        words[n], at = _read_word(at, end)
        n += 1
    return found[:n_found]


@part
def _longest(text: Any) -> Any:
    """Bytes of the longest line, and one more."""
    longest = start = 0
    for at in range(text.shape[0]):
        if text[at] == _LINE_END:
            longest, start = max(longest, at - start), at
    return max(longest, text.shape[0] - start) + 1


@inlined
def _kind(code: Any, table: int) -> Any:
    """1 for a letter of a word, 2 for a digit, 0 for anything else, as ``notice_model`` reads them."""
    entry = read32(table + 4 * code)
    if entry & DECIMAL:
        return 2
    return 1 if entry & WORD and code != _UNDERSCORE else 0


@inlined
def _is_one(code: Any, codes: Any) -> Any:
    found = False
    for place in range(codes.shape[0]):
        found |= codes[place] == code
    return found


@part
def _score_notice(text: Any, table: Any, marks: Any, keys: Any, weights: Any, cues: Any, most: int) -> Any:
    """The sum of the weights of the features of the first ``most`` words of ``text``, how many features, whether a word is a cue.

    The features are those of ``notice_model.ngrams``, added in its order. -1 features: the text is not for this kernel.
    """
    at, end, characters = address_of(text), address_of(text) + text.shape[0], address_of(table)
    pairs, n, total, cue, before = np.empty(min(most, text.shape[0]) + 1), 0, 0.0, False, EMPTY_HASH
    while at < end and n < most:
        code, size = read_code(at)
        if code >= CODES:
            return 0.0, -1, False
        kind = _kind(code, characters)
        if kind == 0 and not _is_one(code, marks):
            at += size
            continue
        number = kind == 2 or (read32(characters + 4 * code) & DIGIT) != 0
        word, pair = EMPTY_HASH, add_code(before, _SPACE) if n > 0 else add_code(add_code(EMPTY_HASH, _START_SIGN), _SPACE)
        if number:
            word, pair = add_code(word, _ZERO), add_code(pair, _ZERO)
        goes_on = True
        while goes_on:
            if not number:
                word, pair = add_code(word, code), add_code(pair, code)
            at += size
            goes_on = at < end
            if goes_on:
                code, size = read_code(at)
                if code >= CODES:
                    return 0.0, -1, False
                goes_on = kind != 0 and _kind(code, characters) == kind
        slot = find_in(keys, end_hash(word))
        if slot >= 0:
            total += weights[slot]
            cue |= cues[slot]
        slot = find_in(keys, end_hash(pair))
        pairs[n] = weights[slot] if slot >= 0 else 0.0
        before = word
        n += 1
    if n == 0:
        return 0.0, 0, False
    for place in range(1, n):
        total += pairs[place]
    slot = find_in(keys, end_hash(add_code(add_code(before, _SPACE), _END_SIGN)))
    return total + pairs[0] + (weights[slot] if slot >= 0 else 0.0), 2 * n + 1, cue


@kernel
def score_notices(text: Any, starts: Any, ends: Any, table: Any, marks: Any, keys: Any, weights: Any, cues: Any, most: int) -> Any:
    """``_score_notice`` of each stretch of ``text``: sums float64, features int64, and whether a word is a cue."""
    n = starts.shape[0]
    totals, features, cued = np.empty(n), np.empty(n, np.int64), np.empty(n, np.bool_)
    for place in range(n):
        totals[place], features[place], cued[place] = _score_notice(
            text[starts[place] : ends[place]], table, marks, keys, weights, cues, most
        )
    return totals, features, cued
