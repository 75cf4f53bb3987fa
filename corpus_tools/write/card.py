"""The dataset card: what the corpus holds, how it was made, what was cut, and what to watch out for."""

from __future__ import annotations

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
from corpus_tools.store.begun import write_record
from corpus_tools.store.files import digest_bytes, write_bytes
from corpus_tools.store.manifest import Part
from corpus_tools.write.account import Account

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
"""A language as BCP 47 writes it."""
_SIGNS = re.compile(r"[\\`*{}\[\]()#+!|~$@:^=]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<=www)\.|^-")
"""What Markdown, or a site that shows it, gives a meaning to."""

_CARD_HEAD = """---
configs:
- config_name: default
  data_files:
  - split: train
    path: data/train-*.parquet
size_categories:
- {size}
language:
{languages}
tags:
- deduplicated
- web
---

# Deduplicated web corpus

{sentence}.

Made with corpus-tools {version}. Every page of the input is in exactly one place: `data/` (kept),
`removed/` (a copy of a kept page, with the reason), or `rejected/` in the run folder (unreadable or too short, with the reason).
"""

_CARD_USE = """
## Load

```python
import polars as pl
corpus = pl.read_parquet("data/*.parquet")
```

## Before you use it

The texts were written by third parties and belong to them. A licence is recorded only if the page states one and
`clean.metadata` was on. Rules and models cleaned the pages, and they make mistakes: what they cut is in `stripped/` in the
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
) -> Part:
    """Write the card as ``README.md`` in Hugging Face form (YAML head, then Markdown); what is to be sealed of it.

    ``schema`` are the columns of the corpus. ``kept_stale`` are stages whose tables were kept although something had changed since, and what.
    """
    languages = [(name or "unknown", count) for name, count in _counts(corpus, "language")]
    # Quoted, because YAML takes no, on or 1e3 for something else; and only what is a language tag, as the hub asks.
    known = [name for name, _ in languages if name != "unknown" and _TAG.fullmatch(name)] or ["und"]
    text = _CARD_HEAD.format(
        size=_size_category(account.kept),
        languages="\n".join(f'- "{name}"' for name in known),
        sentence="; ".join(filter(None, (account.sentence(), account.loss()))),
        version=version,
    )
    if kept_stale:
        told = [(name, "; ".join(changes)) for name, changes in kept_stale.items()]
        text += _table("Made from older tables", ("stage", "what has changed since its tables were made"), told)
    text += _table("Languages", ("language", "documents"), languages)
    text += _table("Sites", ("site", "documents"), _counts(corpus, "site", 20))
    text += _table("Cut from the pages", ("kind", "passages"), _counts(stripped, "kind"))
    text += _table("Columns", ("column", "what it holds"), [*tables.docs(schema).items()])
    text += _fenced("Plan", plan.to_toml())
    content = (text + _CARD_USE).encode()
    part = Part(path.name, 0, len(content), digest_bytes(content))
    write_record(path, part)
    write_bytes(path, content)
    return part


def _counts(frame: Any, name: str, limit: int = 50) -> list[tuple[Any, int]]:
    """The most frequent values of a column, and how often each stands."""
    lazy: nw.LazyFrame[Any] = nw.from_native(frame)
    counted = lazy.group_by(name).agg(nw.len().cast(nw.Int64).alias("rows")).sort("rows", name, descending=[True, False])
    found = counted.head(limit).collect(backend="pyarrow")
    return list(zip(found[name].to_list(), found["rows"].to_list(), strict=True))


def _table(title: str, head: tuple[str, str], rows: list[tuple[Any, Any]]) -> str:
    lines = [f"\n## {title}\n", f"| {head[0]} | {head[1]} |", "|---|---|"]
    return "\n".join([*lines, *(f"| {_escape_cell(left)} | {_escape_cell(right)} |" for left, right in rows)]) + "\n"


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
