"""What plain MinHash could find at best: exact Jaccard of word or character n-grams, at the threshold that suits it best."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]

Array = np.ndarray[Any, np.dtype[Any]]
PLAIN = {"plain_w5": ("word", 5), "plain_w3": ("word", 3), "plain_w1": ("word", 1), "plain_c5": ("character", 5)}
"""Name -> unit and n of the shingles."""
_COLUMNS = 1 << 22


def shingle_matrix(texts: list[str], unit: str, n: int) -> Any:
    """One row a text, a one for each distinct shingle (by hash)."""
    rows = []
    for text in texts:
        parts: Any = re.findall(r"\w+", text.lower()) if unit == "word" else " ".join(text.lower().split())
        rows.append(np.unique([hash_shingle(tuple(parts[i : i + n])) for i in range(max(1, len(parts) - n + 1))]))
    starts = np.cumsum([0, *map(len, rows)])
    return sparse.csr_matrix((np.ones(starts[-1], np.float32), np.concatenate(rows), starts), (len(texts), _COLUMNS))


def hash_shingle(parts: tuple[str, ...]) -> int:
    """The same number in every process."""
    import zlib

    return zlib.crc32("\x1f".join(parts).encode()) & (_COLUMNS - 1)


def best_jaccards(left: Any, right: Any, floor: float) -> tuple[Array, Array, Array]:
    """Pairs of rows with a Jaccard similarity of at least ``floor``."""
    sizes, others = np.asarray(left.sum(axis=1)).ravel(), np.asarray(right.sum(axis=1)).ravel()
    turned, found = right.T.tocsr(), []
    for start in range(0, left.shape[0], 200):
        shared = np.asarray((left[start : start + 200] @ turned).todense())
        jaccard = shared / (sizes[start : start + 200, None] + others[None, :] - shared)
        a, b = np.nonzero(jaccard >= floor)
        found.append((a + start, b, jaccard[a, b]))
    return tuple(np.concatenate(column) for column in zip(*found, strict=True))  # type: ignore[return-value]


@cache
def _honest(texts: tuple[str, ...], unit: str, n: int) -> tuple[Any, tuple[Array, Array, Array]]:
    held = shingle_matrix(list(texts), unit, n)
    a, b, jaccard = best_jaccards(held, held, 0.02 if n > 1 else 0.1)
    return held, (a[a < b], b[a < b], jaccard[a < b])


def plain_recall(
    honest: list[str], spun: list[str], origins: list[int], unit: str, n: int, repeats: set[tuple[int, int]], precision: float
) -> float:
    """Recall of spun pages' originals at ``precision``, against all honest pairs and all wrong originals."""
    held, (a, b, own) = _honest(tuple(honest), unit, n)
    wrong = np.array([pair not in repeats for pair in zip(a.tolist(), b.tolist(), strict=True)], bool)
    place, other, jaccard = best_jaccards(shingle_matrix(spun, unit, n), held, 0.02)
    true = np.array(origins)[place] == other
    keys = [(min(x, y), max(x, y)) for x, y in zip(np.array(origins)[place].tolist(), other.tolist(), strict=True)]
    kept = true | np.array([key not in repeats for key in keys], bool)
    scores, labels = np.r_[jaccard[kept], own[wrong]], np.r_[true[kept], np.zeros(wrong.sum(), bool)]
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    good = np.flatnonzero(hits / np.arange(1, len(order) + 1) >= precision)
    return float(hits[good[-1]] / len(spun)) if len(good) else 0.0
