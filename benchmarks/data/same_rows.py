"""Whether two runs hold the same rows, table by table: the net under a change that should change no row.

    python -m benchmarks.data.same_rows OLD_RUN NEW_RUN

Both are run folders over the same input with the same settings, made by two versions of the package. Tables, columns and
values that have other names in the newer version are named below; everything else is compared as it stands. Exits with 1
where rows differ.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

TABLES = {"spin_signatures": "rewrite_signatures"}
"""Folder of the older run -> folder of the newer."""
COLUMNS = {"spin_signature": "rewrite_signature"}
VALUES = {"kind": {"spun": "rewrite"}}
WORDS = {"clean.min_words": "site.min_words", "clean.drop_spam": "site.drop_spam"}
"""Names of settings that stand in reasons."""
SKIPPED = {"vocabulary"}
"""Tables that hold no rows about pages."""


def read_table(folder: Path) -> pl.DataFrame:
    """All rows of a table in the order of its parts."""
    return pl.concat([pl.read_parquet(path, hive_partitioning=False) for path in sorted(folder.glob("*.parquet"))])


def translate(frame: pl.DataFrame) -> pl.DataFrame:
    """An older table under the newer names."""
    frame = frame.rename({old: new for old, new in COLUMNS.items() if old in frame.columns})
    frame = frame.with_columns(pl.col(name).replace(words) for name, words in VALUES.items() if name in frame.columns)
    if "stage" in frame.columns:
        late = pl.col("reason").str.contains("fewer than clean.min_words|is clean.drop_spam")
        frame = frame.with_columns(pl.when(late).then(pl.lit("site")).otherwise("stage").alias("stage"))
    if "reason" in frame.columns:
        frame = frame.with_columns(pl.col("reason").str.replace_many(list(WORDS), list(WORDS.values())))
    return frame


def compare(old: Path, new: Path) -> int:
    """Print a line a table; the number of tables that differ."""
    differ = 0
    folders = sorted({path.parent.relative_to(old) for path in old.rglob("*.parquet") if path.parent != old})
    for folder in folders:
        if folder.name in SKIPPED:
            continue
        target = new / TABLES.get(str(folder), str(folder))
        before, after = translate(read_table(old / folder)), read_table(target)
        try:
            assert_frame_equal(before, after, check_exact=True)
            told = f"equal, {before.height:,} rows"
        except AssertionError as error:
            differ += 1
            told = f"DIFFERENT: {str(error).splitlines()[0]}"
        print(f"{target.relative_to(new)!s:<22} {told}")
    return differ


def main() -> None:
    """Read the two folders from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    given = parser.parse_args()
    raise SystemExit(1 if compare(given.old, given.new) else 0)


if __name__ == "__main__":
    main()
