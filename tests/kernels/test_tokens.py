"""Words with case, digits and sentence starts: the kernel says what its definition says, whatever the text."""

from __future__ import annotations

import naive
import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools import text
from corpus_tools.kernels.fold import fold_table
from corpus_tools.kernels.shingles import text_buffers
from corpus_tools.kernels.tokens import CAPITAL, DIGIT, START, UPPER, hash_word, read_words


def read(document: str) -> tuple[list[int], list[int], list[str]]:
    """Hashes, flags and spellings of the words of a text."""
    column = pa.array([document], pa.large_string())
    held, raw = text_buffers(column), document.encode()
    room = len(raw) // 2 + 2
    words, flags = np.empty(room, np.uint32), np.empty(room, np.uint8)
    begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    start = held.base + held.offsets[0]
    n = read_words(start, start + len(raw), held.limit, fold_table(), words, flags, begins, ends)
    spelt = [raw[a:b].decode(errors="replace") for a, b in zip(begins[:n], ends[:n], strict=True)]
    return words[:n].tolist(), flags[:n].tolist(), spelt


@given(st.text(alphabet="aAbBe.g19 ,!?'\")\n-", max_size=60))
def test_flags_are_as_defined(document: str) -> None:
    _, flags, spelt = read(document)
    wanted = naive.tokens(document)
    assert [word.lower().replace("`", "'") for word in spelt] == [token[0] for token in wanted]
    for mask, place in ((CAPITAL, 1), (DIGIT, 2), (UPPER, 3), (START, 4)):
        assert [bool(flag & mask) for flag in flags] == [token[place] for token in wanted]


@given(
    st.lists(
        st.sampled_from(
            ["Aspirin", "of", "DNA", "B12", "e.g.", "it.", "3.5", "x", "don't", "\n", "ends!", "(so)", "a-b", "A.", "é"]
        )
    )
)
def test_windows_of_many_words_change_nothing(parts: list[str]) -> None:
    document = " ".join(parts * 4)
    words, flags, spelt = read(document)
    assert words == [hash_word(word) for word in text.words(document)]
    wanted = naive.tokens(document.replace("é", "e"))
    assert [word.lower().replace("é", "e") for word in spelt] == [token[0] for token in wanted]
    assert [[bool(flag & mask) for mask in (CAPITAL, DIGIT, START)] for flag in flags] == [
        [token[1], token[2], token[4]] for token in wanted
    ]


def test_sentences_end_where_a_reader_ends_them() -> None:
    _, flags, spelt = read("Take 0.5 mg daily. Dr. Who agrees! see below. Then stop\nNew line, e.g. this one. 3 pills.")
    assert [word for word, flag in zip(spelt, flags, strict=True) if flag & START] == ["Take", "Dr", "Then", "New", "3"]


def test_a_typographic_text_keeps_its_spelling() -> None:
    _, flags, spelt = read("Café \u201cquoted.\u201d Next don\u2019t")
    assert spelt == ["Café", "quoted", "Next", "don\u2019t"]
    assert [bool(flag & START) for flag in flags] == [True, False, True, False]
