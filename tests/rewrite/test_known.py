"""Beside an earlier run only pairs with a new text are judged, and those that it stored."""

import narwhals as nw
import polars as pl

from corpus_tools.plan import Plan
from corpus_tools.rewrite.known import _same_search, pairs_to_judge

SKETCHED = {"page_id": ["a", "b", "c", "d", "e"], "content_hash": ["1", "2", "3", "4", "5"]}


def _judged(pairs: list[tuple[str, str]], seen: dict[str, list[str]], stored: list[tuple[str, str]]) -> list[tuple[str, str]]:
    rewrites = pl.LazyFrame(stored, schema=["left", "right"], orient="row").with_columns(kind=pl.lit("rewrite"))
    candidates = pl.LazyFrame(pairs, schema=["left", "right"], orient="row")
    frames = (nw.from_native(frame) for frame in (candidates, pl.LazyFrame(SKETCHED), rewrites, pl.LazyFrame(seen)))
    return sorted(pairs_to_judge(*frames).to_native().collect().rows())


def test_pairs_of_two_seen_texts_are_left_out_unless_they_were_stored() -> None:
    seen = {"page_id": ["a", "b", "c"], "content_hash": ["1", "2", "3"]}
    assert _judged([("a", "b"), ("a", "c"), ("a", "d"), ("d", "e")], seen, [("b", "c")]) == [("a", "d"), ("b", "c"), ("d", "e")]


def test_a_page_with_another_text_now_is_new() -> None:
    seen = {"page_id": ["a", "b", "c"], "content_hash": ["1", "2", "old"]}
    assert _judged([("a", "b"), ("a", "c")], seen, [("b", "c")]) == [("a", "c")]


def test_the_threshold_alone_may_differ() -> None:
    plan = Plan()
    assert _same_search(plan, plan.with_settings({"rewrite.threshold": 0.2}))
    for settings in ({"rewrite.bins": 64}, {"rewrite.min_score": 0.02}, {"rewrite.enabled": False}, {"fingerprint.ngram": 4}):
        assert not _same_search(plan, plan.with_settings(settings)), settings
