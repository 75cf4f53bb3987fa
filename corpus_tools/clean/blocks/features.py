"""Numbers about every block of a page, for the model that decides which blocks are main text."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.block_text import count_block_copies, find_words
from corpus_tools.clean.blocks.columns import Columns
from corpus_tools.clean.blocks.feature_kernels import (
    ANCESTOR,
    AROUND,
    PLACE,
    SHIFTS,
    WINDOW,
    WINDOWS,
    ancestor_columns,
    around_columns,
    mark_columns,
    place_columns,
    window_columns,
)
from corpus_tools.clean.blocks.layout import LEVELS, Layout, Sums, running
from corpus_tools.clean.blocks.text_kernels import FEW
from corpus_tools.clean.blocks.wording import WORD_BITS, WORDING
from corpus_tools.clean.html.blocks import TAGS
from corpus_tools.clean.html.element_kernels import number_rows
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.labels import HALF
from corpus_tools.clean.html.marks import MARKS
from corpus_tools.kernels.lookup import Lookup

Array = npt.NDArray[Any]

_HEADINGS = {TAGS[f"h{level}"]: level for level in range(1, 7)}
_ABOVE = tuple(
    (
        "card comments content cookie desc e_article e_aside e_dialog e_footer e_form e_header e_hidden e_main e_nav e_textbody footer "
        "header legal nav popup post quote reply sidebar related share newsletter author meta forum review product e_table e_pre toc"
    ).split()
)
_PARENT = tuple("comments e_list e_textbody nav content".split())
_INNER = tuple("cta screenreader date author".split())
_PAGE_SHARES = tuple("card comments forum list post product reply e_main e_article".split())
_LEVEL_OF_TAG = np.zeros(len(TAGS))
for _code, _level in _HEADINGS.items():
    _LEVEL_OF_TAG[_code] = _level
_ABOVE_NAMES, _PARENT_NAMES = [f"above.{name}" for name in _ABOVE], [f"par.{name}" for name in _PARENT]
_INNER_NAMES, _SHARE_NAMES = [f"inner.{name}" for name in _INNER], [f"in_{name}" for name in _PAGE_SHARES]
_FAR = 200


def block_features(page: HtmlPage, lay: Layout) -> Columns:
    """What the model's first pass sees of each block, all but the class and word scores."""
    columns = Columns(len(lay.words))
    bits = _add_text(columns, page, lay)
    heading = _add_elements(columns, page, lay)
    sums = Sums(page, lay)
    _add_place(columns, lay, sums)
    _add_ancestors(columns, lay, sums)
    _add_alike(columns, page, lay)
    _add_best(columns, lay, sums, "best_a", 1.5, 2.0)
    _add_best(columns, lay, sums, "best_b", 4.0, 6.0)
    _add_headings(columns, lay, heading, bits)
    _add_titles(columns, page, lay)
    _add_page(columns, page, lay, sums, bits, heading)
    return columns


def _add_text(columns: Columns, page: HtmlPage, lay: Layout) -> Array:
    """Words and signs; gives each block's families of words as bits (n, families)."""
    counts, n = lay.text.counts, np.maximum(lay.words, 1)
    columns.add("words", lay.words)
    columns.add("chars", page.arrays.chars)
    columns.add("commas", counts["commas"])
    columns.add("stops", counts["stops"])
    columns.add("digits", counts["digits"] / n)
    columns.add("titled", counts["titled"] / n)
    columns.add("ends_sentence", counts["ends"])
    columns.add("pipes", counts["pipes"])
    columns.add("unique", counts["unique"] / n)
    columns.add("upper", counts["uppers"] / n)
    columns.add("linked", lay.linked)
    columns.add("links", page.arrays.links)
    columns.add("images", page.arrays.images)
    return (lay.text.bits(_word_bits())[:, None] >> np.arange(len(WORDING))) & 1


@cache
def _word_bits() -> Lookup:
    return Lookup.of(WORD_BITS, np.int64)


@cache
def _places(names: tuple[str, ...]) -> tuple[Array, Array]:
    """The column of a mask, and the place in it, of each mark."""
    halves, shifts = zip(*(divmod(MARKS.index(name), HALF) for name in names), strict=True)
    return np.array(halves, np.int64), np.array(shifts, np.int64)


def _bits(names: tuple[str, ...], masks: Array, at: Array) -> Array:
    """Whether each of ``masks[at]`` (n, 2) has the marks, 0 or 1 (names, n)."""
    out = np.empty((len(names), len(at)), np.float32)
    mark_columns(masks, at, *_places(names), out)
    return out


def _add_elements(columns: Columns, page: HtmlPage, lay: Layout) -> Array:
    """Element names and marks; gives each block's heading level, 0 for none."""
    given = page.arrays
    up = np.maximum(lay.parent[lay.node], 0)
    tag, parent_tag = lay.tag[lay.node], lay.tag[up]
    columns.add("tag", tag)
    columns.add("ptag", parent_tag)
    columns.add("depth", lay.depth[lay.node])
    columns.extend(_ABOVE_NAMES, _bits(_ABOVE, given.above, given.node))
    columns.extend(_PARENT_NAMES, _bits(_PARENT, given.labels.masks, given.label[up]))
    columns.extend(_INNER_NAMES, _bits(_INNER, given.inner, np.arange(columns.rows)))
    heading = np.maximum(_LEVEL_OF_TAG[tag], _LEVEL_OF_TAG[parent_tag])
    around = np.full((len(SHIFTS), columns.rows), -1, AROUND)
    around_columns(tag, lay.words, around)
    columns.add_records([f"n{offset}." for offset in SHIFTS], around)
    return heading


def _add_place(columns: Columns, lay: Layout, sums: Sums) -> None:
    n = columns.rows
    index = np.arange(n)
    columns.add("place", index / max(n - 1, 1))
    columns.add("words_before", sums.words[:-1] / sums.total)
    columns.add("long_before", sums.of_long[:-1] / sums.total_long)
    columns.add("long_words_before", np.log1p(sums.of_long[:-1]))
    columns.add("long_words_after", np.log1p(sums.of_long[-1] - sums.of_long[1:]))
    windows = np.empty((len(WINDOWS), n), WINDOW)
    window_columns(sums.words, sums.linked, sums.of_long, windows)
    columns.add_records([f"win{reach}." for reach in WINDOWS], windows)


def _add_ancestors(columns: Columns, lay: Layout, sums: Sums) -> None:
    found = np.empty((LEVELS, columns.rows), ANCESTOR)
    running_sums = (sums.words, sums.linked, sums.of_long, sums.short, sums.images)
    ancestor_columns(lay.levels, lay.first, lay.last, lay.tag, *running_sums, sums.total_long, found)
    columns.add_records([f"up{level}." for level in range(LEVELS)], found)


def _add_alike(columns: Columns, page: HtmlPage, lay: Layout) -> None:
    """How often the element stands among its siblings and on the page, and the text on the page."""
    pairs = number_rows(np.column_stack([lay.parent, lay.key]))
    siblings, alike = np.bincount(pairs)[pairs], np.bincount(lay.key)[lay.key]
    children = np.bincount(lay.parent[1:], minlength=len(lay.tag))
    at = lay.node
    for level in range(4):
        columns.add(f"siblings{level}", siblings[at])
        columns.add(f"children{level}", children[at])
        columns.add(f"alike{level}", alike[at])
        at = np.maximum(lay.parent[at], 0)
    copies, before = count_block_copies(page.arrays.data, page.arrays.start, page.arrays.end)
    columns.add("copies", copies)
    columns.add("nth_copy", before)


def _add_best(columns: Columns, lay: Layout, sums: Sums, name: str, link_cost: float, scrap_cost: float) -> None:
    """Where the block stands to the element with the most text less links and scraps."""
    gain = running(sums.long - link_cost * lay.words * lay.linked - scrap_cost * (lay.words < 5))
    found = np.empty(columns.rows, PLACE)
    top = place_columns(lay.parent, lay.first, lay.last, lay.node, gain, found)
    a, b = lay.first[top], lay.last[top]
    columns.add(name + ".in", found["inside"])
    columns.add(name + ".where", found["where"])
    columns.add(name + ".share", (sums.of_long[b] - sums.of_long[a]) / sums.total_long)
    columns.add(name + ".words", sums.words[b] - sums.words[a])
    columns.add(name + ".distance", found["distance"])


def _add_headings(columns: Columns, lay: Layout, heading: Array, bits: Array) -> None:
    index = np.arange(columns.rows)
    last = np.concatenate([[-1], np.maximum.accumulate(np.where(heading > 0, index, -1))[:-1]])
    known = last >= 0
    columns.add("heading", heading)
    columns.add("last_heading", np.where(known, heading[last], 0))
    columns.add("since_heading", np.where(known, index - last, 99))
    columns.add("under_comments", known & (bits[last, WORDING.index("comment")] > 0))
    columns.add("under_more", known & (bits[last, WORDING.index("more")] > 0))
    tops = np.flatnonzero(heading == 1)
    columns.add("from_h1", index - tops[0] if len(tops) else -999)
    is_long = np.flatnonzero((lay.words >= 15) & (lay.linked < 0.4))
    columns.add("prev_long", np.minimum(index - _before(is_long, index), _FAR))
    columns.add("next_long", np.minimum(_after(is_long, index) - index, _FAR))


def _before(places: Array, index: Array) -> Array:
    at = np.searchsorted(places, index) - 1
    return np.where(at >= 0, places[at] if len(places) else 0, -2 * _FAR)


def _after(places: Array, index: Array) -> Array:
    at = np.searchsorted(places, index, side="right")
    return np.where(at < len(places), np.append(places, 0)[np.minimum(at, len(places))], len(index) + 2 * _FAR)


def _add_titles(columns: Columns, page: HtmlPage, lay: Layout) -> None:
    meta = page.head.meta
    title = find_words(f"{page.head.title or ''} {meta.get('og:title', '')}".lower())
    about = find_words((meta.get("og:description") or meta.get("description") or "").lower())
    known = lay.text.known([title, about])
    words = np.maximum(known["different"], 1)
    columns.add("in_title", np.where(lay.words <= FEW, known["in_first"] / words, 0.0))
    columns.add("in_description", np.where(known["different"] > 2, known["in_second"] / words, 0.0))


_TYPE = re.compile(r'"@type"\s{0,9}:\s{0,9}\[?\s{0,9}"(\w+)"')


def _add_page(columns: Columns, page: HtmlPage, lay: Layout, sums: Sums, bits: Array, heading: Array) -> None:
    """What kind of page it is, in numbers equal for all its blocks."""
    words, meta = lay.words, page.head.meta
    n_long = float((sums.long > 0).sum())
    numbers: dict[str, float] = {
        "n": columns.rows, "words": sums.total, "linked": sums.linked[-1] / sums.total, "long": sums.of_long[-1] / sums.total,
        "long_words": sums.of_long[-1], "n_long": n_long, "mean_long": sums.of_long[-1] / max(n_long, 1), "images": sums.images[-1],
        "inputs": page.arrays.inputs.sum(), "short": sums.short[-1] / len(words), "nodes": len(lay.tag),
        "h1": (heading == 1).sum(), "headings": (heading > 0).sum(), "alike": np.bincount(lay.key).max(),
        "published": "article:published_time" in meta, "og_article": meta.get("og:type") == "article",
    }  # fmt: skip
    for name in ("article", "main", "p", "li", "pre", "table", "blockquote"):
        numbers[name] = (lay.tag == TAGS[name]).sum()
    for place, name in enumerate(WORDING):
        numbers["w_" + name] = bits[:, place].mean()
    types = {found for data in page.head.linked_data for found in _TYPE.findall(data)}
    numbers["ld_article"] = any("Article" in found or "Posting" in found for found in types)
    numbers["ld_product"] = "Product" in types
    numbers["ld_forum"] = bool(types & {"DiscussionForumPosting", "QAPage", "Question"})
    numbers["ld_list"] = bool(types & {"ItemList", "CollectionPage"})
    shares = _bits(_PAGE_SHARES, page.arrays.above, lay.node).sum(axis=1, dtype=float) / columns.rows
    numbers |= zip(_SHARE_NAMES, shares.tolist(), strict=True)
    columns.extend(["page." + name for name in numbers], np.array(list(numbers.values()), float)[:, None])
