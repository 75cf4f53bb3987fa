"""Recall and false cuts on samples/, for each kind of boilerplate; duplicates of a whole run against the labels.

    python -m benchmarks.cleaning.samples [--data samples] [--check | --page-level]

Every passage planted in the sample pages is known (``cuts.csv``), and so is the text that should
remain (``gold/``). Measured twice: page by page, and in a whole run, which adds what repeats across
a site. Both run with ``references = "cut"``: the gold text holds no reference lists. Writes
``results/cleaning/samples.json``; with ``--check`` it writes nothing, and exits with 1 where a figure
is below its floor.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import gate
from benchmarks.cleaning.passage_scores import Outcome, Report, Sample, measure
from corpus_tools.api import run
from corpus_tools.clean.page import clean_text
from corpus_tools.plan import CleanPlan, Plan
from corpus_tools.text import words

SAMPLES = Path(__file__).parents[2] / "samples"
NAME = "cleaning/samples"
PLAN = Plan(clean=CleanPlan(references="cut"))
GATED = {"recall": "min", "right_kind": "min", "gold_missing": "max", "body_missing": "max", "f1": "min"}


def read_samples(data: Path) -> list[Sample]:
    """Every page of ``labels.csv``."""
    planted = defaultdict(list)
    for row in _rows(data / "cuts.csv"):
        planted[row["page"]].append((row["kind"], words(row["passage"])))
    found = []
    for row in _rows(data / "labels.csv"):
        page = row["page"]
        gold = (data / "gold" / page).with_suffix(".txt").read_text(encoding="utf-8")
        title = words(gold.partition("\n")[0])
        found.append(Sample(page, row, (data / "pages" / page).read_bytes(), words(gold), title, planted[page]))
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def clean_one(sample: Sample) -> Outcome:
    """The page-level road alone; a rejected page leaves no words."""
    kind = "text/html" if sample.page.endswith(".html") else "text/plain"
    found = clean_text(sample.raw, plan=PLAN.clean, content_type=kind)
    return Outcome([] if found.reason else words(found.text), [(cut.kind, words(cut.passage)) for cut in found.cuts])


def run_all(data: Path, samples: Sequence[Sample]) -> tuple[Report, dict[str, Any]]:
    """The whole run: cleaning figures after the site-level pass, and clusters against labels, without and with rewrites."""
    with tempfile.TemporaryDirectory() as folder:
        done = run(data / "pages", Path(folder) / "run", PLAN.with_settings({"rewrite.enabled": False}), workers=1)
        documents = done.documents.select("page_id", "source", "text").collect()
        stripped = done.stripped.select("page_id", "kind", "passage").collect().to_dicts()
        pages = {row["page_id"]: _page_of(row["source"], samples) for row in documents.to_dicts()}
        found = {"near_copies": judge_clusters(samples, pages, done.clusters.collect(), "cluster")}
        done = run(data / "pages", Path(folder) / "run", PLAN, workers=1)
        found["with_rewrites"] = judge_clusters(samples, pages, done.clusters.collect(), "spun_cluster")
        summary = done.summary
    cuts = defaultdict(list)
    for row in stripped:
        cuts[row["page_id"]].append((row["kind"], words(row["passage"])))
    outcomes = {pages[row["page_id"]]: Outcome(words(row["text"]), cuts[row["page_id"]]) for row in documents.to_dicts()}
    report = measure(samples, lambda sample: outcomes.get(sample.page, Outcome([], [])))
    return report, {"summary": summary, **found}


def _page_of(source: str, samples: Sequence[Sample]) -> str:
    return next(sample.page for sample in samples if source.partition("#")[0].endswith(sample.page))


def judge_clusters(samples: Sequence[Sample], pages: dict[str, str], clusters: pl.DataFrame, label: str) -> dict[str, Any]:
    """Pairs of pages in one cluster against a column of ``labels.csv``, and the pages removed for a page that is no copy.

    ``pages`` gives the name of each page that was cleaned, by page_id; a rejected page has none.
    """
    truth = {sample.page: sample.label[label] for sample in samples}
    places = {pages[page_id]: place for page_id, place in clusters.select("page_id", "cluster_id").iter_rows()}
    removed = clusters.filter(pl.col("role") == "removed").select("page_id", "kept_id").iter_rows()
    gone = [(pages[page_id], pages[kept_id]) for page_id, kept_id in removed]
    wrong = sorted(f"{page} for {kept}" for page, kept in gone if truth[page] != truth[kept])
    return pair_figures(truth, places) | {"wrongly_removed": len(wrong), "wrong_removals": wrong}


def pair_figures(truth: dict[str, str], places: dict[str, str]) -> dict[str, Any]:
    """Pairs of pages in one cluster against those with one label; ``places`` gives each cleaned page's cluster."""
    pairs = list(itertools.combinations(truth, 2))
    together = {(a, b) for a, b in pairs if a in places and places.get(b) == places[a]}
    true = {(a, b) for a, b in pairs if truth[a] == truth[b]}
    return {
        "true": len(true),
        "found": len(true & together),
        "wrong": len(together - true),
        "missed_pairs": sorted(f"{a} {b}" for a, b in true - together),
        "wrong_pairs": sorted(f"{a} {b}" for a, b in together - true),
    }


def show(name: str, figures: dict[str, Any]) -> None:
    """Print one table: kinds first, then every page that is not perfect, with what was left in it."""
    print(f"\n{name}: recall {figures['recall']:.3f}, right kind {figures['right_kind']:.3f}, ", end="")
    print(f"gold words missing {figures['gold_missing']:.4f} ({figures['body_missing']:.4f} without titles), ", end="")
    print(f"F1 {figures['f1']:.4f} over {len(figures['pages'])} pages")
    print(f"{'kind':16} {'passages':>8} {'words':>6} {'recall':>7} {'listed':>7} {'right kind':>10} {'false words':>11}")
    for kind, row in figures["kinds"].items():
        share = f"{row['recall']:7.3f} {row['listed']:7.3f} {row['right_kind']:10.3f}"
        print(f"{kind:16} {row['passages']:8} {row['words']:6} {share} {row['false_words']:11}")
    for page in figures["pages"]:
        if page["missing"] or page["extra"]:
            print(f"  {page['page']}: {page['missing']} of {page['gold_words']} gold words missing ", end="")
            print(f"({page['body_missing']} without the title), {page['extra']} too many, F1 {page['f1']:.3f}")
        for passage in page["left"]:
            print(f"      left  {passage[:110]}")


def measure_all(data: Path) -> dict[str, Any]:
    """All figures, printed as they are made."""
    samples = read_samples(data)
    figures: dict[str, Any] = {"page": measure(samples, clean_one).figures()}
    show("page by page", figures["page"])
    report, clusters = run_all(data, samples)
    figures |= {"run": report.figures(), "clusters": clusters}
    show("whole run", figures["run"])
    print(f"\n{clusters['summary']}")
    for name in ("near_copies", "with_rewrites"):
        row = clusters[name]
        print(
            f"{name}: {row['found']} of {row['true']} pairs found, {row['wrong']} wrong, {row['wrongly_removed']} pages wrongly removed"
        )
    return figures


def gated(figures: dict[str, Any]) -> dict[str, str]:
    """The figures with floors: totals of both ways, each kind of the whole run, and the clusters."""
    paths = {f"{way}.{name}": side for way in ("page", "run") for name, side in GATED.items()}
    kinds = {"recall": "min", "false_words": "max"}
    paths |= {f"run.kinds.{kind}.{name}": side for kind in figures["run"]["kinds"] for name, side in kinds.items()}
    pairs = {"found": "min", "wrong": "max", "wrongly_removed": "max"}
    return paths | {f"clusters.{name}.{what}": side for name in ("near_copies", "with_rewrites") for what, side in pairs.items()}


def main() -> int:
    """Measure, and save or check as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SAMPLES)
    parser.add_argument("--page-level", action="store_true", help="measure page by page only, and write nothing")
    parser.add_argument("--check", action="store_true", help="compare with the floors, and write nothing")
    given = parser.parse_args()
    if given.page_level:
        show("page by page", measure(read_samples(given.data), clean_one).figures())
        return 0
    figures, data = measure_all(given.data), gate.digest_folder(given.data, (".html", ".txt", ".csv"))
    if given.check:
        fresh = gate.make_result(figures, data, gated(figures))
        return gate.report(gate.breaches(NAME, fresh, gate.read_floors()))
    gate.save_result(NAME, figures, data, gated(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
