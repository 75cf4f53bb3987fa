"""Writes docs/reference.md from the code: plan settings, tables, public names, verbs, exit codes.

python docs/make_reference.py
"""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path

import corpus_tools
from corpus_tools import errors, tables
from corpus_tools.plan import Plan

PAGE = Path(__file__).parent / "reference.md"
TABLES = {
    "pages (read, not stored)": tables.PAGES,
    "extracted/": tables.EXTRACTED,
    "documents/": tables.DOCUMENTS,
    "stripped/": tables.STRIPPED,
    "rejected/": tables.REJECTED,
    "sites/": tables.SITES,
    "doorways/": tables.DOORWAYS,
    "signatures/": tables.SIGNATURES,
    "edges/": tables.EDGES,
    "clusters/": tables.CLUSTERS,
    "rewrites/": tables.REWRITES,
    "substitutions/": tables.SUBSTITUTIONS,
    "corpus/data/": tables.CORPUS,
    "corpus/removed/": tables.REMOVED,
}
EXITS = {
    0: "done",
    1: "a gate failed, or an unexpected error",
    2: "usage or plan",
    3: "input unreadable",
    130: "interrupted; the same command carries on",
    141: "the reader of the output went away",
}


def _rows(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [head, ("---",) * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def _settings() -> list[str]:
    lines = ["## Plan settings", "", "`corpus-tools init` prints them as TOML; any can be given as `--set section.name=value`."]
    for section in dataclasses.fields(Plan):
        value = section.default
        lines += ["", f"### [{section.name}]", "", str(value.__doc__).splitlines()[0], ""]
        rows = []
        for item in dataclasses.fields(value):
            low, high, choices = (item.metadata[key] for key in ("low", "high", "choices"))
            limits = ", ".join(choices) or ("" if low is None else f"{low} .. {'' if high is None else high}")
            rows.append((f"`{item.name}`", f"`{getattr(value, item.name)!r}`", limits, item.metadata["help"]))
        lines += _rows(("setting", "default", "range", "meaning"), rows)
    return lines


def _tables() -> list[str]:
    lines = ["", "## Tables", "", "Parquet, zstd. `?` after a type: the value may be missing."]
    for name, schema in TABLES.items():
        rows = [(f"`{one.name}`", f"{one.type}{'?' if one.nullable else ''}", tables.docs(schema)[one.name]) for one in schema]
        lines += ["", f"### {name}", "", *_rows(("column", "type", "meaning"), rows)]
    return lines


def _names() -> list[str]:
    lines = ["", "## Public names", ""]
    rows = []
    for name in corpus_tools.__all__:
        value = getattr(corpus_tools, name)
        shape = "" if inspect.isclass(value) else str(inspect.signature(value)).replace("'", "")
        rows.append((f"`{name}{shape}`", (inspect.getdoc(value) or "").split("\n\n")[0].replace("\n", " ")))
    return [*lines, *_rows(("name", "what it does"), rows)]


def _errors() -> list[str]:
    kinds = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.CorpusError)]
    rows = [
        (f"`{kind.__name__}`", str(kind.exit_code), (inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " "))
        for kind in kinds
    ]
    codes = [(str(code), meaning) for code, meaning in EXITS.items()]
    return [
        "",
        "## Errors and exit codes",
        "",
        *_rows(("error", "exit code", "when"), rows),
        "",
        *_rows(("exit code", "meaning"), codes),
    ]


def render() -> str:
    """The whole page."""
    head = ["# Reference", "", "Made from the code by `python docs/make_reference.py`; a test compares the two.", ""]
    return "\n".join([*head, *_settings(), *_tables(), *_names(), *_errors()]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
