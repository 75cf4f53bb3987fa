"""Pattern lists that look before they search: each regex is tried only where a literal it needs stands.

An alternation of dozens of patterns costs tens of microseconds a line whether it matches or not;
substring tests cost tens of nanoseconds. The literals are read off the pattern's own parse tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_MOST = 60  # alternatives; more literals than this are no cheaper than the search itself


class Patterns:
    """Regexes in order, each behind the literals one of which any match contains."""

    def __init__(self, sources: Iterable[str]) -> None:
        self.items = [(required(source), re.compile(source)) for source in sources]

    def fitting(self, line: str) -> list[re.Pattern[str]]:
        """The regexes that can match in ``line``."""
        found = []
        for literals, regex in self.items:
            for one in literals:
                if one in line:
                    found.append(regex)
                    break
            else:
                if not literals:
                    found.append(regex)
        return found

    def search(self, line: str) -> re.Match[str] | None:
        """The first pattern's match, in list order."""
        return first_match(self.fitting(line), line)

    def fullmatch(self, line: str) -> re.Match[str] | None:
        """The first pattern that takes the whole line."""
        return next((found for regex in self.fitting(line) if (found := regex.fullmatch(line))), None)

    def finditer(self, line: str) -> Iterator[re.Match[str]]:
        """All matches of all patterns; those of different patterns may overlap."""
        for regex in self.fitting(line):
            yield from regex.finditer(line)


def first_match(regexes: Iterable[re.Pattern[str]], line: str) -> re.Match[str] | None:
    """The match of the first of ``regexes`` that has one."""
    return next((found for regex in regexes if (found := regex.search(line))), None)


def required(source: str) -> tuple[str, ...]:
    """Literals one of which every match of a pattern contains; empty when there is no short list."""
    found = _needed(parser.parse(source))
    return tuple(sorted(found, key=len)) if found and len(found) <= _MOST else ()


def _needed(items: Sequence[tuple[Any, Any]]) -> frozenset[str] | None:
    """The best of what the parts of a sequence need: the one whose shortest literal is longest."""
    best: frozenset[str] | None = None
    run = ""
    for code, value in [*items, (None, None)]:
        if code is codes.LITERAL:
            run += chr(value)
            continue
        inner = _inner(code, value)
        for candidate in (frozenset([run]) if run else None, inner):
            if candidate is not None and _better(candidate, best):
                best = candidate
        run = ""
    return best


def _inner(code: Any, value: Any) -> frozenset[str] | None:
    if code is codes.SUBPATTERN:
        return _needed(value[3])
    if code is codes.ATOMIC_GROUP:
        return _needed(value)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return _needed(value[2]) if value[0] >= 1 else None
    if code is codes.BRANCH:
        branches = [_needed(branch) for branch in value[1]]
        if all(branch is not None for branch in branches):
            return frozenset().union(*(branch for branch in branches if branch is not None))
    return None


def _better(one: frozenset[str], other: frozenset[str] | None) -> bool:
    return other is None or _worth(one) > _worth(other)


def _worth(literals: frozenset[str]) -> float:
    return min(min(map(len, literals)), 6) - len(literals) / 8
