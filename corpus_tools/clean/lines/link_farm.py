"""Titles said twice in a row: the link farms of scraped text, on one line and without separators.

A scraped teaser is an image's alternative text and then its link text, so its title stands twice:
"Also check A A B B". Immediately repeated word sequences (squares, tandem repeats) give them away in
any language. Repeated words of honest text ("very very", "Walla Walla", chants, repeated sentences)
are told apart by length, by case and by how often they repeat.
"""

from __future__ import annotations

import numpy as np

from corpus_tools.clean.blocks.block_text import characters
from corpus_tools.clean.lines.line_kernels import lines_said_twice
from corpus_tools.cut import MarkedPage

MAX_TITLE = 40
"""Words of the longest title looked for."""
MIN_SQUARE = 3
"""Words of the shortest sequence that counts as said twice."""
MIN_WORDS, MIN_CHARS = 4, 18
"""A title said twice, alone and without a cue, is at least this long."""
_TRIM = ".,;:!?\"'()[]«»“”‘’|·•-–—… "
_BULLETS = frozenset("-–—•·*|")
RepeatedRun = tuple[int, int]
"""First word and period: ``words[i:i+p] == words[i+p:i+2p]``."""


def mark_said_twice(page: MarkedPage, openers: frozenset[str]) -> None:
    """Mark runs of titles said twice, with the cue before them ("Related Article", "Also check")."""
    for number in candidate_lines(page.lines):
        line = page.lines[number]
        words = line.split()
        if len(line) < 2 * MIN_CHARS or number in page.whole or len(words) < 6 or not has_square(words):
            continue
        for start, end in _farms(line, words, openers):
            again = line[:start].strip() == line[start:end].strip()
            page.mark(
                number, start, end, *(("repeated_title", "title.said_twice") if again else ("link_farm", "link_farm.said_twice"))
            )


def candidate_lines(lines: list[str]) -> list[int]:
    """Numbers of the lines in which ``has_square`` may find something: all of those, and few others."""
    text = np.frombuffer("\n".join(lines).encode("utf-8", "surrogatepass"), np.uint8)
    found: list[int] = lines_said_twice(text, characters(), MIN_SQUARE, MAX_TITLE).tolist()
    return found


def has_square(words: list[str]) -> bool:
    """Is a sequence of three to MAX_TITLE words that starts with no lower-case letter repeated at once?

    Looks only at words that can open a title; each is compared with its last four places.
    """
    starts = [
        at
        for at, word in enumerate(words)
        if word[0] <= "Z" or "A" <= word[1:2] <= "Z" or (word[0] > "z" and not word[0].islower())
    ]
    if len({words[at] for at in starts}) == len(starts):
        return False
    places: dict[str, list[int]] = {}
    for at in starts:
        before = places.setdefault(words[at], [])
        for last in before[-4:]:
            if MIN_SQUARE <= at - last <= MAX_TITLE and words[last:at] == words[at : 2 * at - last]:
                return True
        before.append(at)
    return False


def begins_small(text: str) -> bool:
    """Does a text begin as no title does, with a small letter or not at all? Names such as iPhone are no small letters."""
    return not text or (text[0].islower() and not text[1:2].isupper())


def tandem_runs(words: list[str], shortest: int = 2, longest: int = MAX_TITLE) -> list[RepeatedRun]:
    """Non-overlapping squares from left to right, each with its shortest period.

    Costs ``longest`` vectorised passes over the words, whatever they are.
    """
    ids: dict[str, int] = {}
    codes = np.fromiter((ids.setdefault(word, len(ids)) for word in words), np.int32, len(words))
    best = np.zeros(len(words), np.int16)
    for period in range(min(longest, len(words) // 2), shortest - 1, -1):
        same = codes[:-period] == codes[period:]
        if not same.any():
            continue
        ends = np.concatenate(([0], np.cumsum(same)))
        full = ends[period:] - ends[:-period] == period
        best[np.flatnonzero(full)] = period  # shorter periods come last and win: "a b a b" is not one long title
    runs: list[RepeatedRun] = []
    at = 0
    for start in np.flatnonzero(best).tolist():
        if start >= at:
            runs.append((start, int(best[start])))
            at = start + 2 * runs[-1][1]
    return runs


def _farms(line: str, words: list[str], openers: frozenset[str]) -> list[tuple[int, int]]:
    """Character spans of farms in one line: back-to-back squares that look like titles, cue included."""
    bounds = _bounds(line, words)
    groups: list[list[RepeatedRun]] = []
    for run in tandem_runs(words):
        if not _title_like(words, run):
            continue
        if groups and run[0] == groups[-1][-1][0] + 2 * groups[-1][-1][1]:
            groups[-1].append(run)
        else:
            groups.append([run])
    spans = (_span(words, bounds, group, openers) for group in groups)
    return [span for span in spans if span is not None]


def _bounds(line: str, words: list[str]) -> list[tuple[int, int]]:
    bounds = []
    at = 0
    for word in words:
        at = line.index(word, at)
        bounds.append((at, at + len(word)))
        at += len(word)
    return bounds


def _title_like(words: list[str], run: RepeatedRun) -> bool:
    """May the words of a square be a title? Said exactly twice, capitalised, of different words, no bullet list."""
    start, period = run
    title = words[start : start + period]
    if words[start + 2 * period : start + 3 * period] == title or len({word.lower() for word in title}) < min(period, 3):
        return False
    if title[0] in _BULLETS or title[-1] in _BULLETS or not any(char.islower() for word in title for char in word):
        return False
    first = next((at for at, char in enumerate(title[0]) if char.isalnum()), len(title[0]))
    return not begins_small(title[0][first:]) and sum(char.isalpha() for word in title for char in word) >= 8


def _span(
    words: list[str], bounds: list[tuple[int, int]], group: list[RepeatedRun], openers: frozenset[str]
) -> tuple[int, int] | None:
    """What of a group of squares goes: all with a cue or from two titles on, else one long title that is no sentence."""
    first, last = group[0][0], group[-1][0] + 2 * group[-1][1]
    start, end = bounds[first][0], bounds[last - 1][1]
    cue = next((n for n in range(min(7, first), 0, -1) if " ".join(words[first - n : first]).lower().strip(_TRIM) in openers), 0)
    if cue:
        return bounds[first - cue][0], end
    if len(group) >= 2 and end - start >= 3 * MIN_CHARS:
        return start, end
    period = group[0][1]
    title = words[first : first + period]
    sentence = any(word[-1] in ".!;:" for word in title) or title[-1][-1] == ","
    apart = bounds[first + period][0] - bounds[first + period - 1][1] > 1  # columns or list items, flattened
    if len(group) > 1 or apart or period < MIN_WORDS or bounds[first + period - 1][1] - start < MIN_CHARS or sentence:
        return None
    if first == 0 and last == len(words):  # the whole line is one title twice: one of the two stays
        return bounds[period][0], end
    return start, end
