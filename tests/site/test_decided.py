"""Cuts undone: what is put back stands where it stood, and the other cuts still say where they would go."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.cut import MarkedPage, assemble, kept_lines
from corpus_tools.site.decided import PageDecisions, put_back, revive

LINE = st.text("ab c.", min_size=1, max_size=12).filter(lambda line: any(char in "abc" for char in line))


def row_of(text: str, cuts: list[Any], marks: list[str] | None = None) -> dict[str, Any]:
    return {
        "page_id": "p",
        "site": "s",
        "text": text,
        "marks": marks,
        "cuts": [vars(cut) for cut in cuts],
        "path": "text",
        "stage": None,
    }


@given(st.lists(LINE, min_size=1, max_size=6), st.data())
def test_all_words_come_back_in_order(lines: list[str], data: st.DataObject) -> None:
    page = MarkedPage.of("\n".join(lines))
    for number, line in enumerate(page.lines):
        for rule in ("one", "two"):
            if data.draw(st.booleans()):
                start = data.draw(st.integers(0, len(line) - 1))
                page.mark(number, start, data.draw(st.integers(start + 1, len(line))), "date_line", f"{rule} 0.5")
    text, cuts = assemble(page)
    marks = [f"h{number % 6 + 1}" for number in kept_lines(page)]
    row = row_of(text, cuts, marks if text else None)
    found = put_back(row, PageDecisions(never_cut=frozenset({("s", "one"), ("s", "two")})))
    if not text:
        assert "".join(found["text"].split()) == "".join("".join(page.lines).split())
    assert sorted("".join(found["text"].split())) == sorted("".join("".join(page.lines).split()))
    assert found["cuts"] == []
    assert found["marks"] is None or len(found["marks"]) == found["text"].count("\n") + 1
    some = put_back(row, PageDecisions(never_cut=frozenset({("s", "one")})))
    assert [cut["rule"] for cut in some["cuts"]] == [cut.rule for cut in cuts if not cut.rule.startswith("one")]
    assert all(0 <= cut["start"] <= len(some["text"]) for cut in some["cuts"])
    assert len(some["text"].split()) >= len(text.split()) or not text


def test_a_line_goes_back_between_its_neighbours_and_a_part_into_its_line() -> None:
    page = MarkedPage.of("First line\nBy John\nSecond line of 3 May, and more\nThe end")
    page.mark_line(1, "byline", "byline.cue")
    page.mark(2, 12, 20, "date_line", "date.cue")
    text, cuts = assemble(page)
    assert text == "First line\nSecond line, and more\nThe end"
    whole = put_back(row_of(text, cuts, ["h1", "p", "q"]), PageDecisions(restore={"p": ("By John", "of 3 May")}))
    assert whole["text"] == "First line\nBy John\nSecond line of 3 May, and more\nThe end"
    assert whole["marks"] == ["h1", "p", "p", "q"]
    assert whole["path"] == "text; 2 cuts undone: decided by a person"


def test_a_page_of_which_nothing_was_left_comes_back() -> None:
    cut = {"kind": "advert", "passage": "All of it", "start": 0, "rule": "block_model 0.10"}
    row = {"page_id": "p", "site": "s", "text": None, "marks": None, "cuts": [cut], "path": "html", "stage": "clean", "reason": "x"}
    assert revive(row, PageDecisions()) is row
    decided = PageDecisions(restore={"p": ("All of…",)})
    found = put_back(revive(row, decided), decided)
    assert (found["text"], found["stage"], found["n_words"]) == ("All of it", None, 3)
