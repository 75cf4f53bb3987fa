"""The page-level boilerplate pass: everything a page's own words give away, cut with its reason.

Works on lines of text, from HTML or scraped. The rules live in the modules it calls; the order
matters only where one rule's finds are another's evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus_tools.clean.lines.injected import mark_injected
from corpus_tools.clean.lines.lexicon import Lexicon, detect_language, lexicons_for
from corpus_tools.clean.lines.line_signs import asked_for, read_signs
from corpus_tools.clean.lines.link_farm import mark_said_twice
from corpus_tools.clean.lines.literals import LINES, fitting_lines
from corpus_tools.clean.lines.metalines import is_byline, is_date_line, is_share_bar, mark_meta, shapes_of
from corpus_tools.clean.lines.notice_lines import mark_worded
from corpus_tools.clean.lines.notice_model import load_notice_model
from corpus_tools.clean.lines.notices import mark_notices, spread_labels
from corpus_tools.clean.lines.sections import (
    mark_comments,
    mark_disclaimer_headings,
    mark_inline_related,
    mark_references,
    mark_related,
    mark_repeated_title,
)
from corpus_tools.clean.lines.sign_kernels import DATE, EVERY, LABEL, MOST_HEAD, OPENS, RELATED, SHARE
from corpus_tools.cut import Cut, MarkedPage, assemble, fold_line
from corpus_tools.plan import CleanPlan

UNPROVEN_ON_HTML = frozenset(("link_farm.listed", "date.bare", "comment_form.lexicon"))
"""Rules that cut more text than boilerplate where the block model has decided before them: they are for text without HTML."""

__all__ = ["Cut", "cut_boilerplate", "detect_language", "name_kinds"]


def cut_boilerplate(
    text: str, title: str | None, plan: CleanPlan, language: str | None = None, links: Sequence[float] | None = None
) -> tuple[str, list[Cut]]:
    """Cut boilerplate from text that holds one block a line; give the kept text and what was cut, in order; see ``mark_boilerplate``."""
    return assemble(mark_boilerplate(text, title, plan, language, links))


def mark_boilerplate(
    text: str, title: str | None, plan: CleanPlan, language: str | None = None, links: Sequence[float] | None = None
) -> MarkedPage:
    """The lines of text that holds one block a line, with its boilerplate marked.

    ``links`` is each line's share of characters inside anchors, 0..1, one entry for each line of
    ``text.splitlines()``; None for text without HTML. ``language`` is an ISO 639-1 code, None to detect it.
    ``plan.focus`` precision also cuts titles under headings of uncertain meaning, recall leaves labels that are
    boilerplate only by their neighbours. Time is linear in the text. Raises ValueError when ``links`` does not fit the lines.
    """
    page = MarkedPage.of(text, links)
    mark_page(page, title, plan, language or detect_language(text))
    return page


def mark_page(page: MarkedPage, title: str | None, plan: CleanPlan, language: str | None) -> None:
    """``mark_boilerplate`` of lines that are split already, and whose language is known or can not be told."""
    if not page.lines:
        return
    lexicons = lexicons_for(language)
    own = lexicons[-1]
    policy = names_policy(page.folded[0])
    kept = (
        ("disclaimer", plan.disclaimers == "keep"),
        ("comments", plan.comments == "keep"),
        ("cookie_notice", policy),
        ("newsletter", policy),
    )
    skip = frozenset(kind for kind, keep in kept if keep)
    mark_said_twice(page, own.lists["related_openers"])
    words, signs = read_signs(page, asked_for(tuple([lexicon.language for lexicon in lexicons])))
    mark_notices(page, lexicons, words, skip, signs)
    if own.language == "en":
        mark_worded(page, load_notice_model(), words, plan.focus, skip, signs)
    mark_injected(page, lexicons[0], words)
    mark_meta(page, own, signs, words)
    mark_repeated_title(page, title)
    if plan.focus != "recall":
        spread_labels(page, lexicons)
    mark_inline_related(page, own, plan.focus, signs)
    mark_related(page, own, plan.focus, signs)
    if plan.comments == "cut":
        mark_comments(page, own, signs)
    if plan.references == "cut":
        mark_references(page, own, signs)
    if plan.disclaimers == "cut":
        mark_disclaimer_headings(page, own, signs)
    if page.links is not None:
        page.forget(UNPROVEN_ON_HTML)


_POLICY = re.compile(
    r"(?<!your )\bprivacy\b(?! (?:cent|choices|preferences|settings))|\bcookies? (?:polic|statement)|\bdatenschutz(?!einst)|confidentialité|privacidade?\b"
    r"|隐私|隱私|個人情報|プライバシー"
)
"""What a policy calls itself; a banner of consent asks for choices about "your privacy"."""
_MAX_HEADING = 60


def names_policy(line: str) -> bool:
    """Is a page's first line the heading of a policy on privacy or cookies? On such a page notices of cookies and newsletters are its text."""
    return len(line) <= _MAX_HEADING and line[-1:] not in (".", "!", "?") and _POLICY.search(line.lower()) is not None


_NAMED_CHARS, _NAMED_LINE = 2_000, 500


def name_kinds(blocks: Sequence[tuple[str, float]], language: str) -> list[str]:
    """The kinds of ``tables.KINDS`` that fit blocks best which another rule already cut; each comes with its link density.

    "navigation" for short or linked blocks that say nothing more, else "site_template". Each rule sees those that it may fit.
    """
    if not blocks:
        return []
    lexicons = lexicons_for(language)
    folds = [fold_line(" ".join(text.split())) for text, _ in blocks]
    page = MarkedPage(folds, folds, "\n".join(folds))
    names = [""] * len(blocks)
    for lexicon in lexicons:
        _, signs = read_signs(page, asked_for((lexicon.language,)))
        worded: dict[int, str] = {}
        for place, rule, part, regex in fitting_lines(lexicon, [line[:_NAMED_CHARS] for line in folds]):
            line = folds[place]
            if place not in worded and (
                regex.fullmatch(line[:_NAMED_LINE]) if part == LINES else regex.search(line[:_NAMED_CHARS])
            ):
                worded[place] = lexicon.rules[rule].kind
        shape = shapes_of(lexicon.language)
        for place, folded in enumerate(folds):
            bits = EVERY if len(folded) > MOST_HEAD else signs.bits.get(place, 0)
            if names[place]:
                continue
            key = page.key(place) if bits & (LABEL | RELATED) else None
            if key in lexicon.labels:
                names[place] = lexicon.labels[key][0]
            elif key in lexicon.lists["related_openers"]:
                names[place] = "link_farm"
            elif bits & DATE and is_date_line(folded, shape):
                names[place] = "date_line"
            elif bits & OPENS and is_byline(blocks[place][0], folded, shape):
                names[place] = "byline"
            elif bits & SHARE and is_share_bar(folded, shape):
                names[place] = "share_bar"
            else:
                names[place] = worded.get(place, "")
    return [
        name or ("navigation" if density >= 0.5 or len(folded) <= 40 else "site_template")
        for name, folded, (_, density) in zip(names, folds, blocks, strict=True)
    ]


def kind_by_patterns(lexicon: Lexicon, folded: str) -> str | None:
    """The kind of the first rule of which a pattern matches a folded block."""
    for _, rule, part, regex in fitting_lines(lexicon, [folded]):
        if regex.fullmatch(folded[:_NAMED_LINE]) if part == LINES else regex.search(folded):
            return lexicon.rules[rule].kind
    return None
