"""The report in a real browser: search, facets, deep links, differences, labels, colours, sizes, accessibility, silence."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from chromium import BROWSER, Chromium, ask_axe
from made_runs import make_run
from needs import need

from corpus_tools.api import Run
from corpus_tools.report import thresholds
from corpus_tools.store.decisions import is_passage, read_decisions

pytestmark = pytest.mark.browser

VIEWS = (
    "overview",
    "browse/pages",
    "browse/families",
    "browse/removed?sort=lost",
    "browse/rejected",
    "browse/cuts?kind=navigation",
    "browse/pairs",
    "browse/rewrites",
    "browse/spam",
    "hardest",
    "hardest/rewrite.threshold/1",
    "thresholds",
    "about",
    "page=nobody",
)
EVIL = "</script><script>window.evil=1</script><img src=http://evil.example/x onerror=window.evil=2>"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    need(BROWSER, "Chromium")
    with Chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def report(samples_run: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("report")
    labels = folder / "labels.csv"
    pages = samples_run.documents.select("source").collect()["source"]
    labels.write_text("page,cluster\n" + "".join(f'"{page}",{number % 20}\n' for number, page in enumerate(pages)))
    return samples_run.report(folder / "report.html", labels).as_uri()


@pytest.fixture
def page(browser: Chromium, report: str) -> Iterator[Chromium]:
    """The report on the samples, freshly opened; at the end it has said nothing and asked nobody."""
    browser.open(report)
    browser.problems.clear()
    browser.requests.clear()
    yield browser
    assert browser.problems == []
    assert [url for url in browser.requests if not url.startswith(("file:", "about:", "blob:"))] == []


def _family_places(run: Run) -> list[str]:
    """The address of a page with cuts, of one that was removed, of its family, and of the pair."""
    gone = run.removed.filter(pl.col("kind") == "near").sort("page_id").head(1).collect().row(0, named=True)
    return [
        f"page={gone['page_id']}",
        f"page={gone['kept_id']}",
        f"family={gone['cluster_id']}",
        f"pair={gone['page_id']},{gone['kept_id']}",
    ]


def _count(page: Chromium) -> int:
    return int(page.texts(".status strong")[0].replace(",", ""))


def _search(page: Chromium, words: str) -> None:
    page.run(
        f"(() => {{ const box = document.querySelector('#search'); box.value = {json.dumps(words)}; box.dispatchEvent(new Event('input')); }})()"
    )
    time.sleep(0.3)


@pytest.mark.slow
def test_numbers_of_the_overview_lead_to_their_rows(page: Chromium) -> None:
    assert page.texts("main h1") == ["RUN"]
    tiles = dict(
        zip(page.run("[...document.querySelectorAll('.tile')].map((one) => one.hash)"), page.texts(".tile strong"), strict=True)
    )
    for place, told in list(tiles.items())[:6]:
        page.go(place[1:])
        assert _count(page) == int(told.replace(",", "")), place
    page.go("overview")
    places = page.run(
        "[...document.querySelectorAll('.bars a')].map((one) => [one.hash, one.closest('li').querySelector('.bar-value').firstChild.textContent])"
    )
    for place, told in places:
        page.go(place[1:])
        assert _count(page) == int(told.replace(",", "")), place


@pytest.mark.slow
def test_bars_of_a_histogram_lead_to_as_many_rows(page: Chromium) -> None:
    bars = page.run("[...document.querySelectorAll('.chart td a')].map((one) => [one.hash, one.textContent])")
    assert len(bars) > 15
    for place, told in bars:
        page.go(place[1:])
        assert _count(page) == int(told), place


def test_search_finds_names_and_words_of_texts(page: Chromium, samples_run: Run) -> None:
    page.go("browse/pages")
    assert _count(page) == 60
    _search(page, "hay fever")
    expected = samples_run.documents.filter(pl.col("text").str.to_lowercase().str.contains("hay", literal=True)).collect()
    assert 0 < _count(page) <= expected.height
    assert "q=hay%20fever" in page.run("location.hash")
    _search(page, "mugwort")
    assert _count(page) > 0
    assert page.texts(".snippet mark")
    _search(page, "there is no such word")
    assert _count(page) == 0
    assert page.texts(".empty-title") == ["Nothing found"]
    page.click(".empty button")
    assert _count(page) == 60


def test_facets_narrow_and_tell_what_they_would_find(page: Chromium) -> None:
    page.go("browse/pages")
    told = page.run(
        "[...document.querySelectorAll('.facets label')].map((one) => [one.htmlFor, one.querySelector('.facet-count').textContent])"
    )
    for box, found in told[:8]:
        page.click(f"#{box}")
        assert _count(page) == int(found)
        assert len(page.texts(".chip")) == 1
        page.click(".chip")
    assert _count(page) == 60


def test_rows_are_sorted_as_asked(page: Chromium) -> None:
    page.go("browse/pages?sort=words")
    numbers = [int(text) for text in page.texts("tbody td:nth-child(3)") if text != "–"]
    assert numbers == sorted(numbers, reverse=True)
    page.go("browse/pages?sort=name")
    names = [text.casefold() for text in page.texts("tbody td:first-child .page-name > a")]
    assert names[0] < names[-1]


def test_a_long_list_has_pages(page: Chromium) -> None:
    page.go("browse/cuts")
    assert len(page.texts(".passages > li")) == 50
    page.run("[...document.querySelectorAll('.pager button')].at(-1).click()")
    assert "p=2" in page.run("location.hash")
    assert page.texts(".pager span")[0].startswith("51 to 100")


def test_a_deep_link_opens_its_page_also_by_the_first_digits(page: Chromium, samples_run: Run, report: str) -> None:
    one = samples_run.documents.filter(pl.col("title").is_not_null()).sort("page_id").head(1).collect().row(0, named=True)
    page.open(f"{report}#page={one['page_id']}")
    assert page.texts("main h1") == [one["title"]]
    page.go(f"page={one['page_id'][:8]}")
    assert page.texts("main h1") == [one["title"]]
    assert one["title"] in page.run("document.title")
    page.go("page=ffffffffffff")
    assert "not in the file" in page.texts("main h1")[0]


def test_a_page_shows_its_text_with_every_cut_in_place(page: Chromium, samples_run: Run) -> None:
    counts = samples_run.stripped.group_by("page_id").len().sort("len", "page_id", descending=True).collect()
    documents = samples_run.documents.select("page_id", "text", "markdown").collect()
    row = documents.filter(
        pl.col("page_id") == counts.filter(pl.col("page_id").is_in(documents["page_id"].implode()))["page_id"][0]
    ).row(0, named=True)
    page.go(f"page={row['page_id']}")
    cuts = samples_run.stripped.filter(pl.col("page_id") == row["page_id"]).collect()
    assert len(page.texts("#page-text .cut-passage")) + len(page.texts("#page-text .cut-inline")) == cuts.height
    kept = "".join(page.texts("#page-text .kept-text"))
    assert "".join(kept.split()) == "".join(row["text"].split())
    assert set(page.texts("#page-text .cut-head strong")) <= {kind.replace("_", " ") for kind in cuts["kind"]}
    page.run("[...document.querySelectorAll('.segment')].find((one) => one.textContent === 'Markdown').click()")
    headings = [line.lstrip("# ") for line in row["markdown"].splitlines() if line.startswith("#")]
    assert page.texts(".markdown .heading") == headings


def test_a_family_shows_what_differs_with_signs_and_not_by_colour_alone(page: Chromium, samples_run: Run) -> None:
    page.go(_family_places(samples_run)[2])
    assert page.texts(".diff del")
    assert page.texts(".diff ins")
    for tag, sign, line in (("del", "−", "line-through"), ("ins", "+", "underline")):
        style = f"getComputedStyle(document.querySelector('.diff {tag}')"
        assert page.run(f"{style}, '::before').content") == f'"{sign}"'
        assert line in page.run(f"{style}).textDecorationLine")
    page.run("[...document.querySelectorAll('.segment')].find((one) => one.textContent === 'Side by side').click()")
    assert len(page.texts(".diff .column")) == 2


@pytest.mark.slow
def test_differences_give_back_both_texts(page: Chromium, samples_run: Run) -> None:
    texts = dict(samples_run.documents.select("page_id", "text").collect().iter_rows())
    for row in samples_run.removed.sort("page_id").collect().iter_rows(named=True):
        page.go(f"pair={row['page_id']},{row['kept_id']}")
        page.run("document.querySelector('.segment.alone').click()")
        page.run("[...document.querySelectorAll('.segment')].find((one) => one.textContent === 'Side by side').click()")
        shown = page.texts(".diff .column")
        wanted = [texts[row["page_id"]], texts[row["kept_id"]]]
        assert ["".join(text.split()) for text in shown] == ["".join(text.split()) for text in wanted]


def test_labels_are_given_by_keys_kept_and_downloaded(page: Chromium, samples_run: Run, report: str, tmp_path: Path) -> None:
    place = _family_places(samples_run)[3]
    page.go(place)
    page.run("document.querySelector('.answer').focus()")
    page.press("2")
    assert page.texts(".answer[aria-pressed=true]") == ["not the same2"]
    page.open(f"{report}#{place}")
    assert page.texts(".answer[aria-pressed=true]") == ["not the same2"]
    page.go("about")
    page.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    page.run("[...document.querySelectorAll('button')].find((one) => one.textContent === 'Download labels.csv').click()")
    until = time.monotonic() + 20
    while not (tmp_path / "labels.csv").exists() and time.monotonic() < until:
        time.sleep(0.1)
    rows = list(csv.DictReader((tmp_path / "labels.csv").open()))
    left, right = sorted(place.removeprefix("pair=").split(","))
    assert [(row["left"], row["right"], row["label"]) for row in rows] == [(left, right, "not the same")]


def test_decisions_are_kept_taken_back_and_downloaded_as_a_run_reads_them(
    page: Chromium, samples_run: Run, report: str, tmp_path: Path
) -> None:
    def press(told: str) -> None:
        page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        page.run(f"[...document.querySelectorAll('.answer')].find((one) => one.textContent.startsWith({told!r})).click()")

    place = _family_places(samples_run)[3]
    left, right = sorted(place.removeprefix("pair=").split(","))
    cut = samples_run.stripped.filter(pl.col("passage").str.len_chars() > 400).collect().row(0, named=True)
    page.go(place)
    press("these two are one")
    press("these two are not one")  # takes the place of its opposite
    page.go(f"page={right}")
    press("keep this page")
    press("drop this page")
    press("drop this page")  # taken back
    page.go(f"page={cut['page_id']}")
    press("put this passage back")
    press("never cut")
    page.open(f"{report}#{place}")
    assert "these two are not one" in page.texts(".answer[aria-pressed=true]")
    assert "these two are one" not in page.texts(".answer[aria-pressed=true]")
    page.go("about")
    page.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    page.run("[...document.querySelectorAll('button')].find((one) => one.textContent === 'Download decisions.csv').click()")
    until = time.monotonic() + 20
    while not (tmp_path / "decisions.csv").exists() and time.monotonic() < until:
        time.sleep(0.1)
    rows = read_decisions(tmp_path / "decisions.csv").rows
    assert [row.decision for row in rows] == ["apart", "never_cut", "restore"]
    assert (rows[0].page, rows[0].other) == (left, right)
    of_page = samples_run.stripped.filter(pl.col("page_id") == cut["page_id"]).collect()
    assert any(is_passage(rows[2].passage, passage) for passage in of_page["passage"])
    assert rows[1].rule in [rule.split()[0] for rule in of_page["rule"]]


def test_one_can_go_from_hard_pair_to_hard_pair_with_the_keyboard(page: Chromium) -> None:
    page.go("hardest/group.threshold/1")
    page.run("document.querySelector('.stepper a').focus()")
    page.press("Enter")
    page.send("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    page.wait("location.hash.endsWith('/2') && document.activeElement.tagName == 'H1'")


def test_dark_is_dark_and_so_are_its_charts(page: Chromium, report: str) -> None:
    def brightness(script: str) -> float:
        value = str(page.run(script))
        return sum(float(part) for part in value[value.index("(") + 1 : -1].split(",")[:3]) / 3

    ground, ink = "getComputedStyle(document.body).backgroundColor", "getComputedStyle(document.querySelector('.plot .tick')).fill"
    assert brightness(ground) > 200 > 150 > brightness(ink)
    page.open(report, dark=True)
    assert brightness(ground) < 50 < 120 < brightness(ink)
    page.run("document.querySelector('.theme').click()")
    assert brightness(ground) > 200


def test_paper_is_white_and_shows_the_charts(page: Chromium, report: str) -> None:
    page.open(report, dark=True)
    page.send("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    assert page.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.run("getComputedStyle(document.querySelector('.card')).backgroundColor") == "rgb(255, 255, 255)"
    assert page.run("document.querySelector('.plot .bin rect:last-child').getBoundingClientRect().width") > 0
    assert page.run(
        "getComputedStyle(document.querySelector('.main-nav')).display === 'none' || document.querySelector('.bar').offsetHeight === 0"
    )


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1280])
def test_no_view_is_wider_than_the_screen(page: Chromium, samples_run: Run, report: str, width: int) -> None:
    page.open(report, width, 844)
    for place in (*VIEWS, *_family_places(samples_run)):
        page.go(place)
        assert page.run("document.documentElement.scrollWidth") <= width, place


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.thorough)])
def test_axe_finds_nothing_in_any_view(page: Chromium, samples_run: Run, report: str, dark: bool) -> None:
    page.open(report, dark=dark)
    for place in (*VIEWS, *_family_places(samples_run)):
        page.go(place)
        page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        found = ask_axe(page)
        assert found == [], place


@pytest.mark.slow
def test_what_pages_say_is_never_run(browser: Chromium, tmp_path: Path) -> None:
    pages = [
        {
            "title": f"{EVIL} {number}",
            "url": f"https://{EVIL}/{number}",
            "text": f"{EVIL} words {number} | # head\n> {EVIL}\n- {EVIL}\n| {EVIL} |",
            "family": 1,
            "spam": 0.9,
        }
        for number in range(4)
    ]
    browser.open(make_run(tmp_path, pages, cuts=1).report(tmp_path / "evil.html").as_uri())
    browser.problems.clear()
    browser.requests.clear()
    ids = [f"{number:032x}" for number in range(2)]
    for place in (
        *VIEWS,
        f"page={ids[1]}",
        f"page={ids[1]}?view=markdown",
        f"family={ids[0]}",
        f"pair={ids[0]},{ids[1]}",
        f"browse/{EVIL}?q={EVIL}&site={EVIL}",
        "page=%E0%A4%A",
        "pair=",
    ):
        browser.go(place)
        assert browser.run("window.evil === undefined && document.images.length === 0"), place
    assert browser.problems == []
    assert [url for url in browser.requests if not url.startswith(("file:", "about:"))] == []


def test_wrong_pairs_are_listed_and_lead_to_their_comparison(
    browser: Chromium, samples_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = samples_run.removed.sort("page_id").head(2).collect()
    wrong = [
        {"left": one, "right": kept, "mistake": "merged", "kind": "near", "score": 0.8}
        for one, kept in gone.select("page_id", "kept_id").iter_rows()
    ]
    table = samples_run.sweep([0.7, 0.8]).with_columns(pl.Series("wrong_pairs", [wrong, wrong[:1]]))
    monkeypatch.setattr(thresholds, "sweep_run", lambda *_: table)
    browser.open(f"{samples_run.report(tmp_path / 'wrong.html').as_uri()}#thresholds")
    browser.problems.clear()
    assert "Wrong pairs" in browser.texts("main h2")
    browser.run(
        "(() => { const pick = document.querySelector('#pick-wrong_pairs'); pick.value = '0'; pick.dispatchEvent(new Event('change')); })()"
    )
    places = browser.run(
        "[...document.querySelectorAll('td a')].filter((one) => one.textContent === 'compare').map((one) => one.hash)"
    )
    assert places == [f"#pair={one['left']},{one['right']}" for one in wrong]
    browser.go(places[0][1:])
    assert browser.texts(".diff")
    assert browser.problems == []


@pytest.mark.slow
def test_an_empty_run_says_so_in_every_view(browser: Chromium, tmp_path: Path) -> None:
    browser.open(make_run(tmp_path, []).report(tmp_path / "empty.html").as_uri())
    browser.problems.clear()
    for place in VIEWS:
        browser.go(place)
        assert browser.texts("main h1"), place
    browser.go("browse/families")
    assert browser.texts(".empty-title") == ["No families"]
    assert browser.problems == []
