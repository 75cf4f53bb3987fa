"""What users do wrong and machines refuse: each a message with the value and a hint, with the documented exit code, never a bug."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from interruptions import before_every_act
from runs import file_digests

from corpus_tools import api
from corpus_tools.api import Run
from corpus_tools.cli import main
from corpus_tools.errors import PlanError, RunError
from corpus_tools.machine import is_machine_fault, machine_error
from corpus_tools.pipeline.stages import STAGES
from corpus_tools.plan import Plan, parse_value

pytestmark = pytest.mark.usefixtures("clean_here")
PLAN = Plan().with_settings({"read.part_pages": 3})
TABLES = [name for stage in STAGES for name in stage.folders]


def call(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    """Exit code and message of a command that fails."""
    with pytest.raises(SystemExit) as caught:
        main([str(one) for one in arguments])
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert "bug" not in told
    return int(caught.value.code or 0), "\n".join(line for line in told.splitlines() if not line.startswith("{"))


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO, errno.EMFILE])
def test_what_the_system_refuses_is_said(crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], code: int) -> None:
    run = tmp_path / "RUN"

    def refuse(act: str, path: Path) -> None:
        if act == "write" and path.is_relative_to("edges"):
            raise OSError(code, os.strerror(code))

    with before_every_act(run, refuse):
        found, told = call(capsys, "run", crawl, "-o", run, "-q", "--workers", "1")
    assert found == 2
    assert told.startswith(f"error: {run}: {os.strerror(code)}\nhint: ")


@pytest.mark.slow
@pytest.mark.parametrize("act", ["write", "rename"])
@pytest.mark.parametrize("table", TABLES)
def test_a_full_disk_stops_the_run_and_the_same_command_goes_on(
    finished: tuple[Path, Path], tmp_path: Path, table: str, act: str
) -> None:
    run = tmp_path / "RUN"

    def refuse(did: str, path: Path) -> None:
        if did == act and path.is_relative_to(table):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(run / path))

    with before_every_act(run, refuse):
        if act == "rename" or table not in ("doorways", "substitutions", "rewrites", "corpus/new"):
            with pytest.raises(RunError, match=r"No space left[\s\S]*resumes"):
                api.run(finished[0], run, PLAN, workers=1)
        else:  # nothing is written to these where nothing was found
            api.run(finished[0], run, PLAN, workers=1)
    api.run(finished[0], run, PLAN, workers=1)
    assert file_digests(run) == file_digests(finished[1])


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
@pytest.mark.parametrize("options", ["size=200k", "ro"])
def test_a_file_system_that_is_full_or_read_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: str, crawl: Path
) -> None:
    place = tmp_path / "small"
    place.mkdir()
    if os.system(f"mount -t tmpfs -o {options} tmpfs {place} 2>/dev/null") != 0:  # noqa: S605
        pytest.skip("this machine does not let a test mount anything")
    try:
        code, told = call(capsys, "run", crawl, "-o", place / "RUN", "-q", "--workers", "1")
    finally:
        os.system(f"umount -l {place}")  # noqa: S605
    assert code == 2
    assert f"error: {place / 'RUN'}" in told
    assert ("No space left" if options != "ro" else "Read-only") in told


def test_a_run_folder_that_is_removed_at_work(crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "RUN"

    def remove(act: str, path: Path) -> None:
        if act == "write" and path.is_relative_to("clusters"):
            shutil.rmtree(run)

    with before_every_act(run, remove):
        code, told = call(capsys, "run", crawl, "-o", run, "-q", "--workers", "1")
    assert code == 2
    assert "does not exist" in told or "No such file" in told
    assert "hint: " in told


WRONG_FOLDERS: dict[str, tuple[str, ...]] = {
    "status": ("status", "X"),
    "explain": ("explain", "X", "a", "b"),
    "sweep": ("sweep", "X"),
    "report": ("report", "X"),
    "verify": ("verify", "X"),
    "write": ("write", "X"),
    "against": ("run", "SOURCE", "-o", "NEW", "--against", "X"),
}


@pytest.mark.parametrize("what", ["missing", "empty", "file", "of another program", "corpus"])
@pytest.mark.parametrize("command", WRONG_FOLDERS)
def test_a_wrong_folder(
    done: Run,
    crawl: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    what: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "place"
    if what == "file":
        place.write_text("no folder")
    elif what == "of another program":
        (place / "extension").mkdir(parents=True)
        (place / "extension" / "manifest.json").write_text('{"name": "an extension"}')
    elif what == "corpus":
        place = done.path / "corpus"
    elif what == "empty":
        place.mkdir()
    if command == "verify" and what == "corpus":
        return  # this is what a copied corpus is
    words = [{"X": str(place), "SOURCE": str(crawl)}.get(word, word) for word in WRONG_FOLDERS[command]]
    code, told = call(capsys, *words)
    assert code == 2
    assert str(place) in told.splitlines()[0]
    assert told.splitlines()[-1].startswith("hint: ")
    assert not (tmp_path / "NEW").exists()
    if what == "corpus":
        assert f"hint: name the run itself: {done.path}" in told


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["run", "SOURCE", "-o", "x" * 300], 2, "File name too long"),
        (["run", "SOURCE", "-o", "a-file"], 2, "a-file is a file"),
        (["run", "SOURCE", "-o", "a-file/RUN"], 2, "Not a directory"),
        (["run", "SOURCE", "-o", "theirs"], 2, "theirs is not empty and is not a run folder"),
        (["run", "SOURCE", "-o", "extensions"], 2, "extensions is not empty and is not a run folder"),
        (["report", "RUN", "-o", "no/where.html"], 2, "no/where.html: the folder no does not exist"),
        (["report", "RUN", "-o", "theirs"], 2, "theirs: Is a directory"),
        (["sweep", "RUN", "--plot", "no/where.svg"], 2, "no/where.svg: the folder no does not exist"),
        (["sweep", "RUN", "--labels", "no.csv"], 3, "'no.csv' does not exist"),
        (["sweep", "RUN", "--labels", "theirs"], 3, "'theirs' is a folder"),
        (["run", "SOURCE", "-o", "NEW", "--plan", "theirs"], 3, "'theirs' cannot be read: Is a directory"),
        (["run", "SOURCE", "-o", "NEW", "--set", "clean.metadata=yes"], 2, "clean.metadata is 'yes', which is not true or false"),
        (["run", "SOURCE", "-o", "NEW", "--set", "clean.metadata=1"], 2, "clean.metadata is '1', which is not true or false"),
        (["run", "SOURCE", "-o", "NEW", "--set", "match.recall=0,95"], 2, "match.recall is '0,95', which is not a number"),
        (
            ["run", "SOURCE", "-o", "NEW", "--set", "read.part_pages=1.5"],
            2,
            "read.part_pages is '1.5', which is not a whole number",
        ),
        (["run", "SOURCE", "-o", "NEW", "--set", "group.keep=longest,newest"], 2, "group.keep is 'newest'"),
        (["run", "SOURCE", "-o", "NEW", "--set", "match.recall"], 2, "--set was given 'match.recall'"),
    ],
)
def test_usage(
    finished: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a-file").write_text("x")
    Path("theirs").mkdir()
    Path("theirs/thesis.txt").write_text("x")
    Path("extensions/one").mkdir(parents=True)
    Path("extensions/one/manifest.json").write_text("{}")
    places = {"SOURCE": str(finished[0]), "RUN": str(finished[1])}
    found, said = call(capsys, *(places.get(word, word) for word in arguments))
    assert (found, said.count("hint: ")) == (code, 1)
    assert told in said.splitlines()[0]
    assert not Path("NEW").exists()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        *[("clean.metadata", text, True) for text in ("true", "True", "TRUE", " true ")],
        ("clean.metadata", "False", False),
        ("match.recall", "0.95", 0.95),
        ("match.recall", "1", 1.0),
        ("read.part_pages", "1_000", 1000),
        ("read.text_field", "5", "5"),
        ("read.text_field", "'a b'", "a b"),
        ("read.text_field", "true", "true"),
        ("group.keep", "longest", ["longest"]),
        ("group.keep", "longest, earliest", ["longest", "earliest"]),
        ("group.keep", "['longest', 'earliest']", ["longest", "earliest"]),
    ],
)
def test_a_value_is_read_by_the_type_of_its_setting(name: str, text: str, value: object) -> None:
    found = parse_value(name, text)
    assert (found, type(found)) == (value, type(value))


def test_a_plan_says_how_to_write_a_list() -> None:
    with pytest.raises(PlanError, match=r"give a comma-separated list, such as --set NAME=published,intact, or in a plan file \["):
        Plan().with_settings({"group.keep": "longest"})


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: OSError("10 requested and 3 written"), "No space left on device"),
        (lambda: pl.exceptions.ComputeError("cannot write: No space left on device (os error 28)"), "No space left on device"),
        (lambda: MemoryError(), "not enough memory"),
        (lambda: ModuleNotFoundError("No module named 'lxml_html_clean'"), "installation is not complete"),
        (lambda: ValueError("a defect"), None),
        (lambda: pl.exceptions.ComputeError("a defect"), None),
        (lambda: OSError("of a parser: no number"), None),
    ],
)
def test_faults_of_the_machine_are_told_from_defects(make: Callable[[], Exception], told: str | None) -> None:
    found = machine_error(make(), "RUN")
    assert (found is None) == (told is None)
    assert found is None or told in found.what  # type: ignore[operator]
    assert not is_machine_fault(OSError("what a parser says of a page"))


def test_a_defect_is_called_one(
    monkeypatch: pytest.MonkeyPatch, finished: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*given: object, **named: object) -> None:
        raise ValueError("a defect")

    monkeypatch.setattr("corpus_tools.report.status.examine", broken)
    with pytest.raises(SystemExit) as caught:
        main(["status", str(finished[1])])
    assert caught.value.code == 1
    assert "this is a bug" in capsys.readouterr().err
