"""One default for all: weights and thresholds chosen on all labelled sets but one, and shown on that one.

python -m benchmarks.near_copies.left_out --data DATA    DATA holds vagov/, medquad/, web_pairs/ and cochrane/

A setting is a threshold and the weights of the verdict. Of the settings that remove at most one page in a thousand wrongly from
each set they are chosen on, the one with the best mean is taken: F1 over families on revisions, F1 of judged pairs on web pages,
the share of planted pages that are found. Then it is shown on the set that was left out. The last line is chosen on all sets: it
is the recommended default, and its figures flatter.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks import gate
from benchmarks.data.labelled_sets import load_revisions, load_templates
from benchmarks.data.made_templates import make_templates
from benchmarks.data.planted_corpus import plant
from benchmarks.near_copies.evidence import Gathered, gather
from benchmarks.near_copies.planted import judge_planted
from corpus_tools.group.local import cluster_edges
from corpus_tools.match.verdict import Weights
from corpus_tools.plan import GroupPlan, Plan
from corpus_tools.report.agreement import judge_clusters

CHOOSING_SEED, SHOWING_SEED = 9, 11
"""Planted pages that settings are chosen on, and others of the same kinds that they are shown on."""
SHOWN = {"planted": "planted, shown", "revisions": "revisions, with addresses"}
"""Sets that no setting is chosen on, and the set that each stands for."""
ALLOWED_WRONG = 0.001
"""Pages of a set that may be removed wrongly, as a share, for a setting to be chosen."""
PLANTED = ("mirror", "excerpt", "split", "syndicated", "version", "spelling", "headline", "shuffled")


@dataclass(frozen=True)
class Setting:
    """One point of the search."""

    threshold: float
    weights: Weights


@dataclass(frozen=True)
class Figure:
    """How one set fares: ``quality`` 0 to 1 (None where the set has nothing to find), pages removed wrongly, pages in all."""

    quality: float | None
    wrong: int
    pages: int


@dataclass(frozen=True)
class Held:
    """A set with the evidence on it, and how clusters of it are judged."""

    gathered: Gathered
    judge: Callable[[pl.DataFrame], Figure]


def settings() -> Iterator[Setting]:
    """All points of the search, the strictest first."""
    for threshold, replaced, lost, most in product((0.78, 0.74, 0.7, 0.66), (0.2, 0.15, 0.1), (0.45, 0.3, 0.15), (12, 20)):
        yield Setting(threshold, Weights(replaced=replaced, lost=lost, max_lost_words=most))


def fare(held: Held, setting: Setting, group: GroupPlan, floor: float) -> Figure:
    """The set's figure under a setting."""
    edges = held.gathered.judge(setting.weights, min(floor, setting.threshold))
    return held.judge(cluster_edges(edges, held.gathered.documents, replace(group, threshold=setting.threshold)))


def choose(figures: dict[Setting, dict[str, Figure]], names: list[str]) -> Setting:
    """The setting with the best mean quality over the sets ``names``, of those with few pages removed wrongly from each."""

    def few_wrong(row: dict[str, Figure]) -> bool:
        return all(row[name].wrong <= ALLOWED_WRONG * row[name].pages for name in names)

    def mean(row: dict[str, Figure]) -> float:
        return float(np.mean([row[name].quality for name in names if row[name].quality is not None]))

    fit = {setting: row for setting, row in figures.items() if few_wrong(row)} or figures
    return max(fit, key=lambda setting: mean(fit[setting]))


def judge_truth(pages: pl.DataFrame, ignored: pl.DataFrame | None, finds: bool) -> Callable[[pl.DataFrame], Figure]:
    """By the true cluster of every page; ``finds`` says whether there is something to find."""
    truth = pages.select("page_id", "truth")

    def judge(clusters: pl.DataFrame) -> Figure:
        figures = judge_clusters(clusters, truth, ignored, kept_truth=truth)
        return Figure(figures["f1"] if finds else None, 0 if finds else int(figures["wrongly_removed"]), truth.height)

    return judge


def judge_web(pairs: pl.DataFrame) -> Callable[[pl.DataFrame], Figure]:
    """Pairs judged "3" (the same) against "0.5" (different): F1 of being in one cluster."""
    judged = pairs.filter(pl.col("judged").is_in(["3", "0.5"])).with_columns(same=pl.col("judged") == "3")

    def judge(clusters: pl.DataFrame) -> Figure:
        place = clusters.select("page_id", "cluster_id")
        held = judged.join(place.rename({"cluster_id": "of_a"}), left_on="a", right_on="page_id")
        held = held.join(place.rename({"cluster_id": "of_b"}), left_on="b", right_on="page_id")
        joined, same = (held["of_a"] == held["of_b"]), held["same"]
        right, total = int((joined & same).sum()), int(joined.sum()) + int(same.sum())
        return Figure(2 * right / max(1, total), 0, clusters.height)

    return judge


def judge_plants(pages: pl.DataFrame, ignored: pl.DataFrame) -> Callable[[pl.DataFrame], Figure]:
    """Share found of the planted kinds, each kind counting alike, and pages of any kind removed wrongly."""

    def judge(clusters: pl.DataFrame) -> Figure:
        rows = judge_planted(pages, clusters, ignored)
        found = rows.filter(pl.col("kind").is_in(PLANTED))["found"].mean()
        return Figure(float(found), int(rows["wrongly_removed"].sum()), pages.height)  # type: ignore[arg-type]

    return judge


def load(data: Path, plan: Plan) -> dict[str, Held]:
    """Every set: those that settings are chosen on, and the ones of ``SHOWN``."""
    revisions, templates, made = load_revisions(data), load_templates(data).pages, make_templates().pages
    alone = templates.filter(pl.col("edit").is_null())
    web, reviews = (
        pl.read_parquet(data / name / "pages.parquet").select(page_id="id", text="text") for name in ("web_pairs", "cochrane")
    )
    reviews = reviews.with_columns(truth="page_id")
    judges: dict[str, tuple[pl.DataFrame, Callable[[pl.DataFrame], Figure]]] = {
        "revisions": (revisions.pages, judge_truth(revisions.pages, revisions.ignored, finds=True)),
        "web pages": (web, judge_web(pl.read_parquet(data / "web_pairs" / "pairs.parquet"))),
        "templates": (alone, judge_truth(alone, None, finds=False)),
        "made templates": (made, judge_truth(made, None, finds=False)),
        "reviews": (reviews, judge_truth(reviews, None, finds=False)),
    }
    addressed = load_revisions(data, addressed=True).pages
    judges[SHOWN["revisions"]] = (addressed, judge_truth(addressed, revisions.ignored, finds=True))
    for name, seed in (("planted", CHOOSING_SEED), (SHOWN["planted"], SHOWING_SEED)):
        pages = plant(data, seed)
        judges[name] = (pages, judge_plants(pages, revisions.ignored))
    return {name: Held(gather(pages, plan), judge) for name, (pages, judge) in judges.items()}


def files(data: Path) -> list[Path]:
    """The files that the figures depend on."""
    pages = [data / name / "pages.parquet" for name in ("vagov", "medquad", "web_pairs", "cochrane")]
    return [*pages, data / "vagov" / "ambiguous_pairs.parquet", data / "web_pairs" / "pairs.parquet"]


def table(figures: dict[Setting, dict[str, Figure]], show: Callable[[str, Setting], Figure]) -> list[dict[str, Any]]:
    """One row a set that was left out, and one for all sets: the setting and how the set, or every set, fares with it.

    ``show`` is how a set of ``SHOWN`` fares. The planted pages that settings are chosen on are shown nowhere.
    """
    names = list(next(iter(figures.values())))
    rows = []
    for name in [*names, *(f"none: {name}" for name in names)]:
        setting = choose(figures, [other for other in names if other != name])
        of = name.removeprefix("none: ")
        told = {} if of == "planted" else {name: figures[setting][of]}
        if of in SHOWN:
            told[name if of == "planted" else f"{name}, with addresses"] = show(SHOWN[of], setting)
        rows += [
            {"left out": which, "threshold": setting.threshold, **asdict(setting.weights), **asdict(figure)}
            for which, figure in told.items()
        ]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    plan = Plan()
    sets = load(given.data, plan)
    shown = {name: sets.pop(name) for name in SHOWN.values()}
    figures: dict[Setting, dict[str, Figure]] = {}
    for setting in settings():
        figures[setting] = {name: fare(held, setting, plan.group, plan.match.min_score) for name, held in sets.items()}
    rows = table(figures, lambda name, setting: fare(shown[name], setting, plan.group, plan.match.min_score))
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160):
        print(pl.DataFrame(rows))
    gate.save_result("near_copies/left_out", {row["left out"]: row for row in rows}, gate.digest_files(*files(given.data)), {})


if __name__ == "__main__":
    main()
