"""What users do wrong and machines refuse, each by the command: exit code, message and hint; none may be called a bug.

    python -m benchmarks.reliability.messages

Writes ``results/reliability/messages.json``.
"""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks import gate
from benchmarks.data.small_crawl import write_crawl
from benchmarks.reliability.commands import Told, run_command

CASES: dict[str, tuple[int, str]] = {
    "source missing": (3, "run {place}/nowhere -o {place}/NEW"),
    "source empty": (3, "run {place}/empty -o {place}/NEW"),
    "no source": (2, "run -o {place}/NEW"),
    "object store": (3, "run s3://bucket/pages -o {place}/NEW"),
    "run folder is a file": (2, "run {crawl} -o {place}/file"),
    "run folder of something else": (2, "run {crawl} -o {place}/theirs"),
    "run folder inside the source": (2, "run {crawl} -o {crawl}/RUN"),
    "source inside the run folder": (2, "run {run}/corpus/data -o {run}"),
    "path too long": (2, "run {crawl} -o {place}/{long}"),
    "a file on the way": (2, "run {crawl} -o {place}/file/RUN"),
    "full disk": (2, "run {crawl} -o {full}/RUN"),
    "read-only folder": (2, "run {crawl} -o {fixed}/RUN"),
    "files no larger than 20 kB": (2, "LIMITED run {crawl} -o {place}/LIMITED"),
    "report in a missing folder": (2, "report {run} -o {place}/nowhere/report.html"),
    "report in place of a folder": (2, "report {run} -o {place}/theirs"),
    "plot in a missing folder": (2, "sweep {run} --plot {place}/nowhere/plot.svg"),
    "labels missing": (3, "sweep {run} --labels {place}/nowhere.csv"),
    "labels without a column": (2, "sweep {run} --labels {place}/labels.csv"),
    "status of no run": (2, "status {place}/theirs"),
    "explain of no run": (2, "explain {place}/empty a b"),
    "explain of no page": (2, "explain {run} nothing nobody"),
    "sweep of a missing folder": (2, "sweep {place}/nowhere"),
    "report of a file": (2, "report {place}/file"),
    "verify of no run": (2, "verify {place}/theirs"),
    "write of a corpus": (2, "write {run}/corpus"),
    "against no run": (2, "run {crawl} -o {place}/NEW --against {place}/empty"),
    "against other settings": (2, "run {crawl} -o {place}/NEW --against {run} --focus precision"),
    "other settings without the source": (2, "write {run} --focus precision"),
    "setting: not true or false": (2, "run {crawl} -o {place}/NEW --set clean.metadata=maybe"),
    "setting: not a number": (2, "run {crawl} -o {place}/NEW --set match.recall=high"),
    "setting: out of range": (2, "run {crawl} -o {place}/NEW --set match.recall=2"),
    "setting: not in the list": (2, "run {crawl} -o {place}/NEW --set group.keep=longest,newest"),
    "setting: unknown": (2, "run {crawl} -o {place}/NEW --set match.nothing=1"),
    "setting: no section": (2, "run {crawl} -o {place}/NEW --set recall=1"),
    "plan file missing": (3, "run {crawl} -o {place}/NEW --plan {place}/nowhere.toml"),
    "plan file is no plan": (2, "run {crawl} -o {place}/NEW --plan {place}/labels.csv"),
    "option misspelt": (2, "run {crawl} -o {place}/NEW --treshold 0.8"),
    "command misspelt": (2, "statsu {run}"),
    "workers: none": (2, "run {crawl} -o {place}/NEW --workers 0"),
    "engine unknown": (2, "run {crawl} -o {place}/NEW --engine abacus"),
}
"""Kind -> exit code and command."""


@contextlib.contextmanager
def _mounted(place: Path, options: str) -> Iterator[bool]:
    """A small file system at ``place``; False where this machine does not allow one."""
    place.mkdir()
    held = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True, check=False).returncode == 0
    try:
        yield held
    finally:
        if held:
            subprocess.run(["umount", "-l", place], check=False)


def _run(words: list[str]) -> Told:
    if words[0] != "LIMITED":
        return run_command(*words, "-q") if words[0] == "run" else run_command(*words)
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        return run_command(*words[1:], "-q")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def measure(places: Mapping[str, str], skipped: set[str]) -> dict[str, dict[str, Any]]:
    """Exit code, message, hint, and whether all are as they should be, by kind."""
    found = {}
    for kind, (code, command) in CASES.items():
        if any(f"{{{name}}}" in command for name in skipped):
            print(f"{kind}: not tried, because this machine lets nobody mount a file system")
            continue
        told = _run([word.format(**places) for word in command.split()])
        what, _, hint = told.err.strip().rpartition("\nhint: ")
        clear = told.is_clear and told.code == code and bool(what and hint) and not told.out
        shown = " ".join(what.split()).replace(places["place"], "PLACE")
        found[kind] = {"code": told.code, "message": shown[:300], "hint": hint.replace(places["place"], "PLACE"), "clear": clear}
        print(
            f"{'' if clear else 'NOT CLEAR '}{kind} ({told.code})\n    {shown[:200]}\n    hint: {found[kind]['hint']}", flush=True
        )
    return found


def main() -> None:
    """Measure, print and save."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        data = write_crawl(place / "crawl", 100)
        run_command("run", place / "crawl", "-o", place / "RUN", "-q")
        (place / "file").write_text("a file")
        (place / "empty").mkdir()
        (place / "theirs" / "more").mkdir(parents=True)
        (place / "theirs" / "more" / "manifest.json").write_text("{}")
        (place / "labels.csv").write_text("one,two\n1,2\n")
        with _mounted(place / "full", "size=100k") as full, _mounted(place / "fixed", "ro") as fixed:
            names = {
                "place": place,
                "crawl": place / "crawl",
                "run": place / "RUN",
                "full": place / "full",
                "fixed": place / "fixed",
            }
            skipped = {name for name, held in (("full", full), ("fixed", fixed)) if not held}
            found = measure({name: str(path) for name, path in names.items()} | {"long": "x" * 300}, skipped)
    unclear = sum(not one["clear"] for one in found.values())
    print(f"{len(found)} kinds, {unclear} not clear")
    gate.save_result(
        "reliability/messages", {"kinds": len(found), "not_clear": unclear, "by_kind": found}, data, {"not_clear": "max"}
    )


if __name__ == "__main__":
    main()
