"""Notices the model of wording knows: stretches of a line that read as a notice, beside what the patterns found.

The sentences of a line are a chain with two states, text and notice; the most likely path through it
decides (Viterbi). A change of state costs, so a doubtful sentence goes with its neighbours: one inside a
disclaimer goes, one inside a paragraph stays.
"""

from __future__ import annotations

from itertools import islice

from corpus_tools.clean.lines.line_signs import LineSigns
from corpus_tools.clean.lines.notice_model import MAX_WORDS, NoticeModel, words_of
from corpus_tools.clean.lines.sentences import split_sentences
from corpus_tools.clean.lines.sign_kernels import CUE
from corpus_tools.cut import MarkedPage

NOTICE_KINDS = frozenset(("advert", "comment_form", "cookie_notice", "disclaimer", "newsletter", "paywall_notice"))
"""Kinds that are prose; the few words of share bars and navigation stand in headings and advice as well."""
MIN_SCORE = {"precision": 1.0, "balanced": 1.8, "recall": 2.6}
"""Log odds at which a lone sentence may be either, by ``plan.focus``."""
CHANGE = 1.0
"""Log odds a change between text and notice costs inside a line."""
KNOWN = 3.0
"""Log odds of a sentence that a pattern has marked."""
SHORT_WORDS, SHORT_MORE = 5, 0.5
"""Lines of fewer words, and items of lists, are headings and contents as often as not: they need so much more."""
ALIKE, ALIKE_MEAN, ALIKE_LESS = 3, 0.8, 0.8
"""A line of so many sentences at least that score more than so much on average is one notice, as a banner is: they need so much less."""
SUBJECT = {
    "cookie_notice": frozenset(
        """ccpa consent consents cookie cookies gdpr opt personalise personalised personalize personalized preferences privacy
        trackers tracking""".split()
    )
}
"""Words of which what the model adds as a kind must hold one: cookie notices speak of "we", "our" and "your site", as sellers do."""
MAX_LINE = 4000
"""Characters of the longest line looked at: notices are paragraphs, not pages."""
MAX_SHARE = 0.15
"""A page of which the model takes a larger share, and a longer passage than MAX_FREE characters, is about such things."""
MAX_FREE = 800


def mark_worded(
    page: MarkedPage,
    model: NoticeModel,
    words: set[str],
    focus: str,
    skip: frozenset[str] = frozenset(),
    signs: LineSigns | None = None,
) -> None:
    """Mark stretches of lines that read as notices of a kind not in ``skip``; ``words`` are the page's, ``signs`` what its lines may be."""
    found = []
    taken = 0
    asked = _asked(page, model, model.cues & words, signs)
    split = [list(split_sentences(page.lines[number])) for number in asked]
    pieces = [page.folded[number][start:end] for number, spans in zip(asked, split, strict=True) for start, end in spans]
    scores = iter(model.scores(pieces) if pieces else ())
    for number, spans in zip(asked, split, strict=True):
        for start, end, kind in _stretches(page, number, model, focus, spans, list(islice(scores, len(spans)))):
            if kind in NOTICE_KINDS - skip:
                found.append((number, start, end, kind))
                taken += end - start
    if taken > MAX_FREE and taken > MAX_SHARE * sum(map(len, page.lines)):
        return
    for number, start, end, kind in found:
        page.mark(number, start, end, kind, f"{kind}.wording")


def _asked(page: MarkedPage, model: NoticeModel, cues: frozenset[str], signs: LineSigns | None) -> list[int]:
    """Numbers of the lines that hold a cue, or of marked ones the letters of one."""
    numbers = sorted({*signs.lines(CUE), *page.marks}) if signs is not None else range(len(page.folded))
    asked = []
    for number in numbers:
        line = page.folded[number]
        if number in page.whole or len(line) > MAX_LINE or " " not in line or not any(map(line.__contains__, cues)):
            continue
        # "inc" stands in "since" as well
        if number in page.marks or (signs is not None and signs.is_sure(number)) or model.has_cue(line):
            asked.append(number)
    return asked


def _stretches(
    page: MarkedPage, number: int, model: NoticeModel, focus: str, spans: list[tuple[int, int]], said: list[float]
) -> list[tuple[int, int, str]]:
    """Start, end and kind of what of a line the model adds; ``spans`` are its sentences, ``said`` their scores."""
    line, folded = page.lines[number], page.folded[number]
    marks = page.marks.get(number, ())
    alike = len(said) >= ALIKE and sum(said) > ALIKE_MEAN * len(said)
    usual = MIN_SCORE[focus] - (ALIKE_LESS if alike else 0.0)
    if not marks and max(said, default=0.0) <= usual:
        return []
    known = (
        [
            next((mark.kind for mark in marks if mark.start <= start and mark.end >= end and mark.kind in NOTICE_KINDS), "")
            for start, end in spans
        ]
        if marks
        else [""] * len(spans)
    )
    least = usual + (SHORT_MORE if len(folded.split()) < SHORT_WORDS or line[0] in "-*•·" else 0.0)
    scores = [KNOWN if kind else score - least for score, kind in zip(said, known, strict=True)]
    if max(scores, default=0.0) <= 0.0:
        return []
    found = []
    for first, last in likeliest_runs(scores):
        if all(known[first:last]):
            continue
        start, end = spans[first][0], spans[last - 1][1]
        if not any(known[first:last]) and not model.has_cue(folded[start:end], MAX_WORDS):
            continue
        kind = next(filter(None, known[first:last]), "")
        if kind or _of_subject(kind := model.kind(folded[start:end]), folded[start:end]):
            found.append((start, end, kind))
    return found


def _of_subject(kind: str, folded: str) -> bool:
    return kind not in SUBJECT or not SUBJECT[kind].isdisjoint(words_of(folded))


def likeliest_runs(scores: list[float]) -> list[tuple[int, int]]:
    """Runs of sentences in the state notice on the likeliest path."""
    text = notice = 0.0
    back: list[tuple[bool, bool]] = []
    for at, score in enumerate(scores):
        stays, begins = notice, text - (CHANGE if at else 0.0)
        ends = notice - CHANGE
        back.append((ends > text, stays >= begins))
        text, notice = max(text, ends), max(stays, begins) + score
    runs: list[tuple[int, int]] = []
    inside = notice > text
    last = len(scores)
    for at in range(len(scores) - 1, -1, -1):
        from_text, from_notice = back[at]
        before = from_notice if inside else from_text
        if inside and not before:
            runs.append((at, last))
        if not inside and before:
            last = at
        inside = before
    if inside and scores:
        runs.append((0, last))
    return runs[::-1]
