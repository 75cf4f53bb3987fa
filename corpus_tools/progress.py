"""Progress of a run: what a stage tells while it works, by default to a logger; see ``shown`` for bars and events."""

from __future__ import annotations

import logging
import time
from typing import Protocol

LOGGER = logging.getLogger("corpus_tools")
"""What the library has to tell goes here: a stage that begins at level DEBUG, one that is over at INFO."""
LOGGER.addHandler(logging.NullHandler())


class Progress(Protocol):
    """What a stage tells while it works."""

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """A stage begins; ``total`` in ``unit`` (pages, bytes, ...) where it is known."""

    def advance(self, amount: int, **counts: int) -> None:
        """``amount`` more is done; ``counts`` are running totals worth showing."""

    def finish(self, note: str = "") -> None:
        """The stage is over; ``note`` is one line that sums it up."""


class Silent:
    """No output."""

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """Say nothing."""

    def advance(self, amount: int, **counts: int) -> None:
        """Say nothing."""

    def finish(self, note: str = "") -> None:
        """Say nothing."""


class Logged:
    """A line for the logger ``corpus_tools`` when a stage begins and when it is over: the default for library use."""

    def __init__(self) -> None:
        self._stage, self._began = "", 0.0

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """Log that a stage begins, at level DEBUG."""
        self._stage, self._began = stage, time.monotonic()
        LOGGER.debug("%s begins: %s %s", stage, "some" if total is None else f"{total:,}", unit)

    def advance(self, amount: int, **counts: int) -> None:
        """Say nothing."""

    def finish(self, note: str = "") -> None:
        """Log that the stage is over, at level INFO."""
        LOGGER.info("%s took %.1f s: %s", self._stage, time.monotonic() - self._began, note)
