"""Commands as users run them, in processes of their own: exit code, output, CPU seconds, peak memory; and what a run wrote."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus_tools.store.begun import ASIDE

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "corpus_tools"]
_SENTENCE = re.compile(r"([\d,]+) pages? in: ([\d,]+) kept, ([\d,]+) removed in [\d,]+ clusters?, ([\d,]+) rejected")


@dataclass(frozen=True)
class Told:
    """How a command ended: ``code`` is negative for a signal; ``cpu_s`` and ``peak_mib`` are of all its processes."""

    code: int
    out: str
    err: str
    cpu_s: float
    peak_mib: int

    @property
    def is_clear(self) -> bool:
        """Whether it ended well, or with a message and a hint that does not call it a bug."""
        plain = not any(word in self.err for word in ("Traceback", "this is a bug", "defect"))
        return plain and (self.code in (0, -9) or self.err.rstrip().splitlines()[-1:][0].startswith("hint: "))

    @property
    def closes(self) -> bool:
        """Whether every page of the input is kept, removed or rejected."""
        found = _SENTENCE.search(self.out)
        pages, *ended = (int(one.replace(",", "")) for one in found.groups()) if found else (0, 1)
        return pages == sum(ended)


def start(arguments: Sequence[str], command: Sequence[str] = COMMAND) -> tuple[subprocess.Popen[bytes], Path]:
    """A command at work, and the folder that takes its output; hand both to ``finish``."""
    folder = Path(tempfile.mkdtemp(prefix="told-"))
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        return subprocess.Popen([*command, *arguments], stdout=out, stderr=err, cwd=ROOT, stdin=subprocess.DEVNULL), folder


def is_running(process: subprocess.Popen[bytes]) -> bool:
    """Whether a command is still at work; it can be waited for in any case."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def finish(process: subprocess.Popen[bytes], folder: Path) -> Told:
    """Wait for a command."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    out, err = ((folder / name).read_text(encoding="utf-8", errors="replace") for name in ("out", "err"))
    for name in ("out", "err"):
        (folder / name).unlink()
    folder.rmdir()
    return Told(process.returncode, out, err, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024)


def run_command(*arguments: str | Path) -> Told:
    """Run ``corpus-tools`` to its end."""
    return finish(*start([str(one) for one in arguments]))


def workers_of(process: int) -> list[int]:
    """The cleaning workers of a run as far as they can be seen, after them the process that forked them."""
    found = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            held = [int(one) for one in task.read_text().split() if "clean.workers" in Path(f"/proc/{one}/cmdline").read_text()]
            found += [other for one in held for other in (*workers_of(one), one)]
    return found


def file_digests(run: Path) -> dict[str, str]:
    """Digest of every table, card and seal of a run; what was set aside is not the run's."""
    names = (
        path
        for path in sorted(run.rglob("*"))
        if path.is_file() and (path.suffix in (".parquet", ".md") or path.name == "manifest.json")
    )
    kept = (path for path in names if ASIDE not in path.parts)
    return {path.relative_to(run).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}
