"""What rewrites put in a word's place, learned from the corpus: words swapped in aligned sentences of confirmed pairs, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.engines.desk import Frame
from corpus_tools.kernels.tokens import hash_word
from corpus_tools.rewrite.alignment.layout import Lexicon, make_feature_index, make_pair_room
from corpus_tools.rewrite.alignment.page_store import PageStore, store_documents, stream_texts
from corpus_tools.rewrite.swap_kernels import SWAP, list_swaps
from corpus_tools.rewrite.vocabulary import Vocabulary
from corpus_tools.tables import SUBSTITUTIONS
from corpus_tools.text import words as words_of

Array = np.ndarray[Any, np.dtype[Any]]

MIN_SUPPORT = 2
"""Pairs of pages in which a swap must be seen to be written down."""
_SWAPS = 2000
"""Swaps taken from one pair of pages, at most."""


def learn_substitutions(
    edges: pl.DataFrame, documents: pl.LazyFrame, count_lexicon: Callable[[], Lexicon], vocabulary: Vocabulary, threshold: float
) -> pa.Table:
    """``tables.SUBSTITUTIONS``, most support first, of the pairs of kind ``rewrite`` from ``threshold`` up.

    ``edges`` as ``tables.EDGES``, where known with ``original`` (page_id of the pair's original; else left counts as it);
    ``documents`` with page_id and text; ``count_lexicon`` is asked only if there are such pairs.
    """
    merging = edges.filter((pl.col("kind") == "rewrite") & (pl.col("score") >= threshold))
    chosen = turn_to_original(nw.from_native(merging.lazy())).to_native().collect()
    if not len(chosen):
        return SUBSTITUTIONS.empty_table()
    ids, lexicon = pl.concat([chosen["left"], chosen["right"]]).unique().sort(), count_lexicon()
    with PageStore(vocabulary) as store:
        place = store_documents(store, documents, ids, lexicon)
        at = pl.DataFrame({"page_id": ids, "at": place})
        sides = [
            chosen.select(pl.col(side).alias("page_id")).join(at, on="page_id", how="left", maintain_order="left")["at"]
            for side in ("left", "right")
        ]
        swaps = collect_swaps(store, sides[0].to_numpy(), sides[1].to_numpy(), lexicon)
    words = spell_words(texts for _, texts in stream_texts(documents, ids))
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
    pages, found, order = store.pages(), [np.empty(0, SWAP)], np.lexsort((right, left))
    left, right = left[order], right[order]
    index, room = make_feature_index(pages), make_pair_room()
    for start in range(0, len(left), 1000):
        out = np.empty(1000 * _SWAPS, SWAP)
        made = list_swaps(left[start : start + 1000], right[start : start + 1000], pages, lexicon.weights, index, room, out)
        out = out[:made].copy()
        out["pair"] += np.uint32(start)
        found.append(out)
    swaps = np.concatenate(found)
    columns = {"pair": swaps["pair"], "from": swaps["left"], "to": swaps["right"]}
    return pl.DataFrame({name: values.astype(np.int64) for name, values in columns.items()}).unique().select("from", "to")


def spell_words(texts: Iterable[pa.Array[Any]]) -> pl.DataFrame:
    """The words of the texts, each once, with their hashes: columns hash, word.

    A character is folded alone, and white space always separates, so that what stands between white space is folded once.
    """
    known: dict[str, int] = {}
    seen: set[str] = set()
    for batch in texts:
        for text in batch.to_pylist():
            fresh = set(text.split()) - seen
            seen |= fresh
            for word in set(words_of(" ".join(fresh))):
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
