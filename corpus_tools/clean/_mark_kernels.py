"""What labels are worth, as ``_label_kernels`` wrote them: their marks, and the scores of their class names and ids.

Labels with a byte outside ASCII are left to ``labels``, which does the same in Python.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools._compile_kernels import inlined, kernel, part
from corpus_tools._memory_kernels import _byte
from corpus_tools.clean._lexbor_kernels import get, hash_name
from corpus_tools.clean._lookup_kernels import START, add_code, end_hash, find

KEPT_CHARS, KEPT_TOKENS, TOKEN_CHARS = 300, 12, 40
"""Characters of an attribute, and of class names and ids together, that are looked at; names scored, and characters of one."""
_DISPLAY, _NONE, _VISIBILITY, _HIDDEN = (hash_name(word) for word in "display none visibility hidden".split())
_SMALL = 0x20


@inlined
def _is_blank(byte: Any) -> Any:
    """Whether a byte separates class names; the end of an attribute does as well."""
    return byte == 32 or 9 <= byte <= 13 or 28 <= byte <= 31 or byte == 0


@inlined
def _is_capital(byte: Any) -> Any:
    return 65 <= byte <= 90


@inlined
def _is_small(byte: Any) -> Any:
    return 97 <= byte <= 122


@inlined
def _lower(byte: Any) -> Any:
    return byte | _SMALL if _is_capital(byte) else byte


@inlined
def _value_end(at: int, most: int) -> Any:
    """The end of the attribute at an address, and of as much of it as is looked at."""
    end = at
    while _byte(end) != 0:
        end += 1
    return end, min(end, at + most)


@part
def _hash_lower(at: int, end: int) -> Any:
    value = START
    while at < end:
        value = add_code(value, _lower(_byte(at)))
        at += 1
    return end_hash(value)


@inlined
def _worth(masks: int, keys: int, size: int, key: Any) -> Any:
    """The two halves of what a word stands for."""
    slot = find(keys, size - 1, key)
    if slot < 0:
        return np.int64(0), np.int64(0)
    return get(masks, 2 * slot), get(masks, 2 * slot + 1)


@part
def _mark_names(at: int, end: int, keys: int, masks: int, size: int) -> Any:
    """The marks of class names: of the whole of each, of the words in it, and of neighbouring words as one."""
    low = high = np.int64(0)
    while at < end:
        whole = before = START
        while at < end and not _is_blank(_byte(at)):
            byte = _byte(at)
            if not (_is_capital(byte) or _is_small(byte)):
                whole = add_code(whole, byte)
                at += 1
                continue
            word, pair = START, before
            while True:
                whole, word, pair = add_code(whole, _lower(byte)), add_code(word, _lower(byte)), add_code(pair, _lower(byte))
                at += 1
                byte = _byte(at)
                if at >= end or not _is_small(byte):
                    break
            for key in (word, pair):
                one, other = _worth(masks, keys, size, end_hash(key))
                low |= one
                high |= other
            before = word
        one, other = _worth(masks, keys, size, end_hash(whole))
        low |= one
        high |= other
        at += 1
    return low, high


@part
def _hides(at: int, end: int) -> bool:
    """Whether a style is "display: none" or "visibility: hidden"."""
    for place in range(at, end):
        if _byte(place) != 58:  # a colon
            continue
        left, right = place, place + 1
        while left > at and _is_blank(_byte(left - 1)):
            left -= 1
        while right < end and _is_blank(_byte(right)):
            right += 1
        if (
            left - 7 >= at
            and right + 4 <= end
            and _hash_lower(left - 7, left) == _DISPLAY
            and _hash_lower(right, right + 4) == _NONE
        ):
            return True
        shown = left - 10 < at or right + 6 > end or _hash_lower(left - 10, left) != _VISIBILITY
        if not shown and _hash_lower(right, right + 6) == _HIDDEN:
            return True
    return False


@inlined
def _is_plain(at: int, end: int) -> Any:
    plain = True
    while at < end:
        plain &= _byte(at) < 128
        at += 1
    return plain


@kernel
def mark_labels(
    data: Any, starts: Any, keys: Any, masks: Any, roles: Any, of_roles: Any, props: Any, text: Any, tags: Any, hidden: Any
) -> Any:
    """The marks (n, 2) of labels, and which are plain. ``keys`` and ``masks`` are of words, ``roles`` and ``of_roles`` of roles.

    ``props`` are the hashes of itemprops that ``text`` (2) marks; ``tags`` (256, 2) the marks of element codes; ``hidden`` (2) of what is unseen.
    """
    n = starts.shape[0] - 1
    out, plain = np.zeros((n, 2), np.int64), np.ones(n, np.bool_)
    words, worth, size = keys.ctypes.data, masks.ctypes.data, keys.shape[0]
    for label in range(n):
        at, end = data.ctypes.data + starts[label], data.ctypes.data + starts[label + 1]
        if not _is_plain(at + 2, end):
            plain[label] = False
            continue
        out[label] = tags[_byte(at)]
        if _byte(at + 1):
            out[label] |= hidden
        at += 2
        for which in range(5):  # class, id, role, itemprop, style
            stop, kept = _value_end(at, KEPT_CHARS)
            if which == 2:
                low, high = _worth(of_roles.ctypes.data, roles.ctypes.data, roles.shape[0], _hash_exact(at, kept))
            elif which < 4:
                low, high = _mark_names(at, kept, words, worth, size)
            else:
                low = high = np.int64(0)
                if _hides(at, kept):
                    out[label] |= hidden
            out[label, 0] |= low
            out[label, 1] |= high
            if which == 3 and kept > at and (props == _hash_lower(at, kept)).any():
                out[label] |= text
            at = stop + 1
    return out, plain


@part
def _hash_exact(at: int, end: int) -> Any:
    value = START
    while at < end:
        value = add_code(value, _byte(at))
        at += 1
    return end_hash(value)


@part
def _score_key(at: int, end: int) -> Any:
    """Where the class name at an address ends, and its hash: in lower case, runs of digits as one 0, no more than TOKEN_CHARS."""
    value, chars, number = START, 0, False
    while at < end and not _is_blank(_byte(at)):
        byte = _byte(at)
        digit = 48 <= byte <= 57
        if not (digit and number):
            if chars < TOKEN_CHARS:
                value = add_code(value, 48 if digit else _lower(byte))
            chars += 1
        number = digit
        at += 1
    return at, end_hash(value)


@kernel
def score_labels(data: Any, starts: Any, keys: Any, values: Any, unknown: float) -> Any:
    """Greatest, least, sum and number (n, 4) of the scores of each label's class names and ids."""
    n = starts.shape[0] - 1
    out = np.zeros((n, 4))
    out[:, :2] = unknown
    for label in range(n):
        at, tokens = data.ctypes.data + starts[label] + 2, 0
        _, end = _value_end(_value_end(at, KEPT_CHARS)[0] + 1, KEPT_CHARS)
        end = min(end, at + KEPT_CHARS)
        while at < end and tokens < KEPT_TOKENS:
            if _is_blank(_byte(at)):
                at += 1
                continue
            at, key = _score_key(at, end)
            tokens += 1
            slot = find(keys.ctypes.data, keys.shape[0] - 1, key)
            if slot >= 0:
                score, first = values[slot], out[label, 3] == 0
                out[label, 0] = score if first else max(out[label, 0], score)
                out[label, 1] = score if first else min(out[label, 1], score)
                out[label, 2] += score
                out[label, 3] += 1
    return out
