"""What an earlier run knows of rewrites: its vocabulary, the pairs it stored, and which pages it has compared."""

from __future__ import annotations

from dataclasses import asdict

import narwhals as nw

from corpus_tools.engines import relational as steps
from corpus_tools.engines.desk import Frame
from corpus_tools.kernels.closure import closure_digest
from corpus_tools.match.known import mark_known, moved_edges, still_known
from corpus_tools.plan import Plan
from corpus_tools.rewrite.vocabulary import SAMPLE
from corpus_tools.store.earlier import Earlier
from corpus_tools.store.manifest import read_manifest
from corpus_tools.store.opened import StoredRun

TABLES = ("vocabulary", "rewrites")
SPEAKS_FOR = 0.5
"""Share of the documents now, or of a full sample, that the earlier vocabulary must have been counted on."""
_JOINS_ONLY = ("threshold",)
"""Settings that decide what is joined, not what is found."""


def searched_earlier(earlier: Earlier | None, plan: Plan, documents: int) -> StoredRun | None:
    """The earlier run if this one can build on its search for rewrites; else None, and all pairs are searched.

    It must have searched with the same code and settings, and its vocabulary must speak for the ``documents`` that there are now.
    """
    if earlier is None or not _same_search(earlier.run.plan, plan):
        return None
    code = closure_digest("corpus_tools.rewrite.stage")
    seals = [read_manifest(earlier.path / name) for name in TABLES]
    if not all(seal is not None and seal.work.code == code for seal in seals):
        return None
    counted = earlier.run.table("vocabulary").select("documents").collect()["documents"].sum()
    return earlier.run if counted >= SPEAKS_FOR * min(documents, SAMPLE) else None


def _same_search(theirs: Plan, ours: Plan) -> bool:
    one, other = (
        {name: value for name, value in asdict(plan.rewrite).items() if name not in _JOINS_ONLY} for plan in (theirs, ours)
    )
    return one == other and theirs.fingerprint == ours.fingerprint


def pairs_to_judge(pairs: Frame, sketched: Frame, rewrites: Frame, seen: Frame) -> Frame:
    """Of candidate ``pairs`` (left, right) those with a text that the earlier run did not have, and the pairs that it stored.

    ``sketched`` and ``seen`` are the signatures of this run and the earlier one (page_id, content_hash), ``rewrites`` what that one
    stored. Its pairs are judged again beside the new ones, since a new page may be their rival.
    """
    same = still_known(seen, sketched)
    marked = mark_known(sketched.select("page_id", "content_hash"), same).select("page_id", "old")
    joined = steps.join_ends(pairs.select("left", "right"), marked, ["old"])
    fresh = joined.filter(~(nw.col("old_left") & nw.col("old_right"))).select("left", "right")
    return nw.concat([fresh, moved_edges(rewrites, same, sketched)]).unique()
