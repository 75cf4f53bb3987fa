"""Clean one page: decode it, choose the HTML or the text road, cut boilerplate, say what was cut."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from corpus_tools.clean.blocks.model import BlockModel
from corpus_tools.clean.html.blocks import SOFT_HYPHEN
from corpus_tools.clean.lines.boilerplate import Cut, mark_page
from corpus_tools.clean.lines.lexicon import detect_language, language_of_folded
from corpus_tools.clean.lines.sections import spare_title
from corpus_tools.clean.links.carried import carry_links
from corpus_tools.clean.main_text import Extraction, extract_html, find_addresses, find_title, read_page
from corpus_tools.clean.markdown import BlockMarks, line_marks, write_markdown
from corpus_tools.clean.merged_cuts import merge_cuts
from corpus_tools.clean.metadata import add_from_cuts
from corpus_tools.clean.page_type.model import PageTypeModel
from corpus_tools.cut import MarkedPage, assemble, kept_lines
from corpus_tools.markup import paragraph, text_with_cuts
from corpus_tools.plan import CleanPlan
from corpus_tools.readers.decode import decode
from corpus_tools.readers.plain import is_plain_utf8
from corpus_tools.readers.twice_encoded import mend_twice_encoded

LOOKED_AT = 2_000_000
"""Characters of a page's text that are looked at for boilerplate, some seconds' work at worst; what follows is kept as it is."""
LONG = f"fallback: only the first {LOOKED_AT:,} characters were looked at for boilerplate"

_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|meta|div|p|a|span|table|article|section|h[1-6]|ul|br|script)\b[^<>]{0,2000}>", re.I
)
MENDED = "; text that was encoded twice is mended"
_HEAD = 1 << 16
_BREAKS = str.maketrans(dict.fromkeys("\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", "\n") | {"\x00": "\ufffd"})
_BREAK_SIGNS = "".join(map(chr, _BREAKS))
_SPACES = ("  ", "\t", "\x1f", *"\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000")
"""White space inside a line that is not one plain space."""


@dataclass(frozen=True)
class Cleaned:
    """One clean page. ``reason`` says why the page was rejected; it is None if it was not.

    ``text`` holds one block per line, and ``cuts`` every passage that was cut, in reading order,
    with ``start`` counted in characters of ``text``. ``path`` says how the page was cleaned: ``html``,
    ``text``, or a fallback and the reason for it. ``published`` to ``canonical_url`` are set only with ``plan.metadata``,
    ``page_type`` (one of ``clean.page_type.model.TYPES``) and its probability only for HTML.
    """

    text: str
    title: str | None = None
    language: str | None = None
    cuts: tuple[Cut, ...] = ()
    path: str = "text"
    reason: str | None = None
    published: str | None = None
    author: str | None = None
    licence: str | None = None
    canonical_url: str | None = None
    page_type: str | None = None
    page_type_probability: float | None = None
    marks: tuple[str, ...] = ()
    """What each line of ``text`` was, as ``clean.markdown`` says; empty where that is not known, as in text that was extracted before."""

    def _repr_html_(self) -> str:
        """For a notebook: the text with every cut in its place."""
        head = [paragraph(self.title, strong=True)] if self.title else []
        told = [paragraph(self.reason)] if self.reason else []
        cuts = [(cut.start, cut.kind, cut.rule, cut.passage) for cut in self.cuts]
        return "".join(
            [*head, *told, paragraph(f"{len(self.text):,} characters, {len(cuts):,} cuts"), text_with_cuts(self.text, cuts)]
        )

    @property
    def markdown(self) -> str:
        """``text`` with its headings, lists, tables, code and quotations in Markdown: the same words."""
        return write_markdown(self.text, self.marks) if self.marks else self.text


def clean_text(
    html_or_text: str | bytes,
    *,
    plan: CleanPlan = CleanPlan(),  # noqa: B008 - frozen
    content_type: str | None = None,
    url: str | None = None,
    charset: str | None = None,
    title: str | None = None,
    model: BlockModel | None = None,
    types: PageTypeModel | None = None,
) -> Cleaned:
    """Clean one page of HTML, or of text that was already extracted.

    ``content_type`` ("text/html" or "text/plain") says which it is; without one the content decides.
    ``charset`` is the one the HTTP header declared. ``url`` is used for metadata only, so that equal
    pages are cleaned equally wherever they were found. ``model`` and ``types`` replace the package's own block model and page
    type model.
    A page of which nothing is left has a ``reason``.
    """
    if (
        isinstance(html_or_text, bytes)
        and plan.focus != "none"
        and _says_html(content_type)
        and is_plain_utf8(html_or_text, charset)
    ):
        return _clean_html(plan, title, extract_html(html_or_text, plan, url, model, types))
    text, mended = _read(html_or_text, charset)
    if is_html(text, content_type):
        none = plan.focus == "none"
        found = _take_html(text, title, plan) if none else _clean_html(plan, title, extract_html(text, plan, url, model, types))
    elif plan.focus == "none":
        found = _take_text(text, title)
    else:
        found = _clean_lines(text, plan, title)
    return replace(found, path=f"{found.path}{MENDED}") if mended else found


def _read(html_or_text: str | bytes, charset: str | None) -> tuple[str, bool]:
    """The text of a page, and whether it had been encoded twice."""
    if isinstance(html_or_text, str):
        mended = mend_twice_encoded(html_or_text)
        return mended or html_or_text, mended is not None
    found = decode(html_or_text, charset)
    return found.text, found.how == "mended"


def _take_text(text: str, title: str | None, path: str = "text, as it is") -> Cleaned:
    """A page whose text is taken as it is."""
    whole = text.strip()
    return Cleaned(whole, title, None, (), path, None if whole else "no text in the page")


def _take_html(html: str, title: str | None, plan: CleanPlan) -> Cleaned:
    """All the text that a page of HTML shows, a block a line."""
    page, path = read_page(html)
    of_block, marks = BlockMarks(page), []
    for block, (text, links) in enumerate(zip(page.texts, find_addresses(page, plan), strict=True)):
        lines = text.split("\n")
        marks += carry_links(line_marks(of_block.of(block), lines), lines, links)
    found = _take_text("\n".join(page.texts), title or find_title(page), f"{path}, all of it")
    return replace(found, marks=tuple(marks) if found.text.count("\n") + 1 == len(marks) else ())


def _clean_lines(text: str, plan: CleanPlan, title: str | None) -> Cleaned:
    """A page of text that was already extracted."""
    if any(map(text.__contains__, _BREAK_SIGNS)):
        text = text.translate(_BREAKS)
    split = text.replace(SOFT_HYPHEN, "").split("\n")
    one_spaced = str.strip if not any(map(text.__contains__, _SPACES)) else _one_spaced
    lines = [line for line in map(one_spaced, split) if line]
    found = Extraction(title=title, lines=lines, links=[], cuts=(), path="text")
    return _finish(found, plan, title)


def _one_spaced(line: str) -> str:
    """A line with one space where it has white space inside, and none around."""
    if line.isascii() and "  " not in line and "\t" not in line and "\x1f" not in line:
        return line.strip()
    return " ".join(line.split())


def is_html(text: str, content_type: str | None) -> bool:
    """Whether a page takes the HTML road: as its media type says, else as its first 64 kB look."""
    if _says_html(content_type):
        return True
    if (content_type or "").lower().startswith("text/plain"):
        return False
    return _MARKUP.search(text, 0, _HEAD) is not None


def _says_html(content_type: str | None) -> bool:
    kind = (content_type or "").lower()
    return "html" in kind or "xml" in kind


def _clean_html(plan: CleanPlan, title: str | None, found: Extraction) -> Cleaned:
    return _finish(found, plan, title or found.title)


def _finish(found: Extraction, plan: CleanPlan, title: str | None) -> Cleaned:
    lines, rest = _within_budget(found.lines)
    before = "\n".join(lines)
    page = MarkedPage.of(before, found.links[: len(lines)] or None)
    told = language_of_folded(page.text) if len(page.text) == len(before) else detect_language(before)
    language = told or found.language
    mark_page(page, title, plan, language)
    if title and len(page.lines) == len(found.marks):
        spare_title(page, found.marks, title)
    after, cuts = assemble(page)
    marks: tuple[str, ...] = ()
    if found.marks and not rest and len(page.lines) == len(found.marks):
        marks = tuple(map(found.marks.__getitem__, kept_lines(page)))
    path = found.path
    if rest:
        before, after = (f"{text}\n{rest}" if text else rest for text in (before, after))
        path = path if path.startswith("fallback") else LONG
    merged = merge_cuts(found.cuts, cuts, before, after)
    reason = None if after else ("nothing left after cleaning" if before else "no text in the page")
    meta = add_from_cuts(found.meta, merged, language) if found.meta is not None else {}
    kind, sure = found.page_type or (None, None)
    typed = {"page_type": kind, "page_type_probability": sure}
    return Cleaned(after, title, language, merged, path, reason, **meta, **typed, marks=marks)  # type: ignore[arg-type]


def _within_budget(lines: list[str]) -> tuple[list[str], str]:
    """The lines of the first LOOKED_AT characters, and the text after them, which may begin inside a line."""
    room = LOOKED_AT
    if sum(map(len, lines)) <= room:
        return lines, ""
    for at, line in enumerate(lines):
        if len(line) > room:
            end = max(line.rfind(" ", 0, room), 0) or room
            return [*lines[:at], line[:end]] if end else lines[:at], "\n".join([line[end:].lstrip(), *lines[at + 1 :]])
        room -= len(line)
    return lines, ""
