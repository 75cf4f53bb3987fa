"""Looking only at the lines that may be what a rule is about finds what looking at all lines finds."""

from __future__ import annotations

import naive
from hypothesis import example, given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.clean.lines.boilerplate import name_kinds
from corpus_tools.clean.lines.lexicon import LANGUAGES, Lexicon, lexicons_for
from corpus_tools.clean.lines.line_signs import LineSigns, asked_for, read_signs
from corpus_tools.clean.lines.metalines import mark_meta
from corpus_tools.clean.lines.notice_lines import mark_worded
from corpus_tools.clean.lines.notice_model import load_notice_model
from corpus_tools.clean.lines.notices import mark_notices
from corpus_tools.clean.lines.sections import (
    mark_comments,
    mark_disclaimer_headings,
    mark_inline_related,
    mark_references,
    mark_related,
)
from corpus_tools.clean.lines.sign_kernels import PLACE_BITS
from corpus_tools.clean.lines.word_lines import _lines_with, _look_for_all
from corpus_tools.cut import MarkedPage

LISTS = (
    "date_cues date_words months weekdays byline_cues share_words share_names related_openers related_loose comment_openers comment_marks "
    "reference_openers disclaimer_openers profile_cues name_words"
).split()
PIECES = (
    ": | - ( ) 5 12 2021 3rd 5th 10:30 / . , – » © _ x Jane Doe 日本 ² 2020-01-05 5min min read ago t z https://example.org "
    "comments 3 cookies subscribe privacy Σ é İ"
).split(" ")
TEXT = "Asthma is a long-term disease of the airways, and it affects people of every age."


def words_of(lexicon: Lexicon) -> st.SearchStrategy[str]:
    listed = [word for name in LISTS for word in lexicon.words[name]]
    labels = [*lexicon.labels, *lexicon.weak_labels]
    return st.sampled_from(listed) | st.sampled_from(labels) | st.sampled_from([*sorted(lexicon.anchors), *PIECES]) | st.just(TEXT)


def lines_of(language: str) -> st.SearchStrategy[list[str]]:
    words = words_of(lexicons_for(language)[-1]) | words_of(lexicons_for("en")[0])
    glue = st.sampled_from(["", " ", " ", " ", "  ", ", "])
    piece = st.tuples(st.sampled_from([str, str.title, str.upper]), words, glue).map(lambda one: one[0](one[1]) + one[2])
    return st.lists(st.lists(piece, min_size=1, max_size=6).map("".join), min_size=1, max_size=12)


PAGES = st.sampled_from(LANGUAGES).flatmap(lambda language: st.tuples(st.just(language), lines_of(language)))


def marked(language: str, text: str, words: set[str], signs: LineSigns | None) -> tuple[object, object]:
    page = MarkedPage.of(text)
    lexicons = lexicons_for(language)
    own = lexicons[-1]
    mark_notices(page, lexicons, words, frozenset(), signs)
    mark_worded(page, load_notice_model(), words, "precision", frozenset(), signs)
    mark_meta(page, own, signs, words if signs else None)
    mark_inline_related(page, own, "precision", signs)
    mark_related(page, own, "precision", signs)
    mark_comments(page, own, signs)
    mark_references(page, own, signs)
    mark_disclaimer_headings(page, own, signs)
    return page.marks, page.whole


@settings(max_examples=examples(300))
@given(PAGES)
@example(("en", [TEXT, TEXT, "5 comments", "Jane says:", "Reply"]))
@example(("en", ["5th March 2020", "10h30", "Facebook 2 Twitter", "By Jane Doe", "UpdatedMarch 5, 2020 The dose is low."]))
@example(("en", ["5min read", "5 min. read", "facebooktwitteremail", "Read more » Why It Is So Cold", "(3) responses"]))
def test_a_sign_is_missed_by_no_rule(page: tuple[str, list[str]]) -> None:
    language, lines = page
    text = "\n".join(lines)
    languages = tuple(lexicon.language for lexicon in lexicons_for(language))
    words, signs = read_signs(MarkedPage.of(text), asked_for(languages))
    assert marked(language, text, words, signs) == marked(language, text, words, None)


@settings(max_examples=examples(200))
@given(PAGES, st.sampled_from([0.0, 0.5]))
@example(("en", ["", "Related articles", "March 3, 2021", "By Jane Doe", "share on facebook twitter"]), 0.0)
def test_blocks_named_together_are_named_as_one_by_one(page: tuple[str, list[str]], density: float) -> None:
    language, blocks = page
    assert name_kinds([(block, density) for block in blocks], language) == [
        naive.name_kind(block, language, density) for block in blocks
    ]


def test_words_have_room_for_their_places() -> None:
    for language in LANGUAGES:
        languages = tuple(lexicon.language for lexicon in lexicons_for(language))
        assert len(asked_for(languages).words) < 1 << PLACE_BITS


def test_cues_of_notices_are_words_or_single_signs() -> None:
    for cue in load_notice_model().cues:
        assert len(cue) == 1 or cue.isalpha()


@given(
    st.lists(st.sampled_from(["ab", "é", "aba ", "x" * 61, "b", "\ud800", "\n", "\nab"]), max_size=40).map("".join),
    st.lists(st.sampled_from(["ab", "b", "aba", "é", "\ud800b", "x" * 70]), min_size=1, max_size=4, unique=True),
)
def test_lines_that_hold_words_are_found_in_one_pass_as_by_a_search_for_each(text: str, words: list[str]) -> None:
    page = MarkedPage.of(text)
    _look_for_all(page, words)
    assert page.holding == {word: _lines_with(page, word) for word in words}
