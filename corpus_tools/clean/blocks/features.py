"""Numbers about every block of a page, for the model that decides which blocks are main text."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks import feature_kernels as of_block
from corpus_tools.clean.blocks import page_kernels as of_page
from corpus_tools.clean.blocks.block_text import count_block_copies, find_words
from corpus_tools.clean.blocks.columns import Columns, row_slices
from corpus_tools.clean.blocks.groups import levels_of_tags
from corpus_tools.clean.blocks.layout import LEVELS, Layout, Sums
from corpus_tools.clean.blocks.text_kernels import FEW
from corpus_tools.clean.blocks.wording import WORD_BITS, WORDING
from corpus_tools.clean.html.blocks import TAGS
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.labels import HALF
from corpus_tools.clean.html.marks import MARKS
from corpus_tools.kernels.lookup import Lookup

Array = npt.NDArray[Any]

_ABOVE = tuple(
    (
        "card comments content cookie desc e_article e_aside e_dialog e_footer e_form e_header e_hidden e_main e_nav e_textbody footer "
        "header legal nav popup post quote reply sidebar related share newsletter author meta forum review product e_table e_pre toc"
    ).split()
)
_PARENT = tuple("comments e_list e_textbody nav content".split())
_INNER = tuple("cta screenreader date author".split())
_PAGE_SHARES = tuple("card comments forum list post product reply e_main e_article".split())
_PAGE_TAGS = ("article", "main", "p", "li", "pre", "table", "blockquote")
_ALIKE = [f"{name}{level}" for level in range(of_page.LEVELS_ALIKE) for name in of_page.OF_ALIKE]
_PARTS = (
    of_block.OF_TEXT,
    of_block.OF_ELEMENT,
    [*(f"above.{name}" for name in _ABOVE), *(f"par.{name}" for name in _PARENT), *(f"inner.{name}" for name in _INNER)],
    [f"n{shift}.{name}" for shift in of_block.SHIFTS for name in of_block.OF_OTHER],
    [*of_block.OF_PLACE, "long_words_before", "long_words_after"],
    [f"win{reach}.{name}" for reach in of_block.WINDOWS for name in of_block.OF_WINDOW],
    [f"up{level}.{name}" for level in range(LEVELS) for name in of_block.OF_ANCESTOR],
    [*_ALIKE, "copies", "nth_copy"],
    [f"{best}.{name}" for best in ("best_a", "best_b") for name in of_page.OF_BEST],
    of_page.OF_HEADING,
    ["in_title", "in_description"],
)
NAMES = tuple(name for part in _PARTS for name in part)
"""What is known of each block, in order; after it stand the numbers of the page."""
_ROWS = row_slices(_PARTS)
_COUNTED = ("h1", "headings", "alike", "inputs")


def block_features(page: HtmlPage, lay: Layout) -> Columns:
    """What the model's first pass sees of each block, all but the class and word scores."""
    columns, sums = Columns(len(lay.words)), Sums(page, lay)
    rows = np.empty((len(NAMES), columns.rows), np.float32)
    text, element, marks, around, place, windows, ancestors, alike, best, headings, titles = (rows[part] for part in _ROWS)
    bits, heading = lay.text.bits(_word_bits()), np.empty(columns.rows, np.int64)
    given, words, linked = page.arrays, lay.words, lay.linked
    of_block.text_rows(lay.text.counts, words, linked, given.chars, given.links, given.images, text)
    of_block.element_rows(lay.tag, lay.parent, lay.depth, lay.node, levels_of_tags(), heading, element)
    of_block.mark_rows(_marks(), given.above, given.labels.masks, given.label, given.inner, lay.parent, lay.node, marks)
    of_block.around_rows(lay.tag, lay.node, words, around)
    _write_places(place, windows, sums)
    of_block.ancestor_rows(lay.levels, lay.first, lay.last, lay.tag, sums.every, sums.total_long, ancestors)
    of_page.alike_rows(lay.parent, lay.key, lay.node, alike)
    alike[-2], alike[-1] = count_block_copies(given.data, given.start, given.end)
    of_page.best_rows(lay.parent, lay.first, lay.last, lay.node, words, linked, sums.every, sums.total_long, best)
    of_page.heading_rows(heading, bits, *_OF_SECTIONS, words, linked, headings)
    _write_titles(titles, page, lay)
    columns.extend(NAMES, rows)
    numbers = _page_numbers(page, lay, sums, bits, heading)
    columns.extend(["page." + name for name in numbers], np.array(list(numbers.values()), float)[:, None])
    return columns


_OF_SECTIONS = tuple(1 << WORDING.index(name) for name in ("comment", "more"))


@cache
def _word_bits() -> Lookup:
    return Lookup.of(WORD_BITS, np.int64)


def _places(names: tuple[str, ...]) -> list[tuple[int, int]]:
    """The column of a mask, and the place in it, of each mark."""
    return [divmod(MARKS.index(name), HALF) for name in names]


@cache
def _marks() -> Array:
    """Whose marks are told, and their places, as ``mark_rows`` takes them."""
    whose = ((of_block.ABOVE, _ABOVE), (of_block.PARENT, _PARENT), (of_block.INNER, _INNER))
    return np.array([(which, *place) for which, names in whose for place in _places(names)], np.int64)


@cache
def _counted() -> tuple[Array, Array]:
    """Tags and marks that are counted of a page."""
    return np.array([TAGS[name] for name in _PAGE_TAGS], np.int64), np.array(_places(_PAGE_SHARES), np.int64)


def _write_places(place: Array, windows: Array, sums: Sums) -> None:
    """The logarithms are numpy's: a library of its own may differ in the last bit."""
    of_block.place_rows(sums.every, sums.total, sums.total_long, place, windows)
    place[-2] = np.log1p(sums.of_long[:-1])
    place[-1] = np.log1p(sums.of_long[-1] - sums.of_long[1:])


def _write_titles(titles: Array, page: HtmlPage, lay: Layout) -> None:
    meta = page.head.meta
    title = find_words(f"{page.head.title or ''} {meta.get('og:title', '')}".lower())
    about = find_words((meta.get("og:description") or meta.get("description") or "").lower())
    known = lay.text.known(title, about)
    words = np.maximum(known["different"], 1)
    titles[0] = np.where(lay.words <= FEW, known["in_first"] / words, 0.0)
    titles[1] = np.where(known["different"] > 2, known["in_second"] / words, 0.0)


_TYPE = re.compile(r'"@type"\s{0,9}:\s{0,9}\[?\s{0,9}"(\w+)"')


def _page_numbers(page: HtmlPage, lay: Layout, sums: Sums, bits: Array, heading: Array) -> dict[str, float]:
    """What kind of page it is, in numbers equal for all its blocks."""
    n, meta = len(lay.words), page.head.meta
    found = np.empty(len(_COUNTED) + len(_PAGE_TAGS) + len(WORDING) + len(_PAGE_SHARES))
    of_page.page_numbers(lay.tag, lay.key, heading, page.arrays.inputs, bits, page.arrays.above, lay.node, *_counted(), found)
    tops, headings, alike, inputs, *counts = found.tolist()
    tags, families, shares = (iter(counts[a:b]) for a, b in ((0, 7), (7, 7 + len(WORDING)), (7 + len(WORDING), None)))
    numbers: dict[str, float] = {
        "n": n, "words": sums.total, "linked": sums.linked[-1] / sums.total, "long": sums.of_long[-1] / sums.total,
        "long_words": sums.of_long[-1], "n_long": sums.n_long, "mean_long": sums.of_long[-1] / max(sums.n_long, 1), "images": sums.images[-1],
        "inputs": inputs, "short": sums.short[-1] / n, "nodes": len(lay.tag), "h1": tops, "headings": headings, "alike": alike,
        "published": "article:published_time" in meta, "og_article": meta.get("og:type") == "article",
    }  # fmt: skip
    numbers |= zip(_PAGE_TAGS, tags, strict=True)
    numbers |= {f"w_{name}": held / n for name, held in zip(WORDING, families, strict=True)}
    types = {found for data in page.head.linked_data for found in _TYPE.findall(data)}
    numbers["ld_article"] = any("Article" in found or "Posting" in found for found in types)
    numbers["ld_product"] = "Product" in types
    numbers["ld_forum"] = bool(types & {"DiscussionForumPosting", "QAPage", "Question"})
    numbers["ld_list"] = bool(types & {"ItemList", "CollectionPage"})
    return numbers | {f"in_{name}": held / n for name, held in zip(_PAGE_SHARES, shares, strict=True)}
