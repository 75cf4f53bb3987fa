"""Keeps a copy of standard input, so that a killed run can resume after the pipe is gone."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import BinaryIO

from corpus_tools.errors import SourceError
from corpus_tools.store.files import digest_file, open_new, refuse_links

_CHUNK = 1 << 20


def spool_stdin(folder: Path, stdin: BinaryIO | None = None) -> Path:
    """Copy ``stdin`` to ``folder``/stdin and return that path.

    The copy is put in place whole, by rename. A copy with the same bytes is left as it is (its time
    too), so that the same pipe run again resumes. Empty stdin, or a terminal, means the copy there is.
    Raises SourceError when there is neither, and RunError if ``folder`` or the copy is a link.
    """
    stream = sys.stdin.buffer if stdin is None else stdin
    kept, coming = folder / "stdin", folder / "stdin.part"
    refuse_links(folder, kept.name)
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.blake2b(digest_size=16)
    if not stream.isatty():
        with open_new(coming) as copy:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                copy.write(chunk)
    arrived = coming.exists() and coming.stat().st_size > 0
    if arrived and not (kept.exists() and digest_file(kept) == digest.hexdigest()):
        coming.replace(kept)
    coming.unlink(missing_ok=True)
    if not kept.exists():
        raise SourceError(
            "source '-' is empty: nothing came on standard input",
            "pipe pages in, for example: zcat pages.jsonl.gz | corpus-tools run - -o RUN",
        )
    return kept
