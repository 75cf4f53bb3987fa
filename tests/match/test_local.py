"""The match stage: every stored pair is right, the table depends on nothing but the pages, and grows to what one run makes."""

from __future__ import annotations

import random
from typing import Any

import naive
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.errors import MixedSignaturesError, RunError
from corpus_tools.fingerprint.sketch import fingerprint_documents
from corpus_tools.group.local import cluster_edges
from corpus_tools.match import local as match
from corpus_tools.match import word_store as store
from corpus_tools.match.local import match_edges, match_signatures
from corpus_tools.match.verify import score_texts
from corpus_tools.plan import FingerprintPlan, Plan
from corpus_tools.tables import EDGES

WORDS = [f"w{number}" for number in range(400)]


def page(seed: int, length: int = 80) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def edited(words: list[str], seed: int, share: float) -> list[str]:
    chance = random.Random(seed)
    return [chance.choice(WORDS) if chance.random() < share else word for word in words]


def corpus(count: int = 60) -> pl.DataFrame:
    """Pages, edited copies, exact copies in other capitals, a page inside another, an empty one, in mixed order of ids."""
    rows = []
    for number in range(count):
        base = page(number % (count // 4))
        text = " ".join(edited(base, number, (0.0, 0.02, 0.08, 0.2)[number % 4]))
        rows.append(text.upper() if number % 8 == 4 else text)
    rows += ["", " ".join([*page(0), *page(1000, 300)])]
    ids = [f"{random.Random(number).getrandbits(32):08x}" for number in range(len(rows))]
    return pl.DataFrame({"page_id": ids, "text": rows})


def table(documents: pl.DataFrame, known: tuple[pl.DataFrame, pl.DataFrame] | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Edges and signatures of the documents."""
    signatures = fingerprint_documents(documents)
    before = None if known is None else (known[0].lazy(), known[1].lazy())
    batches = list(match_edges(signatures.lazy(), documents.lazy(), Plan(), known=before))
    return pl.DataFrame(pl.from_arrow(pa.Table.from_batches(batches, EDGES))), signatures


def test_every_pair_over_the_floor_is_there_with_its_true_measures() -> None:
    documents = corpus()
    edges, _ = table(documents)
    texts = dict(documents.iter_rows())
    stored = {(row["left"], row["right"]): row for row in edges.to_dicts()}
    for (left, right), row in stored.items():
        assert left < right
        measures = (row["jaccard"], row["containment_left"], row["containment_right"])
        assert measures == pytest.approx(naive.overlap(texts[left], texts[right], 5))
        assert row["score"] >= 0.35 or row["kind"] == "contained"
    ids = sorted(texts)
    groups = cluster_edges(edges.filter(pl.col("kind") == "exact"), documents.with_columns(n_words=0))
    anchor = dict(groups.select("page_id", "cluster_id").iter_rows())
    alike = [
        (left, right)
        for at, left in enumerate(ids)
        for right in ids[at + 1 :]
        if anchor[left] == left and anchor[right] == right and naive.overlap(texts[left], texts[right], 5)[0] >= 0.5
    ]
    missing = [pair for pair in alike if pair not in stored and _belongs(score_texts(texts[pair[0]], texts[pair[1]], Plan()))]
    # What is left out shares a passage that many of the made pages hold.
    assert len(missing) <= 0.1 * len(alike)


def _belongs(measures: dict[str, Any]) -> bool:
    return measures["score"] >= 0.35 and not measures["subject_conflict"]


def test_the_table_is_sorted_and_the_same_in_any_order_and_block_size(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = corpus()
    edges, _ = table(documents)
    monkeypatch.setattr(match, "BLOCK", 7)
    monkeypatch.setattr(store, "BATCH", 3)
    again, _ = table(documents.sample(fraction=1, shuffle=True, seed=5))
    assert again.equals(edges)
    assert again.equals(again.sort("left", "right"))


@settings(max_examples=examples(40))
@given(st.integers(0, 2**32), st.floats(0.1, 0.9))
def test_a_grown_table_is_that_of_one_run(seed: int, share: float) -> None:
    documents = corpus(40)
    first = documents.sample(fraction=share, seed=seed)
    assert table(documents, table(first))[0].equals(table(documents)[0])


def test_a_page_that_has_changed_since_is_matched_anew() -> None:
    documents = corpus()
    changed = documents["page_id"][5]
    before = documents.with_columns(
        pl.when(pl.col("page_id") == changed).then(pl.lit(" ".join(page(77)))).otherwise("text").alias("text")
    )
    assert table(documents, table(before))[0].equals(table(documents)[0])


def test_exact_copies_are_a_star_around_the_smallest_id() -> None:
    documents = pl.DataFrame({"page_id": ["c", "a", "b"], "text": ["One two.", "one  TWO", "one, two"]})
    edges, _ = table(documents)
    assert edges.select("left", "right", "kind", "score").rows() == [("a", "b", "exact", 1.0), ("a", "c", "exact", 1.0)]


def test_frames_in_frames_out() -> None:
    documents = corpus(20)
    signatures = fingerprint_documents(documents)
    found = match_signatures(signatures, documents)
    assert match_signatures(signatures.to_arrow(), documents.to_arrow()).schema.equals(EDGES)
    assert match_signatures(signatures.lazy(), documents.lazy()).collect().equals(found)
    assert match_signatures(signatures.clear(), documents.clear()).is_empty()


def test_signatures_and_documents_must_belong_together() -> None:
    documents = corpus(20)
    signatures = fingerprint_documents(documents)
    with pytest.raises(RunError, match="exactly one document"):
        match_signatures(signatures, documents.head(3))
    other = fingerprint_documents(documents.head(5), FingerprintPlan(num_perm=64))
    with pytest.raises(MixedSignaturesError, match="256 and of 512"):
        match_signatures(pl.concat([signatures.tail(-5), other]), documents)
