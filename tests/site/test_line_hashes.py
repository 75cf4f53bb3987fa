"""Lines are hashed by a kernel as they are hashed one by one."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from corpus_tools.site.line_hashes import line_hash, line_hashes

PIECES = (
    "a",
    "Zz",
    "9",
    "1984",
    "2019",
    "_",
    "-",
    " ",
    "  ",
    "\t",
    "\x0b",
    "\x1f",
    "“",
    "—",
    "…",
    "•",
    "\u2028",
    "\u00a0",
    "é",
    "ß",
    "x" * 61,
)


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), max_size=6))
@example([])
@example(["", " "])
@example(["a" * size for size in (127, 128, 129, 255, 256, 257, 400)])
@example(["In 2019 it was 12", "a2019", "2019_", "(1984)", "20191", "5 comments of 12", "2019"])
@example(["\ud800", "\ue010"])
def test_lines_together_have_the_hashes_they_have_alone(lines: list[str]) -> None:
    assert line_hashes(lines).tolist() == [line_hash(line) for line in lines]


@given(st.text(max_size=40))
def test_any_line(line: str) -> None:
    assert line_hashes([line]).tolist() == [line_hash(line)]
