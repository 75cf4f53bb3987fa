"""Blocks of a page that must not become a tree: one pass over the tags, in time linear in the page."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from html import unescape

import numpy as np

from corpus_tools.clean.html.blocks import INLINE, SKIPPED, Head
from corpus_tools.clean.html.builder import Builder
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.tag_kernels import ENDS_ALONE, FORMATTING, SEARCHES, compares_too_many, count_tags, weigh_tags
from corpus_tools.kernels.lookup import Lookup

_RAW = frozenset(
    ("script", "style", "iframe", "noframes", "svg", "template", "head", "title", "object", "canvas", "audio", "video")
)
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")
_ENDS = {name: re.compile(f"</{name}", re.I) for name in _RAW}
_TITLE = re.compile(r"<title[^<>]{0,500}>([^<]{0,2000})", re.I)
OPTIONAL_END = frozenset("p li td th tr tbody thead tfoot dt dd option optgroup colgroup caption rt rp".split())
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
REOPENED = frozenset("a b big code em font i nobr s small strike strong tt u".split())
SEARCHING = OPTIONAL_END | frozenset(
    "a address article aside blockquote body button center details dialog dir div dl fieldset figcaption figure footer form frameset h1 h2 h3 "
    "h4 h5 h6 header hgroup hr html listing main menu nav nobr ol plaintext pre rb rtc search section select summary table ul xmp".split()
)
"""Elements before which a tree builder looks through the open ones, for a paragraph to close and the like."""

LONG_TAG, MAX_COMPARED = 2_000, 200_000_000
"""Bytes of a tag whose attributes are counted, and pairs of attributes of one page that a parser may compare, in a third of a second."""
_OPEN_TAG = re.compile(rb"""<[a-zA-Z](?:[^>"']|"[^"]*"|'[^']*'|["'])*+""")
"""A tag as a parser has it: < may stand in names of attributes."""
_ATTRIBUTE = re.compile(rb"""[^\s"'=/>]++(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)?)?""")
MANY_ATTRIBUTES = 500
"""Attributes from which on what stands in a script is taken out of it: fewer cost a parser next to nothing."""
_SCRIPT, _SCRIPT_END = re.compile(rb"<script\b", re.I), re.compile(rb"</script\b", re.I)
MAX_TAGS = 600_000
MANY_TAGS, MANY_OPEN = 20_000, 500
MAX_WORK = 100_000_000
"""A tree builder looks through the open elements at many tags: how many it may have to look at, in a quarter of a second."""
MAX_REOPENED = 1_000_000
"""It makes every formatting element that was never closed again in each block after it: how many it may have to make."""


def is_too_much(html: bytes) -> bool:
    """Whether a tree of this page would be too large, or take time or memory quadratic in its tags to build."""
    data = np.frombuffer(html, np.uint8)
    opening, closing, long = count_tags(data, LONG_TAG)
    if len(long) and compares_too_many(data, np.array(sorted(set(long.tolist())), np.int64), LONG_TAG, MAX_COMPARED):
        return True
    if opening + closing > MAX_TAGS:
        return True
    if opening + closing < MANY_TAGS and opening - closing < MANY_OPEN:
        return False
    table = tag_kinds()
    work, reopened = weigh_tags(data, table.keys, table.values)
    return bool(work > MAX_WORK or reopened > MAX_REOPENED)


def _count_attributes(tag: re.Match[bytes] | None) -> int:
    """Attributes of a tag; 0 of a short one."""
    return len(_ATTRIBUTE.findall(tag[0])) if tag is not None and len(tag[0]) > LONG_TAG else 0


def without_long_scripts(html: bytes) -> bytes:
    """A page without the rest of each script after what a parser could take for a tag of many attributes.

    "a<b" in a long script looks like one, and no text of a page stands in a script. Where it was a tag after all, it is one no more, so
    a page gains nothing by hiding it so.
    """
    long = sorted(set(count_tags(np.frombuffer(html, np.uint8), LONG_TAG)[2].tolist()))
    made, ends = bytearray(html), -1
    scripts = _script_spans(html)
    for start in long:
        place = bisect_right(scripts, (start, len(html))) - 1
        if start < ends or place < 0 or start >= scripts[place][1]:
            continue
        tag = _OPEN_TAG.match(html, start, scripts[place][1])
        if _count_attributes(tag) > MANY_ATTRIBUTES:
            ends = scripts[place][1]
            made[start:ends] = b" " * (ends - start)
        elif tag is not None:
            ends = tag.end()
    return bytes(made)


def _script_spans(html: bytes) -> list[tuple[int, int]]:
    """Where the content of each script begins and ends, in order."""
    spans, at = [], 0
    while (found := _SCRIPT.search(html, at)) is not None:
        end = _SCRIPT_END.search(html, found.end())
        spans.append((found.end(), end.start() if end else len(html)))
        at = spans[-1][1]
    return spans


@cache
def tag_kinds() -> Lookup:
    """What ``weigh_tags`` must know of element names."""
    kinds = ((VOID | OPTIONAL_END, ENDS_ALONE), (REOPENED, FORMATTING), (SEARCHING, SEARCHES))
    names = frozenset().union(*(held for held, _ in kinds))
    return Lookup.of({name: sum(kind for held, kind in kinds if name in held) for name in sorted(names)}, np.int64)


def read_flat(html: str) -> HtmlPage:
    """Blocks of a page without a tree: every block is in the body, links are known, ancestors are not."""
    head = Head()
    found = _TITLE.search(html, 0, 1 << 20)
    if found:
        head.title = " ".join(_unescape(found[1]).split()) or None
    builder = Builder(head)
    builder.open("body", 0)
    at = 0
    while at < len(html):
        start = html.find("<", at)
        if start < 0:
            start = len(html)
        if start > at:
            builder.words(_unescape(html[at:start]))
        at = _pass_tag(html, start, builder)
    return builder.finish()


def _unescape(text: str) -> str:
    return unescape(text) if "&" in text else text


def _pass_tag(html: str, start: int, builder: Builder) -> int:
    """Handle what begins at the ``<`` in ``start``; gives the place after it."""
    if html.startswith("<!--", start):
        end = html.find("-->", start + 4)
        return len(html) if end < 0 else end + 3
    closing = html.startswith("/", start + 1)
    name = _NAME.match(html, start + 1 + closing)
    if name is None and not html.startswith(("<!", "<?", "</"), start):
        if start < len(html):
            builder.words("<")
        return start + 1
    end = html.find(">", start)
    if end < 0:
        return len(html)
    if name is not None:
        tag = name[0].lower()
        if tag in _RAW and not closing and html[end - 1] != "/":
            close = _ENDS[tag].search(html, end)
            return len(html) if close is None else close.start()
        _announce(tag, closing, builder)
    return end + 1


def _announce(tag: str, closing: bool, builder: Builder) -> None:
    if tag == "a":
        builder.close_inline(tag)
        if not closing:
            builder.open_inline(tag, 0)
    elif tag == "br":
        builder.line_break()
    elif tag not in INLINE and tag not in SKIPPED:
        builder.stand_in("" if closing else tag)
