"""Passes over elements, tags and lines say what their slow twins say."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.clean.blocks.page_kernels import decide_headings, sum_marks
from corpus_tools.clean.html.element_kernels import first_marks, nearest_deciding
from corpus_tools.clean.html.flat import _ATTRIBUTE, _OPEN_TAG
from corpus_tools.clean.html.tag_kernels import compares_too_many, count_tags
from corpus_tools.clean.telling_words import TellingWords

_TAG = re.compile(rb"""<[a-zA-Z](?:[^<>"']|"[^"]*"|'[^']*'|["'])*+""")
MASK = st.tuples(st.integers(0, 7), st.integers(0, 7))


@given(st.data())
def test_the_nearest_element_that_decides(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 12))
    parent = [-1, *(data.draw(st.integers(0, at - 1)) for at in range(1, n))]
    tag = data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    decides = np.array([False, True, False, True])
    found, depth = nearest_deciding(np.array(tag), np.array(parent), decides, 2, 3, 4)
    for node in range(n):
        path, at = [], node
        while at >= 0:
            path.append(at)
            at = parent[at]
        assert found[node] == next((one for one in path[:4] if decides[tag[one]]), -1)
        assert depth[node] == min(4, sum(tag[one] in (2, 3) for one in path))


@given(st.lists(MASK, min_size=1, max_size=4), st.lists(MASK, min_size=1, max_size=5), st.lists(MASK, max_size=3))
def test_the_first_mask_of_which_a_block_has_a_bit(
    above: list[tuple[int, int]], inner: list[tuple[int, int]], wanted: list[tuple[int, int]]
) -> None:
    node = [place % len(above) for place in range(len(inner))]
    table = np.array(wanted, np.int64).reshape(-1, 2)
    found = first_marks(np.array(above, np.int64), np.array(node), np.array(inner, np.int64), table)
    for block, at in enumerate(node):
        low, high = above[at][0] | inner[block][0], above[at][1] | inner[block][1]
        assert found[block] == next((place for place, mask in enumerate(wanted, 1) if low & mask[0] or high & mask[1]), 0)


@given(st.lists(st.sampled_from([b"<", b"</", b">", b"a" * 3, b"b" * 9, b"c" * 60]), max_size=20).map(b"".join))
def test_tags_and_the_gaps_between_them(html: bytes) -> None:
    opening, closing, long = count_tags(np.frombuffer(html, np.uint8), 8)
    assert (opening + closing, closing) == (html.count(b"<"), html.count(b"</"))
    n, opens = len(html), [at for at in range(len(html)) if html[at : at + 1] == b"<"]
    alone = {at for at, after in zip(opens, [*opens[1:], n], strict=False) if after - at > 8}
    firsts = [at for at in opens if b"<" not in html[html.rfind(b">", 0, at) + 1 : at]]
    ends = {at: end if (end := html.find(b">", at)) >= 0 else n for at in firsts}
    unended = {at for at, end in ends.items() if end - at > 8 and html.find(b"<", at + 1, end) >= 0}
    assert set(long.tolist()) == alone | unended


def _compared(html: bytes, starts: list[int], counted: bool) -> int:
    """Pairs of attributes that are compared, by patterns; each attribute has two bytes at least if they are not ``counted``."""
    reached = pairs = 0
    for start in starts:
        tags = [_TAG.match(html, start)]
        if start >= reached and (tag := _OPEN_TAG.match(html, start)) is not None:
            tags.append(tag)
            reached = tag.end()
        found = [tag[0] for tag in tags if tag is not None]
        sizes = [len(_ATTRIBUTE.findall(one)) * (len(one) > 8) if counted else (len(one) + 1) // 2 for one in found]
        pairs += max(sizes, default=0) ** 2
    return pairs


@given(
    st.lists(st.sampled_from([b"<a", b"<", b">", b'"', b"'", b"=", b" = ", b"/", b"bc", b"\n", b"d=e "]), max_size=40).map(b"".join)
)
def test_pairs_of_attributes_that_a_parser_compares(html: bytes) -> None:
    starts = [at for at in range(len(html)) if html[at : at + 1] == b"<"]
    pairs = min(_compared(html, starts, counted=False), _compared(html, starts, counted=True))
    for most in (pairs - 1, pairs, pairs + 1):
        assert compares_too_many(np.frombuffer(html, np.uint8), np.array(starts, np.int64), 8, most) == (pairs > most)


@given(st.lists(st.sampled_from([b"ab", b"aba", b"b", b"c" * 50, b"c" * 400, b"abcab", b"<"]), max_size=30).map(b"".join))
def test_words_in_bytes(page: bytes) -> None:
    words = (b"aba", b"cab", b"b")
    slow: dict[bytes, list[int]] = {word: [] for word in words}
    for word, places in slow.items():
        at = page.find(word)
        while at >= 0 and len(places) < 5:
            places.append(at)
            at = page.find(word, at + len(word))
    assert TellingWords(words, 5).find(page) == slow


@given(st.data())
def test_headings_go_with_their_sections(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 14))
    levels = data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    words = data.draw(st.lists(st.integers(0, 9).map(float), min_size=n, max_size=n))
    p = data.draw(st.lists(st.sampled_from([0.1, 0.44, 0.9]), min_size=n, max_size=n))
    kept = data.draw(st.lists(st.booleans(), min_size=n, max_size=n))
    found = np.array(kept)
    decide_headings(np.array(levels), np.array(words), np.array(p), found, 5, 0.45)
    slow = list(kept)
    for at in reversed(range(n)):
        if levels[at] < 2:
            continue
        end = at + 1
        while end < n and end - at < 5 and not 0 < levels[end] <= levels[at]:
            end += 1
        if end == at + 1:
            continue
        total = sum(words[one] + 1 for one in range(at + 1, end))
        stands = sum(words[one] + 1 for one in range(at + 1, end) if slow[one])
        if slow[at + 1] and stands >= 0.5 * total:
            slow[at] = True
        elif stands == 0 and end - at < 5 and p[at] < 0.45:
            slow[at] = False
    assert found.tolist() == slow


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), min_size=1, max_size=4), st.data())
def test_weights_are_summed_mark_by_mark(masks: list[tuple[int, int]], data: st.DataObject) -> None:
    at = data.draw(st.lists(st.integers(0, len(masks) - 1), max_size=8))
    weights = [float(place + 1) for place in range(len(at))]
    sums = np.zeros(8)
    sum_marks(np.array(masks, np.int64), np.array(at, np.int64), np.array(weights), 4, sums)
    for mark in range(8):
        held = [weight for place, weight in zip(at, weights, strict=True) if masks[place][mark // 4] >> mark % 4 & 1]
        assert sums[mark] == sum(held)
