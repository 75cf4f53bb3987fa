"""Train the page type model on the types that people gave WCXB's pages and others, and measure it on sites it did not see.

``python -m benchmarks.training.page_type_model --data DATA/wcxb --more DATA/zh_pages`` writes
``corpus_tools/clean/page_type/page_type_model.json``, trained on every page that has a type. Before that it trains one model a
fold, each without the sites of its fold, and writes how often they are right to ``results/training/page_type_model.json``;
``--folds FOLDER`` keeps them as ``types-0.json`` ... beside those of the block model, for ``benchmarks/cleaning/extractors.py``.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from benchmarks import gate
from benchmarks.data.wcxb import FOLDS, Sample, read_samples
from benchmarks.training.forest_file import read_booster, write_weights
from corpus_tools.clean.blocks.features import block_features
from corpus_tools.clean.blocks.layout import lay_out
from corpus_tools.clean.main_text import read_page
from corpus_tools.clean.page_type.features import NAMES, page_features
from corpus_tools.clean.page_type.model import TYPES, WEIGHTS
from corpus_tools.readers.decode import decode

SETTINGS = {
    "objective": "multiclass", "num_class": len(TYPES), "learning_rate": 0.09, "num_leaves": 6, "min_data_in_leaf": 15, "lambda_l2": 5,
    "feature_fraction": 0.4, "bagging_fraction": 0.7, "bagging_freq": 1, "seed": 1, "deterministic": True, "force_col_wise": True,
    "num_threads": 1, "verbose": -1, "use_missing": False,
}  # fmt: skip
ROUNDS = 80
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Table:
    """Pages as rows of numbers, with their types, folds and sets."""

    names: list[str]
    rows: Array
    types: Array
    folds: Array
    sets: Array


def read_table(folders: list[Path]) -> Table:
    """All pages with text and a known type."""
    rows, types, folds, sets = [], [], [], []
    names: list[str] = []
    for folder in folders:
        for sample in read_samples(folder):
            if sample.type in TYPES and (found := _numbers(sample)) is not None:
                names, row = found
                rows.append(row)
                types.append(TYPES.index(sample.type))
                folds.append(sample.fold(FOLDS))
                sets.append(folder.name)
    return Table(names, np.array(rows, np.float32), np.array(types), np.array(folds), np.array(sets))


def _numbers(sample: Sample) -> tuple[list[str], Array] | None:
    page, _ = read_page(decode(sample.html, None).text)
    if not page.texts:
        return None
    lay = lay_out(page)
    columns = block_features(page, lay)
    places = columns.places("page.")
    names = [*(columns.names[place] for place in places), *NAMES]
    return names, np.concatenate([columns.matrix()[0, places], page_features(page, lay)])


def train(table: Table, chosen: Array) -> Any:
    """A booster from the chosen rows."""
    data = lgb.Dataset(table.rows[chosen], table.types[chosen].astype(np.float32), params=SETTINGS)
    return lgb.train(SETTINGS, data, ROUNDS)


def judge_folds(table: Table, folder: Path | None) -> Array:
    """Probabilities of each type for every page, by a model that did not see its site; the models are kept in ``folder``."""
    found = np.zeros((len(table.types), len(TYPES)))
    for fold in range(FOLDS):
        rest = table.folds == fold
        booster = train(table, ~rest)
        found[rest] = booster.predict(table.rows[rest])
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            write_weights(forests(table, booster), folder / f"types-{fold}.json")
    return found


def forests(table: Table, booster: Any) -> dict[str, Any]:
    """A weights file's content."""
    return {name: read_booster(booster, table.names, len(TYPES), place) for place, name in enumerate(TYPES)}


def figures(table: Table, p: Array) -> dict[str, Any]:
    """Share of pages typed rightly, of each set and type, and whether probabilities are what they say."""
    guess, sure = p.argmax(axis=1), p.max(axis=1)
    right = guess == table.types
    out: dict[str, Any] = {name: _share(right[table.sets == name]) for name in dict.fromkeys(table.sets.tolist())}
    for place, name in enumerate(TYPES):
        out[name] = {"recall": _share(right[table.types == place]), "precision": _share(right[guess == place])}
    bins = [(low, low + 0.2) for low in (0.2, 0.4, 0.6, 0.8)]
    chosen = {f"{low:.1f}": (sure > low) & (sure <= low + 0.2) for low, _ in bins}
    out["right_by_probability"] = {name: _share(right[at]) for name, at in chosen.items() if at.any()}
    return out


def _share(right: Array) -> float:
    return round(float(right.mean()), 4)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--more", type=Path, nargs="*", default=[], help="folders of further pages with types")
    parser.add_argument("--folds", type=Path, help="also keep the model of each fold in this folder")
    given = parser.parse_args()
    folders = [given.data, *given.more]
    table = read_table(folders)
    p = judge_folds(table, given.folds)
    found = figures(table, p)
    print(found)
    booster = train(table, np.ones(len(table.types), np.bool_))
    write_weights(forests(table, booster), WEIGHTS)
    digest: dict[str, str] = {}
    for folder in folders:
        digest |= gate.digest_files(folder / "pages.parquet")
    gate.save_result("training/page_type_model", found, digest, {given.data.name: "min"})


if __name__ == "__main__":
    main()
