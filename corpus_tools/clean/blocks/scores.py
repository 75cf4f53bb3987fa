"""What a page's class names and words were worth on the pages the model learnt from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.columns import Columns
from corpus_tools.clean.blocks.layout import Layout
from corpus_tools.clean.blocks.score_kernels import OF_ELEMENTS, OF_WORDS, score_rows, word_rows
from corpus_tools.clean.html.element_kernels import SCORES
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


NAMES = [f"tok.{name}" for name in (*OF_ELEMENTS, *OF_WORDS, "text")]


def add_scores(columns: Columns, page: HtmlPage, lay: Layout, scores: Scores) -> None:
    """Columns ``tok.*``: greatest, least and mean score of the block's element, its parent, all above, and its words."""
    given, text = page.arrays, lay.text
    rows = np.empty((len(NAMES), columns.rows), np.float32)
    of_label = score_elements(given.labels, scores)
    score_rows(lay.parent, lay.node, given.label, of_label, UNKNOWN, rows[: len(OF_ELEMENTS)])
    word_rows(text.start, text.tokens, text.scored, *scores.of_words.arrays, UNKNOWN, rows[len(OF_ELEMENTS) : -1])
    rows[-1] = text.text_scores(scores.of_texts, UNKNOWN)
    columns.extend(NAMES, rows)


def score_elements(labels: ElementLabels, scores: Scores) -> npt.NDArray[Any]:
    """SCORES[n] of the class names and ids of each label."""
    found = np.zeros(len(labels), SCORES)
    score_labels(labels.data, labels.starts, scores.of_classes.keys, scores.of_classes.values, found)
    for place, text in labels.texts_beyond_ascii():
        values = [scores.classes[token] for token in label_tokens(text) if token in scores.classes]
        found[place] = (max(values), min(values), sum(values), len(values)) if values else (0.0, 0.0, 0.0, 0)
    return found
