"""The command in a process of its own, and what it used with all processes below it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Used:
    """Wall and processor seconds, MiB of the largest process, and what was printed on stdout."""

    seconds: float
    cpu_seconds: float
    peak_mib: int
    sentence: str


def run_command(*arguments: object, **settings: object) -> Used:
    """``corpus-tools ARGUMENTS`` with environment variables ``settings``; a run that fails ends this process with its messages."""
    return run_module("corpus_tools.cli", *arguments, **settings)


def run_module(module: str, *arguments: object, **settings: object) -> Used:
    """``python -m MODULE ARGUMENTS``, as ``run_command``."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    environment = {**os.environ, **{name: str(value) for name, value in settings.items()}}
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as messages:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=messages)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        messages.seek(0)
        if process.returncode:
            sys.exit(messages.read())
        cpu = used.ru_utime + used.ru_stime
        return Used(round(seconds, 2), round(cpu, 2), used.ru_maxrss // 1024, output.read().strip())
