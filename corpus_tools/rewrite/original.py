"""Which page of a rewritten pair is the original: the one whose phrases, where the two differ, the rest of the corpus uses.

Synonym software leaves phrases nobody writes. What translates or rewrites whole sentences writes as usual as people do, or more so:
then the wording does not tell, and says so. A page's *odd share* is the share of its word 2-grams that fewer than MIN_DOCUMENTS
documents of the corpus hold.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_tools.kernels.fold import fold_table
from corpus_tools.kernels.shingles import text_buffers
from corpus_tools.rewrite.original_kernels import CHANGED, PHRASE_COUNTS, Reading, changed_phrases, odd_phrases
from corpus_tools.rewrite.vocabulary import Vocabulary

Array = np.ndarray[Any, np.dtype[Any]]

LEAST_CHANGED = 5
"""2-grams that each page must have alone for its wording to be judged."""
RARER = 0.5
"""Weight of how much less the corpus uses what only one page says, beside the log-odds of odd phrases and of spam."""
CUTS = {"words": 0.5, "sentences": 1.25}
"""Evidence, in log-odds, from which on the wording tells, by the head that gives the verdict: what writes sentences anew may write more
usually than people do. ``benchmarks.rewrites.originals`` judges them and RARER."""
MOST_SPAM = 4.0
"""Log-odds between the spam scores of two pages, beyond which more says no more."""
SURE_SPAM = 1e-4
"""Spam scores nearer than this to 0 or 1 count as this near."""
TOLD_SPAM = 1.0
"""Log-odds between the spam scores from which on they are named among the reasons."""


def odd_shares(texts: pa.Array[Any], vocabulary: Vocabulary) -> Array:
    """Share of each text's word 2-grams that are odd, float64[n] in 0..1, drawn to a half for texts of few words."""
    out = np.zeros(len(texts), PHRASE_COUNTS)
    odd_phrases(_reading(texts, vocabulary), vocabulary.shingles, out)
    return np.asarray((out["odd"] + 1) / (out["counted"] + 2))


def _reading(texts: pa.Array[Any], vocabulary: Vocabulary) -> Reading:
    held = text_buffers(texts)
    return Reading(held.offsets, held.base, held.limit, fold_table(), vocabulary.kinds)


def find_originals(pairs: pl.DataFrame, pages: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """The original of each pair: ``pairs`` with columns original (page_id), original_by and why_original; sorted by left and right.

    ``pairs`` has left, right and head. ``pages`` has page_id and text of each page in them and, where known, ``date`` (anything that
    sorts) and ``spam_score``. ``original_by`` is ``wording``; where that does not tell, ``length`` (the longer page), ``date`` (the
    earlier) or ``page_id`` (the smaller).
    """
    absent = [pl.lit(None, pl.Float64).alias(name) for name in ("date", "spam_score") if name not in pages.columns]
    held = pages.with_columns(absent).unique("page_id").sort("page_id")
    facts = held.select("page_id", "date", "spam_score", pl.int_range(pl.len()).alias("at"), size=pl.col("text").str.len_chars())
    joined = pairs.sort("left", "right")
    for side in ("left", "right"):
        renamed = {name: f"{name}_{side}" for name in facts.columns if name != "page_id"}
        joined = joined.join(facts.rename(renamed), left_on=side, right_on="page_id", how="left", maintain_order="left")
    return _name(_judge_wording(joined, held["text"], vocabulary)).select(*pairs.columns, "original", "original_by", "why_original")


def _judge_wording(pairs: pl.DataFrame, texts: pl.Series, vocabulary: Vocabulary) -> pl.DataFrame:
    """``pairs`` with ``evidence`` that the left page is the original (float64, right below 0), and what it is made of."""
    found = np.zeros(len(pairs), CHANGED)
    ends = (pairs[f"at_{side}"].cast(pl.Int64).to_numpy(writable=True) for side in ("left", "right"))
    changed_phrases(_reading(texts.to_arrow().cast(pa.large_string()), vocabulary), vocabulary.usage, *ends, found)
    odd = {side: (found[f"odd_{side}"] + 1) / (found[f"only_{side}"] + 2) for side in ("left", "right")}
    usage = {side: found[f"usage_{side}"] / np.maximum(1, found[f"only_{side}"]) for side in ("left", "right")}
    stranger = _log_odds(odd["right"]) - _log_odds(odd["left"])
    rarer = 2 * (usage["left"] - usage["right"]) / np.maximum(usage["left"] + usage["right"], 1e-9)
    spam = _spam_between(pairs)
    evidence = stranger + RARER * rarer + spam
    judged = np.minimum(found["only_left"], found["only_right"]) >= LEAST_CHANGED
    columns = {"evidence": np.where(judged, evidence, 0.0), "spam": spam} | {f"odd_{side}": odd[side] for side in odd}
    return pairs.with_columns(pl.Series(name, values, pl.Float64) for name, values in columns.items())


def _spam_between(pairs: pl.DataFrame) -> Array:
    """Log-odds of the right page's spam score over the left one's, float64[pairs]; 0 where either has none."""
    left, right = (
        pairs[f"spam_score_{side}"].cast(pl.Float64).fill_null(np.nan).to_numpy().clip(SURE_SPAM, 1 - SURE_SPAM)
        for side in ("left", "right")
    )
    return np.asarray(np.nan_to_num(np.clip(_log_odds(right) - _log_odds(left), -MOST_SPAM, MOST_SPAM)))


def _log_odds(share: Array) -> Array:
    return np.asarray(np.log(share / (1 - share)))


def _name(pairs: pl.DataFrame) -> pl.DataFrame:
    """``pairs`` of ``_judge_wording`` with original, original_by and why_original."""
    left_is_first = {
        "wording": pl.col("evidence") > 0,
        "length": pl.col("size_left") > pl.col("size_right"),
        "date": pl.col("date_left") < pl.col("date_right"),
        "page_id": pl.col("left") < pl.col("right"),
    }
    by = (
        pl.when(pl.col("evidence").abs() >= pl.col("head").replace_strict(CUTS, return_dtype=pl.Float64))
        .then(pl.lit("wording"))
        .when(pl.col("size_left") != pl.col("size_right"))
        .then(pl.lit("length"))
        .when((pl.col("date_left") != pl.col("date_right")).fill_null(value=False))
        .then(pl.lit("date"))
        .otherwise(pl.lit("page_id"))
    )
    named = pairs.with_columns(original_by=by)
    chosen = pl.coalesce(pl.when(pl.col("original_by") == rule).then(first) for rule, first in left_is_first.items())
    original = pl.when(chosen).then("left").otherwise("right")
    return named.with_columns(original=original).with_columns(why_original=_why())


def _why() -> pl.Expr:
    """In words, what shows that the page is the original."""
    is_left = pl.col("original") == pl.col("left")
    own, other = (
        [pl.when(is_left).then(f"{name}_{one}").otherwise(f"{name}_{two}") for name in ("odd", "spam_score")]
        for one, two in (("left", "right"), ("right", "left"))
    )
    percent = [(share * 100).round(0).cast(pl.Int64) for share in (own[0], other[0])]
    phrases = "of the word pairs that only it has, {}% stand in fewer than 3 documents; of those that only the other page has, {}%"
    spam = pl.format("; its spam score is {}, that of the other page {}", own[1].round(2), other[1].round(2))
    wording = pl.format(phrases, *percent) + pl.when(pl.col("spam").abs() >= TOLD_SPAM).then(spam).otherwise(pl.lit(""))
    rest = {"length": "it is the longer page", "date": "it is the earlier one", "page_id": "its page_id is the smaller"}
    silent = pl.lit("the wording does not tell; ") + pl.col("original_by").replace_strict(rest, default="", return_dtype=pl.String)
    return pl.when(pl.col("original_by") == "wording").then(wording).otherwise(silent)
