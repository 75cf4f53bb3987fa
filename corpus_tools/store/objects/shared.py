"""A run in a store that tasks on other machines work on too: this process holds the lock, begins and seals, and has few files here.

Parts are put by the tasks (``elsewhere``), which tell what they put. A folder for scratch is a prefix in the store, and is
emptied by this process.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from corpus_tools.errors import RunError
from corpus_tools.store.files import digest_file
from corpus_tools.store.manifest import FILE_NAMES, RECORD, Part, record_path, sealed
from corpus_tools.store.objects.address import Address
from corpus_tools.store.objects.bucket import Object
from corpus_tools.store.objects.elsewhere import Put, Terms
from corpus_tools.store.objects.listed import AT_ONCE
from corpus_tools.store.objects.mirror import Mirror
from corpus_tools.store.objects.run_objects import is_scratch, part_of_record


class SharedMirror(Mirror):
    """The keeper of a run that many work on; see ``store.backing.Backing``."""

    shared = True

    def __init__(self, place: Address, root: Path) -> None:
        super().__init__(place, root)
        self._resumed: set[str] = set()

    @property
    def terms(self) -> Terms:
        """What tasks are told of the run."""
        assert self.lease is not None  # noqa: S101 - nothing is begun without it
        return Terms(self.lease.token, frozenset(self._resumed))

    def wrote(self, path: Path) -> None:
        """See ``Mirror``; scratch that this process made is for tasks elsewhere."""
        name = self._name(path)
        if not is_scratch(name):
            super().wrote(path)
        elif self.lease is not None:
            self.lease.check()
            digest = digest_file(path)
            etag = self.bucket.put(self._key(name), path, None, digest) or ""
            self._seen[name], self._digests[name] = Object(self._key(name), path.stat().st_size, etag, 0), digest

    def absorb(self, puts: Iterable[Put]) -> None:
        """Take note of what a task put; a part gets its record here."""
        for put in puts:
            self._seen[put.name], self._digests[put.name] = put.found, put.digest
            self._ours.add(put.name)
            path = self.root / put.name
            path.unlink(missing_ok=True)  # of what was there before
            if put.part is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                record_path(path).write_text(json.dumps(asdict(put.part)), encoding="utf-8")

    def bring(self, path: Path) -> None:
        """See ``Backing``."""
        name = self._name(path)
        if not path.exists() and name in self._seen:
            self._fetch(name, self._digests.get(name, ""))

    def fetch(self, folder: Path, parts: Iterable[Part]) -> None:
        """See ``Backing``. Parts come when they are read."""

    def fetch_begun(self, folder: Path) -> None:
        """See ``Backing``. Parts stay where they are: the store says what digest each was put with."""
        top = self._name(folder)
        seals = {f"{top}/{name}" for name in FILE_NAMES}
        names = [name for name in self._known_parts(folder) | seals if name in self._seen]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            digests = list(pool.map(lambda name: self.bucket.digest(self._key(name)), names))
        self._digests |= dict(zip(names, digests, strict=True))
        for name in seals & set(names):
            self.bring(self.root / name)

    def _known_parts(self, folder: Path) -> set[str]:
        """Names of the parts that a seal or a record speaks of."""
        top, seal = self._name(folder), sealed(folder)
        known = {f"{top}/{part.name}" for part in seal.parts} if seal else set()
        return known | {f"{top}/{name}" for name in self._recorded(folder)}

    def _recorded(self, folder: Path) -> set[str]:
        top = self._name(folder)
        here = [path for place in (folder, folder / "data") for path in place.glob(f".*{RECORD}")]
        return {part_of_record(self._name(path), top) for path in here}

    def is_sound(self, folder: Path, part: Part) -> bool:
        """See ``Backing``."""
        name = self._name(folder / part.name)
        found = self._seen.get(name)
        return found is not None and found.size == part.size and self._digests.get(name) == part.digest

    def holds(self, path: Path) -> bool:
        """See ``Backing``."""
        return self._name(path) in self._seen

    def drop(self, path: Path) -> None:
        """See ``Backing``."""
        self._delete([self._name(path), self._name(record_path(path))])

    def clear(self, folder: Path) -> None:
        """See ``Backing``."""
        top = self._name(folder)
        below = len(self.place.key) + 1 if self.place.key else 0
        for one in self.bucket.list(self._key(top)):
            self._seen.setdefault(one.key[below:], one)
        self._delete_all(name for name in self._seen if name.startswith(f"{top}/"))

    def _staying(self, folder: Path) -> set[str]:
        """See ``Mirror``; a part that is kept in the store has its record here."""
        top = self._name(folder)
        kept = {name for part in self._recorded(folder) if (name := f"{top}/{part}") in self._seen}
        if kept:
            self._resumed.add(top)
        else:
            self._resumed.discard(top)
        return super()._staying(folder) | kept

    def _put_part(self, path: Path, part: Part) -> None:
        """A part that a task put is there already."""
        name = self._name(path)
        if name not in self._seen or self._digests.get(name) != part.digest:
            super()._put_part(path, part)

    def close(self) -> None:
        """See ``Mirror``; scratch of work that was broken off goes too."""
        if self.lease is not None:
            with suppress(RunError):  # the next process does it
                self._delete_all(filter(is_scratch, list(self._seen)))
        super().close()
