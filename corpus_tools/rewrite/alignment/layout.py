"""What alignment kernels are given and fill: what is known of words, pages in flat arrays, and room for one pair of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from corpus_tools.rewrite.alignment.strip_kernels import strip_room

Array = np.ndarray[Any, np.dtype[Any]]

MAX_SENTENCES, MAX_ENTITIES = 512, 12
"""Bounds: sentences of a page that are aligned, entities of a page that are compared."""
MAX_WORDS = 64
"""Bound: words of a sentence that are compared."""
MAX_CHOICES = 4
"""Bound: sentences that one is compared with."""
SLOTS = 1 << 20
"""Features are counted and weighed by the low bits of their hashes; so many are told apart."""
MAX_SWAPS = 1024
"""Room for the distinct swaps of a pair, twice what is counted."""
BIGRAMS, SKELETONS = 0, 1
"""Kinds of features of a page as a whole: word 2-grams, skeleton 4-grams."""

ENTITY = np.dtype([("word", np.uint32), ("weight", np.float64)], align=True)
"""A term that names what a page is about, and its weight; weight 0 for none."""
CHOICE = np.dtype([("left", np.int64), ("right", np.int64), ("cosine", np.float64)], align=True)
"""Sentences of two pages that may stand for each other."""
PART = np.dtype([("weight", np.float64), ("content", np.float64)], align=True)
"""Two matched sentences: their weight, and their content words (of both, halved)."""
SHARES = np.dtype([("stems", np.float64), ("terms", np.float64), ("numbers", np.float64)], align=True)
"""Of a page's stems, by weight, and of its terms and numbers: how many, or how many that stand on another page."""
FOUND = np.dtype([("at", np.int32), ("kind", np.int32)], align=True)
"""Where a word's stem stands among the features of its page, or the word as a term or as a number."""
STEP = np.dtype([("left", np.int64), ("right", np.int64)], align=True)
"""Words side by side, as places in ``Pages.words``; -1 for a gap."""


class Lexicon(NamedTuple):
    """What is known of words and features, by the low bits of their hashes."""

    kinds: Array
    """uint8: 1 stable function word, 2 rare word, 0 the rest."""
    word_weights: Array
    """float32: inverse document frequency of words."""
    weights: Array
    """float32: inverse document frequency of features."""
    phrases: Array
    """uint8: documents that hold a word 2-gram, 255 and up as 255."""


class Pages(NamedTuple):
    """Pages one behind the other: those of page p begin at ``first_word[p]`` ... and end where those of p + 1 begin."""

    words: Array
    classes: Array
    flags: Array
    stems: Array
    feats: Array
    sents: Array
    """int32: sentence of the page a feature is of, or below 0 and -1 - its kind for a feature of the page as a whole."""
    starts: Array
    """int64: place of a sentence's first word."""
    norms: Array
    """float32: length of a sentence's feature vector."""
    masses: Array
    """float32: sum of the weights of a sentence's words."""
    entities: Array
    """ENTITY[pages, MAX_ENTITIES], heaviest first."""
    totals: Array
    """float64[pages, 2]: weight of a page's features as a whole, by kind."""
    first_word: Array
    """int64[pages + 1], as are the next two."""
    first_feature: Array
    first_sentence: Array


def make_pages(count: int, words: int) -> Pages:
    """Room for ``count`` pages of ``words`` words in all."""
    features = 6 * words + 6
    return Pages(
        words=np.empty(words, np.uint32),
        classes=np.empty(words, np.uint8),
        flags=np.empty(words, np.uint8),
        stems=np.empty(words, np.uint32),
        feats=np.empty(features, np.uint32),
        sents=np.empty(features, np.int32),
        starts=np.empty(words, np.int64),
        norms=np.empty(words, np.float32),
        masses=np.empty(words, np.float32),
        entities=np.zeros((count, MAX_ENTITIES), ENTITY),
        totals=np.zeros((count, 2)),
        first_word=np.zeros(count + 1, np.int64),
        first_feature=np.zeros(count + 1, np.int64),
        first_sentence=np.zeros(count + 1, np.int64),
    )


class FeatureIndex(NamedTuple):
    """A page's features by hash, in an open-addressing table: chains of their places."""

    keys: Array
    """uint32[power of two], the features."""
    heads: Array
    """int32, the first place of each in the page; -1 for a free slot."""
    chain: Array
    """int32 by place in the page: the next place of the same feature, -1 for none."""
    hit: Array
    """int32 by place in the page: the last pair in which the feature was met."""
    worths: Array
    """float32 by place in the page: the weight of the feature, here because the table of all weights is far from the processor."""


class PairRoom(NamedTuple):
    """Scratch for the alignment of a pair of pages."""

    dots: Array
    """float64[MAX_SENTENCES**2]: products of the sentences' features."""
    moves: Array
    """uint8 and, next, int32, as ``strip_room`` makes them: the best alignment of two sentences, and scratch."""
    rows: Array
    choices: Array
    """CHOICE[MAX_SENTENCES * MAX_CHOICES]."""
    unlikeness: Array
    """float64 by choice: what choices are sorted by."""
    order: Array
    spare: Array
    """int64 by choice: scratch of the sort."""
    taken: Array
    """bool[MAX_SENTENCES]: sentences of the right page that have a partner."""
    nearest: Array
    """CHOICE[MAX_CHOICES], of one sentence."""
    near: Array
    """int64[MAX_SENTENCES]: sentences that may be among the nearest to one."""
    partner: Array
    """int64[MAX_SENTENCES]: the sentence that stands for each of the left page, -1 for none."""
    cosines: Array
    """float64[MAX_SENTENCES], of the matches; then scratch."""
    columns: Array
    """float64[MAX_SENTENCES]: scratch."""
    left_shared: Array
    right_shared: Array
    """float64[2] by kind: weight of a page's features as a whole that stand in the other page."""


def make_feature_index(pages: Pages) -> FeatureIndex:
    """A ``FeatureIndex`` with room for the page of most features."""
    most = int(np.diff(pages.first_feature).max(initial=64))
    slots = 1 << (2 * most - 1).bit_length()
    return FeatureIndex(
        np.empty(slots, np.uint32),
        np.empty(slots, np.int32),
        np.empty(most, np.int32),
        np.full(most, -1, np.int32),
        np.empty(most, np.float32),
    )


def make_pair_room() -> PairRoom:
    """A ``PairRoom``."""
    choices, (moves, rows) = MAX_SENTENCES * MAX_CHOICES, strip_room(MAX_WORDS)
    return PairRoom(
        dots=np.zeros(MAX_SENTENCES * MAX_SENTENCES),
        moves=moves,
        rows=rows,
        choices=np.empty(choices, CHOICE),
        unlikeness=np.empty(choices),
        order=np.empty(choices, np.int64),
        spare=np.empty(choices, np.int64),
        taken=np.empty(MAX_SENTENCES, np.bool_),
        nearest=np.empty(MAX_CHOICES, CHOICE),
        near=np.empty(MAX_SENTENCES, np.int64),
        partner=np.empty(MAX_SENTENCES, np.int64),
        cosines=np.empty(MAX_SENTENCES),
        columns=np.empty(MAX_SENTENCES),
        left_shared=np.empty(2),
        right_shared=np.empty(2),
    )
