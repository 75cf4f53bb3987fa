"""The lock of a run in a store: an object that only one process can put, renewed while it works, taken over when it is stale."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass

from corpus_tools.child import born
from corpus_tools.errors import CorpusError, RunError
from corpus_tools.store.files import digest_bytes
from corpus_tools.store.objects.address import Address
from corpus_tools.store.objects.bucket import NEW, Bucket

LOCK = ".lock"
STALE_SETTING = "CORPUS_TOOLS_LOCK_SECONDS"
STALE = 60.0
"""Seconds without a renewal after which another process may take the lock."""
_RENEWALS = 4
"""Renewals in that time."""


@dataclass(frozen=True)
class Owner:
    """Who holds a lock."""

    token: str
    host: str
    pid: int
    born: str
    since: float
    renewed: int = 0


def stale_seconds() -> float:
    """Seconds without a renewal after which a lock is stale."""
    with suppress(ValueError):
        return max(1.0, float(os.environ.get(STALE_SETTING, STALE)))
    return STALE


class Lease:
    """A lock that is held. ``taken_over`` says from whom, if it was."""

    def __init__(self, bucket: Bucket, place: Address) -> None:
        self._bucket, self._place, self._key = bucket, place, (place / LOCK).key
        self._owner = Owner(uuid.uuid4().hex, socket.gethostname(), os.getpid(), born(os.getpid()), time.time())
        self._seconds = stale_seconds()
        self.taken_over = ""
        self._mutex = threading.Lock()
        self._lost = False
        self._etag = self._acquire()
        self._good_until = time.monotonic() + self._seconds / 2
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._keep_alive, daemon=True)
        self._thread.start()

    @property
    def token(self) -> str:
        """What tells this holder from others."""
        return self._owner.token

    def _acquire(self) -> str:
        for _ in range(3):
            etag = self._put(NEW)
            if etag is not None:
                return etag
            held = self._bucket.head(self._key)
            if held is None:
                continue
            owner = self._read(held.size, held.etag)
            if owner is None:
                continue
            why = self._why_stale(owner, held.mtime_ns)
            if not why:
                raise self._refuse(owner)
            etag = self._put(held.etag)
            if etag is not None:
                self.taken_over = f"the lock of process {owner.pid} on {owner.host} was taken over: {why}"
                return etag
        raise RunError(f"another process is taking {self._place}", "wait for it to end, or name another place")

    def _read(self, size: int, etag: str) -> Owner | None:
        """Who holds the lock; None if it changes hands just now."""
        try:
            return Owner(**json.loads(self._bucket.read(self._key, 0, size, etag)))
        except CorpusError:
            return None
        except (ValueError, TypeError):
            return Owner("", "an unknown machine", 0, "", 0.0)

    def _why_stale(self, owner: Owner, renewed_ns: int) -> str:
        """Why a lock may be taken over; '' if it may not. Times are the store's: clocks of machines differ."""
        if owner.host == socket.gethostname() and owner.pid and born(owner.pid) != owner.born:
            return "that process is gone"
        clock = (self._place / f".clock-{self._owner.token}").key
        self._bucket.put(clock, b"")
        now = self._bucket.head(clock)
        self._bucket.delete([clock])
        age = ((now.mtime_ns if now else renewed_ns) - renewed_ns) / 1e9
        return f"it was last heard of {age:.0f} s ago" if age > self._seconds else ""

    def _refuse(self, owner: Owner) -> RunError:
        return RunError(
            f"another process is writing to {self._place}: {owner.pid} on {owner.host}",
            f"wait for it to end, or name another place; a lock that is not renewed for {self._seconds:.0f} s is taken over",
        )

    def _put(self, expect: str) -> str | None:
        content = json.dumps(asdict(self._owner)).encode()
        return self._bucket.put(self._key, content, expect, digest_bytes(content))

    def _keep_alive(self) -> None:
        while not self._done.wait(self._seconds / 2 / _RENEWALS):
            with suppress(CorpusError):  # tried again at the next turn, and before anything is written
                self._renew()

    def _renew(self) -> None:
        with self._mutex:
            if self._lost or self._done.is_set():
                return
            sent = time.monotonic()
            self._owner = Owner(**{**asdict(self._owner), "renewed": self._owner.renewed + 1})
            etag = self._put(self._etag)
            if etag is None:
                self._lost = True
            else:
                self._etag, self._good_until = etag, sent + self._seconds / 2

    def check(self) -> None:
        """RunError unless the lock is surely still held: to be asked before anything is written."""
        if time.monotonic() > self._good_until:
            self._renew()
        if self._lost:
            raise RunError(
                f"{self._place} was taken over by another process, because this one was not heard of for too long",
                "let the other one end; then the same command resumes",
            )

    def release(self) -> None:
        """Give the lock back."""
        self._done.set()
        self._thread.join()
        held = None if self._lost else self._bucket.head(self._key)
        if held is not None and held.etag.split("\n")[0] == self._etag.split("\n")[0]:
            self._bucket.delete([self._key])
