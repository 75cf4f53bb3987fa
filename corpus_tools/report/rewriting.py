"""How one page of a run was made from another: words copied, substituted, left out and inserted, and which came first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from corpus_tools.errors import RunError
from corpus_tools.frames import to_arrow
from corpus_tools.rewrite.alignment.compare import Rewrite, compare_texts, sentence_lexicon
from corpus_tools.rewrite.original import find_originals
from corpus_tools.rewrite.vocabulary import Vocabulary
from corpus_tools.store.opened import StoredRun
from corpus_tools.text import words

Comparer = Callable[[str, str], Rewrite]
"""Compares an original's text with its rewrite's."""
MAX_SWAPS = 8
"""Maximum number of a pair's substitutions that are shown as known from other pairs."""


MAX_SIBLINGS = 20
"""Maximum number of siblings that are listed."""
KINDS = {"words": "words swapped in place", "sentences": "sentences written anew (translated, polished or paraphrased)"}
"""What each head of the model looks for, in words."""


@dataclass(frozen=True)
class Rewriting:
    """A pair with its evidence; in ``detail``, left is the original and right the rewrite.

    ``score`` is the probability the run stored, or None where it stored none; ``threshold`` is the one from which pairs merge.
    ``swaps`` are this pair's substitutions that the run saw in several pairs: original's word, rewrite's word, pairs.
    ``siblings`` are page_ids of pages that the run found to be rewrites of both, or originals of both.
    """

    original: str
    why_original: str
    score: float | None
    threshold: float
    detail: Rewrite
    swaps: tuple[tuple[str, str, int], ...]
    siblings: tuple[str, ...] = ()


def open_comparer(run: StoredRun) -> Comparer:
    """Comparer with the run's vocabulary and weights, which are worked out once; RunError where the run has no vocabulary."""
    held = to_arrow(run.table("vocabulary").collect())
    if not held.num_rows:
        raise RunError(f"{run.path} was made without a search for rewrites", "run it again without --no-rewrites")
    vocabulary = Vocabulary.from_batch(held)
    lexicon = sentence_lexicon(run.documents, vocabulary)
    return lambda left, right: compare_texts(left, right, lexicon, vocabulary)


def explain_rewriting(run: StoredRun, left: dict[str, Any], right: dict[str, Any], together: bool) -> Rewriting | None:
    """The pair as original and rewrite; None when nothing says that one was made of the other.

    ``left`` and ``right`` are rows of documents. A pair the run stored is one; another pair of one cluster (a rewrite and
    a copy of its original) counts when it is as likely as what merges.
    """
    if not run.plan.rewrite.enabled or left["page_id"] == right["page_id"]:
        return None
    ids = sorted((left["page_id"], right["page_id"]))
    stored = run.rewrites.filter((pl.col("left") == ids[0]) & (pl.col("right") == ids[1])).collect()
    if not stored.height and not together:
        return None
    compare = open_comparer(run)
    if stored.height:
        return show_rewriting(run, stored.row(0, named=True), {row["page_id"]: row for row in (left, right)}, compare)
    found = compare(left["text"], right["text"])
    if found.probability < run.plan.rewrite.threshold:
        return None
    named = _name_original(run, left, right, found.head)
    return show_rewriting(run, {**named, "left": ids[0], "right": ids[1]}, {row["page_id"]: row for row in (left, right)}, compare)


def show_rewriting(run: StoredRun, edge: dict[str, Any], pages: dict[str, dict[str, Any]], compare: Comparer) -> Rewriting:
    """A row of ``tables.REWRITES`` with its evidence; ``pages`` holds the documents' rows by page_id."""
    original, why = edge["original"] or edge["left"], edge["why_original"] or "not known: the page with the smaller id"
    other = edge["right"] if original == edge["left"] else edge["left"]
    detail = compare(pages[original]["text"], pages[other]["text"])
    told = (detail, _known_swaps(run, detail), _find_siblings(run, original, other))
    return Rewriting(original, why, edge.get("score"), run.plan.rewrite.threshold, *told)


def _find_siblings(run: StoredRun, original: str, other: str) -> tuple[str, ...]:
    """The first MAX_SIBLINGS pages that stored pairs link to both pages, by page_id."""
    pairs, ends = run.rewrites.select("left", "right"), (original, other)
    met = [pairs.filter(pl.col(one).is_in(ends)).select(page=one, with_=two) for one, two in (("left", "right"), ("right", "left"))]
    both = pl.concat(met).unique().group_by("with_").agg(n=pl.len()).filter(pl.col("n") == 2)
    return tuple(both.sort("with_").head(MAX_SIBLINGS).collect()["with_"])


def describe_kind(rewriting: Rewriting) -> str:
    """How it was rewritten, and how many pages stand beside the pair, in words."""
    kin = len(rewriting.siblings)
    beside = (
        f"; {kin}{' or more' if kin == MAX_SIBLINGS else ''} other page{'s' * (kin != 1)} of this run pair with both" if kin else ""
    )
    return f"{KINDS[rewriting.detail.head]}{beside}"


def describe_words(rewriting: Rewriting) -> str:
    """What became of the words of matched sentences, in words."""
    counts, detail = rewriting.detail.words, rewriting.detail
    told = f"{counts['copied']} words copied, {counts['substituted']} substituted, {counts['removed']} left out, {counts['inserted']} inserted"
    alone = f"{len(detail.left_only)} sentences only in the original, {len(detail.right_only)} only in the rewrite"
    return f"{len(detail.sentences)} matched sentences: {told}; {alone}"


def describe_swaps(rewriting: Rewriting) -> str:
    """The pair's best supported substitutions, in words."""
    return ", ".join(f"{old} → {new} ({pairs} pairs)" for old, new, pairs in rewriting.swaps)


def _name_original(run: StoredRun, left: dict[str, Any], right: dict[str, Any], head: str) -> dict[str, Any]:
    vocabulary = Vocabulary.from_batch(to_arrow(run.table("vocabulary").collect()))
    kinds: dict[str, Any] = {
        "page_id": pl.String,
        "text": pl.String,
        "fetched_at": pl.Datetime("us", "UTC"),
        "spam_score": pl.Float64,
    }
    pages = pl.DataFrame([{name: row[name] for name in kinds} for row in (left, right)], kinds).rename({"fetched_at": "date"})
    first, second = sorted(pages["page_id"])
    pair = pl.DataFrame({"left": [first], "right": [second], "head": [head]})
    return find_originals(pair, pages, vocabulary).select("original", "why_original").row(0, named=True)


def _known_swaps(run: StoredRun, detail: Rewrite) -> tuple[tuple[str, str, int], ...]:
    """The pair's one-word substitutions that stand in the run's table, best supported first."""
    pairs = {
        (old[0], new[0])
        for sentence in detail.sentences
        for span in sentence.spans
        for old, new in zip(*([words(word) for word in side.split()] for side in (span.left, span.right)), strict=False)
        if span.kind == "substituted" and len(old) == len(new) == 1
    }
    if not pairs:
        return ()
    wanted = pl.DataFrame(sorted(pairs), schema=["old", "new"], orient="row")
    table = run.substitutions.select("left", "right", "support").collect()
    both = pl.concat(
        [
            table.rename({"left": "old", "right": "new"}),
            table.rename({"right": "old", "left": "new"}).select("old", "new", "support"),
        ]
    )
    found = wanted.join(both, on=["old", "new"]).sort(["support", "old", "new"], descending=[True, False, False])
    return tuple(found.head(MAX_SWAPS).rows())
