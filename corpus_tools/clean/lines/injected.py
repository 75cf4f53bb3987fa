"""Injected anchors: a spam link's text left inside a sentence it does not fit.

Hacked pages carry links whose anchors ("check here", "view publisher site") were dropped between two
words: "the account is deactivated check here or compromised". The phrase is cut, the sentence stays.
An honest "click here to download the leaflet" fits on both sides: a word or mark before it that lets it
start, and one after it that lets it end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from corpus_tools.clean.lines.lexicon import Lexicon, alternatives, load_lexicon
from corpus_tools.clean.lines.word_lines import lines_with
from corpus_tools.cut import MarkedPage

_RULE = "injected_anchor"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Anchors:
    """A language's spam anchors: which are never honest inside a sentence, and what honest ones stand beside."""

    phrases: dict[str, list[tuple[str, frozenset[str]]]]
    """Phrase and its words."""
    regex: re.Pattern[str]
    sure: frozenset[str]
    nouns: frozenset[str]
    rare: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]
    clash: frozenset[str]
    modal: frozenset[str]
    count: frozenset[str]
    article: frozenset[str]
    noun_after: frozenset[str]


@cache
def _anchors(language: str) -> Anchors:
    words, stop_words = load_lexicon(language).words, load_lexicon(language).stop_words
    sure, verbs, nouns, rare, counted = (words.get(f"anchor_{key}", ()) for key in ("sure", "verb", "noun", "rare", "count"))
    every = sorted({*sure, *verbs, *nouns, *rare, *counted}, key=lambda one: (-len(one), one))
    phrases: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for phrase in every:
        needed = frozenset(_WORD.findall(phrase))
        telling = max(sorted(needed), key=lambda word: (word not in stop_words, len(word)))
        phrases.setdefault(telling, []).append((phrase, needed))
    return Anchors(
        phrases,
        re.compile(rf"(?<![\w-])(?:{alternatives(every)})(?![\w-])"),
        frozenset(sure),
        frozenset(nouns),
        frozenset(rare),
        *(
            frozenset(words.get(f"anchor_{key}", ()))
            for key in ("before", "after", "clash", "modal", "count", "article", "noun_after")
        ),
    )


def injected_words(lexicon: Lexicon) -> frozenset[str]:
    """The words of a language's spam anchors."""
    if "anchor_verb" not in lexicon.words:
        return frozenset()
    return frozenset().union(*(needed for held in _anchors(lexicon.language).phrases.values() for _, needed in held))


def mark_injected(page: MarkedPage, lexicon: Lexicon, words: set[str]) -> None:
    """Mark spam anchors that do not fit the sentence they stand in. ``words`` are the page's."""
    if "anchor_verb" not in lexicon.words:
        return
    anchors = _anchors(lexicon.language)
    keys = words.intersection(anchors.phrases)
    present = [phrase for key in keys for phrase, needed in anchors.phrases[key] if needed <= words]
    for number in lines_with(page, present):
        line = page.folded[number]
        if number in page.whole or len(line) < 30:
            continue
        for match in anchors.regex.finditer(line):
            if _is_injected(page.lines[number], line, match, anchors):
                page.mark(number, match.start(), match.end(), _RULE, f"{_RULE}.misfit")


def _is_injected(line: str, folded: str, match: re.Match[str], anchors: Anchors) -> bool:
    phrase = match.group()
    before, after = folded[max(0, match.start() - 40) : match.start()], folded[match.end() : match.end() + 40]
    if before[-1:] != " " or not line[match.start()].islower():
        return False  # at the start of a line, or written as a title
    if phrase in anchors.sure:
        return after[:1] == " " or (after[:1] in (",", ".") and bool(after.strip(" .,")))
    if after[:1] != " ":
        return False
    right = after.split()[0].strip(".,;:!?)\"'")
    if not before[-2:-1].isalnum():  # a sentence or clause that begins small and does not go on as one
        begins = before[-2:-1] in ".!?" and line[match.end() + 1].isupper()
        return phrase not in anchors.nouns and (begins or (after[1:2].isalnum() and not _goes_on(phrase, right, anchors)))
    return after[1:2].isalnum() and not _fits(phrase, before.split()[-1], right, anchors)


def _goes_on(phrase: str, right: str, anchors: Anchors) -> bool:
    """May a word follow the phrase?"""
    if phrase in anchors.rare or phrase in anchors.count:
        return right in anchors.noun_after
    return right in anchors.after or right in anchors.noun_after


def _fits(phrase: str, left: str, right: str, anchors: Anchors) -> bool:
    """May the phrase stand between two words? A noun phrase that honest text often holds is asked for more than a rare one."""
    if phrase in anchors.count:
        return left in anchors.article and right in anchors.noun_after
    opens = phrase.split()[0] in anchors.clash  # "the his explanation", "can this page"
    clashes = (opens and left in anchors.clash | anchors.modal) or right in anchors.clash
    if phrase in anchors.nouns:
        return not clashes
    if phrase in anchors.rare:
        return not clashes and _goes_on(phrase, right, anchors)
    return left in anchors.before and right in anchors.after
