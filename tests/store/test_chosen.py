"""Chosen pages are those of a join, in the order of the table, whatever the sizes of its parts and of the batches."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.errors import RunError
from corpus_tools.store.chosen import places_of_rows, stream_chosen

NAMES = [f"{number:02d}" for number in range(30)]


@given(
    st.permutations(NAMES).flatmap(lambda names: st.tuples(st.just(names), st.integers(0, 30))),
    st.lists(st.sampled_from([*NAMES, "absent", "Ä", ""]), unique=True, max_size=33),
    st.integers(1, 12),
)
def test_rows_are_those_of_a_join(table: tuple[list[str], int], wanted: list[str], size: int) -> None:
    names, cut = table
    frame = pl.DataFrame({"page_id": names, "text": [f"t{name}" for name in names], "more": range(30)})
    ids = pl.Series("page_id", wanted, pl.String)
    with tempfile.TemporaryDirectory() as folder:
        for number, part in enumerate((frame[:cut], frame[cut:])):
            part.write_parquet(Path(folder) / f"{number}.parquet")
        found = list(stream_chosen(pl.scan_parquet(f"{folder}/*.parquet"), ids, ["text"], size))
    rows = pl.concat([pl.DataFrame(schema={"page_id": pl.String, "text": pl.String}), *(batch for _, batch in found)])
    expected = [name for name in names if name in wanted]
    assert rows["page_id"].to_list() == expected
    assert rows["text"].to_list() == [f"t{name}" for name in expected]
    assert [wanted[at] for places, _ in found for at in places] == expected


def test_nothing_chosen_reads_nothing() -> None:
    missing = pl.scan_parquet("/nowhere/*.parquet")
    assert list(stream_chosen(missing, pl.Series("page_id", [], pl.String), ["text"], 10)) == []


def test_rows_are_those_of_the_ids() -> None:
    assert places_of_rows([np.array([1, 0]), np.array([2])], pl.Series(["a", "b", "c"])).tolist() == [1, 0, 2]


@pytest.mark.parametrize(("found", "wrong"), [([[1], [2]], "a"), ([[0, 1, 2], [2]], "c"), ([], "a")])
def test_ids_without_exactly_one_row_are_told(found: list[list[int]], wrong: str) -> None:
    with pytest.raises(RunError, match=f"page_id '{wrong}' has a signature but not exactly one document"):
        places_of_rows([np.array(places) for places in found], pl.Series(["a", "b", "c"]))
