"""Patterns are told by their literals, all at once as one by one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.clean.lines.boilerplate import kind_by_patterns
from corpus_tools.clean.lines.lexicon import LANGUAGES, load_lexicon
from corpus_tools.clean.lines.literals import LiteralFinder
from corpus_tools.clean.lines.patterns import Patterns, fits

LITERALS = st.text("abcé日 ", min_size=2, max_size=5)
NEEDS = st.lists(st.lists(st.lists(LITERALS, min_size=1, max_size=4).map(tuple), max_size=3).map(tuple), max_size=8)


@settings(max_examples=examples(200))
@given(NEEDS, st.text("abcé日 ", max_size=60))
def test_the_patterns_that_fit_are_found(needs: list[tuple[tuple[str, ...], ...]], text: str) -> None:
    assert LiteralFinder(needs).fitting(text) == [place for place, need in enumerate(needs) if fits(need, text)]


@settings(max_examples=examples(200))
@given(NEEDS, st.lists(st.text("abcé日 ", max_size=30), max_size=6))
def test_texts_looked_at_together_are_told_apart(needs: list[tuple[tuple[str, ...], ...]], texts: list[str]) -> None:
    finder = LiteralFinder(needs)
    wanted = [(place, number) for place, text in enumerate(texts) for number in finder.fitting(text)]
    assert finder.fitting_each(texts) == wanted


WORDS = sorted(
    {
        one
        for rule in load_lexicon("en").rules
        for part in (rule.lines, rule.sentences, rule.phrases)
        for needs, _ in part.items
        for n in needs
        for one in n
    }
)


@settings(max_examples=examples(200))
@given(
    st.sampled_from(LANGUAGES),
    st.lists(st.sampled_from([*WORDS, " ", ". ", "\n", "this", "our", "website"]), max_size=12).map(" ".join),
)
def test_kinds_are_those_of_rule_by_rule(language: str, folded: str) -> None:
    def matches(lines: Patterns, sentences: Patterns, phrases: Patterns) -> bool:
        return bool(lines.fullmatch(folded[:500]) or sentences.search(folded) or phrases.search(folded))

    rules = load_lexicon(language).rules
    assert kind_by_patterns(load_lexicon(language), folded) == next(
        (rule.kind for rule in rules if matches(rule.lines, rule.sentences, rule.phrases)), None
    )
