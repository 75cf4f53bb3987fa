"""What a corpus says of its words: whose function words count."""

from __future__ import annotations

import pyarrow as pa
import pytest

from corpus_tools.kernels.tokens import hash_word
from corpus_tools.rewrite.sketch import count_vocabulary
from corpus_tools.rewrite.vocabulary import FUNCTION_WORDS, WORD_SLOTS, Vocabulary, spoken_languages


def counted(texts: list[str]) -> Vocabulary:
    ids = pa.array([f"p{at}" for at in range(len(texts))])
    batch = pa.RecordBatch.from_arrays([ids, pa.array(texts, pa.large_string())], names=["page_id", "text"])
    return count_vocabulary(lambda: [batch], len(texts))


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_a_language_counts_where_it_is_written(language: str) -> None:
    english, other = " ".join(FUNCTION_WORDS["en"]), " ".join(FUNCTION_WORDS[language])
    few, many = counted([english] * 100 + [other]), counted([english] * 90 + [other] * 10)
    assert spoken_languages(few.words, few.documents) == ["en"]
    assert spoken_languages(many.words, many.documents) == ["en", language]
    own = next(word for word in FUNCTION_WORDS[language] if word not in FUNCTION_WORDS["en"])
    assert many.kinds[hash_word(own) & (WORD_SLOTS - 1)] == 1
    assert few.kinds[hash_word(own) & (WORD_SLOTS - 1)] != 1


def test_no_documents_speak_english() -> None:
    empty = counted([])
    assert spoken_languages(empty.words, empty.documents) == ["en"]
