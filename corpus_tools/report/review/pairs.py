"""The pairs of a review and all that is shown of one: two pages side by side, what they share, what was cut from them."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import polars as pl

from corpus_tools.group.joined import merging_edges
from corpus_tools.report.judging.grouping import SETTINGS
from corpus_tools.report.judging.strata import draw_sample, stored_pairs
from corpus_tools.store.decisions import flatten_passage
from corpus_tools.store.opened import StoredRun

SHOWN_PAIRS = 500
"""Pairs of a review without a sample, at most."""
SHOWN_WORDS = 2_500
"""Words of a page that are compared and shown."""
SHOWN_CUTS = 60
"""Cut passages of a page that are shown."""
_NAME = 90


@dataclass(frozen=True)
class Review:
    """What a review shows: pairs (a row each) and the pages in them, read once."""

    pairs: list[dict[str, Any]]
    pages: dict[str, dict[str, Any]]
    cuts: dict[str, list[dict[str, str]]]

    def known(self, pair: dict[str, Any]) -> dict[str, str]:
        """What ``labels.csv`` holds of a pair beside its label."""
        told = {
            name: "" if pair.get(name) is None else str(pair[name]) for name in ("kind", "score", "stratum", "size", "probability")
        }
        return told | {"note": " | ".join(self.pages[pair[side]]["name"] for side in ("left", "right"))}

    def show(self, at: int) -> dict[str, Any]:
        """One pair as plain values. Everything in it comes from pages nobody vouches for: it is shown as text only."""
        pair = self.pairs[at]
        left, right = (self.pages[pair[side]] for side in ("left", "right"))
        names = ("kind", "score", "own_left", "own_right", "lost_left", "lost_right", "merges")
        sides = [{**page, "cuts": self.cuts.get(page["page_id"], [])} for page in (left, right)]
        for side in sides:
            side["more"] = max(0, len(side["text"].split()) - SHOWN_WORDS)
            del side["text"]
        return {
            "at": at,
            **{name: pair[name] for name in names},
            "left": sides[0],
            "right": sides[1],
            "segments": compare_words(left["text"], right["text"]),
        }


def open_review(run: StoredRun, sample: int | None = None, seed: int = 0) -> tuple[Review, pl.DataFrame | None]:
    """The pairs to judge: ``sample`` of them drawn by ``strata.draw_sample`` (also given back), else the hardest of each family."""
    stored = stored_pairs(run)
    drawn = None if sample is None else draw_sample(stored, sample, seed)
    pairs = _hardest(run, stored) if drawn is None else drawn
    passing = merging_edges(run).collect().select("left", "right", merges=pl.lit(value=True))
    rows = pairs.join(passing, on=["left", "right"], how="left", maintain_order="left").with_columns(
        pl.col("merges").fill_null(value=False)
    )
    ids = pl.concat([rows["left"], rows["right"]]).unique(maintain_order=True).to_list()
    return Review(rows.to_dicts(), _read_pages(run, ids), _read_cuts(run, ids)), drawn


def _hardest(run: StoredRun, stored: pl.DataFrame) -> pl.DataFrame:
    """Pairs nearest to the threshold of their kind; the first of every family before the second of any."""
    settings = run.plan.to_dict()
    threshold = pl.lit(0.5)
    for kind, setting in SETTINGS.items():
        section, name = setting.split(".")
        threshold = pl.when(pl.col("kind") == kind).then(pl.lit(float(settings[section][name]))).otherwise(threshold)
    families = run.clusters.select(left="page_id", family="cluster_id").collect()
    far = (
        stored.join(families, on="left").with_columns((pl.col("place") - threshold).abs().alias("far")).sort("far", "left", "right")
    )
    turn = far.with_columns(pl.int_range(pl.len()).over("family").alias("turn"))
    return turn.sort("turn", "far", "left", "right").head(SHOWN_PAIRS).drop("family", "far", "turn", "stratum")


def _read_pages(run: StoredRun, ids: list[str]) -> dict[str, dict[str, Any]]:
    columns = ("page_id", "url", "source", "site", "title", "language", "n_words", "text")
    held = run.documents.filter(pl.col("page_id").is_in(ids)).select(columns).collect()
    places = run.clusters.select("page_id", "role", "reason").filter(pl.col("page_id").is_in(ids)).collect()
    rows = held.join(places, on="page_id", how="left")
    return {row["page_id"]: row | {"name": name_page(row)} for row in rows.iter_rows(named=True)}


def name_page(row: dict[str, Any]) -> str:
    """What a page is called: its title, its address or its first words."""
    name = " ".join((row["title"] or row["url"] or row["text"][: 2 * _NAME] or row["page_id"]).split())
    return name if len(name) <= _NAME else f"{name[:_NAME]}…"


def _read_cuts(run: StoredRun, ids: list[str]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in run.stripped.filter(pl.col("page_id").is_in(ids)).collect().iter_rows(named=True):
        cuts = found.setdefault(row["page_id"], [])
        if len(cuts) < SHOWN_CUTS:
            cuts.append({"kind": row["kind"], "rule": row["rule"].split()[0], "passage": flatten_passage(row["passage"])})
    return found


def compare_words(left: str, right: str) -> list[list[str]]:
    """``[left words, right words]`` for each stretch in reading order; both are the same but for case where the pages agree.

    Words that stand on more than one in a hundred places are no anchors, which bounds the time on pages made of few words.
    """
    a, b = left.split()[:SHOWN_WORDS], right.split()[:SHOWN_WORDS]
    folded = [[word.casefold() for word in side] for side in (a, b)]
    head = 0
    while head < min(len(a), len(b)) and folded[0][head] == folded[1][head]:
        head += 1
    rest = SequenceMatcher(None, folded[0][head:], folded[1][head:]).get_opcodes()
    first = [[" ".join(a[:head]), " ".join(b[:head])]] if head else []
    return first + [[" ".join(a[head + i : head + j]), " ".join(b[head + k : head + m])] for _, i, j, k, m in rest]
