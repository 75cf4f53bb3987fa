"""Reviews: what is saved and resumed, who is let in, and the page itself in a browser, with the keyboard alone."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import polars as pl
import pytest
from chromium import BROWSER, Chromium, ask_axe
from crawls import article
from needs import need

from corpus_tools import api
from corpus_tools.api import Run
from corpus_tools.errors import PlanError, RunError
from corpus_tools.report.judging.labels import LABEL_COLUMNS
from corpus_tools.report.review.answers import Answers, reviewing
from corpus_tools.report.review.pairs import compare_words, open_review
from corpus_tools.report.review.server import Desk, ReviewServer
from corpus_tools.report.review.session import hold_review
from corpus_tools.store.decisions import Decision, read_decisions

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


class Client:
    """A person's browser, or somebody else's."""

    def __init__(self, address: str) -> None:
        self.host, _, self.path = address.removeprefix("http://").partition("/")
        self.headers = {"Host": self.host}

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, str], str]:
        link = http.client.HTTPConnection(self.host, timeout=20)
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        content = None if body is None else json.dumps(body)
        if content is not None:
            sent = {"Content-Type": "application/json", "Origin": f"http://{self.host}", **sent}
        link.request(method, path, content, sent)
        told = link.getresponse()
        found = (told.status, dict(told.getheaders()), told.read().decode())
        link.close()
        return found

    def enter(self) -> Client:
        status, headers, _ = self.ask("GET", f"/{self.path}")
        assert (status, headers["Location"]) == (303, "/")
        self.headers["Cookie"] = headers["Set-Cookie"].split(";")[0]
        return self


@pytest.fixture
def serve(done: Run) -> Iterator[Callable[..., tuple[str, Desk]]]:
    """Start a review of ``done``; its address and desk."""
    desks = []

    def start(sample: int | None = None) -> tuple[str, Desk]:
        review, drawn = open_review(done, sample)
        answers = Answers(done.path)
        if drawn is not None:
            answers.mark_sample(drawn)
        desk = Desk(review, answers)
        server = ReviewServer(desk)
        desks.append(desk)
        Thread(target=server.serve, daemon=True).start()
        return server.address, desk

    yield start
    for desk in desks:
        desk.stop()


def test_only_who_holds_the_token_is_let_in_and_only_once(serve: Callable[..., tuple[str, Desk]]) -> None:
    address, _ = serve()
    stranger = Client(address)
    assert stranger.host.startswith("127.0.0.1:")
    assert stranger.ask("GET", "/")[0] == 403
    assert stranger.ask("GET", "/?token=wrong")[0] == 403
    assert stranger.ask("GET", "/queue", Cookie="review_1=x; review=é")[0] == 403
    person = Client(address).enter()
    assert stranger.ask("GET", f"/{stranger.path}")[0] == 403  # the token is spent
    status, headers, page = person.ask("GET", "/")
    assert status == 200
    assert "Are these one?" in page
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy
    for host in ("evil.example", "localhost:1", "127.0.0.1"):
        assert person.ask("GET", "/queue", Host=host)[0] == 403
    label = {"at": 0, "label": "same"}
    assert person.ask("POST", "/label", label, Origin="http://evil.example")[0] == 403
    assert person.ask("POST", "/label", label, Origin="null")[0] == 403
    assert person.ask("POST", "/label", label, Sec_Fetch_Site="cross-site")[0] == 403
    assert person.ask("POST", "/label", label, Content_Type="text/plain")[0] == 400
    assert stranger.ask("POST", "/label", label)[0] == 403
    assert person.ask("GET", "/../../run.json")[0] == 404
    for body in ({"at": 10**6, "label": "same"}, {"at": "0"}, {"at": -1}):
        assert person.ask("POST", "/label", body)[0] == 404
    assert person.ask("POST", "/label", {"at": 0, "label": "x" * 70_000})[0] == 400
    assert person.ask("POST", "/label", {"at": 0, "label": "perhaps"})[0] == 409
    assert person.ask("POST", "/decision", {"decision": "drop", "page": "not here"})[0] == 400
    assert person.ask("POST", "/decision", {"decision": "restore", "page": ""})[0] == 409


def test_answers_are_saved_as_they_are_given_and_resumed(serve: Callable[..., tuple[str, Desk]], done: Run) -> None:
    address, desk = serve(50)
    person = Client(address).enter()
    sample = pl.read_csv(done.path / "sample.csv")
    assert sample.height == len(desk.review.pairs) > 0
    pair = json.loads(person.ask("GET", "/pair?at=0")[2])
    assert {pair["left"]["page_id"], pair["right"]["page_id"]} == {desk.review.pairs[0]["left"], desk.review.pairs[0]["right"]}
    assert person.ask("POST", "/label", {"at": 0, "label": "same"})[0] == 200
    rows = pl.read_csv(done.path / "labels.csv", infer_schema=False)
    assert tuple(rows.columns) == LABEL_COLUMNS
    row = rows.row(0, named=True)
    assert (row["label"], row["left"], row["stratum"]) == ("same", desk.review.pairs[0]["left"], desk.review.pairs[0]["stratum"])
    assert 0 < float(row["probability"]) <= 1
    page = pair["left"]["page_id"]
    assert person.ask("POST", "/decision", {"decision": "keep", "page": page, "note": EVIL})[0] == 200
    told = json.loads(person.ask("POST", "/decision", {"decision": "drop", "page": page})[2])  # the opposite replaces it
    assert [one["decision"] for one in told["decisions"]] == ["drop"]
    assert person.ask("POST", "/decision", {"decision": "drop", "page": page, "undo": True})[0] == 200
    assert read_decisions(done.path / "decisions.csv").rows == ()
    again = Client(serve(50)[0]).enter()
    assert json.loads(again.ask("GET", "/queue")[2])["pairs"][0]["label"] == "same"
    assert again.ask("POST", "/label", {"at": 0, "label": ""})[0] == 200
    assert pl.read_csv(done.path / "labels.csv").is_empty()


def test_a_label_given_before_a_sample_gets_its_place_in_it(done: Run) -> None:
    review, _ = open_review(done)
    answers = Answers(done.path)
    pair = review.pairs[0]
    answers.label(pair["left"], pair["right"], "same", review.known(pair))
    held = answers.labels()[(pair["left"], pair["right"])]
    assert held["probability"] == ""
    _, drawn = open_review(done, 1000)
    assert drawn is not None
    answers.mark_sample(drawn)
    assert answers.labels()[(pair["left"], pair["right"])]["probability"] == "1.0"
    assert done.sweep([0.74])["labels"].to_list() == [1]


def test_cells_that_spreadsheets_would_run_are_made_harmless(tmp_path: Path) -> None:
    answers = Answers(tmp_path)
    decision = Decision("restore", "p", passage="=1+1", note="@SUM(1)\nnext")
    answers.decide(decision)
    assert "'=1+1" in (tmp_path / "decisions.csv").read_text()
    assert read_decisions(tmp_path / "decisions.csv").rows[0] == Decision("restore", "p", passage="=1+1", note="@SUM(1) next")
    with pytest.raises(PlanError, match="without passage"):
        answers.decide(Decision("restore", "p"))


def test_one_review_at_a_time(done: Run) -> None:
    with reviewing(done.path), pytest.raises(RunError, match="another review"):
        hold_review(done.path, None, 0, 0, print)


def test_a_run_without_pairs_has_nothing_to_judge(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(article(1))
    run = api.run(tmp_path / "in", tmp_path / "RUN", workers=1)
    for sample in (None, 50):
        review, drawn = open_review(run, sample)
        assert review.pairs == []
        assert drawn is None or drawn.is_empty()


def test_a_comparison_gives_both_texts_back_and_takes_no_minute() -> None:
    left, right = "a b c d e f" * 9, "a B c x e f" * 9
    for side, text in ((0, left), (1, right)):
        assert " ".join(both[side] for both in compare_words(left, right) if both[side]).split() == text.split()
    assert compare_words("", "") == []
    words = " ".join("ab"[at % 2] for at in range(2_400))
    assert compare_words(words, " ".join("ba"[at * at % 3 % 2] for at in range(2_400)))


@pytest.mark.slow
@pytest.mark.browser
def test_a_person_judges_with_the_keyboard_and_the_next_run_obeys(tmp_path: Path) -> None:
    """Titles and texts full of markup are shown as text; labels, decisions and their undoing work; nothing else is loaded."""
    need(BROWSER, "Chromium")
    folder = tmp_path / "in"
    folder.mkdir()
    text = article(1)
    texts = (text, text.replace("night", "evening", 2), text.replace("heart", "lung", 1) + " " + article(2, 3))
    rows = [{"id": number, "title": EVIL, "text": f"{text[:200]} {EVIL} {text[200:]}"} for number, text in enumerate(texts)]
    (folder / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = api.run(folder, tmp_path / "RUN", workers=1)
    review, _ = open_review(run)
    assert len(review.pairs) == 3
    assert any(EVIL in page["text"] for page in review.pages.values())
    server = ReviewServer(Desk(review, Answers(run.path)))
    thread = Thread(target=server.serve, daemon=True)
    thread.start()
    with Chromium(tmp_path / "profile") as browser:
        browser.send("Page.navigate", url=server.address)
        browser.wait("document.querySelectorAll('#labels button').length === 5")
        assert browser.run("location.pathname + location.search") == "/"
        assert EVIL.split()[0] in browser.run("document.querySelector('#pair').textContent")
        assert not browser.run("document.querySelector('#pair script, #pair img')")
        assert browser.run("document.querySelectorAll('#pair del').length") > 0
        browser.press("1")
        browser.wait("document.querySelector('#progress').textContent.startsWith('Pair 2 of 3 · 1 judged')")
        browser.press("k")
        browser.wait("document.querySelector('#progress').textContent.startsWith('Pair 1')")
        browser.wait("document.querySelector('#labels [aria-pressed=true]')?.textContent.startsWith('same')")
        browser.press("n")
        browser.wait("document.querySelectorAll('#decided li').length === 1")
        browser.press("o")  # the opposite replaces it
        browser.wait("document.querySelector('#decided').textContent.startsWith('together')")
        browser.press("n")
        browser.wait("document.querySelector('#decided').textContent.startsWith('apart')")
        for width in (1280, 390):
            browser.send("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 600)
            assert browser.run("document.documentElement.scrollWidth <= innerWidth")
            for scheme in ("light", "dark"):
                browser.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
                assert ask_axe(browser) == []
        browser.click("#stop")
        browser.wait("document.querySelector('#progress').textContent.startsWith('The review has ended')")
        assert not browser.problems
        assert {url.partition("//")[2].partition("/")[0] for url in browser.requests if url.startswith("http")} == {
            server.address.partition("//")[2].partition("/")[0]
        }
    thread.join(timeout=20)
    assert not thread.is_alive()
    labels: Any = Answers(run.path).labels()
    assert [row["label"] for row in labels.values()] == ["same"]
    again = api.resume(run.path, workers=1)
    assert "group: 1 decision applied" in again.record["notes"]
    pair = review.pairs[0]
    kept = dict(again.clusters.select("page_id", "kept_id").collect().rows())
    assert kept[pair["left"]] != kept[pair["right"]]
