"""A repository of the Hub as the place of a published corpus: one commit holds all of it, so nobody sees half."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

from corpus_tools.errors import RunError
from corpus_tools.store.files import digest_bytes
from corpus_tools.store.objects.address import Address
from corpus_tools.store.objects.bucket import Object
from corpus_tools.store.objects.hub import HubBucket
from corpus_tools.store.objects.opening import open_bucket

_OF_THE_HUB = (".gitattributes",)
_HINT = "make it on the Hub, and set HF_TOKEN or sign in with: hf auth login"


class HubTarget:
    """See ``targets.Target``. Files go up when the commit is made; those that the Hub has already are not sent."""

    needs_files = True

    def __init__(self, place: Address) -> None:
        bucket = open_bucket(place, RunError)
        if place.key or not isinstance(bucket, HubBucket):
            raise RunError(f"{place} is inside a repository", "name the repository: hf://datasets/OWNER/NAME")
        self._place, self._bucket = place, bucket
        self._api: Any = HfApi()
        self._adds: list[Any] = []
        self._deletes: list[Any] = []
        self._found: dict[str, Object] = {}

    def __str__(self) -> str:
        return str(self._place)

    def names(self) -> dict[str, int]:
        """See ``Target``. What the Hub itself puts into a new repository does not count."""
        self._found = {one.key: one for one in self._bucket.list("") if one.key not in _OF_THE_HUB}
        if set(self._found) == {"README.md"}:
            return {}
        return {name: one.size for name, one in self._found.items()}

    def digest(self, name: str) -> str:
        """The Hub knows other digests than a seal: small files are compared by content, large ones when they are committed."""
        found = self._found[name]
        return digest_bytes(self._bucket.read(name, 0, found.size)) if found.size < 1 << 20 else ""

    def read(self, name: str) -> bytes:
        """See ``Target``."""
        return self._bucket.read(name, 0, self._found[name].size)

    def begin(self) -> None:
        """See ``Target``."""

    def put(self, name: str, path: Path, digest: str) -> None:
        """See ``Target``."""
        self._adds.append(CommitOperationAdd(name, str(path)))

    def put_bytes(self, name: str, content: bytes) -> None:
        """A commit needs no mark that it is on its way."""

    def delete(self, names: Iterable[str]) -> None:
        """See ``Target``."""
        self._deletes += [CommitOperationDelete(name) for name in names if name in self._found]

    def finish(self, message: str) -> None:
        """Make the commit."""
        added = {one.path_in_repo for one in self._adds}
        operations = [*self._adds, *(one for one in self._deletes if one.path_in_repo not in added)]
        options: dict[str, Any] = {"repo_type": self._bucket.kind, "revision": self._bucket.revision or None}
        try:
            self._api.create_commit(self._bucket.name, operations, commit_message=message, **options)
        except (HfHubHTTPError, RepositoryNotFoundError) as error:
            raise RunError(f"{self._place}: the Hub refuses the commit: {str(error).splitlines()[0]}", _HINT) from None
