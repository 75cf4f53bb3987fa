"""Each kind of frame, read a column at a time and given back; a frame's own rows and columns are never rebuilt.

Polars, pandas, Arrow tables and what else narwhals knows as a frame in memory go through narwhals. A DuckDB relation, a Hugging
Face Dataset and a list of strings have a few lines of their own.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Protocol, cast

import narwhals as nw
import polars as pl
import pyarrow as pa

from corpus_tools.errors import PlanError

TAKEN = (
    "pass a polars DataFrame or LazyFrame, a pandas DataFrame, a pyarrow Table, a DuckDB relation, a Hugging Face Dataset, or a list"
    " of strings"
)


class Rows(Protocol):
    """A frame of the user's, read a column at a time, of which the same kind of frame can be made."""

    @property
    def names(self) -> list[str]:
        """Its columns, in order."""

    def column(self, name: str) -> pl.Series:
        """One of its columns."""

    def keep(self, mask: pl.Series) -> Any:
        """The rows where ``mask`` is true, in order and as they were, in the same kind of frame."""

    def add(self, columns: pl.DataFrame) -> Any:
        """All rows, with new columns behind their own, in the same kind of frame."""

    def table(self, table: pl.DataFrame) -> Any:
        """A table of this package in the same kind of frame."""


def from_arrow(table: pa.Table | pa.RecordBatch) -> pl.DataFrame:
    """An Arrow table as a polars frame."""
    return cast(pl.DataFrame, pl.from_arrow(table))


def to_arrow(frame: pl.DataFrame) -> pa.Table:
    """A polars frame as an Arrow table, with types that every Arrow reader knows."""
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def _series(name: str, values: Any) -> pl.Series:
    """A column of Arrow values; a dictionary of strings is text as the values it stands for are."""
    found = pl.from_arrow(values)
    series = found if isinstance(found, pl.Series) else found.to_series()
    return _plain(series).alias(name)


def _plain(series: pl.Series) -> pl.Series:
    return series.cast(pl.String) if series.dtype in (pl.Categorical, pl.Enum) else series


class EagerRows:
    """A frame in memory that narwhals knows: polars, pandas, Arrow, Modin, cuDF."""

    def __init__(self, held: nw.DataFrame[Any]) -> None:
        self._held = held
        self.names = held.columns

    def column(self, name: str) -> pl.Series:
        native = self._held[name].to_native()
        if isinstance(native, pl.Series):
            return _plain(native)
        try:
            return _series(name, self._held[name].to_arrow())
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            what = f"column {name!r} holds values of several types"
            raise PlanError(what, "make it a column of one type first, for example with .astype(str)") from error

    def keep(self, mask: pl.Series) -> Any:
        chosen = self._held.filter(mask.to_list()) if len(mask) else self._held.head(0)
        return chosen.to_native()

    def add(self, columns: pl.DataFrame) -> Any:
        if isinstance(self._held.to_native(), pl.DataFrame):
            return self._held.to_native().with_columns(columns.get_columns())
        made = [self._new(column) for column in columns]
        return self._held.with_columns(*made).to_native()

    def _new(self, column: pl.Series) -> nw.Series[Any]:
        of = nw.from_native(column, series_only=True)
        return nw.new_series(column.name, column.to_list(), of.dtype, backend=self._held.implementation)

    def table(self, table: pl.DataFrame) -> Any:
        if isinstance(self._held.to_native(), pl.DataFrame):
            return table
        return nw.from_arrow(to_arrow(table), backend=self._held.implementation).to_native()


class WrappedRows(EagerRows):
    """A frame of narwhals itself."""

    def keep(self, mask: pl.Series) -> nw.DataFrame[Any]:
        return nw.from_native(super().keep(mask), eager_only=True)

    def add(self, columns: pl.DataFrame) -> nw.DataFrame[Any]:
        return nw.from_native(super().add(columns), eager_only=True)

    def table(self, table: pl.DataFrame) -> nw.DataFrame[Any]:
        return nw.from_native(super().table(table), eager_only=True)


class LazyRows(EagerRows):
    """A polars LazyFrame: collected once, and given back lazy."""

    def __init__(self, frame: pl.LazyFrame) -> None:
        super().__init__(nw.from_native(frame.collect(), eager_only=True))

    def keep(self, mask: pl.Series) -> pl.LazyFrame:
        return cast(pl.DataFrame, super().keep(mask)).lazy()

    def add(self, columns: pl.DataFrame) -> pl.LazyFrame:
        return cast(pl.DataFrame, super().add(columns)).lazy()

    def table(self, table: pl.DataFrame) -> pl.LazyFrame:
        return table.lazy()


class BatchRows(EagerRows):
    """An Arrow record batch."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        super().__init__(nw.from_native(pa.Table.from_batches([batch]), eager_only=True))

    def keep(self, mask: pl.Series) -> pa.RecordBatch:
        return one_batch(super().keep(mask))

    def add(self, columns: pl.DataFrame) -> pa.RecordBatch:
        return one_batch(super().add(columns))

    def table(self, table: pl.DataFrame) -> pa.RecordBatch:
        return one_batch(to_arrow(table))


def one_batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


class RelationRows:
    """A DuckDB relation: read once, and given back as one of the same connection with the same types."""

    def __init__(self, relation: Any) -> None:
        self._relation = relation
        self.names = list(relation.columns)
        if len(set(self.names)) < len(self.names):
            raise PlanError(f"the relation has two columns of one name among {', '.join(self.names)}", "rename them in the query")
        self._held: pa.Table = relation.to_arrow_table()

    def column(self, name: str) -> pl.Series:
        return _series(name, self._held[name])

    def keep(self, mask: pl.Series) -> Any:
        return self._relate(self._held.filter(pa.array(mask.to_list(), pa.bool_())))

    def add(self, columns: pl.DataFrame) -> Any:
        held = self._held
        for name, column in zip(columns.columns, to_arrow(columns).columns, strict=True):
            held = held.append_column(name, column)
        return self._relate(held)

    def table(self, table: pl.DataFrame) -> Any:
        return self._relate(to_arrow(table), {})

    def _relate(self, rows: pa.Table, types: dict[str, str] | None = None) -> Any:
        """``rows`` as a relation; types that Arrow has no name for, such as UUID, are put back."""
        if types is None:
            types = dict(zip(self.names, map(str, self._relation.types), strict=True))
        quoted = {name: '"' + name.replace('"', '""') + '"' for name in rows.column_names}
        chosen = [f"cast({quoted[one]} as {types[one]}) as {quoted[one]}" if one in types else quoted[one] for one in quoted]
        query = f"select {', '.join(chosen)} from rows"  # noqa: S608 - rows is the Arrow table, which DuckDB finds by its name
        try:
            return self._relation.query("the_relation", query)
        except Exception as error:
            if type(error).__name__ != "CatalogException":
                raise
        # The connection may not look for Python's variables: a relation of the default connection is the next best.
        return sys.modules["duckdb"].from_arrow(rows).project(", ".join(chosen))


class DatasetRows:
    """A Hugging Face Dataset: its rows stay where they are, and are chosen by number."""

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset
        self.names = list(dataset.column_names)

    def column(self, name: str) -> pl.Series:
        return _series(name, self._dataset.select_columns([name]).with_format("arrow")[:][name])

    def keep(self, mask: pl.Series) -> Any:
        return self._dataset.select(mask.arg_true().to_list())

    def add(self, columns: pl.DataFrame) -> Any:
        found = self._dataset
        for column in columns:
            held = pl.Series(column.name, column)
            found = found.add_column(column.name, held.to_list(), feature=self._feature(to_arrow(held.to_frame()).schema[0].type))
        return found

    def table(self, table: pl.DataFrame) -> Any:
        return type(self._dataset)(sys.modules["datasets"].table.InMemoryTable(to_arrow(table)))

    def _feature(self, kind: pa.DataType) -> Any:
        features = sys.modules["datasets"].Features.from_arrow_schema(pa.schema([pa.field("one", kind)]))
        return features["one"]


class Texts:
    """Strings in a list or tuple: a frame of one column, ``text``; with more columns it is a polars frame."""

    def __init__(self, texts: Sequence[str | None]) -> None:
        wrong = next((one for one in texts if not isinstance(one, str | None)), None)
        if wrong is not None:
            raise PlanError(f"the list holds a {type(wrong).__name__}", TAKEN)
        self._texts = texts
        self.names = ["text"]

    def column(self, name: str) -> pl.Series:
        return pl.Series(name, self._texts, pl.String)

    def keep(self, mask: pl.Series) -> Any:
        return type(self._texts)(text for text, stays in zip(self._texts, mask, strict=True) if stays)  # type: ignore[call-arg]

    def add(self, columns: pl.DataFrame) -> pl.DataFrame:
        return pl.DataFrame([self.column("text"), *columns])

    def table(self, table: pl.DataFrame) -> pl.DataFrame:
        return table
