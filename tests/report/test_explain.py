"""Explain: the verdict names the step at which a pair joined or fell apart, with its words."""

from __future__ import annotations

import json
import random
from pathlib import Path

from rich.console import Console

import corpus_tools
from corpus_tools.api import Run
from corpus_tools.plan import Plan
from corpus_tools.report.diff import diff_texts
from corpus_tools.report.explain import explain_pair


def _named(run: Run, *endings: str) -> list[str]:
    urls = run.documents.collect()["url"].to_list()
    return [next(url for url in urls if url.endswith(ending)) for ending in endings]


def test_two_pages_of_one_cluster(done: Run) -> None:
    found = done.explain(*_named(done, "copy.txt", "near.txt"))
    assert found.together is True
    assert "together in cluster" in found.verdict
    assert found.path
    assert found.path[0]["score"] >= done.plan.group.threshold
    assert [(part.left, part.right) for part in found.segments if part.kind == "replaced"] == [("night", "evening")] * 2
    assert json.loads(found.to_json())["together"] is True


def test_two_pages_apart(done: Run) -> None:
    found = done.explain(*_named(done, "page1.html", "page2.html"))
    assert found.together is False
    assert "another subject" in found.verdict
    assert found.path == []


def test_a_page_and_itself(done: Run) -> None:
    name = _named(done, "page1.html")[0]
    found = done.explain(name, name)
    assert "the same page" in found.verdict
    assert {part.kind for part in found.segments} == {"shared"}


def test_two_bare_texts() -> None:
    left = "the mask should sit close to the face without leaks during the night"
    found = explain_pair(left, left)
    assert found.together is None
    assert found.measures["score"] == 1.0
    assert "may stand for the other" in found.verdict
    apart = explain_pair(left, "quite another text about something that has nothing to do with it at all")
    assert apart.measures["score"] < 0.2
    assert "does not merge" in apart.verdict
    assert "rewrite of the other is not judged here" in apart.verdict
    plan = Plan().with_settings({"rewrite.enabled": False})
    assert "rewrite" not in explain_pair(left, left).verdict + explain_pair(left, "quite another text", plan).verdict


def test_pages_that_share_only_a_notice_are_told_so(tmp_path: Path) -> None:
    """The texts alone do not tell a notice: the run's own counts do."""
    chance = random.Random(3)
    made = [f"{chance.choice('bdfgk')}{chance.choice('aeiou')}{chance.choice('lmnr')}o{at:c}" for at in range(97, 117)]
    notice = "Ask your doctor before you use this page and read what it says about the limits of advice from afar. " * 6
    source = tmp_path / "pages"
    source.mkdir()
    for page in range(4):
        own = " ".join(made[5 * page : 5 * page + 5])
        (source / f"page{page}.txt").write_text(f"This page is about {own} alone.\n{notice}")
    run = corpus_tools.run(source, tmp_path / "RUN", plan=Plan().with_settings({"rewrite.enabled": False}))
    found = run.explain(*_named(run, "page0.txt", "page3.txt"))
    assert found.together is False
    assert "what they share is a notice that many other pages hold" in found.verdict


def test_the_rendering_shows_both_sides(done: Run) -> None:
    console = Console(width=120, record=True, force_terminal=False)
    console.print(done.explain(*_named(done, "copy.txt", "near.txt")).render())
    shown = console.export_text()
    assert "night" in shown
    assert "evening" in shown
    assert "shared words" in shown


def test_a_long_passage_that_one_page_alone_has_is_shown_by_its_ends() -> None:
    words = [f"word{at}" for at in range(5_000)]
    console = Console(width=120, record=True, force_terminal=False)
    console.print(corpus_tools.explain_pair("It is said that", f"It is said that {' '.join(words)}").render())
    shown = " ".join(console.export_text().replace("│", " ").split())
    assert "… 4,800 words, all of them with --json …" in shown
    assert "word0" in shown
    assert "word4999" in shown
    assert "word2500" not in shown


def test_words_are_compared_without_case() -> None:
    kinds = [(part.kind, part.left, part.right) for part in diff_texts("A b c", "a B d c")]
    assert kinds == [("shared", "A b", "a B"), ("right only", "", "d"), ("shared", "c", "c")]
