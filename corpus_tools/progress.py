"""Progress of a run: what a stage tells while it works, and nothing by default in a library; see ``shown`` for bars and events."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What a stage tells while it works."""

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """A stage begins; ``total`` in ``unit`` (pages, bytes, ...) where it is known."""

    def advance(self, amount: int, **counts: int) -> None:
        """``amount`` more is done; ``counts`` are running totals worth showing."""

    def finish(self, note: str = "") -> None:
        """The stage is over; ``note`` is one line that sums it up."""


class Silent:
    """No output: the default for library use."""

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """Say nothing."""

    def advance(self, amount: int, **counts: int) -> None:
        """Say nothing."""

    def finish(self, note: str = "") -> None:
        """Say nothing."""
