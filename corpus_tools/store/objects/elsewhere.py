"""A run in a store as a task on another machine sees it: a folder of its own there, which holds what the task reads and writes.

A path of a run goes to another process as the place of the run and a name in it (``reference``), and stands there for a file in
a scratch folder of that process. What is read is fetched, what is written is put, and what was put is told to the process
that gave the task. Nothing but the store is shared.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from corpus_tools.child import born
from corpus_tools.errors import CorpusError, RunError
from corpus_tools.store.files import digest_file, digest_json
from corpus_tools.store.manifest import RECORD, SEAL, Manifest, Part, record_path
from corpus_tools.store.objects import own_folder, run_objects
from corpus_tools.store.objects.address import Address
from corpus_tools.store.objects.bucket import NEW, Bucket, Object
from corpus_tools.store.objects.lease import LOCK
from corpus_tools.store.objects.opening import open_bucket
from corpus_tools.store.objects.run_objects import Reference
from corpus_tools.store.objects.stored_file import RangeReader

_CHECK_EVERY = 10.0
"""Seconds between two looks at who holds the lock."""


@dataclass(frozen=True)
class Put:
    """An object that a task put, and what it holds if it is a part of a table."""

    name: str
    found: Object
    digest: str
    part: Part | None = None


@dataclass(frozen=True)
class Terms:
    """What a process that works on a run tells those that work for it."""

    token: str
    """Whose lock it is. While another holds it, nothing is put."""
    resumed: frozenset[str] = field(default_factory=frozenset)
    """Unfinished tables of which parts were there before."""


class Elsewhere:
    """The keeper of a run in a process that works for another one; see ``store.backing.Backing``. Without terms it only reads."""

    shared = True

    def __init__(self, place: Address) -> None:
        self.place = place
        self.root = own_folder.own_folder(_disk()) / f"view-{os.getpid()}-{born(os.getpid()) or 0}-{digest_json(str(place))[:12]}"
        self.terms: Terms | None = None
        self._told: dict[str, Object] = {}
        self._digests: dict[str, str] = {}
        self._seen: dict[str, Object] = {}
        self._puts: list[Put] = []
        self._checked = -_CHECK_EVERY

    @property
    def _bucket(self) -> Bucket:
        return open_bucket(self.place, RunError)

    def tell(self, text: str) -> str:
        """See ``Backing``."""
        return text.replace(str(self.root), str(self.place))

    def start(self, terms: Terms | None) -> None:
        """Other work begins: what is here may be of another state of the run."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True, mode=0o700)
        self.terms, self._puts, self._checked = terms, [], -_CHECK_EVERY
        for held in (self._told, self._digests, self._seen):
            held.clear()

    def note(self, told: Reference) -> None:
        """What the other process knows of an object."""
        if told.found is not None:
            self._told[told.name], self._digests[told.name] = told.found, told.digest

    def forget(self) -> None:
        """A task has ended: what it read and wrote is not needed here, but for seals."""
        for path in self.root.rglob("*"):
            if path.is_file() and path.name != SEAL:
                path.unlink(missing_ok=True)
        self._seen.clear()

    def take_puts(self) -> list[Put]:
        """What was put since this was last asked."""
        puts, self._puts = self._puts, []
        return puts

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _key(self, name: str) -> str:
        return (self.place / name).key

    def _find(self, name: str) -> Object | None:
        found = self._seen.get(name) or self._told.get(name) or self._bucket.head(self._key(name))
        if found is not None:
            self._seen[name] = found
        return found

    def bring(self, path: Path) -> None:
        """See ``Backing``."""
        name = self._name(path)
        if not path.exists() and (found := self._find(name)) is not None:
            self._fetch(path, found, self._digests.get(name, ""))

    def _fetch(self, path: Path, found: Object, digest: str) -> None:
        run_objects.fetch_object(self._bucket, self.place / self._name(path), found, path, digest, "written")

    def fetch(self, folder: Path, parts: Iterable[Part]) -> None:
        """See ``Backing``."""
        for part in parts:
            path = folder / part.name
            if not path.exists():
                name = self._name(path)
                self._fetch(path, self._told.get(name) or Object(self._key(name), part.size, "", 0), part.digest)

    def open(self, path: Path) -> BinaryIO:
        """See ``Backing``."""
        found = self._find(self._name(path))
        if found is None:
            raise RunError(f"{self.place / self._name(path)} is missing", "run again: what is missing is made again")
        return cast(BinaryIO, RangeReader(self._bucket, found.key, found.size, found.etag))

    def size(self, path: Path) -> int:
        """See ``Backing``."""
        found = self._find(self._name(path))
        return found.size if found else 0

    def holds(self, path: Path) -> bool:
        """See ``Backing``. Of a table that was begun afresh nothing is asked."""
        table = self._name(path.parent)
        return self.terms is not None and table in self.terms.resumed and self._find(self._name(path)) is not None

    def begun(self, folder: Path, stem: str) -> list[str]:
        """See ``Backing``."""
        top = self._name(folder)
        found = {one.key: one for one in self._bucket.list(self._key(top))}
        below = len(self._key(top)) + 1
        names = {key[below:] for key in found if "/" not in key[below:]}
        parts = [name[1 : -len(RECORD)] for name in names if name.startswith(f".{stem}-") and name.endswith(RECORD)]
        kept = [name for name in parts if name in names]
        self._seen |= {f"{top}/{name}": found[f"{self._key(top)}/{name}"] for name in kept}
        return kept

    def is_sound(self, folder: Path, part: Part) -> bool:
        """See ``Backing``. Tables are begun by the process that holds the lock."""
        return False

    def wrote(self, path: Path) -> None:
        """See ``Backing``. What is scratch is put over what another attempt at the same task left."""
        name = self._name(path)
        if run_objects.is_scratch(name):
            self._put(name, path, None)
            return
        record = record_path(path)
        part = Part(**json.loads(record.read_text(encoding="utf-8"))) if record.exists() else None
        if part is not None:
            self._put(self._name(record), record, NEW)
        known = self._seen.get(name) or self._told.get(name)
        self._put(name, path, known.etag if known else NEW, part)

    def _put(self, name: str, path: Path, expect: str | None, part: Part | None = None) -> None:
        self._check()
        digest = digest_file(path)
        etag = self._bucket.put(self._key(name), path, expect, digest)
        if etag is None and name.endswith(RECORD):
            # A part that is written again has another record; the part itself is put over what was read.
            etag = self._bucket.put(self._key(name), path, None, digest)
        if etag is None:
            raise RunError(f"{self.place / name} was changed by another process", "let that one end; then the same command resumes")
        self._seen[name] = Object(self._key(name), path.stat().st_size, etag, 0)
        self._puts.append(Put(name, self._seen[name], digest, part))

    def _check(self) -> None:
        """RunError unless the process that this one works for still holds the lock."""
        if self.terms is None:
            raise RunError(f"{self.place} is only read here", "this is a bug: please report it")
        if time.monotonic() - self._checked < _CHECK_EVERY:
            return
        found = self._bucket.head((self.place / LOCK).key)
        if found is None or self._token(found) not in ("", self.terms.token):
            raise RunError(
                f"the process that had the lock of {self.place} lost it", "let the other one end; then the same command resumes"
            )
        self._checked = time.monotonic()

    def _token(self, found: Object) -> str:
        """Who holds the lock; '' if it is renewed just now."""
        try:
            return str(json.loads(self._bucket.read(found.key, 0, found.size, found.etag))["token"])
        except (CorpusError, ValueError, KeyError, TypeError):
            return ""

    def reference(self, path: Path) -> Reference:
        """See ``Backing``."""
        return Reference(self.place, self._name(path))

    def fetch_begun(self, folder: Path) -> None:
        """See ``Backing``."""

    def examine(self, folder: Path, part: Part, full: bool) -> str:
        """See ``Backing``."""
        return ""

    def release(self, folder: Path, manifest: Manifest) -> None:
        """See ``Backing``."""

    def drop(self, path: Path) -> None:
        """See ``Backing``."""

    def clear(self, folder: Path) -> None:
        """See ``Backing``. The process that holds the lock clears what is in the store."""


def _disk() -> Path:
    """Where this process may put much: the disks that Spark was given for it, or the folder for temporary files."""
    named = os.environ.get("SPARK_LOCAL_DIRS", "").split(",")[0]
    return Path(named) if named and Path(named).is_dir() else Path(tempfile.gettempdir())
