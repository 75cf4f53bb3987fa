"""Tokens that kernels read are those that the pattern finds; phrases are found by the hashes of their words."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from corpus_tools.kernels.lookup import hash_words
from corpus_tools.spam.phrasebook import find_phrases, load_phrasebook
from corpus_tools.spam.reference import load_reference
from corpus_tools.spam.tokens import Tokens, _read_slowly, read_tokens, stem, tokenize

SIGNS = "aBé's’‘1٣.,_- \n\t!?²ⅧŒ日"


@given(st.text(SIGNS, max_size=40))
@example("")
@example("don't l'école 1,000.5 a'b'c __x__ Ⅷ ² 日本")
def test_tokens_are_those_of_the_pattern(text: str) -> None:
    tokens = read_tokens(text, load_reference())
    assert tokens.words == tokenize(text)
    starts, ends, firsts, local, first, hashes, stems = _read_slowly(text)
    assert np.array_equal(tokens.starts, starts)
    assert np.array_equal(tokens.ends, ends)
    assert np.array_equal(tokens.local, local)
    assert np.array_equal(tokens.first, first)
    assert np.array_equal(tokens.hashes, hashes)
    assert np.array_equal(tokens.stems, stems)
    assert len(firsts) == len(tokens)


def test_rare_characters_are_left_to_python() -> None:
    for text in ("the İstanbul of \U00020000 and the", "ΟΔΟΣ of the"):
        tokens = read_tokens(text, load_reference())
        assert tokens.words == tokenize(text)


def test_stems_have_no_plural() -> None:
    tokens = read_tokens("diseases treatments", load_reference())
    assert tokens.stems.tolist() == hash_words([stem("diseases"), stem("treatments")]).tolist()


def _slow_phrases(tokens: Tokens) -> set[str]:
    joined = f" {' '.join(tokens.words)} "
    return {phrase.joined for phrase in load_phrasebook() if phrase.joined in joined}


@given(st.lists(st.sampled_from([*(phrase.joined.strip() for phrase in load_phrasebook()[:30]), "the", "\n", "a."]), max_size=8))
def test_phrases_are_those_that_stand_in_the_text(pieces: list[str]) -> None:
    tokens = read_tokens(" ".join(pieces), load_reference())
    found = {phrase.joined for phrase, _ in find_phrases(tokens)}
    every = _slow_phrases(tokens)
    assert found == {one for one in every if not any(one != other and one in other for other in every)}
