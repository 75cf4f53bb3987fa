"""Compiled loops of the spam signs: which words are prose, what pairs they make, what the reference says of each pair."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.memory import record_of
from corpus_tools.spam.pair_kernels import SPREAD, count_pair, slots_for, spot

Array = np.ndarray[Any, np.dtype[Any]]

TORTURED = record_of("""
place  token the pair begins at
first  number of the first word of the established phrase
second of its second word
""")
"""A pair of words and the phrase behind it."""

_STEP = np.uint64(0xD6E8FEB86659FD93)


@inlined
def association(left: Any, right: Any, count: Any, words: Array, total: float) -> Any:
    """Pointwise mutual information in bits; a pair that was not counted is taken as half a one."""
    chance = np.float64(words[left]) * np.float64(words[right]) / total
    return np.log2(max(np.float64(count), 0.5) / max(chance, 1e-9))


@kernel
def mark_prose(ids: Array, firsts: Array, is_function: Array, least: int, share: float) -> Any:
    """Which tokens are words, and which are prose: bool[n] each. ``firsts`` holds the first characters, uint8[n] of ASCII.

    Prose is a word that is no name, in a line of at least ``least`` words of which ``share`` are function words. A name is
    a capitalised word inside a sentence, or at its start before another one.
    """
    n, start = len(ids), 0
    found = np.zeros((2, n), np.bool_)
    is_word, prose = found[0], found[1]
    while start < n:
        end, words, functions = start, 0, 0
        while end < n and (end == start or firsts[end] != 10):  # a line end opens its line
            is_word[end] = 97 <= firsts[end] <= 122 or 65 <= firsts[end] <= 90
            words += is_word[end]
            functions += is_function[ids[end]]
            end += 1
        if words >= least and functions >= share * words:
            for i in range(start, end):
                opens = i == 0 or not is_word[i - 1]
                before_name = i + 1 < n and 65 <= firsts[i + 1] <= 90
                prose[i] = is_word[i] and not (firsts[i] <= 90 and (not opens or before_name))
        start = end
    return found


@kernel
def distinct_pairs(local: Array, ids: Array, prose: Array, pairs: Array, stride: int) -> Any:
    """Distinct pairs of neighbouring prose words in reading order.

    Returns int64[3, pairs]: the place of each, its count in the reference, and whether it comes back on the page.
    """
    n = len(local)
    size = slots_for(n)
    table = np.full(size, -1, np.int64)
    found = np.zeros((3, n), np.int64)
    places, counts, repeated = found[0], found[1], found[2]
    made = 0
    for i in range(n - 1):
        if not (prose[i] and prose[i + 1]):
            continue
        slot = spot(local[i] * n + local[i + 1], size - 1)
        while table[slot] >= 0:
            at = places[table[slot]]
            if local[at] == local[i] and local[at + 1] == local[i + 1]:
                break
            slot = (slot + 1) & (size - 1)
        if table[slot] >= 0:
            repeated[table[slot]] = 1
            continue
        table[slot] = made
        places[made], counts[made] = i, count_pair(ids[i], ids[i + 1], pairs, stride)
        made += 1
    return found[:, :made]


@kernel
def sort_pairs(
    places: Array, counts: Array, repeated: Array, again: Array, ids: Array, bins: Array, words: Array, total: float, shape: Any
) -> Any:
    """The pairs by kind: neither, the second, the first or both of its words a function word; in reading order within a kind.

    Returns int64[2, pairs], each pair's cell and place, and ends int64[5] of the kinds. ``shape`` is (BINS, FUNCTION_BIN, PAIR_EVENTS); a cell
    is (class of the first word, class of the second, event), counted up from the last.
    """
    n_bins, function, n_events = shape
    n = len(places)
    kinds, ends = np.empty(n, np.int64), np.zeros(5, np.int64)
    for i in range(n):
        left, right = bins[ids[places[i]]], bins[ids[places[i] + 1]]
        kinds[i] = (1 if right >= function else 0) + (2 if left >= function else 0)
        ends[kinds[i] + 1] += 1
    for kind in range(4):
        ends[kind + 1] += ends[kind]
    at, found = ends.copy(), np.empty((2, n), np.int64)
    cells, where = found[0], found[1]
    for i in range(n):
        place, kind = places[i], kinds[i]
        left, right = ids[place], ids[place + 1]
        if counts[i] > 0:
            event = min(max(np.int64(association(left, right, counts[i], words, total) / 2 + 2), 1), 6)
        else:
            event = 7 if repeated[i] else 8 if again[place] and again[place + 1] else 0
        cells[at[kind]], where[at[kind]] = (bins[left] * n_bins + bins[right]) * n_events + event, place
        at[kind] += 1
    return found, ends


@kernel
def count_again(local: Array, prose: Array, distinct: int) -> Any:
    """bool[n]: the token comes more than once; and the places, int64, of each prose word where it comes first as prose."""
    often, met = np.zeros(distinct, np.int64), np.zeros(distinct, np.bool_)
    again, firsts, made = np.empty(len(local), np.bool_), np.empty(distinct, np.int64), 0
    for word in local:
        often[word] += 1
    for i in range(len(local)):
        again[i] = often[local[i]] > 1
        if prose[i] and not met[local[i]]:
            met[local[i]] = True
            firsts[made] = i
            made += 1
    return again, firsts[:made]


@kernel
def top_pair(local: Array, content: Array) -> Any:
    """The most frequent pair of neighbouring content words: how often it comes and its first place; the earliest of equals."""
    n = len(local)
    size = slots_for(n)
    table, often = np.full(size, -1, np.int64), np.zeros(size, np.int64)
    most, best = 0, -1
    for i in range(n - 1):
        if not (content[i] and content[i + 1]):
            continue
        slot = spot(local[i] * n + local[i + 1], size - 1)
        while table[slot] >= 0 and (local[table[slot]] != local[i] or local[table[slot] + 1] != local[i + 1]):
            slot = (slot + 1) & (size - 1)
        if table[slot] < 0:
            table[slot] = i
        often[slot] += 1
        if often[slot] > most or (often[slot] == most and table[slot] < best):
            most, best = often[slot], table[slot]
    return most, best


@kernel
def repeated_runs(words: Array, length: int) -> Any:
    """Of runs of ``length`` words: how many came before on the page (by a 64-bit hash), and the number of the first such."""
    n = len(words) - length + 1
    if n <= 0:
        return 0, -1
    size = slots_for(n)
    table, used = np.zeros(size, np.uint64), np.zeros(size, np.bool_)
    repeats, first, key, most = 0, -1, np.uint64(0), np.uint64(1)
    for k in range(length - 1):
        key = key * _STEP + (np.uint64(words[k]) + np.uint64(1)) * SPREAD
        most *= _STEP
    for i in range(n):
        key = key * _STEP + (np.uint64(words[i + length - 1]) + np.uint64(1)) * SPREAD
        slot = spot(key, size - 1)
        while used[slot] and table[slot] != key:
            slot = (slot + 1) & (size - 1)
        if used[slot]:
            repeats += 1
            first = i if first < 0 else first
        used[slot], table[slot] = True, key
        key -= (np.uint64(words[i]) + np.uint64(1)) * SPREAD * most
    return repeats, first


@kernel
def find_determiners(
    kinds: Array, local: Array, ids: Array, prose: Array, is_word: Array, is_function: Array, joint: int, least: int
) -> Any:
    """Prose words of a kind, not after a ``joint``, those of kinds from ``least`` on before another prose word; ``kinds`` int64 are those
    of the numbers in ``local``, 0 for none.

    Returns int64[3, words]: their places and kinds, and whether the word after each is one of the reference that ends its phrase.
    """
    n, made = len(local), 0
    found = np.empty((3, n), np.int64)
    places, of_kind, ends = found[0], found[1], found[2]
    for i in range(n):
        kind = kinds[local[i]]
        if kind == 0 or kind == joint or not prose[i] or (i > 0 and kinds[local[i - 1]] == joint):
            continue
        if kind >= least and not (i + 1 < n and prose[i + 1]):
            continue
        after, second = min(i + 1, n - 1), min(i + 2, n - 1)
        ends[made] = 1 if ids[after] > 0 and (i + 2 >= n or not is_word[second] or is_function[ids[second]]) else 0
        places[made], of_kind[made] = i, kind
        made += 1
    return found[:, :made]


@kernel
def tortured_pairs(places: Array, counts: Array, repeated: Array, ids: Array, reference: Any, least: Any) -> Any:
    """Pairs of content words behind which, with known replacements undone, stands an established phrase.

    ``reference`` is (pairs, word counts, total, is_function, starts, originals); ``least`` the association the phrase must have, the
    bits it must gain, and how often it must have been counted. Returns TORTURED[found].
    """
    pairs, words, total, is_function, starts, originals = reference
    bits, gain, often = least
    found, made = np.empty(len(places), TORTURED), 0
    for i in range(len(places)):
        a, b = ids[places[i]], ids[places[i] + 1]
        if repeated[i] or is_function[a] or is_function[b]:
            continue
        held = association(a, b, counts[i], words, total) if counts[i] > 0 else 0.0
        if held >= bits - gain:
            continue
        best, first, second = -np.inf, np.int64(0), np.int64(0)
        for x in range(starts[a] - 1, starts[a + 1]):  # one before the first original stands for the word itself
            for y in range(starts[b] - 1, starts[b + 1]):
                left = a if x < starts[a] else originals[x]
                right = b if y < starts[b] else originals[y]
                count = count_pair(left, right, pairs, len(words))
                if count >= often and (x >= starts[a] or y >= starts[b]):
                    strength = association(left, right, count, words, total)
                    if strength > best:
                        best, first, second = strength, left, right
        if best >= max(bits, held + gain):
            found[made].place = places[i]
            found[made].first = first
            found[made].second = second
            made += 1
    return found[:made]
