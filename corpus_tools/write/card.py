"""The dataset card: what the corpus holds, how it was made, what was cut, and what to watch out for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import narwhals as nw
import pyarrow as pa

from corpus_tools import tables
from corpus_tools.errors import visible
from corpus_tools.plan import Plan
from corpus_tools.store.begun import write_sealed_file
from corpus_tools.store.manifest import Part
from corpus_tools.write.account import Account
from corpus_tools.write.personal_columns import COUNTS

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
"""A language as BCP 47 writes it."""
_SIGNS = re.compile(r"[\\`*{}\[\]()#+!|~$@:^=]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<=www)\.|^-")
"""What Markdown, or a site that shows it, gives a meaning to."""

_CARD_HEAD = """---
pretty_name: {quoted_name}
configs:
- config_name: default
  default: true
  data_files:
  - split: train
    path: data/train-*.parquet
{more_configs}size_categories:
- {size}
language:
{languages}
tags:
- deduplicated
- web
---

# {name}

{sentence}.

Made with corpus-tools {version}. Every page of the input is in exactly one place: `data/` (kept),
`removed/` (a copy of a kept page, with the reason), or `rejected/` in the run folder (unreadable or too short, with the reason).
"""

_NEW_CONFIG = """- config_name: new
  data_files:
  - split: train
    path: new/train-*.parquet
"""
_CARD_LOAD = """
## Load

In this folder, or with its address before the paths. `croissant.json` describes the files, with their sha256, and the columns
(MLCommons Croissant 1.1).

```python
from datasets import load_dataset
corpus = load_dataset(".", split="train")
```

```python
import polars as pl
corpus = pl.scan_parquet("data/train-*.parquet")
```

```python
import duckdb
corpus = duckdb.sql("select page_id, url, text from 'data/train-*.parquet'")
```

```python
import pandas as pd
corpus = pd.read_parquet("data", columns=["page_id", "url", "text"])
```

```python
from pyspark.sql import SparkSession
corpus = SparkSession.builder.getOrCreate().read.parquet("data")
```

Row groups have about 16 MiB of text. No column needs a cast: texts are strings, counts are int64, times are in UTC.
"""
_CARD_USE = """
## Before you use it

The texts were written by third parties and belong to them. Rules and models cleaned the pages, and they make mistakes: what they cut is in `stripped/` in the
run folder. Pages count as copies because their words agree, not because their claims do. Nothing here is medical advice.
"""


def write_card(
    path: Path,
    account: Account,
    plan: Plan,
    corpus: Any,
    stripped: Any,
    version: str,
    kept_stale: Mapping[str, Sequence[str]] = MappingProxyType({}),
    schema: pa.Schema = tables.CORPUS,
    delta: tuple[int, int] | None = None,
    personal: str = "",
) -> Part:
    """Write the card as ``README.md`` in Hugging Face form (YAML head, then Markdown); what is to be sealed of it.

    ``schema`` are the columns of the corpus. ``delta`` are the numbers of documents in ``new/``, new and gone, if there was an earlier corpus.
    ``personal`` is what to say of personal data, if it was counted already.
    ``kept_stale`` are stages whose tables were kept although something had changed since, and what.
    """
    languages = [(name or "unknown", count) for name, count in _counts(corpus, "language")]
    # Quoted, because YAML takes no, on or 1e3 for something else; and only what is a language tag, as the hub asks.
    known = [name for name, _ in languages if name != "unknown" and _TAG.fullmatch(name)] or ["und"]
    text = _CARD_HEAD.format(
        size=_size_category(account.kept),
        languages="\n".join(f'- "{name}"' for name in known),
        sentence="; ".join(filter(None, (account.sentence(), account.loss()))),
        version=version,
        name=_escape_cell(plan.write.name),
        quoted_name=json.dumps(plan.write.name),
        more_configs=_NEW_CONFIG if delta else "",
    )
    text += _tell_delta(delta) if delta else ""
    if kept_stale:
        told = [(name, "; ".join(changes)) for name, changes in kept_stale.items()]
        text += _table("Made from older tables", ("stage", "what has changed since its tables were made"), told)
    text += _table("Languages", ("language", "documents"), languages)
    text += _tell_licences(corpus, plan)
    text += _tell_personal(personal or tell_personal_data(count_personal_data(corpus), plan.write.redact))
    text += _table("Sites", ("site", "documents"), _counts(corpus, "site", 20))
    text += _table("Cut from the pages", ("kind", "passages"), _counts(stripped, "kind"))
    text += _table("Columns", ("column", "what it holds"), [*tables.docs(schema).items()])
    text += _fenced("Plan", plan.to_toml())
    return write_sealed_file(path, (text + _CARD_LOAD + _CARD_USE).encode())


def _tell_delta(delta: tuple[int, int]) -> str:
    new, gone = (_number(count, "document", "documents") for count in delta)
    return f"""
## What is new

`new/train-*.parquet` holds {new} that the corpus of the earlier run does not hold, or holds with another text; the columns are the
same. `new/gone-*.parquet` names {gone} that it holds and this one does not, with the page that is kept instead or the reason.
"""


def _tell_licences(corpus: Any, plan: Plan) -> str:
    """What pages say of their licence: counted as they say it."""
    if not plan.clean.metadata:
        return "\n## Licences\n\n`clean.metadata` was off: what pages say of their licence was not read.\n"
    told = [(name or "none stated", count) for name, count in _counts(corpus, "licence")]
    note = "As each page declares it (column `licence`); nobody has checked the claims. A page that states none reserves all rights in most countries."
    return _table("Licences", ("licence", "documents"), told, note)


def count_personal_data(corpus: Any) -> dict[str, tuple[int, int]]:
    """E-mail addresses and telephone numbers in all texts, and how many documents hold any."""
    lazy: nw.LazyFrame[Any] = nw.from_native(corpus)
    columns = [
        one for name in COUNTS for one in (nw.col(name).sum(), (nw.col(name) > 0).cast(nw.Int64).sum().alias(f"{name}_documents"))
    ]
    found = lazy.select(*columns).collect(backend="pyarrow")
    return {name: (int(found[name].to_list()[0] or 0), int(found[f"{name}_documents"].to_list()[0] or 0)) for name in COUNTS}


def tell_personal_data(counted: Mapping[str, tuple[int, int]], redact: bool) -> str:
    """``count_personal_data`` as one sentence, for the card and for machines."""
    names = (("e-mail address", "e-mail addresses"), ("telephone number", "telephone numbers"))
    found = [
        f"{_number(count, *name)} in {_number(documents, 'document', 'documents')}"
        for name, (count, documents) in zip(names, counted.values(), strict=True)
    ]
    how = (
        "and a mark ([EMAIL_ADDRESS], [PHONE_NUMBER]) stands in their place"
        if redact
        else "and left as they are (`write.redact` was off)"
    )
    return f"{' and '.join(found)} were found, {how}."


def _number(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _tell_personal(told: str) -> str:
    return f"""
## Personal data

{told}
Columns `emails` and `phone_numbers` have the counts. Rules found them that would rather miss a number than take a dose or a date
for one, so some are left. Names, addresses and what people tell of themselves were not looked for, and are in the texts.
"""


def _counts(frame: Any, name: str, limit: int = 50) -> list[tuple[Any, int]]:
    """The most frequent values of a column, and how often each stands."""
    lazy: nw.LazyFrame[Any] = nw.from_native(frame)
    counted = lazy.group_by(name).agg(nw.len().cast(nw.Int64).alias("rows")).sort("rows", name, descending=[True, False])
    found = counted.head(limit).collect(backend="pyarrow")
    return list(zip(found[name].to_list(), found["rows"].to_list(), strict=True))


def _table(title: str, head: tuple[str, str], rows: list[tuple[Any, Any]], note: str = "") -> str:
    lines = [f"\n## {title}\n", f"| {head[0]} | {head[1]} |", "|---|---|"]
    shown = [*lines, *(f"| {_escape_cell(left)} | {_escape_cell(right)} |" for left, right in rows)]
    return "\n".join([*shown, *(["", note] if note else [])]) + "\n"


def _escape_cell(value: Any) -> str:
    """A value that shows as it is: sites, kinds and languages come from hostile pages, and may hold markup of any sort."""
    if isinstance(value, int):
        return f"{value:,}"
    text = _SIGNS.sub(r"\\\g<0>", visible(" ".join(str(value).split())))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fenced(title: str, content: str) -> str:
    """TOML in a fence that nothing in it closes."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", content)), default=0))
    return f"\n## {title}\n\n{fence}toml\n{content}{fence}\n"


def _size_category(count: int) -> str:
    for limit, name in ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M")):
        if count < limit:
            return name
    return "n>10M"
