"""Reads JSON lines: the object on each line is a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, make_content_key, too_large_problem
from corpus_tools.readers.fields import PageColumns, draft_row, no_content_error
from corpus_tools.readers.stream import ByteStream

PATIENCE = 100
"""Objects without any content column, from the start of a file, after which the plan is called wrong."""

_SLACK = 1 << 16  # bytes of a line besides the page


def read_jsonl(path: Path, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The pages of one JSON lines file, in file order; PlanError when no object has a content column."""
    columns = PageColumns.of(plan)
    held: list[Draft] | None = []  # rows are held back until one proves that the plan fits the file
    found: dict[str, None] = {}
    objects = 0
    with ByteStream(path) as stream:
        for row in _read_lines(stream, columns, plan):
            if held is None:
                yield row[0]
                continue
            held.append(row[0])
            found.update(dict.fromkeys(row[1]))
            objects += bool(row[1])
            if columns.among(row[1]).content() or (not objects and len(held) > PATIENCE):
                yield from held
                held = None
            elif objects > PATIENCE:
                break
        if held and objects:
            raise no_content_error(name, found, columns)
        yield from held or ()
        if stream.broken:
            yield Draft(key="break", where="after the last whole line", consumed=stream.consumed).reject(stream.broken)
        elif held == []:
            yield Draft(key="no page").reject("empty file")


def _read_lines(stream: ByteStream, columns: PageColumns, plan: ReadPlan) -> Iterator[tuple[Draft, tuple[str, ...]]]:
    """Each line that is not blank as a draft, with the names of its fields."""
    limit = plan.max_page_bytes + _SLACK
    if stream.peek(3) == b"\xef\xbb\xbf":
        stream.read(3)
    number = stream.skip_newlines()
    while line := stream.line(limit):
        number += 1
        whole = line.endswith(b"\n") or not stream.peek(1)
        if not whole:
            stream.skip_line()
        cut = stream.broken and not line.endswith(b"\n")  # told by the problem of the break
        if line.strip() and not cut:
            row, names = _read_line(line, f"line {number}", columns, plan) if whole else (_too_long(line, number, plan), ())
            row.consumed = stream.consumed
            yield row, names
        number += stream.skip_newlines()


def _too_long(line: bytes, number: int, plan: ReadPlan) -> Draft:
    return Draft(key=make_content_key(line), where=f"line {number}").reject(too_large_problem(plan.max_page_bytes))


def _read_line(line: bytes, where: str, columns: PageColumns, plan: ReadPlan) -> tuple[Draft, tuple[str, ...]]:
    try:
        values = json.loads(line.decode("utf-8", "replace"))
        problem = "" if isinstance(values, dict) else f"JSON {type(values).__name__}, not an object"
    except (ValueError, RecursionError) as error:
        problem = f"invalid JSON: {str(error)[:200]}"
    if problem:
        return Draft(key=make_content_key(line), where=where).reject(problem), ()
    return draft_row(values, where, columns, plan.max_page_bytes), tuple(values)
