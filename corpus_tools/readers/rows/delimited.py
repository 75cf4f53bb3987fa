"""Reads CSV and TSV: the first line names the columns, every row after it is a page."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.draft import Draft, make_content_key, too_large_problem
from corpus_tools.readers.rows.dialect import Dialect, find_dialect
from corpus_tools.readers.rows.fields import PageColumns, draft_row
from corpus_tools.readers.rows.fitting import hold_until_fit
from corpus_tools.readers.rows.jsonl import SLACK
from corpus_tools.readers.rows.lines import SAMPLE_BYTES, find_encoding
from corpus_tools.readers.stream import ByteStream

csv.field_size_limit((1 << 31) - 1)  # rows are bounded here, by their lines
_DIALECT_BYTES = 1 << 16
"""Bytes from the start of a file that are looked at for its delimiter and quotes."""


def read_csv(stream: ByteStream, name: str, plan: ReadPlan) -> Iterator[Draft]:
    """The pages of one CSV or TSV file, in file order; PlanError when it has no content column."""
    columns = PageColumns.of(plan)
    table = _Table(stream, columns, plan)
    rows = 0
    for draft in hold_until_fit(table.rows(), name, columns):
        rows += 1
        yield draft
    if stream.broken:
        yield Draft(key="break", where="after the last whole row", consumed=stream.consumed).reject(stream.broken)
    elif not rows:
        yield Draft(key="no page").reject("no page in this file: it has no rows" if table.names else "empty file")


@dataclass(frozen=True)
class _Read:
    """A row as read: its fields, its lines, the number of the first; whether its quote is open, or it is too large to hold."""

    values: list[str]
    lines: list[bytes]
    first: int
    is_open: bool = False
    too_large: bool = False


class _Table:
    """A delimited file being read. Rows are parsed one at a time from their lines, so that a quote left open costs one line."""

    def __init__(self, stream: ByteStream, columns: PageColumns, plan: ReadPlan) -> None:
        self._stream, self._columns, self._plan = stream, columns, plan
        self._limit = plan.max_page_bytes + SLACK
        self._encoding = find_encoding(stream)
        self._again: deque[bytes] = deque()
        self._line = stream.skip_newlines()
        self._end = b"\r" if b"\n" not in stream.peek(SAMPLE_BYTES) else b"\n"
        head = stream.peek(_DIALECT_BYTES)
        header, sample = (self._encoding.decode(some)[0] for some in (head.partition(self._end)[0], head))
        known = {column.casefold() for column in columns.every()}
        self._dialect: Dialect = find_dialect(header.rstrip("\r\n"), sample, known)
        self.names: list[str] = []
        self._too_long = False
        self._skipped_quotes = 0

    def rows(self) -> Iterator[Draft]:
        """Every row after the header as a draft."""
        header = self._next_row()
        self.names = [name.strip() for name in header.values] if header else []
        while (found := self._next_row()) is not None:
            if b"".join(found.lines).strip():
                page = self._draft(found)
                page.consumed = self._stream.consumed
                yield page

    def _draft(self, found: _Read) -> Draft:
        content, where = b"".join(found.lines), f"line {found.first}"
        problem = too_large_problem(self._plan.max_page_bytes) if found.too_large else ""
        if found.too_large and found.is_open:
            problem += ": its quotation mark is not closed, so the rest of the file is in this row"
        if not problem and not found.values:
            problem = "the row cannot be read: it has a carriage return outside quotation marks"
        if any(found.values[len(self.names) :]):
            problem = f"the row has {len(found.values)} fields, the first line {len(self.names)}: quotation marks are missing"
        if problem:
            return Draft(key=make_content_key(content), where=where).reject(problem)
        missing = [None] * (len(self.names) - len(found.values))
        row = dict(zip(self.names, [*found.values, *missing], strict=False))
        page = draft_row(row, where, self._columns, self._plan.max_page_bytes)
        if note := self._encoding.decode(content)[1]:
            page.say(note)
        if found.is_open and page.problem is None:
            page.truncated = True
            page.say("its quotation mark is not closed")
        return page

    def _next_row(self) -> _Read | None:
        """The next row, None at the end."""
        lines: list[bytes] = []
        first = self._line + 1
        self._too_long = False
        values, is_open = self._parse(self._feed(lines))
        if not lines:
            return None
        if self._too_long:
            return _Read([], lines, first, is_open=is_open and self._skip_cell(lines), too_large=True)
        return self._recover(lines, first) if is_open else _Read(values, lines, first)

    def _skip_cell(self, lines: list[bytes]) -> bool:
        """Pass over the rest of a row that is too large and whose quote was open in ``lines``; whether it is open at the end."""
        is_open = (sum(map(self._count_quotes, lines)) + self._skipped_quotes) % 2 == 1
        while is_open and (line := self._next_line()):
            is_open = (self._count_quotes(line) + self._skipped_quotes) % 2 == 0
        return is_open

    def _count_quotes(self, line: bytes) -> int:
        """Quotation marks that open or close a cell; a doubled one does both."""
        escaped = line.count(b'\\"') if self._dialect.escape else 0
        return line.count(b'"') - escaped

    def _feed(self, lines: list[bytes]) -> Iterator[str]:
        """Lines as they are asked for, which are kept in ``lines``; no more of them than a row may have."""
        held = 0
        while held <= self._limit and (line := self._next_line()):
            lines.append(line)
            held += len(line)
            yield self._encoding.decode(line)[0]

    def _parse(self, lines: Iterator[str]) -> tuple[list[str], bool]:
        """The fields of one row, and whether it asked for more lines than there are: a quote is not closed."""
        ended = False

        def feed() -> Iterator[str]:
            nonlocal ended
            yield from lines
            ended = True

        dialect = self._dialect
        options = {"quoting": dialect.quoting, "escapechar": dialect.escape, "doublequote": dialect.escape is None}
        rows = csv.reader(feed(), delimiter=dialect.delimiter, **options)  # type: ignore[arg-type]
        try:
            return next(rows, []), ended
        except csv.Error:  # a carriage return inside a line
            return [], False

    def _recover(self, lines: list[bytes], first: int) -> _Read:
        """A row whose quote is not closed: the file was cut in it, or the quote is a stray one, which costs its own line alone."""
        after, _ = self._parse(iter([self._encoding.decode(line)[0] for line in lines[1:2]]))
        if len(after) == len(self.names) > 1:
            self._again.extendleft(reversed(lines[1:]))
            self._line -= len(lines) - 1
            lines = lines[:1]
        elif sum(map(len, lines)) > self._limit:
            return _Read([], lines, first, is_open=self._skip_cell(lines), too_large=True)
        values, _ = self._parse(iter([self._encoding.decode(line)[0] for line in lines]))
        return _Read(values, lines, first, is_open=True)

    def _next_line(self) -> bytes:
        self._skipped_quotes = 0
        if self._again:
            line = self._again.popleft()
        elif self._end == b"\n":
            line = self._stream.line(self._limit + 1)
            if len(line) > self._limit and not line.endswith(b"\n"):
                self._skipped_quotes = self._stream.skip_line(b'"')
                self._too_long = True
        else:  # lines that end in a carriage return alone
            ahead = self._stream.peek(self._limit + 1)
            line = self._stream.read(ahead.find(b"\r") + 1 or len(ahead))
        self._line += bool(line)
        return line
