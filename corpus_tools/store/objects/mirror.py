"""A run that lives in a store: its folder on this machine is scratch, and the store holds the run.

What a folder on disk promises holds by three rules. No object is put but under the condition that it is still what this
process last saw (or not there), so no other writer's object is ever replaced. A seal is deleted before any object that it
names is touched, and put after all of them. Only what a seal or a record names is believed.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from corpus_tools.errors import RunError
from corpus_tools.store.begun import STAMPS
from corpus_tools.store.files import digest_file, write_json
from corpus_tools.store.manifest import PART_NAME, RECORD, SEAL, STARTED, Part, read_manifest, record_path, sealed
from corpus_tools.store.objects import run_objects
from corpus_tools.store.objects.address import Address
from corpus_tools.store.objects.bucket import NEW, Object
from corpus_tools.store.objects.lease import Lease
from corpus_tools.store.objects.listed import AT_ONCE, Listed
from corpus_tools.store.objects.run_objects import CLEARING, STATUS_FILE, is_in, is_scratch, part_of_record

_STATUS_EVERY = 5.0
"""Seconds between two puts of what a run is doing."""


class Mirror(Listed):
    """The keeper of a run in a store; see ``store.backing.Backing``. Without a lease it only reads, and keeps what people write."""

    def __init__(self, place: Address, root: Path) -> None:
        super().__init__(place, root)
        self.lease: Lease | None = None
        self._told = 0.0

    def tidy(self) -> None:
        """Take away what a process that was killed after it had put a seal did not come to take away, and what is scratch."""
        names = [*run_objects.left_behind(self._seen), *filter(is_scratch, self._seen)]
        self._delete_all(names)
        for name in names:
            (self.root / name).unlink(missing_ok=True)

    def fetch_begun(self, folder: Path) -> None:
        """See ``Backing``. A part that is not what its record says is left where it is: it is made again."""
        seal = sealed(folder)
        kept = {part.name for part in (*seal.parts, *seal.files)} if seal else set()
        kept |= {
            part_of_record(name, self._name(folder))
            for name in self._seen
            if name.endswith(RECORD) and is_in(name, self._name(folder))
        }
        names = [f"{self._name(folder)}/{name}" for name in kept]
        wanted = [name for name in names if name in self._seen and not (self.root / name).exists()]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._fetch, wanted))

    def wrote(self, path: Path) -> None:
        """See ``Backing``."""
        name = self._name(path)
        if path.name in (STAMPS, CLEARING) or is_scratch(name) or name.startswith("input/"):
            return
        if name == STATUS_FILE:
            self._keep_status(path)
        elif self.lease is None:
            if "/" not in name and name not in ("run.json", "inputs.parquet", ".inputs.json"):
                self._put(name, path)
        elif path.name == STARTED:
            self._align(path.parent)
            self._put(name, path)
        elif path.name == SEAL:
            self._seal(path)
        else:
            record = record_path(path)
            if record.exists():
                self._put(self._name(record), record)
            self._put(name, path)

    def _keep_status(self, path: Path) -> None:
        """What the run is doing, now and then; a store that does not answer stops nothing."""
        if self.lease is None or time.monotonic() - self._told < _STATUS_EVERY:
            return
        self._told = time.monotonic()
        try:
            self._put(STATUS_FILE, path)
        except RunError:
            self.lease.check()

    def _put(self, name: str, path: Path) -> None:
        """Put a file, unless it is there: in place of what this process last saw there, and of nothing else."""
        if self.lease is not None:
            self.lease.check()
        digest = digest_file(path)
        held = self._seen.get(name)
        if held is not None and self._digests.get(name) == digest:
            return
        etag = self.bucket.put(self._key(name), path, held.etag if held else NEW, digest)
        if etag is None:
            raise RunError(f"{self.place / name} was changed by another process", "let that one end; then the same command resumes")
        self._seen[name] = Object(self._key(name), path.stat().st_size, etag, 0)
        self._digests[name] = digest
        self._ours.add(name)

    def _delete(self, names: Iterable[str]) -> None:
        for name in [name for name in names if name in self._seen]:
            if self.lease is not None:
                self.lease.check()
            self.bucket.delete([self._key(name)])
            del self._seen[name]
            self._digests.pop(name, None)
            self._ours.discard(name)

    def _delete_all(self, names: Iterable[str]) -> None:
        """Delete many objects, in no order."""
        chosen = list(names)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda name: self._delete([name]), chosen))

    def _align(self, folder: Path) -> None:
        """Before a table is begun: records of what is kept come, then the seal goes, then what is not here any more."""
        top = self._name(folder)
        stays = self._staying(folder)
        for name in sorted(stays):
            if name.endswith(RECORD):
                self._put(name, self.root / name)
        gone = sorted(name for name in self._ours if is_in(name, self._name(folder)) and name not in stays)
        if gone:
            # Without a seal nothing else would tell, after a kill, that these were ours.
            write_json(folder / CLEARING, gone)
            self._put(f"{top}/{CLEARING}", folder / CLEARING)
        self._delete([f"{top}/{SEAL}", f"{top}/{STARTED}"])
        self._delete([name for name in gone if name != f"{top}/{CLEARING}"])
        self._set_strangers_aside(folder, stays)
        self._delete([f"{top}/{CLEARING}"])
        (folder / CLEARING).unlink(missing_ok=True)

    def _staying(self, folder: Path) -> set[str]:
        """Names of what is there of a table that is begun."""
        return {self._name(path) for place in (folder, folder / "data") if place.is_dir() for path in place.iterdir()}

    def _set_strangers_aside(self, folder: Path, stays: set[str]) -> None:
        """Objects that bear the name of a part and that no stage wrote are moved to ``set_aside/``."""
        top = self._name(folder)
        for name in [name for name in self._seen if is_in(name, self._name(folder)) and name not in stays]:
            inner = name.removeprefix(f"{top}/")
            if PART_NAME.fullmatch(inner):
                self.bucket.copy(self._key(name), self._key(f"{top}/set_aside/{Path(name).name}"))
                self._delete([name])

    def _seal(self, path: Path) -> None:
        """Put what is not there yet, and then the seal; then the records go."""
        manifest = read_manifest(path.parent)
        if manifest is None:
            return
        parts = [*manifest.parts, *manifest.files]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda part: self._put_part(path.parent / part.name, part), parts))
        self._put(self._name(path), path)
        top = self._name(path.parent)
        self._delete([f"{top}/{STARTED}", *(self._name(record_path(path.parent / part.name)) for part in parts)])

    def _put_part(self, path: Path, part: Part) -> None:
        self._put(self._name(path), path)

    def close(self) -> None:
        """The end of the work: what the run was doing goes if it went well, the lock is given back, scratch is deleted."""
        if self.lease is not None:
            if not (self.root / STATUS_FILE).exists():
                self._delete([STATUS_FILE])
            self.lease.release()
        shutil.rmtree(self.root, ignore_errors=True)
