"""Writes docs/reference.md from the code: verbs, plan settings, tables, public names, errors, exit codes.

python docs/make_reference.py
"""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path

import corpus_tools
from corpus_tools import errors, tables
from corpus_tools.cli import app
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
    "rewrite_signatures/": tables.REWRITE_SIGNATURES,
    "rewrites/": tables.REWRITES,
    "substitutions/": tables.SUBSTITUTIONS,
    "clusters/": tables.CLUSTERS,
    "corpus/data/": tables.CORPUS,
    "corpus/removed/": tables.REMOVED,
    "corpus/new/gone-*": tables.GONE,
}
EXITS = {
    0: "done",
    1: "a check failed, or an unexpected error",
    2: "wrong usage or plan, a run folder that cannot be used, or a machine that refuses (a full disk, too little memory)",
    3: "unreadable input",
    130: "interrupted; the same command resumes",
    141: "the reader of the output went away",
    143: "terminated; the same command resumes",
}
ENVIRONMENT = {
    "CORPUS_TOOLS_CACHE": "another folder for compiled kernels, or `off` for none",
    "XDG_CACHE_HOME": "compiled kernels are in `corpus-tools` below it; `~/.cache` if it is not set",
    "CORPUS_TOOLS_TRACEBACK": "if it is set, an unexpected error shows its traceback",
    "SPARK_MASTER": "the Spark master for `--engine spark`; `local[*]` if it is not set",
}


def _rows(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [head, ("---",) * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def _settings() -> list[str]:
    told = "`corpus-tools init` prints all settings as TOML. Each can also be given as `--set section.name=value`."
    lines = ["", "## Plan settings", "", told]
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
    lines = ["", "## Tables", "", "All tables are parquet with zstd. A `?` after a type means that the value may be missing."]
    for name, schema in TABLES.items():
        rows = [(f"`{one.name}`", f"{one.type}{'?' if one.nullable else ''}", tables.docs(schema)[one.name]) for one in schema]
        lines += ["", f"### {name}", "", *_rows(("column", "type", "meaning"), rows)]
    return lines


def _verbs() -> list[str]:
    rows = [(f"`{name}`", (app[name].help or "").split("\n\n")[0].replace("\n", " ")) for name in app if not name.startswith("-")]
    lines = ["## Commands", "", "`corpus-tools COMMAND --help` lists the options of a command.", ""]
    variables = [(f"`{name}`", meaning) for name, meaning in ENVIRONMENT.items()]
    return [*lines, *_rows(("command", "what it does"), rows), "", *_rows(("environment variable", "meaning"), variables)]


def _shape(signature: inspect.Signature) -> str:
    """A signature whose defaults that are sections of the plan show as calls without arguments."""
    shown = [
        one.replace(annotation=inspect.Parameter.empty, default=_Default(one.default))
        if dataclasses.is_dataclass(one.default)
        else one.replace(annotation=inspect.Parameter.empty)
        for one in signature.parameters.values()
    ]
    return str(signature.replace(parameters=shown, return_annotation=inspect.Signature.empty))


class _Default:
    """A default that is a whole section, in short."""

    def __init__(self, value: object) -> None:
        self._name = type(value).__name__

    def __repr__(self) -> str:
        return f"{self._name}()"


def _names() -> list[str]:
    lines = ["", "## Public names", ""]
    rows = []
    for name in corpus_tools.__all__:
        value = getattr(corpus_tools, name)
        shape = "" if inspect.isclass(value) else _shape(inspect.signature(value))
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
    head = ["# Reference", "", "This page is made from the code by `python docs/make_reference.py`. A test compares the two.", ""]
    return "\n".join([*head, *_verbs(), *_settings(), *_tables(), *_names(), *_errors()]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
