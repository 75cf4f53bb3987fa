"""dedup and its like: every kind of frame comes back as its kind, with the user's own rows and columns as they were."""

from __future__ import annotations

import datetime
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa
import pytest
from crawls import article

from corpus_tools import clean_pages, cluster_edges, dedup, fingerprint_documents, match_signatures
from corpus_tools.errors import PlanError
from corpus_tools.frames import give_back, open_rows, take

TEXTS = [article(1), article(2), article(1), article(1).replace("night", "evening", 1), None, "", article(3)]
STAY = [0, 1, 4, 5, 6]
FRAME = pl.DataFrame({"body": TEXTS, "n": range(7), "day": [datetime.date(2024, 1, 1 + n) for n in range(7)]})


def in_pandas(frame: pl.DataFrame) -> Any:
    pytest.importorskip("pandas")
    return frame.to_pandas().set_index(frame["n"].to_pandas() * 10)


def in_duckdb(frame: pl.DataFrame) -> Any:
    duckdb = pytest.importorskip("duckdb")
    return duckdb.connect().from_arrow(frame.to_arrow(compat_level=pl.CompatLevel.oldest()))


def in_datasets(frame: pl.DataFrame) -> Any:
    datasets = pytest.importorskip("datasets")
    return datasets.Dataset.from_dict(frame.to_dict(as_series=False))


KINDS: dict[str, Any] = {
    "polars": lambda frame: frame,
    "polars lazy": pl.DataFrame.lazy,
    "arrow table": pl.DataFrame.to_arrow,
    "arrow batch": lambda frame: frame.to_arrow().combine_chunks().to_batches()[0],
    "narwhals": lambda frame: nw.from_native(frame, eager_only=True),
    "pandas": in_pandas,
    "duckdb": in_duckdb,
    "datasets": in_datasets,
}


def read(frame: Any, name: str) -> list[Any]:
    """A column of any kind of frame, by the kind's own means."""
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()[name].to_list()
    if hasattr(frame, "fetchall"):
        return [row[0] for row in frame.project(f'"{name}"').fetchall()]
    column = frame.column(name) if isinstance(frame, pa.Table | pa.RecordBatch) else frame[name]
    values = column.to_pylist() if hasattr(column, "to_pylist") else list(column)
    return [None if value != value else value for value in values]


@pytest.fixture(params=list(KINDS))
def given(request: pytest.FixtureRequest) -> Any:
    return KINDS[request.param](FRAME)


def test_the_same_kind_comes_back_with_the_rows_that_stay(given: Any) -> None:
    kept = dedup(given, "body")
    assert type(kept) is type(given)
    assert read(kept, "n") == STAY
    assert read(kept, "body") == [TEXTS[at] for at in STAY]
    assert [str(day)[:10] for day in read(kept, "day")] == [f"2024-01-0{1 + at}" for at in STAY]


def test_marking_adds_columns_behind_the_own_ones(given: Any) -> None:
    marked = dedup(given, "body", id="n", mark=True, prefix="x_")
    assert type(marked) is type(given)
    assert read(marked, "n") == list(range(7))
    assert read(marked, "x_role") == ["kept", "single", "removed", "removed", "single", "single", "single"]
    assert read(marked, "x_kept_id") == ["0", "1", "0", "0", "4", "5", "6"]
    assert read(marked, "x_similarity")[:3] == [None, None, 1.0]


def test_own_columns_are_never_overwritten(given: Any) -> None:
    once = dedup(given, "body", mark=True)
    with pytest.raises(PlanError, match="overwrite the frame's own columns 'cluster_id', 'role'"):
        dedup(once, "body", mark=True)
    again = dedup(once, "body", mark=True, prefix="again_")
    assert read(again, "again_role") == read(once, "role")


def test_case_alone_makes_no_new_name() -> None:
    with pytest.raises(PlanError, match="'Role'"):
        dedup(FRAME.rename({"day": "Role"}), "body", mark=True)
    with pytest.raises(PlanError, match="prefix='dup_'"):
        dedup(FRAME, "body", mark="dup_")  # type: ignore[arg-type]


def test_strings_in_a_list_or_tuple() -> None:
    wanted = [TEXTS[at] for at in STAY]
    assert dedup(TEXTS) == wanted
    assert dedup(tuple(TEXTS)) == tuple(wanted)
    assert dedup([]) == []
    marked: Any = dedup(TEXTS, mark=True)
    assert isinstance(marked, pl.DataFrame)
    assert marked.columns[:3] == ["text", "cluster_id", "role"]
    with pytest.raises(PlanError, match="list holds a int"):
        dedup(["one", 2])


@pytest.mark.parametrize("kind", [pl.Categorical, pl.Enum(sorted({one for one in TEXTS if one is not None}))])
def test_categories_are_text_and_stay_categories(kind: Any) -> None:
    frame = FRAME.with_columns(pl.col("body").cast(kind))
    kept = dedup(frame, "body")
    assert kept["n"].to_list() == STAY
    assert kept.schema == frame.schema
    assert dedup(frame.to_arrow(), "body").num_rows == len(STAY)
    native = in_pandas(frame)
    assert str(dedup(native, "body")["body"].dtype) == "category"


def test_pandas_keeps_its_index_and_its_objects() -> None:
    native = in_pandas(FRAME).assign(own=[{1: 2}, [3], None, 4, "5", (6,), object])
    kept = dedup(native, "body")
    assert kept.index.tolist() == [10 * at for at in STAY]
    assert kept["own"].tolist() == [native["own"].tolist()[at] for at in STAY]
    marked = dedup(native, "body", mark=True)
    assert marked.index.tolist() == native.index.tolist()
    with pytest.raises(PlanError, match="own name"):
        dedup(native.rename(columns={"n": "body"}), "body")
    with pytest.raises(PlanError, match="several types"):
        dedup(native, "own")


def test_a_relation_keeps_its_connection_and_its_types() -> None:
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    connection.from_arrow(FRAME.to_arrow(compat_level=pl.CompatLevel.oldest())).create("pages")
    kinds = "n::utinyint as n, ('a' || (n % 2))::enum('a0', 'a1') as e, uuid() as u, {'x': n} as s, interval '1' day as i"
    given = connection.table("pages").order("n").project(f'body as "the ""body""", {kinds}')
    kept = dedup(given, 'the "body"')
    assert kept.types == given.types
    assert kept.columns == given.columns
    assert connection.sql("select count(*) from kept join pages using (n)").fetchall() == [(len(STAY),)]
    closed = duckdb.connect(config={"python_enable_replacements": "false"})
    assert len(dedup(closed.sql("select 'one' as text union all select 'one'")).fetchall()) == 1
    with pytest.raises(PlanError, match="two columns"):
        dedup(connection.sql("select 'a' as text, 1 as text"))


def test_a_dataset_keeps_its_features_and_its_order() -> None:
    datasets = pytest.importorskip("datasets")
    given = in_datasets(FRAME).cast_column("n", datasets.Value("int16"))
    kept = dedup(given.select([6, 5, 4, 3, 2, 1, 0]), "body")
    assert kept.features == given.features
    assert kept["n"][:] == [6, 5, 4, 3, 1]
    for wrong in (datasets.DatasetDict({"train": given}), given.to_iterable_dataset()):
        with pytest.raises(PlanError, match="hint"):
            dedup(wrong, "body")


@pytest.mark.parametrize("wrong", [5, "a text", {"text": TEXTS}, None, pl.Series(TEXTS)])
def test_what_is_no_frame_is_named(wrong: Any) -> None:
    with pytest.raises(PlanError, match="hint: pass a polars DataFrame"):
        dedup(wrong)


@pytest.mark.slow
def test_single_steps_take_and_give_every_kind(given: Any) -> None:
    pages = FRAME.select(page_id=pl.col("n").cast(pl.String), text=pl.col("body").fill_null("x"), html="body")
    native = give_back(pages, given)
    assert type(native) is type(given)
    signatures = fingerprint_documents(native)
    edges = match_signatures(signatures, native)
    clusters = cluster_edges(edges, native)
    cleaned = clean_pages(native)
    for made in (signatures, edges, clusters, cleaned):
        assert type(made) is type(given)
    assert read(clusters, "role").count("removed") == 2


def test_a_frame_is_read_and_given_back_as_it_was(given: Any) -> None:
    rows = open_rows(given)
    assert rows.names == FRAME.columns
    held = take(given)
    assert (held.collect() if isinstance(held, pl.LazyFrame) else held).equals(FRAME)
    assert read(rows.keep(pl.Series([False] * 7)), "n") == []


def test_an_empty_frame_of_every_kind(given: Any) -> None:
    empty = open_rows(given).keep(pl.Series([False] * 7))
    assert read(dedup(empty, "body"), "n") == []
    assert read(dedup(empty, "body", mark=True), "role") == []
