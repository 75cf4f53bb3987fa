"""What labels are worth, as ``label_kernels`` wrote them: their marks, and the scores of their class names and ids.

Labels with a byte outside ASCII are left to ``labels``, which does the same in Python.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.clean.html.element_kernels import add_score, scores_at
from corpus_tools.clean.html.lexbor_kernels import hash_name
from corpus_tools.clean.html.walk_state import HIGH, ITEMPROP, LABEL_CODE, LABEL_HEAD, LABEL_HIDDEN, LOW, ROLE, STYLE
from corpus_tools.kernels.compile import inlined, kernel, part
from corpus_tools.kernels.lookup import EMPTY_HASH, add_code, address_of, end_hash, find, find_in, table_of
from corpus_tools.kernels.memory import get_item, read8

KEPT_CHARS, KEPT_TOKENS, TOKEN_CHARS = 300, 12, 40
"""Characters of an attribute, and of class names and ids together, that are looked at; names scored, and characters of one."""
_DISPLAY, _NONE, _VISIBILITY, _HIDDEN = (hash_name(word) for word in "display none visibility hidden".split())
_SMALL = 0x20


@inlined
def _separates(byte: Any) -> Any:
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
    while read8(end) != 0:
        end += 1
    return end, min(end, at + most)


@part
def _hash_lower(at: int, end: int) -> Any:
    value = EMPTY_HASH
    while at < end:
        value = add_code(value, _lower(read8(at)))
        at += 1
    return end_hash(value)


@inlined
def _worth(table: Any, key: Any) -> Any:
    """The two halves of the mask a word stands for; ``table`` is a ``LookupTable``."""
    slot = find(table.keys, table.mask, key)
    if slot < 0:
        return np.int64(0), np.int64(0)
    return get_item(table.values, 2 * slot + LOW), get_item(table.values, 2 * slot + HIGH)


@part
def _mark_names(at: int, end: int, table: Any) -> Any:
    """The marks of class names: of the whole of each, of the words in it, and of neighbouring words as one."""
    low = high = np.int64(0)
    while at < end:
        whole = before = EMPTY_HASH
        while at < end and not _separates(read8(at)):
            byte = read8(at)
            if not (_is_capital(byte) or _is_small(byte)):
                whole = add_code(whole, byte)
                at += 1
                continue
            word, pair = EMPTY_HASH, before
            while True:
                whole, word, pair = add_code(whole, _lower(byte)), add_code(word, _lower(byte)), add_code(pair, _lower(byte))
                at += 1
                byte = read8(at)
                if at >= end or not _is_small(byte):
                    break
            for key in (word, pair):
                one, other = _worth(table, end_hash(key))
                low |= one
                high |= other
            before = word
        one, other = _worth(table, end_hash(whole))
        low |= one
        high |= other
        at += 1
    return low, high


@part
def _hides(at: int, end: int) -> bool:
    """Whether a style is "display: none" or "visibility: hidden"."""
    for place in range(at, end):
        if read8(place) != 58:  # a colon
            continue
        left, right = place, place + 1
        while left > at and _separates(read8(left - 1)):
            left -= 1
        while right < end and _separates(read8(right)):
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
        plain &= read8(at) < 128
        at += 1
    return plain


@part
def _hash_exact(at: int, end: int) -> Any:
    value = EMPTY_HASH
    while at < end:
        value = add_code(value, read8(at))
        at += 1
    return end_hash(value)


@part
def _mark_label(at: int, words: Any, roles: Any, props: Any) -> Any:
    """The marks of the attributes from an address on, and whether the last, a style, hides the element."""
    low = high = np.int64(0)
    for which in range(STYLE):
        stop, kept = _value_end(at, KEPT_CHARS)
        if which == ROLE:
            one, other = _worth(roles, _hash_exact(at, kept))
        else:
            one, other = _mark_names(at, kept, words)
        low, high = low | one, high | other
        if which == ITEMPROP:
            one, other = _worth(props, _hash_lower(at, kept))
            low, high = low | one, high | other
        at = stop + 1
    return low, high, _hides(at, _value_end(at, KEPT_CHARS)[1])


@kernel
def mark_labels(data: Any, starts: Any, words: Any, roles: Any, props: Any, tags: Any, hidden: Any, masks: Any, plain: Any) -> None:
    """Fill the ``masks`` (n, 2) of labels, and ``plain`` bool[n]: whether a label is one for this kernel.

    ``words``, ``roles`` and ``props`` are keys and masks (m, 2) of lookups: of words, of roles as they are written, of itemprops. ``tags`` (256, 2)
    has the masks of element codes, ``hidden`` (2) that of what is unseen.
    """
    of_words, of_roles, of_props = table_of(words), table_of(roles), table_of(props)
    for label in range(starts.shape[0] - 1):
        start, end = address_of(data) + starts[label], address_of(data) + starts[label + 1]
        at = start + LABEL_HEAD
        plain[label] = _is_plain(at, end)
        if plain[label]:
            low, high, unseen = _mark_label(at, of_words, of_roles, of_props)
            unseen = unseen or read8(start + LABEL_HIDDEN) != 0
            code = read8(start + LABEL_CODE)
            masks[label, LOW] = low | tags[code, LOW] | (hidden[LOW] if unseen else 0)
            masks[label, HIGH] = high | tags[code, HIGH] | (hidden[HIGH] if unseen else 0)


@part
def _score_key(at: int, end: int) -> Any:
    """Where the class name at an address ends, and its hash: in lower case, runs of digits as one 0, no more than TOKEN_CHARS."""
    value, chars, number = EMPTY_HASH, 0, False
    while at < end and not _separates(read8(at)):
        byte = read8(at)
        digit = 48 <= byte <= 57
        if not (digit and number):
            if chars < TOKEN_CHARS:
                value = add_code(value, 48 if digit else _lower(byte))
            chars += 1
        number = digit
        at += 1
    return at, end_hash(value)


@kernel
def score_labels(data: Any, starts: Any, keys: Any, values: Any, found: Any) -> None:
    """Fill ``found`` SCORES[n] of zeros: the scores of each label's class names and ids."""
    for label in range(starts.shape[0] - 1):
        at, tokens = address_of(data) + starts[label] + LABEL_HEAD, 0
        _, end = _value_end(_value_end(at, KEPT_CHARS)[0] + 1, KEPT_CHARS)
        end = min(end, at + KEPT_CHARS)
        scores = scores_at(address_of(found), label)
        while at < end and tokens < KEPT_TOKENS:
            if _separates(read8(at)):
                at += 1
                continue
            at, key = _score_key(at, end)
            tokens += 1
            slot = find_in(keys, key)
            if slot >= 0:
                add_score(scores, values[slot])
