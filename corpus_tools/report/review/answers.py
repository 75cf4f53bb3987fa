"""The answers of a person, saved as they are given: ``labels.csv`` and ``decisions.csv`` in the run folder."""

from __future__ import annotations

import csv
import fcntl
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import polars as pl

from corpus_tools.errors import PlanError, RunError
from corpus_tools.machine import machine_errors
from corpus_tools.report.judging.labels import ANSWERS, LABEL_COLUMNS, LABELS_FILE
from corpus_tools.store.decisions import DECISIONS_FILE, NEEDS, Decision, Decisions, read_cell, read_decisions, to_csv, write_table
from corpus_tools.store.files import write_bytes

LOCK = ".review.lock"
Label = dict[str, str]


@contextmanager
def reviewing(folder: Path) -> Iterator[None]:
    """Hold a run for one review; RunError if another one is open."""
    with machine_errors(folder):
        held = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"another review of {folder} is open", "end it first: two of them would overwrite each other") from None
        yield
    finally:
        os.close(held)


class Answers:
    """The two files of a run folder. They are read anew before each change, so that what was edited by hand meanwhile is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()

    def labels(self) -> dict[tuple[str, str], Label]:
        """All labels by pair; PlanError if the file holds something else."""
        path = self.folder / LABELS_FILE
        if not path.is_file():
            return {}
        rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
        if not {"left", "right", "label"} <= set(rows.fieldnames or ()):
            raise PlanError(f"{path} has no columns left, right and label", "move it away: review writes its own file of that name")
        return {_pair(row["left"], row["right"]): {name: read_cell(row.get(name)) for name in LABEL_COLUMNS} for row in rows}

    def decisions(self) -> Decisions:
        """All decisions; PlanError if the file holds something else."""
        path = self.folder / DECISIONS_FILE
        return read_decisions(path) if path.is_file() else Decisions()

    def label(self, left: str, right: str, label: str, known: Mapping[str, str]) -> None:
        """Save what a pair is, or with an empty ``label`` take it back; ``known`` are the other columns. PlanError for another word."""
        if label and label not in ANSWERS:
            raise PlanError(f"there is no label {label!r}", f"choose from {', '.join(ANSWERS)}")
        with self._lock:
            held = self.labels()
            held.pop(_pair(left, right), None)
            if label:
                held[_pair(left, right)] = {
                    **known,
                    "left": left,
                    "right": right,
                    "label": label,
                }
            self._write(LABELS_FILE, write_table(LABEL_COLUMNS, held.values()))

    def mark_sample(self, sample: pl.DataFrame) -> None:
        """Give labels that were there before a sample was drawn their place in it, and write the sample itself beside them."""
        columns = ("left", "right", "kind", "score", "stratum", "size", "probability")
        rows = {
            _pair(row["left"], row["right"]): {name: str(row[name]) for name in columns} for row in sample.iter_rows(named=True)
        }
        with self._lock:
            self._write("sample.csv", write_table(columns, rows.values()))
            held = self.labels()
            drawn = {pair: row | {name: rows[pair][name] for name in columns[2:]} for pair, row in held.items() if pair in rows}
            if drawn:
                self._write(LABELS_FILE, write_table(LABEL_COLUMNS, (held | drawn).values()))

    def decide(self, decision: Decision, undo: bool = False) -> None:
        """Save a decision, or take it back. One that says the opposite of another replaces it. PlanError if something is missing."""
        lacking = [name for name in NEEDS.get(decision.decision, ("decision",)) if not getattr(decision, name)]
        if lacking or decision.decision not in NEEDS:
            raise PlanError(f"a decision {decision.decision!r} without {lacking[0]}", f"choose from {', '.join(NEEDS)}")
        gone = {decision.subject, _opposite(decision).subject}
        with self._lock:
            rows = [row for row in self.decisions().rows if row.subject not in gone]
            self._write(DECISIONS_FILE, to_csv(Decisions((*rows, *(() if undo else (decision,))))))

    def _write(self, name: str, content: bytes) -> None:
        with machine_errors(self.folder):
            write_bytes(self.folder / name, content)
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)  # the new name of the file survives a power cut too
            finally:
                os.close(folder)


def _opposite(decision: Decision) -> Decision:
    other = {"apart": "together", "together": "apart", "keep": "drop", "drop": "keep"}.get(decision.decision, decision.decision)
    return Decision(other, decision.page, decision.other, decision.site, decision.rule, decision.passage)


def _pair(left: str, right: str) -> tuple[str, str]:
    return (left, right) if left <= right else (right, left)
