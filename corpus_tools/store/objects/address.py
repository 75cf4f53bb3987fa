"""Addresses of objects: ``s3://BUCKET/KEY``, ``gs://``, ``az://`` (also ``abfs://``) and ``hf://datasets/OWNER/NAME/KEY``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from corpus_tools.errors import CorpusError, PlanError

SCHEMES = {"s3": "s3", "s3a": "s3", "gs": "gs", "gcs": "gs", "az": "az", "abfs": "az", "abfss": "az", "hf": "hf"}
"""Schemes as they are written -> as they are kept."""
_ADDRESS = re.compile(rf"({'|'.join(SCHEMES)}):/{{1,2}}(?=[^/])", re.IGNORECASE)
"""One slash is enough: a ``Path`` has made one of two."""
_HUB_KINDS = ("datasets", "spaces")
_AZURE_HOST = re.compile(r"([^@/]+)@([a-z0-9]+)\.(?:dfs|blob)\.core\.windows\.net", re.IGNORECASE)
_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Address:
    """A place in a store. ``bucket`` is a bucket, a container or a repository; ``key`` has no slash at either end; '' is all of it."""

    scheme: str
    bucket: str
    key: str = ""
    account: str = ""
    """The account of a container in Azure, where the address names one."""

    def __str__(self) -> str:
        return f"{self.top}/{self.key}" if self.key else self.top

    @property
    def top(self) -> str:
        """The address of the bucket."""
        return f"{self.scheme}://{self.bucket}"

    @property
    def has_magic(self) -> bool:
        """Whether the key is a pattern."""
        return _MAGIC.search(self.key) is not None

    def __truediv__(self, name: str) -> Address:
        return replace(self, key=f"{self.key}/{name}" if self.key else name)

    def holds(self, other: Address) -> bool:
        """Whether ``other`` is this place, or lies below it."""
        same = (self.scheme, self.bucket, self.account) == (other.scheme, other.bucket, other.account)
        return same and (not self.key or other.key == self.key or other.key.startswith(f"{self.key}/"))


def is_address(given: object) -> bool:
    """Whether something is written as the address of a place in an object store (and no file has that very name)."""
    text = str(given)
    return _ADDRESS.match(text) is not None and not Path(text).exists()


def parse_address(given: str | Path, refuse: type[CorpusError] = PlanError) -> Address:
    """The address that ``given`` is. Raises ``refuse`` for one that names no bucket."""
    text = str(given)
    found = _ADDRESS.match(text)
    if found is None:
        raise refuse(f"{text!r} is not an address of an object store", "write it as s3://BUCKET/KEY, gs://, az:// or hf://")
    scheme, rest = SCHEMES[found[1].lower()], text[found.end() :].rstrip("/")
    parts = rest.split("/")
    if scheme == "hf":
        return _parse_hub(text, parts, refuse)
    bucket, key = parts[0], "/".join(part for part in parts[1:] if part)
    account = _AZURE_HOST.fullmatch(bucket) if scheme == "az" else None
    if account is not None:
        return Address(scheme, account[1], key, account[2])
    if "@" in bucket or ":" in bucket:
        raise refuse(f"{text!r} names no bucket", "write it as s3://BUCKET/KEY; keys and secrets are never part of an address")
    return Address(scheme, bucket, key)


def _parse_hub(text: str, parts: list[str], refuse: type[CorpusError]) -> Address:
    """``datasets/OWNER/NAME@REVISION/KEY``; a model has no word before its owner."""
    count = 3 if parts[0] in _HUB_KINDS else 2
    if len(parts) < count or not all(parts[:count]):
        raise refuse(f"{text!r} names no repository", "write it as hf://datasets/OWNER/NAME or hf://datasets/OWNER/NAME/FILES")
    return Address("hf", "/".join(parts[:count]), "/".join(part for part in parts[count:] if part))
