"""Whole pages through the shipped models: opening hours, prices, addresses, API terms, data tables and nested lists stand, menus go."""

from __future__ import annotations

import pytest

from corpus_tools.clean.html.tree import read_blocks
from corpus_tools.clean.page import clean_text

MENU = '<header><nav><ul><li><a href="/">Home</a></li><li><a href="/s">Services</a></li><li><a href="/c">Contact</a></li></ul></nav></header>'
FOOT = '<footer><ul><li><a href="/p">Privacy policy</a></li><li><a href="/t">Terms of use</a></li></ul><p>Copyright 2024 Example</p></footer>'
SERVICE = """<p>We repair bicycles of every make, from a flat tyre to a new frame, and most of them can be taken home on the day they were brought.</p>
<h2>Opening hours</h2><dl><dt>Monday to Friday</dt><dd>9 am to 6 pm</dd><dt>Saturday</dt><dd>10 am to 2 pm</dd><dt>Sunday</dt><dd>closed</dd></dl>
<h2>Prices</h2><table><tr><th>Repair</th><th>Price</th></tr><tr><td>Flat tyre</td><td>$15</td></tr><tr><td>Brakes adjusted</td><td>$25</td></tr><tr><td>Full service</td><td>$90</td></tr></table>
<h2>Where we are</h2><ul><li>12 Harbour Street</li><li>Springfield 01101</li><li>Phone 555 0100</li></ul>
<p>Bring your bicycle without an appointment. A repair that takes longer than a day is agreed with you on the phone before we begin it.</p>"""
API = """<p>The module gives access to the valves of a pump. Import it once; all functions may be called from several threads at a time.</p>
<h2>Functions</h2><dl class="function"><dt><code>valve.open(path, mode="r")</code></dt><dd>Opens the valve at a path and returns a handle. Raises OSError if it is stuck.</dd>
<dt><code>valve.close(handle)</code></dt><dd>Closes a valve. A closed valve may be closed again.</dd><dt><code>valve.flow(handle)</code></dt><dd>Litres a minute as a float.</dd></dl>
<h2>Constants</h2><table><thead><tr><th>Name</th><th>Value</th><th>Meaning</th></tr></thead><tbody><tr><td>OPEN</td><td>1</td><td>the valve is open</td></tr><tr><td>SHUT</td><td>0</td><td>the valve is shut</td></tr></tbody></table>
<p>Before version 2.1 the functions returned None if there was no valve; from then on they raise LookupError instead of that.</p>"""
ARTICLE = """<p>We tested three garden pumps for a month and measured how much water each of them lifts, how loud it is and what it costs to run.</p>
<h2>P 100</h2><p>The smallest of the three lifts enough water for a garden of the usual size, and it is quiet enough for the evening.</p>
<table><tr><td>Price</td><td>$120</td></tr><tr><td>Weight</td><td>12 kg</td></tr><tr><td>Flow</td><td>40 l/min</td></tr></table>
<ul><li>Quiet</li><li>Light</li></ul><ul><li>Short cable<ul><li>5 m</li></ul></li></ul>
<h2>P 300</h2><p>The largest one is made for wells and lifts water from eight metres, which neither of the two smaller pumps can do.</p>
<table><tr><td>Price</td><td>$260</td></tr><tr><td>Weight</td><td>31 kg</td></tr><tr><td>Flow</td><td>110 l/min</td></tr></table>"""
PAGES = {"Bicycle repairs in Harbour Street": SERVICE, "Module valve": API, "Three garden pumps compared": ARTICLE}


@pytest.mark.parametrize("title", PAGES)
def test_groups_of_a_page_stand_whole_and_menus_go(title: str) -> None:
    main = f"<main><h1>{title}</h1>{PAGES[title]}</main>"
    head = f'<!DOCTYPE html><html lang="en"><head><title>{title}</title></head>'
    found = clean_text(f"{head}<body>{MENU}{main}{FOOT}</body></html>")
    assert found.text.split("\n") == read_blocks(f"{head}<body>{main}</body></html>").texts
    assert {text for cut in found.cuts for text in cut.passage.split("\n")} >= {"Services", "Terms of use"}
