"""Words counted and hashed in one pass are those of ``corpus_tools.text``."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from corpus_tools import text
from corpus_tools.kernels.normal import count_and_hash, describe_column

SIGNS = "ab1 2.,'’é㎥ﬁ中あ\u00ad\u0301-_\n\ud800🙂ＡİßΣς٣\u0e01"


@given(st.text(SIGNS, max_size=30))
@example("")
@example("3.5 don't 1,000. a.b 中文 e\u0301")
def test_counts_and_hashes_are_those_of_the_words(given_text: str) -> None:
    assert count_and_hash(given_text) == (text.count_words(given_text), text.content_hash(given_text))


@given(st.text(max_size=60))
def test_any_text(given_text: str) -> None:
    assert count_and_hash(given_text) == (text.count_words(given_text), text.content_hash(given_text))


def test_a_column_is_described_row_by_row() -> None:
    texts = ["one two", None, "", "中文 a"]
    column = pa.array(["left out", *texts], pa.large_string())[1:]
    counts, hashes = describe_column(column)
    assert counts.to_pylist() == [text.count_words(one or "") for one in texts]
    assert hashes.to_pylist() == [text.content_hash(one or "") for one in texts]
