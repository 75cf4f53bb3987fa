"""Looks at the start of every file of rows before the work begins: do the fields that the plan names exist, and what are these files?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from corpus_tools.errors import PlanError
from corpus_tools.plan import ReadPlan
from corpus_tools.readers.formats import may_hold_rows, read_file
from corpus_tools.readers.listing import SourceFile
from corpus_tools.readers.pages import read_drafts
from corpus_tools.readers.rows.carried import read_partitions
from corpus_tools.readers.rows.fields import PageColumns
from corpus_tools.readers.rows.fitting import PATIENCE

_SHOWN = 40
_WET = "Common Crawl WET"


@dataclass
class _Found:
    """What the starts of the files show."""

    named: set[str] = field(default_factory=set)
    fields: dict[str, None] = field(default_factory=dict)
    layouts: Counter[str] = field(default_factory=Counter)
    wrong: list[PlanError] = field(default_factory=list)


def check_columns(files: Sequence[SourceFile], plan: ReadPlan) -> list[str]:
    """Read the start of every file that may hold rows, so that a wrong field name shows before hours of work; what they are.

    Raises PlanError if a JSONL or parquet file, or every file if all are CSV, has no column with a page, and if
    the first rows of no file have a field that the plan names.
    """
    columns = PageColumns.of(plan)
    found = _Found()
    for file in files:
        if may_hold_rows(file.format):
            _look_at(file, plan, columns, found)
        elif file.format == "warc" and ".wet" in file.name.lower():
            found.layouts[_WET] += 1
    if found.wrong and len(found.wrong) == len(files):
        raise found.wrong[0]
    partitions = {name for file in files for name in read_partitions(file.path.parts)} if columns.carry else set()
    for setting, name in columns.named:
        if setting not in found.named and not (setting.startswith("carry ") and name in partitions):
            raise _missing_field(setting, name, list(found.fields))
    return [f"read as {layout}: {count:,} file{'s' if count > 1 else ''}" for layout, count in sorted(found.layouts.items())]


def _look_at(file: SourceFile, plan: ReadPlan, columns: PageColumns, found: _Found) -> None:
    wanted = {setting for setting, _ in columns.named}
    drafts = read_drafts(file, plan)
    if file.format == "csv":
        drafts = read_file(file.path, file.name, file.format, plan)
    try:
        for number, draft in enumerate(islice(drafts, PATIENCE)):
            if not number and draft.layout:
                found.layouts[draft.layout] += 1
            found.named |= draft.named
            found.fields.update(dict.fromkeys(draft.fields[:_SHOWN]))
            if wanted <= found.named:
                break
    except PlanError as error:
        if file.format != "csv":
            raise
        found.wrong.append(error)
    except OSError:  # it becomes a problem when its turn comes
        pass


def _missing_field(setting: str, name: str, there: list[str]) -> PlanError:
    what = f"read.{setting} is {name!r}" if not setting.startswith("carry ") else f"read.carry names {name!r}"
    shown = ", ".join(map(repr, there[:_SHOWN]))
    held = f"the rows have {shown}" if there else "the input has no rows with fields"
    return PlanError(
        f"{what}, but no row has such a field: {held}",
        "check the spelling; write a field inside another one as a path, such as metadata.url",
    )
