"""What people decided about a corpus: ``decisions.csv``, read and checked, and the pages that it names.

Columns: decision, page, other, site, rule, passage, note. Decisions that speak of one page or of two name them as everywhere: by
page_id, source_id, url or source. A long passage may be cut short and end in ``…``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus_tools.errors import PlanError, SourceError
from corpus_tools.store.files import digest_json

DECISIONS_FILE = "decisions.csv"
"""The file in a run folder, and the name of this input in seals."""
COLUMNS = ("decision", "page", "other", "site", "rule", "passage", "note")
NEEDS = {
    "apart": ("page", "other"),
    "together": ("page", "other"),
    "keep": ("page",),
    "drop": ("page",),
    "restore": ("page", "passage"),
    "never_cut": ("site", "rule"),
}
"""Decision -> the columns that it needs: these two are not one; they are one; keep this page; drop it; put this passage back;
never cut what this rule cuts on this site."""
OF_STAGE = {"site": ("drop", "keep", "restore", "never_cut"), "group": ("apart", "together", "keep")}
"""Stage -> the decisions that it obeys."""
NAME_COLUMNS = ("page_id", "source_id", "url", "source")
"""Columns by which a page may be named."""
_FORMULA = ("=", "+", "-", "@")
SHOWN_PASSAGE = 300
"""Characters of a passage that a decision needs to hold; a longer one is cut short."""


@dataclass(frozen=True)
class Decision:
    """One line of the file; columns that it does not need are empty."""

    decision: str
    page: str = ""
    other: str = ""
    site: str = ""
    rule: str = ""
    passage: str = ""
    note: str = ""

    @property
    def subject(self) -> tuple[str, ...]:
        """What it is about, without the note: a pair in either order is one subject."""
        pair = tuple(sorted((self.page, self.other)))
        return (self.decision, *pair, self.site, self.rule, self.passage)


@dataclass(frozen=True)
class Decisions:
    """All that was decided; empty where there is no file."""

    rows: tuple[Decision, ...] = ()

    def of(self, *kinds: str) -> list[Decision]:
        """Those of these kinds, in the order of the file."""
        return [row for row in self.rows if row.decision in kinds]

    def digests(self) -> dict[str, str]:
        """For each stage that has any to obey, 32 hex digits over them; notes and order do not count."""
        chosen = {stage: sorted({row.subject for row in self.of(*kinds)}) for stage, kinds in OF_STAGE.items()}
        return {stage: digest_json(found) for stage, found in chosen.items() if found}


def read_decisions(path: Path) -> Decisions:
    """Read and check a file. Raises SourceError if it cannot be read, PlanError (with the line) for a line that says nothing clear."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SourceError(
            f"decisions file {str(path)!r} cannot be read: {error.strerror}",
            "name a CSV file with the columns decision, page, other, site, rule, passage",
        ) from None
    except UnicodeDecodeError:
        raise PlanError(f"decisions file {str(path)!r} is not UTF-8 text", "save it as UTF-8") from None
    table = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=False)
    _check_columns(path, table.fieldnames or ())
    rows = [(table.line_num, {name: read_cell(row.get(name)) for name in COLUMNS}) for row in table]
    found = tuple(_decision(f"{path} line {line}", row) for line, row in rows if any(row.values()))
    return Decisions(tuple({row.subject: row for row in found}.values()))


def _check_columns(path: Path, names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in COLUMNS]
    if "decision" not in names or unknown:
        problem = f"an unknown column {unknown[0]!r}" if unknown else "no column 'decision'"
        raise PlanError(f"decisions file {str(path)!r} has {problem}", f"its columns are {', '.join(COLUMNS)}")


def _decision(place: str, row: dict[str, str]) -> Decision:
    kind = row["decision"]
    if kind not in NEEDS:
        raise PlanError(f"{place}: there is no decision {kind!r}", f"choose from {', '.join(NEEDS)}")
    lacking = [name for name in NEEDS[kind] if not row[name]]
    if lacking:
        raise PlanError(f"{place}: {kind!r} does not say which {lacking[0]}", f"fill in {' and '.join(NEEDS[kind])}")
    if kind in ("apart", "together") and row["page"] == row["other"]:
        raise PlanError(f"{place}: {row['page']!r} stands on both sides", "name two pages")
    return Decision(**{name: row[name] for name in COLUMNS if name in (*NEEDS[kind], "decision", "note")})


def write_table(columns: Sequence[str], rows: Iterable[dict[str, str]]) -> bytes:
    """Rows as a CSV file that a person can read and git can compare: a line each, line breaks inside a cell become spaces.

    What a spreadsheet would take for a formula gets an apostrophe before it, which ``read_cell`` takes off: cells hold words of pages.
    """
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, columns, lineterminator="\n")
    table.writeheader()
    table.writerows({name: _write_cell(str(row.get(name, ""))) for name in columns} for row in rows)
    return out.getvalue().encode()


def _write_cell(value: str) -> str:
    flat = " ".join(value.split())
    return f"'{flat}" if flat.startswith(_FORMULA) else flat


def read_cell(value: str | None) -> str:
    """What ``write_table`` was given for a cell."""
    flat = (value or "").strip()
    return flat[1:] if flat[:1] == "'" and flat[1:].startswith(_FORMULA) else flat


def to_csv(decisions: Decisions) -> bytes:
    """The file's bytes."""
    return write_table(COLUMNS, map(asdict, decisions.rows))


def flatten_passage(passage: str) -> str:
    """A passage as a decision holds it: on one line, and if it is long its beginning and ``…``."""
    flat = " ".join(passage.split())
    return flat if len(flat) <= SHOWN_PASSAGE else f"{flat[:SHOWN_PASSAGE].rstrip()}…"


def is_passage(told: str, passage: str) -> bool:
    """Whether ``told`` in a decision means this passage; spacing does not count."""
    told, flat = " ".join(told.split()), " ".join(passage.split())
    return flat.startswith(told[:-1].rstrip()) if told.endswith("…") else flat == told


def find_named(pages: Any, names: Iterable[str]) -> dict[str, str]:
    """Name -> page_id for those of ``names`` that name exactly one page; ``pages`` is a frame of any engine with NAME_COLUMNS."""
    import narwhals as nw  # a run with nothing to do resolves no name

    wanted = sorted(set(names))
    if not wanted:
        return {}
    frame: nw.LazyFrame[Any] = nw.from_native(pages).lazy().select(*NAME_COLUMNS)
    fits = nw.any_horizontal(*(nw.col(name).is_in(wanted) for name in NAME_COLUMNS), ignore_nulls=True)
    rows = frame.filter(fits).collect(backend="pyarrow").rows(named=True)
    found: dict[str, set[str]] = {}
    for row in rows:
        for name in {row[column] for column in NAME_COLUMNS} & set(wanted):
            found.setdefault(name, set()).add(row["page_id"])
    # A page_id is nobody else's name, whatever other columns hold.
    exact = {row["page_id"] for row in rows}
    return {name: name if name in exact else next(iter(ids)) for name, ids in found.items() if name in exact or len(ids) == 1}


def tell_applied(decisions: Sequence[Decision], absent: dict[int, str]) -> str:
    """``3 decisions applied; 1 did not: apart ... (no such page)``; ``absent`` is why, by position."""
    applied = len(decisions) - len(absent)
    told = f"{applied:,} {'decision' if applied == 1 else 'decisions'} applied"
    if absent:
        shown = [f"{decisions[at].decision} {why}" for at, why in sorted(absent.items())]
        more = f" and {len(shown) - 5:,} more" if len(shown) > 5 else ""
        told += f"; {len(shown):,} did not: {'; '.join(shown[:5])}{more}"
    return told
