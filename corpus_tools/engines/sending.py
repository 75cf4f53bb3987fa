"""What goes to executors and comes back, where a run lies in a store: its paths are pickled as places in the store.

A kernel or a task is sent with what its process must know to work on the run: whose lock it is, and how the store is reached.
"""

from __future__ import annotations

import io
import pickle
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pyspark.cloudpickle import CloudPickler

from corpus_tools.store.backing import backing_of, keepers
from corpus_tools.store.objects import access, tasks
from corpus_tools.store.objects.shared import SharedMirror

Function = Callable[..., Any]


class _Pickler(CloudPickler):
    def reducer_override(self, obj: Any) -> Any:
        keeper = backing_of(obj) if isinstance(obj, Path) else None
        plain: Any = super().reducer_override
        return plain(obj) if keeper is None else (tasks.resolve, (keeper.reference(obj),))


def _dump(value: Any) -> bytes:
    out = io.BytesIO()
    pickler: Any = _Pickler
    pickler(out).dump(value)
    return out.getvalue()


class _Sent:
    """A function as it is here, which is pickled as one that works tasks."""

    def __init__(self, function: Function) -> None:
        self._function = function

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self._function(*given, **named)

    def __reduce__(self) -> tuple[Any, ...]:
        terms = {keeper.place: keeper.terms for keeper in keepers() if isinstance(keeper, SharedMirror)}
        return _arrive, (uuid.uuid4().hex, terms, access.settings(), _dump(self._function))


def _arrive(work: str, terms: dict[Any, Any], settings: dict[str, str], content: bytes) -> Function:
    access.adopt(settings)
    tasks.take_up(work, terms)
    function: Function = pickle.loads(content)  # noqa: S301 - made by our own driver
    return function


def send(function: Function) -> Function:
    """``function``, to be given to Spark."""
    return _Sent(function) if keepers() else function


def send_back(value: Any) -> bytes:
    """On an executor: the result of a task, with what it put into stores; what it had here is deleted."""
    workers = tasks.workers()
    content = _dump((value, [(keeper.place, keeper.take_puts()) for keeper in workers]))
    for keeper in workers:
        keeper.forget()
    return content


def receive(content: bytes) -> Any:
    """On the driver: the result of a task."""
    value, puts = pickle.loads(content)  # noqa: S301 - made by our own executors
    absorb(puts)
    return value


def absorb(puts: Iterable[tuple[Any, Iterable[Any]]]) -> None:
    """Let the keepers of runs know what tasks put."""
    held = {keeper.place: keeper for keeper in keepers() if isinstance(keeper, SharedMirror)}
    for place, made in puts:
        if place in held:
            held[place].absorb(made)
