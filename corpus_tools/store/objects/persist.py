"""Tries again what a network or a busy store refused, ever more slowly, for so long and no longer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

from corpus_tools.errors import CorpusError

Made = TypeVar("Made")

BUDGET_SETTING = "CORPUS_TOOLS_STORE_SECONDS"
BUDGET = 120.0
"""Seconds that one request may take with all its repetitions, unless the environment names others."""
FIRST_SECONDS = 15.0
"""Seconds that the first request to a bucket may take: a wrong address should not be tried for minutes."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 15.0


class Transient(Exception):  # noqa: N818 - no error of its own: it is tried again, or becomes one
    """What may work if it is tried again; the text says what happened."""


def budget() -> float:
    """Seconds that a request may take with all its repetitions."""
    try:
        return max(0.0, float(os.environ.get(BUDGET_SETTING, BUDGET)))
    except ValueError:
        return BUDGET


def persist(action: Callable[[], Made], what: str, refuse: type[CorpusError], seconds: float | None = None) -> Made:
    """What ``action`` gives, tried again after each Transient with pauses that double; ``refuse`` when the time is up."""
    began, tries, pause = time.monotonic(), 0, _FIRST_PAUSE
    allowed = budget() if seconds is None else min(seconds, budget())
    while True:
        tries += 1
        try:
            return action()
        except Transient as error:
            # Many workers that failed together must not come back together.
            wait = pause * (0.5 + (time.monotonic_ns() % 1000) / 2000)
            took = time.monotonic() - began
            if took + wait > allowed:
                raise refuse(
                    f"{what}: {error} (tried {tries} times in {took:.0f} s)",
                    f"check the network and the store; the same command resumes; {BUDGET_SETTING} gives it more time",
                ) from None
            time.sleep(wait)
            pause = min(pause * 2, _LONGEST_PAUSE)
