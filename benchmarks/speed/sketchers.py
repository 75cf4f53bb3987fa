"""MinHash signatures of a parquet file by each tool's own code: text in, 128 values out, word 5-grams, parquet out.

Every function here takes (input, output, pages) and makes signatures of the first ``pages`` pages. Python libraries leave words
and shingles to their user; they get the usual regular expression.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Sketcher = Callable[[Path, Path, int], None]
_WORD = re.compile(r"\w+")


def _texts(source: Path, pages: int) -> list[str]:
    return pq.read_table(source, columns=["text"]).column("text").slice(0, pages).to_pylist()  # type: ignore[no-any-return]


def _write(signatures: Iterable[bytes], target: Path) -> None:
    pq.write_table(pa.table({"signature": pa.array(list(signatures), pa.binary())}), target, compression="none")


def _shingles(text: str) -> set[str]:
    words = _WORD.findall(text.lower())
    return {" ".join(words[i : i + 5]) for i in range(max(len(words) - 4, 1))}


def corpus_tools(source: Path, target: Path, pages: int, workers: int = 1, scheme: str = "affine32") -> None:
    """This project, through its public stage on a stream of batches."""
    from corpus_tools import fingerprint_documents
    from corpus_tools.plan import FingerprintPlan

    table = pq.ParquetFile(source, pre_buffer=False)
    reader = pa.RecordBatchReader.from_batches(table.schema_arrow, table.iter_batches(2048))
    if pages < table.metadata.num_rows:
        part = pq.read_table(source).slice(0, pages)
        reader = pa.RecordBatchReader.from_batches(part.schema, part.to_batches(2048))
    sketched = fingerprint_documents(reader, FingerprintPlan(scheme=scheme), workers)
    with pq.ParquetWriter(target, sketched.schema, compression="none", use_dictionary=False, write_statistics=False) as writer:
        for batch in sketched:
            writer.write_batch(batch)


def corpus_tools_affine64(source: Path, target: Path, pages: int) -> None:
    """This project with 64-bit values."""
    corpus_tools(source, target, pages, scheme="affine64")


def corpus_tools_two_threads(source: Path, target: Path, pages: int) -> None:
    """This project on two threads."""
    corpus_tools(source, target, pages, workers=2)


def datasketch_bulk(source: Path, target: Path, pages: int) -> None:
    """datasketch ``MinHash.bulk``, affine32 and its default hash (SHA-1)."""
    from datasketch import MinHash

    sets = ([shingle.encode() for shingle in _shingles(text)] for text in _texts(source, pages))
    _write((minhash.hashvalues.tobytes() for minhash in MinHash.bulk(sets, num_perm=128)), target)


def datasketch_bulk_xxh32(source: Path, target: Path, pages: int) -> None:
    """The same with xxhash."""
    import xxhash
    from datasketch import MinHash

    sets = ([shingle.encode() for shingle in _shingles(text)] for text in _texts(source, pages))
    bulk = MinHash.bulk(sets, num_perm=128, hashfunc=xxhash.xxh32_intdigest)
    _write((minhash.hashvalues.tobytes() for minhash in bulk), target)


def _rensa(kind: str) -> Sketcher:
    def sketch(source: Path, target: Path, pages: int) -> None:
        import numpy as np
        import rensa

        signatures = []
        for text in _texts(source, pages):
            minhash = getattr(rensa, kind)(num_perm=128, seed=42)
            minhash.update(list(_shingles(text)))
            signatures.append(np.array(minhash.digest(), np.uint32).tobytes())
        _write(signatures, target)

    return sketch


def daft_minhash(source: Path, target: Path, pages: int) -> None:
    """Daft: its own text normalisation, then ``minhash``."""
    import daft

    frame = daft.read_parquet(str(source)).limit(pages)
    words = daft.col("text").normalize(remove_punct=True, lowercase=True, nfd_unicode=False, white_space=True)
    frame.select("page_id", words.minhash(num_hashes=128, ngram_size=5, seed=1).alias("signature")).write_parquet(str(target))


def daft_minhash_raw(source: Path, target: Path, pages: int) -> None:
    """Daft without normalisation: case and punctuation stay in the words."""
    import daft

    frame = daft.read_parquet(str(source)).limit(pages)
    sketch = daft.col("text").minhash(num_hashes=128, ngram_size=5, seed=1)
    frame.select("page_id", sketch.alias("signature")).write_parquet(str(target))


def gaoya_index(source: Path, target: Path, pages: int) -> None:
    """gaoya: it gives no signatures out, so its insertion into an index of 32 bands x 4 is measured."""
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, 0.75, 32, 4, None, "word", True, (5, 5))
    for number, text in enumerate(_texts(source, pages)):
        index.insert_document(number, text)
    target.write_text(str(index.size()))


def text_dedup_embed(source: Path, target: Path, pages: int) -> None:
    """text-dedup's ``embed_func`` with its xxh3 hash, 32 bands x 4."""
    import numpy as np
    from text_dedup.minhash import SIGNATURE_COLUMN, embed_func
    from text_dedup.utils.hashfunc import xxh3_32hash

    prime, top = np.uint32((1 << 32) - 5), np.uint32((1 << 32) - 1)
    draw = np.random.RandomState(42)
    permutations = (draw.randint(1, prime, 128, np.uint32), draw.randint(0, prime, 128, np.uint32))
    ranges = [(i, i + 4) for i in range(0, 128, 4)]
    settings: dict[str, Any] = {
        "num_perm": 128,
        "ngram_size": 5,
        "min_length": 5,
        "hashranges": ranges,
        "permutations": permutations,
    }
    settings |= {"hash_func": xxh3_32hash, "dtype": np.uint32, "max_hash": top, "modulo_prime": prime}
    found = (embed_func(text, number, **settings) for number, text in enumerate(_texts(source, pages)))
    _write((b"".join(one[SIGNATURE_COLUMN]) for one in found), target)


def datatrove_signature(source: Path, target: Path, pages: int) -> None:
    """datatrove's ``MinhashDedupSignature``: its word tokeniser for English, 16 buckets x 8.

    With SHA-1: its default gives text to xxhash, which version 4 of that library refuses.
    """
    import numpy as np
    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
    from datatrove.utils.hashing import HashConfig

    step = MinhashDedupSignature(str(target.parent / "unused"), MinhashConfig(5, 16, 8, hash_config=HashConfig(hash_fc="sha1")))
    found = (step.get_signature(step.get_shingles(text)) for text in _texts(source, pages))
    _write((np.array(one).tobytes() for one in found), target)


SKETCHERS: dict[str, tuple[Sketcher, int]] = {
    "corpus-tools affine32": (corpus_tools, 20_000),
    "corpus-tools affine32, 2 threads": (corpus_tools_two_threads, 20_000),
    "corpus-tools affine64": (corpus_tools_affine64, 20_000),
    "Daft normalize + minhash": (daft_minhash, 20_000),
    "Daft minhash, raw text": (daft_minhash_raw, 20_000),
    "gaoya insert": (gaoya_index, 10_000),
    "rensa R": (_rensa("RMinHash"), 4_000),
    "rensa C": (_rensa("CMinHash"), 4_000),
    "datasketch bulk, xxh32": (datasketch_bulk_xxh32, 2_000),
    "datasketch bulk": (datasketch_bulk, 2_000),
    "text-dedup xxh3": (text_dedup_embed, 2_000),
    "datatrove": (datatrove_signature, 200),
}
"""Tool -> (its function, pages it is given: fewer for the slow ones)."""
