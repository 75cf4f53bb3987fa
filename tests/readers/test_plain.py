"""Bytes that are UTF-8 are told without decoding them, and what was encoded twice is mended run by run."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from corpus_tools.kernels.utf8 import check_utf8
from corpus_tools.readers import twice_encoded
from corpus_tools.readers.decode import decode
from corpus_tools.readers.plain import is_plain_utf8
from corpus_tools.readers.twice_encoded import may_be_twice_encoded, mend_twice_encoded

PIECES = [b"plain", b" " * 70, "é".encode(), "漢".encode(), "😀".encode(), b"\xc3", b"\xa9", b"\xe0\x80\x80", b"\xed\xa0\x80"]
MORE = [
    b"\xf0\x8f\xbf\xbf",
    b"\xf4\x90\x80\x80",
    b"\xf4\x8f\xbf\xbf",
    b"\xc0\x80",
    b"\xc1\xbf",
    b"\xf5",
    b"\xff",
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    *("Ã¤".encode(), "â€œ".encode(), "Ã".encode(), "Â".encode(), "Ëœ".encode(), "Ð".encode()),
]


@given(st.lists(st.sampled_from(PIECES + MORE) | st.binary(max_size=3), max_size=12).map(b"".join))
@example(b"")
@example(b"a" * 63 + "é".encode())
@example(b"a" * 64 + b"\xc3")
def test_bytes_are_checked_as_python_decodes_them(raw: bytes) -> None:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        assert not check_utf8(np.frombuffer(raw, np.uint8))[0]
        assert not is_plain_utf8(raw)
        return
    assert check_utf8(np.frombuffer(raw, np.uint8)) == (True, may_be_twice_encoded(raw))
    if is_plain_utf8(raw):
        assert decode(raw).text == text


@given(st.lists(st.sampled_from(["Ã¤", "â€œ", "Ð°", "plain ", "ä", "Â", "漢", "ð\x9f\x98\x80", "â"]), max_size=20).map("".join))
def test_runs_outside_ascii_are_mended_as_the_whole_text_would_be(text: str) -> None:
    found = [len(run[0]) for run in twice_encoded._TWICE.finditer(text) if _is_mended(run[0])]
    beyond = sum(not sign.isascii() for sign in text)
    mended = mend_twice_encoded(text)
    if mended is not None:
        assert mended == twice_encoded._TWICE.sub(lambda run: _mend(run[0]), text)
    assert (mended is not None) == (
        beyond > 0 and sum(found) >= max(6, 0.8 * beyond) and twice_encoded._TWICE_SIGNS.search(text) is not None
    )


def _mend(run: str) -> str:
    try:
        return bytes(twice_encoded._BYTE_OF[sign] for sign in run).decode()
    except UnicodeDecodeError:
        return run


def _is_mended(run: str) -> bool:
    return _mend(run) != run


def test_text_encoded_twice_is_mended_and_other_text_is_not() -> None:
    german = "Die Größe der Öfen überrascht; wählen Sie für jede Fläche das Richtige."
    assert mend_twice_encoded(german.encode().decode("cp1252")) == german
    assert mend_twice_encoded("Ã¤ " + "Привет всем " * 50) is None
    assert not is_plain_utf8(german.encode().decode("cp1252").encode())
