"""What people decided about pages and cuts, as the site stage obeys it: pages dropped and held, passages put back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw

from corpus_tools.errors import PlanError
from corpus_tools.kernels.normal import count_and_hash
from corpus_tools.store.decisions import OF_STAGE, Decisions, find_named, is_passage, tell_applied

BY_A_PERSON = "decided by a person"
DROPPED = f"dropped: {BY_A_PERSON}"
_NOTHING_LEFT = "clean"
"""The step that rejects pages of which all was cut."""


@dataclass(frozen=True)
class PageDecisions:
    """Decisions that apply to a run, by page_id and by site. Picklable."""

    drop: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    restore: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    never_cut: frozenset[tuple[str, str]] = frozenset()
    """Site and rule."""

    def is_back(self, row: dict[str, Any], cut: dict[str, Any]) -> bool:
        """Whether a cut of an ``EXTRACTED`` row is to be put back."""
        if (row["site"], rule_name(cut["rule"])) in self.never_cut:
            return True
        return any(is_passage(told, cut["passage"]) for told in self.restore.get(row["page_id"], ()))


NOTHING = PageDecisions()


def rule_name(rule: str) -> str:
    """The name of a rule without its score: ``block_model 0.12`` is ``block_model``."""
    return rule.split()[0] if rule.split() else ""


def resolve_decisions(decisions: Decisions, extracted: Any) -> tuple[PageDecisions, str]:
    """The decisions that apply to pages (a frame of any engine, ``tables.EXTRACTED``), and a sentence on how many did.

    Raises PlanError if a page is both to be kept and to be dropped.
    """
    rows = decisions.of(*OF_STAGE["site"])
    if not rows:
        return NOTHING, ""
    pages = find_named(extracted, (row.page for row in rows if row.page))
    sites = _known_sites(extracted, {row.site for row in rows if row.site})
    absent = {at: f"{row.page!r}, no single page of this run" for at, row in enumerate(rows) if row.page and row.page not in pages}
    absent |= {at: f"on {row.site!r}, no site of this run" for at, row in enumerate(rows) if row.site and row.site not in sites}
    held = [row for at, row in enumerate(rows) if at not in absent]
    drop, keep = ({pages[row.page]: row.page for row in held if row.decision == kind} for kind in ("drop", "keep"))
    if both := sorted(drop.keys() & keep.keys()):
        raise PlanError(f"the decisions keep {drop[both[0]]!r} and drop it", "take one of them out")
    restore: dict[str, tuple[str, ...]] = {}
    for row in held:
        if row.decision == "restore":
            restore[pages[row.page]] = (*restore.get(pages[row.page], ()), row.passage)
    never = frozenset((row.site, rule_name(row.rule)) for row in held if row.decision == "never_cut")
    return PageDecisions(frozenset(drop), frozenset(keep), restore, never), tell_applied(rows, absent)


def _known_sites(extracted: Any, names: set[str]) -> set[str]:
    if not names:
        return set()
    frame: nw.LazyFrame[Any] = nw.from_native(extracted).lazy().select("site")
    return set(frame.filter(nw.col("site").is_in(sorted(names))).unique().collect(backend="pyarrow")["site"].to_list())


def revive(row: dict[str, Any], decided: PageDecisions) -> dict[str, Any]:
    """A page of which all was cut, and of which something is put back, as a page with no text yet; any other row as it is."""
    if row["stage"] != _NOTHING_LEFT or row["text"] is not None or not any(decided.is_back(row, cut) for cut in row["cuts"]):
        return row
    return row | {"stage": None, "reason": None, "text": "", "marks": None}


def put_back(row: dict[str, Any], decided: PageDecisions) -> dict[str, Any]:
    """A row with the cuts undone that are to be put back; its path then says how many a person had put back."""
    chosen = [decided.is_back(row, cut) for cut in row["cuts"]]
    if not any(chosen):
        return row
    text, cuts, marks = _restore(row["text"], row["cuts"], chosen, row["marks"])
    told = f"{row['path']}; {sum(chosen)} cuts undone: {BY_A_PERSON}"
    counted = dict(zip(("n_words", "content_hash"), count_and_hash(text), strict=True))
    return row | {"text": text, "cuts": cuts, "marks": marks, "path": told} | counted


def _restore(
    text: str, cuts: Sequence[dict[str, Any]], chosen: Sequence[bool], marks: Sequence[str] | None
) -> tuple[str, list[dict[str, Any]], list[str] | None]:
    """Text with the chosen cuts back in it, the other cuts with their new places, and the marks of its lines."""
    pieces: list[str] = []
    added: list[tuple[int, int]] = []
    left: list[dict[str, Any]] = []
    at = length = 0
    for cut, back in zip(cuts, chosen, strict=True):
        start = max(at, min(cut["start"], len(text)))
        pieces.append(text[at:start])
        length += start - at
        at = start
        if not back:
            left.append(cut | {"start": length})
            continue
        before, after = _seams("".join(pieces[-2:])[-1:], text[at : at + 1])
        piece = f"{before}{cut['passage']}{after}"
        added.append((at, len(piece)))
        pieces.append(piece)
        length += len(piece)
    pieces.append(text[at:])
    whole = "".join(pieces)
    return whole, left, None if marks is None else _marks(text, whole, marks, added)


def _seams(last: str, following: str) -> tuple[str, str]:
    """What parts a passage from the character before it and from the one after: a line end at the ends of lines, else a space."""
    if last in ("", "\n"):
        return "", "\n" if following else ""
    if following == "":
        return "\n", ""
    return "" if last.isspace() else " ", "" if following.isspace() or following in ".,;:!?)]" else " "


def _marks(text: str, whole: str, marks: Sequence[str], added: Sequence[tuple[int, int]]) -> list[str]:
    """Marks for the lines of ``whole``: what they were for those of ``text``, plain text for new ones; ``added`` is place and length."""
    starts = [0, *(at + 1 for at, char in enumerate(text) if char == "\n")] if text else []
    moved = {start + sum(size for at, size in added if at <= start): mark for start, mark in zip(starts, marks, strict=True)}
    new_starts = [0, *(at + 1 for at, char in enumerate(whole) if char == "\n")]
    return [moved.get(start, "p") for start in new_starts]


def check_restored(decided: PageDecisions, documents: Any) -> str:
    """A sentence on passages that were to be put back and stand nowhere on their pages; empty if all do."""
    if not decided.restore:
        return ""
    frame: nw.LazyFrame[Any] = nw.from_native(documents).lazy().select("page_id", "text")
    texts = dict(frame.filter(nw.col("page_id").is_in(sorted(decided.restore))).collect(backend="pyarrow").rows())
    missing = [page for page, told in decided.restore.items() if not _hold_all(texts.get(page), told)]
    if not missing:
        return ""
    return f"no decision could put back a passage of {', '.join(sorted(missing)[:5])}: the passage was not cut there, or is too long to be stored"


def _hold_all(text: str | None, told: Iterable[str]) -> bool:
    flat = " ".join((text or "").split())
    return all(" ".join(one.rstrip("…").split()) in flat for one in told)
