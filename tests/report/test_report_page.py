"""The report's data: nothing from a page becomes markup, counts add up, samples fit, and the same run gives the same file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_runs import MadeRun, make_run

from corpus_tools import api
from corpus_tools.api import Run
from corpus_tools.errors import PlanError
from corpus_tools.report import page as report_page
from corpus_tools.report.chosen import FULL, Chosen, Limits
from corpus_tools.report.columns import fit
from corpus_tools.report.embed import assemble_page, count_bytes, encode
from corpus_tools.report.hardest import find_hardest
from corpus_tools.report.page import gather
from corpus_tools.report.thresholds import listed_pairs

EVIL = "</script><script>alert(1)</script><!-- <img src=http://evil.example/x onerror=alert(2)> ]]> &lt; \u2028 \u2029 \\"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.metas: dict[str, str] = {}
        self.links: list[str] = []
        self.held: dict[str, str] = {}
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = {name: value or "" for name, value in attrs}
        self.links += [value for name, value in named.items() if name in ("src", "href")]
        if tag == "meta":
            self.metas[named.get("name") or named.get("http-equiv") or "charset"] = named.get("content", "")
        self._open = f"{tag} {named.get('type', '')}".strip() if tag in ("script", "style") else ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.held[self._open] = self.held.get(self._open, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._open = ""


def _parse(page: str) -> _Tags:
    parser = _Tags()
    parser.feed(page)
    return parser


def _data(page: str) -> dict[str, Any]:
    return dict(json.loads(_parse(page).held["script application/json"]))


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_data_comes_back_and_cannot_leave_its_element(value: Any) -> None:
    told = encode(value)
    assert json.loads(told) == value
    assert not set("<>&\u2028\u2029") & set(told)


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode(float("nan"))


def test_the_file_has_one_script_one_style_and_a_policy_that_names_them() -> None:
    tags = _parse(assemble_page({"evil": EVIL}))
    assert tags.tags.count("script") == 2
    assert not {"img", "iframe", "link", "object"} & set(tags.tags)
    assert tags.links == []
    policy = dict(part.split(" ", 1) for part in tags.metas["Content-Security-Policy"].split("; "))
    for kind in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(tags.held[kind].encode()).digest()).decode()
        assert policy[f"{kind}-src"] == f"'sha256-{digest}'"
    assert policy["default-src"] == "'none'"
    assert "require-trusted-types-for" in policy
    assert tags.metas["viewport"].startswith("width=device-width")
    assert json.loads(tags.held["script application/json"]) == {"evil": EVIL}


def test_the_script_makes_no_markup_of_text_and_calls_nobody() -> None:
    script = _parse(assemble_page({})).held["script"]
    assert not re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|fetch\(|XMLHttpRequest|WebSocket|https?:",
        script.replace("http://www.w3.org/2000/svg", ""),
    )


def test_hostile_pages_are_shown_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    text = f"{EVIL} is what somebody wrote on a page about nothing much at all, twice or even three times over. " * 3
    (tmp_path / "in" / "a.txt").write_text(text)
    (tmp_path / "in" / "b.txt").write_text(text.replace("somebody", "nobody"))
    page = api.run(tmp_path / "in", tmp_path / "RUN", workers=1).report().read_text(encoding="utf-8")
    assert _parse(page).tags.count("script") == 2
    assert any(EVIL.split()[0] in text for text in _data(page)["texts"].values())


def test_counts_are_those_of_the_run(samples_run: Run) -> None:
    data = gather(samples_run, Limits())
    totals, tally = data["totals"], data["tally"]
    assert (totals["kept"], totals["removed"], totals["rejected"]) == (40, 18, 2)
    assert sum(row["pages"] for row in tally["flow"]) == totals["documents"] == totals["kept"] + totals["removed"]
    assert sum(row["pages"] for row in tally["sites"]) == 60
    assert sum(row["kept"] for row in tally["sites"]) == totals["kept"]
    assert sum(row["pages"] for row in tally["rejected"]) == totals["rejected"]
    assert sum(row["passages"] for row in tally["cuts"]) == totals["cuts"] == samples_run.stripped.collect().height
    assert sum(row["rows"] for row in tally["scores"]) == totals["pairs"]
    assert sum(row["rows"] for row in tally["rewrite_scores"]) == totals["rewrites"]
    lost = samples_run.removed.collect()["lost_words"].sum()
    assert sum(row["lost_words"] for row in tally["flow"]) == lost > 0
    assert data["run"]["summary"] == samples_run.summary
    assert data["run"]["changed"]["read.part_pages"] == 20


def test_a_small_run_is_there_in_whole(samples_run: Run) -> None:
    data = gather(samples_run, Limits())
    assert {one["rows"]: one["shown"] for one in data["sampling"]} == {one["rows"]: one["all"] for one in data["sampling"]}
    documents = {row["page_id"]: row["text"] for row in samples_run.documents.collect().iter_rows(named=True)}
    ids = data["pages"]["columns"]["id"]
    assert {ids[at]: text for at, text in data["texts"].items()} == documents
    assert len(ids) == len(set(ids)) == 60


def test_every_cut_stands_where_its_text_says(samples_run: Run) -> None:
    data = gather(samples_run, Limits())
    columns, ids = data["cuts"]["columns"], data["pages"]["columns"]["id"]
    shown = sorted(zip((ids[at] for at in columns["page"]), columns["start"], columns["passage"], strict=True))
    stored = samples_run.stripped.select("page_id", "start", pl.col("passage").str.slice(0, 600)).collect()
    assert shown == sorted(stored.iter_rows())


def test_the_hardest_pairs_come_nearest_first_and_from_a_family_once(samples_run: Run) -> None:
    families = dict(samples_run.clusters.select("page_id", "cluster_id").collect().iter_rows())
    found = find_hardest(samples_run, 16)
    assert [threshold.name for threshold, _ in found] == [
        "group.threshold",
        "group.max_lost",
        "group.min_contained",
        "rewrite.threshold",
    ]
    assert sum(pairs.height > 0 for _, pairs in found) >= 3  # a surer model leaves no rewrite near its threshold
    for threshold, pairs in found:
        far = [abs(value - threshold.value) for value in pairs["measure"]]
        assert far == sorted(far)
        seen: list[str] = []
        for left, right, _ in pairs.iter_rows():
            seen += {families[left], families[right]}
        assert len(seen) == len(set(seen))


def test_a_report_is_the_same_bytes_each_time(samples_run: Run, tmp_path: Path) -> None:
    one, two = (samples_run.report(tmp_path / name).read_bytes() for name in ("one.html", "two.html"))
    assert one == two


def test_labels_say_how_right_each_threshold_is(samples_run: Run, tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    pages = samples_run.documents.select("source").collect()["source"]
    labels.write_text("page,cluster\n" + "".join(f'"{page}",{number}\n' for number, page in enumerate(pages)))
    told = _data(samples_run.report(tmp_path / "r.html", labels).read_text(encoding="utf-8"))["thresholds"]
    assert told["labelled"]
    assert {"kept_share", "clusters", "lost_words", "precision", "recall", "f1_low"} <= set(told["columns"])
    assert all(len(row) == len(told["columns"]) for row in told["rows"])


def test_pairs_of_lists_are_held_whatever_else_is_left_out(samples_run: Run) -> None:
    removed = samples_run.removed.sort("page_id").collect()
    wrong = [{"left": row["page_id"], "right": row["kept_id"], "mistake": "merged"} for row in removed.iter_rows(named=True)][-2:]
    listed = listed_pairs({"lists": {"wrong_pairs": [wrong, wrong[:1], []], "others": [[1.0], [], []]}})
    assert set(listed.iter_rows()) == {tuple(sorted((row["left"], row["right"]))) for row in wrong}
    few = Limits(hardest=0, families=0, members=0, pairs=0, rejected=0, spam=0, cuts=0, pages=0)
    assert set(Chosen(samples_run, few, listed).pages["page_id"]) == {page for pair in listed.iter_rows() for page in pair}


def test_pages_have_names_a_person_can_read(tmp_path: Path) -> None:
    words = "a b c d e f g h i j k l m"
    pages = [
        {"title": "A title", "url": "https://a.example/x", "text": words},
        {"title": " \n", "url": "https://a.example/y", "text": words},
        {"title": None, "url": None, "text": "First   words\nof the page"},
        {"title": "", "url": None, "text": ""},
        {"title": "long " * 100, "url": None, "text": words},
    ]
    data = gather(make_run(tmp_path, pages), Limits())["pages"]["columns"]
    named = {
        page: (name, data["named"]["pool"][at])
        for page, name, at in zip(data["id"], data["name"], data["named"]["at"], strict=True)
    }
    ids = [f"{number:032x}" for number in range(5)]
    assert [named[one] for one in ids[:4]] == [
        ("A title", "title"),
        ("https://a.example/y", "address"),
        ("First words of the page", "first words"),
        (ids[3], "id"),
    ]
    assert len(named[ids[4]][0]) == 120


def test_what_does_not_fit_is_left_out_and_said(samples_run: Run, tmp_path: Path) -> None:
    whole = len(assemble_page({}).encode())
    limits = Limits(file_bytes=whole + 160_000)
    data = gather(samples_run, limits)
    assert len(assemble_page(data).encode()) <= limits.file_bytes
    texts = next(one for one in data["sampling"] if one["rows"] == "texts")
    assert 0 < texts["shown"] < texts["all"]
    cuts = data["cuts"]["columns"]["page"]
    counts = dict(zip(range(data["pages"]["rows"]), data["pages"]["columns"]["cuts"], strict=True))
    assert all(cuts.count(at) == counts[at] for at in data["texts"])


def test_fit_counts_what_encode_writes() -> None:
    frame = pl.DataFrame({"a": ["x" * 10, "é<" * 10, None], "b": [1.0, 2.0, 3.0]})
    sizes = [count_bytes(list(row)) for row in frame.iter_rows()]
    for rows in range(4):
        assert fit(frame, sum(sizes[:rows])).height == rows


def test_a_full_report_that_no_browser_opens_is_refused(samples_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert samples_run.report(tmp_path / "full.html", full=True).stat().st_size > 100_000
    monkeypatch.setattr(report_page, "FULL_BYTES", 1000)
    with pytest.raises(PlanError, match="MB of text") as caught:
        samples_run.report(tmp_path / "full.html", full=True)
    assert "leave out --full" in str(caught.value)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> MadeRun:
    folder = tmp_path_factory.mktemp("large")
    text = "long words about nothing in particular, é & <b> said many times over; " * 60
    pages = [
        {
            "title": f"{EVIL} title {number} " + "x" * 300,
            "url": f"https://site{number % 700}.example/{'path/' * 30}{number}",
            "text": f"{number} {text}",
            "language": None if number % 50 == 0 else f"l{number % 40}",
            "family": number // 4 if number % 10 < 6 else None,
            "spam": (number % 1000) / 1000,
            "rejected": number % 25 == 24,
        }
        for number in range(100_000)
    ]
    return make_run(folder, pages, cuts=2)


@pytest.mark.slow
def test_a_report_on_100_000_pages_has_at_most_3_mb_and_something_of_everything(large: MadeRun, tmp_path: Path) -> None:
    path = large.report(tmp_path / "large.html")
    assert path.stat().st_size <= 3_000_000
    data = _data(path.read_text(encoding="utf-8"))
    assert data["totals"]["documents"] + data["totals"]["rejected"] == 100_000
    for one in data["sampling"]:
        assert one["shown"] >= min(20, one["all"]), one
    outcomes = data["pages"]["columns"]["outcome"]
    assert {"kept", "removed", "rejected"} == {outcomes["pool"][at] for at in outcomes["at"]}
    assert all(pairs["pairs"] for pairs in data["hardest"] if pairs["name"] == "group.threshold")


@pytest.mark.slow
def test_of_a_large_run_rows_are_drawn_from_every_site(large: MadeRun) -> None:
    chosen = Chosen(large, Limits(), pl.DataFrame(schema={"left": pl.String, "right": pl.String}))
    sites = large.documents.filter(pl.col("page_id").is_in(chosen.pages["page_id"].implode())).select("site").collect()
    assert sites["site"].n_unique() > 500
    assert FULL.pages > 100_000
