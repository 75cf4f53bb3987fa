"""Lists the objects of a store as a folder of the same files would be listed: the same names, the same order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus_tools.errors import SourceError
from corpus_tools.store.objects.address import Address, parse_address
from corpus_tools.store.objects.bucket import Bucket, Object
from corpus_tools.store.objects.opening import open_bucket
from corpus_tools.store.objects.stored_file import StoredFile, stored_file

_MAGIC = re.compile(r"[*?\[]")


def list_stored(source: str) -> tuple[list[tuple[str, StoredFile]], bool]:
    """The objects that an address names, each with its name, and whether it named a single one.

    An address is a key, a prefix (read as a folder) or a pattern. Raises SourceError if it names nothing.
    """
    address = parse_address(source, SourceError)
    bucket = open_bucket(address, SourceError)
    if address.has_magic:
        return _list_matches(bucket, address, source), False
    if address.key:
        found = bucket.head(address.key)
        if found is not None:
            return [(address.key.rpartition("/")[2], stored_file(address, found))], True
    parent = address.key.rpartition("/")[0] if address.key else None
    listed = [(_name(one.key, parent, address), one) for one in _walk(bucket, address.key)]
    if not listed:
        raise SourceError(
            f"source {source!r} does not exist", "name a key, a prefix or a quoted pattern of keys; prefixes end at a slash"
        )
    return [(name, stored_file(address, one)) for name, one in listed], False


def _list_matches(bucket: Bucket, address: Address, source: str) -> list[tuple[str, StoredFile]]:
    parts = address.key.split("/")
    first = next(number for number, part in enumerate(parts) if _MAGIC.search(part))
    fixed = "/".join(parts[:first])
    pattern = _compile("/".join(parts[first:]))
    below = len(fixed) + 1 if fixed else 0
    matches = [one for one in _walk(bucket, fixed, hidden=True) if pattern.match(one.key[below:])]
    if not matches:
        raise SourceError(f"source {source!r} matches nothing", "check the pattern; ** matches folders at any depth")
    parent = fixed.rpartition("/")[0] if fixed else None
    return [(_name(one.key, parent, address), stored_file(address, one)) for one in matches]


def _compile(pattern: str) -> re.Pattern[str]:
    """A glob over keys as a pattern: ``*`` and ``?`` stay inside a folder and match nothing hidden, ``**`` matches folders.

    A pattern that matches a folder takes what lies below it, as among files.
    """
    parts = []
    for part in pattern.split("/"):
        if part == "**":
            parts.append(r"(?:[^/.][^/]*/)*")
            continue
        told = "" if part.startswith(".") else r"(?!\.)"
        at = 0
        while at < len(part):
            sign = part[at]
            close = part.find("]", at + 2) if sign == "[" else -1
            if close > 0:
                inner = part[at + 1 : close].replace("\\", r"\\")
                told += f"[^{inner[1:]}]" if inner[:1] == "!" else f"[{inner}]"
                at = close
            else:
                told += "[^/]*" if sign == "*" else "[^/]" if sign == "?" else re.escape(sign)
            at += 1
        parts.append(f"{told}/")
    joined = "".join(parts)
    if pattern.endswith("**"):
        return re.compile(f"{joined}[^/.][^/]*\\Z")
    return re.compile(rf"{joined[:-1]}(?:/[^/.][^/]*)*\Z")


def _walk(bucket: Bucket, prefix: str, *, hidden: bool = False) -> Iterator[Object]:
    """The objects below a prefix in the order in which a folder of them is walked: part by part of their keys, hidden ones left out.

    An object of no bytes whose key ends in a slash, or under which others lie, stands for a folder.
    """
    below = len(prefix) + 1 if prefix else 0
    found = [one for one in bucket.list(prefix) if len(one.key) > below and not one.key.endswith("/")]
    found = [one for one in found if hidden or not _is_hidden(one.key[below:])]
    found.sort(key=lambda one: one.key.split("/"))
    for place, one in enumerate(found):
        following = found[place + 1].key if place + 1 < len(found) else ""
        if one.size or not following.startswith(f"{one.key}/"):
            yield one


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def _name(key: str, parent: str | None, address: Address) -> str:
    """The name of a key below ``parent``; in a whole bucket the bucket is the folder, in a repository its last name."""
    if parent is None:
        return f"{address.bucket.rpartition('/')[2].partition('@')[0]}/{key}"
    return key[len(parent) + 1 :] if parent else key
