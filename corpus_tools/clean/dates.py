"""Days that a text names, in the languages of the lexicons."""

from __future__ import annotations

import datetime
import re
from functools import cache

_FIRST_YEAR, _LAST_YEAR = 1990, 2099
_NUMERIC = re.compile(r"(?<!\d)((?:19|20)\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)|(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)\d{2})(?!\d)")
_MONTHS = """
january jan januar jänner janvier enero ene janeiro gennaio januari stycznia января ocak
february feb februar février fév febrero fevereiro febbraio februari lutego февраля şubat
march mar märz mars marzo março maart marca марта mart
april apr avril abril abr aprile kwietnia апреля nisan
may mai mayo maio maggio mei maja мая mayıs
june jun juni juin junio junho giugno czerwca июня haziran
july jul juli juillet julio julho luglio lipca июля temmuz
august aug août agosto ago augustus sierpnia августа ağustos
september sep sept septembre septiembre setembro settembre września сентября eylül
october oct oktober okt octobre octubre outubro ottobre października октября ekim
november nov novembre noviembre novembro listopada ноября kasım
december dec dezember dez décembre déc diciembre dic dezembro dicembre grudnia декабря aralık
"""
"""Names of the months, a line each."""


def parse_date(text: str) -> str | None:
    """The first day that a text names, as YYYY-MM-DD. A day and a month in figures must tell which is which."""
    if (found := _NUMERIC.search(text)) is not None:
        year, month, day = found.groups()[:3] if found[1] else found.groups()[3:]
        if (date := _valid(int(year), int(month), int(day))) is not None:
            return date
    if (found := _named_month().search(text)) is not None:
        before, one, other, after, year = found.groups()
        return _valid(int(year), _months()[one or other], int(before or after))
    if (found := _DAY_FIRST.search(text)) is not None:
        one, two, year = map(int, found.groups())
        if two > 12 or one > 12 or one == two:
            return _valid(year, one, two) if two > 12 else _valid(year, two, one)
    return None


def _valid(year: int, month: int, day: int) -> str | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


@cache
def _months() -> dict[str, int]:
    return {name: number for number, line in enumerate(_MONTHS.strip().splitlines(), 1) for name in line.split()}


@cache
def _named_month() -> re.Pattern[str]:
    months = "|".join(sorted(map(re.escape, _months()), key=lambda name: (-len(name), name)))
    day = r"(\d{1,2})(?:st|nd|rd|th|º|er|\.)?"
    return re.compile(
        rf"(?<!\d)(?:{day}\s*(?:de\s+|of\s+)?\b({months})|\b({months})\.?\s*{day})\b\.?,?\s*(?:de\s+|del\s+)?((?:19|20)\d{{2}})(?!\d)",
        re.I,
    )
