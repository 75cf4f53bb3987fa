"""Reads JSON lines: the object on each line is a page."""

from __future__ import annotations

import json
from collections.abc import Iterator

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, make_content_key, too_large_problem
from corpus_tools.readers.rows.fields import PageColumns, draft_row
from corpus_tools.readers.rows.fitting import hold_until_fit
from corpus_tools.readers.rows.lines import Encoding, find_encoding
from corpus_tools.readers.stream import ByteStream

SLACK = 1 << 16
"""Bytes of a line besides the page."""
MAX_VALUES = 1_000_000
"""Values of one JSON text: each takes some 70 bytes once parsed."""
_LOOKED_AT = 1 << 20  # bytes; a shorter line cannot hold that many values


def read_jsonl(stream: ByteStream, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The pages of one JSON lines file, in file order; PlanError when no object has a content column."""
    columns = PageColumns.of(plan)
    rows = 0
    for draft in hold_until_fit(_read_lines(stream, columns, plan), name, columns):
        rows += 1
        yield draft
    if stream.broken:
        yield Draft(key="break", where="after the last whole line", consumed=stream.consumed).reject(stream.broken)
    elif not rows:
        yield Draft(key="no page").reject("empty file")


def _read_lines(stream: ByteStream, columns: PageColumns, plan: ReadPlan) -> Iterator[Draft]:
    """Each line that is not blank as a draft."""
    limit = plan.max_page_bytes + SLACK
    encoding = find_encoding(stream)
    number = stream.skip_newlines()
    while line := stream.line(limit):
        number += 1
        whole = line.endswith(b"\n") or not stream.peek(1)
        if not whole:
            stream.skip_line()
        cut = stream.broken and not line.endswith(b"\n")  # told by the problem of the break
        if line.strip() and not cut:
            where = f"line {number}"
            page = _read_line(line, where, encoding, columns, plan) if whole else _too_long(line, number, plan)
            page.consumed = stream.consumed
            yield page
        number += stream.skip_newlines()


def _too_long(line: bytes, number: int, plan: ReadPlan) -> Draft:
    return Draft(key=make_content_key(line), where=f"line {number}").reject(too_large_problem(plan.max_page_bytes))


def count_values(content: bytes) -> int:
    """An upper bound for the values of a JSON text, without parsing it; 0 for a short one."""
    return sum(map(content.count, (b",", b"[", b"{"))) + 1 if len(content) > _LOOKED_AT else 0


def _read_line(line: bytes, where: str, encoding: Encoding, columns: PageColumns, plan: ReadPlan) -> Draft:
    text, note = encoding.decode(line)
    problem, values = "", None
    if count_values(line) > MAX_VALUES:
        problem = f"JSON of more than {MAX_VALUES:,} values"
    else:
        try:
            values = json.loads(text)
            problem = "" if isinstance(values, dict) else f"JSON {type(values).__name__}, not an object"
        except (ValueError, RecursionError) as error:
            problem = f"invalid JSON: {str(error)[:200]}"
    if problem or not isinstance(values, dict):
        return Draft(key=make_content_key(line), where=where).reject(problem)
    page = draft_row(values, where, columns, plan.max_page_bytes)
    if note:
        page.say(note)
    return page
