"""Link farms in plain text: titles said twice in a row, and titles listed under a related heading.

A scraped teaser is an image's alternative text and then its link text, so its title stands twice:
"Also check A A B B". Maximal runs of immediately repeated word sequences (squares, or tandem
repeats) give them away whatever the language. One pass over words; the period is bounded.
"""

from __future__ import annotations

import numpy as np

from corpus_tools.clean.lexicon import Lexicon, alternatives  # noqa: F401
from corpus_tools.clean.spans import Page

MAX_TITLE = 40
"""Words of the longest title looked for."""
MIN_WORDS, MIN_CHARS = 4, 18
"""A title said twice, alone and without a cue, is at least this long."""
_TRIM = ".,;:!?\"'()[]«»“”‘’|·•-–—…"


def mark_said_twice(page: Page, openers: frozenset[str]) -> None:
    """Mark runs of titles said twice, with the cue before them ("Related Article", "Also check")."""
    for number, line in enumerate(page.folded):
        if len(line) < 2 * MIN_CHARS or number in page.whole:
            continue
        words = line.split()
        if len(words) < 5 or not _repeats(words):
            continue
        for start, end, rule in _farms(page.lines[number], words, openers):
            page.mark(number, start, end, "link_farm" if rule != "title" else "repeated_title", f"link_farm.{rule}")


def _repeats(words: list[str]) -> bool:
    """May the line hold a title said twice? Two repeated trigrams are the cheap sign."""
    count = len(words) - 2
    return count - len(set(zip(words, words[1:], words[2:], strict=False))) >= 1 or _halves(words)


def _halves(words: list[str]) -> bool:
    half = len(words) // 2
    return len(words) <= 16 and any(words[at : at + 2] == words[at + 2 : at + 4] for at in range(half))


def tandem_runs(words: list[str], shortest: int = 2, longest: int = MAX_TITLE) -> list[tuple[int, int]]:
    """Non-overlapping squares as (first word, period): ``words[i:i+p] == words[i+p:i+2p]``.

    Scans left to right and takes the longest period that is not itself a repeat of a shorter one.
    Costs ``longest`` vectorised passes over the words, whatever they are.
    """
    ids: dict[str, int] = {}
    codes = np.fromiter((ids.setdefault(word.strip(_TRIM), len(ids)) for word in words), np.int32, len(words))
    best = np.zeros(len(words), np.int16)
    for period in range(min(longest, len(words) // 2), shortest - 1, -1):
        same = codes[:-period] == codes[period:]
        ends = np.concatenate(([0], np.cumsum(same)))
        full = ends[period:] - ends[:-period] == period
        starts = np.flatnonzero(full)
        best[starts] = period  # shorter periods come last and win: "a b a b" is not one long title
    runs = []
    at = 0
    for start in np.flatnonzero(best).tolist():
        if start >= at:
            runs.append((start, int(best[start])))
            at = start + 2 * runs[-1][1]
    return runs


def _farms(line: str, words: list[str], openers: frozenset[str]) -> list[tuple[int, int, str]]:
    """Character spans of farms in one line: back-to-back squares, cue included, that look like titles."""
    bounds = _bounds(line)
    if len(bounds) != len(words):
        return []
    farms: list[tuple[int, int, str]] = []
    group: list[tuple[int, int]] = []
    runs = [run for run in tandem_runs(words) if _title_like(line, words, bounds, run)]
    for run in [*runs, (len(words) + 99, 0)]:
        if group and run[0] != group[-1][0] + 2 * group[-1][1]:
            farms += _farm(line, words, bounds, group, openers)
            group = []
        group.append(run)
    return farms


def _bounds(line: str) -> list[tuple[int, int]]:
    bounds = []
    at = 0
    for word in line.split():
        at = line.index(word, at)
        bounds.append((at, at + len(word)))
        at += len(word)
    return bounds


def _title_like(line: str, words: list[str], bounds: list[tuple[int, int]], run: tuple[int, int]) -> bool:
    start, period = run
    first = line[bounds[start][0]]
    distinct = len(set(words[start : start + period]))
    again = words[start + 2 * period : start + 3 * period] == words[start : start + period]
    letters = sum(char.isalpha() for char in line[bounds[start][0] : bounds[start + period - 1][1]])
    return (not first.islower()) and distinct >= min(period, 3) and not again and letters >= 8 and any(c.islower() for c in line)


def _farm(
    line: str, words: list[str], bounds: list[tuple[int, int]], group: list[tuple[int, int]], openers: frozenset[str]
) -> list[tuple[int, int, str]]:
    first, last = group[0][0], group[-1][0] + 2 * group[-1][1]
    cue = next((n for n in range(min(6, first), 0, -1) if " ".join(words[first - n : first]).strip(_TRIM + " ") in openers), 0)
    start, end = bounds[first][0], bounds[last - 1][1]
    period = group[0][1]
    long_enough = period >= MIN_WORDS and bounds[first + period - 1][1] - start >= MIN_CHARS
    if cue:
        return [(bounds[first - cue][0], end, "said_twice")]
    if len(group) >= 2 and (end - start) >= 3 * MIN_CHARS:
        return [(start, end, "said_twice")]
    if len(group) == 1 and long_enough:
        if first == 0 and last == len(words):
            return [(bounds[period][0], end, "title")]
        return [(start, end, "said_twice")]
    return []
