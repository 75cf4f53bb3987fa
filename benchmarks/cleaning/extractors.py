"""This cleaner beside every other extractor, on the same pages in one run: quality by page type, and speed.

``python -m benchmarks.cleaning.extractors --data DATA/wcxb --folds FOLDER`` measures all of them, with ``--speed`` only this cleaner and
trafilatura, in a tenth of the time. It needs the fold models that ``python -m benchmarks.training.block_model`` and ``python -m
benchmarks.training.page_type_model`` write with ``--folds FOLDER``: every page is cleaned by the models that did not see its site.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import gate
from benchmarks.data.wcxb import FOLDS, MEASURES, TYPES, Sample, average, measure, read_samples
from corpus_tools.clean.blocks.model import read_block_model
from corpus_tools.clean.page import Cleaned, clean_text
from corpus_tools.clean.page_type.model import read_page_type_model
from corpus_tools.plan import CleanPlan

Extractor = Callable[[Sample], str]
WARM_UP = 30
"""Pages each extractor reads before it is measured."""
PAIR = ("corpus-tools balanced", "trafilatura default")
OURS = ("balanced", "precision", "recall")


def cleaner(plan: CleanPlan, folds: Path) -> Callable[[Sample], Cleaned]:
    """Cleans each page by the models that did not see its site."""
    models = [read_block_model(folds / f"fold-{fold}.json") for fold in range(FOLDS)]
    types = [read_page_type_model(folds / f"types-{fold}.json") for fold in range(FOLDS)]

    def clean(sample: Sample) -> Cleaned:
        fold = sample.fold(FOLDS)
        return clean_text(sample.html, plan=plan, content_type="text/html", model=models[fold], types=types[fold])

    return clean


def ours(plan: CleanPlan, folds: Path) -> Extractor:
    """The text of a page, by the models that did not see its site."""
    clean = cleaner(plan, folds)
    return lambda sample: clean(sample).text


def trafilatura_with(comments: bool = False, **settings: Any) -> Extractor:
    """trafilatura, without comments if not told otherwise."""
    import trafilatura

    return lambda sample: trafilatura.extract(sample.html, include_comments=comments, **settings) or ""


def _resiliparse(sample: Sample) -> str:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    text = bytes_to_str(sample.html, detect_encoding(sample.html) or "utf-8")
    return str(extract_plain_text(text, main_content=True, preserve_formatting=False, alt_texts=False))


def _readability(sample: Sample) -> str:
    import lxml.html
    from readability import Document

    summary = Document(sample.html).summary()
    return "\n".join(str(part) for part in lxml.html.fromstring(summary).itertext()) if summary else ""


def _justext(sample: Sample) -> str:
    import justext

    paragraphs = justext.justext(sample.html, justext.get_stoplist("English"))
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


def extractors(folds: Path) -> dict[str, Extractor]:
    """Name -> function from a page to its text. Comments are cut by all that can."""
    mine = {f"corpus-tools {focus}": ours(CleanPlan(focus=focus), folds) for focus in OURS}
    return mine | {
        "trafilatura default": trafilatura_with(),
        "trafilatura fast": trafilatura_with(fast=True),
        "trafilatura precision": trafilatura_with(favor_precision=True),
        "trafilatura recall": trafilatura_with(favor_recall=True),
        "resiliparse": _resiliparse,
        "readability-lxml": _readability,
        "jusText": _justext,
    }


@dataclasses.dataclass
class Result:
    """Scores and seconds of one extractor over the pages."""

    rows: list[tuple[float, ...]] = dataclasses.field(default_factory=list)
    seconds: list[float] = dataclasses.field(default_factory=list)
    failed: int = 0

    def take(self, extract: Extractor, sample: Sample) -> None:
        """Run one page. CPU seconds: other work on the machine does not count."""
        start = time.process_time()
        try:
            text = extract(sample)
        except Exception:
            text = ""
            self.failed += 1
        self.seconds.append(time.process_time() - start)
        self.rows.append(measure(text, sample))

    def speed(self) -> dict[str, float]:
        """Pages a CPU second, and milliseconds a page."""
        times = np.array(self.seconds)
        return {
            "pages_per_s": round(len(times) / float(times.sum()), 1),
            "p50_ms": round(float(np.median(times)) * 1e3, 1),
            "p99_ms": round(float(np.percentile(times, 99)) * 1e3, 1),
            "failed": self.failed,
        }


def compare(samples: list[Sample], named: dict[str, Extractor]) -> dict[str, Any]:
    """All extractors page by page, so that each meets the same load."""
    results = {name: Result() for name in named}
    for extract in named.values():
        for sample in samples[:WARM_UP]:  # imports and compiling are not what is measured
            extract(sample)
    for sample in samples:
        for name, extract in named.items():
            results[name].take(extract, sample)
    return {name: {"quality": average(samples, result.rows), "speed": result.speed()} for name, result in results.items()}


def _ratios(ours: dict[str, float], theirs: dict[str, float]) -> dict[str, float]:
    """How many times as fast: pages a second, and at the median and the slowest pages."""
    return {
        "pages_per_s": round(ours["pages_per_s"] / theirs["pages_per_s"], 2),
        "p50": round(theirs["p50_ms"] / ours["p50_ms"], 2),
        "p99": round(theirs["p99_ms"] / ours["p99_ms"], 2),
    }


def print_table(figures: dict[str, Any]) -> None:
    """Measures over all pages and speed, then F1 by page type."""
    print(f"{'':24s}" + "".join(f"{name:>10s}" for name in (*MEASURES, "pages/s", "p50 ms", "p99 ms")))
    for name, figure in figures.items():
        speed = figure["speed"]
        cells = [f"{figure['quality']['all'][measure_]:10.3f}" for measure_ in MEASURES]
        print(f"{name:24s}" + "".join(cells) + f"{speed['pages_per_s']:10.1f}{speed['p50_ms']:10.1f}{speed['p99_ms']:10.1f}")
    print(f"\n{'F1':24s}" + "".join(f"{kind[:9]:>10s}" for kind in TYPES))
    for name, figure in figures.items():
        print(f"{name:24s}" + "".join(f"{figure['quality'].get(kind, {'f1': float('nan')})['f1']:10.3f}" for kind in TYPES))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the WCXB folder")
    parser.add_argument("--folds", type=Path, required=True, help="folder with fold-0.json ... and types-0.json ...")
    parser.add_argument("--speed", action="store_true", help="only this cleaner and trafilatura, as the result extractors_speed")
    parser.add_argument("--every", type=int, default=1, help="only every n-th page; nothing is saved")
    given = parser.parse_args()
    named = extractors(given.folds)
    if given.speed:
        named = {name: named[name] for name in PAIR}
    figures = compare(read_samples(given.data)[:: given.every], named)
    print_table(figures)
    digest = gate.digest_files(given.data / "pages.parquet")
    if given.speed:
        times = _ratios(*(figures[name]["speed"] for name in PAIR))
        print(", ".join(f"{name}: {value:.2f} times" for name, value in times.items()))
        if given.every == 1:
            held = figures | {"times": times, "five_times": float(times["pages_per_s"] >= 5)}
            gate.save_result("cleaning/extractors_speed", held, digest, {"five_times": "min", f"{PAIR[0]}.quality.all.f1": "min"})
    elif given.every == 1:
        gated = {f"corpus-tools balanced.quality.{kind}.f1": "min" for kind in ("all", "article")}
        gated["corpus-tools balanced.quality.all.without"] = "max"
        gate.save_result("cleaning/extractors", figures, digest, gated)


if __name__ == "__main__":
    main()
