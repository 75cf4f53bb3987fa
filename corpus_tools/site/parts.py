"""One part of extracted pages to parts of documents, stripped passages and rejected pages, wherever the work runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus_tools import tables
from corpus_tools.plan import Plan
from corpus_tools.site.carried import add_carried, documents_schema
from corpus_tools.site.decided import PageDecisions
from corpus_tools.site.distributed import stored_counts
from corpus_tools.site.doorways import read_doorways
from corpus_tools.site.finish import finish_batch
from corpus_tools.site.template import SiteCounts
from corpus_tools.store.backing import holds
from corpus_tools.store.earlier import Earlier
from corpus_tools.store.parts import list_parts, read_part, write_part

MADE = ("stripped", "rejected", "documents")
"""Tables that have a part for every part of extracted pages, in the order they are written."""


@dataclass(frozen=True)
class Finish:
    """How the parts of a run are finished. Picklable.

    ``seal`` tells one making of the run's tables from the next, ``again`` are sites whose pages of the ``earlier`` run must be
    cut again, and ``fields`` are the carried columns.
    """

    folder: Path
    plan: Plan
    seal: str
    earlier: Earlier | None
    again: frozenset[str]
    decided: PageDecisions
    fields: tuple[pa.Field[Any], ...]

    def targets(self, source: Path) -> list[Path]:
        """The parts that are made of one part of extracted pages."""
        return [self.folder / name / source.name for name in MADE]

    def is_done(self, source: Path) -> bool:
        """Whether its parts are there, or are now because the earlier run's still hold."""
        if all(holds(target) for target in self.targets(source)):
            return True
        if not self.earlier or not self.earlier.unchanged(source.name, set(self.again)) or self._is_changed_doorway(source):
            return False
        for name in MADE:
            self.earlier.link(name, source.name, self.folder / name)
        return True

    def make(self, source: Path, counts: SiteCounts | None) -> None:
        """Write the parts."""
        extracted = read_part(source)
        documents, stripped, rejected = finish_batch(extracted, counts, self.plan, self._doorways(), self.decided)
        stripped_to, rejected_to, documents_to = self.targets(source)
        write_part(stripped_to, [stripped], tables.STRIPPED)
        write_part(rejected_to, [rejected], tables.REJECTED)
        write_part(documents_to, [add_carried(documents, extracted, self.fields)], documents_schema(self.fields))

    def _doorways(self) -> dict[int, int]:
        return _stored_doorways(self.folder / "doorways", self.seal)

    def _is_changed_doorway(self, source: Path) -> bool:
        """Whether a page of the part shares its template with more pages now than in the earlier run."""
        if self.earlier is None:
            return False
        before = _stored_doorways(self.earlier.path / "doorways", self.earlier.manifests["doorways"].work.key)
        doorways = self._doorways()
        templates = set(read_part(source, ["template"]).column(0).to_pylist())
        return any(before.get(template) != doorways.get(template) for template in templates)


def finish_stored(source: Path, finish: Finish) -> Path:
    """Finish a part in a process that reads the site counts from the run."""
    if not finish.is_done(source):
        finish.make(source, stored_counts(source.parent.parent / "sites", finish.seal))
    return source


@lru_cache(maxsize=2)
def _stored_doorways(folder: Path, seal: str) -> dict[int, int]:
    """A run's doorways, read once a process; ``seal`` tells one making of the folder from the next."""
    return read_doorways(read_part(path) for path in list_parts(folder))
