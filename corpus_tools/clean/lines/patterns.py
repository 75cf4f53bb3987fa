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

_SETS = 3  # sets of literals looked for before a search
_MAX = 60  # alternatives; more literals than this are no cheaper than the search itself


Literals = tuple[str, ...]
Item = tuple[tuple[Literals, ...], re.Pattern[str]]
"""A regex behind what it needs: of each set of literals, one."""


class Patterns:
    """Regexes in order, each behind the literals that any match contains."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = list(items)

    @staticmethod
    def of(sources: Iterable[str]) -> Patterns:
        """Compile regexes in order."""
        return Patterns((required(source), re.compile(source)) for source in sources)

    def __bool__(self) -> bool:
        return bool(self.items)

    def search(self, line: str) -> re.Match[str] | None:
        """The first pattern's match, in list order."""
        for needs, regex in self.items:
            if fits(needs, line) and (found := regex.search(line)):
                return found
        return None

    def fullmatch(self, line: str) -> re.Match[str] | None:
        """The first pattern that takes the whole line."""
        for needs, regex in self.items:
            if fits(needs, line) and (found := regex.fullmatch(line)):
                return found
        return None

    def finditer(self, line: str) -> Iterator[re.Match[str]]:
        """All matches of all patterns; those of different patterns may overlap."""
        for needs, regex in self.items:
            if fits(needs, line):
                yield from regex.finditer(line)


def fits(needs: tuple[Literals, ...], text: str) -> bool:
    for literals in needs:
        for one in literals:
            if one in text:
                break
        else:
            return False
    return True


def required(source: str) -> tuple[Literals, ...]:
    """Sets of literals of each of which every match of a pattern contains one; the most telling sets first."""
    found = {need for need in _needs(parser.parse(source)) if len(need) <= _MAX and min(map(len, need)) > 1}
    best = sorted(found, key=lambda need: (-_worth(need), sorted(need)))[:_SETS]
    return tuple(tuple(sorted(need, key=lambda one: (len(one), one))) for need in best)


def _needs(items: Sequence[tuple[Any, Any]]) -> Iterator[frozenset[str]]:
    """What each part of a sequence needs: runs of literals, groups, branches."""
    run = ""
    for code, value in [*items, (None, None)]:
        if code is codes.LITERAL:
            run += chr(value)
            continue
        if run:
            yield frozenset([run])
        if (inner := _inner(code, value)) is not None:
            yield inner
        run = ""


def _needed(items: Sequence[tuple[Any, Any]]) -> frozenset[str] | None:
    """The most telling of what a sequence needs."""
    return max(_needs(items), key=lambda need: (_worth(need), sorted(need)), default=None)


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


def _worth(literals: frozenset[str]) -> float:
    return min(min(map(len, literals)), 6) - len(literals) / 8
