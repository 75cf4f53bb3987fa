"""Words, sentences and shingles: the decisions, one example each, and what must hold for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools import text

WORDS = {
    "Take 0.5 mg, or 1,000 mg.": ["take", "0.5", "mg", "or", "1,000", "mg"],
    "Don’t say it's 'quoted' rock'n'roll": ["don't", "say", "it's", "quoted", "rock'n'roll"],
    "follow-up a_b U.S. site.com 3.x x.3": ["follow", "up", "a", "b", "u", "s", "site", "com", "3", "x", "x", "3"],
    "1''2 1.'2 1..2 1.,2 '' . ,": ["1", "2", "1", "2", "1", "2", "1", "2"],
    "Ménière’s SJÖGREN Sjo\u0308gren ΣΑΣ σας": ["meniere's", "sjogren", "sjogren", "σασ", "σασ"],
    "µg μg ﬁne m² ½ Ⅳ İstanbul ıs ß": ["μg", "μg", "fine", "m2", "½", "iv", "istanbul", "ıs", "ß"],
    "in\u00adfor\u00adma\u200dtion ti\u200btle \ufefftop": ["information", "ti", "tle", "top"],
    "don\u00ad'\u00adt 1\u00ad.\u00ad5 ٣٫ ３．５": ["don't", "1.5", "3", "3", "5"],
    "中文A字 カﾞ สวั": ["中", "文", "a", "字", "カ", "゙", "ส", "ว", "ั"],
    "한국어 हिन्दी café": ["한국어", "हिन्दी", "cafe"],
    "©™… — !?": [],
    "": [],
}


@pytest.mark.parametrize("page", WORDS, ids=range(len(WORDS)))
def test_words(page: str) -> None:
    assert text.words(page) == WORDS[page]
    assert text.count_words(page) == len(WORDS[page])


@given(st.text())
def test_normalised_text_is_its_own_normal_form(page: str) -> None:
    once = text.normalize(page)
    assert text.normalize(once) == once
    assert once == " ".join(text.words(page))


@given(st.lists(st.text(st.characters(categories=["L", "N", "M"]), min_size=1, max_size=6)))
def test_case_and_layout_do_not_count(parts: list[str]) -> None:
    assert text.words("  ".join(parts)) == text.words("\n".join(parts)) == [word for part in parts for word in text.words(part)]
    plain = [part for part in parts if part.isascii()]
    assert text.content_hash(" ".join(plain)) == text.content_hash("\t".join(plain).upper())


def test_content_hash_sees_words_only() -> None:
    assert text.content_hash("Sleep  APNEA,") == text.content_hash("sleep apnea!")
    assert text.content_hash("sleep apnea") != text.content_hash("sleepapnea")
    assert len(text.content_hash("")) == 32


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("one two three", ["one two", "two three"]),
        ("one two", ["one two"]),
        ("one", ["one"]),
        ("...", []),
    ],
)
def test_shingles(page: str, expected: list[str]) -> None:
    assert text.shingles(page, 2) == expected


@given(st.text(max_size=60), st.integers(1, 6), st.sampled_from([32, 64]))
def test_a_shingle_hash_depends_on_its_shingle_alone(page: str, n: int, bits: int) -> None:
    whole = text.shingle_hashes(page, n, bits)
    assert whole == [text.shingle_hashes(shingle, n, bits)[0] for shingle in text.shingles(page, n)]
    assert all(0 <= value < 2**bits for value in whole)


def test_shingle_hashes_stay_as_they_are() -> None:
    """Stored signatures depend on these numbers: a change here needs a new TEXT_VERSION."""
    assert text.TEXT_VERSION == 1
    assert text.word_hash("sleep") == 0x6043D48EB8544DE1
    assert text.shingle_hashes("Ménière's disease: 0.5 mg", 3, 64) == [11495097717101149107, 10004082004555644670]


def test_hostile_text_takes_linear_time() -> None:
    for page in ("." * 200_000, "a." * 100_000, "A. " * 60_000, "'" * 200_000, "1.1." * 50_000, " " * 200_000):
        text.words(page)
