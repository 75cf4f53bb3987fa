"""What is known of a run in a store, and its files in a folder here: listed, fetched, compared."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, cast

from corpus_tools.errors import RunError
from corpus_tools.store.backing import Alone
from corpus_tools.store.manifest import RECORD, SEAL, Manifest, Part, sealed
from corpus_tools.store.objects import run_objects
from corpus_tools.store.objects.address import Address
from corpus_tools.store.objects.bucket import Object
from corpus_tools.store.objects.lease import LOCK
from corpus_tools.store.objects.opening import open_bucket
from corpus_tools.store.objects.run_objects import CLEARING, Reference, part_of_record
from corpus_tools.store.objects.stored_file import RangeReader

AT_ONCE = 8
"""Objects that are fetched or put at once."""


class Listed(Alone):
    """The half of a keeper of a run in a store (``store.backing.Backing``) that reads."""

    def __init__(self, place: Address, root: Path) -> None:
        self.place, self.root = place, root
        self.bucket = open_bucket(place, RunError)
        self._seen: dict[str, Object] = {}
        self._digests: dict[str, str] = {}
        self._ours: set[str] = set()
        """Objects that a stage put: those that a seal or a record names, the records, and what this process put."""
        self._mutex = threading.Lock()

    def tell(self, text: str) -> str:
        """See ``Backing``."""
        return text.replace(str(self.root), str(self.place))

    @property
    def is_empty(self) -> bool:
        """Whether nothing but a lock is there."""
        return all(name == LOCK or name.startswith(".clock-") for name in self._seen)

    def look(self) -> None:
        """List the run, and fetch what is small: its record, its seals and the records of its parts."""
        below, before = len(self.place.key) + 1 if self.place.key else 0, self._seen
        self._seen = {one.key[below:]: one for one in self.bucket.list(self.place.key)}
        for name in before.keys() - self._seen.keys():
            (self.root / name).unlink(missing_ok=True)
        wanted = [name for name, one in self._seen.items() if run_objects.is_looked_at(name, one.size) and one != before.get(name)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._fetch, wanted))
        for name in wanted:
            folder = (self.root / name).parent
            self._ours.add(name)
            if Path(name).name == CLEARING:
                self._ours |= run_objects.read_names(self.root / name)
            elif name.endswith(RECORD):
                self._ours.add(f"{self._name(folder)}/{part_of_record(name, self._name(folder))}")
            elif Path(name).name == SEAL and (found := sealed(folder)):
                self._ours |= {f"{self._name(folder)}/{part.name}" for part in (*found.parts, *found.files)}

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _key(self, name: str) -> str:
        return (self.place / name).key

    def _fetch(self, name: str, expected: str = "") -> None:
        """An object as a file here, by rename; RunError if it is not what ``expected`` (a digest) says."""
        self._digests[name] = run_objects.fetch_object(
            self.bucket, self.place / name, self._seen[name], self.root / name, expected, "sealed"
        )

    def fetch(self, folder: Path, parts: Iterable[Part]) -> None:
        """See ``Backing``."""
        with self._mutex:
            absent = [part for part in parts if not (folder / part.name).exists()]
            for part in absent:
                if self._name(folder / part.name) not in self._seen:
                    raise RunError(
                        f"{self.place / self._name(folder / part.name)} is missing",
                        "have it made again from the source: corpus-tools run SOURCE -o RUN",
                    )
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(lambda part: self._fetch(self._name(folder / part.name), part.digest), absent))

    def examine(self, folder: Path, part: Part, full: bool) -> str:
        """See ``Backing``."""
        found, seal = (self._seen.get(self._name(folder / name)) for name in (part.name, SEAL))
        return run_objects.compare(self.bucket, found, seal, part, full)

    def release(self, folder: Path, manifest: Manifest) -> None:
        """See ``Backing``."""
        for part in manifest.parts:
            (folder / part.name).unlink(missing_ok=True)

    def open(self, path: Path) -> BinaryIO:
        """See ``Backing``."""
        found = self._seen[self._name(path)]
        return cast(BinaryIO, RangeReader(self.bucket, found.key, found.size, found.etag))

    def size(self, path: Path) -> int:
        """See ``Backing``."""
        found = self._seen.get(self._name(path))
        return found.size if found else 0

    def reference(self, path: Path) -> Reference:
        """See ``Backing``."""
        name = self._name(path)
        return Reference(self.place, name, self._seen.get(name), self._digests.get(name, ""))
