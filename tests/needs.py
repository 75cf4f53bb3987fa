"""What a test needs of the machine, and how much of it the quick loop asks for."""

from __future__ import annotations

import os

import pytest

IN_CI = os.environ.get("CI", "").lower() in ("1", "true")


class Loop:
    """The test session's own setting: ``quick`` where slow tests are left out and this is not CI."""

    quick = False


def need(found: object, what: str) -> None:
    """Skip the test where ``found`` is falsy; in CI, where everything is there to run for real, fail it."""
    if not found and IN_CI:
        pytest.fail(f"CI without {what}")
    elif not found:
        pytest.skip(f"there is no {what}")


def examples(full: int) -> int:
    """Examples for an expensive property: ``full`` of them, in the quick loop an eighth, but at least ten."""
    return max(10, full // 8) if Loop.quick else full
