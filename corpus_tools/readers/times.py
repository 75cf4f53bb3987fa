"""Reads the many ways in which inputs write the time of a fetch."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_EPOCH = 32_503_680_000  # seconds: the year 3000
_ARCHIVE_TIME = re.compile(r"\d{8}(?:\d{6})?")
_EPOCH_NUMBER = re.compile(r"\d{9,19}(?:\.\d+)?")


def parse_time(value: object) -> datetime | None:
    """UTC time of an ISO 8601 string, an archive's 14 digits (or 8), an HTTP date, epoch seconds
    (or milli-, micro-, nanoseconds, told by size), a date or a datetime; None for anything else.

    A time without a zone is taken as UTC.
    """
    try:
        if isinstance(value, datetime):
            return _utc(value)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _from_epoch(value)
        return _from_text(value.strip()) if isinstance(value, str) and len(value) < 100 else None
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _from_epoch(value: float) -> datetime | None:
    for scale in (1, 1_000, 1_000_000, 1_000_000_000):
        if 0 < value / scale < _MAX_EPOCH:
            return _EPOCH + timedelta(microseconds=round(value * (1_000_000 / scale)))
    return None


def _from_text(text: str) -> datetime | None:
    if _ARCHIVE_TIME.fullmatch(text):
        return datetime.strptime(text, "%Y%m%d%H%M%S" if len(text) == 14 else "%Y%m%d").replace(tzinfo=UTC)
    if _EPOCH_NUMBER.fullmatch(text):
        return _from_epoch(float(text))
    try:
        return _utc(datetime.fromisoformat(text))
    except ValueError:
        return _utc(parsedate_to_datetime(text))
