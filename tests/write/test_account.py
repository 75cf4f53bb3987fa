"""The account: it closes, or the run fails with the numbers."""

from __future__ import annotations

import polars as pl
import pytest

from corpus_tools.errors import GateError
from corpus_tools.write.account import Account, check_account


def _frame(*ids: str, **columns: list[str]) -> pl.LazyFrame:
    return pl.LazyFrame({"page_id": list(ids), **columns}, schema_overrides={"page_id": pl.String})


def _removed(*ids: str) -> pl.LazyFrame:
    return _frame(*ids, cluster_id=["c"] * len(ids))


def test_the_sentence() -> None:
    assert Account(12418, 7902, 4102, 1204, 414).sentence() == (
        "12,418 pages in: 7,902 kept, 4,102 removed in 1,204 clusters, 414 rejected"
    )
    assert Account(1, 1, 0, 0, 0).sentence().startswith("1 page in: ")


def test_an_account_that_closes() -> None:
    account = check_account(_frame("a", "b", "c"), _frame("a"), _removed("b"), _frame("c"))
    assert account == Account(pages=3, kept=1, removed=1, clusters=1, rejected=1)


@pytest.mark.parametrize(
    ("pages", "kept", "removed", "rejected", "told"),
    [
        ("abc", "a", "b", "", "in no output"),
        ("abc", "a", "ab", "c", "in more than one place"),
        ("ab", "a", "b", "c", "not of the input"),
        ("aab", "a", "b", "", "with the id of another page"),
    ],
)
def test_an_account_that_does_not_close(pages: str, kept: str, removed: str, rejected: str, told: str) -> None:
    with pytest.raises(GateError, match=told):
        check_account(_frame(*pages), _frame(*kept), _removed(*removed), _frame(*rejected))
