"""What compiled code makes of an element's label is what Python makes of its attributes."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.clean.blocks.scores import Scores, label_tokens, score_elements
from corpus_tools.clean.html.labels import ElementLabels, Label, halves, whole
from corpus_tools.clean.html.marks import mark_element

NAMES = """nav main-nav NavBar mainNav TOPBAR comment-list commentList CommentList comments cookie cookieNotice cookie_notice wp-caption
    post-1234 post12x34 abc h1 a A 0 -- größe İD e\u0301 ſhare skip-Link sr onetrust articleBody BODY x1y22z333""".split()
VALUES = st.one_of(st.lists(st.sampled_from(NAMES), max_size=16).map(" ".join), st.text(st.characters(codec="utf-8"), max_size=40))
STYLES = st.lists(
    st.sampled_from(["display", "DISPLAY", "visibility", "none", "hidden", ":", " ", "\t", ";", "block", "\x1c", "dıſplay"]),
    max_size=9,
)
ROLES = st.sampled_from(["", "navigation", "Navigation", "main", "button", "x", "link"])
PROPS = st.sampled_from(["", "articleBody", "DESCRIPTION", "name", "text author", "datePublished"])
SCORES = Scores(
    {"nav": 1.5, "post-0": -0.25, "post0x0": 0.5, "größe": 2.0, "comments": -3.1, "a": 0.1, "0": 0.7, "x0y0z0": 4.0}, {}, {}
)
ELEMENTS = {1: "body", 2: "div", 0: "?", 3: "p", 201: "span", 200: "a"}


@settings(max_examples=examples(400))
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(ELEMENTS)), st.booleans(), VALUES, VALUES, ROLES, PROPS, STYLES.map("".join)), max_size=6
    )
)
@example([(2, False, "x" * 299 + " nav", "y" * 301, "", "", " " * 290 + "display:none")])
@example([(2, False, "a " * 140 + "nav", "comments", "", "", ""), (1, True, "", "", "", "", "display : none")])
@example(
    [
        (2, False, "z " * 11 + "nav comments", "a", "main", "", "x;visibility:\thidden"),
        (2, False, "c" + "9" * 60 + "d", "", "", "", ""),
    ]
)
def test_labels_are_marked_and_scored_as_python_does(given: list[tuple[int, bool, str, str, str, str, str]]) -> None:
    given = [(code, hidden, *(value.replace("\0", "") for value in values)) for code, hidden, *values in given]
    pieces = [bytes((code, hidden)) + b"".join(value.encode() + b"\0" for value in values) for code, hidden, *values in given]
    ends = [sum(map(len, pieces[: place + 1])) for place in range(len(pieces))]
    labels = ElementLabels.written(b"".join(pieces), ends)
    scores = score_elements(labels, SCORES).tolist()
    for place, (code, hidden, classes, name, role, prop, style) in enumerate(given):
        attributes = {"class": classes, "id": name, "role": role, "itemprop": prop, "style": style} | (
            {"hidden": ""} if hidden else {}
        )
        assert whole(labels.masks[place].tolist()) == mark_element(ELEMENTS[code], attributes)
        found = [SCORES.classes[token] for token in label_tokens(f"{classes} {name}") if token in SCORES.classes]
        assert scores[place] == ((max(found), min(found), sum(found), len(found)) if found else (0.0, 0.0, 0.0, 0.0))
    assert labels.masks[-1].tolist() == [0, 0]
    assert scores[-1] == (0.0, 0.0, 0.0, 0.0)


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(st.integers(0, 2**120 - 1), VALUES), max_size=5))
def test_labels_that_are_known_keep_marks_and_names(known: list[tuple[int, str]]) -> None:
    known = [(mask & (1 << 122) - 1, text.replace("\0", " ")) for mask, text in known]
    labels = ElementLabels.of([Label(*one) for one in known])
    assert [whole(pair) for pair in labels.masks.tolist()[:-1]] == [mask for mask, _ in known]
    assert [text.strip() for text in labels.texts()[:-1]] == [text.strip() for _, text in known]
    assert halves(whole((3, 5))) == (3, 5)
