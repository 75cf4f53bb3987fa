"""The title of a page: what its title element, its headings, Open Graph and linked data say together, without the site's name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from html import unescape

from corpus_tools.clean.html.blocks import SOFT_HYPHEN, Head

_HEADLINE = re.compile(r'"headline"\s{0,9}:\s{0,9}("(?:[^"\\]|\\.){3,500}+")')
_SEPARATOR = re.compile(r"\s+[|\-–—·•»«:~]{1,2}\s+|\s*[|»«]\s*|\s+::\s+")
_BAR = re.compile(r"\s*[|»«]\s*|\s+::\s+")
_SIGNS = re.compile(r"[\W_]+")
_SITE_WORDS = 5
_ESCAPED = re.compile(
    r"&(?:#\d{2,5}|#x[\da-f]{2,5}|amp|quot|[lr][sd]quo|[nm]dash|nbsp|hellip|[a-z](?:acute|grave|uml|circ|tilde|cedil)|szlig);", re.I
)
"""A sign that was escaped twice; "&lt;b&gt;" may be what a title is about."""
_TAG = re.compile(r"<[a-zA-Z/][^<>]{0,200}>")


def choose_title(head: Head, headings: Sequence[str], short_texts: Iterable[str]) -> str | None:
    """The title, exact as the page writes it; None without one.

    ``headings`` are the page's h1 in order. ``short_texts`` are its shortest blocks, in which the site's name may stand.
    """
    title, og = _clean(head.title or "") or None, _clean(head.meta.get("og:title", ""))
    site = _key(head.meta.get("og:site_name", ""))
    named = [text for text in (*headings, _headline(head), og) if text and _key(text) and _key(text) != site]
    for text in named:
        if title and _opens(title, text):
            return text
    for place, text in enumerate(named):
        if any(_key(text) == _key(other) for other in named[place + 1 :]):
            return text
    for text in named:
        if title and _ends(title, text) and len(text.split()) > _SITE_WORDS:
            return text
    return _without_site(og or title, site, short_texts) or (named[0] if named else title)


def _clean(text: str) -> str:
    """A text with single spaces, and as it was meant where it was escaped twice."""
    if "&" in text and _ESCAPED.search(text):
        text = unescape(text)
    return " ".join(text.replace(SOFT_HYPHEN, "").split())


def _key(text: str) -> str:
    """A text by which it is compared: letters and digits in lower case."""
    return _SIGNS.sub(" ", text.lower()).strip()


def _headline(head: Head) -> str:
    for data in head.linked_data:
        if found := _HEADLINE.search(data):
            try:
                return _clean(_TAG.sub("", json.loads(found[1], strict=False)))
            except ValueError:
                continue
    return ""


def _opens(title: str, text: str) -> bool:
    """Whether ``text`` is the title, or its first parts."""
    key, parts = _key(text), _SEPARATOR.split(title)
    return key == _key(title) or any(key == _key(" ".join(parts[:n])) for n in range(1, len(parts)))


def _ends(title: str, text: str) -> bool:
    key, parts = _key(text), _SEPARATOR.split(title)
    return any(key == _key(" ".join(parts[n:])) for n in range(1, len(parts)))


def _is_among(key: str, texts: Iterable[str]) -> bool:
    """Whether one of some texts has a key. Its first word must stand in the text: that is looked for first."""
    word = key.partition(" ")[0]
    return any(word in text.lower() and _key(text) == key for text in texts)


def _without_site(title: str | None, site: str, short_texts: Iterable[str]) -> str | None:
    """A title without the site's name at either end, where the page shows which part that is."""
    if not title:
        return None
    opening = title.partition(": ")
    if site and opening[2] and _key(opening[0]) == site:
        return opening[2]
    found = list(_SEPARATOR.finditer(title))
    if not found:
        return title
    last, first = title[found[-1].end() :], title[: found[0].start()]
    rest, head = title[: found[-1].start()], title[found[0].end() :]
    name = _key(last)
    if (
        (name and name == site)
        or _is_among(name, short_texts)
        or (_BAR.fullmatch(found[-1][0]) and len(last.split()) <= _SITE_WORDS < len(title.split()))
    ):
        return rest
    return head if _key(first) == site and site else title
