"""Write the list of kernels that a run calls, with the types they are compiled for: ``corpus_tools/kernels/entries.py``.

    python -m benchmarks.speed.list_kernels

Runs the samples stage by stage with an empty cache and reads from the cache what each stage had compiled. To be run after a
kernel was added, or its arguments changed; a test says when.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

STAGES = ("clean", "site", "fingerprint", "match", "rewrite", "group", "write")
HOME = Path(__file__).parents[2]
ENTRIES = HOME / "corpus_tools" / "kernels" / "entries.py"
_HEAD = '''"""Every kernel that Python calls in a run, with the types it is compiled for, by the stage that first needs it.

Written by ``benchmarks/speed/list_kernels.py``; ``kernels.signatures`` says how types are spelt.
"""

from __future__ import annotations

ENTRIES: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
'''


def compiled_kernels(cache: Path) -> list[tuple[str, str, str]]:
    """Module, name and signature of the kernels in a cache folder that Python called, in the order they were compiled."""
    found = []
    for path in sorted(cache.rglob("*.kernel"), key=lambda path: path.stat().st_mtime_ns):
        head = json.loads(path.read_bytes()[32:].split(b"\n", 1)[0])
        if head["called_from_python"]:
            module, _, name = head["kernel"].removeprefix("corpus_tools.").rpartition(".")
            found.append((module, name, head["signature"]))
    return found


def run_stages(folder: Path) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """What each stage of a run over the samples had compiled that the stages before it had not."""
    seen: set[tuple[str, str, str]] = set()
    environment = os.environ | {"CORPUS_TOOLS_CACHE": str(folder / "cache")}
    for stage in STAGES:
        place = [str(HOME / "samples" / "pages"), "-o", str(folder / "RUN")] if stage == "clean" else [str(folder / "RUN")]
        command = [sys.executable, "-m", "corpus_tools.cli", stage, *place, "--rewrites", "--workers", "1", "-q"]
        subprocess.run(command, env=environment, check=True, stdout=sys.stderr)
        fresh = [kernel for kernel in compiled_kernels(folder / "cache") if kernel not in seen]
        seen |= set(fresh)
        yield stage, fresh


def spell_entries(stages: Iterator[tuple[str, list[tuple[str, str, str]]]]) -> str:
    """The module's text."""
    lines = [_HEAD]
    for stage, kernels in stages:
        lines.append(f"    {stage!r}: {{\n")
        for module in dict.fromkeys(module for module, _, _ in kernels):
            lines.append(f"        {module!r}: (\n")
            lines += [f"            ({name!r}, {signature!r}),\n" for home, name, signature in kernels if home == module]
            lines.append("        ),\n")
        lines.append("    },\n")
    return "".join([*lines, "}\n"])


def main() -> None:
    """Write the list and put it in order."""
    with tempfile.TemporaryDirectory() as folder:
        ENTRIES.write_text("".join([_HEAD, "}\n"]), encoding="utf-8")
        text = spell_entries(run_stages(Path(folder)))
    ENTRIES.write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(ENTRIES)], check=True)


if __name__ == "__main__":
    main()
