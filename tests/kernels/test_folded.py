"""The kernel that counts and folds words agrees with ``text.describe``, on any text and in any Arrow layout."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools import text
from corpus_tools.kernels import folded
from corpus_tools.kernels.folded import describe_texts

TRICKY = st.text(st.sampled_from("aAbz09 '’.,-_\u00ad\u0301éÉﬁ²µ中ｶ¼ßİς\u200b\u0e31한\U0001d400\U00020000½\ufeffﷺ"), max_size=40)
PAGES = st.lists(TRICKY | st.text(max_size=60) | st.text("ab1 .,'", max_size=60), max_size=6)


def described(pages: list[str]) -> tuple[list[int], list[str]]:
    counts, hashes = describe_texts(pa.array(pages, pa.large_string()))
    return counts.tolist(), hashes


@settings(max_examples=examples(300))
@given(PAGES)
def test_words_and_hashes_are_as_defined(pages: list[str]) -> None:
    wanted = [text.describe(page) for page in pages]
    assert described(pages) == ([count for count, _ in wanted], [one for _, one in wanted])
    assert wanted == [(text.count_words(page), text.content_hash(page)) for page in pages]


def test_every_character_alone_and_between_letters_and_digits() -> None:
    characters = [chr(code) for code in range(0x30000) if not 0xD800 <= code < 0xE000]
    pages = ["".join(f"{one} a{one}b 1{one}2 " for one in characters[at : at + 512]) for at in range(0, len(characters), 512)]
    counts, hashes = described(pages)
    assert list(zip(counts, hashes, strict=True)) == [text.describe(page) for page in pages]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())])
def test_any_layout_of_a_column(kind: pa.DataType) -> None:
    pages = ["one two", None, "Drei, 3.5", ""]
    column = pa.array(pages).dictionary_encode() if pa.types.is_dictionary(kind) else pa.array(pages, kind)
    counts, hashes = describe_texts(column[1:])
    assert counts.tolist() == [0, 2, 0]
    assert hashes == [text.content_hash(page or "") for page in pages[1:]]


def test_no_room_and_long_texts_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = ["some words of a page " * (i % 7) + "ﷺ" * i for i in range(60)]
    wanted = described(pages)
    monkeypatch.setattr(folded, "_ROOM", 64)
    monkeypatch.setattr(folded, "_LONGEST", 90)
    assert described(pages) == wanted
