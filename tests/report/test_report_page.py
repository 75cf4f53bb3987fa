"""The report: one offline page, everything from pages escaped, and a browser shows it."""

from __future__ import annotations

import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from needs import need

from corpus_tools import api
from corpus_tools.api import Run

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]


def _tags(page: str) -> _Tags:
    parser = _Tags()
    parser.feed(page)
    return parser


def test_the_report_shows_what_the_run_did(done: Run) -> None:
    page = done.report().read_text(encoding="utf-8")
    assert done.summary in page
    for part in ("Hardest pairs first", "Largest clusters", "Cut from the pages", "Rejected pages", "Thresholds"):
        assert part in page
    assert "<del>night</del>" in page or "<ins>night</ins>" in page
    assert "the page is empty" in page or "empty" in page


def test_the_report_loads_nothing_and_runs_nothing(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>"
    (tmp_path / "in").mkdir()
    text = f"{evil} is a title that somebody gave to a page about nothing much at all, twice or even three times over. " * 3
    (tmp_path / "in" / "a.txt").write_text(text)
    (tmp_path / "in" / "b.txt").write_text(text.replace("somebody", "nobody"))
    tags = _tags(api.run(tmp_path / "in", tmp_path / "RUN", workers=1).report().read_text(encoding="utf-8"))
    assert not {"script", "img", "iframe", "link", "object"} & set(tags.tags)
    assert tags.links == []


@pytest.mark.browser
def test_a_browser_shows_it(done: Run, tmp_path: Path) -> None:
    need(BROWSER, "Chromium")
    picture = tmp_path / "report.png"
    quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", *quiet, f"--user-data-dir={tmp_path / 'profile'}"]
    command += ["--window-size=1200,2400", f"--screenshot={picture}", done.report().as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert picture.stat().st_size > 20_000  # a blank page of this size packs into far less
