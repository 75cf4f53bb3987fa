"""Pages that need no decoding: what they say in UTF-8 is what they say."""

from __future__ import annotations

import pyarrow as pa

from corpus_tools.readers.decode import BOMS, STATEFUL, declared_charset
from corpus_tools.readers.twice_encoded import may_be_twice_encoded


def is_plain_utf8(raw: bytes, charset: str | None = None) -> bool:
    """Whether ``decode`` would give just what ``raw`` says in UTF-8: then there is no need to decode it."""
    if not raw or b"\0" in raw or raw.startswith(tuple(mark for mark, _ in BOMS)) or may_be_twice_encoded(raw):
        return False
    said = declared_charset(raw, charset)
    if said and said[0] in STATEFUL:
        return False
    try:  # a look at the bytes, several times as fast as making text of them
        pa.Array.from_buffers(pa.binary(), 1, [None, pa.array([0, len(raw)], pa.int32()).buffers()[1], pa.py_buffer(raw)]).cast(
            pa.string()
        )
    except pa.ArrowInvalid:
        return False
    return True
