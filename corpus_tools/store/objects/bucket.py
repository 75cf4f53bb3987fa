"""What every store is to this package: a bucket of objects, which are listed, read by ranges, and put whole under a condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from corpus_tools.store.objects.address import Address

NEW = ""
"""Condition of a put: nothing bears the name yet."""


@dataclass(frozen=True)
class Object:
    """An object as listed. ``etag`` changes whenever the object does."""

    key: str
    size: int
    etag: str
    mtime_ns: int


class Bucket(Protocol):
    """The objects of one bucket, container or repository. What a store refuses is raised as the error that was asked for."""

    address: Address
    requests: dict[str, int]
    """How many requests of each kind were sent, those that failed included."""

    def list(self, prefix: str) -> Iterator[Object]:
        """The objects whose keys begin with ``prefix`` and a slash (all of them for ''), page by page, in no promised order."""

    def head(self, key: str) -> Object | None:
        """One object; None if there is none."""

    def read(self, key: str, start: int, end: int, etag: str | None = None) -> bytes:
        """The bytes from ``start`` up to ``end``; an error if the object is no longer the one with this ``etag``, or gone."""

    def put(self, key: str, content: bytes | Path, expect: str | None = None, digest: str = "") -> str | None:
        """Put an object whole; its new etag.

        ``expect`` is NEW, or the etag that the object must still have: None comes back, and nothing is put, if that does not hold.
        ``digest`` is kept with the object.
        """

    def digest(self, key: str) -> str:
        """The digest that was kept with an object; '' if none was, or there is none."""

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; those that are gone are no error."""

    def copy(self, key: str, to: str) -> None:
        """Copy an object inside the bucket."""
