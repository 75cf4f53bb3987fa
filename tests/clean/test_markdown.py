"""Markdown holds the words of the text, with the marks of what its lines were."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from corpus_tools import clean_text
from corpus_tools.clean.markdown import write_markdown
from corpus_tools.plan import CleanPlan

PAGE = """<html><body><main><h1>Gout</h1><p>Text of some length<br>on two lines</p><h3>Steps</h3>
<ol><li>First<ul><li>inner</li></ul></li><li><p>Second</p><p>goes on</p></li></ol>
<table><tr><th>Drug</th><th>Dose</th><th>Note</th></tr><tr><td>A</td><td></td><td>5 mg</td></tr><tr><td>B</td><td>1 g</td><td></td></tr></table>
<pre><b>if x:</b>
<i>    y = 1</i></pre><blockquote>Said by one</blockquote><dl><dt>Term</dt><dd>Meaning</dd></dl><p># no heading</p></main></body></html>"""
WRITTEN = """# Gout

Text of some length
on two lines

### Steps

1. First
    - inner
2. Second
    goes on

| Drug | Dose | Note |
| --- | --- | --- |
| A |  | 5 mg |
| B | 1 g |  |

```
if x:
    y = 1
```

> Said by one

Term
: Meaning

\\# no heading"""


def test_structure_is_written() -> None:
    assert clean_text(PAGE, content_type="text/html", plan=CleanPlan(focus="none")).markdown == WRITTEN


def test_a_bar_in_a_cell_is_no_column() -> None:
    table = (
        "<table><tr><th>Drug</th><th>Yes | no</th><th>|x|</th></tr><tr><td>A<br>| B</td><td>5|mg</td><td>1 | 2</td></tr></table>"
    )
    found = clean_text(f"<p>Text</p>{table}", content_type="text/html", plan=CleanPlan(focus="none"))
    assert found.text == "Text\nDrug | Yes|no | |x|\nA|B | 5|mg | 1|2"
    written = ["Text", "", r"| Drug | Yes\|no | \|x\| |", "| --- | --- | --- |", r"| A\|B | 5\|mg | 1\|2 |"]
    assert found.markdown.split("\n") == written


def test_text_without_structure_is_its_own_markdown() -> None:
    found = clean_text("One line.\nAnother line.", content_type="text/plain", plan=CleanPlan(focus="none"))
    assert found.markdown == found.text


MARKS = st.sampled_from("p + h2 u1 u2 i1 i2 r4 r5 c9.4 c8.0 q t d".split())


@given(st.lists(st.tuples(MARKS, st.text("ab #|-1.", min_size=1, max_size=12).filter(str.strip)), min_size=1, max_size=12))
def test_words_are_the_same(given_lines: list[tuple[str, str]]) -> None:
    text, marks = "\n".join(line for _, line in given_lines), [mark for mark, _ in given_lines]
    assert re.findall(r"\w+", write_markdown(text, marks)) == re.findall(r"\w+", text)
