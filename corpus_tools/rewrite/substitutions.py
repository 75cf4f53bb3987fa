"""What rewrites put in a word's place, learned from the corpus: the table, and the soft synonyms made of it.

Words swapped in aligned sentences of confirmed pairs are counted. Swaps seen in several pairs become *concepts*: words that
stand for each other share one stem, so the next round of alignment sees through them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.rewrite.alignment.page_store import PageStore, read_texts, store_documents
from corpus_tools.rewrite.vocabulary import WORD_SLOTS, Vocabulary
from corpus_tools.tables import SUBSTITUTIONS

if TYPE_CHECKING:
    from corpus_tools.rewrite.alignment.page_kernels import Lexicon

Array = np.ndarray[Any, np.dtype[Any]]
Frame = nw.LazyFrame[Any]

MIN_SUPPORT = 2
"""Pairs of pages in which a swap must be seen to be written down."""
_SWAPS = 2000
"""Swaps taken from one pair of pages, at most."""


def learn_substitutions(
    edges: pl.DataFrame, documents: pl.LazyFrame, lexicon: Lexicon, vocabulary: Vocabulary, threshold: float
) -> pa.Table:
    """``tables.SUBSTITUTIONS``, most support first, of the pairs of kind ``rewrite`` from ``threshold`` up.

    ``edges`` as ``tables.EDGES``, where known with ``original`` (page_id of the pair's seed page; else left counts as it);
    ``documents`` with page_id and text.
    """
    merging = edges.filter((pl.col("kind") == "rewrite") & (pl.col("score") >= threshold))
    chosen = turn_to_original(nw.from_native(merging.lazy())).to_native().collect()
    if not len(chosen):
        return SUBSTITUTIONS.empty_table()
    ids = pl.concat([chosen["left"], chosen["right"]]).unique().sort()
    with PageStore(vocabulary) as store:
        place = store_documents(store, documents, ids, lexicon)
        at = pl.DataFrame({"page_id": ids, "at": place})
        sides = [
            chosen.select(pl.col(side).alias("page_id")).join(at, on="page_id", how="left", maintain_order="left")["at"]
            for side in ("left", "right")
        ]
        swaps = collect_swaps(store, sides[0].to_numpy(), sides[1].to_numpy(), lexicon)
    words = spell_words(texts for _, texts in read_texts(documents, ids))
    counted = count_swaps(nw.from_native(swaps.lazy()), nw.from_native(words.lazy())).to_native().collect()
    rows = counted.sort(["support", "left", "right"], descending=[True, False, False])
    return rows.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(SUBSTITUTIONS)


def turn_to_original(edges: Frame) -> Frame:
    """``edges`` with the original of each pair left, where the column ``original`` names it."""
    if "original" not in edges.collect_schema().names():
        return edges
    turned, left, right = nw.col("original") == nw.col("right"), nw.col("left"), nw.col("right")
    swapped = [nw.when(turned).then(right).otherwise(left), nw.when(turned).then(left).otherwise(right)]
    return edges.with_columns(swapped[0].alias("left"), swapped[1].alias("right"))


def collect_swaps(store: PageStore, left: Array, right: Array, lexicon: Lexicon) -> pl.DataFrame:
    """Rows ``from`` and ``to``, hashes of words that stand for each other, each swap once a pair of places in the store."""
    from corpus_tools.rewrite.swap_kernels import collect_swaps as collect

    pages, found = store.pages(), [np.empty((0, 3), np.uint32)]
    for start in range(0, len(left), 1000):
        out = np.empty((1000 * _SWAPS, 3), np.uint32)
        made = collect(left[start : start + 1000], right[start : start + 1000], pages, lexicon.weights, out)
        out = out[:made].copy()
        out[:, 0] += np.uint32(start)
        found.append(out)
    columns = dict.fromkeys(("pair", "from", "to"), pl.Int64)
    return pl.DataFrame(np.concatenate(found).astype(np.int64), schema=columns).unique().select("from", "to")


def spell_words(texts: Iterable[pa.Array[Any]]) -> pl.DataFrame:
    """The words of the texts, each once, with their hashes: columns hash, word."""
    from corpus_tools.kernels.tokens import hash_word
    from corpus_tools.text import words

    known: dict[str, int] = {}
    for batch in texts:
        for text in batch.to_pylist():
            for word in set(words(text)):
                if word not in known:
                    known[word] = hash_word(word)
    return pl.DataFrame({"hash": list(known.values()), "word": list(known)}, schema={"hash": pl.Int64, "word": pl.String})


def count_swaps(swaps: Frame, words: Frame) -> Frame:
    """Rows of ``tables.SUBSTITUTIONS`` in no order: both ways of a swap together, under the direction seen more often.

    ``swaps`` has from and to, a row a pair of pages; ``words`` hash and word, of which the first in the alphabet counts
    where two share a hash.
    """
    spelt = words.group_by("hash").agg(nw.col("word").min())
    seen = swaps.group_by("from", "to").agg(nw.len().cast(nw.Int64).alias("pairs"))
    seen = seen.join(spelt.select("hash", a="word"), left_on="from", right_on="hash")
    seen = seen.join(spelt.select("hash", b="word"), left_on="to", right_on="hash")
    there = seen.select(left="a", right="b", forward="pairs", backward=nw.lit(0, nw.Int64))
    back = seen.select(left="b", right="a", forward=nw.lit(0, nw.Int64), backward="pairs")
    both = nw.concat([there, back]).group_by("left", "right").agg(nw.col("forward").sum(), nw.col("backward").sum())
    forward, backward = nw.col("forward"), nw.col("backward")
    main = (forward > backward) | ((forward == backward) & (nw.col("left") < nw.col("right")))
    rows = both.filter(main).with_columns((forward + backward).alias("support")).filter(nw.col("support") >= MIN_SUPPORT)
    return rows.select(SUBSTITUTIONS.names)


def make_concepts(substitutions: pa.Table) -> Array:
    """Soft synonyms of a table of substitutions, for ``align.make_lexicon``: uint32[WORD_SLOTS], 0 for words without any.

    The best supported swaps come first; a word joins the first concept it is swapped into and stays there, so that
    concepts are stars and do not chain.
    """
    from corpus_tools.kernels.tokens import hash_word

    concepts = np.zeros(WORD_SLOTS, np.uint32)
    mask = WORD_SLOTS - 1
    for row in substitutions.select(["left", "right"]).to_pylist():
        left, right = hash_word(row["left"]), hash_word(row["right"])
        if not concepts[left & mask]:
            concepts[left & mask] = left or 1
        if not concepts[right & mask]:
            concepts[right & mask] = concepts[left & mask]
    return concepts
