"""samples/ holds what its labels say: every page, passage, duplicate and substitution rate is checked against the bytes."""

from __future__ import annotations

import codecs
import csv
import html
import importlib.util
import itertools
import re
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType

import pytest

from corpus_tools.tables import KINDS
from corpus_tools.text import shingles, words

SAMPLES = Path(__file__).parents[1] / "samples"
RELATIONS = {"original", "mirror", "revision", "contained", "doorway", "template_family", "single", "empty", "broken"}
RATES = (10, 30, 50, 70)


def rows(name: str) -> list[dict[str, str]]:
    with (SAMPLES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


LABELS = {row["page"]: row for row in rows("labels.csv")}
CUTS = rows("cuts.csv")
PLANTED: dict[str, list[tuple[str, str]]] = defaultdict(list)
for _row in CUTS:
    PLANTED[_row["page"]].append((_row["kind"], _row["passage"]))


def gold(page: str) -> str:
    return (SAMPLES / "gold" / page).with_suffix(".txt").read_text(encoding="utf-8")


def visible(page: str) -> list[str]:
    """Words a reader may see: decoded as the page says, head, scripts and tags gone."""
    raw = (SAMPLES / "pages" / page).read_bytes()
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = raw.decode("utf-16")
    else:
        declared = re.search(rb'<meta charset="([\w-]+)"', raw)
        text = raw.decode(declared[1].decode() if declared else "utf-8")
    if page.endswith(".html"):
        text = re.sub(r"(?s)<(script|style|title)\b.*?</\1>|<!--.*?-->", " ", text)
        text = html.unescape(re.sub(r"<[^>]*(?:>|$)", " ", text))
    return words(text)


def run_of(tokens: list[str]) -> str:
    return f" {' '.join(tokens)} "


def with_relation(relation: str) -> list[str]:
    return [page for page, row in LABELS.items() if row["relation"] == relation]


def original_of(page: str) -> str:
    family = LABELS[page]["family"]
    (found,) = [other for other in with_relation("original") if LABELS[other]["cluster"] == family]
    return found


def jaccard(a: str, b: str) -> float:
    left, right = set(shingles(gold(a), 5)), set(shingles(gold(b), 5))
    return len(left & right) / len(left | right)


@pytest.fixture(scope="module")
def make_spun() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_spun", SAMPLES / "make_spun.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_labels_and_gold_cover_every_page() -> None:
    pages = {path.relative_to(SAMPLES / "pages").as_posix() for path in (SAMPLES / "pages").rglob("*") if path.is_file()}
    golds = {path.relative_to(SAMPLES / "gold").as_posix() for path in (SAMPLES / "gold").rglob("*") if path.is_file()}
    assert pages == set(LABELS)
    assert golds == {Path(page).with_suffix(".txt").as_posix() for page in pages}
    assert len(rows("labels.csv")) == len(LABELS)
    assert len({page.split("/")[0] for page in pages}) >= 6


def test_labels_name_the_kinds_planted() -> None:
    for page, row in LABELS.items():
        assert row["kinds"] == ";".join(sorted({kind for kind, _ in PLANTED[page]})), page
    assert {row["kind"] for row in CUTS} == set(KINDS)
    assert set(PLANTED) <= set(LABELS)


@pytest.mark.parametrize("page", LABELS)
def test_page_is_its_gold_text_and_its_planted_passages_and_nothing_else(page: str) -> None:
    seen = run_of(visible(page))
    for _, passage in PLANTED[page]:
        assert run_of(words(passage)) in seen
    for kind, passage in PLANTED[page]:
        if kind == "injected_anchor":
            seen = seen.replace(run_of(words(passage)), " ", 1)
    for line in gold(page).splitlines():
        assert run_of(words(line)) in seen
    unlabelled = Counter(visible(page)) - Counter(words(gold(page)))
    for _, passage in PLANTED[page]:
        unlabelled -= Counter(words(passage))
    assert not unlabelled


@pytest.mark.parametrize("page", LABELS)
def test_gold_text_holds_no_planted_passage(page: str) -> None:
    kept = run_of(words(gold(page)))
    for kind, passage in PLANTED[page]:
        if kind == "repeated_title":
            assert run_of(words(passage)) == run_of(words(gold(page).split("\n")[0]))
        elif len(words(passage)) > 1:
            assert run_of(words(passage)) not in kept


@pytest.mark.parametrize("page", with_relation("mirror"))
def test_mirror_differs_in_title_alone(page: str) -> None:
    assert gold(page).split("\n")[1:] == gold(original_of(page)).split("\n")[1:]
    assert gold(page).split("\n")[0] != gold(original_of(page)).split("\n")[0]
    assert page.split("/")[0] != original_of(page).split("/")[0]
    assert LABELS[page]["cluster"] == LABELS[original_of(page)]["cluster"]


def test_revision_is_close_but_not_equal() -> None:
    (page,) = with_relation("revision")
    assert 0.8 < jaccard(page, original_of(page)) < 0.98


def test_contained_original_stands_whole_in_its_wrapper() -> None:
    (page,) = with_relation("contained")
    assert gold(original_of(page)) in gold(page)
    assert jaccard(page, original_of(page)) < 0.8


def test_doorway_pages_differ_in_the_town_alone() -> None:
    texts = set()
    for page in [*with_relation("doorway"), "clinicguide.example/sleep-study-ashford.html"]:
        town = Path(page).stem.split("-")[-1].capitalize()
        assert town in gold(page)
        texts.add(gold(page).replace(town, "TOWN"))
    assert len(texts) == 1


def test_template_family_shares_its_wording_but_no_cluster() -> None:
    pages = with_relation("template_family")
    assert len(pages) >= 6
    assert len({LABELS[page]["cluster"] for page in pages}) == len(pages)
    for a, b in itertools.combinations(pages, 2):
        shared = (Counter(words(gold(a))) & Counter(words(gold(b)))).total() / len(words(gold(a)))
        assert shared > 0.6


def test_different_clusters_are_no_near_copies() -> None:
    """Pairs that must stay apart share few shingles; only branches of one chain are near copies with another subject."""
    for a, b in itertools.combinations(LABELS, 2):
        if LABELS[a]["cluster"] != LABELS[b]["cluster"] and gold(a) and gold(b):
            branches = LABELS[a]["family"] == LABELS[b]["family"] == "doorway"
            assert (jaccard(a, b) > 0.8) if branches else (jaccard(a, b) < 0.8), (a, b)
            if LABELS[a]["relation"] == LABELS[b]["relation"] == "single":
                assert jaccard(a, b) < 0.02


def test_spun_pages_change_as_many_words_as_they_say(make_spun: ModuleType) -> None:
    rates: dict[str, set[int]] = defaultdict(set)
    for page, row in LABELS.items():
        if row["relation"].startswith("spun_"):
            percent = int(row["relation"].removeprefix("spun_"))
            measured = make_spun.substitution_rate(gold(original_of(page)), gold(page))
            assert measured == pytest.approx(percent / 100, abs=0.05), page
            rates[row["method"]].add(percent)
            assert row["spun_cluster"] == LABELS[original_of(page)]["spun_cluster"]
            assert row["cluster"] != LABELS[original_of(page)]["cluster"]
        else:
            assert row["relation"] in RELATIONS
            assert row["spun_cluster"] == row["cluster"]
            assert not row["method"]
    assert rates == {"table": set(RATES), "hand": set(RATES)}


def test_substitution_rate_counts_content_words_only(make_spun: ModuleType) -> None:
    assert make_spun.substitution_rate("The tired patient sleeps", "A tired patient slumbers") == pytest.approx(1 / 3)
    assert make_spun.substitution_rate("One two. Blood carries iron.", "Iron carries blood.") == 0.0


def test_make_spun_writes_the_same_bytes_again(make_spun: ModuleType, tmp_path: Path) -> None:
    written = make_spun.write_pages(tmp_path)
    assert {path.as_posix().removeprefix("pages/") for path in written if path.parts[0] == "pages"} == {
        page for page, row in LABELS.items() if row["method"] == "table"
    }
    for path in written:
        assert (tmp_path / path).read_bytes() == (SAMPLES / path).read_bytes(), path


def test_hard_files_are_what_they_say() -> None:
    pages = SAMPLES / "pages"
    assert (pages / "dailyvitals.example/empty.html").read_bytes() == b""
    assert all(not gold(page) for page in with_relation("empty"))
    assert not (pages / "dailyvitals.example/gallstones-truncated.html").read_text(encoding="utf-8").rstrip().endswith(">")
    assert b"\r\n" in (pages / "dailyvitals.example/text/kidney-stone.txt").read_bytes()
    assert (pages / "wellnessdaily.example/0005_hay-fever.txt").read_bytes().startswith(codecs.BOM_UTF16_LE)
    western = (pages / "clinicguide.example/hay-fever.html").read_bytes()
    assert b"windows-1252" in western
    with pytest.raises(UnicodeDecodeError):
        western.decode("utf-8")
