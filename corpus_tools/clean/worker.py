"""A cleaning worker: a process that reads Arrow batches of pages on stdin and writes extracted ones on stdout."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from typing import BinaryIO

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.kernels.warm_up import compile_share
from corpus_tools.plan import CleanPlan

WARM_UP = (
    b"<ul><li><a href=x>Home</a><li><a href=x>Contact us</a></ul>"
    + b"<br>" * 600
    + b"<p>This is a first page for a worker to read, and it is "
    b"written in plain English so that all the lists are loaded. It says how the patients of a clinic were treated, and what they thought "
    b"of it. We use cookies to improve this website.</p><p>Copyright 2020 All rights reserved</p>"
)
"""A page that needs all of the code that is compiled: text, tags left open, links to cut, a notice."""
READY, READY_SLOW = b"ready", b"slow!"
"""What a worker says once it can clean: with the compiled walk over a page's tree, or with the one in Python."""

MEMORY_BYTES = 6 << 30
"""Address space a worker may use: a page that needs more is rejected instead of filling the machine."""


def send(stream: BinaryIO, batch: pa.RecordBatch) -> None:
    """Write one batch: 8 bytes of length, then an Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    data = sink.getvalue()
    stream.write(data.size.to_bytes(8, "little"))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> pa.RecordBatch | None:
    """Read one batch written by ``send``; None when the stream has ended."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "little")
    data = stream.read(size)
    if len(data) < size:
        return None
    with pa.ipc.open_stream(data) as reader:
        return reader.read_next_batch()


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _warm_up(content_type: str, plan: CleanPlan) -> None:
    from corpus_tools.clean.extract import extract_batch

    page = dict.fromkeys(tables.PAGES.names) | {"raw": WARM_UP, "content_type": content_type}
    extract_batch(pa.RecordBatch.from_pylist([page | {"page_id": "", "source": ""}], schema=tables.PAGES), plan)


def main(plan_json: str) -> None:
    """Serve until stdin ends. Interrupts are left to the parent, which closes stdin."""
    # Here and not above: the parent imports this module for its protocol, and has no use for the cleaner and its compiler.
    from corpus_tools.clean.extract import extract_batch
    from corpus_tools.clean.html.tree import can_walk_fast

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    # Whatever a library prints must not get between the frames.
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    plan = CleanPlan(**json.loads(plan_json))
    # Weights and lexicons are read and kernels compiled before a page's time is taken.
    compile_share(["clean"])
    for content_type in ("text/html", "text/plain"):
        _warm_up(content_type, plan)
    output.write(READY if can_walk_fast() else READY_SLOW)
    output.flush()
    while (batch := receive(sys.stdin.buffer)) is not None:
        send(output, extract_batch(batch, plan))
