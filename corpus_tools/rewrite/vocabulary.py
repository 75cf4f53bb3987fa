"""What a corpus says of its own words: which stay when a page is rewritten, and which shingles are too frequent to tell.

Counted on a bounded sample of the documents (about ``SAMPLE``, chosen by page_id, so the order of the input is of no
consequence), in tables of fixed size: memory and time do not grow with the corpus. A slot is shared by words or shingles
whose low bits agree; at the sizes here that makes a word in twenty look a little more frequent than it is.

A vocabulary is stored with the run. Pages added later are sketched with the stored one, so that their sketches compare
with the old ones; a fresh run counts again.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from corpus_tools.errors import RunError
from corpus_tools.kernels.tokens import hash_word
from corpus_tools.text import TEXT_VERSION

Array = np.ndarray[Any, np.dtype[Any]]

VERSION = 100 * TEXT_VERSION + 2
"""Changes when words, classes or shingles of the rewrite sketch change."""

SAMPLE = 20_000
WORD_SLOTS, SHINGLE_SLOTS = 1 << 20, 1 << 22

RARE = 0.002
"""A word in at most this share of documents counts as a term that a rewrite keeps."""
FREQUENT, ALWAYS_KEPT = 0.005, 10
"""A shingle in more than this share of documents, and in more than this many, is hot: it tells no pages apart."""

FUNCTION_WORDS = {
    language: tuple(words.split())
    for language, words in tomllib.loads(Path(__file__).with_name("function_words.toml").read_text(encoding="utf-8")).items()
}
"""By language, words that a rewrite leaves in place more often than not."""
STABLE_WORDS = FUNCTION_WORDS["en"]
SPOKEN_IN, SPOKEN = 0.02, 0.6
"""Another language than English counts where this share of the documents holds this share of its function words each."""

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
    ]
)
"""One row: a run's vocabulary."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Document counts of words (uint16[2**20]) and of shingles (uint8[2**22], 255 and up as 255) in ``documents`` documents."""

    documents: int
    words: Array
    shingles: Array

    @cached_property
    def kinds(self) -> Array:
        """uint8[2**20]: 1 for a stable function word of a language of the documents, 2 for a word in at most RARE of the documents, 0 for the rest."""
        return _word_kinds(self.words, self.documents)

    @cached_property
    def hot(self) -> Array:
        """Bitmap uint8[2**19] of shingles in more than FREQUENT of the documents and in more than ALWAYS_KEPT of them."""
        return np.packbits(self.shingles > min(254, max(ALWAYS_KEPT, FREQUENT * self.documents)), bitorder="little")

    @cached_property
    def weights(self) -> Array:
        """Inverse document frequency of each word slot, natural logarithm, float32[2**20]."""
        return np.log((self.documents + 1) / (self.words + 0.5)).clip(0.05).astype(np.float32)

    @cached_property
    def digest(self) -> str:
        """Names the vocabulary: sketches compare only where digests agree."""
        held = b"".join((str(VERSION).encode(), self.words.tobytes(), self.shingles.tobytes()))
        return hashlib.blake2b(held, digest_size=16).hexdigest()

    def to_batch(self) -> pa.RecordBatch:
        """One row of ``VOCABULARY``."""
        row = [[VERSION], [self.documents], [self.words.astype("<u2").tobytes()], [self.shingles.tobytes()]]
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
        words, shingles = np.frombuffer(row["words"], "<u2"), np.frombuffer(row["shingles"], np.uint8)
        return Vocabulary(row["documents"], words.copy(), shingles.copy())


def _word_kinds(words: Array, documents: int) -> Array:
    kinds = np.where(words <= RARE * documents, 2, 0).astype(np.uint8)
    for language in spoken_languages(words, documents):
        kinds[_slots(language)] = 1
    return kinds


def spoken_languages(words: Array, documents: int) -> list[str]:
    """The languages whose function words count, English first; ``words`` are document counts by slot.

    What languages share (a, in, die) shows neither of them, and is left out of what is counted.
    """
    found = ["en"]
    for language, own in FUNCTION_WORDS.items():
        elsewhere = {word for other, held in FUNCTION_WORDS.items() if other != language for word in held}
        slots = [hash_word(word) & (WORD_SLOTS - 1) for word in own if word not in elsewhere]
        if language != "en" and float(np.mean(words[slots] > max(1, SPOKEN_IN * documents))) >= SPOKEN:
            found.append(language)
    return found


def _slots(language: str) -> list[int]:
    return [hash_word(word) & (WORD_SLOTS - 1) for word in FUNCTION_WORDS[language]]


def in_sample(page_ids: list[str], documents: int) -> Array:
    """Which pages are counted, bool[n]: all of up to SAMPLE documents, else about SAMPLE, by a hash of their ids."""
    if documents <= SAMPLE:
        return np.ones(len(page_ids), bool)
    return np.asarray(draw_numbers(page_ids) < SAMPLE / documents)


def draw_numbers(page_ids: list[str]) -> Array:
    """A number in 0..1 from a hash of each id, float64[n]: what samples of documents are drawn by."""
    drawn = [int.from_bytes(hashlib.blake2b(one.encode(), digest_size=6).digest(), "big") for one in page_ids]
    return np.array(drawn, np.float64) / 2.0**48
