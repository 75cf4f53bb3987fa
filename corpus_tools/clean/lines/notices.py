"""Notices the lexicons name: whole lines, sentences and phrases that say what they are.

Cookie notices, comment forms, share bars, newsletter boxes, adverts, paywall notices, disclaimers,
image credits and navigation words. A pattern is tried only on lines that hold one of its anchors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from corpus_tools.clean.lines.lexicon import Lexicon, Rule, load_lexicon
from corpus_tools.clean.lines.line_signs import LineSigns, lines_of
from corpus_tools.clean.lines.literals import Found, fitting_rules
from corpus_tools.clean.lines.sentences import MAX_SENTENCE, split_sentences
from corpus_tools.clean.lines.sign_kernels import LABEL
from corpus_tools.clean.lines.word_lines import lines_with
from corpus_tools.cut import MarkedPage

NOTHING: Found = ([], [], [])
MAX_LABEL = 80
MAX_LINE_PATTERN = 160
MAX_NOTICE = 700
"""Characters of the longest sentence that is taken whole; of a longer one only the match goes."""
DENSE = 3
"""A sentence with this many different words of a rule's vocabulary, the first of them among them, goes."""
MAJORITY, SOME = 0.5, 0.2
"""Shares of the stretch from the first taken sentence on: taken from here up it goes whole; SOME where it opens the line, but for
disclaimers, which honest health text also opens with."""
MAX_LEAD = 50
"""Characters of the longest lead ("Stay in the loop!") that goes with the notice after it."""


def mark_notices(
    page: MarkedPage,
    lexicons: Iterable[Lexicon],
    words: set[str],
    skip: frozenset[str] = frozenset(),
    signs: LineSigns | None = None,
) -> None:
    """Mark what the lexicons know, but for the kinds in ``skip``; ``words`` are the page's, ``signs`` what its lines may be."""
    for lexicon in lexicons:
        _mark_labels(page, lexicon, skip, lines_of(page, signs, LABEL))
        present = (lexicon.anchors & words) | {anchor for anchor in lexicon.unspaced if anchor in page.text}
        if not present:
            continue
        # A rule looks at lines that hold one of its anchors, so what other lines hold does not matter.
        looked_at = lines_with(page, present)
        asked = {
            place: rule
            for place, rule in enumerate(lexicon.rules)
            if rule.kind not in skip and not present.isdisjoint(rule.anchors)
        }
        fitting = fitting_rules(lexicon, [page.folded[number] for number in looked_at], asked)
        for place, rule in asked.items():
            if place in fitting or (rule.dense and rule.dense[0] in page.text):
                found = {looked_at[line]: parts for line, parts in fitting.get(place, {}).items()}
                _mark_rule(page, rule, rule.anchors & present, found)


def _mark_labels(page: MarkedPage, lexicon: Lexicon, skip: frozenset[str], numbers: Iterable[int]) -> None:
    labels = lexicon.labels
    for number in numbers:
        if len(page.folded[number]) <= MAX_LABEL and (found := labels.get(page.key(number))) and found[0] not in skip:
            page.mark_line(number, found[0], found[1].replace("lexicon", "label"))


def _mark_rule(page: MarkedPage, rule: Rule, anchors: Iterable[str], found: Mapping[int, Found]) -> None:
    """Mark what a rule finds in the lines that hold an anchor, by those of its patterns that can match in each."""
    for number in lines_with(page, anchors):
        lines, sentences, phrases = found.get(number, NOTHING)
        line = page.folded[number]
        dense = bool(rule.dense) and rule.dense[0] in line
        if number in page.whole or not (dense or number in found):
            continue
        if len(line) <= MAX_LINE_PATTERN and any(regex.fullmatch(line) for regex in lines):
            page.mark_line(number, rule.kind, rule.name.replace("lexicon", "line"))
            continue
        for regex in phrases:
            for match in regex.finditer(line):
                page.mark(number, match.start(), match.end(), rule.kind, rule.name.replace("lexicon", "phrase"))
        if sentences or dense:
            _mark_sentences(page, number, rule, sentences, dense)


def _mark_sentences(page: MarkedPage, number: int, rule: Rule, patterns: Sequence[re.Pattern[str]], dense: bool) -> None:
    """Mark the sentences that match, then their neighbours that belong to them."""
    line, folded = page.lines[number], page.folded[number]
    if len(folded) <= 16 * MAX_SENTENCE and not dense and not any(regex.search(folded) for regex in patterns):
        return
    spans = list(split_sentences(line))
    taken: list[tuple[int, int] | None] = []
    for start, end in spans:
        sentence = folded[start:end]
        match = next((match for regex in patterns if (match := regex.search(sentence))), None)
        if match is not None:
            taken.append(_extent(line, start, end, start + match.start(), start + match.end()))
        else:
            taken.append((start, end) if _is_dense(sentence, rule.dense) else None)
    _take_neighbours(spans, taken, folded, rule)
    _close_ranks(spans, taken, MAJORITY if rule.kind == "disclaimer" else SOME)
    for span in taken:
        if span is not None:
            page.mark(number, *span, rule.kind, rule.name)


def _is_dense(sentence: str, vocabulary: tuple[str, ...]) -> bool:
    return bool(vocabulary) and vocabulary[0] in sentence and sum(word in sentence for word in vocabulary) >= DENSE


def _close_ranks(spans: list[tuple[int, int]], taken: list[tuple[int, int] | None], opening: float) -> None:
    """From the first taken sentence on, the line goes to its end where most of that stretch is taken.

    So does a short lead before it: a notice on a line of its own.
    """
    first = next((at for at, span in enumerate(taken) if span is not None), len(taken))
    if first == len(taken) or spans[-1][1] - spans[first][0] > 2 * MAX_NOTICE:
        return
    part = taken[first]
    whole = sum(end - start for start, end in spans[first:])
    found = sum(span[1] - span[0] for span in taken if span is not None)
    if part is None or part[0] != spans[first][0] or found < (MAJORITY if part[0] > MAX_LEAD else opening) * whole:
        return
    taken[first:] = spans[first:]
    if spans[first][0] <= MAX_LEAD:
        taken[:first] = spans[:first]


def _extent(line: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """The sentence, or less of it: from the match on where the notice was glued on without a full stop."""
    glued = first - start > 25 and line[first].isupper() and line[first - 1].isspace() and line[first - 2].islower()
    if glued:
        start = first
    return (start, end) if end - start <= MAX_NOTICE else (first, last)


def _take_neighbours(spans: list[tuple[int, int]], taken: list[tuple[int, int] | None], folded: str, rule: Rule) -> None:
    """Weakly worded sentences go with a taken neighbour: forwards freely, backwards one step."""
    for at in range(1, len(spans)):
        start, end = spans[at]
        if taken[at] is None and taken[at - 1] is not None and end - start <= 400 and rule.weak.search(folded[start:end]):
            taken[at] = (start, end)


def spread_labels(page: MarkedPage, lexicons: Iterable[Lexicon]) -> None:
    """Mark labels such as "Name" or "OK" that stand beside a whole line of their kind."""
    if not page.whole:
        return
    weak = _weak_labels(tuple(lexicon.language for lexicon in lexicons))
    for step in (1, -1):
        for start in sorted(page.whole, reverse=step < 0):
            number, kind = start + step, page.whole[start]
            while 0 <= number < len(page.lines) and number not in page.whole and len(page.folded[number]) <= MAX_LABEL:
                if kind not in weak.get(page.key(number), ()):
                    break
                page.mark_line(number, kind, f"{kind}.beside")
                number += step


@cache
def _weak_labels(languages: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """The weak labels of some languages, with the kinds of each."""
    weak: dict[str, frozenset[str]] = {}
    for language in languages:
        for key, kinds in load_lexicon(language).weak_labels.items():
            weak[key] = weak.get(key, frozenset()) | kinds
    return weak
