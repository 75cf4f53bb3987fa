"""HTML in, the lines of its main text out, with what was left out and why."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from corpus_tools.clean.block_settings import apply_settings
from corpus_tools.clean.blocks.articles import count_articles
from corpus_tools.clean.blocks.block_text import find_words
from corpus_tools.clean.blocks.by_type import least_of_groups, settle_by_type
from corpus_tools.clean.blocks.groups import keep_whole
from corpus_tools.clean.blocks.layout import running
from corpus_tools.clean.blocks.model import BlockModel, choose_blocks, packaged_block_model
from corpus_tools.clean.blocks.signs import without_sign
from corpus_tools.clean.blocks.twins import find_twins
from corpus_tools.clean.html.blocks import DOWN, END, LINKED_END, MAX_BLOCKS, SOFT_HYPHEN, TAGS, UP
from corpus_tools.clean.html.element_kernels import first_marks
from corpus_tools.clean.html.flat import is_too_much, read_flat, without_long_scripts
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.labels import halves
from corpus_tools.clean.html.marks import BITS
from corpus_tools.clean.html.tree import read_blocks
from corpus_tools.clean.lines.boilerplate import Cut, name_kinds
from corpus_tools.clean.links.carried import Link, carry_links
from corpus_tools.clean.links.read import read_links
from corpus_tools.clean.markdown import BlockMarks, line_marks
from corpus_tools.clean.metadata import read_metadata
from corpus_tools.clean.page_type.model import PageTypeModel, packaged_page_type_model
from corpus_tools.clean.titles import choose_title
from corpus_tools.clean.unseen.recover import recover_lines
from corpus_tools.clean.unseen.shadow import has_shadow, show_shadow
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
_MASKS = np.array([halves(mask) for mask, _ in _MARKED_KINDS], np.int64)
_KEPT, _TWIN = -1, -2
"""Stand for a kind where a block is kept, and where it says again what the page said before."""
_NAMED_CHARS = 2_000
FEW_WORDS = 25
"""A page of which fewer words are left is searched for what scripts would have shown."""
NO_TEXT = "fallback: no visible text, scripts and templates searched"
LITTLE_LEFT = "fallback: little visible text, scripts and templates searched; "
MORE_ARTICLES = "; more than one article"
"""What the path says of a page that goes on with another article."""
_SIGNS_OF_STATE = (
    "ld+json",
    "__NEXT_DATA__",
    "__NUXT_",
    "__next_f",
    "_STATE__",
    "application/json",
    "<template",
    "<noscript",
    "srcdoc",
)
_SHORT_CHARS = 40
_MARK_BYTES = tuple(mark.encode() for mark in (UP, DOWN, END, LINKED_END))


@dataclass(frozen=True)
class Extraction:
    """Lines of main text with the share of linked characters of each, and the cuts made so far."""

    title: str | None
    lines: list[str]
    links: list[float]
    cuts: tuple[Cut, ...]
    path: str
    language: str | None = None
    marks: Sequence[str] = ()
    """What each line was, as ``markdown`` marks it; empty if that is not known."""
    meta: dict[str, str | None] | None = None
    page_type: tuple[str, float] | None = None
    """What kind of page it is, with the probability of that; None where there is no text to tell by."""


def extract_html(
    html: str | bytes,
    plan: CleanPlan,
    url: str | None = None,
    model: BlockModel | None = None,
    types: PageTypeModel | None = None,
) -> Extraction:
    """Main text of a page, text or UTF-8: its blocks, each kept or cut by the block model.

    Pages beyond the tree budgets are read without a tree, and pages of which no text shows or little is left
    are searched for text that scripts would have shown; ``path`` says so.
    """
    page, path = read_page(html)
    meta = (
        read_metadata(page.head, html if isinstance(html, bytes) else html.encode("utf-8", "ignore"), url)
        if plan.metadata
        else None
    )
    if not page.texts:
        return Extraction(find_title(page), recover_lines(as_text(html)), [], (), NO_TEXT, _language(page), meta=meta)
    p, lay, numbers = (model or packaged_block_model()).probabilities(page)
    shares = (types or packaged_page_type_model()).judge(page, lay, numbers)
    page_type = next(iter(shares.items()))
    chosen = choose_blocks(p, lay.words, lay.linked, plan.focus, page_type[0])
    kept = keep_whole(page, lay, p, chosen, least_of_groups(plan.focus, shares))
    if plan.focus != "recall":
        kept = settle_by_type(page, lay, p, kept, shares, plan.comments == "cut")
    apply_settings(page, lay, kept, plan)
    kept[MAX_BLOCKS:] = True  # text that was not divided: what is boilerplate in it cannot be told from the rest
    twins = find_twins(page, lay, kept)
    left = float(lay.words[kept & ~twins].sum())
    if left < FEW_WORDS and (lines := _recovered(as_text(html), left)):
        found = _assemble(page, p, np.zeros(len(kept), np.bool_), twins, f"{LITTLE_LEFT}{path}", meta, ())
        return replace(found, lines=lines, links=[], marks=(), page_type=page_type)
    if page_type[0] == "article" and count_articles(lay, kept & ~twins) > 1:
        path = f"{path}{MORE_ARTICLES}"
    addresses = find_addresses(page, plan)
    return replace(_assemble(page, p, kept & ~twins, twins, path, meta, addresses), page_type=page_type)


def find_addresses(page: HtmlPage, plan: CleanPlan) -> Sequence[Sequence[Link]]:
    """The links of each block, if the plan asks for them."""
    if plan.links == "drop" or not plan.markdown or page.source is None:
        return [()] * len(page.texts)
    return read_links(page.source, shown_texts(page))


def _recovered(html: str, left: float) -> list[str]:
    """Lines that scripts would have shown, of a page of which ``left`` words are left; none if there is not much more of them."""
    if not any(sign in html for sign in _SIGNS_OF_STATE):
        return []
    lines = recover_lines(html, holders=left == 0)
    return lines if sum(len(find_words(line)) for line in lines) >= FEW_WORDS + 2 * left else []


def find_title(page: HtmlPage) -> str | None:
    """The page's title: what its head and its headings say together."""
    tag, parent, node = (page.arrays.tag, page.arrays.parent, page.arrays.node) if page.texts else (np.zeros(0, np.int64),) * 3
    tops = np.flatnonzero((tag[node] == TAGS["h1"]) | (tag[np.maximum(parent[node], 0)] == TAGS["h1"])) if len(node) else node
    short = np.flatnonzero(page.arrays.chars <= _SHORT_CHARS) if page.texts else node
    headings = [without_sign(page.texts[at].replace(SOFT_HYPHEN, ""), int(page.arrays.linked[at])) for at in tops[:5].tolist()]
    return choose_title(page.head, headings, (page.texts[at] for at in short.tolist()))


def as_text(html: str | bytes) -> str:
    """A page as text; UTF-8 is only decoded where text is asked for."""
    return html if isinstance(html, str) else html.decode("utf-8", "replace")


def read_page(html: str | bytes) -> tuple[HtmlPage, str]:
    """The blocks of a page and the road taken: ``html``, or the linear one for pages no tree can be built of."""
    raw = (
        html if isinstance(html, bytes) else html.encode("utf-8", "ignore")
    )  # as the parser would: it is given what is counted here
    if any(mark in raw for mark in _MARK_BYTES):
        raw = raw.translate(None, b"".join(_MARK_BYTES))
    if has_shadow(raw):
        raw = show_shadow(raw)
        html = raw.decode("utf-8", "replace")
    if is_too_much(raw) and is_too_much(raw := without_long_scripts(raw)):
        return read_flat(as_text(html)), "fallback: too many or too deep elements for a tree, tags read in a row"
    page = read_blocks(raw)
    if page.truncated:
        return read_flat(as_text(html)), "fallback: too many or too deep elements for a tree, tags read in a row"
    page.source = raw
    return page, "html"


def shown_texts(page: HtmlPage) -> list[str]:
    """The texts of a page's blocks without soft hyphens, which show at the end of a line only: they would part words."""
    data = page.arrays.data.tobytes()
    if SOFT_HYPHEN.encode()[1:] not in data or SOFT_HYPHEN.encode() not in data:  # the single byte is found sooner
        return page.texts
    return [text.replace(SOFT_HYPHEN, "") for text in page.texts]


def _assemble(
    page: HtmlPage,
    p: Any,
    kept: Any,
    twins: Any,
    path: str,
    meta: dict[str, str | None] | None,
    addresses: Sequence[Sequence[Link]],
) -> Extraction:
    given, texts, of_block = page.arrays, shown_texts(page), BlockMarks(page)
    lines: list[str] = []
    links: list[float] = []
    marks: list[str] = []
    passages: list[tuple[int, str, float, float, int]] = []
    length = 0
    kinds = np.where(kept, _KEPT, first_marks(given.above, given.node, given.inner, _MASKS))
    kinds[twins] = _TWIN
    bounds = [0, *(np.flatnonzero(np.diff(kinds)) + 1).tolist(), len(kinds)]
    shares, linked = (given.linked / np.maximum(given.chars, 1)).tolist(), running(given.linked).tolist()
    sure = np.maximum.reduceat(p, bounds[:-1]).tolist()
    for (start, end), kind, surest in zip(itertools.pairwise(bounds), kinds[bounds[:-1]].tolist(), sure, strict=True):
        if kind != _KEPT:
            passage = "\n".join(texts[start:end])
            passages.append((kind, passage, (linked[end] - linked[start]) / len(passage), surest, length))
            continue
        for i in range(start, end):
            mark = of_block.of(i)
            text = without_sign(texts[i], int(given.linked[i])) if mark[0] in "ht" else texts[i]
            own = text.split("\n")
            if addresses[i]:
                lines += own
                links += [shares[i]] * len(own)
                marks += carry_links(line_marks(mark, own), own, addresses[i])
            elif len(own) == 1:
                lines.append(text)
                links.append(shares[i])
                marks += [mark] if mark[0] != "c" else line_marks(mark, own)
            else:
                lines += own
                links += [shares[i]] * len(own)
                marks += line_marks(mark, own)
            length += len(text) + 1
    return Extraction(find_title(page), lines, links, tuple(_cuts(passages)), path, _language(page), marks, meta)


def _cuts(passages: list[tuple[int, str, float, float, int]]) -> Iterator[Cut]:
    """What was cut: of each passage its place in the marked kinds, counted from 1, 0 for none; share of links, certainty, start."""
    unnamed = [(passage[:_NAMED_CHARS], share) for kind, passage, share, _, _ in passages if kind == 0]
    names = iter(name_kinds(unnamed, "en"))
    for kind, passage, _, surest, start in passages:
        if kind == _TWIN:
            yield Cut("site_template", passage, start, "twin")
        else:
            yield Cut(_MARKED_KINDS[kind - 1][1] if kind else next(names), passage, start, f"block_model {surest:.2f}")


def _language(page: HtmlPage) -> str | None:
    code = (page.head.language or "")[:2].lower()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None
