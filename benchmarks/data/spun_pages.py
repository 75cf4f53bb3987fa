"""Pages of MedQuAD, their spun versions, and which honest pages are largely one text."""

from __future__ import annotations

import random
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from benchmarks.data.spinners import Recipe, spin
from benchmarks.data.synonyms import Aiksaurus, Everyday, Pivot, Synonyms, WordNet

Array = np.ndarray[Any, np.dtype[Any]]
SPINNERS = {"wordnet": WordNet, "aiksaurus": Aiksaurus, "everyday": Everyday, "pivot": Pivot}
MIN_LENGTH = 600
"""Characters a page must have to be spun."""
OWN = 3
"""Pages that may hold a word 5-gram for it to set them apart."""
KINDS = {"light": ("light", 0.0), "heavy": ("heavy", 0.25)}
"""Reorder, and share of the sentences dropped; boilerplate is added to all."""


@dataclass
class Honest:
    """MedQuAD: texts, what they are about, and which half of the set they are in (0 trains, 1 reports)."""

    texts: list[str]
    focus: list[str]
    half: Array


def read_honest(data: Path) -> Honest:
    """The pages of ``data``/pages.parquet."""
    frame = pl.read_parquet(data / "pages.parquet")
    half = np.array([zlib.crc32(one.encode()) & 1 for one in frame["id"]])
    return Honest(frame["text"].to_list(), [one.lower() for one in frame["focus"]], half)


def recipe(rate: float, kind: str) -> Recipe:
    """Share ``rate`` of the content words and a tenth of that of the function words."""
    reorder, drop = KINDS[kind]
    return Recipe(rate, rate / 10, reorder, drop)


def choose_pages(honest: Honest, half: int, count: int, seed: str) -> list[int]:
    """Places of ``count`` pages of one half that are long enough to be spun."""
    pool = [i for i, text in enumerate(honest.texts) if len(text) > MIN_LENGTH and honest.half[i] == half]
    return random.Random(seed).sample(pool, count)


def spun_pages(honest: Honest, synonyms: Synonyms, made: Recipe, half: int, count: int, seed: str) -> tuple[list[int], list[str]]:
    """Places of ``count`` pages of one half, and their spun versions."""
    chosen = choose_pages(honest, half, count, seed)
    return chosen, [spin(honest.texts[i], synonyms, made, f"{seed}{i}") for i in chosen]


def make_batch(texts: list[str]) -> pa.RecordBatch:
    """Documents with ids that sort as the texts stand."""
    ids = pa.array([f"{i:06d}" for i in range(len(texts))])
    return pa.RecordBatch.from_arrays([ids, pa.array(texts, pa.large_string())], names=["page_id", "text"])


def find_repeats(honest: Honest) -> set[tuple[int, int]]:
    """Honest pairs that no search should be blamed for, because the pages are largely one text.

    Either more than half of the word 5-grams that set the shorter page apart (those that at most three pages hold) stand on
    the other page too; or the pages are about one disease and have a Jaccard similarity of word 5-grams of at least
    0.3; or of at least 0.8. The rule counts copied words alone, and uses no measure of the search that is judged.
    """
    grams = [word_grams(text) for text in honest.texts]
    holders: dict[tuple[str, ...], list[int]] = {}
    for page, held in enumerate(grams):
        for gram in held:
            holders.setdefault(gram, []).append(page)
    own, shared = np.zeros(len(grams), int), Counter[tuple[int, int]]()
    for pages in holders.values():
        if len(pages) <= OWN:
            own[pages] += 1
            shared.update(combinations(pages, 2))
    found = {(a, b) for (a, b), count in shared.items() if count > 0.5 * min(own[a], own[b])}
    near = (pair for pair, count in shared.items() if count > 0.1 * min(own[pair[0]], own[pair[1]]))
    return found | {(a, b) for a, b in near if _is_repeat(grams[a], grams[b], honest.focus[a] == honest.focus[b])}


def _is_repeat(left: set[Any], right: set[Any], one_subject: bool) -> bool:
    return len(left & right) >= (0.3 if one_subject else 0.8) * len(left | right)


def word_grams(text: str, n: int = 5) -> set[tuple[str, ...]]:
    """The distinct word n-grams of a text."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}
