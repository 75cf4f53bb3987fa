"""Train the block model on WCXB's development split and other sets, and one model a fold for honest figures.

``python -m benchmarks.training.block_model --data DATA/wcxb --more DATA/zh_pages DATA/segments`` writes ``corpus_tools/clean/blocks/block_model.json``, trained on every
page; ``--folds FOLDER`` writes ``fold-0.json`` ... instead, each trained without the sites of its fold, for
``benchmarks/cleaning/extractors.py``.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from benchmarks.data.wcxb import FOLDS, Sample, read_samples
from benchmarks.training.block_labels import label_blocks, label_by_snippets
from benchmarks.training.forest_file import read_booster, write_weights
from corpus_tools.clean.blocks.block_text import find_words, score_forms, short_text
from corpus_tools.clean.blocks.context import context_features
from corpus_tools.clean.blocks.features import block_features
from corpus_tools.clean.blocks.layout import Layout, lay_out
from corpus_tools.clean.blocks.model import WEIGHTS
from corpus_tools.clean.blocks.scores import Scores, add_scores, label_tokens
from corpus_tools.clean.blocks.text_kernels import FEW
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.tree import read_blocks
from corpus_tools.kernels.forest import Forest, make_table
from corpus_tools.readers.decode import decode

INNER = 2
COMMON = {
    "objective": "binary", "max_bin": 63, "bagging_fraction": 0.5, "bagging_freq": 1, "feature_fraction": 0.25, "seed": 1,
    "deterministic": True, "force_col_wise": True, "num_threads": 1, "verbose": -1, "use_missing": False,
}  # fmt: skip
FIRST = COMMON | {"learning_rate": 0.08, "num_leaves": 40, "min_data_in_leaf": 100, "lambda_l2": 10}
SECOND = COMMON | {"learning_rate": 0.08, "num_leaves": 24, "min_data_in_leaf": 150, "lambda_l2": 20}
FIRST_TREES, SECOND_TREES = 220, 140
SCRAPS_KEPT = 0.2
"""Share of the short negative blocks, which are most of a page, that trees are grown on; their weight makes up for it."""
SNIPPET_PAGES = 1.0
"""Weight of a page of which only snippets are known, beside one with its gold text; 0.3 was no better."""
Array = npt.NDArray[Any]


class Prepared:
    """One page ready for training: its blocks, their features and their labels."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.site = sample.fold(1 << 30)
        self.page: HtmlPage = read_blocks(decode(sample.html, None).text)
        if self.page.blocks:
            self.lay: Layout = lay_out(self.page)
            self.columns = block_features(self.page, self.lay)
            self.base = self.columns.matrix()
            texts = [block.text for block in self.page.blocks]
            if sample.gold:
                self.label, self.known = np.array(label_blocks(texts, sample.gold)) > 0.5, np.ones(len(texts), np.bool_)
            else:
                self.label, self.known = label_by_snippets(texts, sample.required, sample.forbidden)

    def weights(self) -> Array:
        """A block weighs about as its words, a page about as any other."""
        size = (self.lay.words + 2) ** 0.75
        known = size * self.known
        share = 1.0 if self.sample.gold else SNIPPET_PAGES
        return np.asarray(share * known / max((known * self.label).sum(), 0.15 * known.sum(), 1.0))

    def rows(self, scores: Scores) -> npt.NDArray[np.float32]:
        """What the model's first pass sees, with these scores."""
        columns = type(self.columns)(len(self.page.blocks))
        add_scores(columns, self.page, self.lay, scores)
        self.names = self.columns.names + columns.names
        return np.concatenate([self.base, columns.matrix()], axis=1)


def learn_scores(pages: list[Prepared]) -> Scores:
    """Log-odds of class names, words and short texts, each site counting once."""
    tables = []
    for kind, least in (("classes", 3), ("words", 5), ("texts", 4)):
        sites: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
        for prepared in pages:
            for token, weight, hits in _evidence(prepared, kind):
                cell = sites[token][prepared.site]
                cell[0] += hits
                cell[1] += weight
        tables.append(_log_odds(sites, least))
    return Scores(tables[0], tables[1], tables[2])


def _evidence(prepared: Prepared, kind: str) -> list[tuple[str, float, float]]:
    """(token, weight, weight of main text) over a page."""
    weight = np.minimum((prepared.lay.words + 2) ** 0.5, 10) * prepared.known
    good = weight * prepared.label
    if kind == "classes":
        total, hits = np.concatenate([[0], np.cumsum(weight)]), np.concatenate([[0], np.cumsum(good)])
        return [
            (token, total[b] - total[a], hits[b] - hits[a])
            for node, a, b in zip(prepared.page.nodes, prepared.page.first, prepared.page.last, strict=True)
            if b > a
            for token in set(label_tokens(node.label))
        ]
    if kind == "words":
        return [
            (token, w, g)
            for block, w, g in zip(prepared.page.blocks, weight, good, strict=True)
            for token in set(score_forms(find_words(block.text)[:FEW]))
        ]
    texts = [short_text(block.text) for block in prepared.page.blocks]
    return [(text, w, g) for text, w, g in zip(texts, weight, good, strict=True) if text]


def _log_odds(sites: dict[str, dict[int, list[float]]], least: int) -> dict[str, float]:
    shares = {
        token: found
        for token, cells in sites.items()
        if len(found := [hits / weight for hits, weight in cells.values() if weight > 0]) >= least
    }
    prior = float(np.mean([share for values in shares.values() for share in values]))
    odds = {token: (sum(values) + 1.5 * prior) / (len(values) + 1.5) for token, values in sorted(shares.items())}
    return {token: round(float(np.log(p / (1 - p))), 2) for token, p in odds.items()}


def fit(pages: list[Prepared]) -> dict[str, Any]:
    """A weights file's content, from these pages alone: second-pass rows come from models that did not see their page."""
    inner = np.array([prepared.site % 10_007 % INNER for prepared in pages])
    blocks = np.concatenate([np.full(len(prepared.label), fold) for prepared, fold in zip(pages, inner, strict=True)])
    label, weight = np.concatenate([p.label for p in pages]), np.concatenate([p.weights() for p in pages])
    words = np.concatenate([p.lay.words for p in pages])
    scrap = ~label & (words <= 6)
    used = (~scrap | (np.random.default_rng(1).random(len(label)) < SCRAPS_KEPT)) & (weight > 0)
    weight = np.where(scrap, weight / SCRAPS_KEPT, weight)
    parts: list[Any] = [None] * len(pages)
    for fold in range(INNER):
        scores = learn_scores([prepared for prepared, other in zip(pages, inner, strict=True) if other != fold])
        for place in np.flatnonzero(inner == fold):
            parts[place] = pages[place].rows(scores)
    rows = np.concatenate(parts)
    guess = np.zeros(len(label))
    for fold in range(INNER):
        train, rest = used & (blocks != fold), blocks == fold
        forest = _train(FIRST, FIRST_TREES, rows[train], label[train], weight[train], pages[0].names)
        table = make_table(rows.shape[1], int(rest.sum()))
        table[:, : rest.sum()] = rows[rest].T
        guess[rest] = Forest.of(forest).probabilities(table, int(rest.sum()))
    first = _train(FIRST, FIRST_TREES, rows[used], label[used], weight[used], pages[0].names)
    contexts, start = [], 0
    for prepared in pages:
        columns = context_features(prepared.lay, guess[start : start + len(prepared.label)])
        start += len(prepared.label)
        contexts.append(columns.matrix())
    rows = np.concatenate([rows[used], np.concatenate(contexts)[used]], axis=1)
    second = _train(SECOND, SECOND_TREES, rows, label[used], weight[used], pages[0].names + columns.names)
    scores = learn_scores(pages)
    return {"classes": scores.classes, "words": scores.words, "texts": scores.texts, "first": first, "second": second}


def _train(settings: dict[str, Any], trees: int, rows: Array, label: Array, weight: Array, names: list[str]) -> dict[str, Any]:
    data = lgb.Dataset(rows, label.astype(np.float32), weight=weight * len(weight) / weight.sum(), params=settings)
    booster = lgb.train(settings, data, trees)
    return read_booster(booster, names)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--more", type=Path, nargs="*", default=[], help="folders of further sets to train on")
    parser.add_argument("--folds", type=Path, help="write one model a fold to this folder instead")
    parser.add_argument("--only", type=int, nargs="*", help="of the folds, only these")
    given = parser.parse_args()
    start = time.monotonic()
    samples = [sample for folder in (given.data, *given.more) for sample in read_samples(folder)]
    pages = [prepared for prepared in map(Prepared, samples) if prepared.page.blocks and prepared.known.any()]
    print(f"{len(pages)} pages with text, {time.monotonic() - start:.0f} s", flush=True)
    if given.folds is None:
        write_weights(fit(pages), WEIGHTS)
        return
    given.folds.mkdir(parents=True, exist_ok=True)
    for fold in given.only or range(FOLDS):
        write_weights(
            fit([prepared for prepared in pages if prepared.sample.fold(FOLDS) != fold]), given.folds / f"fold-{fold}.json"
        )
        print(f"fold {fold}, {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
