"""The copies in a frame, as an answer one can ask further: what stays and goes, why, and what another threshold would do."""

from __future__ import annotations

from functools import cached_property
from typing import Generic, cast

import polars as pl

from corpus_tools.frames import Frame, open_rows
from corpus_tools.pipeline.held import HeldRun
from corpus_tools.pipeline.in_memory import marked_rows, search_frame
from corpus_tools.plan import Plan
from corpus_tools.progress import Progress
from corpus_tools.report.answers.notebook import Swept, show_copies
from corpus_tools.report.explain import Explanation, explain_run
from corpus_tools.report.hardest import find_hardest
from corpus_tools.report.sweep import sweep_run

_FAMILY_COLUMNS = ("role", "kept_id", "kind", "similarity", "lost", "lost_words", "reason")


def find_copies(
    frame: Frame,
    text: str = "text",
    *,
    id: str | None = None,  # noqa: A002
    threshold: float | None = None,
    plan: Plan | None = None,
    progress: Progress | None = None,
) -> Copies[Frame]:
    """Search a frame for near copies and rewrites once, and ask what was found: ``dedup(frame)`` is ``find_copies(frame).kept``.

    The arguments are those of ``dedup``, and so are the errors.
    """
    return Copies(search_frame(open_rows(frame), text, id, threshold, plan, progress))


class Copies(Generic[Frame]):
    """What ``find_copies`` found in a frame. ``kept``, ``removed``, ``families`` and ``marked()`` are the kind of frame that was given."""

    def __init__(self, run: HeldRun) -> None:
        self._run = run

    @property
    def plan(self) -> Plan:
        """The plan the rows are grouped by."""
        return self._run.plan

    @property
    def summary(self) -> str:
        """Where the rows went, in one sentence."""
        return self._run.summary

    @property
    def kept(self) -> Frame:
        """The rows that stay, as they were and in their order."""
        return cast(Frame, self._run.found.rows.keep(self._run.placed["role"] != "removed"))

    @property
    def removed(self) -> Frame:
        """The rows that go, as they were and in their order; ``families`` and ``marked`` say why."""
        return cast(Frame, self._run.found.rows.keep(self._run.placed["role"] == "removed"))

    def marked(self, prefix: str = "") -> Frame:
        """All rows, with the columns that ``dedup(mark=True)`` adds. PlanError if one of them is there; give a ``prefix`` then."""
        return cast(Frame, marked_rows(self._run, prefix))

    @property
    def families(self) -> Frame:
        """A row for each row of the frame that is of a family of at least two: family (smallest id of it), row (number in the frame),
        id, role, kept_id, and of those that go kind, similarity, lost, lost_words and reason. For a list a polars DataFrame."""
        return cast(Frame, self._run.found.rows.table(self._families))

    @cached_property
    def _families(self) -> pl.DataFrame:
        placed = self._run.placed.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
        together = placed.filter(pl.len().over("cluster_id") > 1).sort("cluster_id", "row", maintain_order=True)
        table = together.select("row", *_FAMILY_COLUMNS, family="cluster_id", id="page_id")
        return table.select("family", "row", "id", *_FAMILY_COLUMNS)

    def rethreshold(
        self, threshold: float | None = None, *, min_contained: float | None = None, rewrite: float | None = None
    ) -> Copies[Frame]:
        """The same pairs grouped at other thresholds; nothing is searched for again.

        They are group.threshold, group.min_contained and rewrite.threshold of the plan. PlanError for a threshold below
        match.min_score or rewrite.min_score, which the search kept nothing below.
        """
        given = {"group.threshold": threshold, "group.min_contained": min_contained, "rewrite.threshold": rewrite}
        return Copies(self._run.moved({name: value for name, value in given.items() if value is not None}))

    def hardest(self, n: int = 20) -> pl.DataFrame:
        """Up to ``n`` pairs nearest to a threshold, nearest first, none of one family twice: setting, threshold, measure (what is
        compared with it), left, right (ids), together, and the two texts."""
        found = [
            pairs.with_columns(
                pl.lit(one.name).alias("setting"), pl.lit(one.value).alias("threshold"), pl.col("measure").cast(pl.Float64)
            )
            for one, pairs in find_hardest(self._run, n)
        ]
        far = (pl.col("measure") - pl.col("threshold")).abs()
        pairs = (
            pl.concat(found)
            .sort(far, "left", "right", maintain_order=True)
            .unique(["left", "right"], keep="first", maintain_order=True)
        )
        for side in ("left", "right"):
            clusters = self._run.clusters.select("page_id", pl.col("cluster_id").alias(f"{side}_family")).collect()
            texts = self._run.documents.select("page_id", pl.col("text").alias(f"{side}_text")).collect()
            pairs = pairs.join(
                clusters.join(texts, on="page_id"), left_on=side, right_on="page_id", how="left", maintain_order="left"
            )
        chosen = pairs[_one_of_each_family(pairs, n)].with_columns(
            (pl.col("left_family") == pl.col("right_family")).alias("together")
        )
        return chosen.select("setting", "threshold", "measure", "left", "right", "together", "left_text", "right_text")

    def sweep(self, thresholds: list[float] | tuple[float, ...] = (), setting: str = "group.threshold") -> pl.DataFrame:
        """What other values of one threshold would keep and remove; see ``Run.sweep``."""
        return Swept(sweep_run(self._run, thresholds, None, setting))

    def explain(self, a: str | int, b: str | int) -> Explanation:
        """Why two rows are together or not. Name them by the values of the id column, or by their numbers if there is none."""
        return explain_run(self._run, cast(str, a), cast(str, b))

    def _repr_html_(self) -> str:
        return show_copies(self.summary, self.plan.group.threshold, self._families)

    def __repr__(self) -> str:
        return f"Copies({self.summary})"


def _one_of_each_family(pairs: pl.DataFrame, n: int) -> list[int]:
    seen: set[str] = set()
    taken: list[int] = []
    for place, families in enumerate(pairs.select("left_family", "right_family").iter_rows()):
        if len(taken) < n and not seen & set(families):
            seen |= set(families)
            taken.append(place)
    return taken
