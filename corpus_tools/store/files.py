"""Files of a run folder, written whole or not at all and nowhere else: a link that lies there leads no write outside it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from corpus_tools.errors import RunError
from corpus_tools.store import backing


def digest_json(value: Any) -> str:
    """32 hex digits over a JSON-able value, keys sorted."""
    return hashlib.blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=16).hexdigest()


def digest_bytes(content: bytes) -> str:
    """32 hex digits over bytes, as ``digest_file`` has them for a file of the same content."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def digest_pieces(pieces: Iterable[bytes]) -> str:
    """32 hex digits over bytes that come piece by piece."""
    digest = hashlib.blake2b(digest_size=16)
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def digest_file(path: Path) -> str:
    """32 hex digits over a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def open_new(path: Path) -> IO[bytes]:
    """A new file to write to; what bore the name is unlinked, and a link is not followed."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666), "wb")


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it; a link of the name is replaced."""
    temporary = path.with_name(f".{path.name}.tmp")
    with open_new(temporary) as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    backing.wrote(path)


def write_json(path: Path, value: Any) -> None:
    """``write_bytes`` of a value as indented JSON, keys sorted."""
    write_bytes(path, (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode())


def refuse_links(folder: Path, *names: str) -> None:
    """RunError if ``folder`` or one of its entries called ``names`` is a link: what is written there would land elsewhere."""
    for path in (folder, *(folder / name for name in names)):
        if path.is_symlink():
            raise RunError(
                f"{path} is a link to {str(path.readlink())!r}: a run writes and deletes only inside its own folder",
                "remove the link, or put the run folder itself where the space is",
            )
