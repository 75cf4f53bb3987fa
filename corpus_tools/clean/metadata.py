"""What a page states about itself: author, date, licence and canonical address, read off the head that the walk noted and a few tags.

No second tree is built: tags are looked for in the bytes by a word they must hold, so that a page costs a small part of its parsing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from corpus_tools.clean.dates import parse_date
from corpus_tools.clean.html.blocks import Head
from corpus_tools.clean.lines.lexicon import LANGUAGES
from corpus_tools.clean.lines.metalines import shapes_of
from corpus_tools.clean.telling_words import TellingWords
from corpus_tools.cut import Cut, fold_line

METADATA = ("published", "author", "licence", "canonical_url")

_DATES = (
    *(
        "article:published_time",
        "datepublished",
        "date",
        "dc.date",
        "dcterms.date",
        "dc.date.issued",
        "dcterms.created",
        "dcterms.issued",
    ),
    *("citation_publication_date", "citation_date", "citation_online_date", "parsely-pub-date", "sailthru.date", "publishdate"),
    *("publish-date", "publish_date", "pubdate", "publication_date", "og:published_time"),
)
_AUTHORS = (
    *("author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author", "sailthru.author"),
    *("byl", "article:author_name"),
)
_LICENCES = ("dcterms.license", "dc.rights.license", "license")
NAMES = (*_DATES, *_AUTHORS, *_LICENCES, "og:url")
"""Names of the <meta> elements that are asked for."""

_MOST_TAGS, _MOST_BYTES = 30, 2_000
"""Tags that are looked at for one fact, and bytes of the longest."""
_MOST_AUTHORS, _LONGEST_NAME = 10, 100
_LONGEST_LINE, _LONGEST_DATE = 300, 40
"""Characters of the longest cut that may say when the page was published, and of the date after the cue."""
_OF_OTHERS = frozenset(("link_farm", "comments", "comment_form", "advert"))
"""Kinds of cuts whose dates are those of other pages."""
_DATE_WORDS = (b"datePublished", b"pubdate", b"entry-date")
_WORDS = TellingWords((*_DATE_WORDS, b"datetime=", b"license", b"canonical"), _MOST_TAGS)
"""What tags hold that tell a fact."""
_Tags = Callable[[bytes], Iterator[bytes]]
"""The tags of a page that hold a word, in order."""
_ATTRIBUTE = re.compile(rb"""([a-zA-Z:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_STRING = r'"((?:[^"\\]|\\.){1,300}+)"'
_DATE_DATA = re.compile(rf'"datePublished"\s*:\s*{_STRING}')
_LICENCE_DATA = re.compile(rf'"license"\s*:\s*{_STRING}')
_AUTHOR_DATA = re.compile(rf'"author"\s*:\s*(?:{_STRING}|(?=[\[{{]))')
_NAME_DATA = re.compile(rf'"name"\s*:\s*{_STRING}')
_CREATIVE_COMMONS = re.compile(
    r"creativecommons\.org/(?:licenses/(by(?:-nc)?(?:-nd|-sa)?)|publicdomain/(zero|mark))/(\d\.\d)", re.I
)
_PLAIN_ADDRESS = re.compile(r"https?://[a-zA-Z0-9.-]++(?:/[a-zA-Z0-9/._~-]*+)?")
"""An absolute address that stays as it is wherever it stands."""
_CHANGED = re.compile(r"updat|modif|review|revis|last|aktualisiert|geändert|mis à jour|actualizado|edited|ago\b")
_SAYS_PUBLISHED = re.compile(
    r"\b(?:published|posted|veröffentlicht|erschienen|publiée?|publicad[oa]|pubblicat[oa]|gepubliceerd|geplaatst|opublikowan[oy]|опубликован[ао]|yayınlanma"
    r"|نشر)\b|公開日|投稿日|发布|發布|发表于|입력|등록"
)
_AFTER_NAME = re.compile(r"\s*(?:[|•·–—,(»/]|\s-(?:\s|$)|\d|\s(?:on|at|in|for|updated|published|posted)\s)", re.I)
"""What ends the name in a byline."""
_BEGINS_BY = re.compile(r"(?:by|von|par|por)\s+", re.I)


def read_metadata(head: Head, raw: bytes, url: str | None = None) -> dict[str, str | None]:
    """The facts that a page in UTF-8 states in its head, its linked data and its tags; None for what it does not state."""
    meta = {name: value for name, value in head.meta.items() if value.strip()}
    tags = partial(_tags_with, raw, _WORDS.find(raw))
    canonical = _canonical(tags) or meta.get("og:url")
    return {
        "published": _published(meta, head, tags),
        "author": _author(meta, head),
        "licence": _licence(meta, head, tags),
        "canonical_url": _absolute(canonical, meta.get("og:url") or url),
    }


def add_from_cuts(found: dict[str, str | None], cuts: Iterable[Cut], language: str | None) -> dict[str, str | None]:
    """``found`` with the date, and the author, of lines that were cut, where the page states none."""
    for cut in cuts:
        if not found["published"] and (day := _day_of(cut)):
            found = found | {"published": day}
        if cut.kind == "byline" and not found["author"]:
            found = found | {"author": _from_byline(cut.passage, language)}
    return found


def _day_of(cut: Cut) -> str | None:
    """The day of publication that a cut tells: a date line or byline, or after a cue such as "Posted on"."""
    if cut.kind in ("date_line", "byline") and len(cut.passage) <= _LONGEST_NAME:
        return parse_date(_CHANGED.split(fold_line(cut.passage), maxsplit=1)[0])
    if len(cut.passage) > _LONGEST_LINE or "20" not in cut.passage or cut.kind in _OF_OTHERS:
        return None
    folded = fold_line(cut.passage)
    said = _SAYS_PUBLISHED.search(folded)
    return parse_date(_CHANGED.split(folded[said.end() : said.end() + _LONGEST_DATE], maxsplit=1)[0]) if said else None


def _published(meta: dict[str, str], head: Head, tags: _Tags) -> str | None:
    said = [meta[name] for name in _DATES if name in meta]
    said += [_unquote(found[1]) for data in head.linked_data for found in _DATE_DATA.finditer(data)]
    for text in said:
        if (date := parse_date(text.lower())) is not None:
            return date
    for word in _DATE_WORDS:
        for tag in tags(word):
            given = _attributes(tag)
            if (
                date := parse_date((given.get("datetime") or given.get("content") or given.get("title") or "").lower())
            ) is not None:
                return date
    shown = {date for tag in tags(b"datetime=") if (date := parse_date(_attributes(tag).get("datetime", "").lower()))}
    return shown.pop() if len(shown) == 1 else None  # of several, one may be that of another page


def _author(meta: dict[str, str], head: Head) -> str | None:
    named = [name for key in _AUTHORS if key in meta and (name := _person(meta[key]))]
    if not named:
        named = [name for data in head.linked_data for text in _authors_of(data) if (name := _person(text))]
    return "; ".join(list(dict.fromkeys(named))[:_MOST_AUTHORS]) or None


def _authors_of(data: str) -> Iterator[str]:
    """Names of the authors in one script of linked data."""
    for found in _AUTHOR_DATA.finditer(data):
        if found[1] is not None:
            yield _unquote(found[1])
            continue
        part = data[found.end() : found.end() + _MOST_BYTES]
        end = part.find("]" if part.startswith("[") else "}")
        for name in _NAME_DATA.finditer(part, 0, end if end >= 0 else len(part)):
            yield _unquote(name[1])


def _person(text: str) -> str:
    """A name, "" for what is none: an address, a sentence, an account."""
    name = _BEGINS_BY.sub("", " ".join(unescape(text).split()), count=1).strip(" ,;|")
    wrong = "://" in name or name.startswith("@") or "<" in name or len(name) > _LONGEST_NAME or not any(map(str.isalpha, name))
    return "" if wrong else name


def _from_byline(passage: str, language: str | None) -> str | None:
    first, below = (*passage.split("\n", 2), "")[:2]
    line = " ".join((first if len(first.split()) > 2 else f"{first} {below}").split())
    shape = shapes_of(language if language in LANGUAGES else "en")
    found = shape.byline.match(fold_line(line))
    if found is None or len(line) > _LONGEST_NAME:
        return None
    words = _AFTER_NAME.split(line[found.end() :], maxsplit=1)[0].split()
    while words and words[-1].lower().strip(".") in shape.dates:  # of a date that follows without a sign
        words.pop()
    return _person(" ".join(words)) or None if 1 < len(words) <= 5 else None


def _licence(meta: dict[str, str], head: Head, tags: _Tags) -> str | None:
    said = [meta[name] for name in _LICENCES if name in meta]
    for tag in tags(b"license"):
        given = _attributes(tag)
        if "license" in given.get("rel", "").lower().split() and given.get("href"):
            said.append(given["href"])
    said += [_unquote(found[1]) for data in head.linked_data for found in _LICENCE_DATA.finditer(data)]
    return _spell_licence(said[0]) if said else None


def _spell_licence(text: str) -> str:
    """A licence as it is called; one that is not of Creative Commons as the page gives it."""
    found = _CREATIVE_COMMONS.search(text)
    if found is None:
        return text.strip()[:200]
    return f"CC {(found[1] or {'zero': '0', 'mark': 'PDM'}[found[2].lower()]).upper()} {found[3]}".replace("CC 0", "CC0")


def _canonical(tags: _Tags) -> str | None:
    for tag in tags(b"canonical"):
        given = _attributes(tag)
        if tag[:5].lower() == b"<link" and "canonical" in given.get("rel", "").lower().split():
            return given.get("href") or None
    return None


def _absolute(address: str | None, base: str | None) -> str | None:
    if not address:
        return None
    if _PLAIN_ADDRESS.fullmatch(address):
        return address
    try:
        whole = urljoin(base, address.strip()) if base else address.strip()
        parts = urlsplit(whole)
    except ValueError:
        return None
    return whole if parts.scheme in ("http", "https") and parts.netloc else None


def _tags_with(raw: bytes, places: dict[bytes, list[int]], word: bytes) -> Iterator[bytes]:
    """The tags that hold a word, of which the ``places`` are known, in order."""
    for at in places[word]:
        start, end = raw.rfind(b"<", max(0, at - _MOST_BYTES), at), raw.find(b">", at, at + _MOST_BYTES)
        if start >= 0 and end > 0 and raw.find(b">", start, at) < 0:
            yield raw[start : end + 1]


def _attributes(tag: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(tag):
        value: Any = next(filter(None, values), b"")
        found.setdefault(name.decode().lower(), unescape(value.decode("utf-8", "replace")).strip())
    return found


def _unquote(text: str) -> str:
    """A JSON string without its quotes."""
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text
