"""What a page's class names and words were worth on the pages the model learnt from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.columns import Columns
from corpus_tools.clean.blocks.features import Layout
from corpus_tools.clean.html.element_kernels import gather_up
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.labels import ElementLabels
from corpus_tools.clean.html.mark_kernels import KEPT_CHARS, KEPT_TOKENS, TOKEN_CHARS, score_labels
from corpus_tools.kernels.lookup import Lookup

UNKNOWN = -9.0
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Scores:
    """Log-odds of being main text: of class names and ids, of words of short blocks, of whole short blocks."""

    classes: Mapping[str, float]
    words: Mapping[str, float]
    texts: Mapping[str, float]

    @cached_property
    def of_classes(self) -> Lookup:
        """``classes`` as a kernel looks them up."""
        return Lookup.of(self.classes, float)

    @cached_property
    def of_words(self) -> Lookup:
        """``words`` as a kernel looks them up."""
        return Lookup.of(self.words, float)

    @cached_property
    def of_texts(self) -> Lookup:
        """``texts`` as a kernel looks them up."""
        return Lookup.of(self.texts, float)


def label_tokens(label: str) -> list[str]:
    """Class names and ids of an element, runs of digits as one 0."""
    return [_DIGITS.sub("0", token.lower())[:TOKEN_CHARS] for token in label[:KEPT_CHARS].split()[:KEPT_TOKENS]]


def add_scores(columns: Columns, page: HtmlPage, lay: Layout, scores: Scores) -> None:
    """Columns ``tok.*``: greatest, least and mean score of the block's element, its parent, all above, and its words."""
    given = page.arrays
    labels = _score_labels(given.labels, scores)[given.label]
    most, least, total, count = np.ascontiguousarray(labels.T)
    up = np.maximum(lay.parent[lay.node], 0)
    for name, at in (("own", lay.node), ("par", up)):
        columns.add(f"tok.{name}.max", np.where(count[at] > 0, most[at], UNKNOWN))
        columns.add(f"tok.{name}.mean", np.where(count[at] > 0, total[at] / np.maximum(count[at], 1), UNKNOWN))
    above = gather_up(lay.parent, most, least, total, count)[lay.node]
    known = above[:, 3] > 0
    columns.add("tok.above.max", np.where(known, above[:, 0], UNKNOWN))
    columns.add("tok.above.min", np.where(known, above[:, 1], UNKNOWN))
    columns.add("tok.above.mean", np.where(known, above[:, 2] / np.maximum(above[:, 3], 1), UNKNOWN))
    words = lay.text.word_scores(scores.of_words, UNKNOWN)
    columns.add("tok.words.max", words[:, 0])
    columns.add("tok.words.mean", words[:, 1])
    columns.add("tok.text", lay.text.text_scores(scores.of_texts, UNKNOWN))


def _score_labels(labels: ElementLabels, scores: Scores) -> npt.NDArray[np.float64]:
    """Greatest, least, sum and number (n, 4) of the scores of each label's class names and ids."""
    found = np.asarray(score_labels(labels.data, labels.starts, scores.of_classes.keys, scores.of_classes.values, UNKNOWN))
    for place, text in labels.texts_beyond_ascii():
        values = [scores.classes[token] for token in label_tokens(text) if token in scores.classes]
        found[place] = (max(values), min(values), sum(values), len(values)) if values else (UNKNOWN, UNKNOWN, 0.0, 0)
    return found
