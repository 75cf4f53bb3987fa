"""Progress on terminals of any width: no line is longer, nothing is cut that matters, and notes have lines of their own."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from corpus_tools.shown import Bar, JsonLines

NOTE = (
    "2,500,000 pages cleaned; HTML was read by the slow walk: this selectolax does not have the functions that the fast one needs"
)


@pytest.mark.parametrize("width", [60, 80, 110])
def test_the_bar_holds_at_every_width(width: int) -> None:
    out = io.StringIO()
    console = Console(file=out, width=width, height=20, force_terminal=True, color_system=None, legacy_windows=False)
    with Bar(console) as bar:
        for stage, total, unit in (
            ("clean", 27_000_000_000, "bytes"),
            ("fingerprint", 123_456_789, "documents"),
            ("write", None, "files"),
        ):
            bar.start(stage, total, unit)
            bar.advance((total or 3) // 3, pages=1_234_567)
            bar._bar.refresh()
            bar.finish(f"{stage}: {NOTE}\x1b[31m")
    lines = [
        line for part in out.getvalue().replace("\x1b[?25l", "").replace("\x1b[?25h", "").split("\n") for line in part.split("\r")
    ]
    plain = [line.split("\x1b[2K")[-1].replace("\x1b[1A", "") for line in lines]
    assert max(map(len, plain)) <= width
    shown = "\n".join(plain)
    assert "33%" in shown
    assert "MB/s" in shown
    assert "left" in shown
    assert "\x1b[31m" not in shown  # what a note quotes cannot steer the terminal
    told = " ".join(shown.split())
    assert "this selectolax does not have the functions that the fast one needs" in told


def test_events_are_lines_of_json() -> None:
    out = io.StringIO()
    events = JsonLines(out)
    events.start("clean", 10, "pages")
    events.advance(5)
    events.finish("done")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["start", "finish"]
