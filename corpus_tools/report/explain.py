"""Why two pages are together or not: measures, the path of evidence, and their words side by side."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa
from rich.console import RenderableType

from corpus_tools import text as definitions
from corpus_tools.group.decisions import resolve_decisions
from corpus_tools.group.joined import grouped_edges, merging_edges
from corpus_tools.group.permission import may_go
from corpus_tools.kernels.shingles import hash_shingles
from corpus_tools.match.frequencies import Frequencies
from corpus_tools.match.verify import score_texts
from corpus_tools.match.word_store import TOLD
from corpus_tools.pipeline.decided import run_decisions
from corpus_tools.plan import GroupPlan, Plan
from corpus_tools.report.diff import Segment, diff_texts
from corpus_tools.report.rewriting import Rewriting, explain_rewriting
from corpus_tools.report.terminal import render_explanation
from corpus_tools.shown import json_line
from corpus_tools.store.opened import StoredRun


@dataclass(frozen=True)
class Explanation:
    """The answer. ``together`` is None if there are only two texts and no run.

    ``rewriting`` is set if the run looked for rewrites and one page was made from the other.
    """

    left: dict[str, Any]
    right: dict[str, Any]
    verdict: str
    together: bool | None
    measures: dict[str, Any]
    path: list[dict[str, Any]] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    rewriting: Rewriting | None = None

    def to_json(self) -> str:
        """All of it as one JSON object."""
        return json_line(asdict(self))

    def _repr_html_(self) -> str:
        from corpus_tools.report.answers.notebook import show_explanation

        return show_explanation(self.verdict, self.measures, self.path, self.segments, self.rewriting)

    def render(self) -> RenderableType:
        """For a terminal: verdict, measures, evidence, then the words; see ``report.terminal``."""
        return render_explanation(self.left, self.right, self.verdict, self.measures, self.path, self.segments, self.rewriting)


def explain_pair(
    a_text: str,
    b_text: str,
    plan: Plan | None = None,
    *,
    a_url: str | None = None,
    b_url: str | None = None,
    a_title: str | None = None,
    b_title: str | None = None,
) -> Explanation:
    """Compare two clean texts under a plan, without a run; their addresses and titles, where given, count as they do in a run.

    The verdict is about the pair alone: in a run, other pages could still join the two. Whether one text is a rewrite of the
    other is not judged, which the verdict says: only the pages of a run tell which words are rare.
    """
    return _explain_texts(a_text, b_text, plan or Plan(), {"url": (a_url, b_url), "title": (a_title, b_title)})


def _explain_texts(
    a_text: str, b_text: str, plan: Plan, told: Mapping[str, tuple[str | None, str | None]], corpus: Frequencies | None = None
) -> Explanation:
    """``explain_pair`` with all that is ``word_store.TOLD`` of both pages and the frequencies of their corpus."""
    measures = score_texts(a_text, b_text, plan, told, corpus)
    verdict = _say_pair(measures, plan.group)
    sides = [{"words": definitions.count_words(text)} for text in (a_text, b_text)]
    if plan.rewrite.enabled and not any(_who_may_go(measures, plan.group).values()):
        verdict += _NOT_JUDGED
    return Explanation(sides[0], sides[1], verdict, None, measures, [], diff_texts(a_text, b_text))


_NOT_JUDGED = (
    "; whether one is a rewrite of the other is not judged here, because only the pages of a run tell which words are rare: "
    "find out with corpus-tools explain RUN, or with dedup on a frame"
)


def explain_run(run: StoredRun, a: str, b: str) -> Explanation:
    """Explain two pages of a run. PlanError if a name fits no document, or several."""
    ids = [run.find_page(a), run.find_page(b)]
    rows = {row["page_id"]: row for row in run.documents.filter(pl.col("page_id").is_in(ids)).collect().iter_rows(named=True)}
    places = {row["page_id"]: row for row in run.clusters.filter(pl.col("page_id").is_in(ids)).collect().iter_rows(named=True)}
    left, right = (rows[name] for name in ids)
    plan = replace(run.plan, rewrite=replace(run.plan.rewrite, enabled=False))  # the run has judged it
    corpus = _count_both(run, left["text"], right["text"], plan)
    plain = _explain_texts(left["text"], right["text"], plan, {name: (left[name], right[name]) for name in TOLD}, corpus)
    together = places[ids[0]]["cluster_id"] == places[ids[1]]["cluster_id"]
    path = _find_path(run, ids[0], ids[1]) if together and ids[0] != ids[1] else []
    verdict = _say_together(places[ids[0]], places[ids[1]]) if together else _say_apart(run, ids, plain.measures)
    if together and plain.measures["kind"] == "renamed":
        verdict += " What stands in each other's place does so on pages about other things too, so it is no subject."
    if said := _say_decided(run, ids):
        verdict = f"{said}. {verdict[0].upper()}{verdict[1:]}"
    sides = [
        {**_shown_fields(row), "role": places[name]["role"], "reason": places[name]["reason"]}
        for row, name in zip((left, right), ids, strict=True)
    ]
    rewriting = explain_rewriting(run, left, right, together)
    if rewriting and rewriting.score is not None and rewriting.score < rewriting.threshold:
        verdict += f"; it is a rewrite with probability {rewriting.score:.3f}, below the threshold {rewriting.threshold:g}"
    return Explanation(sides[0], sides[1], verdict, together, plain.measures, path, plain.segments, rewriting)


def _count_both(run: StoredRun, left: str, right: str, plan: Plan) -> Frequencies:
    """How many texts of the run hold the shingles of the two texts."""
    shingles = hash_shingles(pa.array([left, right], pa.large_string()), plan.fingerprint.ngram)[1]
    held = pl.col("shingle").is_in(np.unique(shingles).astype(np.int64))
    return Frequencies.of(run.table("frequencies").filter(held).sort("shingle").collect())


_SHOWN_FIELDS = ("page_id", "source_id", "url", "title", "n_words", "fetched_at", "spam_score", "spam_reasons")


def _shown_fields(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _SHOWN_FIELDS}


def _say_together(left: dict[str, Any], right: dict[str, Any]) -> str:
    if left["page_id"] == right["page_id"]:
        return "both names stand for the same page"
    return f"together in cluster {left['cluster_id']}. First page {left['reason']}. Second page {right['reason']}."


def _say_pair(measures: dict[str, Any], plan: GroupPlan) -> str:
    """What the evidence on a pair comes to: whether one page may stand for the other, or what speaks against it."""
    score, threshold = measures["score"], plan.threshold
    goes = _who_may_go(measures, plan)
    if measures["kind"] == "renamed":
        return _RENAMED
    if measures["subject_conflict"]:
        return "the pair stays apart: the pages share their frame, but each names another subject where the other names its own"
    if measures["shared_notice"]:
        return "the pair stays apart: what they share is a notice that many other pages hold, and what each says of its own differs"
    lost = {side: measures[f"lost_{side}"] / max(1, measures[f"own_{side}"]) for side in ("left", "right")}
    if all(goes.values()):
        return f"score {score:.3f} is at or above the threshold {threshold:g}: either page may stand for the other"
    if any(goes.values()):
        side, other = ("left", "second") if goes["left"] else ("right", "first")
        return f"the {other} page holds {1 - lost[side]:.0%} of the other's own words and may stand for it, not the other way round"
    if score >= threshold:
        return f"score {score:.3f} is at or above the threshold {threshold:g}, but {min(lost.values()):.0%} of a page's own words would be lost"
    return f"score {score:.3f} is below the threshold {threshold:g}: the pair does not merge"


_RENAMED = (
    "the pair stays apart: each page names another subject where the other names its own. Were these only names, such as those of a "
    "brand before and after, the same two would change places on pages about other things, and too few do"
)


def _say_decided(run: StoredRun, ids: list[str]) -> str:
    """What a person decided about the two pages, if the run obeyed it."""
    decided = resolve_decisions(run_decisions(run), run.documents)[0]
    pair = tuple(sorted(ids))
    said = [f"{words}" for words, pairs in (("not one", decided.apart), ("one", decided.together)) if pair in pairs]
    names = dict(decided.names)
    kept = [f"{names[page]} is kept" for page in dict.fromkeys(ids) if page in decided.keep]
    told = [f"the two are {said[0]}" if said else "", *kept]
    return f"decided by a person: {', '.join(one for one in told if one)}" if any(told) else ""


def _who_may_go(measures: dict[str, Any], plan: GroupPlan) -> dict[str, bool]:
    """Of each side, whether its page may go for the other."""
    if measures["kind"] in ("near", "contained") and (measures["subject_conflict"] or measures["shared_notice"]):
        return {"left": False, "right": False}  # such pairs are not stored, whatever they score
    frame = nw.from_native(pl.DataFrame([measures]))
    return {side: bool(frame.select(may_go(side, plan)).rows()[0][0]) for side in ("left", "right")}


def _say_apart(run: StoredRun, ids: list[str], measures: dict[str, Any]) -> str:
    """Say which step kept the pair apart: the search, the verdict, or that neither is in a family."""
    plan = run.plan
    pair = sorted(ids)
    stored = grouped_edges(run).filter((pl.col("left") == pair[0]) & (pl.col("right") == pair[1])).collect()
    if stored.height and any(_who_may_go(stored.row(0, named=True), plan.group).values()) and not _merges(run, pair):
        return "apart: one page holds the other beside one about something else, and stands for neither of them"
    if stored.height:
        return f"apart: {_say_pair(stored.row(0, named=True), plan.group)}"
    if measures["subject_conflict"] or measures["shared_notice"]:
        return f"apart: {_say_pair(measures, plan.group)}"
    score = measures["score"]
    if score >= plan.match.min_score:
        chance = 1 - plan.match.recall
        return f"apart: their score is {score:.3f}, but the pair is not stored: the search misses up to {chance:.0%} of the pairs near match.min_score"
    return f"apart: their score {score:.3f} is below match.min_score {plan.match.min_score}, so the pair is not stored"


def _merges(run: StoredRun, pair: list[str]) -> bool:
    """Whether the run let one page of the pair go for the other."""
    return not merging_edges(run).filter((pl.col("left") == pair[0]) & (pl.col("right") == pair[1])).collect().is_empty()


def _find_path(run: StoredRun, start: str, goal: str) -> list[dict[str, Any]]:
    """The shortest chain of merging edges between two pages of one cluster."""
    cluster = run.clusters.filter(pl.col("page_id") == start).select("cluster_id").collect().item()
    members = run.clusters.filter(pl.col("cluster_id") == cluster).select("page_id").collect()["page_id"].implode()
    inside = merging_edges(run).filter(pl.col("left").is_in(members) & pl.col("right").is_in(members))
    edges = inside.sort("score", descending=True)
    steps: dict[str, list[dict[str, Any]]] = {}
    urls = run.documents.filter(pl.col("page_id").is_in(members)).select("page_id", "url")
    named = edges.select("left", "right", "kind", "score")
    for side in ("left", "right"):
        named = named.join(urls.rename({"page_id": side, "url": f"{side}_url"}), on=side, how="left", maintain_order="left")
    for edge in named.collect().iter_rows(named=True):
        steps.setdefault(edge["left"], []).append(edge)
        steps.setdefault(edge["right"], []).append(edge)
    return _shortest_path(steps, start, goal)


def _shortest_path(steps: dict[str, list[dict[str, Any]]], start: str, goal: str) -> list[dict[str, Any]]:
    came: dict[str, dict[str, Any] | None] = {start: None}
    queue = deque([start])
    while queue and goal not in came:
        here = queue.popleft()
        for step in steps.get(here, []):
            there = step["right"] if step["left"] == here else step["left"]
            if there not in came:
                came[there] = step
                queue.append(there)
    path: list[dict[str, Any]] = []
    here = goal
    while edge := came.get(here):
        path.append(edge)
        here = edge["left"] if edge["right"] == here else edge["right"]
    return path[::-1]
