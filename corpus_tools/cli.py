"""The command line: verbs, options and exit codes; every verb is one call into the library.

Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 a check failed, 2 wrong usage or
plan, 3 unreadable input, 130 interrupted and 143 terminated (both: run again to resume), 141 pipe closed.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, CycloptsError, Parameter

from corpus_tools import __version__
from corpus_tools.child import claim_process
from corpus_tools.errors import CorpusError, GateError, PlanError, find_interrupt
from corpus_tools.shown import say

if TYPE_CHECKING:
    from corpus_tools.plan import Plan
    from corpus_tools.progress import Progress

app = App(
    name="corpus-tools",
    help="Turn scraped web pages into a clean, deduplicated parquet corpus.",
    version=__version__,
    help_format="markdown",
    suppress_keyboard_interrupt=False,
)

Sources = Annotated[str, Parameter(help="Files, folders or globs; - reads standard input.")]
Out = Annotated[Path, Parameter(name=["--out", "-o"], help="Run folder: created if it is new, resumed if it is there.")]

KeepStale = Annotated[
    bool,
    Parameter(
        negative="",
        help="Keep the tables of earlier stages as they are where settings, libraries or this package changed; the card says so.",
    ),
]


@Parameter(name="*", group="Plan")
@dataclass(frozen=True)
class PlanOptions:
    """Settings that replace those of the plan; all others can be given with --set or in a plan file."""

    plan: Annotated[
        Path | None,
        Parameter(
            help="Plan file in TOML (print one with: corpus-tools init), or revisions (finds more revisions of a page) or strict."
        ),
    ] = None
    threshold: Annotated[float | None, Parameter(help="Pairs that score at least this merge (group.threshold).")] = None
    recall: Annotated[float | None, Parameter(help="Probability of finding a pair (match.recall).")] = None
    text_field: Annotated[str | None, Parameter(help="Field of rows (JSON, CSV, parquet) that holds text.")] = None
    html_field: Annotated[str | None, Parameter(help="Field of rows that holds HTML.")] = None
    url_field: Annotated[str | None, Parameter(help="Field of rows that holds the address; metadata.url is a path.")] = None
    id_field: Annotated[str | None, Parameter(help="Field of rows that holds the input's own id.")] = None
    carry: Annotated[
        str | None, Parameter(help="The input's own columns to carry into the corpus, with commas between (read.carry).")
    ] = None
    follow_links: Annotated[
        bool | None, Parameter(help="Also follow links that lead out of a source folder (read.follow_links).")
    ] = None
    focus: Annotated[
        Literal["balanced", "precision", "recall"] | None,
        Parameter(help="Precision cuts more, recall keeps more text (clean.focus)."),
    ] = None
    disclaimers: Annotated[Literal["cut", "keep"] | None, Parameter(help="Medical and legal disclaimers (clean.disclaimers).")] = (
        None
    )
    references: Annotated[Literal["cut", "keep"] | None, Parameter(help="Reference lists (clean.references).")] = None
    rewrites: Annotated[
        bool | None,
        Parameter(
            help="Look for pages that are other pages rewritten, by software or a language model (rewrite.enabled; on by default)."
        ),
    ] = None
    drop_spam: Annotated[
        float | None, Parameter(help="Reject pages with at least this spam score; 0 rejects none (site.drop_spam).")
    ] = None
    metadata: Annotated[bool | None, Parameter(help="Also read author, date, licence and canonical address (clean.metadata).")] = (
        None
    )
    redact: Annotated[
        bool | None, Parameter(help="Put a mark in the place of e-mail addresses and telephone numbers (write.redact).")
    ] = None
    set_: Annotated[
        tuple[str, ...], Parameter(name="--set", negative="", help="Any setting of the plan, as section.name=value.")
    ] = ()
    decisions: Annotated[
        Path | None, Parameter(help="File of what people decided; decisions.csv in the run folder by default.")
    ] = None

    def settings(self) -> dict[str, Any]:
        """What was given, as ``section.name`` -> value."""
        named = {
            "group.threshold": self.threshold,
            "match.recall": self.recall,
            "read.text_field": self.text_field,
            "read.html_field": self.html_field,
            "read.url_field": self.url_field,
            "read.id_field": self.id_field,
            "read.carry": None if self.carry is None else [name.strip() for name in self.carry.split(",") if name.strip()],
            "read.follow_links": self.follow_links,
            "clean.focus": self.focus,
            "clean.disclaimers": self.disclaimers,
            "clean.references": self.references,
            "rewrite.enabled": self.rewrites,
            "site.drop_spam": self.drop_spam,
            "clean.metadata": self.metadata,
            "write.redact": self.redact,
        }
        return {**{name: value for name, value in named.items() if value is not None}, **dict(map(_parse_setting, self.set_))}

    def resolve(self, base: Plan | None = None) -> Plan:
        """The plan file (or ``base``, or the defaults) with the given settings replaced."""
        from corpus_tools.plan import Plan

        return (Plan.from_toml(_here(self.plan)) if self.plan else base or Plan()).with_settings(self.settings())


@Parameter(name="*", group="Work")
@dataclass(frozen=True)
class WorkOptions:
    """How the work is done. The output does not depend on it."""

    engine: Annotated[str, Parameter(help="Where the work runs: polars, spark, or a Spark master such as spark://HOST:7077.")] = (
        "polars"
    )
    workers: Annotated[int | None, Parameter(help="Number of processes and threads; one per core by default.")] = None
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative="", help="No progress on stderr.")] = False

    verify: Annotated[
        bool, Parameter(negative="", help="Compare the digests of all finished tables first, not only of files that were touched.")
    ] = False

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise PlanError(f"--workers is {self.workers}", "give at least 1")


_PLAN, _WORK = PlanOptions(), WorkOptions()
_STDIN = "/dev/stdin"


def _here(path: Path) -> Path:
    """A small file, fetched if it is in a store."""
    from corpus_tools.store.objects.address import is_address
    from corpus_tools.store.objects.scratch import local_copy

    return local_copy(path) if is_address(path) else path


def _parse_setting(given: str) -> tuple[str, Any]:
    """``section.name=value`` to a name and a value of the setting's type."""
    from corpus_tools.plan import parse_value

    name, equals, value = (word.strip() for word in given.partition("="))
    if not equals or "." not in name:
        raise PlanError(f"--set was given {given!r}", "write it as section.name=value, for example match.recall=0.95")
    return name, parse_value(name, value)


@contextlib.contextmanager
def _progress(quiet: bool) -> Iterator[Progress]:
    from corpus_tools.progress import Silent
    from corpus_tools.shown import show_progress

    if quiet:
        yield Silent()
    else:
        with show_progress() as progress:
            yield progress


def _start(
    sources: Sequence[str], out: Path, options: PlanOptions, work: WorkOptions, until: str, against: Path | None = None
) -> None:
    from corpus_tools.pipeline.run import run

    if not sources:
        raise PlanError("no source was given", "name a file, a folder or a glob, or - for standard input")
    with _progress(work.quiet) as progress:
        done = run(
            _with_stdin(sources),
            out,
            options.resolve(),
            work.engine,
            workers=work.workers,
            until=until,
            against=against,
            verify=work.verify,
            decisions=options.decisions,
            progress=progress,
        )
    _tell(done.record, until)


def _with_stdin(sources: Sequence[str]) -> list[str]:
    return ["-" if name == _STDIN else name for name in sources]


def _carry_on(folder: Path, options: PlanOptions, work: WorkOptions, until: str, stale: bool) -> None:
    from corpus_tools.pipeline.run import resume
    from corpus_tools.store.opened import StoredRun

    plan = options.resolve(StoredRun(folder).plan)
    with _progress(work.quiet) as progress:
        done = resume(
            folder,
            plan,
            work.engine,
            workers=work.workers,
            until=until,
            stale=stale,
            verify=work.verify,
            decisions=options.decisions,
            progress=progress,
        )
    _tell(done.record, until)


def _tell(record: dict[str, Any], until: str) -> None:
    """Notes and one line on stderr if nothing ran; the run's sentence, or what is done, on stdout."""
    for note in record.get("notes", ()):
        say(f"note: {note}", sys.stderr)
    for stage, changes in record.get("kept_stale", {}).items():
        say(f"note: {stage} is kept as it was: {'; '.join(changes)}", sys.stderr)
    if not record["last_run_did"]:
        say("nothing to do: every stage is done and nothing has changed", sys.stderr)
    say(record["summary"] or f"done up to {until}")


@app.command
def run(
    *source: Sources,
    out: Out,
    against: Path | None = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    options: PlanOptions = _PLAN,
    work: WorkOptions = _WORK,
) -> None:
    """Run every stage and resume where an earlier run stopped. Prints one sentence that says where the pages went.

    Parameters
    ----------
    against
        An earlier run. Only the new pages are cleaned and compared, and the result covers both runs together.
    dry_run
        Say what would run and why, and how likely a pair is to be found. Nothing is written.
    """
    if dry_run:
        from corpus_tools.report.status import render_dry_run

        say(render_dry_run(_with_stdin(source), out, options.resolve(), options.decisions))
        return
    _start(source, out, options, work, "write", against)


@app.command
def clean(*source: Sources, out: Out, options: PlanOptions = _PLAN, work: WorkOptions = _WORK) -> None:
    """Read and clean pages (writes extracted/)."""
    _start(source, out, options, work, "clean")


@app.command
def site(folder: Path, /, keep_stale: KeepStale = False, options: PlanOptions = _PLAN, work: WorkOptions = _WORK) -> None:
    """Cut what repeats across the pages of a site (writes documents/, stripped/, rejected/)."""
    _carry_on(folder, options, work, "site", keep_stale)


@app.command
def fingerprint(folder: Path, /, keep_stale: KeepStale = False, options: PlanOptions = _PLAN, work: WorkOptions = _WORK) -> None:
    """Compute the MinHash signatures of the documents (writes signatures/)."""
    _carry_on(folder, options, work, "fingerprint", keep_stale)


@app.command
def match(folder: Path, /, keep_stale: KeepStale = False, options: PlanOptions = _PLAN, work: WorkOptions = _WORK) -> None:
    """Find pairs of near copies and measure them (writes edges/)."""
    _carry_on(folder, options, work, "match", keep_stale)


@app.command
def rewrite(folder: Path, /, keep_stale: KeepStale = False, options: PlanOptions = _PLAN, work: WorkOptions = _WORK) -> None:
    """Find pages that are rewrites of other pages (writes rewrites/, substitutions/; empty with --no-rewrites)."""
    _carry_on(folder, options, work, "rewrite", keep_stale)


@app.command
def group(folder: Path, /, keep_stale: KeepStale = False, options: PlanOptions = _PLAN, work: WorkOptions = _WORK) -> None:
    """Group the pairs into clusters and choose the page to keep in each (writes clusters/)."""
    _carry_on(folder, options, work, "group", keep_stale)


@app.command
def write(folder: Path, /, keep_stale: KeepStale = False, options: PlanOptions = _PLAN, work: WorkOptions = _WORK) -> None:
    """Write the corpus: kept documents, removed pages and a dataset card (writes corpus/)."""
    _carry_on(folder, options, work, "write", keep_stale)


@app.command
def status(folder: Path, /, *, json: bool = False, options: PlanOptions = _PLAN) -> None:
    """Say which stages of a run are done, stale, partial or missing, and why a stage is stale.

    Parameters
    ----------
    json
        Print one JSON object.
    """
    from corpus_tools.report.status import render_status

    say(render_status(folder, options.resolve, as_json=json, decisions=options.decisions))


@app.command
def verify(folder: Path, /) -> None:
    """Compare every file of a run, or of a copied corpus, with the digests in its seals; exit code 1 if one differs."""
    from corpus_tools.pipeline.verify import verify_run

    found = verify_run(folder)
    for problem in found.problems:
        _say_of_run(problem)
    say(str(found))
    if found.problems:
        raise GateError(f"{folder} is not what was sealed", "corpus-tools run SOURCE -o RUN makes damaged tables again")


@app.command
def explain(folder: Path, a: str, b: str, /, *, json: bool = False) -> None:
    """Say why two pages of a run are together or not, and show their words side by side.

    Parameters
    ----------
    a
        A page, by page_id (or its first digits), source_id, url (or its ending) or source.
    b
        The other page.
    json
        Print one JSON object.
    """
    from corpus_tools.api import open_run

    found = open_run(folder).explain(a, b)
    if json:
        say(found.to_json())
    else:
        from corpus_tools.report.terminal import print_rendered

        print_rendered(found.render())


@app.command
def sweep(
    folder: Path,
    /,
    *,
    setting: Annotated[tuple[Literal["near", "contained", "rewrite"], ...], Parameter(negative="")] = (),
    at: Annotated[tuple[float, ...], Parameter(negative="")] = (),
    labels: Path | None = None,
    wrong: Path | None = None,
    json: bool = False,
    plot: Path | None = None,
) -> None:
    """Group the stored pairs again at many thresholds: what each keeps and, with labels, what it gets wrong and which to use.

    Parameters
    ----------
    setting
        Thresholds to move, each with the others as in the plan; by default all that merge pairs, or near if --at is given.
    at
        Values to try; by default even steps over all that is stored.
    labels
        CSV or parquet file with columns page (as in explain) and cluster, or left, right and label, as review writes it; adds
        precision, recall and F1 with intervals. By default labels.csv in the run folder.
    wrong
        Also write the wrong pairs at each value to this CSV file.
    json
        Print JSON lines, one object per value.
    plot
        Also draw the curve of the first threshold to this SVG file.
    """
    from corpus_tools.api import open_run
    from corpus_tools.report.judging.sweep_text import print_sweeps

    held = open_run(folder)
    chosen = setting or (("near",) if at else ())
    for line in print_sweeps(held, chosen, at, labels or held.labels, wrong=wrong, as_json=json, plot=plot):
        _say_of_run(line)


@app.command
def review(
    folder: Path,
    /,
    *,
    sample: Annotated[
        int | None, Parameter(help="Judge this many pairs drawn at random; sweep then gives estimates for all.")
    ] = None,
    seed: int = 0,
    port: int = 0,
    open_browser: Annotated[bool, Parameter(name="--open", negative="")] = False,
) -> None:
    """Judge pairs and decide about pages in a browser on this machine. Answers are saved as they are given; Ctrl-C ends it.

    Without --sample the pairs nearest to the thresholds come first, one of each family. Labels go to labels.csv and decisions to
    decisions.csv in the run folder; the next run obeys the decisions.

    Parameters
    ----------
    seed
        Another number draws another sample.
    port
        Port to listen on; a free one by default.
    open_browser
        Also open the address in a browser.
    """
    from corpus_tools.report.review.session import hold_review

    hold_review(folder, sample, seed, port, _say_of_run, open_browser=open_browser)


@app.command
def report(
    folder: Path,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    labels: Path | None = None,
    full: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Write a report on a run, one HTML file to browse and search in without network, and print its path.

    Parameters
    ----------
    out
        Where to write it; report.html in the run folder by default.
    labels
        As for sweep: the report then says how right each threshold is.
    full
        Hold every row and text. Without it the file has at most 3 MB, and of a large run it holds a sample.
    """
    from corpus_tools.api import open_run

    _say_of_run(str(open_run(folder).report(out, labels, full=full)))


@app.command
def show(folder: Path, page: str, /, *, json: bool = False) -> None:
    """Show one page of a run: where it ended and why, its text, and every cut in its place.

    Parameters
    ----------
    page
        By page_id (or its first digits), source_id, url (or its ending) or source.
    json
        Print one JSON object.
    """
    from corpus_tools.api import open_run
    from corpus_tools.report.show import print_page, show_page

    for line in print_page(show_page(open_run(folder), page), as_json=json):
        say(line)


@app.command
def diff(before: Path, after: Path, /, *, examples: int = 5, json: bool = False) -> None:
    """Say what changed from one run to another: settings, pages kept by only one of them, texts that differ.

    Parameters
    ----------
    examples
        Pages shown of each change.
    json
        Print one JSON object.
    """
    from corpus_tools.api import open_run
    from corpus_tools.report.compare_runs import compare_runs, print_comparison

    for line in print_comparison(compare_runs(open_run(before), open_run(after), examples), as_json=json):
        say(line)


@app.command
def export(
    folder: Path,
    /,
    *,
    format_: Annotated[Literal["jsonl", "csv", "markdown"], Parameter(name="--format")] = "jsonl",
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    column: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    new: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Write the corpus as JSON lines or CSV (to stdout by default), or as a folder with a Markdown file for each page.

    Parameters
    ----------
    format_
        What to write.
    out
        The file, or for markdown the folder, to write; it may not be there yet.
    column
        Columns to write, in this order; all by default. Markdown has its own.
    new
        Only what is new: documents that the earlier run, which this one was made --against, did not keep.
    """
    from corpus_tools.api import open_run
    from corpus_tools.report.export import export_corpus

    say(export_corpus(open_run(folder), format_, column, out, new=new), sys.stderr)


@app.command
def publish(
    folder: Path,
    target: str,
    /,
    *,
    removed: Annotated[bool, Parameter(negative="")] = False,
    replace: Annotated[bool, Parameter(negative="")] = False,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Put the corpus of a finished run, its card and its seal to a folder, a bucket or the Hub. The same command goes on where it was cut off.

    Parameters
    ----------
    target
        A folder, s3://BUCKET/PREFIX, gs://, az:// or hf://datasets/OWNER/NAME.
    removed
        Also publish the table of removed pages.
    replace
        Put it in the place of another corpus that was published there.
    dry_run
        Say what would be sent. Nothing is written.
    """
    from corpus_tools.pipeline.publish import publish as send

    found = send(folder, target, removed=removed, replace=replace, dry_run=dry_run, told=lambda line: say(line, sys.stderr))
    if dry_run:
        say("\n".join(found.lines))
    say(str(found))


@app.command(name="warm-up")
def warm_up(work: WorkOptions = _WORK) -> None:
    """Compile all kernels ahead of the first run: once per installation, for example when an image is built."""
    from corpus_tools.kernels.warm_up import prepare

    with _progress(work.quiet) as progress:
        say(prepare(work.workers, progress))


@app.command
def init() -> None:
    """Print a plan with every setting, its range and its default: corpus-tools init > corpus.toml."""
    from corpus_tools.plan import Plan

    say(Plan().to_toml(), end="")


@app.command
def completion(shell: Literal["bash", "zsh", "fish"], /) -> None:
    """Print the script that completes commands and options in a shell: corpus-tools completion bash > FILE, as the shell wants it.

    Parameters
    ----------
    shell
        bash: source the file in ~/.bashrc. zsh: a file called _corpus-tools in a folder of fpath. fish: a file called
        corpus-tools.fish in ~/.config/fish/completions.
    """
    say(app.generate_completion(prog_name="corpus-tools", shell=shell), end="")


class _Terminated(KeyboardInterrupt):
    """SIGTERM: the work ends as by Ctrl-C, with another exit code."""


_GARBAGE = (100_000, 20, 20)
"""Objects made after which Python looks for cycles among them, and how often among older ones: rows by the thousand are none."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code; users see no traceback."""
    claim_process()
    _open_streams()
    gc.set_threshold(*_GARBAGE)
    with _signals():
        code = _guarded(list(sys.argv[1:] if arguments is None else arguments))
    sys.exit(code)


def _open_streams() -> None:
    """Let streams that were closed before the start lead nowhere, as those of a service do: else the first files that are opened take their places."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the work in order, unless whoever started the process has them ignored."""
    before: dict[int, Any] = {}
    with contextlib.suppress(ValueError):  # not the main thread
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for held, handler in before.items():
            signal.signal(held, handler)


def _interrupt(number: int, frame: object) -> None:
    """End the work in order; a second signal ends the process at once."""
    signal.signal(number, signal.SIG_DFL)
    raise _Terminated if number == signal.SIGTERM else KeyboardInterrupt


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
    except KeyboardInterrupt as error:
        return _say_interrupted(error)
    except BrokenPipeError:
        # The reader went away; a second failure while flushing at exit would print a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except CycloptsError as error:
        cause = error.__cause__
        if isinstance(cause, CorpusError):
            return _fail(str(cause), cause.exit_code)
        return _fail(f"{error}\nhint: corpus-tools --help lists the commands, corpus-tools COMMAND --help the options of one", 2)
    except Exception as error:
        stopped = find_interrupt(error)
        return _say_interrupted(stopped) if stopped else _explain_failure(error)


def _say_interrupted(error: KeyboardInterrupt) -> int:
    what, code = ("terminated", 143) if isinstance(error, _Terminated) else ("interrupted", 130)
    return _fail(f"{what}\nhint: run the same command again to resume", code)


def _explain_failure(error: Exception) -> int:
    """What went wrong, in words: with the input, the plan or the machine; or, for what is none of these, that it is a bug."""
    from corpus_tools.machine import machine_error

    known = error if isinstance(error, CorpusError) else machine_error(error)
    if known is not None:
        return _fail(str(known), known.exit_code)
    if os.environ.get("CORPUS_TOOLS_TRACEBACK"):
        raise error
    what = f"unexpected {type(error).__name__}: {error}"
    return _fail(f"{what}\nhint: this is a bug; set CORPUS_TOOLS_TRACEBACK=1, run again and report what it prints", 1)


def _say_of_run(text: str) -> None:
    """Print what names a run, by the place where it lies: a run in a store is read from a folder on this machine."""
    from corpus_tools.store.backing import tell

    say(tell(text))


def _fail(message: str, code: int) -> int:
    from corpus_tools.store.backing import tell

    what, _, hint = tell(message).partition("\nhint: ")
    say(f"error: {what}", sys.stderr)
    if hint:
        say(f"hint: {hint}", sys.stderr)
    return code


if __name__ == "__main__":
    main()
