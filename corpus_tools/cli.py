"""The command line: verbs, options and exit codes; every verb is one call into the library.

Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 a gate failed, 2 usage or
plan, 3 input unreadable, 130 interrupted (run again to resume), 141 pipe closed.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, CycloptsError, Parameter

from corpus_tools import __version__
from corpus_tools.errors import CorpusError, PlanError

if TYPE_CHECKING:
    from corpus_tools.plan import Plan
    from corpus_tools.progress import Progress

app = App(
    name="corpus-tools",
    help="Clean, deduplicated parquet corpora from scraped web pages.",
    version=__version__,
    help_format="markdown",
)

Sources = Annotated[str, Parameter(help="Files, folders or globs; - is stdin.")]
Out = Annotated[Path, Parameter(name=["--out", "-o"], help="Run folder: made, or carried on if it is there.")]


@Parameter(name="*", group="Plan")
@dataclass(frozen=True)
class PlanOptions:
    """Settings that replace the plan's; everything else through --set or a plan file."""

    plan: Annotated[Path | None, Parameter(help="Plan file (TOML); print one with: corpus-tools init.")] = None
    threshold: Annotated[float | None, Parameter(help="Pairs scored from here up merge (group.threshold).")] = None
    recall: Annotated[float | None, Parameter(help="Stated recall of the pair search (match.recall).")] = None
    text_field: Annotated[str | None, Parameter(help="Field of JSONL/parquet that holds text.")] = None
    html_field: Annotated[str | None, Parameter(help="Field of JSONL/parquet that holds HTML.")] = None
    url_field: Annotated[str | None, Parameter(help="Field of JSONL/parquet that holds the address.")] = None
    id_field: Annotated[str | None, Parameter(help="Field of JSONL/parquet that holds the input's own id.")] = None
    focus: Annotated[Literal["balanced", "precision", "recall"] | None, Parameter(help="How much is cut.")] = None
    disclaimers: Annotated[Literal["cut", "keep"] | None, Parameter(help="Medical and legal disclaimers.")] = None
    references: Annotated[Literal["cut", "keep"] | None, Parameter(help="Reference lists.")] = None
    rewrites: Annotated[bool | None, Parameter(help="Also find pages rewritten by synonym software (rewrite.enabled).")] = None
    drop_spam: Annotated[float | None, Parameter(help="Reject pages judged spam or spun at this probability and up; 0 is off.")] = (
        None
    )
    metadata: Annotated[bool | None, Parameter(help="Also read author, date, licence, canonical address.")] = None
    set_: Annotated[tuple[str, ...], Parameter(name="--set", negative="", help="Any setting, as section.name=value.")] = ()

    def settings(self) -> dict[str, Any]:
        """What was given, as ``section.name`` -> value."""
        named = {
            "group.threshold": self.threshold,
            "match.recall": self.recall,
            "read.text_field": self.text_field,
            "read.html_field": self.html_field,
            "read.url_field": self.url_field,
            "read.id_field": self.id_field,
            "clean.focus": self.focus,
            "clean.disclaimers": self.disclaimers,
            "clean.references": self.references,
            "rewrite.enabled": self.rewrites,
            "site.drop_spam": self.drop_spam,
            "clean.metadata": self.metadata,
        }
        return {**{name: value for name, value in named.items() if value is not None}, **dict(map(_parse_setting, self.set_))}

    def resolve(self, base: Plan | None = None) -> Plan:
        """The plan file (or ``base``, or the defaults) with the given settings replaced."""
        from corpus_tools.plan import Plan

        return (Plan.from_toml(self.plan) if self.plan else base or Plan()).with_settings(self.settings())


@Parameter(name="*", group="Work")
@dataclass(frozen=True)
class WorkOptions:
    """How the work is done; the output does not depend on it."""

    engine: Annotated[str, Parameter(help="Where the plan runs.")] = "polars"
    workers: Annotated[int | None, Parameter(help="Processes and threads; as many as cores if not given.")] = None
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative="", help="No progress on stderr.")] = False

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise PlanError(f"--workers is {self.workers}", "give 1 or more")


_PLAN, _WORK = PlanOptions(), WorkOptions()
_STDIN = "/dev/stdin"


def _parse_setting(given: str) -> tuple[str, Any]:
    """``section.name=value`` to a name and a TOML value; a bare word counts as a string."""
    import tomllib

    name, equals, value = given.partition("=")
    if not equals or "." not in name:
        raise PlanError(f"--set was given {given!r}", "write it as section.name=value, for example match.recall=0.95")
    try:
        return name, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return name, value


@contextlib.contextmanager
def _progress(quiet: bool) -> Iterator[Progress]:
    from corpus_tools.progress import Bar, JsonLines, Silent

    if quiet:
        yield Silent()
    elif sys.stderr.isatty():
        with Bar() as bar:
            yield bar
    else:
        yield JsonLines()


def _start(
    sources: Sequence[str], out: Path, options: PlanOptions, work: WorkOptions, until: str, against: Path | None = None
) -> None:
    from corpus_tools.pipeline.run import run

    if not sources:
        raise PlanError("no source was given", "name a file, folder or glob, or - for stdin")
    with _progress(work.quiet) as progress:
        done = run(
            _with_stdin(sources),
            out,
            options.resolve(),
            work.engine,
            workers=work.workers,
            until=until,
            against=against,
            progress=progress,
        )
    _tell(done.record, until)


def _with_stdin(sources: Sequence[str]) -> list[str]:
    return ["-" if name == _STDIN else name for name in sources]


def _carry_on(folder: Path, options: PlanOptions, work: WorkOptions, until: str) -> None:
    from corpus_tools.pipeline.run import resume
    from corpus_tools.store.opened import StoredRun

    plan = options.resolve(StoredRun(folder).plan)
    with _progress(work.quiet) as progress:
        done = resume(folder, plan, work.engine, workers=work.workers, until=until, progress=progress)
    _tell(done.record, until)


def _tell(record: dict[str, Any], until: str) -> None:
    """One line on stderr if nothing ran; the run's sentence, or what is done, on stdout."""
    if not record["last_run_did"]:
        print("nothing to do: every stage is done and unchanged", file=sys.stderr)  # noqa: T201
    print(record["summary"] or f"done up to {until}")  # noqa: T201


@app.command
def run(
    *source: Sources,
    out: Out,
    against: Path | None = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    options: PlanOptions = _PLAN,
    work: WorkOptions = _WORK,
) -> None:
    """Clean, fingerprint, cluster and write: everything, resumable. Prints one sentence on what went where.

    Parameters
    ----------
    against
        An earlier run: only the new pages are cleaned and compared; the result is the run over both together.
    dry_run
        Say what would run and why, and what the pair search will find; touch nothing.
    """
    if dry_run:
        from corpus_tools.report.status import render_dry_run

        print(render_dry_run(_with_stdin(source), out, options.resolve()))  # noqa: T201
        return
    _start(source, out, options, work, "write", against)


@app.command
def clean(*source: Sources, out: Out, options: PlanOptions = _PLAN, work: WorkOptions = _WORK) -> None:
    """Read and clean pages: extracted/."""
    _start(source, out, options, work, "clean")


@app.command
def site(folder: Path, /, options: PlanOptions = _PLAN, work: WorkOptions = _WORK) -> None:
    """Cut what repeats across a site: documents/, stripped/, rejected/."""
    _carry_on(folder, options, work, "site")


@app.command
def fingerprint(folder: Path, /, options: PlanOptions = _PLAN, work: WorkOptions = _WORK) -> None:
    """Sketch the documents of a run: signatures/."""
    _carry_on(folder, options, work, "fingerprint")


@app.command
def match(folder: Path, /, options: PlanOptions = _PLAN, work: WorkOptions = _WORK) -> None:
    """Find and measure pairs of near copies: edges/."""
    _carry_on(folder, options, work, "match")


@app.command
def rewrite(folder: Path, /, options: PlanOptions = _PLAN, work: WorkOptions = _WORK) -> None:
    """Find pages that rewrite other pages: rewrites/, substitutions/."""
    _carry_on(folder, options, work, "rewrite")


@app.command
def group(folder: Path, /, options: PlanOptions = _PLAN, work: WorkOptions = _WORK) -> None:
    """Group the pairs of a run and choose the pages that stay: clusters/."""
    _carry_on(folder, options, work, "group")


@app.command
def write(folder: Path, /, options: PlanOptions = _PLAN, work: WorkOptions = _WORK) -> None:
    """Write the corpus of a run: corpus/ with data, removed pages and dataset card."""
    _carry_on(folder, options, work, "write")


@app.command
def status(folder: Path, /, *, json: bool = False, options: PlanOptions = _PLAN) -> None:
    """Say which stages of a run are done, stale (and which setting changed), partial or missing.

    Parameters
    ----------
    json
        As JSON, one object.
    """
    from corpus_tools.report.status import render_status

    print(render_status(folder, options.resolve, as_json=json))  # noqa: T201


@app.command
def explain(folder: Path, a: str, b: str, /, *, json: bool = False) -> None:
    """Say why two pages of a run are, or are not, together, with shared and differing words side by side.

    Parameters
    ----------
    a
        A page: page_id (or its beginning), source_id, url or source.
    b
        The other page.
    json
        As JSON, one object.
    """
    from corpus_tools.api import open_run

    found = open_run(folder).explain(a, b)
    if json:
        print(found.to_json())  # noqa: T201
    else:
        from rich.console import Console

        Console(highlight=False, soft_wrap=False).print(found.render())


@app.command
def sweep(
    folder: Path,
    /,
    *,
    at: Annotated[tuple[float, ...], Parameter(negative="")] = (),
    labels: Path | None = None,
    json: bool = False,
    plot: Path | None = None,
) -> None:
    """Re-cluster the stored pairs at many thresholds: what each keeps, and with labels, what it gets wrong.

    Parameters
    ----------
    at
        Thresholds; every 0.05 from the candidate floor if not given.
    labels
        CSV or parquet with columns page (as in explain) and cluster: adds precision, recall, F1.
    json
        As JSON lines, one object a threshold.
    plot
        Also draw the curve into this SVG file.
    """
    from corpus_tools.api import open_run
    from corpus_tools.report.sweep import render_sweep

    held = open_run(folder)
    print(render_sweep(held.sweep(at, labels), as_json=json, plot=plot))  # noqa: T201


@app.command
def report(folder: Path, /, *, out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None) -> None:
    """Write a run's one-page HTML report and print its path.

    Parameters
    ----------
    out
        Where to; report.html in the run folder if not given.
    """
    from corpus_tools.api import open_run

    print(open_run(folder).report(out))  # noqa: T201


@app.command(name="warm-up")
def warm_up(work: WorkOptions = _WORK) -> None:
    """Compile all kernels ahead of the first run: once per installation, for example when an image is built."""
    from corpus_tools.kernels.warm_up import prepare

    with _progress(work.quiet) as progress:
        print(prepare(work.workers, progress))  # noqa: T201


@app.command
def init() -> None:
    """Print a commented plan with every setting, its range and its default: corpus-tools init > corpus.toml."""
    from corpus_tools.plan import Plan

    print(Plan().to_toml(), end="")  # noqa: T201


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code; no traceback reaches the user."""
    sys.exit(_guarded(list(sys.argv[1:] if arguments is None else arguments)))


def _guarded(arguments: list[str]) -> int:
    try:
        # A lone hyphen would be taken for an option; the device is the same thing.
        app(
            [_STDIN if word == "-" else word for word in arguments],
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
        sys.stdout.flush()
        return 0
    except CorpusError as error:
        return _fail(str(error), error.exit_code)
    except CycloptsError as error:
        cause = error.__cause__
        if isinstance(cause, CorpusError):
            return _fail(str(cause), cause.exit_code)
        return _fail(f"{error}\nhint: corpus-tools --help lists the commands, corpus-tools COMMAND --help its options", 2)
    except KeyboardInterrupt:
        return _fail("interrupted\nhint: run the same command again to carry on", 130)
    except BrokenPipeError:
        # The reader went away; a second failure while flushing at exit would print a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        if os.environ.get("CORPUS_TOOLS_TRACEBACK"):
            raise
        what = f"unexpected {type(error).__name__}: {error}"
        return _fail(f"{what}\nhint: this is a defect; set CORPUS_TOOLS_TRACEBACK=1, run again and report what it prints", 1)


def _fail(message: str, code: int) -> int:
    what, _, hint = message.partition("\nhint: ")
    print(f"error: {what}", file=sys.stderr)  # noqa: T201
    if hint:
        print(f"hint: {hint}", file=sys.stderr)  # noqa: T201
    return code


if __name__ == "__main__":
    main()
