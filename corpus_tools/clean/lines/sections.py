"""Sections a heading opens: related posts, readers' comments, reference lists, disclaimers.

The heading alone is not enough: what stands under it must look like the thing it announces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

from corpus_tools.clean.lines.lexicon import Lexicon, alternatives, load_lexicon
from corpus_tools.clean.lines.line_signs import LineSigns, lines_of
from corpus_tools.clean.lines.link_farm import begins_small
from corpus_tools.clean.lines.sign_kernels import COMMENTS, COUNT, DISCLAIMER, REFERENCES, RELATED, TEASER
from corpus_tools.clean.links.carried import plain_mark
from corpus_tools.cut import MarkedPage, label_key

_END = re.compile(r"[.;:,。；：，、।]$")
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")
_CITATION = re.compile(r"\b(?:19|20)\d{2}\b|doi|https?:|www\.|et al|\bpp?\. ?\d|pmid|retrieved|accessed|journal|vol\.")
_COMMENT_COUNT = re.compile(
    r"\(?\d{1,5}\)? ?(?:comments?|responses?|replies|thoughts?|kommentare?|antworten|commentaires?|r[ée]ponses?|comentarios?|respuestas?)\b(?: (?:on|to|so far|zu|sur|en)\b.{0,120})?[ :.]*"
)
MAX_LISTED = 200
"""Lines of the longest list of related titles; a longer run is a page of titles."""
_SAYS = re.compile(r".{1,50} (?:says|said|wrote|commented|sagt|dit|dice)(?: on .{1,40})?:?$")
MAX_TEASER = 160
MIN_BEFORE = 0.4
"""Share of a page that stands before its comments; with less, the page is the conversation."""
_AGAIN = "title.again"
MAX_LEAD = 400
"""Characters at most between a title and the same title again: room for a lead, not for a section."""


def mark_related(page: MarkedPage, lexicon: Lexicon, focus: str = "balanced", signs: LineSigns | None = None) -> None:
    """Mark a related heading and the titles listed under it, up to the next running text.

    A heading that pages of news and documentation also use ("Trending", "See also") counts only at the
    foot of a page of running text, over a short list without bullets; anywhere when ``focus`` is precision. A list with
    bullets that the text goes on after is the author's own, under any heading.
    """
    numbers = lines_of(page, signs, RELATED)
    if not numbers:
        return
    sure, loose = lexicon.lists["related_openers"], lexicon.lists["related_loose"]
    total = sum(map(len, page.lines))
    prose = sum(len(line) for line in page.lines if len(line) > 100)
    end = 0
    for number in numbers:
        key = page.key(number) if number not in page.whole and len(page.folded[number]) <= 60 else ""
        if key not in sure and key not in loose:
            continue
        end = max(end, number + 1)  # a run that an earlier heading walked ends where it ended
        while end < len(page.lines) and (end in page.whole or _title_like(page, end)) and not _closes(page, end, lexicon):
            end += 1
        if end - number > MAX_LISTED:
            continue
        listed = sum(map(len, page.lines[number + 1 : end]))
        inside = prose > 0.5 * total and listed < 0.25 * total and not _bullets(page, number, end)
        inside = inside and (end == len(page.lines) or focus == "precision")
        own = key in sure and end < len(page.lines) and _bullets(page, number, end)
        if ((key in sure and not own) or inside) and (titles := _listed(page, number, end)) is not None:
            for at in (number, *titles):
                page.mark_line(at, "link_farm", "link_farm.heading" if at == number else "link_farm.listed")


def _heads(page: MarkedPage, number: int) -> bool:
    """Is a short line the heading of the running text under it? Headings are short, or share their long words with it."""
    words = _LONG_WORD.findall(page.folded[number])
    below = page.folded[number + 1][:600]
    return len(page.folded[number].split()) <= 3 or 3 * sum(word in below for word in words) >= len(words)


def mark_inline_related(page: MarkedPage, lexicon: Lexicon, focus: str = "balanced", signs: LineSigns | None = None) -> None:
    """Mark lines such as "Read also: title" and "RELATED | title"; only surely worded ones when ``focus`` is recall."""
    cue = _inline_cue(lexicon.language, focus != "recall")
    for number in lines_of(page, signs, TEASER):
        line = page.folded[number]
        if number not in page.whole and len(line) <= MAX_TEASER + 40 and (match := cue.match(line)):
            title = page.lines[number][match.end() :]
            if len(title.split()) >= 3 and not begins_small(title) and title[-1] not in ".;,:":
                page.mark_line(number, "link_farm", "link_farm.inline")


@cache
def _inline_cue(language: str, loose: bool) -> re.Pattern[str]:
    words = load_lexicon(language).words
    cues = [*words["related_openers"], *(words["related_loose"] if loose else ())]
    return re.compile(rf"[\[(►▶•*>-]? ?(?:{alternatives(cues)})(?: on this)? ?[:|–—»>]+ ?")


def _bullets(page: MarkedPage, number: int, end: int) -> bool:
    return any(page.lines[at][0] in "-*•·" for at in range(number + 1, end))


def _listed(page: MarkedPage, number: int, end: int) -> list[int] | None:
    """Titles under the heading ``number``, before line ``end``; None when the heading announces something else."""
    titles = [at for at in range(number + 1, end) if at not in page.whole]
    if titles and titles[-1] == end - 1 and end < len(page.lines) and end not in page.whole and _heads(page, end - 1):
        titles.pop()
        if not titles and page.lines[number][-1] != ":":
            return None
    if not titles and page.whole.get(number + 1) != "link_farm" and number + 1 < len(page.lines):
        return None
    return titles


def _title_like(page: MarkedPage, number: int) -> bool:
    line = page.lines[number]
    if len(line) > MAX_TEASER or _END.search(line):
        return False
    if page.links is not None:
        return page.links[number] >= 0.5
    return not begins_small(line) and len(line.split()) <= 22


def _closes(page: MarkedPage, number: int, lexicon: Lexicon) -> bool:
    key = page.key(number)
    return key in lexicon.lists["reference_openers"] or key in lexicon.lists["disclaimer_openers"]


def mark_comments(page: MarkedPage, lexicon: Lexicon, signs: LineSigns | None = None) -> None:
    """Mark readers' comments: from their heading to the end, where replies stand under it."""
    openers, marks = lexicon.lists["comment_openers"], lexicon.lists["comment_marks"]
    length = page.before(len(page.lines))

    after: list[int] = []
    for number in lines_of(page, signs, COMMENTS | COUNT):
        line = page.folded[number]
        if len(line) > MAX_TEASER or page.before(number) <= MIN_BEFORE * length:
            continue
        if page.key(number) in openers or _COMMENT_COUNT.fullmatch(line):
            after = after or _replies_after(page, marks)
            rest, left = len(page.lines) - number - 1, after[number + 1]
            if left >= 1 and left >= rest / 12:
                for at in range(number, len(page.lines)):
                    page.mark_line(at, "comments", "comments.section")
                return
            if _COMMENT_COUNT.fullmatch(line) or (number + 1 in page.whole and page.whole[number + 1] == "comment_form"):
                page.mark_line(number, "comments", "comments.heading")


def _replies_after(page: MarkedPage, marks: frozenset[str]) -> list[int]:
    """Signs of a reply from each line on."""
    replies = [page.key(number) in marks or _SAYS.match(line) is not None for number, line in enumerate(page.folded)]
    return list(accumulate(reversed(replies), initial=0))[::-1]


def mark_references(page: MarkedPage, lexicon: Lexicon, signs: LineSigns | None = None) -> None:
    """Mark a reference heading and the citations under it."""
    openers = lexicon.lists["reference_openers"]
    for number in lines_of(page, signs, REFERENCES):
        if len(page.folded[number]) > 60 or page.key(number) not in openers:
            continue
        end = number + 1
        while end < len(page.lines) and (_CITATION.search(page.folded[end]) or end in page.whole) and len(page.lines[end]) < 600:
            end += 1
        if end > number + 1:
            for at in range(number, end):
                page.mark_line(at, "references", "references.section")


def mark_disclaimer_headings(page: MarkedPage, lexicon: Lexicon, signs: LineSigns | None = None) -> None:
    """Mark a disclaimer's heading where the paragraph under it went."""
    openers = lexicon.lists["disclaimer_openers"]
    for number in lines_of(page, signs, DISCLAIMER):
        if page.whole.get(number + 1) == "disclaimer" and len(page.folded[number]) <= 60 and page.key(number) in openers:
            page.mark_line(number, "disclaimer", "disclaimer.heading")


def mark_repeated_title(page: MarkedPage, title: str | None) -> None:
    """Mark the second and later stand of a title line among the first lines of a page."""
    key = label_key(title.lower()) if title else ""
    seen: dict[str, int] = {}
    passed = 0
    for number, line in enumerate(page.folded[:9]):
        opens = number < 5 and len(line) <= 250
        if not seen and not opens:
            break
        name = page.key(number)
        if len(name) >= 12 and name in seen and line[-1] != "." and line[0] not in "-*•·" and passed - seen[name] <= MAX_LEAD:
            page.mark_line(number, "repeated_title", _AGAIN)
        passed += len(line)
        if opens and (len(line.split()) >= 3 or name == key):
            seen.setdefault(name, passed)


def spare_title(page: MarkedPage, marks: Sequence[str], title: str) -> None:
    """Take back what was marked on a page's h1 that is its title: "Privacy policy" and "Contact us" are labels elsewhere only.

    ``marks`` says what each line is, as ``clean.markdown`` does.
    """
    name = label_key(title.lower())
    page.spare(
        (at for at, mark in enumerate(marks) if plain_mark(mark) == "h1" and at in page.marks and page.key(at) == name), _AGAIN
    )
