"""No control character of a page, a file name or a library reaches a terminal or a log, by whichever command."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from crawls import article, html_page

from corpus_tools import api
from corpus_tools.cli import main
from corpus_tools.errors import PlanError, visible
from corpus_tools.kernels.closure import PACKAGE
from corpus_tools.plan import Plan
from corpus_tools.shown import Bar, JsonLines, json_line, say

HOSTILE = "\x1b[2J\x1b]0;owned\x07 \x9b31m \u202edetrever\u2066 \x7f\x08\x00"
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
STYLE = re.compile("\x1b\\[[0-9;]*m")


def test_control_characters_become_signs_and_letters_stay() -> None:
    assert visible("a\x1b[0m\x7f\u202eb") == "a\u241b[0m\u2421\ufffdb"
    whole = (
        "line\n\ttab \u05e2\u05d1\u05e8\u05d9\u05ea \u200f\u200d \u0639\u0631\u0628\u064a \u4e2d\u6587 \U0001f468\u200d\U0001f469"
    )
    assert visible(whole) == whole
    assert not STEERS.search(visible("".join(map(chr, range(0x3000)))))


def test_json_is_safe_to_show_and_loses_nothing() -> None:
    every = "".join(chr(code) for code in range(0x3000))
    line = json_line({"a": every})
    assert not STEERS.search(line)
    assert "\n" not in line
    assert json.loads(line) == {"a": every}


def test_what_an_encoding_cannot_write_is_spelt_out() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    say("caf\u00e9 \udcff \x1b", stream)
    assert stream.buffer.getvalue() == b"caf\\xe9 \\udcff \\u241b\n"


def test_there_is_one_place_where_output_leaves() -> None:
    for path in PACKAGE.rglob("*.py"):
        if path.name != "shown.py":
            source = path.read_text(encoding="utf-8")
            assert not re.search(r"(?<![\w.])print\(|std(?:out|err)\.write|warnings\.warn", source), path
            assert "getLogger" not in source or path.name == "progress.py", path  # the library's one logger


def test_messages_of_the_library_are_safe() -> None:
    assert not STEERS.search(str(PlanError(f"page {HOSTILE}", HOSTILE)))


def test_progress_is_safe(capsys: pytest.CaptureFixture[str]) -> None:
    JsonLines().start(HOSTILE, None, HOSTILE)
    with Bar() as bar:
        bar.start("clean", 1, "pages")
        bar.finish(f"[red]{HOSTILE}")
    told = capsys.readouterr().err
    assert "[red]" in told
    assert not STEERS.search(STYLE.sub("", told).replace("\r", ""))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose every field, and the names of whose files, hold control sequences."""
    folder = tmp_path_factory.mktemp("hostile")
    text = article(1).split(". ")
    for number in range(2):
        page = html_page(HOSTILE, ". ".join([*text[:10], f"{HOSTILE} &#27;[2J number {number}", *text[10:]]))
        (folder / f"page\x1b[2J\u202e{number}.html").write_text(page, encoding="utf-8")
    rows = [
        {"id": f"{HOSTILE}{n}", "url": f"http://a.example/{HOSTILE}/{n}", "text": f"{HOSTILE} {article(2)} {n}"} for n in range(2)
    ]
    (folder / "rows.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in [*rows, {"id": HOSTILE, "text": HOSTILE}]))
    api.run(folder, folder.parent / "HOSTILE", Plan().with_settings({"rewrite.enabled": True}), workers=1)
    return folder.parent / "HOSTILE"


def _pages(run: Path) -> list[str]:
    return list(api.open_run(run).documents.collect()["page_id"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["status", "RUN"],
        ["status", "RUN", "--json"],
        ["explain", "RUN", 0, 1],
        ["explain", "RUN", 2, 3],
        ["explain", "RUN", 0, 3, "--json"],
        ["explain", "RUN", HOSTILE.replace("\x00", ""), 1],
        ["sweep", "RUN"],
        ["report", "RUN", "-o", "a\x1b[2J.html"],
        ["verify", "RUN"],
        ["run", "no\x1b[2J", "-o", "OUT"],
        ["run", "no", "-o", "OUT", "--set", "a.\x1b[2J=1"],
        ["write", "RUN"],
        ["\x1b[2J"],
    ],
)
def test_no_command_lets_a_page_steer_the_terminal(
    hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str | int]
) -> None:
    monkeypatch.chdir(tmp_path)
    pages = _pages(hostile)
    assert len(pages) == 4
    words = [pages[one] if isinstance(one, int) else str(hostile) if one == "RUN" else one for one in arguments]
    with pytest.raises(SystemExit):
        main(words)
    told = capsys.readouterr()
    assert told.out + told.err
    assert not STEERS.search(told.out + told.err)
