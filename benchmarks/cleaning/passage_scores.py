"""Scores of a cleaner against planted passages and gold text: recall by kind, false cuts, word-bag F1."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

N = 3
"""Words in a row that must agree before a passage counts as found; shorter passages must agree whole."""


@dataclass(frozen=True)
class Sample:
    """A page, the words that should remain (``title`` is their first line), and the passages that should not: (kind, words)."""

    page: str
    label: dict[str, str]
    raw: bytes
    gold: list[str]
    title: list[str]
    planted: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class Outcome:
    """What a cleaner made of a page: the words left, and what it said it cut: (kind, words)."""

    left: list[str]
    cuts: list[tuple[str, list[str]]]


@dataclass
class Tally:
    """Words of one kind of boilerplate, summed over pages."""

    passages: int = 0
    words: int = 0
    left: int = 0
    listed: int = 0
    right_kind: int = 0
    false: int = 0

    def figures(self) -> dict[str, float]:
        """``recall``: share of the planted words that were cut. ``listed``: share of those that stand among the stripped
        passages (the rest never left the extractor). ``right_kind``: share of the listed under the kind planted.
        ``false_words``: gold words cut under this kind.
        """
        cut = self.words - self.left
        return {
            "passages": self.passages,
            "words": self.words,
            "recall": round(cut / self.words, 4) if self.words else 1.0,
            "listed": round(min(self.listed, cut) / cut, 4) if cut else 0.0,
            "right_kind": round(self.right_kind / self.listed, 4) if self.listed else 1.0,
            "false_words": self.false,
        }


@dataclass
class Report:
    """Figures of one way to clean, over all pages."""

    kinds: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    pages: list[dict[str, Any]] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """Totals, and the same by kind and by page. ``body_missing`` leaves the gold text's title line out of account."""
        total = Tally(*(sum(values) for values in zip(*(vars(one).values() for one in self.kinds.values()), strict=True)))
        gold, missing, body = (sum(page[name] for page in self.pages) for name in ("gold_words", "missing", "body_missing"))
        return {
            "recall": total.figures()["recall"],
            "right_kind": total.figures()["right_kind"],
            "gold_missing": round(missing / gold, 5),
            "body_missing": round(body / gold, 5),
            "f1": round(sum(page["f1"] for page in self.pages) / len(self.pages), 4),
            "kinds": {kind: self.kinds[kind].figures() for kind in sorted(self.kinds)},
            "pages": self.pages,
        }


class Seen:
    """Runs of 1 to N words that some texts hold more often than others do."""

    def __init__(self, tokens: Iterable[Sequence[str]], without: Iterable[Sequence[str]] = ()) -> None:
        texts, others = list(tokens), list(without)
        self._grams = {n: _count(texts, n) - _count(others, n) for n in range(1, N + 1)}

    def covered(self, passage: Sequence[str]) -> int:
        """Words of ``passage`` inside a run that is held (N words, or the whole passage when it is shorter)."""
        n = min(N, len(passage))
        hits = [i for i in range(len(passage) - n + 1) if tuple(passage[i : i + n]) in self._grams.get(n, {})]
        return len({place for i in hits for place in range(i, i + n)})


def _count(texts: Sequence[Sequence[str]], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(text[i : i + n]) for text in texts for i in range(len(text) - n + 1))


def measure(samples: Sequence[Sample], clean: Callable[[Sample], Outcome]) -> Report:
    """Compare what ``clean`` makes of every sample with its gold text and its planted passages."""
    report = Report()
    for sample in samples:
        outcome = clean(sample)
        survivors = _tally_kinds(sample, outcome, report.kinds)
        report.pages.append(_page_figures(sample, outcome) | {"left": survivors})
    return report


def _tally_kinds(sample: Sample, outcome: Outcome, kinds: dict[str, Tally]) -> list[str]:
    """Add the page to ``kinds``; returns the passages of which more than half is left, as "kind: words"."""
    left = Seen([outcome.left], without=[sample.gold])
    listed = Seen([cut for _, cut in outcome.cuts])
    survivors = []
    for kind, passage in sample.planted:
        tally, words_left = kinds[kind], left.covered(passage)
        tally.passages += 1
        tally.words += len(passage)
        tally.left += words_left
        tally.listed += listed.covered(passage)
        tally.right_kind += Seen([cut for other, cut in outcome.cuts if other == kind]).covered(passage)
        if 2 * words_left > len(passage):
            survivors.append(f"{kind}: {' '.join(passage)}")
    lost = Seen([sample.gold], without=[outcome.left, *(passage for _, passage in sample.planted)])
    for kind, cut in outcome.cuts:
        kinds[kind].false += lost.covered(cut)
    return survivors


def _page_figures(sample: Sample, outcome: Outcome) -> dict[str, Any]:
    gold, left = Counter(sample.gold), Counter(outcome.left)
    common = (gold & left).total()
    return {
        "page": sample.page,
        "gold_words": gold.total(),
        "missing": gold.total() - common,
        "body_missing": (gold - Counter(sample.title) - left).total(),
        "extra": left.total() - common,
        "f1": round(2 * common / (gold.total() + left.total()), 4) if gold or left else 1.0,
    }
