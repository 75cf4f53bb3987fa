"""The site stage spread over processes writes the bytes that it writes in one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.api import run
from corpus_tools.plan import Plan, ReadPlan
from corpus_tools.site import local
from corpus_tools.site.template import _hash, _line_hash

TABLES = ("sites", "doorways", "stripped", "rejected", "documents")


def digests(folder: Path) -> dict[str, str]:
    found = [path for name in TABLES for path in sorted((folder / name).glob("*.parquet"))]
    return {f"{path.parent.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


@pytest.mark.slow
def test_several_processes_write_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = []
    for number in range(30):
        body = "\n".join(
            f"Paragraph {line} of page {number} says that dose {number * line} was given to patient." for line in range(5)
        )
        text = f"Health portal of the north\nFind a clinic near you\n{body}\nOur partners in the region"
        lines.append(json.dumps({"url": f"https://{'ab'[number % 2]}.example/{number}", "text": text}))
    (tmp_path / "pages.jsonl").write_text("\n".join(lines), encoding="utf-8")
    plan = Plan(read=ReadPlan(part_pages=5))
    run(tmp_path / "pages.jsonl", tmp_path / "one", plan, workers=1, until="site")
    asked: list[int] = []
    spread = local.map_in_processes

    def told(*given: object, **more: object) -> object:
        asked.append(1)
        return spread(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(local, "PAGES_A_PROCESS", 1)
    monkeypatch.setattr(local, "map_in_processes", told)
    run(tmp_path / "pages.jsonl", tmp_path / "two", plan, workers=2, until="site")
    assert len(asked) >= 2
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert len(digests(tmp_path / "one")) == 2 + 3 * 6


@given(st.text(alphabet=st.sampled_from("aB19 20x5.\u00a0\u0661ß-"), max_size=30).map(str.strip).filter(bool))
def test_a_line_is_hashed_as_its_definition_says(line: str) -> None:
    import re

    folded = re.sub(r"\s+", " ", line.casefold())
    counts = re.match(r"\d|.*\b(?:19|20)\d\d\b", folded)
    assert _line_hash(line) == _hash(re.sub(r"\d+", "0", folded) if counts else folded)
