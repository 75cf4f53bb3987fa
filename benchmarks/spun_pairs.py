"""Pairs for the rewrite benchmark: pages of MedQuAD, their spun versions, and every candidate pair measured."""

from __future__ import annotations

import random
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa
from spinners import Aiksaurus, Everyday, Pivot, Recipe, Synonyms, WordNet, spin

from corpus_tools.match.verify import measure_pairs
from corpus_tools.match.word_store import WordStore
from corpus_tools.plan import RewritePlan
from corpus_tools.rewrite.alignment.measures import FeatureCounts, lay_out_texts, measure_aligned
from corpus_tools.rewrite.candidates import find_partners
from corpus_tools.rewrite.original import odd_shares
from corpus_tools.rewrite.rivals import drop_rivals
from corpus_tools.rewrite.search import SURFACE, is_vetoed
from corpus_tools.rewrite.sketch import count_vocabulary, sketch_batch
from corpus_tools.rewrite.vocabulary import Vocabulary

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


@dataclass
class Measured:
    """Candidate pairs of honest and spun pages: places, measures, surface and subjects where pages are near, odd shares of all
    pages, and the pages each side stems from."""

    left: Array
    right: Array
    measures: Array
    jaccard: Array
    conflict: Array
    odd: Array
    origins: tuple[Array, Array]
    spun: int
    candidates: int

    @property
    def vetoed(self) -> Array:
        """Whether the search throws a pair out whatever its probability, bool[pairs]."""
        return is_vetoed({"jaccard": self.jaccard, "subject_conflict": self.conflict})

    @property
    def true(self) -> Array:
        """Whether a pair is one text twice, bool[pairs]."""
        return np.asarray(self.origins[0] == self.origins[1])

    def column(self, name: str) -> Array:
        """One of the measures."""
        return np.asarray(self.measures[name])


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


def measure_set(
    texts: list[str], origins: Array, only_from: int = 0, plan: RewritePlan | None = None
) -> tuple[Measured, Vocabulary]:
    """Candidates among ``texts`` and their measures; only pairs with a page from ``only_from`` on are measured."""
    batch = make_batch(texts)
    vocabulary = count_vocabulary(lambda: [batch], len(texts))
    values = signature_values(sketch_batch(batch, plan or RewritePlan(), vocabulary))
    left, right, _ = find_partners(values, plan or RewritePlan())
    candidates, chosen = len(left), right >= only_from
    left, right = left[chosen], right[chosen]
    counts = FeatureCounts(vocabulary)
    counts.add(batch.column("text").slice(0, 4096))
    lexicon = counts.lexicon()
    odd = odd_shares(batch.column("text"), vocabulary)
    measures = measure_aligned(lay_out_texts(batch.column("text"), lexicon), left, right, lexicon, odd)
    surface = surface_of(batch.column("text"), left, right, measures)
    found = Measured(left, right, measures, *surface, odd, (origins[left], origins[right]), len(texts) - only_from, candidates)
    return found, vocabulary


def surface_of(texts: pa.Array[Any], left: Array, right: Array, measures: Array) -> tuple[Array, Array]:
    """Jaccard similarity and conflict of subjects, each float64[pairs]; 0 for pairs that share few word 2-grams and sentences."""
    near = np.flatnonzero((measures["bigram_containment"] > 0.25) | (measures["coverage_min"] > 0.3))
    jaccard, conflict = np.zeros(len(left)), np.zeros(len(left))
    if len(near):
        with WordStore(5) as store:
            store.add(texts)
            held = measure_pairs(store, left[near], right[near], 2 * SURFACE)
        jaccard[near], conflict[near] = held["jaccard"], held["subject_conflict"]
    return jaccard, conflict


def make_batch(texts: list[str]) -> pa.RecordBatch:
    """Documents with ids that sort as the texts stand."""
    ids = pa.array([f"{i:06d}" for i in range(len(texts))])
    return pa.RecordBatch.from_arrays([ids, pa.array(texts, pa.large_string())], names=["page_id", "text"])


def signature_values(batch: pa.RecordBatch) -> Array:
    """The values of rewrite signatures, uint32[pages, values]."""
    return np.frombuffer(b"".join(batch.column("rewrite_signature").to_pylist()), "<u4").reshape(batch.num_rows, -1)


def find_repeats(honest: Honest) -> set[tuple[int, int]]:
    """Honest pairs that no view should be blamed for, because the pages are largely one text.

    Either more than half of the word 5-grams that set the shorter page apart (those that at most three pages hold) stand on
    the other page too; or the pages are about one disease and have a Jaccard similarity of word 5-grams of 0.3 and up; or
    of 0.8 and up. The rule looks at copied words alone, not at any measure of the view that is judged.
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


def drop_repeats(pairs: Measured, repeats: set[tuple[int, int]]) -> Measured:
    """``pairs`` without those whose originals are repeats of each other."""
    keys = zip(np.minimum(*pairs.origins).tolist(), np.maximum(*pairs.origins).tolist(), strict=True)
    return select(pairs, pairs.true | np.array([key not in repeats for key in keys], bool))


def select(pairs: Measured, rows: Array) -> Measured:
    """Some of the pairs."""
    origins = (pairs.origins[0][rows], pairs.origins[1][rows])
    surface = pairs.jaccard[rows], pairs.conflict[rows]
    return Measured(
        pairs.left[rows], pairs.right[rows], pairs.measures[rows], *surface, pairs.odd, origins, pairs.spun, pairs.candidates
    )


def near_scores(texts: list[str], left: Array, right: Array) -> Array:
    """Score of each pair as near copies, float64[pairs]: what the surface view joins it by."""
    with WordStore(5) as store:
        store.add(pa.array(texts, pa.large_string()))
        return np.asarray(measure_pairs(store, left, right)["score"])


def have_no_rival(left: Array, right: Array, scores: Array, evidence: Array, odd: Array) -> Array:
    """``cluster.rivals`` for pairs of places, bool[pairs]."""
    columns = {"score": scores, "evidence": evidence, "odd_left": odd[left], "odd_right": odd[right]}
    rows = pl.DataFrame({"left": left, "right": right, **columns}).with_row_index("row")
    kept = drop_rivals(nw.from_native(rows.lazy())).to_native().collect()["row"].to_numpy()
    found = np.zeros(len(left), bool)
    found[kept] = True
    return found
