"""Titles said twice: the quick searches agree with slow, obviously right ones."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.clean.lines.link_farm import MAX_TITLE, begins_small, candidate_lines, has_square, tandem_runs
from tests.naive import first_squares, square_at


def test_a_title_may_begin_with_a_name_in_small_letters() -> None:
    assert has_square("see iPhone tips for all iPhone tips for all".split())
    assert [begins_small(text) for text in ("next week", "", "eBay sells", "相关")] == [True, True, False, False]


WORDS = st.lists(st.sampled_from(["A", "B", "C", "d", "e"]), max_size=40)


@given(WORDS)
def test_tandem_runs_are_the_first_squares(words: list[str]) -> None:
    assert tandem_runs(words) == first_squares(words, 2, MAX_TITLE)


@given(WORDS)
def test_a_found_square_is_a_square(words: list[str]) -> None:
    if has_square(words):
        assert any(square_at(words, at, period) for at in range(len(words)) for period in range(3, MAX_TITLE + 1))


@given(st.lists(st.sampled_from("pqrstuvw"), max_size=9), st.permutations(["One", "two", "three", "four", "five"]), st.lists(st.sampled_from("xyz"), max_size=9))  # fmt: skip
def test_a_title_said_twice_is_found(before: list[str], title: list[str], after: list[str]) -> None:
    title[0] = title[0].capitalize()
    assert has_square([*before, *title, *title, *after])


LINES = st.lists(
    st.lists(st.sampled_from(["A", "B", "Cd", "d", "eB", "iPé", "é", "É", "日本", "1", "ß", "“x", "𝐚", "ａ", "|"]), max_size=40),
    max_size=6,
)


@settings(max_examples=examples(300))
@given(LINES, st.sampled_from([" ", "\u00a0", "  ", "\t", "\u3000"]))
@example([["A", "b", "c", "A", "b", "c"], ["a", "b", "c", "a", "b", "c"], [], ["A", "A", "A", "A", "A", "A"]], " ")
def test_no_line_with_a_square_is_passed_over(lines: list[list[str]], space: str) -> None:
    found = candidate_lines([space.join(words) for words in lines])
    squares = [number for number, words in enumerate(lines) if has_square(words)]
    assert set(squares) <= set(found)
    assert all(number in squares for number in found if " ".join(lines[number]).isascii())
