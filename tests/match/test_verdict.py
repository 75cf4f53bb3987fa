"""What a pair of pages is called: copies, passages of another page, notices, spellings, in a corpus that says what is shared."""

from __future__ import annotations

import random

import polars as pl
import pyarrow as pa
import pytest

from corpus_tools.fingerprint.sketch import fingerprint_documents
from corpus_tools.group.local import cluster_edges
from corpus_tools.match.local import match_edges
from corpus_tools.match.verify import score_texts
from corpus_tools.plan import Plan
from corpus_tools.tables import EDGES

WORDS = [
    f"{begin}{end}"
    for begin in ("ka", "lo", "mi", "re", "su", "ta", "vo", "ne")
    for end in ("ran", "del", "sti", "mo", "gel", "pa")
]


def prose(seed: int, length: int) -> str:
    """Sentences of made words."""
    chance = random.Random(seed)
    words = [chance.choice(WORDS) + chance.choice(WORDS) for _ in range(length)]
    return " ".join(word + "." if at % 12 == 11 else word for at, word in enumerate(words))


def grouped(texts: dict[str, str]) -> dict[str, dict[str, object]]:
    """Row of clusters by page."""
    pages = pl.DataFrame({"page_id": list(texts), "text": list(texts.values())})
    signatures = fingerprint_documents(pages)
    edges = pa.Table.from_batches(list(match_edges(signatures.lazy(), pages.lazy(), Plan())), EDGES)
    counted = pages.join(signatures.select("page_id", "n_words"), on="page_id")
    clusters = cluster_edges(pl.DataFrame(pl.from_arrow(edges)), counted)
    return {row["page_id"]: row for row in clusters.to_dicts()}


def removed(texts: dict[str, str]) -> dict[str, str]:
    """Pages that go, each with the page kept for it."""
    return {page: str(row["kept_id"]) for page, row in grouped(texts).items() if row["role"] == "removed"}


@pytest.mark.parametrize("share", [0.15, 0.3, 0.6])
@pytest.mark.parametrize("at_head", [True, False])
def test_an_excerpt_goes_for_the_page_that_holds_it(share: float, at_head: bool) -> None:
    words = prose(1, 900).split(" ")
    size = int(len(words) * share)
    cut = words[:size] if at_head else words[300 : 300 + size]
    assert removed({"whole": " ".join(words), "excerpt": " ".join([*cut, "Read", "more"]), "other": prose(2, 500)}) == {
        "excerpt": "whole"
    }


def test_parts_go_for_the_whole_page_whatever_copies_it_has() -> None:
    words = prose(3, 600).split(" ")
    parts = {f"part{n}": f"{' '.join(words[n * 200 : n * 200 + 200])}\nPage {n + 1} of 3" for n in range(3)}
    mirrors = {f"mirror{n}": f"{prose(50 + n, 12)}\n{' '.join(words)}\n{prose(60 + n, 12)}" for n in range(3)}
    gone = removed({"whole": " ".join(words), **parts, **mirrors})
    assert set(parts) <= set(gone)


@pytest.mark.parametrize("own", [10, 25, 60])
@pytest.mark.parametrize("place", ["before", "after"])
def test_pages_under_one_notice_stay(own: int, place: str) -> None:
    notice = prose(4, 200)
    texts = {}
    for number in range(20):
        said = prose(100 + number, own)
        texts[f"page{number:02d}"] = f"{notice}\n{said}" if place == "before" else f"{said}\n{notice}"
    assert removed(texts) == {}


@pytest.mark.parametrize(("words", "goes"), [(3, True), (6, True), (10, False)])
def test_an_excerpt_may_end_in_a_link_and_not_in_a_sentence_of_its_own(words: int, goes: bool) -> None:
    """The longer page goes on with something else where the shorter one ends."""
    shared = prose(70, 60)
    found = removed({"short": f"{shared} {prose(71, words)}", "long": f"{shared} {prose(72, 120)}"})
    assert ("short" in found) == goes


def test_records_of_one_frame_stay() -> None:
    frame = [prose(5, 30), prose(6, 60), prose(7, 25)]
    texts = {f"record{n:02d}": "\n".join([frame[0], prose(200 + n, 6), frame[1], prose(300 + n, 12), frame[2]]) for n in range(30)}
    assert removed(texts) == {}


def test_pages_that_fill_a_wide_frame_in_many_places_stay() -> None:
    frame = [prose(900 + n, 45) for n in range(7)]
    texts = {}
    for number in range(40):
        chance = random.Random(number)
        gaps = [prose(1000 + 10 * gap + chance.randrange(8), 5) for gap in range(6)]
        texts[f"page{number:02d}"] = " ".join(piece for pair in zip(frame, [*gaps, ""], strict=True) for piece in pair)
    assert removed(texts) == {}


def copies(count: int, before: int, after: int) -> dict[str, str]:
    """Copies of one article, each with words of its site before and after it."""
    article = prose(1400, 400)
    return {f"copy{n:02d}": f"{prose(1500 + n, before)} {article} {prose(1600 + n, after)}" for n in range(count)}


@pytest.mark.parametrize("count", [3, 10, 30])
@pytest.mark.parametrize(("before", "after"), [(12, 12), (3, 0), (0, 12)])
def test_copies_of_an_article_are_one_page_however_many_there_are(count: int, before: int, after: int) -> None:
    assert len(removed(copies(count, before, after))) == count - 1


def test_a_page_with_other_dates_is_the_same_page_however_often_it_is_captured() -> None:
    words, chance, captures = prose(1700, 400).split(), random.Random(9), {}
    for number in range(40):
        for at in (0, 150, 300):
            words[at] = f"{chance.randint(1, 28)} {chance.choice(('March', 'June', 'October'))} {chance.randint(2001, 2024)}"
        captures[f"capture{number:02d}"] = " ".join(words)
    assert len(removed(captures)) >= 36  # some pairs have the very same other month in three places


def test_sheets_of_one_frame_stay_when_their_first_words_name_them() -> None:
    frame = [prose(1800 + n, 40) for n in range(4)]
    texts = {}
    for number in range(12):
        filled = [prose(1900 + 100 * gap + value, 3) for gap, value in enumerate((number % 4, number // 4, number % 3))]
        texts[f"sheet{number:02d}"] = (
            f"{prose(2500 + number, 1)} {' '.join(word for pair in zip(frame, [*filled, ''], strict=True) for word in pair)}"
        )
    assert removed(texts) == {}


def test_a_page_that_only_says_more_within_a_wide_frame_is_a_later_state() -> None:
    frame = [prose(900 + n, 60) for n in range(3)]
    texts = {f"page{number:02d}": f"{frame[0]} {prose(1200 + number, 40)} {frame[1]} {frame[2]}" for number in range(40)}
    texts["later"] = f"{texts['page03']} {prose(1300, 12)}"
    assert removed(texts) == {"page03": "later"}


def test_a_rolling_list_keeps_pages_that_say_what_went() -> None:
    items = [prose(400 + n, 15) for n in range(40)]
    captures = {f"capture{at:02d}": "\n".join(items[at : at + 20]) for at in range(20)}
    rows = grouped(captures)
    assert 2 <= sum(row["role"] != "removed" for row in rows.values()) <= 8
    assert max(float(row["lost"] or 0) for row in rows.values()) <= Plan().group.max_lost  # type: ignore[arg-type]


def test_captures_of_an_archive_leave_a_handful() -> None:
    chance, page = random.Random(8), [prose(500 + n, 12) for n in range(40)]
    captures = {}
    for number in range(60):
        captures[f"capture{number:02d}"] = "\n".join(page)
        page[chance.randrange(40)] = prose(600 + number, 12)
    rows = grouped(captures)
    assert 2 <= sum(row["role"] != "removed" for row in rows.values()) <= 15
    singles = [row for row in rows.values() if row["role"] == "single"]
    assert not singles


def _about(word: str, seed: int) -> str:
    """A page that names ``word`` in its title and again and again."""
    body = prose(seed, 240).split(" ")
    for at in range(5, 240, 40):
        body[at] = word
    return f"About {word} and what it means\n{' '.join(body)}"


@pytest.mark.parametrize(
    ("american", "british"),
    [
        ("tumor", "tumour"), ("leukemia", "leukaemia"), ("center", "centre"), ("pediatric", "paediatric"), ("behavior", "behaviour"),
        ("hospitalized", "hospitalised"), ("counseling", "counselling"), ("program", "programme"), ("esophagus", "oesophagus"),
        ("fiber", "fibre"), ("license", "licence"), ("analyzed", "analysed"), ("gray", "grey"), ("aging", "ageing"),
    ],
)  # fmt: skip
def test_another_spelling_is_no_other_subject(american: str, british: str) -> None:
    measures = score_texts(_about(american, 9), _about(british, 9), Plan())
    assert measures["subject_conflict"] == 0
    assert measures["score"] >= Plan().group.threshold


@pytest.mark.parametrize(("one", "other"), [("hypoglycemia", "hyperglycemia"), ("anemia", "leukemia"), ("type 1", "type 2")])
def test_near_names_are_other_subjects(one: str, other: str) -> None:
    assert score_texts(_about(one, 10), _about(other, 10), Plan())["subject_conflict"] == 1


def article(seed: int, subject: str, length: int) -> str:
    """Prose in which every tenth word or so is its subject."""
    words = prose(seed, length).split(" ")
    return " ".join(f"{word} {subject}" if at % 10 == 3 else word for at, word in enumerate(words))


def test_two_articles_do_not_go_for_a_page_with_both() -> None:
    asthma, gout = article(11, "asthma", 240), article(12, "gout", 260)
    assert removed({"asthma": asthma, "gout": gout, "both": f"{asthma}\n{gout}"}) == {}


def test_one_article_goes_for_a_page_that_has_it_beside_another_one() -> None:
    asthma, gout = article(11, "asthma", 240), article(12, "gout", 260)
    assert removed({"asthma": asthma, "both": f"{asthma}\n{gout}", "other": article(13, "fever", 200)}) == {"asthma": "both"}


def test_parts_of_one_article_go_for_the_whole_of_it() -> None:
    words = article(14, "asthma", 500).split(" ")
    parts = {f"part{n}": " ".join(words[n * 180 : (n + 1) * 180]) for n in range(3)}
    assert removed({"whole": " ".join(words), **parts}) == dict.fromkeys(parts, "whole")


def test_copies_of_an_article_are_one_page_beside_an_aggregate() -> None:
    asthma, gout = article(11, "asthma", 240), article(12, "gout", 260)
    copies = {"asthma1": asthma, "asthma2": asthma.replace("asthma ka", "asthma lo", 1), "gout": gout}
    assert set(removed({**copies, "both": f"{asthma}\n{gout}"})) == {"asthma2"}


@pytest.mark.parametrize("qualifier", ["familial", "type 2", "b"])
def test_a_closer_name_is_another_subject(qualifier: str) -> None:
    def page(name: str) -> str:
        return f"What is {name}? {name} is rare. {prose(15, 150)} People with {name} have it from birth. {prose(16, 60)}"

    assert removed({"plain": page("nephrosis"), "closer": page(f"nephrosis {qualifier}")}) == {}


def test_another_headline_over_a_page_of_a_template_is_the_same_page() -> None:
    frame = [prose(17, 60), prose(18, 60)]
    texts = {f"page{n}": f"{frame[0]} {prose(400 + n, 40)} {frame[1]}" for n in range(12)}
    texts["retitled"] = f"{prose(500, 5)} {texts['page3']}"
    assert removed(texts) in ({"retitled": "page3"}, {"page3": "retitled"})
