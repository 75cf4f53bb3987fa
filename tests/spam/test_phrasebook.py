"""Phrases that rewriting software puts: found once a page, the longer one only, and judged by how many there are."""

from corpus_tools.spam.judge import judge_page
from corpus_tools.spam.phrasebook import find_phrases, load_phrasebook
from corpus_tools.spam.reference import load_reference
from corpus_tools.spam.tokens import read_tokens, tokenize

PLAIN = (
    "The doctor said that the people who eat well and sleep enough have a lower risk of heart disease than others do. Symptoms may "
    "include pain in the chest or the arm, and treatment can lower the risk of a stroke. "
)
SPUN = (
    "The medical professional said that moms and dads must make certain to keep a diet regimen. Individuals that have actually had "
    "a heart assault have various other danger factors, and the body immune system is one of them. "
)


def _phrases(text: str) -> list[str]:
    return [phrase.joined.strip() for phrase, _ in find_phrases(read_tokens(text, load_reference()))]


def test_a_phrase_counts_once_and_not_beside_the_longer_one_that_holds_it() -> None:
    found = _phrases("Keep a diet plan regimen. The diet plan regimen helps. Moms and dads know. ")
    assert found.count("diet plan regimen") == 1
    assert "moms and dads" in found
    assert len(_phrases("health and wellness care")) == 1


def test_places_are_those_of_the_phrase() -> None:
    tokens = read_tokens(f"{PLAIN}The moms and dads agree.", load_reference())
    (phrase, at), *_ = find_phrases(tokens)
    assert tuple(tokens.words[at : at + len(phrase.words)]) == phrase.words


def test_many_phrases_are_spam_and_one_is_not() -> None:
    spun = judge_page(SPUN + PLAIN)
    assert "substituted_phrase" in {reason.sign for reason in spun.reasons}
    assert (spun.score or 0.0) > 0.5
    assert (judge_page(PLAIN + "Moms and dads agree.").score or 0.0) < 0.2


def test_every_phrase_reads_as_written() -> None:
    for phrase in load_phrasebook():
        assert phrase.words == tuple(tokenize(" ".join(phrase.words)))
        assert 0 < phrase.weight <= 3
        assert phrase.usual
