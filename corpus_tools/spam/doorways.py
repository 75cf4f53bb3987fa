"""The template of a page, for doorways: the same text again and again with another name in it.

Names (capitalised words inside a sentence) and numbers are masked; pages whose masked text is equal, but not their names,
are one template (``site.doorways`` counts them). Numbers and dates alone make no doorway: they change from one revision of an
honest page to the next. Found in one pass with two hashes a page; nothing is compared pair by pair.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from corpus_tools.kernels.fold import fold_table
from corpus_tools.kernels.shingles import text_buffers
from corpus_tools.kernels.tokens import read_words
from corpus_tools.spam.doorway_kernels import NAME, mask_pages, mask_words

MIN_WORDS = 30
"""Words outside the masks that a template must have: short notices share their text honestly."""
MAX_MASKED = 0.15
"""Share of words that may be masked."""
SHOWN_NAMES = 12
"""Names of a page that are shown, at most."""


def page_templates(texts: pa.Array[Any]) -> tuple[pa.Array[Any], pa.Array[Any]]:
    """Template and names of each text as hashes, int64[n] each; null for a null and for a text that is no template of names."""
    held = text_buffers(_plain(texts))
    templates, names = np.empty(len(texts), np.uint64), np.empty(len(texts), np.uint64)
    mask_pages(held.offsets, held.base, held.limit, fold_table(), MIN_WORDS, MAX_MASKED, templates, names)
    none = templates == 0
    return pa.array(templates.view(np.int64), mask=none), pa.array(names.view(np.int64), mask=none)


def _plain(texts: pa.Array[Any]) -> pa.Array[Any]:
    """``texts`` as large_string without nulls. What needs no change asks nothing of ``pyarrow.compute``, which is slow to load."""
    large = texts if texts.type == pa.large_string() else texts.cast(pa.large_string())
    return large.fill_null("") if large.null_count else large


def masked_names(text: str) -> str:
    """The names in the masks of a text as it writes them, each once, in the order they come."""
    held, raw = text_buffers(pa.array([text], pa.large_string())), text.encode()
    room = len(raw) // 2 + 2
    words, flags, marks = np.empty(room, np.uint32), np.empty(room, np.uint8), np.empty(room, np.uint8)
    begins, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    start = held.base + held.offsets[0]
    n = read_words(start, start + len(raw), held.limit, fold_table(), words, flags, begins, ends)
    mask_words(words, flags, n, marks)
    found = dict.fromkeys(raw[begins[at] : ends[at]].decode(errors="replace") for at in np.flatnonzero(marks[:n] == NAME))
    return ", ".join(list(found)[:SHOWN_NAMES])
