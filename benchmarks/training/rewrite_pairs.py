"""Measured pairs that the heads of the rewrite model are taught with: rewrites of several kinds, and honest pages of five sets.

A page's *part* (0 to 9, a hash of its cluster or id) says what it may be used for: TAUGHT parts teach, CHOSEN parts set the cuts, the
rest is for reports.
"""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from benchmarks.data.languages import Thesaurus, read_pages
from benchmarks.data.spinners import translate_and_back
from benchmarks.data.spun_pages import KINDS, MIN_LENGTH, Honest, choose_pages, find_repeats, read_honest, recipe, spun_pages
from benchmarks.data.swapped_subjects import plant_siblings
from benchmarks.data.synonyms import WordNet
from benchmarks.rewrites.languages import Corpus, make_corpus
from benchmarks.rewrites.pairs import Measured, drop_repeats, measure_set, select
from corpus_tools.rewrite.search import NEAR_COPY

Array = np.ndarray[Any, np.dtype[Any]]
TAUGHT, CHOSEN = range(6), range(6, 8)
RATES = (0.3, 0.5, 0.7)
SPUN, TRANSLATED, SIBLINGS = 300, 150, 900
"""Pages of MedQuAD's first half that are spun for each rate and order, and translated for each order; pages of a set whose siblings are made."""
TEXT_OF = {"cochrane": "text", "wcxb": "gold", "web_pairs": "text", "vagov": "text"}
"""Sets of honest pages beside MedQuAD -> the column with their text."""
LANGUAGES, LANGUAGE_PAGES, EACH = ("de", "es", "fr"), 800, 80
"""Languages beside English whose manual pages teach, how many pages of each, and how many of them are spun for each rate."""
FEW, ENGLISH = 150, 1200
"""How many of these pages are put among how many English ones."""
LONE = ("paraphrase_back_translation", "paraphrase_dipper", "paraphrase_polish")
"""Kinds of DetectRL's rewrites that are taught one to a page too: where a page has many, they show which sentences matter."""
BESIDE = (0, 300, 3000)
"""Honest pages that lone rewrites and their originals stand among, a corpus of one part each but for the largest."""
FEW_PAGES = 250
"""Honest pages in a row that are measured as a corpus of their own: what pages share weighs otherwise in a small one."""
SAME_TEXT = 0.5
"""Jaccard similarity from which on two pages of a set without labels may be one text twice, and teach nothing."""


@dataclass
class Taught:
    """Candidate pairs of one set: measures, what is true, and the part of each side (10 where it must not matter)."""

    measures: Array
    true: Array
    parts: tuple[Array, Array]
    barred: Array
    """Measures of pairs that are thrown out for their subjects: no head must tell them, but the gate meets them."""
    barred_parts: tuple[Array, Array]

    def within(self, parts: Any) -> Array:
        """Pairs of which both pages are in these parts, or in no part, bool[pairs]."""
        return _are_within(self.parts, parts)

    def barred_within(self, parts: Any) -> Array:
        """The measures of ``barred`` pairs in these parts."""
        return self.barred[_are_within(self.barred_parts, parts)]


def _are_within(sides: tuple[Array, Array], parts: Any) -> Array:
    allowed = [*parts, 10]
    return np.asarray(np.isin(sides[0], allowed) & np.isin(sides[1], allowed))


def part_of(name: str) -> int:
    """0 to 9."""
    return zlib.crc32(name.encode()) % 10


def _taught(pairs: Measured, parts: Array, keep: Array) -> Taught:
    kept, barred = (
        select(pairs, keep & ~pairs.vetoed),
        select(pairs, keep & pairs.vetoed & (pairs.jaccard < NEAR_COPY) & ~pairs.true),
    )
    return Taught(
        kept.measures, kept.true, (parts[kept.left], parts[kept.right]), barred.measures, (parts[barred.left], parts[barred.right])
    )


def rewritten_pairs(data: Path) -> Taught:
    """DetectRL's clusters: an original with noise, translations there and back, polished and paraphrased versions."""
    frame = pl.read_parquet(data / "rewrites" / "pages.parquet").with_columns(pl.col("cluster").cast(pl.String))
    pairs, _ = measure_set(frame["text"].to_list(), frame["cluster"].rank("dense").to_numpy().astype(np.int64))
    return _taught(pairs, np.array([part_of(one) for one in frame["cluster"]]), np.ones(len(pairs.left), bool))


def lone_pairs(data: Path) -> Taught:
    """DetectRL's rewrites of some kinds, one of a page in a corpus: by themselves, and among honest pages of MedQuAD's first half."""
    frame = pl.read_parquet(data / "rewrites" / "pages.parquet").with_columns(pl.col("cluster").cast(pl.String))
    frame = frame.unique(["cluster", "kind"], keep="first", maintain_order=True)
    frame = frame.with_columns(part=pl.Series([part_of(one) for one in frame["cluster"]]))
    honest = read_honest(data / "medquad")
    pool = [text for text, half in zip(honest.texts, honest.half, strict=True) if half == 0]
    found = []
    for kind in LONE:
        pages = frame.filter(pl.col("kind").is_in(["original", kind]))
        for beside in BESIDE:
            corpora = [pages] if beside == max(BESIDE) else pages.partition_by("part", maintain_order=True)
            found += [
                _lone(corpus, random.Random(f"{kind}{at}").sample(pool, min(beside, len(pool))))
                for at, corpus in enumerate(corpora)
            ]
    return _join(found)


def _lone(pages: pl.DataFrame, honest: list[str]) -> Taught:
    """Pairs with a page of ``pages`` (cluster, part, text), behind honest ones."""
    first = len(honest)
    clusters = pages["cluster"].rank("dense").to_numpy().astype(np.int64)
    pairs, _ = measure_set([*honest, *pages["text"]], np.array([*range(first), *(first + clusters)]), first)
    return _taught(pairs, np.array([*np.full(first, 10), *pages["part"]]), np.ones(len(pairs.left), bool))


class HonestSet(NamedTuple):
    """Honest pages: texts, the part of each, pairs of places that are versions of one page, and the Jaccard similarity from which on
    others may be."""

    texts: list[str]
    parts: Array
    known: set[tuple[int, int]]
    most: float


def read_set(data: Path, name: str) -> HonestSet:
    """One of the sets of honest pages."""
    if name == "medquad":
        honest = read_honest(data / name)
        repeats = find_repeats(honest)
        return HonestSet(honest.texts, np.where(honest.half == 0, 0, 7), repeats | {(b, a) for a, b in repeats}, np.inf)
    frame = pl.read_parquet(data / name / "pages.parquet")
    at = {one: place for place, one in enumerate(frame["id"])}
    known = {(at[a], at[b]) for a, b in known_versions(data, name, frame) if a in at and b in at}
    parts = np.array([part_of(f"{name}{one}") for one in frame["review" if name == "cochrane" else "id"]])
    return HonestSet(frame[TEXT_OF[name]].to_list(), parts, known, np.inf if name == "cochrane" else SAME_TEXT)


def honest_pairs(held: HonestSet) -> Taught:
    """Candidate pairs of a set; versions of one page left out where the set knows them or they are near copies."""
    return _honest(held, range(len(held.texts)))


def few_honest_pairs(held: HonestSet) -> Taught:
    """The same of FEW_PAGES pages in a row at a time, each a corpus of its own."""
    ends = [*range(0, len(held.texts), FEW_PAGES), len(held.texts)]
    return _join([_honest(held, range(*places)) for places in pairwise(ends)])


def _honest(held: HonestSet, places: range) -> Taught:
    pairs, _ = measure_set(held.texts[places.start : places.stop], np.arange(len(places)))
    ends = zip((pairs.left + places.start).tolist(), (pairs.right + places.start).tolist(), strict=True)
    keep = np.array([end not in held.known for end in ends], bool) & (pairs.jaccard < held.most)
    return _taught(pairs, held.parts[places.start : places.stop], keep)


def known_versions(data: Path, name: str, frame: pl.DataFrame) -> set[tuple[str, str]]:
    """Pairs of ids that are versions of one page or may be, both ways round."""
    found: list[tuple[str, str]] = []
    if name == "vagov":
        unsure = pl.read_parquet(data / name / "ambiguous_pairs.parquet")
        found += list(zip(unsure["a"], unsure["b"], strict=True))
        for ids in frame.group_by("cluster").agg("id")["id"].to_list():
            found += [(a, b) for a in ids for b in ids]
    if name == "web_pairs":
        judged = pl.read_parquet(data / name / "pairs.parquet").filter(pl.col("judged") != "0.5")
        found += list(zip(judged["a"], judged["b"], strict=True))
    return {*found, *((b, a) for a, b in found)}


def swapped_sets(honest: Honest) -> list[Taught]:
    """Pages of MedQuAD's first half with words swapped with WordNet, among all of it."""
    repeats, found = find_repeats(honest), list[Taught]()
    for kind in KINDS:
        for rate in RATES:
            found.append(_spun(honest, repeats, *spun_pages(honest, WordNet(), recipe(rate, kind), 0, SPUN, "train")))
    return found


def language_set(folder: Path, language: str, english: list[str]) -> Taught:
    """Manual pages in another language, some of them spun with half of a thesaurus: a corpus of their own, and a FEW among English pages."""
    texts = read_pages(folder, language, "manpages")
    texts = random.Random(1).sample(texts, min(LANGUAGE_PAGES, len(texts)))
    thesaurus, among = Thesaurus(folder, language, half=0), random.Random(4).sample(english, ENGLISH)
    alone = _of_language(make_corpus(texts, language, thesaurus, EACH), [])
    few = _of_language(make_corpus(texts[:FEW], language, thesaurus, FEW // len(RATES)), among)
    return _join([alone, few])


def _join(sets: list[Taught]) -> Taught:
    def all_of(name: str) -> Any:
        held = [getattr(one, name) for one in sets]
        return tuple(np.concatenate(side) for side in zip(*held, strict=True)) if name.endswith("parts") else np.concatenate(held)

    return Taught(*(all_of(field.name) for field in fields(Taught)))


def sibling_sets(folder: Path, honest: Honest) -> dict[str, Taught]:
    """``sibling_set`` of MedQuAD's first half, and of manual pages in other languages."""
    return {"en": english_siblings(honest)} | {
        language: sibling_set(read_pages(folder, language, "manpages"), language) for language in LANGUAGES
    }


def english_siblings(honest: Honest) -> Taught:
    """``sibling_set`` of MedQuAD's first half."""
    return sibling_set(
        [text for text, half in zip(honest.texts, honest.half, strict=True) if half == 0 and len(text) > MIN_LENGTH], "en"
    )


def sibling_set(texts: list[str], name: str) -> Taught:
    """Pages beside siblings that are made of them, whose subject is swapped throughout."""
    chosen, made = plant_siblings(texts, SIBLINGS, name)
    pairs, _ = measure_set([*texts, *made], np.arange(len(texts) + len(made)), len(texts))
    source = np.array([*np.full(len(texts), -1), *chosen])
    return _taught(pairs, np.zeros(len(source), np.int64), source[pairs.right] == pairs.left)


def _of_language(corpus: Corpus, english: list[str]) -> Taught:
    """Pairs with a page of the corpus, behind English pages."""
    first, base = len(english), len(corpus.texts)
    texts = [*english, *corpus.texts, *corpus.spun]
    origins = np.array([*range(first + base), *(first + place for place in corpus.origins)])
    pairs, _ = measure_set(texts, origins, first)
    repeats = find_repeats(Honest(corpus.texts, [str(at) for at in range(base)], np.zeros(base)))
    kept = drop_repeats(pairs, {(a + first, b + first) for a, b in repeats})
    return _taught(kept, np.zeros(len(texts), np.int64), np.ones(len(kept.left), bool))


def translated_sets(honest: Honest) -> list[Taught]:
    """Pages of MedQuAD's first half translated to Spanish and back, among all of it."""
    repeats, found = find_repeats(honest), list[Taught]()
    for kind in KINDS:
        chosen = choose_pages(honest, 0, TRANSLATED, "train_trans")
        seeds = [f"train_trans{i}" for i in chosen]
        made = translate_and_back([honest.texts[i] for i in chosen], "spa", recipe(0.0, kind), seeds)
        found.append(_spun(honest, repeats, chosen, made))
    return found


def _spun(honest: Honest, repeats: set[tuple[int, int]], chosen: list[int], made: list[str]) -> Taught:
    base = len(honest.texts)
    pairs, _ = measure_set([*honest.texts, *made], np.array([*range(base), *chosen]), base)
    kept = drop_repeats(pairs, repeats)
    return _taught(kept, np.zeros(base + len(made), np.int64), np.ones(len(kept.left), bool))
