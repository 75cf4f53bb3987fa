"""Measured pairs that the heads of the rewrite model are taught with: rewrites of several kinds, and honest pages of five sets.

A page's *part* (0 to 9, a hash of its cluster or id) says what it may be used for: TAUGHT parts teach, CHOSEN parts set the cuts, the
rest is for reports.
"""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

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


def honest_pairs(data: Path, name: str) -> Taught:
    """Candidate pairs of a set of honest pages; versions of one page left out where the set knows them or they are near copies."""
    if name == "medquad":
        honest = read_honest(data / name)
        pairs, _ = measure_set(honest.texts, np.arange(len(honest.texts)))
        kept = drop_repeats(pairs, find_repeats(honest))
        return _taught(kept, np.where(honest.half == 0, 0, 7), np.ones(len(kept.left), bool))
    frame = pl.read_parquet(data / name / "pages.parquet")
    pairs, _ = measure_set(frame[TEXT_OF[name]].to_list(), np.arange(len(frame)))
    keep = pairs.jaccard < SAME_TEXT if name != "cochrane" else np.ones(len(pairs.left), bool)
    ids = frame["id"].to_list()
    known = known_versions(data, name, frame)
    keep &= np.array([(ids[a], ids[b]) not in known for a, b in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)], bool)
    groups = frame["review"].to_list() if name == "cochrane" else ids
    return _taught(pairs, np.array([part_of(f"{name}{one}") for one in groups]), keep)


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
    return _join(alone, few)


def _join(one: Taught, other: Taught) -> Taught:
    def both(name: str) -> Any:
        held = getattr(one, name), getattr(other, name)
        return tuple(np.concatenate(side) for side in zip(*held, strict=True)) if name.endswith("parts") else np.concatenate(held)

    return Taught(*(both(field.name) for field in fields(Taught)))


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
