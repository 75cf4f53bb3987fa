"""What lines of a site's pages are compared by: a hash of each, the same for lines that differ in what no template keeps."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from corpus_tools.site.line_kernels import BLOCK, hash_lines

_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def line_hashes(lines: Sequence[str]) -> NDArray[np.uint64]:
    """``line_hash`` of each line."""
    pieces = [line.encode("utf-8", "surrogatepass") for line in lines]
    sizes = list(map(len, pieces))
    hashes, known = np.empty(len(lines), np.uint64), np.empty(len(lines), np.bool_)
    room = np.empty(max(sizes, default=0) + BLOCK, np.uint8)
    hash_lines(np.frombuffer(b"".join(pieces), np.uint8), np.array(list(accumulate(sizes)), np.int64), room, hashes, known)
    for place in np.flatnonzero(~known).tolist():
        hashes[place] = line_hash(lines[place])
    return hashes


def line_hash(line: str) -> int:
    """Stable 64-bit hash of a line, blind to case, spacing, and the digits of counts and dates.

    Digits inside other lines tell subjects apart ("spastic paraplegia 10"), so they count.
    """
    folded = " ".join(line.casefold().split())
    counts = folded[:1].isdecimal() or (("19" in folded or "20" in folded) and _YEAR.search(folded) is not None)
    return text_hash(_DIGITS.sub("0", folded) if counts else folded)


def text_hash(text: str) -> int:
    """Stable 64-bit hash of a text."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
