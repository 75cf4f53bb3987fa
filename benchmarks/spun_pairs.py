"""Pairs for the rewrite benchmark: pages of MedQuAD, their spun versions, and every candidate pair measured."""

from __future__ import annotations

import random
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from spinners import Aiksaurus, Everyday, Recipe, Synonyms, WordNet, spin

from corpus_tools.cluster.align import MEASURES, FeatureCounts, lay_out_texts, measure
from corpus_tools.cluster.original import odd_shares
from corpus_tools.cluster.spun import SURFACE, is_vetoed
from corpus_tools.cluster.spun_candidates import find_partners
from corpus_tools.cluster.store import WordStore
from corpus_tools.cluster.verify import measure_pairs
from corpus_tools.fingerprint.spin import count_vocabulary, spin_batch
from corpus_tools.plan import SpinPlan
from corpus_tools.vocabulary import Vocabulary

Array = np.ndarray[Any, np.dtype[Any]]
SPINNERS = {"wordnet": WordNet, "aiksaurus": Aiksaurus, "everyday": Everyday}
LEAST_LENGTH = 600
"""Characters a page must have to be spun."""
KINDS = {"light": ("light", 0.0), "heavy": ("heavy", 0.25)}
"""Reorder, and share of the sentences dropped; boilerplate is added to all."""


@dataclass
class Honest:
    """MedQuAD: texts, what they are about, and which half of the set they are in (0 trains, 1 reports)."""

    texts: list[str]
    focus: list[str]
    half: Array
    repeats: set[tuple[int, int]] = field(default_factory=set)


@dataclass
class Measured:
    """Candidate pairs of honest and spun pages: places, page that would be the rewrite, measures, surface and
    subjects where pages are near, pages each stems from."""

    left: Array
    right: Array
    rewrite: Array
    measures: Array
    jaccard: Array
    conflict: Array
    origins: tuple[Array, Array]
    spun: int
    candidates: int

    @property
    def vetoed(self) -> Array:
        """Whether ``cluster.spun`` throws a pair out whatever its probability, bool[pairs]."""
        return is_vetoed({"jaccard": self.jaccard, "subject_conflict": self.conflict})

    @property
    def true(self) -> Array:
        """Whether a pair is one text twice, bool[pairs]."""
        return np.asarray(self.origins[0] == self.origins[1])


def read_honest(data: Path) -> Honest:
    """The pages of ``data``/pages.parquet."""
    frame = pl.read_parquet(data / "pages.parquet")
    half = np.array([zlib.crc32(one.encode()) & 1 for one in frame["id"]])
    return Honest(frame["text"].to_list(), [one.lower() for one in frame["focus"]], half)


def recipe(rate: float, kind: str) -> Recipe:
    """Share ``rate`` of the content words and a tenth of that of the function words."""
    reorder, drop = KINDS[kind]
    return Recipe(rate, rate / 10, reorder, drop)


def spun_pages(honest: Honest, synonyms: Synonyms, made: Recipe, half: int, count: int, seed: str) -> tuple[list[int], list[str]]:
    """Places of ``count`` pages of one half, and their spun versions."""
    pool = [i for i, text in enumerate(honest.texts) if len(text) > LEAST_LENGTH and honest.half[i] == half]
    chosen = random.Random(seed).sample(pool, count)
    return chosen, [spin(honest.texts[i], synonyms, made, f"{seed}{i}") for i in chosen]


def measure_set(texts: list[str], origins: Array, only_from: int = 0, plan: SpinPlan | None = None) -> tuple[Measured, Vocabulary]:
    """Candidates among ``texts`` and their measures; only pairs with a page from ``only_from`` on are measured."""
    batch = make_batch(texts)
    vocabulary = count_vocabulary(lambda: [batch], len(texts))
    values = signature_values(spin_batch(batch, plan or SpinPlan(), vocabulary))
    left, right, _ = find_partners(values, plan or SpinPlan())
    candidates, chosen = len(left), right >= only_from
    left, right = left[chosen], right[chosen]
    counts = FeatureCounts(vocabulary, np.zeros(0, np.uint32))
    counts.add(batch.column("text").slice(0, 4096))
    lexicon = counts.lexicon()
    odd = odd_shares(batch.column("text"), vocabulary)
    measures = measure(lay_out_texts(batch.column("text"), lexicon), left, right, lexicon, odd)
    rewrite = np.where(odd[left] > odd[right], left, right)
    surface = surface_of(batch.column("text"), left, right, measures)
    return Measured(
        left, right, rewrite, measures, *surface, (origins[left], origins[right]), len(texts) - only_from, candidates
    ), vocabulary


def surface_of(texts: pa.Array[Any], left: Array, right: Array, measures: Array) -> tuple[Array, Array]:
    """Jaccard similarity and conflict of subjects, each float64[pairs]; 0 for pairs that share few word 2-grams and sentences."""
    bigrams, coverage = (measures[:, list(MEASURES).index(name)] for name in ("bigram_containment", "coverage_min"))
    near = np.flatnonzero((bigrams > 0.25) | (coverage > 0.3))
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
    """The values of spin signatures, uint32[pages, values]."""
    return np.frombuffer(b"".join(batch.column("spin_signature").to_pylist()), "<u4").reshape(batch.num_rows, -1)


def find_repeats(honest: Honest, pairs: Measured) -> set[tuple[int, int]]:
    """Honest pairs that no view should be blamed for: one disease and one text (Jaccard of word 5-grams 0.3 and up), or 0.8 and up."""
    near = pairs.measures[:, list(MEASURES).index("coverage_min")] > 0.3
    found = set()
    for a, b in zip(pairs.left[near].tolist(), pairs.right[near].tolist(), strict=True):
        jaccard = word_jaccard(honest.texts[a], honest.texts[b])
        if jaccard >= 0.8 or (jaccard >= 0.3 and honest.focus[a] == honest.focus[b]):
            found.add((a, b))
    return found


def word_jaccard(left: str, right: str, n: int = 5) -> float:
    """Jaccard similarity of word n-grams."""
    one, two = (
        {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}
        for words in (re.findall(r"\w+", t.lower()) for t in (left, right))
    )
    return len(one & two) / max(1, len(one | two))


def drop_repeats(pairs: Measured, repeats: set[tuple[int, int]]) -> Measured:
    """``pairs`` without those whose originals are repeats of each other."""
    keys = zip(np.minimum(*pairs.origins).tolist(), np.maximum(*pairs.origins).tolist(), strict=True)
    return select(pairs, pairs.true | np.array([key not in repeats for key in keys], bool))


def select(pairs: Measured, rows: Array) -> Measured:
    """Some of the pairs."""
    origins = (pairs.origins[0][rows], pairs.origins[1][rows])
    left, right, rewrite = pairs.left[rows], pairs.right[rows], pairs.rewrite[rows]
    return Measured(
        left, right, rewrite, pairs.measures[rows], pairs.jaccard[rows], pairs.conflict[rows], origins, pairs.spun, pairs.candidates
    )
