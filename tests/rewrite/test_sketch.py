"""The rewrite sketch: what it keeps of a text, what survives a rewrite, and that a sketch depends on nothing else."""

from __future__ import annotations

import random
from zlib import crc32

import naive
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.errors import PlanError, RunError
from corpus_tools.kernels.tokens import hash_word
from corpus_tools.plan import RewritePlan
from corpus_tools.rewrite import vocabulary as vocabulary_module
from corpus_tools.rewrite.languages import LANGUAGES
from corpus_tools.rewrite.sketch import FAMILIES, count_vocabulary, sketch_batch
from corpus_tools.rewrite.vocabulary import SHINGLE_SLOTS, WORD_SLOTS, Vocabulary
from corpus_tools.tables import REWRITE_SIGNATURES

PLAN = RewritePlan(bins=16, min_chars=0)
EMPTY = 2**32 - 1
NOTHING = Vocabulary(1000, np.full(WORD_SLOTS, 500, np.uint16), np.zeros(SHINGLE_SLOTS, np.uint8))
"""A vocabulary in which no word is rare and no shingle hot."""


def batch(texts: list[str]) -> pa.RecordBatch:
    ids = pa.array([f"{crc32(text.encode()):08x}{i}" for i, text in enumerate(texts)])
    return pa.RecordBatch.from_arrays([ids, pa.array(texts, pa.large_string())], names=["page_id", "text"])


def values(texts: list[str], plan: RewritePlan = PLAN, vocabulary: Vocabulary = NOTHING) -> np.ndarray:
    raw = sketch_batch(batch(texts), plan, vocabulary).column("rewrite_signature").to_pylist()
    return np.frombuffer(b"".join(raw), "<u4").reshape(len(texts), -1)


def mix(value: int) -> int:
    return naive.finalizer(value, 32)


def shingle_hash(family: int, parts: tuple[str, ...]) -> int:
    """A shingle's hash by its definition, in Python integers."""
    marks = {"<s>": 0x9E3779B9, "*": 0x85EBCA6B}
    codes = [marks.get(part, hash_word(part)) for part in parts]
    if family == 0:
        value = codes[0]
        for code in codes[1:]:
            value = (value * 0x01000193 & EMPTY) ^ code
        return mix(value)
    return mix((codes[0] * 0x01000193 & EMPTY) ^ codes[1] ^ (0xCC9E2D51 if family == 1 else 0xE6546B64))


@given(
    st.lists(
        st.sampled_from(["the", "of", "Pain", "pain", "80", "mg", "DNA", "is.", "it!", "\n", "in", "Aspirin", "e.g."]), max_size=40
    )
)
def test_a_sketch_is_the_least_shingle_of_each_bin(parts: list[str]) -> None:
    document = " ".join(parts)
    wanted = np.full(FAMILIES * PLAN.bins, EMPTY, np.uint32)
    for family, shingles in enumerate(naive.rewrite_shingles(document, frozenset(LANGUAGES[0].function_words), frozenset())):
        for shingle in shingles:
            value = shingle_hash(family, shingle)
            place = family * PLAN.bins + (value >> 28)
            wanted[place] = min(wanted[place], value)
    assert values([document])[0].tolist() == wanted.tolist()


def test_what_survives_a_rewrite_stays_in_the_sketch() -> None:
    page = "The disease is treated with 80 mg of Aspirin in the morning. It was found by Koch in 1882 at the clinic."
    spun = "The malady is handled with 80 mg of Aspirin in the dawn. It was discovered by Koch in 1882 at the hospital."
    other = "Walking helps most people. Good shoes matter more than speed, and rest days are useful."
    wide = RewritePlan(bins=1024, min_chars=0)
    sketches = values([page, spun, other], wide)
    shared = (sketches[0] == sketches[1]) & (sketches[0] != EMPTY)
    for family in range(FAMILIES):
        assert shared[family * 1024 : (family + 1) * 1024].any()
    assert not ((sketches[0] == sketches[2]) & (sketches[0] != EMPTY)).any()


def test_hot_shingles_leave_their_bin_to_the_next() -> None:
    document = "Aspirin helps the heart. Aspirin thins the blood of most patients in hospital."
    plain = values([document])[0]
    shingles = np.zeros(SHINGLE_SLOTS, np.uint8)
    shingles[plain[plain != EMPTY] & (SHINGLE_SLOTS - 1)] = 255
    cut = values([document], PLAN, Vocabulary(1000, NOTHING.words, shingles))[0]
    held = plain != EMPTY
    assert (cut[held] > plain[held]).all()


def test_short_pages_are_left_empty() -> None:
    short, enough = values(["Ärzte " * 9 + "Koch", "Ärzte " * 9 + "Koch."], RewritePlan(bins=16, min_chars=59))
    assert (short == EMPTY).all()
    assert (enough != EMPTY).any()


def test_the_vocabulary_counts_documents_whatever_their_order() -> None:
    texts = [f"common words and rare{i} in page {i % 7}" for i in range(300)]
    rows = batch(texts)
    turned = rows.take(pa.array(random.Random(1).sample(range(300), 300)))
    one = count_vocabulary(lambda: [rows], 300)
    two = count_vocabulary(lambda: [turned.slice(0, 100), turned.slice(100)], 300)
    assert one.digest == two.digest
    assert one.words[hash_word("common") & (WORD_SLOTS - 1)] >= 300
    assert one.documents == 300
    assert one.kinds[hash_word("of") & (WORD_SLOTS - 1)] == 1


def test_a_large_corpus_is_sampled_and_the_sample_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary_module, "SAMPLE", 200)
    rows = batch([f"page number {i} of many" for i in range(2000)])
    found = count_vocabulary(lambda: [rows], 2000)
    assert 120 < found.documents < 280


def test_a_stored_vocabulary_gives_the_same_sketches() -> None:
    rows = batch([f"The patient number {i} was seen by Dr Jones in Ward {i % 9} on day {i}." for i in range(50)])
    counted = count_vocabulary(lambda: [rows], 50)
    again = Vocabulary.from_batch(counted.to_batch())
    assert again.digest == counted.digest
    assert sketch_batch(rows, PLAN, again).equals(sketch_batch(rows, PLAN, counted))
    assert sketch_batch(rows, PLAN, counted).schema.equals(REWRITE_SIGNATURES)


def test_a_vocabulary_of_another_version_is_refused() -> None:
    stored = NOTHING.to_batch().set_column(0, "version", pa.array([1], pa.int64()))
    with pytest.raises(RunError, match="version 1"):
        Vocabulary.from_batch(stored)


@pytest.mark.parametrize("texts", [[], [""], ["\n\n .!"], ["word"], ["a" * 10_000], ["Ü. " * 3000], ["1 " * 5000]])
def test_odd_texts_are_sketched(texts: list[str]) -> None:
    assert values(texts).shape == (len(texts), FAMILIES * PLAN.bins) if texts else True


def test_a_missing_column_and_odd_bins_are_named() -> None:
    with pytest.raises(PlanError, match="'text'"):
        sketch_batch(batch(["x"]).select(["page_id"]), PLAN, NOTHING)
    with pytest.raises(PlanError, match="100"):
        RewritePlan(bins=100)
