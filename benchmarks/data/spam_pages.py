"""Pages for training and judging the single-page spam score, split by institute, site and revision chain.

``reference`` pages give word counts, ``weights`` pages train the score, ``judged`` pages are only ever judged. No site,
institute or chain of revisions is in two parts. The list of tortured phrases is halved by established phrase.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl

_INSTITUTES = {
    "2_GARD_QA": "reference",
    "3_GHR_QA": "reference",
    "5_NIDDK_QA": "reference",
    "6_NINDS_QA": "weights",
    "1_CancerGov_QA": "weights",
}
"""The others (MedlinePlus topics, CDC, NIH SeniorHealth) are judged."""


@dataclass(frozen=True)
class HonestPage:
    """A page nobody spun."""

    part: str
    source: str
    name: str
    title: str | None
    text: str


def draw(name: str) -> float:
    """A number in [0, 1) that depends on ``name`` alone."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big") / 2**32


def honest_pages(data: Path) -> Iterator[HonestPage]:
    """Every distinct page of MedQuAD, the veterans' site and WCXB's gold texts."""
    for row in _rows(data / "medquad", "text"):
        yield HonestPage(_INSTITUTES.get(row["sub"], "judged"), "medquad", row["id"], row["focus"], row["text"])
    for row in _rows(data / "vagov", "text"):
        share = draw(row["cluster"])
        part = "reference" if share < 0.4 else "weights" if share < 0.6 else "judged"
        yield HonestPage(part, "vagov", row["id"], row["title"], row["text"])
    for row in _rows(data / "wcxb", "gold"):
        share = draw(_site(row["url"]))
        part = "reference" if share < 0.45 else "weights" if share < 0.6 else "judged"
        source = "wcxb articles" if row["type"] == "article" else "wcxb other"
        yield HonestPage(part, source, row["id"], None, row["gold"] or "")


def _rows(folder: Path, text: str) -> Iterator[dict[str, str]]:
    frame = pl.scan_parquet(folder / "pages.parquet").select(pl.exclude("html", "with", "without", "tags")).collect()
    yield from frame.unique(text, keep="first", maintain_order=True).iter_rows(named=True)


def _site(url: str) -> str:
    return ".".join((urlsplit(url).hostname or "").split(".")[-2:])


def draw_pages(pages: Iterable[HonestPage], most: int, seed: int) -> list[HonestPage]:
    """At most ``most`` pages of each source, drawn evenly."""
    by_source: dict[str, list[HonestPage]] = {}
    for page in pages:
        by_source.setdefault(page.source, []).append(page)
    rng = random.Random(seed)
    return [page for held in by_source.values() for page in rng.sample(held, min(most, len(held)))]


def cut_window(text: str, n_words: int, rng: random.Random) -> str:
    """About ``n_words`` words in a row from a random place."""
    starts = [found.start() for found in re.finditer(r"\S+", text)]
    if len(starts) <= n_words:
        return text
    first = rng.randrange(len(starts) - n_words)
    return text[starts[first] : starts[first + n_words]]


def tortured_phrases(data: Path, part: str) -> list[tuple[list[str], list[str]]]:
    """Words of tortured and of established phrases; ``part`` is ``train`` or ``test``, by established phrase."""
    found = []
    for line in (data / "tortured" / "phrases.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        tortured, _, established = line.partition("\t")
        if (draw("tortured " + established.lower()) < 0.5) == (part == "train"):
            found.append((_phrase(tortured), _phrase(established)))
    return [pair for pair in found if all(pair)]


def _phrase(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)?", re.sub(r"\([^)]*\)", "", text.lower().replace("’", "'")))
