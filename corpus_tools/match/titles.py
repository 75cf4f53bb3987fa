"""Whether two pages have one title, and what each title names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.match.addresses import share_address
from corpus_tools.match.evidence.title_kernels import find_names, hash_titles
from corpus_tools.match.page_words import read_word_arrays

Array = np.ndarray[Any, np.dtype[Any]]

MAX_LETTERS = 400
"""Characters of a title that are read."""
SITE_NAME = r"\s+(?:\||»|::)\s.*$"
"""The name of a site behind a title."""
HEADING = r"^\s*([^\n]{0,119}[^\n\s.:!,;])\s*\n"
"""A first line that is a heading: short, and no sentence."""


@dataclass(frozen=True)
class Titles:
    """Of each page a hash of its title and of its title without the name of a site, uint64[n], 0 where there is none or the text
    says nothing of what the title does; and ``start`` int64[n + 1] and ``names``, the units of the title that the text says too.

    Where a page has no title, the heading that its text begins with has hashes, if the text says more of what it does, but no names.
    """

    whole: Array
    short: Array
    told: Array
    """Whether the page has a title of its own, uint8[n]."""
    start: Array
    names: Array


def read_titles(titles: pl.Series | None, texts: pa.Array[Any], start: Array, letters: Array, info: Array) -> Titles:
    """Titles of pages whose words lie end to end, page d at ``start[d]:start[d + 1]``."""
    headings = pl.Series(pl.from_arrow(texts)).str.extract(HEADING)
    told = pl.Series([None] * len(texts), dtype=pl.String) if titles is None else titles.cast(pl.String)
    has_title = told.fill_null("").str.strip_chars() != ""
    shown = pl.select(pl.when(has_title).then(told).otherwise(headings)).to_series().fill_null("").str.slice(0, MAX_LETTERS)
    own = has_title.to_numpy()
    title_start, title_words, title_letters, title_info = read_word_arrays(shown.to_arrow())
    short_start, short_words, _, _ = read_word_arrays(shown.str.replace(SITE_NAME, "").to_arrow())
    least = np.where(own, 1, 2)  # a heading is part of the text
    names_start, names = find_names(title_start, title_letters, title_info, least, start, letters, info)
    counts = np.diff(names_start)
    whole, short = hash_titles(title_start, title_words), hash_titles(short_start, short_words)
    ends = np.concatenate([np.zeros(1, np.int64), (counts * own).cumsum(dtype=np.int64)])
    hashes = (np.where(counts > 0, whole, 0), np.where(counts > 0, short, 0))
    return Titles(*hashes, own.astype(np.uint8), ends, names[np.repeat(own, counts)])


def share_title(whole: Array, short: Array, left: Array, right: Array) -> Array:
    """Whether pages have one title, or one of them the other's without the name of a site; bool[pairs].

    ``whole`` and ``short`` are hashes of pages, ``left`` and ``right`` positions of pairs in them.
    """
    return share_address(whole, short, left, right)  # as an address and the one that a page states
