"""Honest health pages with planted ones among them: what each says is known, and so is what should become of it.

Every page is made from a fixed seed of its kind, so that a kind can be added without moving the others.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from benchmarks.data import planted_pages as made
from benchmarks.data.labelled_sets import SEED
from benchmarks.data.planted_lists import archive_captures, rolling_lists
from benchmarks.data.planted_names import near_names
from benchmarks.data.planted_notices import code, leaflets, records, share_notices, sheets
from benchmarks.data.planted_renamings import renamed, spin_by_dictionary, twins, variants, words_of_dictionary

Page = dict[str, Any]
SCHEMA = pl.Schema(
    {
        "page_id": pl.String(),
        "text": pl.String(),
        "title": pl.String(),
        "url": pl.String(),
        "site": pl.String(),
        "kind": pl.String(),
        "truth": pl.String(),
        "sources": pl.List(pl.String()),
        "expect": pl.String(),
        "own_words": pl.Int64(),
    }
)
"""page_id; text; title, url, site: null where a page has none; kind: null for honest pages; truth: pages with the same value say
the same; sources: the honest pages a page was made from; expect: "goes" (one of the pages of its truth is removed for another),
"apart" (nothing is removed for it, it for nothing), "captures" (a handful of representatives stays), "aggregate" (it may go,
its two sources stay), null for honest pages; own_words: words that are not the shared notice, null where none is shared."""
COUNTS = {
    "mirror": 200, "excerpt": 200, "split": 100, "concatenation": 100, "syndicated": 150, "version": 150, "spelling": 120, "headline": 150,
    "shuffled": 80, "rolling_list": 4, "captures": 3, "notice_site": 500, "notice_web": 500, "records": 200, "code": 150, "names": 200, "leaflets": 180, "sheets": 300,
    "press": 20, "renamed": 120, "twins": 160, "variants": 96, "dictionary": 100,
}  # fmt: skip
"""Kind -> pages (split: sources, of three parts each; press: sources, on PRESS sites each; rolling_list and captures: pages that were captured again and again)."""
OWN_SHARE, OWN_LEAST = 0.5, 30
"""An excerpt or a part must hold this share, and this number, of words in sentences that no other honest page holds: what
consists of template sentences alone says the same as other pages as well."""


def honest_pages(data: Path) -> pl.DataFrame:
    """All pages of medquad (truth: the disease) and of vagov (truth: the labelled cluster), in ``SCHEMA``."""
    medquad = pl.read_parquet(data / "medquad" / "pages.parquet").select(
        page_id="id", text="text", title=pl.col("focus"), url="url", truth="medquad: " + pl.col("focus").str.to_lowercase()
    )
    vagov = pl.read_parquet(data / "vagov" / "pages.parquet").select(
        page_id="id", text="text", title="title", url="https://www.va.gov/" + pl.col("path"), truth="vagov: " + pl.col("cluster")
    )
    sites = pl.col("url").map_elements(lambda url: urlsplit(url).hostname, return_dtype=pl.String)
    return in_schema(pl.concat([medquad, vagov]).with_columns(site=sites))


def plant(data: Path, seed: int = SEED) -> pl.DataFrame:
    """The honest pages of ``data`` and the planted ones: about 3,500, ``COUNTS`` of each kind; columns as ``SCHEMA``."""
    return plant_among(honest_pages(data), seed)


def plant_among(honest: pl.DataFrame, seed: int = SEED, counts: dict[str, int] | None = None) -> pl.DataFrame:
    """``honest`` (as ``SCHEMA``) and pages planted among them. Each source serves one kind only; scarce sources give fewer."""
    wanted = COUNTS if counts is None else counts
    rows = _from_sources(honest, seed, wanted)
    for kind, count in wanted.items():
        if kind in ALONE:
            rows += _number(kind, ALONE[kind](count, random.Random(f"{seed}/{kind}")))
    return pl.concat([honest, in_schema(pl.DataFrame(rows, infer_schema_length=None))]) if rows else honest


def in_schema(pages: pl.DataFrame) -> pl.DataFrame:
    """``pages`` with the columns of ``SCHEMA``: those that are absent are null, ``sources`` empty."""
    lacking = [pl.lit(None, kind).alias(name) for name, kind in SCHEMA.items() if name not in pages.columns]
    return (
        pages.with_columns(lacking)
        .select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
        .with_columns(pl.col("sources").fill_null([]))
    )


def _number(kind: str, pages: list[Page]) -> list[Page]:
    """The planted pages of a kind with page_id, kind, truth (the page itself where it has none) and expect."""
    named = [f"planted/{kind}/{at:04d}" for at in range(len(pages))]
    out = []
    for name, page in zip(named, pages, strict=True):
        original = page.pop("of", None)
        expect = "apart" if original is None else "goes"
        truth = name if original is None else named[original]
        more = {"page_id": name, "kind": kind, "truth": truth, "expect": expect}
        out.append(more | ({"sources": [truth]} if original is not None else {}) | page)
    return out


def _captured(kind: str, series: list[list[Page]]) -> list[Page]:
    return [page | {"truth": f"planted/{kind}/{at:02d}", "expect": "captures"} for at, pages in enumerate(series) for page in pages]


ALONE: dict[str, Callable[[int, random.Random], list[Page]]] = {
    "rolling_list": lambda count, chance: _captured("rolling_list", rolling_lists(count, chance)),
    "captures": lambda count, chance: _captured("captures", archive_captures(count, chance)),
    "notice_site": lambda count, chance: share_notices("notice_site", count, chance),
    "notice_web": lambda count, chance: share_notices("notice_web", count, chance),
    "records": records,
    "code": code,
    "names": near_names,
    "leaflets": leaflets,
    "sheets": sheets,
    "renamed": renamed,
    "twins": twins,
    "variants": variants,
}
"""Kinds that need no source."""


class Owned:
    """Which words of a text stand in sentences that no honest page of another truth holds, its name aside."""

    def __init__(self, honest: pl.DataFrame) -> None:
        self.holders: dict[str, set[str]] = {}
        for truth, title, text in honest.select("truth", "title", "text").iter_rows():
            for sentence in made.sentences(text):
                self.holders.setdefault(unnamed(sentence, title), set()).add(truth)

    def enough(self, text: str, title: str | None) -> bool:
        """Whether a part of the page called ``title`` says enough of its own; see ``OWN_SHARE``."""
        total = own = 0
        for sentence in made.sentences(text):
            count = len(sentence.split())
            total += count
            own += count if len(self.holders.get(unnamed(sentence, title), ())) < 2 else 0
        return own >= max(OWN_LEAST, OWN_SHARE * total)


def unnamed(sentence: str, title: str | None) -> str:
    """``plain`` without the name of the page, so that a template's sentence is the same whatever it is about."""
    words = f" {plain(sentence)} "
    return words.replace(f" {plain(title)} ", " ").strip() if title else words.strip()


def plain(sentence: str) -> str:
    """Lower case, letters and digits only."""
    return re.sub(r"[\W_]+", " ", sentence.lower()).strip()


LEAST = {"split": 240, "shuffled": 200, "syndicated": 150}
"""Kind -> least words of a source; 100 for the others."""


def _from_sources(honest: pl.DataFrame, seed: int, wanted: dict[str, int]) -> list[Page]:
    """Planted pages of the kinds that are made of honest pages; one page a truth is a source, and of one kind."""
    order = honest.unique("truth", keep="last", maintain_order=True).sort("page_id").to_dicts()
    random.Random(f"{seed}/sources").shuffle(order)
    owned, rows, used = Owned(honest), [], set()
    for kind in (kind for kind in wanted if kind in MAKERS):
        chance, pages = random.Random(f"{seed}/{kind}"), []
        left = wanted[kind] * (2 if kind == "concatenation" else 1)
        for source in order:
            fits = left and source["page_id"] not in used and len(source["text"].split()) >= LEAST.get(kind, 100)
            if fits and (found := MAKERS[kind](source, chance, owned)):
                pages += found
                used.add(source["page_id"])
                left -= 1
        rows += _number(kind, _pair(pages, chance) if kind == "concatenation" else pages)
    return rows


def _copy(source: Page, text: str, chance: random.Random, title: str | None = None) -> Page:
    url, site = made.revisit(source["url"], chance)
    named = title or (source["title"] if chance.random() < 0.7 else None)
    return {
        "text": text, "title": named, "url": url, "site": site, "truth": source["truth"], "sources": [source["page_id"]], "expect": "goes",
    }  # fmt: skip


def _edited(edit: Callable[[str, random.Random], str]) -> Callable[[Page, random.Random, Owned], list[Page]]:
    return lambda source, chance, owned: [_copy(source, edit(source["text"], chance), chance)]


def _respelled(source: Page, chance: random.Random, owned: Owned) -> list[Page]:
    if made.count_spellings(source["text"]) < 3:
        return []
    return [_copy(source, made.respell(source["text"], chance), chance)]


def _reheaded(source: Page, chance: random.Random, owned: Owned) -> list[Page]:
    text, head = made.rehead(source["text"], source["title"] or "", chance)
    return [_copy(source, text, chance, head)]


def _excerpts(source: Page, chance: random.Random, owned: Owned) -> list[Page]:
    text = made.excerpt(source["text"], chance)
    share = len(text.split()) / len(source["text"].split())
    return [_copy(source, text, chance)] if 0.18 <= share <= 0.68 and owned.enough(text, source["title"]) else []


def _parts(source: Page, chance: random.Random, owned: Owned) -> list[Page]:
    texts = made.split(source["text"], chance)
    return [_copy(source, text, chance) for text in texts] if all(owned.enough(text, source["title"]) for text in texts) else []


def _shuffled(source: Page, chance: random.Random, owned: Owned) -> list[Page]:
    enough = len(made.starts(source["text"])) >= 10
    return [_copy(source, made.shuffle(source["text"], chance), chance)] if enough else []


def _pair(sources: list[Page], chance: random.Random) -> list[Page]:
    """Two unrelated articles in one page; either may be the longer one, by up to four times."""
    pages = []
    for first, second in zip(sources[::2], sources[1::2], strict=False):
        page = _copy(first, made.concatenate(first["text"], second["text"], chance), chance)
        both = {"truth": f"{first['truth']} + {second['truth']}", "sources": [first["page_id"], second["page_id"]]}
        pages.append(page | both | {"expect": "aggregate"})
    return pages


PRESS = 9
"""Sites that a text is put on."""


def _published(source: Page, chance: random.Random, owned: Owned) -> list[Page]:
    return [_copy(source, made.mirror(source["text"], chance), chance, source["title"]) for _ in range(PRESS)]


def _spun(source: Page, chance: random.Random, owned: Owned) -> list[Page]:
    if words_of_dictionary(source["text"]) < 6:
        return []
    return [_copy(source, spin_by_dictionary(source["text"], chance), chance)]


MAKERS: dict[str, Callable[[Page, random.Random, Owned], list[Page]]] = {
    "mirror": _edited(made.mirror),
    "excerpt": _excerpts,
    "split": _parts,
    "concatenation": lambda source, chance, owned: [source],
    "syndicated": _edited(made.syndicate),
    "version": _edited(made.version),
    "spelling": _respelled,
    "headline": _reheaded,
    "shuffled": _shuffled,
    "press": _published,
    "dictionary": _spun,
}
"""Kinds that are made of an honest page; no page where one does not fit. Of a concatenation the sources, which ``_pair`` joins."""
