"""The model of wording takes notices the patterns do not foresee, and leaves text alone."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.clean.lines.line_signs import WordList, page_words, read_signs
from corpus_tools.clean.lines.notice_lines import CHANGE, MIN_SCORE, NOTICE_KINDS, likeliest_runs, mark_worded
from corpus_tools.clean.lines.notice_model import MAX_WORDS, load_notice_model, ngrams, parse_model, words_of
from corpus_tools.cut import MarkedPage, fold_line

NOTICES = [
    "You can change your cookie preferences at any time or withdraw your consent in the privacy settings.",
    "Subscribe to our newsletter and get the latest articles delivered to your inbox every week.",
    "All product names and trademarks are the property of their owners, and the content of this website is protected by copyright.",
]
TEXT = [
    "Asthma is a long-term disease of the airways in the lungs, and it affects people of every age.",
    "The dose is taken with water, once a day, and never with milk.",
    "Symptoms include fever, cough and a rash that spreads over the arms.",
]


@pytest.mark.parametrize("sentence", NOTICES)
def test_notices_score_above_text(sentence: str) -> None:
    model = load_notice_model()
    assert model.score(fold_line(sentence)) > 1 > 0 > max(model.score(fold_line(text)) for text in TEXT)
    assert not model.cues.isdisjoint(ngrams(fold_line(sentence)))
    assert model.kind(fold_line(sentence)) in NOTICE_KINDS


def test_the_model_names_kinds() -> None:
    model = load_notice_model()
    assert model.kind("these cookies are stored in your browser with your consent") == "cookie_notice"
    assert model.kind("sign up for our newsletter to get updates in your inbox") == "newsletter"


def test_sellers_prose_is_no_cookie_notice() -> None:
    model, said = load_notice_model(), "please click and agree that we and our partners visit your website"
    assert model.kind(said) == "cookie_notice"
    assert model.score(said) > MIN_SCORE["balanced"]
    for text, rules in ((said, []), (f"{said} with cookies", ["cookie_notice.wording"])):
        page = MarkedPage.of(text, None)
        mark_worded(page, model, set(text.split()), "balanced")
        assert [mark.rule for marks in page.marks.values() for mark in marks] == rules


def test_a_file_is_read_back() -> None:
    model = parse_model("# note\n\t\t-1.5\n+\tcookie\t2.0\tcookie_notice 1.5\tadvert -1.0\n\tthe\t-0.5\n")
    assert (model.bias, model.weights, model.cues) == (-1.5, {"cookie": 2.0, "the": -0.5}, frozenset({"cookie"}))
    assert model.kinds == {"cookie": {"cookie_notice": 1.5, "advert": -1.0}}
    assert model.score("") == 0.0


def test_numbers_are_one_feature_and_long_sentences_are_cut() -> None:
    assert ngrams("12 cookies") == ["0", "cookies", "0 cookies", "^ 0", "cookies $"]
    assert len(ngrams("word " * 1000)) < 200


@given(st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=9))
def test_the_path_is_the_best_of_all(scores: list[float]) -> None:
    def value(states: tuple[int, ...]) -> float:
        changes = sum(left != right for left, right in pairwise(states))
        return sum(score for score, state in zip(scores, states, strict=True) if state) - CHANGE * changes

    found = [0] * len(scores)
    for first, last in likeliest_runs(scores):
        found[first:last] = [1] * (last - first)
    assert value(tuple(found)) == max(map(value, product((0, 1), repeat=len(scores))))


MODEL = parse_model(
    "#\n\t\t0.5\n+\tcookie\t0.3\n+\t©\t-0.7\n\t0\t0.11\n\tcookie 0\t1.3\n\t^ cookie\t0.17\n\tcookie $\t-2.1\n\té x\t0.9\n\tx\t0.07\n"
    "\tx é\t0.013\n\t^ 0\t3.0\n\t0 $\t0.019\n\t: x\t0.23\n\tx x\t0.0101\n+\t日本\t4.0\n"
)
SAID = st.lists(st.sampled_from("cookie x é 12 3 ² ²x x² x1y _x_ © : * › ™ | 日本 x日 ٣ e\u0301 - . 😀".split(" ")), max_size=100)


@settings(max_examples=examples(300))
@given(SAID, st.sampled_from(["", " ", "-"]))
@example(["x"] * 100, " ")
@example(["x"] * 79 + ["cookie"], " ")
@example(["x"] * 80 + ["cookie"], " ")
@example(["x"] * 79 + ["cookie日"], " ")
def test_sentences_are_scored_as_python_does(words: list[str], between: str) -> None:
    folded = between.join(words)
    assert MODEL._read(folded, MAX_WORDS) == MODEL.read_slowly(folded, MAX_WORDS)
    assert MODEL.has_cue(folded) == (not MODEL.cues.isdisjoint(words_of(folded)))


@given(
    st.lists(st.sampled_from(["cookie", "cookies", "our", "a1", "ñ", "中", "🙂", " ", ".", "_", "\n"]), max_size=14).map("".join)
)
def test_words_that_rules_ask_for_are_those_of_the_page(text: str) -> None:
    page = MarkedPage.of(text)
    listed = WordList.of(["cookie", "cookies", "our", "a1", "©", "®"])
    assert read_signs(page, listed)[0] == listed.every & page_words(page)


@given(
    st.lists(
        st.sampled_from(["We use cookies.", "The dose is 5 mg.", "Sign up, it is free!", "", "Größe", "日本 cookie"]), max_size=8
    )
)
def test_stretches_scored_together_score_as_one_by_one(sentences: list[str]) -> None:
    folded = fold_line(" ".join(sentences))
    spans, at = [], 0
    for sentence in sentences:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    pieces = [folded[start:end] for start, end in spans]
    assert MODEL.scores(pieces) == list(map(MODEL.score, pieces))
