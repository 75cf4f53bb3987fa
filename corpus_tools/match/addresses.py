"""Whether two pages have one address (then they are that page as it was at two times), or stand on one site."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

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
    if not url:
        return ""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    host = _bare_host(parts.netloc)
    path = ";".join(part for at, part in enumerate(parts.path.split(";")) if not (at and _VISIT.match(part))).rstrip("/")
    query = "&".join(part for part in parts.query.split("&") if part and not _VISIT.match(part))
    route = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    return f"{host}{path}{'?' if query else ''}{query}{route}"


def hash_addresses(urls: pl.Series | None, count: int) -> Array:
    """A hash of each simplified address, uint64[count]; 0 where there is none."""
    if urls is None or urls.null_count() == count:
        return np.zeros(count, np.uint64)
    simple = pl.Series([simplify_address(url) or None for url in urls], dtype=pl.String)
    return simple.hash().set(simple.is_null(), 0).to_numpy()


def _host(url: str | None) -> str:
    if not url:
        return ""
    try:
        netloc = urlsplit(url.strip()).netloc
    except ValueError:
        return ""
    return _bare_host(netloc)


def _bare_host(netloc: str) -> str:
    return _PORT.sub("", netloc.rpartition("@")[2].lower()).removeprefix("www.")


def hash_sites(urls: pl.Series | None, count: int) -> Array:
    """A hash of the host of each address, uint64[count]; 0 where there is none, as in the path of a file."""
    if urls is None or urls.null_count() == count:
        return np.zeros(count, np.uint64)
    hosts = pl.Series([_host(url) or None for url in urls], dtype=pl.String)
    return hosts.hash().set(hosts.is_null(), 0).to_numpy()


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
