"""Compiled comparison of two sentences, word beside word; MAX_WORDS squared bounds its time."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.tokens import DIGIT, FUNCTION, KEPT, ROLL, bigram, mix32
from corpus_tools.rewrite.alignment.feature_kernels import SLOT_MASK
from corpus_tools.rewrite.alignment.layout import MAX_WORDS, STEP
from corpus_tools.rewrite.alignment.strip_kernels import FROM_LEFT, FROM_RIGHT, FROM_SWAP, align_words, move_at, strip_room
from corpus_tools.rewrite.original_kernels import MIN_DOCUMENTS

Array = np.ndarray[Any, np.dtype[Any]]

MIN_LIKENESS = 0.4
"""Of a match: share of the sentences' words that stand beside the same word."""
MIN_CONTENT, CONTENT_WORDS = 0.25, 3
"""Or, instead of MIN_LIKENESS: share of the content words that do, and how many must."""

IDENTICAL, REWRITTEN = 1, 2
"""What became of a sentence: nothing, or common words swapped in place."""

TALLY = np.dtype(
    [
        # of all words of matched sentences: how many, and what stands beside them
        ("words", np.int64),
        ("same", np.int64),
        ("swapped", np.int64),
        ("gaps", np.int64),
        # of function words and of immutable terms
        ("functions", np.int64),
        ("functions_agreeing", np.int64),
        ("terms", np.int64),
        ("terms_agreeing", np.int64),
        ("terms_conflicting", np.int64),
        ("numbers_conflicting", np.int64),
        # of swaps: of two common words, those of them that are distinct, with a term in them, of two content words
        ("common_swaps", np.int64),
        ("distinct_swaps", np.int64),
        ("term_swaps", np.int64),
        ("content_swaps", np.int64),
        # how much rarer the left words of content swaps are, with and without sign; how many more of them make odd phrases
        ("tilt", np.float64),
        ("unsigned_tilt", np.float64),
        ("odd_tilt", np.int64),
        # weight of the words that agree, and of the commoner word of content swaps
        ("weight_agreeing", np.float64),
        ("weight_swapped", np.float64),
        # of matched sentences: weight by page, words by page, and sums weighed by both pages' weight
        ("left_weight", np.float64),
        ("right_weight", np.float64),
        ("left_words", np.int64),
        ("right_words", np.int64),
        ("cosine", np.float64),
        ("length_ratio", np.float64),
        ("identical", np.float64),
        ("left_rewritten", np.float64),
        ("right_rewritten", np.float64),
        ("sentences", np.int64),
    ],
    align=True,
)
"""What a pair's matched sentences add up to."""


@kernel
def sentence_span(page: int, sentence: int, pages: Any) -> tuple[int, int]:
    """Place of a sentence's first word and number of its words."""
    at = pages.first_sentence[page] + sentence
    start = pages.starts[at]
    end = pages.starts[at + 1] if at + 1 < pages.first_sentence[page + 1] else pages.first_word[page + 1]
    return start, end - start


@kernel
def sentence_likeness(pages: Any, a: int, i: int, b: int, j: int, moves: Array, rows: Array) -> float:
    """How much of both sentences stands beside the same word or stem: share of all words and share of content words.

    Their sum, 0..2; 0 where neither reaches what a match needs: MIN_LIKENESS of all words, or MIN_CONTENT of the content
    words and CONTENT_WORDS of them. (A list has few function words to agree in.)
    """
    start_a, n = sentence_span(a, i, pages)
    start_b, m = sentence_span(b, j, pages)
    n, m = min(n, MAX_WORDS), min(m, MAX_WORDS)
    if 3 * min(n, m) < max(n, m):
        return 0.0
    same, held = align_words(pages.words, pages.stems, pages.classes, start_a, n, start_b, m, moves, rows)
    content = 0
    for x in range(n):
        content += pages.classes[start_a + x] != FUNCTION
    for y in range(m):
        content += pages.classes[start_b + y] != FUNCTION
    all_words, content_words = 2.0 * same / (n + m), 2.0 * held / max(1, content)
    enough = all_words >= MIN_LIKENESS or (content_words >= MIN_CONTENT and held >= CONTENT_WORDS)
    return float(all_words + content_words) if enough else 0.0


@inlined
def _agree(pages: Any, i: Any, j: Any) -> Any:
    """Whether two words are the same, or of one stem."""
    return pages.words[i] == pages.words[j] or pages.stems[i] == pages.stems[j]


@kernel
def tally_words(
    pages: Any, lexicon: Any, a: int, n: int, b: int, m: int, moves: Array, rows: Array, tally: Any, swaps: Array
) -> int:
    """Align two sentences word by word and add to tally, a record of TALLY; returns IDENTICAL, REWRITTEN or 0.

    ``swaps`` is the set of the pair's distinct swaps so far, as ``_is_new`` keeps it.
    """
    words, stems, classes, flags, weights = pages.words, pages.stems, pages.classes, pages.flags, lexicon.word_weights
    align_words(words, stems, classes, a, n, b, m, moves, rows)
    i, j = n, m
    equal = gaps = common = functions = agreeing = 0
    tally.words += n + m
    while i > 0 or j > 0:
        move = move_at(moves, i, j)
        i -= move != FROM_RIGHT
        j -= move != FROM_LEFT
        if move != FROM_SWAP:
            kind = classes[a + i] if move == FROM_LEFT else classes[b + j]
            gaps += 1
            functions += kind == FUNCTION
            tally.terms += kind == KEPT
            continue
        left, right = a + i, b + j
        one, two = classes[left], classes[right]
        same = _agree(pages, left, right)
        equal += words[left] == words[right]
        if one == 0 and two == 0 and stems[left] != stems[right]:
            common += 1
            tally.distinct_swaps += _is_new(swaps, tally.distinct_swaps, mix32(words[left] * ROLL ^ words[right]))
        functions += (one == FUNCTION) + (two == FUNCTION)
        tally.terms += (one == KEPT) + (two == KEPT)
        if same:
            tally.same += 2
            agreeing += (one == FUNCTION) + (two == FUNCTION)
            tally.terms_agreeing += (one == KEPT) + (two == KEPT)
            tally.weight_agreeing += np.float64(weights[words[left] & SLOT_MASK])
            continue
        tally.swapped += 2
        tally.term_swaps += one == KEPT or two == KEPT
        if one != FUNCTION and two != FUNCTION:
            tilt = np.float64(weights[words[left] & SLOT_MASK]) - np.float64(weights[words[right] & SLOT_MASK])
            tally.tilt += tilt
            tally.weight_swapped += min(np.float64(weights[words[left] & SLOT_MASK]), np.float64(weights[words[right] & SLOT_MASK]))
            tally.unsigned_tilt += abs(tilt)
            mine, yours = _is_odd(words, lexicon.phrases, a, n, left), _is_odd(words, lexicon.phrases, b, m, right)
            tally.odd_tilt += mine - yours
            tally.content_swaps += 1
        if one == KEPT and two == KEPT:
            tally.terms_conflicting += 2
            tally.numbers_conflicting += 2 if flags[left] & flags[right] & DIGIT else 0
    tally.gaps += gaps
    tally.functions += functions
    tally.functions_agreeing += agreeing
    tally.common_swaps += common
    if equal == n and n == m:
        return IDENTICAL
    return REWRITTEN if common and 4 * gaps <= n + m and 10 * agreeing >= 7 * functions else 0


@inlined
def _is_odd(words: Array, phrases: Array, first: int, n: int, at: int) -> Any:
    """Whether few documents (fewer than MIN_DOCUMENTS) hold a word and its neighbour in the sentence; 1 or 0."""
    mask = np.uint32(len(phrases) - 1)
    odd = at > first and phrases[bigram(words[at - 1], words[at]) & mask] < MIN_DOCUMENTS
    return np.int64(odd or (at + 1 < first + n and phrases[bigram(words[at], words[at + 1]) & mask] < MIN_DOCUMENTS))


@inlined
def _is_new(swaps: Array, held: int, value: Any) -> Any:
    """Put a swap's hash in an open-addressing set that is never more than half full; whether it was not there."""
    mask = len(swaps) - 1
    slot = np.int64(value) & mask
    while swaps[slot] and swaps[slot] != value:
        slot = (slot + 1) & mask
    fresh = swaps[slot] != value and 2 * held < mask
    if fresh:
        swaps[slot] = value
    return fresh


@kernel
def trace_words(pages: Any, a: int, n: int, b: int, m: int) -> Array:
    """The best alignment of words[a:a+n] and words[b:b+m], the first MAX_WORDS of each: STEP[steps]."""
    steps = np.empty(2 * MAX_WORDS, STEP)
    moves, rows = strip_room(MAX_WORDS)
    made = trace_back(pages, a, min(n, MAX_WORDS), b, min(m, MAX_WORDS), moves, rows, steps)
    return steps[:made][::-1].copy()


@kernel
def trace_back(pages: Any, a: int, n: int, b: int, m: int, moves: Array, rows: Array, steps: Array) -> int:
    """Write the best alignment of words[a:a+n] and words[b:b+m] to STEP[steps], the last step first; returns how many steps."""
    align_words(pages.words, pages.stems, pages.classes, a, n, b, m, moves, rows)
    made, i, j = 0, n, m
    while i > 0 or j > 0:
        move = move_at(moves, i, j)
        i -= move != FROM_RIGHT
        j -= move != FROM_LEFT
        steps[made].left, steps[made].right = (-1 if move == FROM_RIGHT else a + i), (-1 if move == FROM_LEFT else b + j)
        made += 1
    return made
