"""Equal pages are found among those of one length, and white space is spaced anew as Python does."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools import tables
from corpus_tools.clean.page import _one_spaced
from corpus_tools.clean.rows import distinct_pages

CONTENT = st.tuples(
    st.sampled_from([None, b"", b"one", b"two", b"three"]),
    st.sampled_from([None, "", "one", "two"]),
    st.sampled_from([None, "a", "b"]),
)


@given(st.lists(CONTENT, max_size=12))
def test_equal_pages_are_one(given_pages: list[tuple[bytes | None, str | None, str | None]]) -> None:
    empty = dict.fromkeys(tables.PAGES.names) | {"page_id": "", "source": ""}
    rows = [empty | {"raw": raw, "text": text, "title": title} for raw, text, title in given_pages]
    distinct, places = distinct_pages(pa.RecordBatch.from_pylist(rows, schema=tables.PAGES))
    firsts = list(dict.fromkeys(given_pages))
    assert [(row["raw"], row["text"], row["title"]) for row in distinct.to_pylist()] == firsts
    assert places == [firsts.index(page) for page in given_pages]


@given(st.text(st.sampled_from("ab  \t\x1f\u00a0\u2003é"), max_size=10))
def test_lines_have_one_space_where_they_had_white_space(line: str) -> None:
    assert _one_spaced(line) == " ".join(line.split())
