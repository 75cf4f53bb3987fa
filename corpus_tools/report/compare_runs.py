"""Two runs side by side: which pages one keeps and the other does not, which texts differ, with examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from corpus_tools.errors import visible
from corpus_tools.shown import json_line
from corpus_tools.store.opened import StoredRun

ENDS = ("kept", "removed", "rejected", "absent")
"""Where a page can end in a run; absent: the run never saw it."""


def compare_runs(before: StoredRun, after: StoredRun, examples: int = 5) -> dict[str, Any]:
    """What changed from one run to the other, by page_id.

    ``settings``: name -> [before, after]. ``moves``: a dict for each change of place, with ``was``, ``now``, ``pages`` and
    ``examples``. ``texts``: pages kept by both whose text differs: ``pages``, ``words_before``, ``words_after``, ``examples``.
    """
    pages = _ends(before, "was").join(_ends(after, "now"), on="page_id", how="full", coalesce=True)
    pages = pages.with_columns(pl.col("was").fill_null("absent"), pl.col("now").fill_null("absent")).sort("page_id")
    changed = pages.filter(pl.col("was") != pl.col("now"))
    moves = [
        {
            "was": was,
            "now": now,
            "pages": group.height,
            "examples": [_example(row) for row in group.head(examples).iter_rows(named=True)],
        }
        for was in ENDS
        for now in ENDS
        if (group := changed.filter((pl.col("was") == was) & (pl.col("now") == now))).height
    ]
    both = pages.filter((pl.col("was") == "kept") & (pl.col("now") == "kept"))
    edited = both.filter(pl.col("hash_was") != pl.col("hash_now"))
    texts = {
        "pages": edited.height,
        "words_before": int(edited["words_was"].sum() or 0),
        "words_after": int(edited["words_now"].sum() or 0),
        "examples": [
            _edit(row)
            for row in edited.sort((pl.col("words_was") - pl.col("words_now")).abs(), "page_id", descending=[True, False])
            .head(examples)
            .iter_rows(named=True)
        ],
    }
    return {"settings": _settings(before, after), "kept_by_both": both.height, "moves": moves, "texts": texts}


def _ends(run: StoredRun, side: str) -> pl.DataFrame:
    """Every page of a run: where it ended (in a column ``side``), why, its name, and of kept ones words and hash of the text."""
    name = pl.coalesce("url", "source_id", "source", "page_id")
    words, none = pl.col("n_words"), pl.lit(None, pl.Int64)
    kept = run.corpus.select(
        "page_id",
        pl.lit("kept").alias(side),
        pl.lit("").alias("why"),
        name.alias("name"),
        words.alias("words"),
        pl.col("content_hash").alias("hash"),
    )
    others = [
        frame.select(
            "page_id",
            pl.lit(end).alias(side),
            pl.col("reason").alias("why"),
            name.alias("name"),
            none.alias("words"),
            pl.lit(None, pl.String).alias("hash"),
        )
        for end, frame in (("removed", run.removed), ("rejected", run.rejected))
    ]
    table = pl.concat([kept, *others]).collect()
    return table.rename({one: f"{one}_{side}" for one in ("why", "name", "words", "hash")})


def _example(row: dict[str, Any]) -> dict[str, str]:
    return {"page": row["name_now"] or row["name_was"], "why": row["why_now"] or row["why_was"] or ""}


def _edit(row: dict[str, Any]) -> dict[str, Any]:
    return {"page": row["name_now"], "words_before": row["words_was"], "words_after": row["words_now"]}


def _settings(before: StoredRun, after: StoredRun) -> dict[str, list[Any]]:
    plans = [run.plan.to_dict() for run in (before, after)]
    names = [(section, name) for section, values in plans[1].items() for name in values]
    pairs = {f"{section}.{name}": [plan[section][name] for plan in plans] for section, name in names}
    return {name: values for name, values in pairs.items() if values[0] != values[1]}


def print_comparison(found: dict[str, Any], as_json: bool = False) -> Iterator[str]:
    """The lines that ``corpus-tools diff`` prints."""
    if as_json:
        yield json_line(found)
        return
    for name, (was, now) in found["settings"].items():
        yield visible(f"{name} was {was!r}, is now {now!r}")
    yield f"{found['kept_by_both']:,} pages are kept by both"
    for move in found["moves"]:
        yield f"{move['pages']:,} pages were {move['was']}, are now {move['now']}"
        yield from (visible(f"  {one['page']}{': ' if one['why'] else ''}{one['why']}") for one in move["examples"])
    texts = found["texts"]
    if texts["pages"]:
        yield f"{texts['pages']:,} of the pages kept by both have another text: {texts['words_before']:,} words before, {texts['words_after']:,} now"
        yield from (
            visible(f"  {one['page']}: {one['words_before']:,} words before, {one['words_after']:,} now")
            for one in texts["examples"]
        )
