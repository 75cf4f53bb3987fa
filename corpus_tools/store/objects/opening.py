"""Opens the bucket of an address with the library for its store, once a process."""

from __future__ import annotations

import os

from corpus_tools.errors import CorpusError, MissingExtraError
from corpus_tools.store.objects.address import Address
from corpus_tools.store.objects.bucket import Bucket

_EXTRAS = {"s3": "s3", "gs": "gs", "az": "az", "hf": "hf"}
_OPEN: dict[tuple[int, Address, type[CorpusError]], Bucket] = {}


def open_bucket(address: Address, refuse: type[CorpusError]) -> Bucket:
    """The bucket of an address, one connection a process; what it refuses is raised as ``refuse``.

    Raises MissingExtraError without the library for it.
    """
    place = Address(address.scheme, address.bucket, account=address.account)
    # A connection does not survive a fork: each process opens its own.
    key = (os.getpid(), place, refuse)
    if key not in _OPEN:
        _OPEN[key] = _open(place, refuse)
    return _OPEN[key]


def forget() -> None:
    """Connections are opened anew: how stores are reached has changed."""
    _OPEN.clear()


def _open(place: Address, refuse: type[CorpusError]) -> Bucket:
    try:
        if place.scheme == "hf":
            from corpus_tools.store.objects.hub import HubBucket

            return HubBucket(place, refuse)
        from corpus_tools.store.objects.through_obstore import ObstoreBucket

        return ObstoreBucket(place, refuse)
    except ModuleNotFoundError as error:
        if error.name not in ("obstore", "huggingface_hub"):
            raise
        extra = _EXTRAS[place.scheme]
        raise MissingExtraError(
            f"{place} needs {error.name}, which is not installed", f"install it with: pip install 'corpus-tools[{extra}]'"
        ) from None
