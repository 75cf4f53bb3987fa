"""Holds the first rows of a file back until one proves that the plan's fields fit the file."""

from __future__ import annotations

from collections.abc import Iterator

from corpus_tools.readers.draft import Draft
from corpus_tools.readers.rows.fields import PageColumns, no_content_error

PATIENCE = 100
"""Objects without any content column, from the start of a file, after which the plan is called wrong."""


def hold_until_fit(rows: Iterator[Draft], name: str, columns: PageColumns) -> Iterator[Draft]:
    """The drafts of ``rows``; PlanError if the file called ``name`` has no row with a content column at its start."""
    held: list[Draft] | None = []
    found: dict[str, None] = {}
    objects = 0
    for draft in rows:
        if held is None:
            yield draft
            continue
        held.append(draft)
        found.update(dict.fromkeys(draft.fields))
        objects += bool(draft.fields)
        if columns.among(draft.fields).content() or draft.problem is None or (not objects and len(held) > PATIENCE):
            yield from held
            held = None
        elif objects > PATIENCE:
            break
    if held and objects:
        raise no_content_error(name, found, columns)
    yield from held or ()
