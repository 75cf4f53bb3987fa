"""What a corpus says of its own words: whose function words count, and which words are rare in their own language."""

from __future__ import annotations

import pyarrow as pa
import pytest

from corpus_tools.kernels.tokens import FUNCTION, KEPT, hash_word
from corpus_tools.rewrite.languages import LANGUAGES
from corpus_tools.rewrite.sketch import count_vocabulary
from corpus_tools.rewrite.vocabulary import WORD_SLOTS, Vocabulary

FUNCTION_WORDS = {one.name: one.function_words for one in LANGUAGES}


def counted(texts: list[str]) -> Vocabulary:
    ids = pa.array([f"p{at}" for at in range(len(texts))])
    batch = pa.RecordBatch.from_arrays([ids, pa.array(texts, pa.large_string())], names=["page_id", "text"])
    return count_vocabulary(lambda: [batch], len(texts))


def kind(vocabulary: Vocabulary, word: str) -> int:
    return int(vocabulary.kinds[hash_word(word) & (WORD_SLOTS - 1)])


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_few_pages_of_a_language_are_judged_by_their_own_words(language: str) -> None:
    english, other = " ".join(FUNCTION_WORDS["en"]), " ".join(FUNCTION_WORDS[language])
    few = counted([english + " tumour"] * 990 + [other + " nota"] * 9 + [other + " nota selten"])
    own = next(word for word in FUNCTION_WORDS[language] if word not in FUNCTION_WORDS["en"] and word.isascii())
    assert kind(few, own) == kind(few, "the") == FUNCTION
    assert kind(few, "nota") == 0  # ten of a thousand pages, but all that are written in this language
    assert kind(few, "xylograph") == KEPT
    assert few.words[hash_word("nota") & (WORD_SLOTS - 1)] == 200  # as if there were 50 pages of the language
    assert few.words[hash_word("tumour") & (WORD_SLOTS - 1)] == 1000


def test_a_word_that_another_language_uses_as_its_own_is_left_to_it() -> None:
    mixed = counted([" ".join(FUNCTION_WORDS["en"]) + " die"] * 90 + [" ".join(FUNCTION_WORDS["de"])] * 10)
    assert kind(mixed, "die") == 0
    assert kind(mixed, "der") == FUNCTION


def test_the_first_language_has_the_words_that_no_page_holds() -> None:
    empty = counted([])
    assert kind(empty, "the") == FUNCTION
    assert kind(empty, "der") == KEPT


def test_a_stored_vocabulary_is_the_same() -> None:
    made = counted([" ".join(FUNCTION_WORDS["de"])] * 3 + [" ".join(FUNCTION_WORDS["en"])])
    assert Vocabulary.from_batch(made.to_batch()).digest == made.digest
