"""Every candidate pair among honest and spun pages, measured as the search for rewrites does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa

from benchmarks.data.spun_pages import make_batch
from corpus_tools.match.verify import measure_pairs
from corpus_tools.match.word_store import WordStore
from corpus_tools.plan import Plan, RewritePlan
from corpus_tools.rewrite.alignment.measures import lay_out_texts, measure_aligned
from corpus_tools.rewrite.candidates import find_partners
from corpus_tools.rewrite.original import odd_shares
from corpus_tools.rewrite.rivals import contested_pairs, drop_rivals
from corpus_tools.rewrite.search import SURFACE, are_strangers, count_lexicon, is_vetoed
from corpus_tools.rewrite.sketch import count_vocabulary, sketch_batch
from corpus_tools.rewrite.vocabulary import Vocabulary

Array = np.ndarray[Any, np.dtype[Any]]


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
    def strangers(self) -> Array:
        """Whether the pages of a pair are strangers (``corpus_tools.rewrite.rivals``), bool[pairs]."""
        return are_strangers({"jaccard": self.jaccard, "subject_conflict": self.conflict})

    @property
    def true(self) -> Array:
        """Whether a pair is one text twice, bool[pairs]."""
        return np.asarray(self.origins[0] == self.origins[1])

    def column(self, name: str) -> Array:
        """One of the measures."""
        return np.asarray(self.measures[name])


def measure_set(
    texts: list[str], origins: Array, only_from: int = 0, plan: RewritePlan | None = None
) -> tuple[Measured, Vocabulary]:
    """Candidates among ``texts`` and their measures; only pairs with a page from ``only_from`` on are measured."""
    batch = make_batch(texts)
    vocabulary = count_vocabulary(lambda: [batch], len(texts))
    values = signature_values(sketch_batch(batch, plan or RewritePlan(), vocabulary))
    left, right, _ = find_partners(values.T, plan or RewritePlan())
    candidates, chosen = len(left), right >= only_from
    left, right = left[chosen], right[chosen]
    documents = pl.DataFrame(pl.from_arrow(batch)).lazy()
    lexicon = count_lexicon(documents, documents.select("page_id").collect()["page_id"], vocabulary)  # drawn as a run draws
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
        held = _measure_words(texts, left[near], right[near], 2 * SURFACE)
        jaccard[near], conflict[near] = held["jaccard"], held["subject_conflict"]
    return jaccard, conflict


def near_scores(texts: list[str], left: Array, right: Array) -> Array:
    """Score of each pair as near copies, float64[pairs]: what the search for near copies joins it by."""
    return np.asarray(_measure_words(pa.array(texts, pa.large_string()), left, right)["score"])


def _measure_words(texts: pa.Array[Any], left: Array, right: Array, *settings: float) -> dict[str, Array]:
    """``measure_pairs`` over the word 5-grams of ``texts``."""
    with WordStore(5) as store:
        store.add(texts)
        return measure_pairs(store, left, right, *settings)


def sign_pages(batch: pa.RecordBatch, plan: Plan) -> tuple[pl.LazyFrame, Vocabulary]:
    """The rewrite signatures of some pages, and the vocabulary that they were made with."""
    vocabulary = count_vocabulary(lambda: [batch], batch.num_rows)
    signed = pa.Table.from_batches([sketch_batch(batch, plan.rewrite, vocabulary)])
    return pl.DataFrame(pl.from_arrow(signed)).lazy(), vocabulary


def signature_values(batch: pa.RecordBatch) -> Array:
    """The values of rewrite signatures, uint32[pages, values]."""
    return np.frombuffer(b"".join(batch.column("rewrite_signature").to_pylist()), "<u4").reshape(batch.num_rows, -1)


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


def have_no_rival(left: Array, right: Array, scores: Array, evidence: Array, odd: Array, strangers: Array) -> Array:
    """``corpus_tools.rewrite.rivals`` for pairs of places, bool[pairs]. Of strangers only pairs that are among these are known."""
    columns = {"score": scores, "evidence": evidence, "odd_left": odd[left], "odd_right": odd[right], "strangers": strangers}
    rows = pl.DataFrame({"left": left, "right": right, **columns}).with_row_index("row").lazy()
    contested, parted = contested_pairs(nw.from_native(rows)), nw.from_native(rows.filter("strangers").select("left", "right"))
    beaten = contested.join(parted, on=["left", "right"], how="semi")
    kept = drop_rivals(nw.from_native(rows), beaten).to_native().collect()["row"].to_numpy()
    found = np.zeros(len(left), bool)
    found[kept] = True
    return found
