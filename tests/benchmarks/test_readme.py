"""The README of the benchmarks names every command, and no command that is not there."""

from __future__ import annotations

import re

from benchmarks import gate


def test_every_command_stands_in_the_readme() -> None:
    modules = [path for path in gate.HERE.rglob("*.py") if 'if __name__ == "__main__"' in path.read_text(encoding="utf-8")]
    commands = {".".join(path.relative_to(gate.HERE).with_suffix("").parts) for path in modules}
    told = (gate.HERE / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:benchmarks\.|\| `)((?:[a-z_]+\.)?[a-z_]+)\b(?=[ `\n])", told))
    assert commands == named


def test_every_result_has_the_name_of_a_command() -> None:
    for path in gate.RESULTS.rglob("*.json"):
        name = path.relative_to(gate.RESULTS).with_suffix("").as_posix()
        stem = name.removesuffix("_speed").removesuffix("_pipeline")
        assert (gate.HERE / f"{stem}.py").exists(), name
