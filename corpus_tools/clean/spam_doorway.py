"""Doorway pages across a corpus: the same text again and again with another name in it.

Names (capitalised words inside a sentence) and numbers are masked; pages whose masked text is equal, but not their names,
are one template. Numbers and dates alone make no doorway: they change from one revision of an honest page to the next.
Found in one pass with two hashes a page; nothing is compared pair by pair.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

Array = np.ndarray[Any, np.dtype[Any]]

LEAST_PAGES = 3
"""Pages with other names from which on a template is called a doorway."""
LEAST_WORDS = 30
"""Words outside the masks that a template must have: short notices share their text honestly."""
MOST_MASKED = 0.15
"""Share of words that may be masked."""
SHOWN_NAMES = 12
"""Names of a page that are shown, at most."""


def page_templates(texts: pa.Array[Any]) -> Array:
    """Template and names of each text as hashes, uint64[n, 2]; 0, 0 for a null or a text that is no template of names."""
    from corpus_tools._fold_table import fold_table
    from corpus_tools._kernels import text_buffers
    from corpus_tools.clean._doorway_kernels import mask_pages

    held = text_buffers(texts.cast(pa.large_string()).fill_null(""))
    out = np.zeros((len(texts), 2), np.uint64)
    mask_pages(held.offsets, held.base, held.limit, fold_table(), LEAST_WORDS, MOST_MASKED, out)
    return out


def count_doorways(templates: Iterable[Array]) -> dict[int, int]:
    """Template -> pages with other names, for templates of LEAST_PAGES and more. Exact copies count once.

    ``templates`` as ``page_templates`` gives them, a batch each; 16 bytes a page that fits are held.
    """
    held = [batch[batch[:, 0] > 0] for batch in templates]
    rows = np.concatenate([np.zeros((0, 2), np.uint64), *held])
    frame = pl.DataFrame({"template": rows[:, 0], "names": rows[:, 1]})
    counted = frame.group_by("template").agg(pages=pl.col("names").n_unique()).filter(pl.col("pages") >= LEAST_PAGES)
    return dict(counted.iter_rows())


def masked_names(text: str) -> str:
    """The names in the masks of a text as it writes them, each once, in the order they come."""
    from corpus_tools._fold_table import fold_table
    from corpus_tools._kernels import text_buffers
    from corpus_tools._token_kernels import read_words
    from corpus_tools.clean._doorway_kernels import NAME, mask_words

    held, raw = text_buffers(pa.array([text], pa.large_string())), text.encode()
    room = len(raw) // 2 + 2
    words, flags, marks = np.empty(room, np.uint32), np.empty(room, np.uint8), np.empty(room, np.uint8)
    begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    start = held.base + held.offsets[0]
    n = read_words(start, start + len(raw), held.limit, fold_table(), words, flags, begins, ends)
    mask_words(words, flags, n, marks)
    found = dict.fromkeys(raw[begins[at] : ends[at]].decode(errors="replace") for at in np.flatnonzero(marks[:n] == NAME))
    return ", ".join(list(found)[:SHOWN_NAMES])
