"""What becomes of planted pages, kind by kind: found, wrongly removed, articles lost, captures kept.

python -m benchmarks.near_copies.planted --data DATA    DATA holds vagov/ and medquad/

Pages are fingerprinted, matched and grouped in memory with the default plan. A page is removed wrongly where the page kept in
its place says something else, or is an excerpt or a part of it.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import gate
from benchmarks.data.labelled_sets import SEED, load_revisions
from benchmarks.data.planted_corpus import plain, plant
from benchmarks.data.planted_pages import sentences
from benchmarks.near_copies.quality import find_edges
from corpus_tools.group.local import cluster_edges
from corpus_tools.plan import Plan

PARTS = ("excerpt", "split")
"""Kinds that hold a part of their source: neither the source nor another part may be removed for one."""
LONGER = 1.1
"""A page that is this many times as long as the part kept for it says more."""
REMOVED = pl.col("role") == "removed"
LOST = {"lost": pl.Float64(), "lost_words": pl.Int64()}
"""Columns of clusters that say what of a removed page's own words is not on its kept page."""


def judge_planted(pages: pl.DataFrame, clusters: pl.DataFrame, ignored: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row a kind, in the order of ``pages``; honest pages are "honest" and the set that their truth names.

    ``pages`` as ``planted_corpus.SCHEMA``; ``clusters`` with page_id, role (single, kept, removed) and kept_id (of removed
    pages), and the columns of ``LOST`` where they are measured; ``ignored`` with left and right: pairs of honest pages that
    could be called either way. Columns:
    pages, removed, kept (numbers of pages);
    expected (pages of which one of the same truth should be removed), found (share of them that are removed for, or kept for,
    a page of their truth; null where none is expected);
    wrongly_removed, wrongly_kept (pages of any kind that were removed wrongly for one of this kind);
    articles_lost, swallowed (aggregates with an article that stands on no kept page; on no kept page but the aggregate);
    series (pages captured again and again), fewest_kept and most_kept of one, worst_lost (largest share of the words of a
    removed capture in sentences that its kept page does not have);
    mean_lost, max_lost, lost_words (of removed pages; null where clusters do not have them).
    """
    held = _judge_removals(pages, clusters, ignored)
    right = REMOVED & ~pl.col("wrong")
    stands_for = held.filter(right)["kept_id"].unique()
    expected = pl.col("expect") == "goes"
    found = right | pl.col("page_id").is_in(stands_for.implode())
    held = held.with_columns(pl.lit(None, kind).alias(name) for name, kind in LOST.items() if name not in held.columns)
    captured = pl.col("expect") == "captures"
    rows = held.group_by("kind", maintain_order=True).agg(
        pages=pl.len(),
        removed=REMOVED.sum(),
        expected=expected.sum(),
        found=found.filter(expected).mean(),
        wrongly_removed=pl.col("wrong").sum(),
        kept=(~REMOVED).sum(),
        series=pl.col("truth").filter(captured).n_unique(),
        worst_lost=pl.col("sentences_lost").max(),
        mean_lost=pl.col("lost").filter(REMOVED).mean(),
        max_lost=pl.col("lost").filter(REMOVED).max(),
        lost_words=pl.col("lost_words").filter(REMOVED).sum(),
    )
    kept_wrongly = held.filter("wrong").group_by(kind="kept_kind").agg(wrongly_kept=pl.len())
    for more in (kept_wrongly, _articles_lost(pages, held), _kept_per_series(held)):
        rows = rows.join(more, on="kind", how="left", maintain_order="left")
    return rows.with_columns(pl.col("wrongly_kept").fill_null(0))


def _judge_removals(pages: pl.DataFrame, clusters: pl.DataFrame, ignored: pl.DataFrame | None) -> pl.DataFrame:
    """Every page with its place, what was kept for it (kept_truth, kept_kind), ``wrong``, and sentences_lost of captures."""
    named = pages.with_columns(
        pl.col("kind").fill_null(
            pl.concat_str(pl.lit("honest"), pl.col("truth").str.extract(r"^(\w+): "), separator=" ", ignore_nulls=True)
        )
    )
    names = {"page_id": "kept_id"} | {name: f"kept_{name}" for name in ("truth", "kind", "sources", "text", "expect")}
    place = clusters.select("page_id", "role", "kept_id", *(name for name in LOST if name in clusters.columns))
    held = named.join(place, on="page_id", how="inner", maintain_order="left")
    held = held.join(named.select(list(names)).rename(names), on="kept_id", how="left", maintain_order="left")
    covered = set(held.filter(~REMOVED)["truth"])
    made_of = dict(pages.select("page_id", "truth").iter_rows())
    either = _pairs(ignored)
    verdicts = [
        _is_wrong(row, covered, made_of) and not (either and _either_way(row, either)) for row in held.iter_rows(named=True)
    ]
    losses = [_sentences_lost(row) for row in held.iter_rows(named=True)]
    return held.with_columns(wrong=pl.Series(verdicts, dtype=pl.Boolean), sentences_lost=pl.Series(losses, dtype=pl.Float64))


def _pairs(ignored: pl.DataFrame | None) -> set[tuple[str, str]]:
    """Ignored pairs, both ways round."""
    pairs = [] if ignored is None else list(ignored.select("left", "right").iter_rows())
    return {*pairs, *((right, left) for left, right in pairs)}


def _either_way(row: dict[str, Any], either: set[tuple[str, str]]) -> bool:
    """Whether the page and its kept page, or the honest pages they were made from, are an ignored pair."""
    kept = (row["kept_id"], *(row["kept_sources"] or ()))
    return any((one, other) in either for one in (row["page_id"], *row["sources"]) for other in kept)


def _is_wrong(row: dict[str, Any], covered: set[str], truth_of: dict[str, str]) -> bool:
    """Whether a page was removed although what it says stands neither on the page kept for it nor, of an aggregate, on its parts."""
    if row["role"] != "removed":
        return False
    if row["kept_kind"] in PARTS and (row["kind"] == "split" or _words(row["text"]) > LONGER * _words(row["kept_text"])):
        return True
    held = {truth_of[source] for source in row["kept_sources"]} if row["kept_expect"] == "aggregate" else set()
    if row["truth"] in held | {row["kept_truth"]}:
        return False
    parts = {truth_of[source] for source in row["sources"]} if row["expect"] == "aggregate" else set()
    return not (row["kept_truth"] in parts and parts <= covered)


def _words(text: str) -> int:
    return len(text.split())


def _sentences_lost(row: dict[str, Any]) -> float | None:
    """Of a removed capture: share of its words in sentences that its kept page does not have; null for other pages."""
    if row["expect"] != "captures" or row["role"] != "removed":
        return None
    there = {plain(sentence) for sentence in sentences(row["kept_text"])}
    counts = [(_words(sentence), plain(sentence) in there) for sentence in sentences(row["text"])]
    return sum(count for count, stands in counts if not stands) / max(1, sum(count for count, _ in counts))


def _articles_lost(pages: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """kind -> articles_lost and swallowed: aggregates with a source whose truth no kept page has, removed and kept ones."""
    covered = held.filter(~REMOVED)["truth"].unique()
    truths = pages.select(sources="page_id", source_truth="truth")
    parts = held.filter(pl.col("expect") == "aggregate").select("kind", "page_id", "role", "sources")
    parts = parts.explode("sources").join(truths, on="sources")
    alone = ~pl.col("source_truth").is_in(covered.implode())
    aggregates = parts.group_by("kind", "page_id").agg(lost=(REMOVED & alone).any(), swallowed=(~REMOVED & alone).any())
    return aggregates.group_by("kind").agg(articles_lost=pl.col("lost").sum(), swallowed=pl.col("swallowed").sum())


def _kept_per_series(held: pl.DataFrame) -> pl.DataFrame:
    """kind -> fewest_kept and most_kept: pages kept of one series of captures."""
    series = held.filter(pl.col("expect") == "captures").group_by("kind", "truth").agg(kept=(~REMOVED).sum())
    return series.group_by("kind").agg(fewest_kept=pl.col("kept").min(), most_kept=pl.col("kept").max())


def measure_planted(data: Path, plan: Plan, seed: int = SEED) -> pl.DataFrame:
    """``judge_planted`` of the whole corpus, with the stages run in memory under ``plan``."""
    pages = plant(data, seed)
    edges, documents, _ = find_edges(pages, plan)
    return judge_planted(pages, cluster_edges(edges, documents, plan.group), load_revisions(data).ignored)


HEADS = "pages,removed,found,wrongly,for it,articles lost,swallowed,kept of a series,worst lost,mean lost,max lost".split(",")


def print_rows(rows: pl.DataFrame) -> None:
    """One line a kind; a dash where a figure does not apply."""
    print(" " * 16 + "".join(f"{head:>{len(head) + 2}}" for head in HEADS))
    for row in rows.iter_rows(named=True):
        counts = [row[name] for name in ("pages", "removed")]
        wrong = [row[name] for name in ("wrongly_removed", "wrongly_kept", "articles_lost", "swallowed")]
        series = f"{row['fewest_kept']} to {row['most_kept']}" if row["series"] else None
        shares = [_share(row[name]) for name in ("worst_lost", "mean_lost", "max_lost")]
        cells = [*counts, _share(row["found"]), *wrong, series, *shares]
        told = (f"{'-' if cell is None else cell:>{len(head) + 2}}" for head, cell in zip(HEADS, cells, strict=True))
        print(f"{row['kind']:<16}{''.join(told)}")


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"


def gated_figures(rows: pl.DataFrame) -> dict[str, str]:
    """The figures worth a floor: what is found of each kind, wrong removals, articles lost, the worst loss of a capture."""
    paths: dict[str, str] = {}
    for row in rows.iter_rows(named=True):
        sides = {
            "found": "min",
            "wrongly_removed": "max",
            "articles_lost": "max",
            "swallowed": "max",
            "worst_lost": "max",
            "most_kept": "max",
        }
        paths |= {f"{row['kind']}.{name}": side for name, side in sides.items() if row[name] is not None}
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=SEED, help="another seed makes other pages of the same kinds; saves nothing")
    given = parser.parse_args()
    rows = measure_planted(given.data, Plan(), given.seed)
    print_rows(rows)
    if given.seed == SEED:
        figures = {row.pop("kind"): {name: value for name, value in row.items() if value is not None} for row in rows.to_dicts()}
        files = (given.data / "medquad" / "pages.parquet", *load_revisions(given.data).files)
        gate.save_result("near_copies/planted", figures, gate.digest_files(*files), gated_figures(rows))


if __name__ == "__main__":
    main()
