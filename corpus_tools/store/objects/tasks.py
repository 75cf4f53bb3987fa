"""Work for another process: what it tells of its runs, and the paths that stand for them here."""

from __future__ import annotations

from pathlib import Path

from corpus_tools.store import backing
from corpus_tools.store.backing import Backing
from corpus_tools.store.objects.address import Address
from corpus_tools.store.objects.elsewhere import Elsewhere, Terms
from corpus_tools.store.objects.run_objects import Reference

_WORK = ""
_TERMS: dict[Address, Terms] = {}


def take_up(work: str, terms: dict[Address, Terms]) -> None:
    """Tasks of one job come: ``work`` names it, ``terms`` are those of the runs that may be written to."""
    global _WORK
    if work != _WORK:
        _WORK = work
        _TERMS.clear()
        _TERMS.update(terms)
        for keeper in backing.keepers():
            if isinstance(keeper, Elsewhere):
                keeper.start(_TERMS.get(keeper.place))


def resolve(told: Reference) -> Path:
    """The path that stands in this process for a file of a run."""
    known = [one for one in backing.keepers() if getattr(one, "place", None) == told.place]
    # A run that is worked on may also be looked at.
    keeper: Backing | None = max(known, key=lambda one: one.shared, default=None)
    if keeper is None:
        keeper = Elsewhere(told.place)
        keeper.start(_TERMS.get(told.place))
        backing.hold(keeper)
    if isinstance(keeper, Elsewhere):
        keeper.note(told)
    return keeper.root / told.name


def workers() -> list[Elsewhere]:
    """The runs that this process works on for another one."""
    return [keeper for keeper in backing.keepers() if isinstance(keeper, Elsewhere)]
