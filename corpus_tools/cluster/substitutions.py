"""What rewrites put in a word's place, learned from the corpus: the table, and the soft synonyms made of it.

Words swapped in aligned sentences of confirmed pairs are counted. Swaps seen in several pairs become *concepts*: words that
stand for each other share one stem, so the next round of alignment sees through them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.cluster.page_store import PageStore, read_texts, store_documents
from corpus_tools.tables import SUBSTITUTIONS
from corpus_tools.vocabulary import WORD_SLOTS, Vocabulary

if TYPE_CHECKING:
    from corpus_tools.cluster._page_kernels import Lexicon

Array = np.ndarray[Any, np.dtype[Any]]

LEAST_SUPPORT = 2
"""Pairs of pages in which a swap must be seen to be written down."""
_SWAPS = 2000
"""Swaps taken from one pair of pages, at most."""


def learn_substitutions(
    edges: pl.DataFrame, documents: pl.LazyFrame, lexicon: Lexicon, vocabulary: Vocabulary, threshold: float
) -> pa.Table:
    """``tables.SUBSTITUTIONS``, most support first, of the pairs of kind ``spun`` from ``threshold`` up.

    ``edges`` as ``tables.EDGES``, where known with ``original`` (page_id of the pair's seed page; else left counts as it);
    ``documents`` with page_id and text.
    """
    chosen = edges.filter((pl.col("kind") == "spun") & (pl.col("score") >= threshold))
    if "original" in chosen.columns:
        turned = pl.col("original") == pl.col("right")
        chosen = chosen.with_columns(
            left=pl.when(turned).then("right").otherwise("left"), right=pl.when(turned).then("left").otherwise("right")
        )
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
        swaps = _swaps(store, sides[0].to_numpy(), sides[1].to_numpy(), lexicon)
    words = _spell((texts for _, texts in read_texts(documents, ids)), np.unique(swaps[:, 1:]))
    return _count(swaps, words)


def _swaps(store: PageStore, left: Array, right: Array, lexicon: Lexicon) -> Array:
    from corpus_tools.cluster._pair_kernels import collect_swaps

    pages, found = store.pages(), []
    for start in range(0, len(left), 1000):
        out = np.empty((1000 * _SWAPS, 3), np.uint32)
        made = collect_swaps(left[start : start + 1000], right[start : start + 1000], pages, lexicon.weights, out)
        out = out[:made].copy()
        out[:, 0] += np.uint32(start)
        found.append(out)
    return np.concatenate(found)


def _spell(texts: Iterable[pa.Array[Any]], wanted: Array) -> pl.DataFrame:
    """The words behind hashes: columns hash, word; the first in the alphabet where two words share a hash."""
    from corpus_tools._token_kernels import hash_word
    from corpus_tools.text import words

    known: dict[str, int] = {}
    for batch in texts:
        for text in batch.to_pylist():
            for word in set(words(text)):
                if word not in known:
                    known[word] = hash_word(word)
    frame = pl.DataFrame({"hash": list(known.values()), "word": list(known)}, schema={"hash": pl.UInt32, "word": pl.String})
    return frame.filter(pl.col("hash").is_in(wanted.tolist())).sort("word").unique("hash", keep="first")


def _count(swaps: Array, words: pl.DataFrame) -> pa.Table:
    """Support of each swap, both ways together under the direction seen more often."""
    frame = pl.DataFrame(swaps, schema={"pair": pl.UInt32, "from": pl.UInt32, "to": pl.UInt32}).unique()
    spelt = frame.join(words.rename({"hash": "from", "word": "a"}), on="from").join(
        words.rename({"hash": "to", "word": "b"}), on="to"
    )
    seen = spelt.group_by("a", "b").len("forward")
    back = seen.rename({"a": "b", "b": "a", "forward": "backward"})
    both = seen.join(back, on=["a", "b"], how="full", coalesce=True).with_columns(
        pl.col("forward", "backward").fill_null(0).cast(pl.Int64)
    )
    main = (pl.col("forward") > pl.col("backward")) | ((pl.col("forward") == pl.col("backward")) & (pl.col("a") < pl.col("b")))
    rows = both.filter(main).select(
        left="a", right="b", support=pl.col("forward") + pl.col("backward"), forward="forward", backward="backward"
    )
    rows = rows.filter(pl.col("support") >= LEAST_SUPPORT).sort(["support", "left", "right"], descending=[True, False, False])
    return rows.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(SUBSTITUTIONS)


def make_concepts(substitutions: pa.Table) -> Array:
    """Soft synonyms of a table of substitutions, for ``align.make_lexicon``: uint32[WORD_SLOTS], 0 for words without any.

    The best supported swaps come first; a word joins the first concept it is swapped into and stays there, so that
    concepts are stars and do not chain.
    """
    from corpus_tools._token_kernels import hash_word

    concepts = np.zeros(WORD_SLOTS, np.uint32)
    mask = WORD_SLOTS - 1
    for row in substitutions.select(["left", "right"]).to_pylist():
        left, right = hash_word(row["left"]), hash_word(row["right"])
        if not concepts[left & mask]:
            concepts[left & mask] = left or 1
        if not concepts[right & mask]:
            concepts[right & mask] = concepts[left & mask]
    return concepts
