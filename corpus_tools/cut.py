"""A page as lines with marks on them, and how marks become kept text and cuts.

Every rule only marks; this module alone removes. So two rules can claim the same characters without
harm, and no character leaves a page without a row that names kind and rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

_PLAIN = (("\u00a0", " "), ("\u202f", " "), ("\u2009", " "), ("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'))
EDGE_PUNCTUATION = " .,:;!?*|·•»«›‹>→←↑↓-–—_()[]&+/…=#©®™✓✕×▼▲"
_LEADING_COUNT = re.compile(r"\(?[0-9]+(?:[.,][0-9]+)*\)? (?=[a-zà-ÿ])(?!\.)")
_ALNUM = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Cut:
    """A passage cut from a page: one row of ``tables.STRIPPED`` without the page.

    ``start`` counts the characters of the kept text before the passage: where it would go back.
    """

    kind: str
    passage: str
    start: int
    rule: str


@dataclass(frozen=True)
class Mark:
    """Characters ``start`` to ``end`` of one line claimed as boilerplate."""

    start: int
    end: int
    kind: str
    rule: str


def fold_line(text: str) -> str:
    """Lower case with straight quotes and plain spaces, one character for one character."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(char.lower()[0] for char in text)  # the dot of a Turkish capital would be a character more
    if "\t" in lowered:
        lowered = lowered.replace("\t", " ")
    if not lowered.isascii():
        for fancy, plain in _PLAIN:
            lowered = lowered.replace(fancy, plain)
    return lowered


def label_key(folded: str) -> str:
    """A folded line without surrounding punctuation, counts ("5 comments", "comments (5)") and repeated spaces.

    A number with a full stop stays: "4. TikTok" is a heading of a list.
    """
    key = folded.strip(EDGE_PUNCTUATION)
    if key and (key[-1].isdigit() or key[0].isdigit()):
        key = _LEADING_COUNT.sub("", key, count=1).rstrip("0123456789").strip(EDGE_PUNCTUATION) if not key.isdigit() else ""
    return " ".join(key.split()) if "  " in key else key


@dataclass
class MarkedPage:
    """Non-blank lines, their folded twins, and the marks rules have left on them."""

    lines: list[str]
    folded: list[str]
    text: str
    """The folded lines joined by line ends."""
    links: Sequence[float] | None = None
    marks: dict[int, list[Mark]] = field(default_factory=dict)
    whole: dict[int, str] = field(default_factory=dict)
    """Line -> kind, for lines claimed from end to end."""
    _keys: dict[int, str] = field(default_factory=dict)
    holding: dict[str, list[int]] = field(default_factory=dict)
    """Word -> the lines that hold it, for the words that were looked for."""

    @staticmethod
    def of(text: str, links: Sequence[float] | None = None) -> MarkedPage:
        """Split text at line ends; blank lines go, and their link shares with them."""
        raw = text.splitlines() if "\r" in text or "\x0b" in text or "\x0c" in text else text.split("\n")
        stripped = [line.strip() for line in raw]
        if links is not None:
            if len(links) != len(raw):
                raise ValueError(f"links has {len(links)} shares for {len(raw)} lines")
            links = [share for share, line in zip(links, stripped, strict=True) if line]
        lines = [line for line in stripped if line]
        text = fold_line("\n".join(lines))
        return MarkedPage(lines, text.split("\n"), text, links)

    def key(self, line: int) -> str:
        """``label_key`` of a folded line."""
        key = self._keys.get(line)
        if key is None:
            key = self._keys[line] = label_key(self.folded[line])
        return key

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins in ``text``, and one more."""
        return list(accumulate([len(line) + 1 for line in self.folded], initial=0))

    @cached_property
    def data(self) -> bytes:
        """``text`` in UTF-8."""
        return self.text.encode("utf-8", "surrogatepass")

    def before(self, line: int) -> int:
        """Characters of the lines before one."""
        return self.starts[line] - line

    def mark(self, line: int, start: int, end: int, kind: str, rule: str) -> None:
        """Claim part of a line; a claim that leaves no letter or digit behind takes the line whole."""
        text = self.lines[line]
        if not _ALNUM.search(text, 0, start) and not _ALNUM.search(text, end):
            start, end = 0, len(text)
            self.whole.setdefault(line, kind)
        self.marks.setdefault(line, []).append(Mark(start, end, kind, rule))

    def forget(self, rules: frozenset[str]) -> None:
        """Take back what was marked by some rules."""
        for line, marks in list(self.marks.items()):
            left = [mark for mark in marks if mark.rule not in rules]
            if len(left) < len(marks):
                self.marks[line] = left
                if not left:
                    del self.marks[line]
                    self.whole.pop(line, None)

    def spare(self, lines: Iterable[int], rule: str) -> None:
        """Take back what was marked on some lines, but for what one rule marked."""
        for line in lines:
            marks = [mark for mark in self.marks.pop(line, ()) if mark.rule == rule]
            if marks:
                self.marks[line] = marks
            else:
                self.whole.pop(line, None)

    def mark_line(self, line: int, kind: str, rule: str) -> None:
        """Claim a whole line, unless it is claimed already."""
        if line not in self.whole:
            self.mark(line, 0, len(self.lines[line]), kind, rule)


def assemble(page: MarkedPage) -> tuple[str, list[Cut]]:
    """Kept text, one block a line, and what was cut, in page order.

    Neighbouring whole lines of one kind and rule become one cut, joined by line ends.
    """
    if not page.marks:
        return "\n".join(page.lines), []
    kept: list[str] = []
    length = 0
    cuts: list[Cut] = []
    open_line = -2
    for number, line in enumerate(page.lines):
        marks = page.marks.get(number)
        if marks is None:
            kept.append(line)
            length += len(line) + 1
            continue
        rest, found = _cut_line(line, marks, length)
        if not rest and len(found) == 1 and open_line == number - 1 and _same_rule(cuts[-1], found[0]):
            cuts[-1] = Cut(cuts[-1].kind, f"{cuts[-1].passage}\n{found[0].passage}", cuts[-1].start, cuts[-1].rule)
        else:
            cuts.extend(found)
        open_line = number if not rest and len(found) == 1 else -2
        if rest:
            kept.append(rest)
            length += len(rest) + 1
    text = "\n".join(kept)
    return text, [cut if cut.start <= len(text) else Cut(cut.kind, cut.passage, len(text), cut.rule) for cut in cuts]


def kept_lines(page: MarkedPage) -> list[int]:
    """Numbers of the lines of which ``assemble`` keeps something, a line of its text each."""
    marks = page.marks
    return [number for number, line in enumerate(page.lines) if number not in marks or _cut_line(line, marks[number], 0)[0]]


def _same_rule(one: Cut, other: Cut) -> bool:
    return one.kind == other.kind and one.rule == other.rule


def _cut_line(line: str, marks: list[Mark], offset: int) -> tuple[str, list[Cut]]:
    """What is left of a line and its cuts; overlapping marks are one cut named by the widest."""
    kept: list[str] = []
    length = at = 0
    cuts = []
    for mark in [*_merged(line, marks), None]:
        piece = line[at : mark.start if mark else len(line)].strip()
        if piece:
            if kept and piece[0] not in ".,;:!?)]":
                piece = f" {piece}"
            kept.append(piece)
            length += len(piece)
        if mark:
            cuts.append(Cut(mark.kind, line[mark.start : mark.end].strip(), offset + length, mark.rule))
            at = mark.end
    rest = "".join(kept)
    if rest and not _ALNUM.search(rest):  # marks took all but punctuation: the line goes whole
        widest = max(cuts, key=lambda cut: len(cut.passage))
        return "", [Cut(widest.kind, line, offset, widest.rule)]
    return rest, cuts


def _merged(line: str, marks: list[Mark]) -> list[Mark]:
    """Marks in order without overlap; marks of one kind that only spaces part are one."""
    merged: list[Mark] = []
    for mark in sorted(marks, key=lambda one: (one.start, -one.end)):
        if merged and (
            mark.start < merged[-1].end or (_same_mark(mark, merged[-1]) and not line[merged[-1].end : mark.start].strip())
        ):
            last = merged[-1]
            name = last if last.end - last.start >= mark.end - mark.start else mark
            merged[-1] = Mark(last.start, max(last.end, mark.end), name.kind, name.rule)
        else:
            merged.append(mark)
    return merged


def _same_mark(one: Mark, other: Mark) -> bool:
    return one.kind == other.kind and one.rule == other.rule
