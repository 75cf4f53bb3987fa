"""Tables, lists, terms, code and quotations stand whole or go whole, whatever their blocks say one by one; headings go with them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.clean.blocks.groups import LEAST, keep_whole
from corpus_tools.clean.blocks.layout import lay_out
from corpus_tools.clean.blocks.model import choose_blocks
from corpus_tools.clean.html.tree import read_blocks

PROSE = "<p>The pump was opened in the morning and both of its valves were cleaned before it was put back into the well.</p>"
TABLE = (
    "<table><thead><tr><th>Model</th><th>Weight</th><th>Price</th></tr></thead><tbody><tr><td>P 100</td><td>12 kg</td><td>$120</td></tr>"
    "<tr><td>P 200</td><td>19 kg</td><td>$180</td></tr><tr><td>P 300</td><td>31 kg</td><td>$260</td></tr></tbody></table>"
)
NESTED = (
    "<ul><li>Open the lid<ul><li>Turn the left screw</li><li>Turn the right screw</li></ul></li><li>Lift the valve</li>"
    "<li>Rinse it with water</li></ul>"
)
API = (
    "<dl><dt>open(path, mode)</dt><dd>Opens the valve at a path and gives a handle.</dd><dt>close(handle)</dt><dd>Closes a valve.</dd>"
    "<dt>flow</dt><dd>Litres a minute, read only.</dd></dl>"
)
HOURS = (
    "<table><tr><th>Monday to Friday</th><td>9 am to 5 pm</td></tr><tr><th>Saturday</th><td>10 am to 2 pm</td></tr>"
    "<tr><th>Sunday</th><td>closed</td></tr></table>"
)
QUOTED = (
    "<blockquote><p>Water is heavy.</p><p>Pumps are heavier, said the old man at the well.</p><p>He was right.</p></blockquote>"
)
LINKS = "<ul>" + "".join(f"<li><a href={n}>How valve number {n} is cleaned</a></li>" for n in range(5)) + "</ul>"
KINDS = {"table": TABLE, "nested list": NESTED, "terms": API, "opening hours": HOURS, "quotation": QUOTED}


def decide(
    body: str, p: Mapping[str, float], rest: float = 0.95, focus: str = "balanced", thread: bool = False
) -> tuple[list[str], list[str]]:
    """What stands and what went of a page whose blocks have the probability of the first words of ``p`` that they hold."""
    page = read_blocks(f"<html><body>{body}</body></html>")
    lay = lay_out(page)
    of = np.array([next((value for words, value in p.items() if words in text), rest) for text in page.texts])
    before = choose_blocks(of, lay.words, lay.linked, focus)
    copy = before.copy()
    kept = keep_whole(page, lay, of, before, None if thread else LEAST[focus])
    assert (before == copy).all()  # what came in is left as it was
    pairs = list(zip(page.texts, kept, strict=True))
    return [text for text, stays in pairs if stays], [text for text, stays in pairs if not stays]


def texts_of(body: str) -> list[str]:
    return read_blocks(f"<html><body>{body}</body></html>").texts


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("low", "stands"), [(0.3, True), (0.02, False)])
def test_a_group_of_whose_blocks_some_are_sure_is_never_torn(kind: str, low: float, stands: bool) -> None:
    inside = texts_of(KINDS[kind])
    p = dict.fromkeys(inside, low) | {inside[-1]: 0.65}
    kept, cut = decide(KINDS[kind] + PROSE * 4, p)
    assert set(inside) <= set(kept if stands else cut)


@pytest.mark.parametrize("kind", ["table", "terms", "opening hours"])
def test_data_without_links_stands_with_the_text_before_it(kind: str) -> None:
    inside = texts_of(KINDS[kind])
    p = dict.fromkeys(inside, 0.15)
    assert set(inside) <= set(decide(PROSE * 3 + KINDS[kind] + PROSE, p)[0])
    assert set(inside) <= set(decide(KINDS[kind] + PROSE * 4, p)[1])


@pytest.mark.parametrize("kind", KINDS)
def test_a_group_that_only_its_short_blocks_cut_stands(kind: str) -> None:
    inside = texts_of(KINDS[kind])
    kept, _ = decide(PROSE * 3 + KINDS[kind] + PROSE, dict.fromkeys(inside, 0.45))
    assert set(inside) <= set(kept)


def test_a_lone_block_of_code_is_decided_as_a_group() -> None:
    code = "<p>The pump is started so, and only when the well is full of water:</p><pre>pump --start\npump --wait 20</pre>"
    assert "pump --start\npump --wait 20" in decide(code, {"--start": 0.12})[0]
    assert "pump --start\npump --wait 20" in decide(code, {"--start": 0.03})[1]


@pytest.mark.parametrize(
    "sign", ["<span>[<a href=e>edit</a>]</span>", "<span>[<a href=e>Bearbeiten</a> | <a href=s>Quelltext bearbeiten</a>]</span>"]
)
def test_a_heading_stands_with_the_text_after_its_link_to_edit(sign: str) -> None:
    body = f"<p>{PROSE}</p><div><h2>Valves</h2>{sign}</div><p>{PROSE}</p>"
    stands, goes = decide(body, {"Valves": 0.4})
    assert "Valves" in stands
    assert [text[0] for text in goes] == ["["]


def test_links_need_more_and_marked_boilerplate_more_still() -> None:
    for words, least in (("<div>{}</div>", LEAST["balanced"][1]), ("<div class=related>{}</div>", LEAST["balanced"][2])):
        for p, stands in ((least - 0.02, False), (least + 0.02, True)):
            kept, _ = decide(PROSE * 6 + words.format(LINKS) + PROSE, {"valve number 1": p, "valve number": p})
            marked = "related" in words  # what is marked inside is cut by its kind, where the blocks had not kept it
            assert ("How valve number 1 is cleaned" in kept) == (stands and not marked)


def test_a_mark_over_the_whole_page_says_nothing_of_a_group() -> None:
    inside = texts_of(TABLE)
    kept, _ = decide(f"<div class=share>{PROSE * 3 + TABLE + PROSE}</div>", dict.fromkeys(inside, 0.45))
    assert set(inside) <= set(kept)


def test_boilerplate_inside_a_group_goes_by_its_mark() -> None:
    body = "<ul><li>Lift the valve</li><li>Rinse it with water</li><li>Let it dry</li><li class=share>Share this on all channels</li></ul>"
    kept, cut = decide(PROSE * 3 + body + PROSE, {"Share this": 0.1, "Rinse": 0.5, "Let it": 0.3, "Lift": 0.5})
    assert {"Lift the valve", "Rinse it with water", "Let it dry"} <= set(kept)
    assert cut == ["Share this on all channels"]


def test_lists_of_posts_are_decided_post_by_post() -> None:
    posts = "<ul><li><p>My pump lost its pressure in May.</p></li><li><p>Advertise here.</p></li><li><p>Mine too, it was a valve.</p></li></ul>"
    p = {"Advertise": 0.02, "pressure": 0.7, "Mine too": 0.7}
    _, cut = decide(PROSE * 5 + posts, p, thread=True)
    assert cut == ["Advertise here."]
    assert not decide(PROSE * 5 + posts, p)[1]


def test_a_list_that_is_most_of_a_page_is_decided_item_by_item() -> None:
    cards = "".join(
        f"<li><p>Garden pump number {n} with a tank and a hose for the whole of a large garden</p></li>" for n in range(9)
    )
    p = {"number 1": 0.05, "number 2": 0.05, "number 3": 0.05, "number 4": 0.05}
    _, cut = decide(f"<ul>{cards}</ul>{PROSE}", p, rest=0.7)
    assert len(cut) == 4


@pytest.mark.parametrize(("inside", "outer"), [("<h2>Pumps</h2>", "li"), ("<form>Search</form>", "li"), (TABLE, "td")])
def test_what_holds_headings_forms_or_tables_is_layout(inside: str, outer: str) -> None:
    row = f"<{outer}>{inside}<p>Sign up here to get our letters about pumps every week.</p></{outer}>"
    body = f"<ul>{row}</ul>" if outer == "li" else f"<table><tr>{row}</tr></table>"
    _, cut = decide(PROSE * 6 + body + PROSE, {"Sign up": 0.02})
    assert cut == ["Sign up here to get our letters about pumps every week."]


def test_a_heading_stands_and_goes_with_its_group() -> None:
    inside = texts_of(HOURS)
    body = PROSE * 3 + "<h2>Opening hours</h2>" + HOURS + "<h2>History</h2>" + PROSE
    kept, _ = decide(body, {"Opening": 0.2} | dict.fromkeys(inside, 0.4))
    assert {"Opening hours", *inside} <= set(kept)
    steps = texts_of(NESTED)
    _, cut = decide(body.replace(HOURS, NESTED), {"Opening": 0.4} | dict.fromkeys(steps, 0.1) | {steps[0]: 0.5})
    assert {"Opening hours", *steps} <= set(cut)


def test_focus_moves_what_a_group_needs() -> None:
    inside = texts_of(NESTED)
    for p, standing in ((0.45, {"balanced", "precision", "recall"}), (0.3, {"balanced", "recall"}), (0.2, {"recall"})):
        body = PROSE * 3 + NESTED + PROSE
        assert {focus for focus in LEAST if inside[0] in decide(body, dict.fromkeys(inside, p), focus=focus)[0]} == standing


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.floats(0, 1), min_size=30, max_size=30), st.sampled_from(sorted(KINDS)))
def test_no_group_in_prose_is_torn(p: list[float], kind: str) -> None:
    body = f"<html><body>{PROSE * 8}{KINDS[kind]}{PROSE}</body></html>"
    page = read_blocks(body)
    lay = lay_out(page)
    of = np.array(p[: len(page.texts)])
    kept = keep_whole(page, lay, of, choose_blocks(of, lay.words, lay.linked, "balanced"), LEAST["balanced"])
    inside = kept[8:-1]
    assert inside.all() or not inside.any()
