"""Signatures are datasketch's, bit for bit, and know how they were made."""

from __future__ import annotations

import datasketch
import naive
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools import text
from corpus_tools.errors import MixedSignaturesError, PlanError
from corpus_tools.fingerprint.minhash import from_datasketch, permutations, signature_metadata, to_datasketch
from corpus_tools.fingerprint.sketch import fingerprint_batch, fingerprint_documents
from corpus_tools.plan import FingerprintPlan
from corpus_tools.tables import SIGNATURES

SCHEMES = {"affine32": 32, "affine64": 64}
PAGES = [
    "",
    "sleep",
    "Obstructive sleep apnea is common.",
    "the same words " * 40,
    "Ménière’s disease 0.5 mg 中文",
    "x y z w v u " * 9,
]


def _documents(pages: list[str]) -> pa.Table:
    return pa.table({"page_id": [f"{i:032x}" for i in range(len(pages))], "text": pa.array(pages, pa.large_string())})


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("values", "seed", "ngram"), [(128, 1, 5), (64, 42, 2), (17, 2**32 - 1, 1)])
def test_signatures_are_those_of_datasketch(scheme: str, values: int, seed: int, ngram: int) -> None:
    plan = FingerprintPlan(scheme=scheme, num_perm=values, seed=seed, ngram=ngram)
    found = fingerprint_documents(_documents(PAGES), plan).column("signature").to_pylist()
    for page, signature in zip(PAGES, found, strict=True):
        theirs = datasketch.MinHash(values, seed=seed, scheme=scheme, hashfunc=lambda value: value)
        theirs.update_batch(text.shingle_hashes(page, ngram, SCHEMES[scheme]))
        assert from_datasketch(theirs) == signature
        ours = to_datasketch(signature, plan)
        assert ours == theirs
        assert ours.jaccard(theirs) == 1.0
        ours.update(12345) if page == "never" else ours.merge(theirs)


@settings(max_examples=examples(30))
@given(st.text(max_size=80), st.sampled_from(sorted(SCHEMES)))
def test_agrees_with_the_naive_twin(page: str, scheme: str) -> None:
    plan = FingerprintPlan(scheme=scheme, num_perm=16, ngram=2)
    a, b = permutations(scheme, 16, plan.seed)
    found = fingerprint_documents(_documents([page]), plan)
    expected = naive.minhash(page, 2, a.tolist(), b.tolist(), SCHEMES[scheme])
    assert np.frombuffer(found["signature"][0].as_py(), a.dtype).tolist() == expected
    assert found["n_shingles"][0].as_py() == len(set(text.shingle_hashes(page, 2, SCHEMES[scheme])))


def test_columns_are_filled_in_or_carried() -> None:
    documents = _documents(PAGES)
    bare = fingerprint_documents(documents)
    assert bare.schema.equals(SIGNATURES)
    assert bare["content_hash"].to_pylist() == [text.content_hash(page) for page in PAGES]
    assert bare["n_words"].to_pylist() == [text.count_words(page) for page in PAGES]
    given_columns = documents.append_column("content_hash", pa.array(["h"] * len(PAGES))).append_column(
        "n_words", pa.array([7] * len(PAGES))
    )
    carried = fingerprint_documents(given_columns)
    assert set(carried["content_hash"].to_pylist()) == {"h"}
    assert set(carried["n_words"].to_pylist()) == {7}
    assert carried["signature"].equals(bare["signature"])


def test_every_kind_of_frame_gives_the_same_rows() -> None:
    documents = _documents(PAGES)
    expected = fingerprint_documents(documents)
    reader = pa.RecordBatchReader.from_batches(documents.schema, documents.to_batches(2))
    assert fingerprint_documents(reader).read_all().combine_chunks() == expected.combine_chunks()
    frame = pl.DataFrame(pl.from_arrow(documents))
    assert fingerprint_documents(frame).equals(pl.DataFrame(expected))
    lazy = fingerprint_documents(frame.lazy())
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect().equals(pl.DataFrame(expected))
    assert lazy.collect_schema() == lazy.collect().schema


@pytest.mark.parametrize("workers", [1, 3])
def test_batches_and_threads_change_nothing(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = fingerprint_documents(_documents(PAGES * 20))
    monkeypatch.setattr("corpus_tools.fingerprint.sketch.BATCH_ROWS", 7)
    assert fingerprint_documents(_documents(PAGES * 20), workers=workers).combine_chunks() == expected.combine_chunks()


def test_order_of_documents_only_orders_the_rows() -> None:
    forward, backward = (fingerprint_documents(_documents(pages))["signature"].to_pylist() for pages in (PAGES, PAGES[::-1]))
    assert forward == backward[::-1]


def test_no_documents() -> None:
    assert fingerprint_documents(_documents([])).num_rows == 0
    assert fingerprint_batch(_documents(["a"]).to_batches()[0].slice(1)).num_rows == 0


def test_a_missing_column_is_named() -> None:
    with pytest.raises(PlanError, match="'text'"):
        fingerprint_documents(_documents(PAGES).rename_columns(["page_id", "body"]))


def test_signatures_say_how_they_were_made() -> None:
    made = fingerprint_documents(_documents(PAGES)).schema.metadata
    told = {key.decode(): value.decode() for key, value in made.items()}
    assert told == signature_metadata(FingerprintPlan())
    for other in (
        FingerprintPlan(seed=2),
        FingerprintPlan(ngram=4),
        FingerprintPlan(num_perm=64),
        FingerprintPlan(scheme="affine64"),
    ):
        assert told != signature_metadata(other)


def test_datasketch_values_of_another_make_are_refused() -> None:
    with pytest.raises(MixedSignaturesError, match="legacy"):
        from_datasketch(datasketch.MinHash(16, scheme="legacy"))
    with pytest.raises(MixedSignaturesError, match="12 bytes"):
        to_datasketch(bytes(12), FingerprintPlan())


def test_estimates_are_unbiased() -> None:
    """Two texts that share half of their words: the mean estimate over seeds is their similarity."""
    left, right = (" ".join(f"w{i}" for i in range(start, start + 200)) for start in (0, 100))
    documents = _documents([left, right])
    estimates = []
    for seed in range(40):
        plan = FingerprintPlan(ngram=1, seed=seed)
        one, other = (np.frombuffer(raw, np.uint32) for raw in fingerprint_documents(documents, plan)["signature"].to_pylist())
        estimates.append(float((one == other).mean()))
    assert abs(np.mean(estimates) - 1 / 3) < 4 * np.sqrt(2 / 9 / 128 / 40)
