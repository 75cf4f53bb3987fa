"""The site-level pass: lines that recur beside different content on pages of one site are template.

Two passes. The first keeps, for each site, the line hashes of a sample of its pages; the second cuts.
What distinguishes a template from copies and from families of pages made from one template:

* Pages of a site that share most of their text are copies of one content and count as one page; a
  passage that repeats only because pages are copies is the deduplicator's evidence and stays.
* A repeated line counts as template only where template stands: in an unbroken run from the head or
  the foot of the page, or in a run of three or more lines that repeats in the same order. A heading or
  a sentence repeated alone between different paragraphs ("What causes it?") is content and stays.
* A line that is most of its page stays, and a page that is template nearly from end to end stays whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_tools.cut import Cut, MarkedPage, assemble
from corpus_tools.plan import Plan

SAMPLE_PAGES = 256
"""Pages kept a site, those whose id hashes lowest: the same whatever the order or the workers."""
MAX_LINES = 512
"""Lines kept of a page: the first and the last 256."""
MAX_SAMPLE_BYTES = 1 << 30
"""Bytes of hashes held over all sites; above it the sample of every site is halved."""
RUN_LINES = 3
"""Lines of the shortest run that is template in the middle of a page."""
COPY_SHARE = 0.7
"""Pages that share this much of the smaller one's characters are copies of one content."""
MIN_CONTENTS = {"precision": 3, "balanced": 3, "recall": 5}
"""Distinct contents a line must stand beside, by ``plan.clean.focus``."""
_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")

LineSketch = NDArray[np.uint64]
"""A page: two rows, line hashes in page order and the lines' lengths in characters."""


@dataclass(frozen=True)
class Template:
    """What repeats on a site: hashes of lines, and of runs of RUN lines, on how many distinct contents."""

    lines: dict[int, int]
    runs: dict[int, int]
    contents: int


class SiteCounts:
    """Line hashes of a bounded sample of each site's pages; ``merge`` makes one of many.

    Memory: at most ``MAX_SAMPLE_BYTES`` of hashes, of which ``size`` are held (16 bytes per line, 512 lines per page, 256 pages per site), plus
    about 200 bytes per page; above that the sample is halved, down to 8 pages per site. The result does not depend on the order of ``add`` and ``merge``.
    """

    def __init__(self, max_bytes: int = MAX_SAMPLE_BYTES) -> None:
        self.max_bytes = max_bytes
        self.sample = SAMPLE_PAGES
        self.size = 0
        self._sites: dict[str, dict[int, LineSketch]] = {}
        self._templates: dict[str, Template] = {}

    def add(self, site: str, page_id: str, text: str) -> None:
        """Count a page's lines. The same page twice counts once."""
        key = _hash(page_id)
        pages = self._sites.setdefault(site, {})
        if key not in pages and (len(pages) < self.sample or key < max(pages)):
            self._put(site, key, _sketch_lines(text))

    def merge(self, other: SiteCounts) -> None:
        """Take in the counts of another worker."""
        while self.sample > other.sample:
            self._halve()
        for page in other.sketches():
            self.put(*page)

    def _put(self, site: str, key: int, sketch: LineSketch) -> None:
        pages = self._sites[site]
        pages[key] = sketch
        self.size += sketch.nbytes
        self._templates.pop(site, None)
        if len(pages) > self.sample:
            self.size -= pages.pop(max(pages)).nbytes
        while self.size > self.max_bytes and self.sample > 8:
            self._halve()

    def _halve(self) -> None:
        self.sample //= 2
        self._templates.clear()
        for pages in self._sites.values():
            for key in sorted(pages)[self.sample :]:
                self.size -= pages.pop(key).nbytes

    def sketches(self) -> Iterator[tuple[str, int, LineSketch]]:
        """Site, page key and sketch of every page in the sample, in a fixed order."""
        for site, pages in sorted(self._sites.items()):
            for key, sketch in sorted(pages.items()):
                yield site, key, sketch

    def put(self, site: str, key: int, sketch: LineSketch) -> None:
        """Take in a page that ``sketches`` of other counts gave, unless it is there or falls out of the sample."""
        pages = self._sites.setdefault(site, {})
        if key not in pages and (len(pages) < self.sample or key < max(pages)):
            self._put(site, key, sketch)

    def sites(self) -> list[str]:
        """Names of the sites counted, sorted."""
        return sorted(self._sites)

    def pages(self, site: str) -> int:
        """Pages of a site in the sample."""
        return len(self._sites.get(site, ()))

    def template(self, site: str) -> Template:
        """What repeats on ``site``, worked out once and remembered until a page is added."""
        if site not in self._templates:
            self._templates[site] = _find_template([page for _, page in sorted(self._sites.get(site, {}).items())])
        return self._templates[site]


def count_sites(batches: Iterable[pa.RecordBatch]) -> SiteCounts:
    """Counts over batches with columns site, page_id and text; rows without site or text do not count."""
    counts = SiteCounts()
    for batch in batches:
        columns = (batch.column(name).to_pylist() for name in ("site", "page_id", "text"))
        for site, page_id, text in zip(*columns, strict=True):
            if site and text:
                counts.add(site, page_id, text)
    return counts


def cut_site_template(text: str, site: str, counts: SiteCounts, plan: Plan) -> tuple[str, list[Cut]]:
    """Cut the lines of a page that are its site's template; give the kept text and the cuts; see ``mark_site_template``."""
    page = mark_site_template(text, site, counts, plan)
    return assemble(page) if page.marks else (text, [])


def mark_site_template(text: str, site: str, counts: SiteCounts, plan: Plan) -> MarkedPage:
    """The lines of a page, with those marked that are its site's template.

    ``text`` holds one block a line, and ``counts`` has seen the pages of the site. Nothing is cut where
    fewer than three pages with different content are known, or when ``plan.site.template`` is off.
    """
    page = MarkedPage.of(text)
    if not may_have_template(site, counts, plan):
        return page
    for number in _template_lines(page, counts.template(site), MIN_CONTENTS[plan.clean.focus]):
        page.mark_line(number, "site_template", "site.repeated")
    return page


def may_have_template(site: str, counts: SiteCounts, plan: Plan) -> bool:
    """Whether enough pages with different content are known of a site."""
    least = MIN_CONTENTS[plan.clean.focus]
    return plan.site.template and counts.pages(site) >= least and counts.template(site).contents >= least


def _template_lines(page: MarkedPage, template: Template, least: int) -> list[int]:
    """Numbers of the lines to cut: head run, foot run, runs in the middle; none if they are most of the page."""
    hashes = [_line_hash(line) for line in page.lines]
    known = [template.lines.get(one, 0) >= least for one in hashes]
    total = sum(map(len, page.lines))
    chosen = set(_unbroken_run(known)) | {len(known) - 1 - at for at in _unbroken_run(known[::-1])}
    for at in range(len(hashes) - RUN_LINES + 1):
        if template.runs.get(_run_hash(hashes[at : at + RUN_LINES]), 0) >= least and not _is_prose(page.lines[at : at + RUN_LINES]):
            chosen.update(range(at, at + RUN_LINES))
    numbers = sorted(at for at in chosen if 2 * len(page.lines[at]) < total)
    left = total - sum(len(page.lines[at]) for at in numbers)
    return numbers if left >= 0.15 * total else []


def _unbroken_run(known: list[bool]) -> list[int]:
    """Lines of the unbroken run at the front."""
    return list(range(next((at for at, yes in enumerate(known) if not yes), len(known))))


def _is_prose(lines: list[str]) -> bool:
    """Are lines running text? In mid-page such a run is a passage a family of pages shares, not furniture."""
    return any(len(line) > 90 or (len(line) > 40 and line[-1] in ".!?:") for line in lines)


def _find_template(pages: list[LineSketch]) -> Template:
    """Lines and runs that stand on two or more distinct contents, and how many."""
    groups = _distinct_contents(pages)
    lines: dict[int, set[int]] = {}
    runs: dict[int, set[int]] = {}
    for group, page in zip(groups, pages, strict=True):
        hashes = page[0].tolist()
        for one in hashes:
            lines.setdefault(one, set()).add(group)
        for at in range(len(hashes) - RUN_LINES + 1):
            runs.setdefault(_run_hash(hashes[at : at + RUN_LINES]), set()).add(group)
    return Template(_on_several(lines), _on_several(runs), len(set(groups)))


def _on_several(found: dict[int, set[int]]) -> dict[int, int]:
    return {key: len(groups) for key, groups in found.items() if len(groups) > 1}


def _distinct_contents(pages: list[LineSketch]) -> list[int]:
    """A group number for each page; pages that share most of their characters are one group."""
    columns: dict[int, int] = {}
    for page in pages:
        for one in page[0].tolist():
            columns.setdefault(one, len(columns))
    table = np.zeros((len(pages), max(len(columns), 1)), np.float32)
    for row, page in enumerate(pages):
        table[row, [columns[one] for one in page[0].tolist()]] = page[1]
    mass = table.sum(axis=1)
    shared = table @ (table > 0).T.astype(np.float32)
    close = shared >= COPY_SHARE * np.minimum.outer(mass, mass)
    group = list(range(len(pages)))
    for row in range(len(pages)):  # a page joins the group of the first page it copies
        first = int(np.flatnonzero(close[row])[0]) if close[row].any() else row
        group[row] = group[min(first, row)]
    return group


def _sketch_lines(text: str) -> LineSketch:
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    if len(lines) > MAX_LINES:
        lines = lines[: MAX_LINES // 2] + lines[-MAX_LINES // 2 :]
    return np.array([[_line_hash(line) for line in lines], [len(line) for line in lines]], np.uint64)


def _line_hash(line: str) -> int:
    """Stable 64-bit hash of a line, blind to case, spacing, and the digits of counts and dates.

    Digits inside other lines tell subjects apart ("spastic paraplegia 10"), so they count.
    """
    folded = " ".join(line.casefold().split())
    counts = folded[:1].isdecimal() or (("19" in folded or "20" in folded) and _YEAR.search(folded) is not None)
    return _hash(_DIGITS.sub("0", folded) if counts else folded)


def _run_hash(hashes: list[int]) -> int:
    return hash(tuple(hashes))  # of integers: the same in every process


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
