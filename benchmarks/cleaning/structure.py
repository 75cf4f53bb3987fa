"""Are tables, lists and lists of terms whole in the clean text, is the heading there, is it the title? Beside trafilatura.

``python -m benchmarks.cleaning.structure --data DATA/wcxb --folds FOLDER``. WCXB's gold text says which groups are main text, and which
h1 belongs to it. What a page's title should be is not in the data: an article's only h1 stands for it. The shipped model was trained
on all of these pages; each is cleaned by the models of its fold, which saw none of its site, as in ``cleaning.extractors``.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from benchmarks import gate
from benchmarks.cleaning.extractors import PAIR, cleaner, trafilatura_with
from benchmarks.cleaning.passage_scores import Seen
from benchmarks.data.wcxb import WORD, Sample, read_samples, shown
from corpus_tools.plan import CleanPlan
from corpus_tools.readers.decode import decode

Answer = tuple[str, str]
"""The text of a page and its title, as a cleaner has them."""
KINDS = {"table": "tables", "ul": "lists", "ol": "lists", "dl": "terms"}
LAYOUT = "table, h1, h2, nav, form"
"""What holds one of these is no group: it lays out the page, and the groups are inside."""
FEWEST, MOST = 5, 4_000
"""Words of a group: of fewer a share says little, and a larger one is the page's layout."""
IN_GOLD = 0.6
STANDS = 0.5
"""Share of the words of a group that the gold text leaves out from which it stands in the clean text all the same."""
LOST, WHOLE = 0.2, 0.8
"""Shares of a group's words below which it is lost, and from which it is whole; between them it is torn."""
UNSEEN = "script, style, template, noscript"


@dataclass(frozen=True)
class Page:
    """What a page holds of structure: its groups, (kind, words), and its h1."""

    groups: list[tuple[str, list[str]]]
    headings: list[str]

    @staticmethod
    def of(html: bytes) -> Page:
        """Read with an HTML5 parser, without the cleaner's own walk."""
        tree = LexborHTMLParser(decode(html, None).text)
        for node in tree.css(UNSEEN):
            node.decompose()
        headings = [_flat(node.text()) for node in tree.css("h1")]
        return Page(_groups(tree.root) if tree.root else [], [text for text in headings if text])


def _groups(root: LexborNode) -> list[tuple[str, list[str]]]:
    """The outermost groups: a list inside another is part of it."""
    found, rest = [], [root]
    while rest:
        node = rest.pop()
        kind = KINDS.get(node.tag or "")
        words = _words(node.text(separator=" ")) if kind else []
        if kind and len(words) <= MOST and not _lays_out(node):
            if len(words) >= FEWEST:
                found.append((kind, words))
        else:
            rest += reversed(list(node.iter()))
    return found


def _lays_out(node: LexborNode) -> bool:
    return any(child.css_first(LAYOUT) is not None or child.css_matches(LAYOUT) for child in node.iter())


def _words(text: str) -> list[str]:
    return WORD.findall(shown(text).lower())


def _flat(text: str) -> str:
    return " ".join(shown(text).split())


def share_held(words: Sequence[str], text: Seen) -> float:
    """Share of a group's words that stand in a text, three in a row at least."""
    return text.covered(words) / len(words)


def fate(share: float) -> str:
    """What became of a group of whose words this share is left."""
    return "lost" if share < LOST else "torn" if share < WHOLE else "whole"


def heading_of(page: Page, gold: str) -> str | None:
    """The page's heading: the first h1 that stands in the gold text."""
    return next((text for text in page.headings if says(gold, text)), None)


def says(text: str, phrase: str) -> bool:
    """Whether the words of a phrase stand in a text, one after the other."""
    words = _words(phrase)
    return bool(words) and f" {' '.join(words)} " in f" {' '.join(_words(text))} "


@dataclass
class Heading:
    """Pages of which something is asked of their heading, and those of which it holds."""

    pages: int = 0
    held: int = 0

    def take(self, holds: bool) -> None:
        """Add a page."""
        self.pages += 1
        self.held += holds

    def figures(self) -> dict[str, float]:
        """The pages, and the share of which it holds."""
        return {"pages": self.pages, "share": round(self.held / max(self.pages, 1), 4)}


@dataclass
class Tally:
    """Counts of one cleaner over all pages."""

    fates: dict[str, Counter[str]] = field(default_factory=lambda: {kind: Counter() for kind in KINDS.values()})
    kept: Heading = field(default_factory=Heading)
    line_kept: Heading = field(default_factory=Heading)
    title: Heading = field(default_factory=Heading)

    def take(self, page: Page, sample: Sample, answer: Answer) -> None:
        """Add a page."""
        text, title = answer
        self._take_groups(page, sample.gold, text)
        heading = heading_of(page, sample.gold)
        if heading is not None:
            self.kept.take(says(text, heading))
            if heading in map(_flat, sample.gold.split("\n")):
                self.line_kept.take(says(text, heading))
        if sample.type == "article" and len(page.headings) == 1:
            self.title.take("".join(title.split()) == "".join(page.headings[0].split()))

    def _take_groups(self, page: Page, gold: str, text: str) -> None:
        wanted, left, holding = Seen([_words(gold)]), Seen([_words(text)]), set()
        for kind, words in page.groups:
            in_gold = share_held(words, wanted)
            if in_gold >= IN_GOLD:
                self.fates[kind][fate(share_held(words, left))] += 1
                holding.add(kind)
            elif in_gold < LOST:
                self.fates[kind].update(foreign=1, stand=share_held(words, left) >= STANDS)
        for kind in holding:
            self.fates[kind]["pages"] += 1

    def figures(self) -> dict[str, Any]:
        """Groups torn and lost by kind, and of those foreign to the gold text the share that stands; headings kept, and those that are
        a line of the gold text; titles that are the heading.
        """
        groups = {kind: _shares(counts) for kind, counts in self.fates.items()}
        asked = {"h1_kept": self.kept, "h1_line_kept": self.line_kept, "title_is_h1": self.title}
        return groups | {name: heading.figures() for name, heading in asked.items()}


def _shares(counts: Counter[str]) -> dict[str, float]:
    groups = counts["torn"] + counts["lost"] + counts["whole"]
    torn, lost = (counts[name] / max(groups, 1) for name in ("torn", "lost"))
    shares = {"torn": round(torn, 4), "lost": round(lost, 4), "torn_or_lost": round(torn + lost, 4)}
    foreign = {"foreign": counts["foreign"], "foreign_stand": round(counts["stand"] / max(counts["foreign"], 1), 4)}
    return {"groups": groups, "pages": counts["pages"]} | shares | foreign


def answers(folds: Path) -> dict[str, Callable[[Sample], Answer]]:
    """This cleaner and trafilatura: text and title of a page."""
    clean, extract = cleaner(CleanPlan(), folds), trafilatura_with()
    from trafilatura import extract_metadata

    def mine(sample: Sample) -> Answer:
        found = clean(sample)
        return found.text, found.title or ""

    def theirs(sample: Sample) -> Answer:
        meta = extract_metadata(sample.html)
        return extract(sample), (meta.title if meta is not None else None) or ""

    return dict(zip(PAIR, (mine, theirs), strict=True))


def measure(samples: Sequence[Sample], named: dict[str, Callable[[Sample], Answer]]) -> dict[str, Any]:
    """Figures of every cleaner; one that raises has neither text nor title."""
    tallies = {name: Tally() for name in named}
    for sample in samples:
        page = Page.of(sample.html)
        for name, answer in named.items():
            try:
                found = answer(sample)
            except Exception:
                found = ("", "")
            tallies[name].take(page, sample, found)
    return {name: tally.figures() for name, tally in tallies.items()}


def show(figures: dict[str, Any]) -> None:
    """A row for each cleaner and kind of group, and for each question about headings."""
    print("each page by models that did not see its site; the shipped model was trained on all of these pages")
    for name, row in figures.items():
        for what, one in row.items():
            print(f"{name:24s}{what:14s}" + "".join(f"  {key} {value:g}" for key, value in one.items()))


def main() -> None:
    """Print the table and write results/cleaning/structure.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the WCXB folder")
    parser.add_argument("--folds", type=Path, required=True, help="folder with fold-0.json ... and types-0.json ...")
    given = parser.parse_args()
    figures = measure(read_samples(given.data), answers(given.folds))
    show(figures)
    gated = {f"{PAIR[0]}.{kind}.{what}": "max" for kind in KINDS.values() for what in ("torn_or_lost", "foreign_stand")}
    gated |= {f"{PAIR[0]}.{name}.share": "min" for name in ("h1_kept", "title_is_h1")}
    gate.save_result("cleaning/structure", figures, gate.digest_files(given.data / "pages.parquet"), gated)


if __name__ == "__main__":
    main()
