"""What passes through the pipes of a worker: Arrow batches of pages, and notes."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

import pyarrow as pa

_NOTE = 1 << 63
"""Added to the length of what is a note, not a batch."""
Said = dict[str, Any]


def send(stream: BinaryIO, batch: pa.RecordBatch) -> None:
    """Write one batch: 8 bytes of length, then an Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    data = sink.getvalue()
    stream.write(data.size.to_bytes(8, "little"))
    stream.write(data)
    stream.flush()


def tell(stream: BinaryIO, **said: Any) -> None:
    """Write a note: ``ready`` with whether pages are walked ``slowly``, the ``fault`` and ``hint`` of what stops the worker, or what
    became of a worker that was forked."""
    data = json.dumps(said).encode()
    stream.write((len(data) | _NOTE).to_bytes(8, "little"))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> pa.RecordBatch | Said | None:
    """Read what ``send`` or ``tell`` wrote; None when the stream has ended."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "little")
    data = stream.read(size & ~_NOTE)
    if len(data) < size & ~_NOTE:
        return None
    if size & _NOTE:
        return dict(json.loads(data))
    with pa.ipc.open_stream(data) as reader:
        return reader.read_next_batch()
