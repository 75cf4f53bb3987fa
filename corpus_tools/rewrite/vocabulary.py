"""What a corpus says of its own words: which stay when a page is rewritten, and which shingles are too frequent to tell.

Counted on a bounded sample of the documents (about ``SAMPLE``, chosen by page_id, so the order of the input is of no
consequence), in tables of fixed size: memory and time do not grow with the corpus. A slot is shared by words or shingles
whose low bits agree; at the sizes here that makes a word in twenty look a little more frequent than it is.

A vocabulary is stored with the run. Pages added later are sketched with the stored one, so that their sketches compare
with the old ones; a fresh run counts again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from corpus_tools.errors import RunError
from corpus_tools.kernels.tokens import FUNCTION, KEPT
from corpus_tools.rewrite.languages import LANGUAGES, LEARNED, OTHER
from corpus_tools.text import TEXT_VERSION

Array = np.ndarray[Any, np.dtype[Any]]

VERSION = 100 * TEXT_VERSION + 4
"""Changes when words, classes or shingles of the rewrite sketch change."""

SAMPLE = 20_000
WORD_SLOTS, SHINGLE_SLOTS = 1 << 20, 1 << 22

RARE = 0.002
"""A word in at most this share of documents counts as a term that a rewrite keeps."""
FREQUENT, ALWAYS_KEPT = 0.005, 10
"""A shingle in more than this share of documents, and in more than this many, is hot: it tells no pages apart."""

VOCABULARY = pa.schema(
    [
        pa.field("version", pa.int64(), nullable=False, metadata={"doc": "vocabulary.VERSION that counted it"}),
        pa.field("documents", pa.int64(), nullable=False, metadata={"doc": "documents counted"}),
        pa.field(
            "words", pa.binary(), nullable=False, metadata={"doc": "documents that hold a word, little-endian uint16 by slot"}
        ),
        pa.field(
            "shingles",
            pa.binary(),
            nullable=False,
            metadata={"doc": "documents that hold a shingle, uint8 by slot, 255 and up as 255"},
        ),
        pa.field(
            "homes",
            pa.binary(),
            nullable=False,
            metadata={"doc": "the number of the language that holds a word most, uint8 by slot"},
        ),
        pa.field(
            "hot_at_home", pa.binary(), nullable=False, metadata={"doc": "bitmap of shingles that are frequent in one language"}
        ),
    ]
)
"""One row: a run's vocabulary."""


def _one_home() -> Array:
    return np.zeros(WORD_SLOTS, np.uint8)


def _nowhere() -> Array:
    return np.zeros(SHINGLE_SLOTS // 8, np.uint8)


def hot_at_home(counts: Array, documents: Array) -> Array:
    """Bitmap of shingles in more than FREQUENT of the documents of one language and in more than ALWAYS_KEPT of them.

    ``counts`` uint16[languages + 1, SHINGLE_SLOTS] and ``documents`` int64[languages + 1] are by the language of the page.
    """
    hot = np.zeros(SHINGLE_SLOTS, bool)
    for own, written in zip(counts[:OTHER], documents[:OTHER], strict=True):
        hot |= own > max(ALWAYS_KEPT, FREQUENT * written)
    return np.packbits(hot, bitorder="little")


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Document counts of words (uint16[2**20]) and of shingles (uint8[2**22], 255 and up as 255) in ``documents`` documents.

    Words of a language are counted as if all documents were in it (``languages.as_if_alone``); ``homes`` uint8[2**20] is that
    language's number. ``hot_at_home`` is a bitmap uint8[2**19] of shingles that are frequent in one language.
    """

    documents: int
    words: Array
    shingles: Array
    homes: Array = field(default_factory=_one_home)
    hot_at_home: Array = field(default_factory=_nowhere)

    @cached_property
    def kinds(self) -> Array:
        """uint8[2**20]: 1 for a stable function word of the language that holds it most, 2 for a word in at most RARE of the documents, 0 for the rest."""
        kinds = np.where(self.words <= RARE * self.documents, KEPT, 0).astype(np.uint8)
        for number, language in enumerate(LANGUAGES):
            slots = language.hashes & np.uint32(WORD_SLOTS - 1)
            kinds[slots[self.homes[slots] == number]] = FUNCTION
        kinds[self.homes == LEARNED] = FUNCTION
        return kinds

    @cached_property
    def hot(self) -> Array:
        """Bitmap uint8[2**19] of shingles in more than FREQUENT of the documents, all or those of a language, and in more than ALWAYS_KEPT of them."""
        everywhere = self.shingles > min(254, max(ALWAYS_KEPT, FREQUENT * self.documents))
        return np.packbits(everywhere, bitorder="little") | self.hot_at_home

    @cached_property
    def usage(self) -> Array:
        """``shingles`` less the documents that stand in a slot for other shingles, on average: the same for a small corpus and a large one."""
        beside = np.uint8(round(float(self.shingles.mean())))
        return self.shingles - np.minimum(self.shingles, beside)

    @cached_property
    def weights(self) -> Array:
        """Inverse document frequency of each word slot, natural logarithm, float32[2**20]."""
        return np.log((self.documents + 1) / (self.words + 0.5)).clip(0.05).astype(np.float32)

    @cached_property
    def digest(self) -> str:
        """Names the vocabulary: sketches compare only where digests agree."""
        held = b"".join(
            (str(VERSION).encode(), *(one.tobytes() for one in (self.words, self.shingles, self.homes, self.hot_at_home)))
        )
        return hashlib.blake2b(held, digest_size=16).hexdigest()

    def to_batch(self) -> pa.RecordBatch:
        """One row of ``VOCABULARY``."""
        arrays = (self.words.astype("<u2"), self.shingles, self.homes, self.hot_at_home)
        row = [[VERSION], [self.documents], *([one.tobytes()] for one in arrays)]
        return pa.RecordBatch.from_arrays([pa.array(v, f.type) for v, f in zip(row, VOCABULARY, strict=True)], schema=VOCABULARY)

    @staticmethod
    def from_batch(batch: pa.RecordBatch | pa.Table) -> Vocabulary:
        """The stored vocabulary; RunError when another version of the package counted it."""
        row = batch.to_pylist()[0]
        if row["version"] != VERSION:
            raise RunError(
                f"the run's vocabulary is of version {row['version']}, this package's is {VERSION}", "make the run again"
            )
        # Copies, because kernels are compiled for arrays that may be written to.
        words = np.frombuffer(row["words"], "<u2").copy()
        bytewise = (np.frombuffer(row[name], np.uint8).copy() for name in ("shingles", "homes", "hot_at_home"))
        return Vocabulary(row["documents"], words, *bytewise)


def in_sample(page_ids: list[str], documents: int) -> Array:
    """Which pages are counted, bool[n]: all of up to SAMPLE documents, else about SAMPLE, by a hash of their ids."""
    if documents <= SAMPLE:
        return np.ones(len(page_ids), bool)
    return np.asarray(draw_numbers(page_ids) < SAMPLE / documents)


def draw_numbers(page_ids: list[str]) -> Array:
    """A number in 0..1 from a hash of each id, float64[n]: what samples of documents are drawn by."""
    drawn = [int.from_bytes(hashlib.blake2b(one.encode(), digest_size=6).digest(), "big") for one in page_ids]
    return np.array(drawn, np.float64) / 2.0**48
