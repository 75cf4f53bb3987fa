"""E-mail addresses and telephone numbers in texts: where they stand, how many there are, and a mark in their place.

The rules would rather miss a number than take a dose, a date, an ISBN or a registry number for one: a number counts if it is
written as the numbers of a country are, or if a word such as "Tel" stands before it. Nothing is repeated without a bound, and only
what stands near a run of digits is looked at closely, so time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

EMAIL_MARK, PHONE_MARK = "[EMAIL_ADDRESS]", "[PHONE_NUMBER]"

QUICK = r"@|[\[({] ?(?:at|AT) ?[\])}]|[0-9](?:[0-9 ().\-/\x{a0}‐‑–]{5,40}[0-9]|[0-9]{2}[ ‐‑)-]{1,2}[0-9‐‑-]{0,5}[A-Z])"
"""What every text holds in which there is anything to find: for an engine that goes through whole columns."""

_LETTER = "A-Za-zÀ-ɏ"
_NAME = r"(?<![A-Za-z0-9_.%+@-])[A-Za-z0-9_%+-][A-Za-z0-9_.%+'-]{0,63}+"
_LABEL = rf"[{_LETTER}0-9](?:[{_LETTER}0-9-]{{0,62}})"
_TOP = r"(?!(?:png|jpe?g|gif|svg|webp|js|css)\b)(?:[A-Za-z]{2,24}|xn--[a-z0-9-]{2,20})(?![A-Za-z0-9_@])"
_EMAIL = re.compile(
    rf"{_NAME}@(?:{_LABEL}\.){{1,8}}{_TOP}"
    rf"|{_NAME} ?[\[({{] ?(?:at|AT) ?[\])}}] ?(?:{_LABEL}(?: ?[\[({{] ?(?:dot|DOT) ?[\])}}] ?|\.)){{1,4}}{_TOP}"
)
_AT = re.compile(r"[\[({] ?(?:at|AT) ?[\])}]")

_BEFORE = rf"(?<![{_LETTER}0-9_@$€£¥=#/+‐‑-])(?<![0-9][.,:–])(?<![0-9][ \u00a0])"
_AFTER = rf"(?![{_LETTER}0-9_%°]|[.,:‐‑–-][0-9])"
_FREE = r"(?:1[ ‐‑-])?(?:8(?:00|33|44|55|66|77|88)|\(8(?:00|33|44|55|66|77|88)\))[ ‐‑-](?=[0-9‐‑-]{0,5}[A-Z]{3})[A-Z0-9](?:[ ‐‑-]?[A-Z0-9]){5,11}"
"""A number in letters, as 1-800-4-CANCER."""
_AMERICAN = (
    r"(?:(?:\+?1[ .\u00a0‐‑-]?)?\([2-9][0-9]{2}\)[ \u00a0]?[‐‑-]?[2-9][0-9]{2}[ .\u00a0‐‑–-][0-9]{4}"  # (301) 555-0123
    r"|(?:\+?1[.‐‑-])?[2-9][0-9]{2}(?P<dash>[.‐‑–-])[2-9][0-9]{2}(?P=dash)[0-9]{4}"  # 301-555-0123, 1.301.555.0123
    r"|(?:\+1[ \u00a0]?|1[ \u00a0](?=8))[2-9][0-9]{2}[ \u00a0‐‑-]?[2-9][0-9]{2}[ \u00a0‐‑-]?[0-9]{4})"  # +1 301 555 0123
)
_GAP = r"(?:[ \u00a0]?[.\-/‐‑–][ \u00a0]?|[ \u00a0])?"
"""Said in one way only: of two ways to match a gap, thirteen gaps in a row would make thousands."""
_COUNTRY = r"(?:7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|(?:2[1-689]|3[578]|42|5[09]|6[789]|8[05789]|9[679])[0-9])"
"""Calling codes of the International Telecommunication Union, but for 1, whose numbers have a shape of their own."""
_ABROAD = rf"(?:\(?\+|00[ \u00a0]?){_COUNTRY}\)?(?:{_GAP}\(0\))?(?:{_GAP}\(?[0-9]\)?){{6,13}}"
_PAIRS = r"0[1-9](?P<pair>[ .\u00a0])[0-9]{2}(?:(?P=pair)[0-9]{2}){3}"
"""Five pairs, as 01 42 34 56 78."""
_AREA = r"(?:\(0[1-9][0-9]{1,4}\)[ \u00a0]?|0[1-9][0-9]{1,4}(?:[ \u00a0]|[ \u00a0]?/[ \u00a0]?|[‐‑-]))"
_TRUNK = rf"(?:{_AREA}[1-9][0-9]{{1,7}}(?:[ \u00a0‐‑-][0-9]{{3,5}}){{0,2}}|0[1-9]-[1-9][0-9]{{2,3}}-[0-9]{{4}})"
"""An area that begins with 0, as 020 7946 0958, 030/123456 or 03-1234-5678."""
_CUE = (
    r"(?:\b(?i:tel|telephone|tele?fone?|phone|fax|hotline|helpline|call us|call|dial|whatsapp|toll[- ]free|t[ée]l[ée]phone|t[ée]l"
    r"|tel[ée]fono|telefoon|telefax|mobil|mobile|handy|portable|m[óo]vil|тел|телефон)\b|电话|電話|热线|전화|هاتف)"
    r"(?i: ?(?:number|no|nr|us|at|on|is|line|toll[- ]free))?[ \u00a0.:;|#–-]{0,6}"
)
_SAID = rf"\(?[0-9]{{1,5}}\)?(?:{_GAP}\([0-9]{{1,4}}\))?(?:{_GAP}[0-9]){{2,13}}"
_PHONE = re.compile(
    rf"{_BEFORE}(?P<shaped>{_FREE}|{_AMERICAN}|{_ABROAD}|{_PAIRS}|{_TRUNK}){_AFTER}|{_CUE}(?P<said>{_FREE}|\+?{_SAID}){_AFTER}"
)
_RUN = re.compile(r"[0-9](?:[0-9 ().\-/\u00a0‐‑–]{5,40}[0-9]|[0-9]{2}[ ‐‑)-]{1,2}[0-9‐‑-]{0,5}[A-Z])")
_DATE = re.compile(
    r"(?<![0-9])(?:[0-9]{1,2}[ ./–-][0-9]{1,2}[ ./–-](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}[ ./–-](?:[0-9]{1,2}[ ./–-][0-9]{1,2}|(?:19|20)[0-9]{2}))(?![0-9])"
)
_OTHER = re.compile(
    r"(?i:isbn|issn|pmid|pmc|pubmed|nct|doi|omim|ndc|cas|ein|tax id|icd|orcid|isrctn|eudract|patent|upc|ean|sku|iban|account|konto|invoice|order"
    r"|item|serial|lot|batch)[^0-9\n]{0,12}\Z"
)
"""A word that says that the number after it is of another sort."""
_POSTCODE = re.compile(r"[0-9]{5}-[0-9]{4}")
_NEAR, _LONGEST, _LEAST_SAID, _LEAST_SHAPED = 40, 120, 7, 9


def find_emails(text: str) -> Iterator[tuple[int, int]]:
    """Where e-mail addresses stand in a text, also those with ``(at)``."""
    if "@" in text or _AT.search(text):
        yield from (found.span() for found in _EMAIL.finditer(text))


def find_phones(text: str) -> Iterator[tuple[int, int]]:
    """Where telephone numbers stand in a text."""
    for first, last in _windows(text):
        for found in _PHONE.finditer(text, first, last):
            start, end = found.span("said" if found["said"] else "shaped")
            if not _is_something_else(text, start, end, said=bool(found["said"])):
                number = text[start:end]
                yield start + (number[0] == "(" and ")" not in number), end - (number[-1] == ")" and "(" not in number)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of a text that hold runs of digits, with what may stand around these; no two overlap."""
    first = last = -1
    for run in _RUN.finditer(text):
        if run.start() - _NEAR > last:
            if last >= 0:
                yield first, last
            first = max(0, run.start() - _NEAR)
        last = run.end() + _LONGEST
    if last >= 0:
        yield first, last


def _is_something_else(text: str, start: int, end: int, *, said: bool) -> bool:
    """Whether what is written as a number might be is a date, a number of another sort, or too short for one without a word before it."""
    number = text[start:end]
    if _DATE.search(number) or _OTHER.search(text[max(0, start - _NEAR) : start]):
        return True
    signs = sum(map(str.isalnum, number))
    if said:
        return signs < _LEAST_SAID
    return number.lstrip("(")[0] == "0" and (signs < _LEAST_SHAPED or _POSTCODE.fullmatch(number) is not None)


def redact(text: str) -> tuple[str, int, int]:
    """The text with a mark in the place of each e-mail address and telephone number, and how many of each there were."""
    text, emails = _replace(text, find_emails(text), EMAIL_MARK)
    text, phones = _replace(text, find_phones(text), PHONE_MARK)
    return text, emails, phones


def count_personal(text: str) -> tuple[int, int]:
    """How many e-mail addresses and telephone numbers a text holds."""
    return redact(text)[1:]


def _replace(text: str, places: Iterator[tuple[int, int]], mark: str) -> tuple[str, int]:
    """The text with ``mark`` in each of the places, and how many there were."""
    pieces, done, found = [], 0, 0
    for start, end in places:
        pieces += [text[done:start], mark]
        done, found = end, found + 1
    return ("".join([*pieces, text[done:]]) if found else text), found
