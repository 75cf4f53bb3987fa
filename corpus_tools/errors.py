"""The exceptions of this package: every message names the bad value and ends with a hint.

CorpusError                 anything this package raises on purpose
├── PlanError               a plan, option or argument is wrong              (exit code 2)
├── SourceError             an input does not exist or cannot be read at all (exit code 3)
├── RunError                a run folder cannot be used, or the machine stops the work (exit code 2)
├── MixedSignaturesError    signatures of different schemes were mixed       (exit code 2)
├── MissingExtraError       an optional dependency is not installed          (exit code 2)
└── GateError               a check on the result failed                     (exit code 1)
"""

from __future__ import annotations

_TURNS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
"""Characters that turn the direction of the text around them; the marks of single letters stay."""
CONTROL_CHARACTERS = (0x7F, *range(0x80, 0xA0), *_TURNS, 0x2028, 0x2029, *range(0xFFF9, 0xFFFC))
"""Codes of characters that may steer a terminal, beside those below 32, which JSON escapes by itself."""
_SHOWN = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"} | dict.fromkeys(CONTROL_CHARACTERS, "\ufffd")
_SHOWN[0x7F] = "\u2421"


def visible(text: str) -> str:
    """``text`` with every control character but line breaks and tabs, and every override of direction, as a sign that shows it."""
    return text.translate(_SHOWN)


def find_interrupt(error: BaseException) -> KeyboardInterrupt | None:
    """The Ctrl-C or SIGTERM that ``error`` is or came of: one that falls between the steps of a lock makes another error of it."""
    at: BaseException | None = error
    seen: set[int] = set()
    while at is not None and id(at) not in seen:
        if isinstance(at, KeyboardInterrupt):
            return at
        seen.add(id(at))
        at = at.__context__ or at.__cause__
    return None


class CorpusError(Exception):
    """Base class of the errors of this package: ``what`` went wrong, and a ``hint`` on what to do.

    ``str(error)`` is two lines: the problem with the bad value, then ``hint: ...``.
    """

    exit_code = 1

    def __init__(self, what: str, hint: str) -> None:
        # Messages quote pages, file names and libraries, and end up in terminals and logs.
        self.what, self.hint = visible(what), visible(hint)
        super().__init__(f"{self.what}\nhint: {self.hint}")

    def __reduce__(self) -> tuple[type[CorpusError], tuple[str, str]]:
        # Exceptions cross process boundaries; the default would call __init__ with one argument.
        return type(self), (self.what, self.hint)


class PlanError(CorpusError):
    """A setting, option or argument is out of range, unknown, or contradicts another."""

    exit_code = 2


class SourceError(CorpusError):
    """An input does not exist, matches nothing, or cannot be opened."""

    exit_code = 3


class RunError(CorpusError):
    """A run folder is missing, damaged, or has not reached the stage that was asked for; or the machine stops the work.

    What the machine refuses: room on a disk, memory, rights, an installation that is complete. Nothing is lost: the same
    command resumes.
    """

    exit_code = 2


class MixedSignaturesError(CorpusError):
    """Signatures with different schemes, seeds, sizes, shingle lengths or text versions were mixed."""

    exit_code = 2


class MissingExtraError(CorpusError):
    """A feature needs an optional dependency that is not installed."""

    exit_code = 2


class GateError(CorpusError):
    """A result failed a check: pages are unaccounted for, or a quality figure is below its floor."""

    exit_code = 1
