"""The site-level pass cuts template, and neither copies nor what a family of pages shares."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.plan import Plan
from corpus_tools.site.template import SiteCounts, cut_site_template

PLAN = Plan()
HEAD = ["Health Portal of the North", "Find a clinic near you today", "All our departments at a glance"]
FOOT = ["Patients' stories and other reading", "Our partners in the region", "A service of the Northern Trust"]
WORDS = "lung heart liver asthma fever cough patient doctor treatment dose child adult risk study blood pain sleep water food walk".split()


def article(seed: int, paragraphs: int = 5) -> list[str]:
    random = Random(seed)
    return [" ".join(random.choices(WORDS, k=30)) + f" number{seed}." for _ in range(paragraphs)]


def page(body: list[str], head: list[str] = HEAD, foot: list[str] = FOOT) -> str:
    return "\n".join([*head, *body, *foot])


def count(pages: list[str], site: str = "a.example") -> SiteCounts:
    counts = SiteCounts()
    for number, text in enumerate(pages):
        counts.add(site, f"{site}/{number}", text)
    return counts


def test_head_and_foot_of_different_articles_go() -> None:
    bodies = [article(seed) for seed in range(4)]
    counts = count([page(body) for body in bodies])
    for body in bodies:
        kept, cuts = cut_site_template(page(body), "a.example", counts, PLAN)
        assert kept == "\n".join(body)
        assert [(one.kind, one.passage) for one in cuts] == [("site_template", "\n".join(HEAD)), ("site_template", "\n".join(FOOT))]
        assert [one.start for one in cuts] == [0, len(kept)]


def test_copies_of_one_article_are_not_template() -> None:
    body = article(1)
    copies = [page([*body, f"Print edition {number} of this text, with one changed line."]) for number in range(10)]
    for text in copies:
        assert cut_site_template(text, "a.example", count(copies), PLAN) == (text, [])


def test_copies_do_not_hide_a_template_nor_add_to_it() -> None:
    texts = [page(article(1))] * 5 + [page(article(seed)) for seed in (2, 3)]
    kept, _ = cut_site_template(texts[0], "a.example", count(texts), PLAN)
    assert kept == "\n".join(article(1))
    texts = [page(article(1))] * 5 + [page(article(2))]
    assert cut_site_template(texts[0], "a.example", count(texts), PLAN)[1] == []


def test_a_family_of_pages_keeps_its_shared_headings_and_sentences() -> None:
    shared = "This condition is inherited in an autosomal recessive pattern, so both copies of the gene have changed."
    pages = []
    for seed in range(12):
        first, second, third = article(seed, 3)
        pages.append(
            "\n".join(
                [f"Rare disease {seed}", "What are the symptoms?", first, "How is it inherited?", shared, second, "Outlook", third]
            )
        )
    counts = count(pages)
    for text in pages:
        assert cut_site_template(text, "a.example", counts, PLAN) == (text, [])


def test_a_block_that_is_most_of_its_page_stays() -> None:
    block = "A long explanation of terms that many pages of the site carry at their head. " * 12
    bodies = [article(seed, 8) for seed in range(4)]
    counts = count([page(body, head=[block]) for body in bodies])
    stub = page(["Short page."], head=[block], foot=[])
    assert block.strip() in cut_site_template(stub, "a.example", counts, PLAN)[0]


@pytest.mark.parametrize("pages", [1, 2])
def test_a_small_site_is_left_alone(pages: int) -> None:
    texts = [page(article(seed)) for seed in range(pages)]
    assert cut_site_template(texts[0], "a.example", count(texts), PLAN) == (texts[0], [])


def test_counts_and_dates_in_template_lines_are_folded_and_numbers_of_titles_are_not() -> None:
    texts = [page(article(seed), head=[f"{seed} people read this", f"Spastic paraplegia {seed}"]) for seed in range(5)]
    kept, cuts = cut_site_template(texts[3], "a.example", count(texts), PLAN)
    assert "Spastic paraplegia 3" in kept
    assert cuts[0].passage == "3 people read this"


def test_the_plan_switches_it_off_and_recall_asks_for_more_pages() -> None:
    texts = [page(article(seed)) for seed in range(4)]
    counts = count(texts)
    assert cut_site_template(texts[0], "a.example", counts, PLAN.with_settings({"site.template": False}))[1] == []
    assert cut_site_template(texts[0], "a.example", counts, PLAN.with_settings({"clean.focus": "recall"}))[1] == []
    assert cut_site_template(texts[0], "b.example", counts, PLAN)[1] == []


def test_order_and_workers_do_not_matter() -> None:
    texts = [page(article(seed)) for seed in range(400)]
    whole = count(texts)
    parts = [SiteCounts() for _ in range(3)]
    for number in Random(1).sample(range(400), 400):
        parts[number % 3].add("a.example", f"a.example/{number}", texts[number])
    parts[2].merge(parts[0])
    parts[2].merge(parts[1])
    assert parts[2].template("a.example") == whole.template("a.example")


def test_memory_is_bounded() -> None:
    counts = SiteCounts(max_bytes=200_000)
    for number in range(3000):
        counts.add(f"site{number % 20}", str(number), page(article(number % 50, 20)))
    assert sum(sketch.nbytes for _, _, sketch in counts.sketches()) <= 200_000
    assert counts.sample < 256


@given(
    st.lists(st.lists(st.integers(0, 11), min_size=1, max_size=6), min_size=1, max_size=9),
    st.integers(0, 3),
    st.integers(0, 3),
)
@settings(max_examples=examples(80))
def test_a_page_keeps_its_larger_line_and_a_copied_site_is_untouched(picks: list[list[int]], head: int, foot: int) -> None:
    lines = [line for seed in range(4) for line in article(seed, 3)]
    texts = [page([lines[at] for at in found], HEAD[:head], FOOT[:foot]) for found in picks]
    counts = count(texts)
    for text in texts:
        kept, _ = cut_site_template(text, "a.example", counts, PLAN)
        longest = max(text.split("\n"), key=len)
        assert 2 * len(longest) < sum(map(len, text.split("\n"))) or longest in kept
        assert len(kept) >= 0.15 * len(text) - 1
    copies = count([texts[0]] * 2 + [texts[0] + "\nOne more."] * 5)
    assert copies.template("a.example").contents == 1 or cut_site_template(texts[0], "a.example", copies, PLAN) == (texts[0], [])
    assert cut_site_template(texts[0], "a.example", copies, PLAN) == (texts[0], [])
