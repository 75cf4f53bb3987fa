"""What a page says most often, looked for in the rest of the page that holds it: the compiled form against a plain one."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.match.evidence.echo_kernels import FREQUENT_WORDS, MIN_MENTIONS, measure_echo
from corpus_tools.match.page_word_kernels import CONTENT_WORD, FUNCTION_WORD


def plain_echo(words: list[int], function: set[int], others: list[int], own: list[bool]) -> float:
    counts = Counter(word for word in words if word not in function)
    frequent = sorted((word for word in counts if counts[word] >= MIN_MENTIONS), key=lambda word: (-counts[word], word))[
        :FREQUENT_WORDS
    ]
    rest = {word for word, alone in zip(others, own, strict=True) if alone}
    return sum(word in rest for word in frequent) / len(frequent) if frequent else 1.0


@given(
    st.lists(st.integers(0, 12), max_size=60),
    st.sets(st.integers(0, 12), max_size=4),
    st.lists(st.tuples(st.integers(0, 15), st.booleans()), max_size=40),
)
def test_echo_is_that_of_the_definition(words: list[int], function: set[int], others: list[tuple[int, bool]]) -> None:
    info = np.array([FUNCTION_WORD if word in function else CONTENT_WORD for word in words], np.uint8)
    own = np.array([0 if alone else -1 for _, alone in others], np.int64)
    found = measure_echo(np.array(words, np.uint32), info, np.array([word for word, _ in others], np.uint32), own)
    assert found == plain_echo(words, function, [word for word, _ in others], [alone for _, alone in others])
