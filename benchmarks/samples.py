"""Recall and false cuts of the cleaner on samples/, for each kind of boilerplate; duplicate pairs of a whole run.

    python benchmarks/samples.py [--data samples] [--page-level]

Every passage planted in the sample pages is known (``cuts.csv``), and so is the text that should
remain (``gold/``). Measured twice: page by page, and in a whole run, which adds what repeats across
a site. Both run with ``references = "cut"``: the gold text holds no reference lists. Writes
``results/samples.json``.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gate
from boilerplate_scores import Outcome, Report, Sample, measure

from corpus_tools.api import run
from corpus_tools.clean.page import clean_text
from corpus_tools.plan import CleanPlan, Plan
from corpus_tools.text import words

HERE = Path(__file__).parent
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
    """The whole run: cleaning figures after the site-level pass, and the duplicate pairs found."""
    with tempfile.TemporaryDirectory() as folder:
        done = run(data / "pages", Path(folder) / "run", PLAN, workers=1)
        documents = done.documents.select("page_id", "source", "text").collect().to_dicts()
        stripped = done.stripped.select("page_id", "kind", "passage").collect().to_dicts()
        clusters = dict(done.clusters.select("page_id", "cluster_id").collect().iter_rows())
        summary = done.summary
    cuts = defaultdict(list)
    for row in stripped:
        cuts[row["page_id"]].append((row["kind"], words(row["passage"])))
    pages = {row["page_id"]: _page_of(row["source"], samples) for row in documents}
    outcomes = {pages[row["page_id"]]: Outcome(words(row["text"]), cuts[row["page_id"]]) for row in documents}
    report = measure(samples, lambda sample: outcomes.get(sample.page, Outcome([], [])))
    return report, {"summary": summary} | pair_figures(samples, {pages[page_id]: found for page_id, found in clusters.items()})


def _page_of(source: str, samples: Sequence[Sample]) -> str:
    return next(sample.page for sample in samples if source.partition("#")[0].endswith(sample.page))


def pair_figures(samples: Sequence[Sample], places: dict[str, str]) -> dict[str, Any]:
    """Pairs of pages in one cluster against ``cluster`` (near copies) and ``spun_cluster`` (rewrites too).

    ``places`` gives each cleaned page's cluster; a rejected page has none.
    """
    pairs = list(itertools.combinations(samples, 2))
    together = [(a, b) for a, b in pairs if a.page in places and places.get(b.page) == places[a.page]]
    figures: dict[str, Any] = {}
    for column in ("cluster", "spun_cluster"):
        true = [(a, b) for a, b in pairs if a.label[column] == b.label[column]]
        figures[column] = {
            "true": len(true),
            "found": sum(pair in together for pair in true),
            "wrong": sum(pair not in true for pair in together),
            "missed_pairs": [f"{a.page} {b.page}" for a, b in true if (a, b) not in together],
            "wrong_pairs": [f"{a.page} {b.page}" for a, b in together if (a, b) not in true],
        }
    return figures


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parent / "samples")
    parser.add_argument("--page-level", action="store_true", help="measure page by page only, and write nothing")
    given = parser.parse_args()
    samples = read_samples(given.data)
    figures: dict[str, Any] = {"page": measure(samples, clean_one).figures()}
    show("page by page", figures["page"])
    if given.page_level:
        return
    report, pairs = run_all(given.data, samples)
    figures |= {"run": report.figures(), "pairs": pairs}
    show("whole run", figures["run"])
    print(f"\n{pairs['summary']}")
    for column in ("cluster", "spun_cluster"):
        print(f"pairs by {column}: {pairs[column]['found']} of {pairs[column]['true']} found, {pairs[column]['wrong']} wrong")
    floors = {f"{road}.{name}": side for road in ("page", "run") for name, side in GATED.items()}
    floors |= {"pairs.cluster.found": "min", "pairs.cluster.wrong": "max", "pairs.spun_cluster.wrong": "max"}
    data = sorted(path for path in given.data.rglob("*") if path.is_file() and path.suffix in {".html", ".txt", ".csv"})
    gate.save_result("samples", figures, gate.digest_data(*data), floors)


if __name__ == "__main__":
    main()
