"""The kernels' fold table says of every code point what ``text.fold_character`` says."""

from __future__ import annotations

from corpus_tools.kernels.fold import ALONE, JOIN, SEPARATOR, VANISH, WORD, fold_table
from corpus_tools.text import fold_character


def _unfold(code: int) -> str:
    blocks, entries, pool = fold_table()
    entry = int(entries[blocks[code >> 8] + (code & 255)])
    kind, length, offset = entry & 7, entry >> 3 & 31, entry >> 8
    folded = pool[offset : offset + length].tobytes().decode() if length else chr(code)
    return {SEPARATOR: " ", VANISH: "", JOIN: "'", WORD: folded, ALONE: f" {folded} "}[kind]


def test_every_code_point() -> None:
    wrong = [code for code in range(128, 0x110000) if _unfold(code) != fold_character(chr(code))]
    assert not wrong, [hex(code) for code in wrong[:5]]
