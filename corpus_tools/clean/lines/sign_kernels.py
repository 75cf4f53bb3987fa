"""What each line of a text may be, told in one pass over it: by its words, by how it begins, by the line as a whole."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.clean.blocks.text_kernels import CODES, DECIMAL, DIGIT, WORD
from corpus_tools.clean.html.layout_kernels import is_space
from corpus_tools.kernels.compile import inlined, kernel, part
from corpus_tools.kernels.lookup import EMPTY_HASH, add_code, address_of, end_hash, find, read_code, table_of
from corpus_tools.kernels.memory import get_item, read8, read32

LABEL, RELATED, COMMENTS, REFERENCES, DISCLAIMER = (1 << place for place in range(5))
"""The line as a whole may be a label, or the heading of related titles, comments, references or a disclaimer."""
DATE, OPENS, SHARE, TEASER, LEAD, CUE, COUNT, READ_TIME, HEAD_WORD = (1 << place for place in range(5, 14))
"""It has no words but those of a date; begins with a cue of a date or a byline; has no words but those of a share bar; begins as a teaser,
with a cue of a date; holds a word of notices; begins as a count of comments; holds a word that begins as minutes do; its first word may open LABEL to DISCLAIMER."""
HEADS = LABEL | RELATED | COMMENTS | REFERENCES | DISCLAIMER
EVERY = (1 << 14) - 1
_FIRST, _ALL = OPENS | TEASER | CUE | COUNT | HEAD_WORD, DATE | SHARE
"""A line with a character that the table does not know may be anything."""
PLACE_BITS = 20
"""Low bits of a word's value: its place among the words that are looked for, and one more. Above them what it is a sign of."""
MOST_HEAD, MOST_LINE, MOST_TIME = 160, 200, 40
"""Characters of the longest line that is looked at as a whole, by its beginning, and for a reading time."""
_LINE_END, _SPACE, _OPENS, _UNDERSCORE, _MIN = 10, 32, 40, 95, 0x6E696D
_LETTER = WORD | DECIMAL


@inlined
def _is_one(code: Any, codes: int, n: int) -> Any:
    found = False
    for place in range(n):
        found |= get_item(codes, place) == code
    return found


@inlined
def _value_of(words: Any, hashed: Any) -> Any:
    """The value of a hash in a lookup, 0 if it is not there."""
    slot = find(words.keys, words.mask, end_hash(hashed))
    return get_item(words.values, slot) if slot >= 0 else np.int64(0)


@inlined
def _is_letter(code: Any, entry: Any) -> Any:
    return entry & _LETTER == WORD and code != _UNDERSCORE


@inlined
def _says_minutes(at: int, stop: int) -> Any:
    return at + 2 < stop and read8(at) | read8(at + 1) << 8 | read8(at + 2) << 16 == _MIN


@part
def _signs_of_runs(at: int, stop: int, characters: int, words: Any, runs: int) -> Any:
    """What the runs of letters inside a word are signs of, of what all of them are, and how many the line has with the ``runs`` before it.

    What is glued to a number ("5th") may be a part of anything.
    """
    bits: Any = 0
    shared: Any = _ALL
    glued = False
    while at < stop:
        code, size = read_code(at)
        entry = read32(characters + 4 * code)
        if not _is_letter(code, entry):
            glued = entry & DECIMAL != 0
            at += size
            continue
        if _says_minutes(at, stop):
            bits |= READ_TIME
        run = EMPTY_HASH
        runs += 1
        while at < stop:
            code, size = read_code(at)
            if not _is_letter(code, read32(characters + 4 * code)):
                break
            run = add_code(run, code)
            at += size
            if runs == 1:
                bits |= (_value_of(words, run) >> PLACE_BITS) & LEAD
        value = _value_of(words, run) >> PLACE_BITS
        bits |= value & (_FIRST if runs == 1 else CUE)
        if not glued:
            shared &= value
    return bits, shared, runs


UNTOLD = np.int64(-1)


@part
def _read_head(at: int, stop: int, characters: int, edges: int, n_edges: int, heads: Any) -> Any:
    """What a line may be as a whole, 0 for one of more than MOST_HEAD characters; UNTOLD where ``cut.label_key`` does more than to strip it."""
    n = 0
    doubled = other = started = False
    head = kept = EMPTY_HASH
    first: Any = 0
    last: Any = 0
    before: Any = 0
    while at < stop:
        code, size = read_code(at)
        entry = read32(characters + 4 * code)
        edge = code in (_SPACE, _UNDERSCORE) or (entry & WORD == 0 and _is_one(code, edges, n_edges))
        if not started and not edge:
            started, first = True, entry
        if started:
            again = code == _SPACE and before == _SPACE
            doubled |= again
            other |= code != _SPACE and is_space(at, read8(at), size)
            if not again:
                head = add_code(head, code)
            if not edge:
                kept, last = head, entry
        before = code
        n += 1
        at += size
    if n > MOST_HEAD or not started:
        return np.int64(0)
    if (first | last) & DIGIT or (doubled and other):
        return UNTOLD
    return _value_of(heads, kept)


@inlined
def _line_end(at: int, end: int) -> Any:
    while at < end and read8(at) != _LINE_END:
        at += 1
    return at


@kernel
def read_lines(text: Any, table: Any, edges: Any, marks: Any, words: Any, heads: Any, seen: Any) -> Any:
    """Numbers (int64) of the lines of ``text`` uint8 that may be something, what each may be (int64), and whether ``seen`` can be believed.

    ``table`` is that of ``block_text.characters``. ``edges`` int64 are the characters that ``cut.label_key`` takes off, ``marks`` int64
    those that are words of notices. ``words`` is a lookup of words, ``heads`` one of whole lines without their edges. ``seen`` bool[words]
    is set for each word that is looked for and stands in the text as a run of letters, digits and underscores; it can not be believed
    where one stands beside a character that ``table`` does not know.
    """
    numbers, signs = np.empty(text.shape[0] // 2 + 1, np.int64), np.empty(text.shape[0] // 2 + 1, np.int64)
    at, end, characters = address_of(text), address_of(text) + text.shape[0], address_of(table)
    of_words, of_heads, of_marks, of_edges = table_of(words), table_of(heads), address_of(marks), address_of(edges)
    line = made = 0
    believed: Any = True
    while at < end:
        start, stop = at, _line_end(at, end)
        bits: Any = 0
        before: Any = 0
        shared: Any = _ALL
        n = runs = 0
        rare = decimal = spaced = counts = False
        while at < stop:
            code, size = read_code(at)
            entry = read32(characters + 4 * code) if code < CODES else np.int64(0)
            if n == 0:
                counts = entry & DECIMAL != 0 or code == _OPENS
            if entry & WORD == 0:
                rare |= code >= CODES
                spaced |= code == _SPACE
                if code != _SPACE and _is_one(code, of_marks, marks.shape[0]):
                    bits |= CUE
                before = code
                n += 1
                at += size
                continue
            begins, word, pure, strange = at, EMPTY_HASH, True, before >= CODES
            while True:
                word = add_code(word, code)
                pure &= _is_letter(code, entry)
                decimal |= entry & DECIMAL != 0
                before = code
                n += 1
                at += size
                if at >= stop:
                    break
                code, size = read_code(at)
                entry = read32(characters + 4 * code) if code < CODES else np.int64(0)
                if entry & WORD == 0:
                    strange |= code >= CODES
                    break
            value = _value_of(of_words, word)
            if pure and runs > 0:
                bits |= (value >> PLACE_BITS) & CUE
                shared &= value >> PLACE_BITS
                if _says_minutes(begins, at):
                    bits |= READ_TIME
                runs += 1
            else:
                found, common, runs = _signs_of_runs(begins, at, characters, of_words, runs)
                bits |= found
                shared &= common
            place = value & ((1 << PLACE_BITS) - 1)
            if place > 0:
                believed &= not strange
                seen[place - 1] = True
        if not rare and stop - start <= 4 * MOST_HEAD:
            head = _read_head(start, stop, characters, of_edges, edges.shape[0], of_heads)
            if head != UNTOLD:
                bits |= head
            elif bits & HEAD_WORD:
                bits |= HEADS
        bits |= shared
        if not spaced and n >= 12:
            bits |= SHARE
        if runs == 0:
            bits &= ~SHARE
        bits &= ~HEAD_WORD
        if not decimal:
            bits &= ~(DATE | LEAD | READ_TIME)
        if not counts:
            bits &= ~COUNT
        if n > MOST_TIME:
            bits &= ~READ_TIME
        if n > MOST_LINE:
            bits &= CUE | LEAD | DATE
        if rare:
            bits = EVERY
        if bits != 0:
            numbers[made], signs[made] = line, bits
            made += 1
        line += 1
        at = stop + 1
    return numbers[:made], signs[:made], believed
