"""The benchmark of other sets: snippets found and wrongly found, characters as words, means by type and leads."""

from __future__ import annotations

from benchmarks.cleaning import other_sets as bench
from benchmarks.cleaning.extractors import PAIR
from benchmarks.data.wcxb import Sample, bag_scores


def sample(required: tuple[str, ...] = (), forbidden: tuple[str, ...] = (), gold: str = "", kind: str = "article") -> Sample:
    return Sample("a", "http://a.example/", kind, b"", gold, required, forbidden)


def test_snippets_are_found_whatever_the_white_space() -> None:
    page = sample(("Heu schnupfen", "im Mai"), ("Mehr lesen", "Impressum"))
    found = bench.Snippets.of("Heu\nschnupfen kommt.\nMehr  lesen", page)
    assert found == bench.Snippets(found=1, missed=1, wrong=1)


def test_figures_are_over_all_snippets_and_not_over_pages() -> None:
    figures = bench.Snippets.figures([bench.Snippets(8, 0, 1), bench.Snippets(0, 2, 1)])
    assert figures == {"precision": 0.8, "recall": 0.8, "f": 0.8}
    assert bench.Snippets.figures([bench.Snippets(0, 1, 0)]) == {"precision": 1.0, "recall": 0.0, "f": 0.0}


def test_every_character_of_a_script_without_spaces_is_a_word() -> None:
    assert bench.SIGN_OR_WORD.findall("花粉症 und かふん, 꽃가루 x2") == [*"花粉症", "und", *"かふん", *"꽃가루", "x2"]
    assert bag_scores("花粉", "花粉症です", bench.SIGN_OR_WORD)[:2] == (1.0, 0.4)
    assert bag_scores("花粉", "花粉症です")[2] == 0.0


def test_means_and_leads_by_type() -> None:
    pages = [sample(kind="article"), sample(kind="article"), sample(kind="forum")]
    assert bench.by_type(pages, [1.0, 0.5, 0.0]) == {"all": 0.5, "article": 0.75, "forum": 0.0}
    ahead = bench.lead(pages, [1.0, 0.5, 0.5], [0.5, 0.5, 0.25])
    assert ahead["all"] == {"ahead": 0.25, "error": 0.1179}
    assert ahead["forum"] == {"ahead": 0.25, "error": 0.0}


def test_an_extractor_that_raises_has_no_text() -> None:
    def broken(_: Sample) -> str:
        raise ValueError

    pages = [sample(gold="花粉", kind="forum")]
    texts = bench.read_texts(pages, {PAIR[0]: lambda page: page.gold, "broken": broken})
    figures = bench.measure_bags(pages, texts)
    assert figures["f1"] == {PAIR[0]: {"all": 1.0, "forum": 1.0}, "broken": {"all": 0.0, "forum": 0.0}}
    assert figures["lead"]["broken"]["all"] == {"ahead": 1.0, "error": 0.0}
