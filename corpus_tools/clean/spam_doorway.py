"""Doorway pages across a corpus: the same text again and again with another name in it.

Names (capitalised words inside a sentence, and digits) are masked; pages whose masked text is equal, but not their text,
are one template. Found in one pass with a hash a page; nothing is compared pair by pair.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import polars as pl

LEAST_PAGES = 3
"""Pages from which on a template is called a doorway."""
LEAST_WORDS = 30
"""Words outside the masks that a template must have: short notices share their text honestly."""
MOST_MASKED = 0.15
"""Share of words that may be masked."""

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_ENDS = frozenset(".!?:\n")


def mask_names(text: str) -> tuple[str, list[str]]:
    """``text`` as folded words with names and numbers masked, a run of them as one mask, and the masked words in order.

    A capitalised word at the start of a sentence is masked when it stands capitalised inside one elsewhere on the page.
    """
    found = list(_words(text))
    names = {word for word, starts in found if word[0].isupper() and not starts}
    kept: list[str] = []
    masked: list[str] = []
    for word, _ in found:
        if word in names or word[0].isdigit():
            masked.append(word)
            if kept[-1:] != ["*"]:
                kept.append("*")
        else:
            kept.append(word.lower())
    return " ".join(kept), masked


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Each word and whether it starts a sentence or line."""
    before = 0
    for match in _WORD.finditer(text):
        gap = text[before : match.start()]
        yield match[0], before == 0 or any(mark in gap for mark in _ENDS)
        before = match.end()


def _template(text: str) -> dict[str, str]:
    masked_text, masked = mask_names(text)
    n_kept = masked_text.count(" ") + 1 - masked_text.split(" ").count("*")
    fits = n_kept >= LEAST_WORDS and 0 < len(masked) <= MOST_MASKED * (n_kept + len(masked))
    key = hashlib.blake2b(masked_text.encode("utf-8", "replace"), digest_size=16).hexdigest() if fits else ""
    return {"template": key, "swapped": " ".join(masked)}


def doorway_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` (columns page_id and text) with ``doorway_pages`` and ``doorway_swap``.

    ``doorway_pages`` counts the pages with another text of the same template, this one included (0 where fewer than
    LEAST_PAGES); ``doorway_swap`` is what stands in the masks of this page, null on other pages. Exact copies are not
    doorways: they count once.
    """
    kind = pl.Struct({"template": pl.String, "swapped": pl.String})
    made = frame.with_columns(pl.col("text").map_elements(_template, return_dtype=kind).alias("_doorway")).unnest("_doorway")
    n_texts = pl.col("swapped").n_unique().over("template").cast(pl.Int64)
    is_doorway = (pl.col("template") != "").fill_null(value=False) & (n_texts >= LEAST_PAGES)
    return made.with_columns(
        pl.when(is_doorway).then(n_texts).otherwise(0).alias("doorway_pages"),
        pl.when(is_doorway).then(pl.col("swapped").str.head(300)).alias("doorway_swap"),
    ).drop("template", "swapped")
