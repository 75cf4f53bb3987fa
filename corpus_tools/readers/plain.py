"""Pages that need no decoding: what they say in UTF-8 is what they say."""

from __future__ import annotations

import numpy as np

from corpus_tools.kernels.utf8 import check_utf8
from corpus_tools.readers.decode import BOMS, ESCAPE, STATEFUL, declared_charset


def is_plain_utf8(raw: bytes, charset: str | None = None) -> bool:
    """Whether ``decode`` would give just what ``raw`` says in UTF-8: then there is no need to decode it."""
    if not raw or b"\0" in raw or raw.startswith(tuple(mark for mark, _ in BOMS)) or ESCAPE[:1] in raw:
        return False
    said = declared_charset(raw, charset)
    if said and said[0] in STATEFUL:
        return False
    well_formed, twice = check_utf8(np.frombuffer(raw, np.uint8))
    return bool(well_formed and not twice)
