"""Whether two pages have one address (then they are that page as it was at two times), or stand on one site."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, urlsplit

import numpy as np
import polars as pl

Array = np.ndarray[Any, np.dtype[Any]]

VISIT_NAMES = (
    "jsessionid", "phpsessid", "sid", "sessionid", "session_id", "utm_[a-z]+", "fbclid", "gclid", "msclkid", "mc_cid", "mc_eid",
    "igshid",
)  # fmt: skip
"""Parameters, as regular expressions, that tell of a visit and not of a page: sessions and campaigns."""
_VISIT = re.compile(rf"(?i)(?:{'|'.join(VISIT_NAMES)})(?:=|$)")
_PORT = re.compile(r":(?:80|443)?$")


def simplify_address(url: str | None) -> str:
    """``url`` without what differs between two ways to one page; '' if it is none.

    Left out are the scheme, ``www.``, the usual ports, a slash at the end, sessions and campaigns, and a fragment, unless it
    is a route of a script (``#!/news``). The order of parameters stays, as does the case of all but the host.
    """
    parts = _split(url)
    if parts is None:
        return ""
    host = _bare_host(parts)
    path = ";".join(part for at, part in enumerate(parts.path.split(";")) if not (at and _VISIT.match(part))).rstrip("/")
    query = "&".join(part for part in parts.query.split("&") if part and not _VISIT.match(part))
    route = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    return f"{host}{path}{'?' if query else ''}{query}{route}"


def hash_addresses(urls: pl.Series | None, count: int) -> Array:
    """A hash of each simplified address, uint64[count]; 0 where there is none."""
    return _hash_each(urls, count, simplify_address)


def hash_sites(urls: pl.Series | None, count: int) -> Array:
    """A hash of the host of each address, uint64[count]; 0 where there is none, as in the path of a file."""
    return _hash_each(urls, count, _host)


def _hash_each(urls: pl.Series | None, count: int, name: Callable[[str | None], str]) -> Array:
    """A hash of what ``name`` makes of each address, uint64[count]; 0 where that is nothing."""
    if urls is None or urls.null_count() == count:
        return np.zeros(count, np.uint64)
    names = pl.Series([name(url) or None for url in urls], dtype=pl.String)
    return names.hash().set(names.is_null(), 0).to_numpy()


def _host(url: str | None) -> str:
    parts = _split(url)
    return "" if parts is None else _bare_host(parts)


def _split(url: str | None) -> SplitResult | None:
    """The parts of an address; None of what is none."""
    try:
        return urlsplit(url.strip()) if url else None
    except ValueError:
        return None


def _bare_host(parts: SplitResult) -> str:
    return _PORT.sub("", parts.netloc.rpartition("@")[2].lower()).removeprefix("www.")


def share_site(sites: Array, left: Array, right: Array) -> tuple[Array, Array]:
    """Whether pages are known to stand on one host, and on two; bool[pairs] each.

    ``sites`` are hashes of pages, ``left`` and ``right`` positions of pairs in them.
    """
    a, b = sites[left], sites[right]
    known = (a != 0) & (b != 0)
    return known & (a == b), known & (a != b)


def share_address(own: Array, stated: Array, left: Array, right: Array) -> Array:
    """Whether pages have one address, or one states the other's as its canonical one; bool[pairs].

    ``own`` and ``stated`` are hashes of pages, ``left`` and ``right`` positions of pairs in them. That both state the same
    address says nothing: on many a site every page states the home page.
    """
    a, b = own[left], own[right]
    same = (a == b) | (stated[left] == b) | (a == stated[right])
    return np.asarray(same & (a != 0) & (b != 0))
