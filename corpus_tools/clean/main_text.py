"""HTML in, the lines of its main text out, with what was left out and why."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpus_tools.clean.blocks.model import BlockModel, choose_blocks, packaged_block_model
from corpus_tools.clean.html.flat import is_too_much, read_flat
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.labels import halves
from corpus_tools.clean.html.marks import BITS
from corpus_tools.clean.html.tree import read_blocks
from corpus_tools.clean.lines.boilerplate import Cut, name_kind
from corpus_tools.plan import CleanPlan

_KIND_OF_MARK = (
    ("cookie", "cookie_notice"),
    ("newsletter", "newsletter"),
    ("comments", "comments"),
    ("share", "share_bar"),
    ("advert", "advert"),
    ("e_nav e_footer nav footer crumbs pager", "navigation"),
    ("related recent", "link_farm"),
    ("author", "byline"),
)
_MARKED_KINDS = tuple((sum(BITS[name] for name in names.split()), kind) for names, kind in _KIND_OF_MARK)
_NAMED_CHARS = 2_000
_METADATA_CHARS = 3_000_000


@dataclass(frozen=True)
class Extraction:
    """Lines of main text with the share of linked characters of each, and the cuts made so far."""

    title: str | None
    lines: list[str]
    links: list[float]
    cuts: tuple[Cut, ...]
    path: str
    language: str | None = None
    meta: Mapping[str, str | None] | None = None


def extract_html(html: str, plan: CleanPlan, url: str | None = None, model: BlockModel | None = None) -> Extraction:
    """Main text of a page: its blocks, each kept or cut by the block model.

    Pages beyond the tree budgets are read without a tree, and pages that show no text are searched
    for text that scripts would have shown; ``path`` says so.
    """
    page, path = read_page(html)
    meta = _read_metadata(html, url) if plan.metadata else None
    if not page.texts:
        from corpus_tools.clean.html.recover import recover_lines  # BeautifulSoup, for few pages

        lines = recover_lines(html)
        return Extraction(page.head.title, lines, [], (), "fallback: no visible text, scripts and templates searched", None, meta)
    p, lay = (model or packaged_block_model()).probabilities(page)
    kept = choose_blocks(p, lay.words, plan.focus)
    return _assemble(page, p, kept, path, meta)


def read_page(html: str) -> tuple[HtmlPage, str]:
    """The blocks of a page and the road taken: ``html``, or the linear one for pages no tree can be built of."""
    raw = html.encode("utf-8", "ignore")  # as the parser would: it is given what is counted here
    if is_too_much(raw):
        return read_flat(html), "fallback: too many or too deep elements for a tree, tags read in a row"
    page = read_blocks(raw)
    if page.truncated:
        return read_flat(html), "fallback: too many or too deep elements for a tree, tags read in a row"
    return page, "html"


def _assemble(page: HtmlPage, p: Any, kept: Any, path: str, meta: Mapping[str, str | None] | None) -> Extraction:
    lines: list[str] = []
    links: list[float] = []
    cuts: list[Cut] = []
    length = 0
    kinds = _marked_kinds(page)
    linked = page.arrays.linked.tolist()
    keeps = kept.tolist()
    for (keep, kind), group in itertools.groupby(range(len(keeps)), key=lambda i: (keeps[i], "" if keeps[i] else kinds[i])):
        blocks = list(group)
        if not keep:
            cuts.append(_cut(page.texts, linked, blocks, kind, p, length))
            continue
        for i in blocks:
            share = linked[i] / len(page.texts[i])
            for line in page.texts[i].split("\n"):
                lines.append(line)
                links.append(share)
                length += len(line) + 1
    return Extraction(page.head.title, lines, links, tuple(cuts), path, _language(page), meta)


def _marked_kinds(page: HtmlPage) -> list[str]:
    """The kind the marks of each block's elements give, empty if they give none."""
    marks = page.arrays.above[page.arrays.node] | page.arrays.inner
    names = ["", *(kind for _, kind in _MARKED_KINDS)]
    found = np.zeros(len(marks), np.int64)
    for place in range(len(_MARKED_KINDS), 0, -1):  # the first kind wins
        found[(marks & halves(_MARKED_KINDS[place - 1][0])).any(axis=1)] = place
    return [names[place] for place in found.tolist()]


def _cut(texts: list[str], linked: list[int], places: list[int], kind: str, p: Any, start: int) -> Cut:
    passage = "\n".join(texts[i] for i in places)
    share = sum(linked[i] for i in places) / len(passage)
    named = kind or name_kind(passage[:_NAMED_CHARS], "en", share)
    return Cut(named, passage, start, f"block_model {max(p[i] for i in places):.2f}")


def _language(page: HtmlPage) -> str | None:
    code = (page.head.language or "")[:2].lower()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def _read_metadata(html: str, url: str | None) -> dict[str, str | None]:
    if len(html) > _METADATA_CHARS:
        return {}
    from trafilatura.metadata import extract_metadata

    found = extract_metadata(html, default_url=url)
    return {"published": found.date, "author": found.author, "licence": found.license, "canonical_url": found.url} if found else {}
