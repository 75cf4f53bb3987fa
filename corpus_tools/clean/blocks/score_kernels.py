"""What the learned scores of class names and words say of blocks: rows of a float32 table whose names stand here, in order."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_tools.clean.blocks.text_kernels import FEW
from corpus_tools.clean.html.element_kernels import SCORES, gather_up, scores_at
from corpus_tools.kernels.compile import inlined, kernel
from corpus_tools.kernels.lookup import address_of, find_in

OF_ELEMENTS = tuple("own.max own.mean par.max par.mean above.max above.min above.mean".split())
_OWN, _OWN_MEAN, _PARENT, _PARENT_MEAN, _ABOVE, _LEAST_ABOVE, _ABOVE_MEAN = range(len(OF_ELEMENTS))
OF_WORDS = tuple("words.max words.mean".split())
_WORDS, _WORDS_MEAN = range(len(OF_WORDS))


@inlined
def _greatest(scores: Any, unknown: float) -> Any:
    return scores.max if scores.count > 0 else unknown


@inlined
def _mean(scores: Any, unknown: float) -> Any:
    return scores.total / scores.count if scores.count > 0 else unknown


@kernel
def score_rows(parent: Any, node: Any, label: Any, of_label: Any, unknown: float, out: Any) -> None:
    """Write OF_ELEMENTS: what is known of the block's element, of its parent, and of all above these; ``of_label`` SCORES are those of labels."""
    of_node, above = np.zeros(parent.shape[0], SCORES), np.zeros(parent.shape[0], SCORES)
    for place in range(parent.shape[0]):
        of_node[place] = of_label[label[place]]
    gather_up(parent, of_node, above)
    for block in range(node.shape[0]):
        at = node[block]
        own, up = scores_at(address_of(of_node), at), scores_at(address_of(of_node), max(parent[at], 0))
        higher = scores_at(address_of(above), at)
        out[_OWN, block] = _greatest(own, unknown)
        out[_OWN_MEAN, block] = _mean(own, unknown)
        out[_PARENT, block] = _greatest(up, unknown)
        out[_PARENT_MEAN, block] = _mean(up, unknown)
        out[_ABOVE, block] = _greatest(higher, unknown)
        out[_LEAST_ABOVE, block] = higher.min if higher.count > 0 else unknown
        out[_ABOVE_MEAN, block] = _mean(higher, unknown)


@kernel
def word_rows(start: Any, tokens: Any, scored: Any, keys: Any, values: Any, unknown: float, out: Any) -> None:
    """Write OF_WORDS: the greatest and the mean score of those of a block's first 40 words that have one."""
    for block in range(start.shape[0]):
        most, total, n = -np.inf, 0.0, 0
        for place in range(start[block], start[block] + min(tokens[block], FEW)):
            slot = find_in(keys, scored[place])
            if slot >= 0:
                most, total, n = max(most, values[slot]), total + values[slot], n + 1
        out[_WORDS, block] = most if n > 0 else unknown
        out[_WORDS_MEAN, block] = total / n if n > 0 else unknown


@kernel
def score_texts(whole: Any, keys: Any, values: Any, scores: Any) -> None:
    """Write to ``scores`` float64[n] the value of each of ``whole`` that has one; 0 is no text."""
    for block in range(whole.shape[0]):
        slot = find_in(keys, whole[block]) if whole[block] != 0 else -1
        if slot >= 0:
            scores[block] = values[slot]
