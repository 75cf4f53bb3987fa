"""Synthetic documents with known relations, for benchmarks of scale and recall.

A document has 300 words of a Zipf vocabulary in sentences of twelve. Of every hundred, 76 stand alone, 20 are near copies of one of
those at a known Jaccard similarity of word 5-grams, two are copies of one page with one to four words changed (the family), and two
are filled-in forms of one template about subjects of their own (the template family: near in words, yet not copies).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import gate

WORDS, VOCABULARY, CHUNK = 300, 30_000, 10_000
SHARES = {"copy": 0.20, "family": 0.02, "template": 0.02}
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_SLOTS = np.arange(4, WORDS - 5, 6)
"""Places of which any number may be changed, each change destroying five shingles of its own."""
_SUBJECT, _NUMBERS = _SLOTS[::6], _SLOTS[3::12]
Array = np.ndarray[Any, np.dtype[Any]]


def changes_for(jaccard: float) -> int:
    """Words to change in a page for about this similarity to the original; five shingles go with each."""
    shingles = WORDS - 4
    return round(shingles * (1 - jaccard) / (1 + jaccard) / 5)


def jaccard_of(changes: int) -> float:
    """Similarity of a page and its copy with this many words changed (chance agreements apart)."""
    shingles = WORDS - 4
    return (shingles - 5 * changes) / (shingles + 5 * changes)


def write_documents(target: Path, truth: Path, count: int) -> None:
    """``count`` documents (a multiple of 10,000) and, row by row, what each is: kind, the page it copies, its similarity to it."""
    documents, relations = None, []
    for table, relation in chunks(count):
        if documents is None:
            documents = pq.ParquetWriter(target, table.schema, compression="zstd", compression_level=1)
        documents.write_table(table, row_group_size=CHUNK)
        relations.append(relation)
    assert documents is not None
    documents.close()
    pq.write_table(pa.concat_tables(relations), truth)


def digest() -> gate.Data:
    """What the first 10,000 documents are: any number of documents begins with them."""
    texts, _ = next(chunks(CHUNK))
    return gate.digest_made("benchmarks.data.synthetic", (text.encode() for text in texts["text"].to_pylist()))


def chunks(count: int) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Tables of 10,000 documents and their relations; a copy's original is in its chunk."""
    chance = np.random.default_rng(7)
    plain = _vocabulary(chance)
    weights = 1 / (np.arange(VOCABULARY) + 10.0)
    cumulative = np.cumsum(weights / weights.sum())

    def draw(*shape: int) -> Array:
        return np.minimum(np.searchsorted(cumulative, chance.random(shape)), VOCABULARY - 1)

    family, template = draw(WORDS), draw(WORDS)
    for start in range(0, count, CHUNK):
        yield _chunk(start, draw, chance, plain, family, template)


def _chunk(
    start: int, draw: Any, chance: np.random.Generator, plain: list[str], family: Array, template: Array
) -> tuple[pa.Table, pa.Table]:
    sizes = {kind: round(CHUNK * share) for kind, share in SHARES.items()}
    singles = CHUNK - sum(sizes.values())
    words = draw(CHUNK, WORDS)
    copies, members, forms = (slice(a, b) for a, b in _bounds(singles, sizes))
    originals = chance.permutation(singles)[: sizes["copy"]]
    changed = np.array([changes_for(LEVELS[i % len(LEVELS)]) for i in range(sizes["copy"])])
    words[copies] = _replaced(words[originals], words[copies], changed, chance)
    edits = chance.integers(1, 5, sizes["family"])
    words[members] = _replaced(np.broadcast_to(family, (sizes["family"], WORDS)), words[members], edits, chance)
    words[forms] = template
    texts = [_text(row, plain) for row in words[: singles + sizes["copy"] + sizes["family"]]]
    texts += [_form(row, start + i, plain) for i, row in enumerate(words[forms])]
    ids = [hashlib.blake2b(str(start + i).encode(), digest_size=16).hexdigest() for i in range(CHUNK)]
    kinds = ["single"] * singles + [kind for kind, size in sizes.items() for _ in range(size)]
    of = [None] * singles + [ids[i] for i in originals] + [None] * (sizes["family"] + sizes["template"])
    close = [None] * singles + [jaccard_of(m) for m in changed] + [None] * (sizes["family"] + sizes["template"])
    columns: dict[str, Any] = {
        "page_id": ids,
        "content_hash": [hashlib.md5(t.encode(), usedforsecurity=False).hexdigest() for t in texts],
    }
    columns |= {"n_words": [WORDS] * CHUNK, "text": pa.array(texts, pa.large_string())}
    return pa.table(columns), pa.table(
        {"page_id": ids, "kind": kinds, "of": pa.array(of, pa.string()), "jaccard": pa.array(close, pa.float64())}
    )


def _bounds(first: int, sizes: dict[str, int]) -> Iterator[tuple[int, int]]:
    for size in sizes.values():
        yield first, first + size
        first += size


def _replaced(words: Array, others: Array, changes: Array, chance: np.random.Generator) -> Array:
    """Copies of ``words`` with ``changes[i]`` words of row i taken from ``others``, never two in one shingle."""
    found = words.copy()
    rank = chance.random((len(words), len(_SLOTS))).argsort(axis=1).argsort(axis=1)
    rows, slots = np.nonzero(rank < changes[:, None])
    places = _SLOTS[slots]
    found[rows, places] = np.where(
        others[rows, places] == words[rows, places], (others[rows, places] + 1) % VOCABULARY, others[rows, places]
    )
    return found


def _vocabulary(chance: np.random.Generator) -> list[str]:
    syllables = [a + b for a in "bcdfghlmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er", "in", "or", "al")]
    seen: dict[str, None] = {}
    while len(seen) < VOCABULARY:
        seen["".join(syllables[i] for i in chance.integers(0, len(syllables), chance.integers(1, 5)))] = None
    return list(seen)


def _text(row: Array, plain: list[str]) -> str:
    return _sentences([plain[i] for i in row.tolist()])


def _form(row: Array, number: int, plain: list[str]) -> str:
    """The template with a subject of its own: its name in every eighth sentence half, and figures of its own."""
    found = [plain[i] for i in row.tolist()]
    for place in _SUBJECT:
        found[place] = f"{plain[number * 7919 % VOCABULARY].capitalize()}osis"
        found[place + 1] = f"{plain[number // VOCABULARY]}a{plain[number % VOCABULARY]}"
    for at, place in enumerate(_NUMBERS):
        found[place] = str((number * 31 + at * 977) % 9973)
    return _sentences(found)


def _sentences(words: list[str]) -> str:
    parts = [" ".join(words[i : i + 12]) for i in range(0, len(words), 12)]
    return ". ".join(part[:1].upper() + part[1:] for part in parts) + "."
