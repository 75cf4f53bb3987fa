"""Whether more labelled pages would make the cleaner better: F1 on sites never seen, by the share of the sites learned from.

    python -m benchmarks.training.learning_curve --data DATA/wcxb [--fold 0]

Pages of one fold are judged; the model is trained on an eighth, a quarter, a half and all of the sites of the others.
Writes ``results/training/learning_curve.json``.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import gate
from benchmarks.data.wcxb import FOLDS, Sample, average, measure, read_samples
from benchmarks.training.block_model import Prepared, fit
from benchmarks.training.forest_file import write_weights
from corpus_tools.clean.blocks.model import read_block_model
from corpus_tools.clean.page import clean_text

SHARES = (8, 4, 2, 1)


def judge(samples: list[Sample], weights: Path) -> dict[str, float]:
    """F1 by page type."""
    model = read_block_model(weights)
    rows = [measure(clean_text(sample.html, content_type="text/html", model=model).text, sample) for sample in samples]
    return {kind: means["f1"] for kind, means in average(samples, rows).items()}


def curve(samples: list[Sample], fold: int) -> list[dict[str, Any]]:
    """A row a share: pages learned from, and F1 on the fold."""
    held_out = [sample for sample in samples if sample.fold(FOLDS) == fold]
    others = [Prepared(sample) for sample in samples if sample.fold(FOLDS) != fold]
    rows = []
    for part in SHARES:
        pages = [prepared for prepared in others if prepared.page.blocks and prepared.site // FOLDS % part == 0]
        with tempfile.TemporaryDirectory() as folder:
            write_weights(fit(pages), Path(folder) / "weights.json")
            f1 = judge(held_out, Path(folder) / "weights.json")
        rows.append({"share": f"1/{part}", "pages": len(pages), "f1": f1})
        print(f"{len(pages):6,d} pages learned from: F1 {f1['all']:.4f}, articles {f1['article']:.4f}", flush=True)
    return rows


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the WCXB folder")
    parser.add_argument("--fold", type=int, default=0, help="whose pages are judged")
    given = parser.parse_args()
    rows = curve(read_samples(given.data), given.fold)
    gate.save_result("training/learning_curve", {"fold": given.fold, "rows": rows}, gate.digest_files(given.data / "pages.parquet"))


if __name__ == "__main__":
    main()
