"""Recall and false cuts of the cleaner on samples/, for each kind of boilerplate; duplicate pairs of a whole run.

    python benchmarks/samples.py [--data samples] [--no-run]

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
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gate

from corpus_tools.clean.page import clean_text
from corpus_tools.pipeline import run
from corpus_tools.plan import CleanPlan, Plan
from corpus_tools.text import words

HERE = Path(__file__).parent
PLAN = Plan(clean=CleanPlan(references="cut"))
N = 3
"""Words in a row that must agree before a passage counts as found; shorter passages must agree whole."""


@dataclass(frozen=True)
class Sample:
    """A sample page, the text that should remain, and the passages that should not: (kind, words)."""

    page: str
    label: dict[str, str]
    raw: bytes
    gold: list[str]
    planted: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class Outcome:
    """What a cleaner made of a page: the words left, and what it said it cut: (kind, words)."""

    left: list[str]
    cuts: list[tuple[str, list[str]]]


@dataclass
class Tally:
    """Words of one kind of boilerplate, summed over pages."""

    passages: int = 0
    words: int = 0
    left: int = 0
    listed: int = 0
    right_kind: int = 0
    false: int = 0

    def figures(self) -> dict[str, float]:
        """``recall``: share of planted words cut. ``listed``: share of those cut that the stripped passages hold (the
        rest never left the extractor). ``right_kind``: share of the listed under the planted kind. ``false_words``:
        gold words cut under this kind.
        """
        cut = self.words - self.left
        return {
            "passages": self.passages,
            "words": self.words,
            "recall": round(cut / self.words, 4) if self.words else 1.0,
            "listed": round(min(self.listed, cut) / cut, 4) if cut else 0.0,
            "right_kind": round(self.right_kind / self.listed, 4) if self.listed else 1.0,
            "false_words": self.false,
        }


@dataclass
class Report:
    """Figures of one way to clean, over all pages."""

    kinds: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    pages: list[dict[str, Any]] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        total = Tally(*(sum(values) for values in zip(*(vars(one).values() for one in self.kinds.values()), strict=True)))
        gold, missing = (sum(page[name] for page in self.pages) for name in ("gold_words", "missing"))
        return {
            "recall": total.figures()["recall"],
            "right_kind": total.figures()["right_kind"],
            "gold_missing": round(missing / gold, 5),
            "f1": round(sum(page["f1"] for page in self.pages) / len(self.pages), 4),
            "kinds": {kind: self.kinds[kind].figures() for kind in sorted(self.kinds)},
            "pages": self.pages,
        }


def read_samples(data: Path) -> list[Sample]:
    """Every page of ``labels.csv``."""
    planted = defaultdict(list)
    for row in _rows(data / "cuts.csv"):
        planted[row["page"]].append((row["kind"], words(row["passage"])))
    found = []
    for row in _rows(data / "labels.csv"):
        page = row["page"]
        gold = (data / "gold" / page).with_suffix(".txt").read_text(encoding="utf-8")
        found.append(Sample(page, row, (data / "pages" / page).read_bytes(), words(gold), planted[page]))
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def grams(tokens: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    """How often each run of ``n`` words occurs."""
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


class Seen:
    """Runs of 1 to N words held by some text, looked up by their length."""

    def __init__(self, tokens: Iterable[Sequence[str]], without: Iterable[Sequence[str]] = ()) -> None:
        texts, others = list(tokens), list(without)
        self._grams = {n: _sum(texts, n) - _sum(others, n) for n in range(1, N + 1)}

    def covered(self, passage: Sequence[str]) -> int:
        """Words of ``passage`` inside a run that is held (N words, or the whole passage when it is shorter)."""
        n = min(N, len(passage))
        hits = [i for i in range(len(passage) - n + 1) if tuple(passage[i : i + n]) in self._grams.get(n, {})]
        return len({place for i in hits for place in range(i, i + n)})


def _sum(texts: Sequence[Sequence[str]], n: int) -> Counter[tuple[str, ...]]:
    total: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        total.update(grams(text, n))
    return total


def measure(samples: Sequence[Sample], clean: Callable[[Sample], Outcome]) -> Report:
    """Compare what ``clean`` makes of every sample with its gold text and its planted passages."""
    report = Report()
    for sample in samples:
        outcome = clean(sample)
        _tally_kinds(sample, outcome, report.kinds)
        report.pages.append(_page_figures(sample, outcome))
    return report


def _tally_kinds(sample: Sample, outcome: Outcome, kinds: dict[str, Tally]) -> None:
    left = Seen([outcome.left], without=[sample.gold])
    listed = Seen([cut for _, cut in outcome.cuts])
    for kind, passage in sample.planted:
        tally = kinds[kind]
        tally.passages += 1
        tally.words += len(passage)
        tally.left += left.covered(passage)
        tally.listed += listed.covered(passage)
        tally.right_kind += Seen([cut for other, cut in outcome.cuts if other == kind]).covered(passage)
    lost = Seen([sample.gold], without=[outcome.left, *(passage for _, passage in sample.planted)])
    for kind, cut in outcome.cuts:
        kinds[kind].false += lost.covered(cut)


def _page_figures(sample: Sample, outcome: Outcome) -> dict[str, Any]:
    gold, left = Counter(sample.gold), Counter(outcome.left)
    common = (gold & left).total()
    f1 = 2 * common / (gold.total() + left.total()) if gold or left else 1.0
    return {
        "page": sample.page,
        "gold_words": gold.total(),
        "missing": gold.total() - common,
        "extra": left.total() - common,
        "f1": round(f1, 4),
    }


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
    outcomes, places = {}, {}
    for row in documents:
        page = next(sample.page for sample in samples if row["source"].split("#")[0].endswith(sample.page))
        outcomes[page] = Outcome(words(row["text"]), cuts[row["page_id"]])
        places[page] = clusters[row["page_id"]]
    report = measure(samples, lambda sample: outcomes.get(sample.page, Outcome([], [])))
    return report, {"summary": summary} | pair_figures(samples, places)


def pair_figures(samples: Sequence[Sample], places: dict[str, str]) -> dict[str, Any]:
    """Pairs of pages in one cluster against ``cluster`` (near copies) and ``spun_cluster`` (rewrites too)."""
    together = [(a, b) for a, b in itertools.combinations(samples, 2) if a.page in places and places.get(b.page) == places[a.page]]
    figures: dict[str, Any] = {}
    for column in ("cluster", "spun_cluster"):
        true = [(a, b) for a, b in itertools.combinations(samples, 2) if a.label[column] == b.label[column]]
        hits = [pair for pair in together if pair[0].label[column] == pair[1].label[column]]
        figures[column] = {"true": len(true), "found": len(hits), "wrong": len(together) - len(hits)}
        figures[column]["missed"] = [f"{a.page} {b.page}" for a, b in true if (a, b) not in hits]
    return figures


def show(name: str, figures: dict[str, Any]) -> None:
    """Print one table."""
    print(f"\n{name}: recall {figures['recall']:.3f}, right kind {figures['right_kind']:.3f}, ", end="")
    print(f"gold words missing {figures['gold_missing']:.4f}, F1 {figures['f1']:.4f} over {len(figures['pages'])} pages")
    print(f"{'kind':16} {'passages':>8} {'words':>6} {'recall':>7} {'listed':>7} {'right kind':>10} {'false words':>11}")
    for kind, row in figures["kinds"].items():
        share = f"{row['recall']:7.3f} {row['listed']:7.3f} {row['right_kind']:10.3f}"
        print(f"{kind:16} {row['passages']:8} {row['words']:6} {share} {row['false_words']:11}")
    for page in figures["pages"]:
        if page["missing"] or page["extra"]:
            print(
                f"  {page['page']}: {page['missing']} of {page['gold_words']} gold words missing, {page['extra']} too many, F1 {page['f1']:.3f}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parent / "samples")
    parser.add_argument("--no-run", action="store_true", help="measure page by page only, and write nothing")
    given = parser.parse_args()
    samples = read_samples(given.data)
    figures: dict[str, Any] = {"page": measure(samples, clean_one).figures()}
    show("page by page", figures["page"])
    if given.no_run:
        return
    report, pairs = run_all(given.data, samples)
    figures |= {"run": report.figures(), "pairs": pairs}
    show("whole run", figures["run"])
    print(f"\n{pairs['summary']}")
    for column in ("cluster", "spun_cluster"):
        print(f"pairs by {column}: {pairs[column]['found']} of {pairs[column]['true']} found, {pairs[column]['wrong']} wrong")
    sides = {"recall": "min", "right_kind": "min", "gold_missing": "max", "f1": "min"}
    floors = {f"{road}.{name}": side for road in ("page", "run") for name, side in sides.items()}
    floors |= {"pairs.cluster.found": "min", "pairs.spun_cluster.wrong": "max"}
    data = sorted(path for path in given.data.rglob("*") if path.is_file() and path.suffix in {".html", ".txt", ".csv"})
    gate.save_result("samples", figures, gate.digest_data(*data), floors)


if __name__ == "__main__":
    main()
