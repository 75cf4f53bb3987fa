"""The words of texts as arrays: hash, letters and class of each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from corpus_tools.kernels.fold import fold_table
from corpus_tools.kernels.shingles import text_buffers
from corpus_tools.match.page_word_kernels import read_page_words
from corpus_tools.match.subject import listed_words

Array = np.ndarray[Any, np.dtype[Any]]


def read_word_arrays(texts: pa.Array) -> tuple[Array, Array, Array, Array]:
    """``start`` int64[n + 1], and hash, letters and info of every word of the texts; see ``page_word_kernels.read_pages``."""
    buffers = text_buffers(texts)
    room = int(buffers.offsets[-1] - buffers.offsets[0]) // 2 + len(buffers.offsets)
    words, letters, info = np.empty(room, np.uint32), np.empty(room, np.uint32), np.empty(room, np.uint8)
    start = np.zeros(len(buffers.offsets), np.int64)
    read_page_words(buffers.offsets, buffers.base, buffers.limit, fold_table(), *listed_words(), words, letters, info, start)
    return start, words[: start[-1]], letters[: start[-1]], info[: start[-1]]
