"""A cleaning worker: a process that reads Arrow batches of pages and writes extracted ones, or one that forks such processes.

It ends with its parent, limits its own time and memory, and prints nothing: what stops it is a note to the parent.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.child import end_with, leave_pandas_out
from corpus_tools.clean.workers.endings import NO_MEMORY
from corpus_tools.clean.workers.frames import receive, send, tell
from corpus_tools.clean.workers.nursery import fork_workers
from corpus_tools.errors import CorpusError
from corpus_tools.kernels.warm_up import compile_share
from corpus_tools.machine import machine_error
from corpus_tools.plan import CleanPlan

WARM_UP = (
    b"<ul><li><a href=x>Home</a><li><a href=x>Contact us</a></ul>"
    + b"<br>" * 600
    + b"<p>"
    + b"By using this website you can share news, comments and photos by email. " * 100
    + b"</p>"
    + b"<p>This is a first page for a worker to read, and it is "
    b"written in plain English so that all the lists are loaded. It says how the patients of a clinic were treated, and what they thought "
    b"of it. We use cookies to improve this website.</p><p>The content \xe2\x80\x93 all of it \xe2\x80\x93 is for information only, and is not "
    b"medical advice. Ask your doctor.</p><p>Copyright 2020 All rights reserved</p>"
)
"""A page that needs all of the code that is compiled: text, much of it in one line, tags left open, links to cut, a notice."""

MEMORY_BYTES = 6 << 30
"""Address space a worker may use: a page that needs more is rejected instead of filling the machine."""
PATIENCE = 30
"""A worker ends after so many times its processor time by the clock, whoever may have stopped it; its parent looks sooner."""


def time_limits(pages: int, page_seconds: float) -> tuple[float, float]:
    """Seconds of processor time and of the clock for a slice of so many pages; one page alone has about ``page_seconds``."""
    seconds = page_seconds * (1 + pages / 8)
    return seconds, PATIENCE * seconds


def _limit_time(processor: float, clock: float) -> None:
    """End this process by SIGPROF or SIGALRM when either is over, also in code that never comes back to Python; 0 for no limit."""
    signal.setitimer(signal.ITIMER_PROF, processor)
    signal.setitimer(signal.ITIMER_REAL, clock)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _warm_up(content_type: str, plan: CleanPlan) -> None:
    from corpus_tools.clean.extract import extract_batch

    page = dict.fromkeys(tables.PAGES.names) | {"raw": WARM_UP, "content_type": content_type}
    extract_batch(pa.RecordBatch.from_pylist([page | {"page_id": "", "source": ""}], schema=tables.PAGES), plan)


def main(orders: str) -> None:
    """Serve until stdin ends. ``orders`` is JSON: the ``plan``, ``page_seconds``, the ``parent`` to end with, and whether this process
    cleans no pages but ``forks`` workers that do."""
    gc.disable()  # while libraries and tables are loaded, none of which is garbage
    given = json.loads(orders)
    end_with(given["parent"])
    leave_pandas_out()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Whatever a library prints must not get between the frames.
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    plan = CleanPlan(**given["plan"])
    serve = partial(_serve, plan=plan, page_seconds=given["page_seconds"])
    with told_to(output):
        _limit_memory()
        _load(output, plan)
        if given["forks"]:
            fork_workers(output, serve)
        else:
            serve(sys.stdin.buffer, output)


@contextlib.contextmanager
def told_to(output: BinaryIO) -> Iterator[None]:
    """Tell the parent through ``output`` what stops this process, and end it if the parent is gone."""
    try:
        yield
    except BrokenPipeError:
        os._exit(0)  # the parent is gone
    except MemoryError:
        os._exit(NO_MEMORY)
    except Exception as error:
        found = error if isinstance(error, CorpusError) else machine_error(error)
        what = found.what if found else f"{type(error).__name__}: {error}"
        tell(output, fault=what, hint=found.hint if found else "this is a bug: please report it")


def _load(output: BinaryIO, plan: CleanPlan) -> None:
    """Read weights and lexicons and compile kernels, before a page's time is taken, and say that all is ready."""
    from corpus_tools.clean.html.tree import can_walk_fast

    compile_share(["clean"])
    for content_type in ("text/html", "text/plain"):
        _warm_up(content_type, plan)
    # What is held by now stays: cycles are looked for among a batch's objects alone, and between batches.
    gc.collect()
    gc.freeze()
    tell(output, ready=True, slowly=not can_walk_fast())
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - warnings of libraries quote pages
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)


def _serve(pages: BinaryIO, output: BinaryIO, plan: CleanPlan, page_seconds: float) -> None:
    """Clean the batches of ``pages`` until it ends."""
    from corpus_tools.clean.extract import extract_batch

    with told_to(output):
        while isinstance(batch := receive(pages), pa.RecordBatch):
            _limit_time(*time_limits(batch.num_rows, page_seconds))
            made = extract_batch(batch, plan)
            _limit_time(0, 0)
            send(output, made)
            gc.collect()
