"""Compiled reading of titles: one number for each, and what it names that the page's own text says too."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.kernels.compile import kernel, part
from corpus_tools.match.evidence.subject_kernels import read_units

Array = np.ndarray[Any, np.dtype[Any]]

MAX_TITLE_WORDS = 32
"""Words of a title that are looked at."""
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@kernel
def hash_titles(start: Array, words: Array) -> Array:
    """A hash of the words of each title in their order, uint64[n]; 0 for a title without words."""
    hashes = np.zeros(len(start) - 1, np.uint64)
    for title in range(len(hashes)):
        for at in range(start[title], start[title + 1]):
            mixed = (hashes[title] + np.uint64(words[at]) + np.uint64(1)) * _MULTIPLIER
            hashes[title] = mixed ^ (mixed >> np.uint64(31))
    return hashes


@kernel
def find_names(
    title_start: Array, title_letters: Array, title_info: Array, least: Array, start: Array, letters: Array, info: Array
) -> tuple[Array, Array]:
    """``start`` int64[n + 1] and, each once, the units of each title that stand in its page's text ``least`` int64[n] times or more.

    Units are those of ``subject_kernels.read_units``, made of letters, for which ``tumour`` is ``tumor``.
    """
    ends, names = np.zeros(len(start), np.int64), np.zeros(len(title_letters), np.uint64)
    count = 0
    for page in range(len(start) - 1):
        t, t_end = title_start[page], min(title_start[page + 1], title_start[page] + MAX_TITLE_WORDS)
        p, p_end = start[page], start[page + 1]
        if t_end > t:
            titled = read_units(title_letters[t:t_end], title_info[t:t_end])
            said = read_units(letters[p:p_end], info[p:p_end])
            for at in range(len(titled)):
                new = titled[at] != 0 and not _holds(names[ends[page] : count], titled[at], 1)
                if new and _holds(said, titled[at], least[page]):
                    names[count] = titled[at]
                    count += 1
        ends[page + 1] = count
    return ends, names[:count]


@part
def count_absent(names: Array, letters: Array, info: Array) -> int:
    """How many of the names of one page stand nowhere in another page's text."""
    absent = 0
    if len(names) > 0:
        units = read_units(letters, info)
        for at in range(len(names)):
            absent += not _holds(units, names[at], 1)
    return absent


@part
def _holds(units: Array, wanted: Any, times: Any) -> bool:
    for unit in units:
        if unit == wanted:
            times -= 1
            if times == 0:
                return True
    return False
