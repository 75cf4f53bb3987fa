"""Places where a corpus is published: a folder, a bucket, a repository of the Hub."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from corpus_tools.errors import RunError
from corpus_tools.machine import machine_errors
from corpus_tools.store.begun import STAMPS
from corpus_tools.store.files import digest_bytes, digest_file, open_new, refuse_links, write_bytes
from corpus_tools.store.objects.address import Address
from corpus_tools.store.objects.bucket import NEW
from corpus_tools.store.objects.opening import open_bucket


class Target(Protocol):
    """A place of files with names; every put is whole or not at all."""

    needs_files: bool
    """Whether the files that were put must stay until the end."""

    def names(self) -> dict[str, int]:
        """What is there: name and size."""

    def digest(self, name: str) -> str:
        """Digest of what is there, '' if it is not known."""

    def read(self, name: str) -> bytes:
        """A small file."""

    def begin(self) -> None:
        """Something will be put."""

    def put(self, name: str, path: Path, digest: str) -> None:
        """Put a file."""

    def put_bytes(self, name: str, content: bytes) -> None:
        """Put a small file."""

    def delete(self, names: Iterable[str]) -> None:
        """Delete files."""

    def finish(self, message: str) -> None:
        """All is put."""


def open_target(place: Address | Path) -> Target:
    """The target of an address or a path."""
    if isinstance(place, Path):
        return FolderTarget(place)
    if place.scheme == "hf":
        from corpus_tools.store.objects.hub_target import HubTarget

        return HubTarget(place)
    return BucketTarget(place)


class FolderTarget:
    """A folder on this machine."""

    needs_files = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if folder.exists() and not folder.is_dir():
            raise RunError(f"{folder} is a file", "name a folder")

    def __str__(self) -> str:
        return str(self._folder)

    def names(self) -> dict[str, int]:
        """See ``Target``."""
        files = (path for path in sorted(self._folder.rglob("*")) if path.is_file() or path.is_symlink())
        return {path.relative_to(self._folder).as_posix(): path.lstat().st_size for path in files if not _is_unfinished(path)}

    def digest(self, name: str) -> str:
        """See ``Target``."""
        path = self._folder / name
        return digest_file(path) if path.is_file() and not path.is_symlink() else ""

    def read(self, name: str) -> bytes:
        """See ``Target``."""
        return (self._folder / name).read_bytes()

    def begin(self) -> None:
        """See ``Target``."""
        with machine_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            refuse_links(self._folder, "data", "removed", "new")

    def put(self, name: str, path: Path, digest: str) -> None:
        """See ``Target``."""
        target = self._folder / name
        with machine_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            coming = target.with_name(f".{target.name}.tmp")
            with path.open("rb") as source, open_new(coming) as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
            if digest_file(coming) != digest:
                coming.unlink()
                raise RunError(f"{target} is not what was written to it", "check the disk; the same command goes on")
            coming.replace(target)

    def put_bytes(self, name: str, content: bytes) -> None:
        """See ``Target``."""
        with machine_errors(self._folder):
            write_bytes(self._folder / name, content)

    def delete(self, names: Iterable[str]) -> None:
        """See ``Target``."""
        for name in names:
            (self._folder / name).unlink(missing_ok=True)

    def finish(self, message: str) -> None:
        """Nothing is left to do."""


def _is_unfinished(path: Path) -> bool:
    """Whether a file is no part of a publication: half written, or what ``verify`` keeps beside a seal."""
    return path.name == STAMPS or (path.name.startswith(".") and path.suffix == ".tmp")


class BucketTarget:
    """A bucket or a prefix in one."""

    needs_files = False

    def __init__(self, place: Address) -> None:
        self._place, self._bucket = place, open_bucket(place, RunError)
        self._etags: dict[str, str] = {}

    def __str__(self) -> str:
        return str(self._place)

    def names(self) -> dict[str, int]:
        """See ``Target``."""
        below = len(self._place.key) + 1 if self._place.key else 0
        found = {one.key[below:]: one for one in self._bucket.list(self._place.key) if not one.key.endswith("/")}
        self._etags = {name: one.etag for name, one in found.items()}
        return {name: found[name].size for name in sorted(found)}

    def _key(self, name: str) -> str:
        return (self._place / name).key

    def digest(self, name: str) -> str:
        """See ``Target``. It was kept with the object when that was put."""
        return self._bucket.digest(self._key(name))

    def read(self, name: str) -> bytes:
        """See ``Target``."""
        found = self._bucket.head(self._key(name))
        return self._bucket.read(found.key, 0, found.size, found.etag) if found else b""

    def begin(self) -> None:
        """Nothing has to be made."""

    def put(self, name: str, path: Path, digest: str) -> None:
        """See ``Target``."""
        self._put(name, path, digest)

    def put_bytes(self, name: str, content: bytes) -> None:
        """See ``Target``."""
        self._put(name, content, digest_bytes(content))

    def _put(self, name: str, content: bytes | Path, digest: str) -> None:
        """In place of what was listed there, or of nothing."""
        etag = self._bucket.put(self._key(name), content, self._etags.get(name, NEW), digest)
        if etag is None:
            raise RunError(f"{self._place / name} was changed by another process", "let that one end; the same command goes on")
        self._etags[name] = etag

    def delete(self, names: Iterable[str]) -> None:
        """See ``Target``."""
        for name in names:
            self._bucket.delete([self._key(name)])
            self._etags.pop(name, None)

    def finish(self, message: str) -> None:
        """Nothing is left to do."""
