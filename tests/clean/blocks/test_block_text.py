"""Words counted and looked up by compiled code are those that Python finds."""

from __future__ import annotations

from collections import Counter

from hypothesis import example, given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.clean.blocks.block_text import (
    BlockText,
    count_block_copies,
    count_block_words,
    find_words,
    read_block_text,
    score_forms,
    short_text,
)
from corpus_tools.clean.blocks.text_kernels import FEW, MANY
from corpus_tools.clean.html.arrays import PageArrays
from corpus_tools.clean.html.blocks import Block, Node
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.kernels.lookup import Lookup, hash_words

WORDS = """Word word WORD wOrd x X 1 12 3rd 2024 a1b2 ½ ² ٣٤ ૧ ǅ ǆ ΑΣ Σ ς İstanbul ﬁ ß ẞ Ⓐ ⅷ Ⅷ é É e\u0301 日本語 。 ！ 😀 a_b _ $ € £5
    $9 … . , ! ? | › » ( ) - ' ’ K Å Ꭰ ꭰ Ა ა Ⴀ ⴀ 𐐀 𐐨 ªº ᾈ ᾀ January Jan cart comment more""".split()
PIECES = st.sampled_from([*WORDS, "\u00a0", "\n", "\u200b", "\ud800", " ", ". ", "? ", "! ", "!! "])
TEXTS = st.one_of(st.lists(PIECES, min_size=1, max_size=30).map("".join), st.lists(PIECES, min_size=1, max_size=120).map(" ".join))
BLOCKS = st.lists(st.one_of(TEXTS, st.text(min_size=1, max_size=80)), min_size=1, max_size=8)
SCORES = {"word": 0.1, "0": -0.25, "0rd": 3.3, "日本語": 2.5, "é": 1.7, "$": 0.7, "k": -1.1, "more": 0.3, "i̇stanbul": 0.9, "": 5.0}
UNKNOWN = -9.0


def made(texts: list[str]) -> HtmlPage:
    page = HtmlPage()
    page.nodes, page.first, page.last = [Node(1, -1, 0, 0, "")], [0], [len(texts)]
    page.blocks = [Block(text, 0, 0, 0, 0, 0, 0) for text in texts]
    page.texts = texts
    return HtmlPage(page.head, PageArrays.of(page.nodes, page.first, page.last, page.blocks))


def read(texts: list[str]) -> BlockText:
    page = made(texts)
    page.texts = texts
    return read_block_text(page)


def hashes(found: BlockText, block: int, column: str) -> list[int]:
    at = int(found.start[block])
    return getattr(found, column)[at : at + int(found.tokens[block])].tolist()


@settings(max_examples=examples(300))
@given(BLOCKS)
@example(["x"])
@example(["ΑΣ Σα", "İ", "ǅungla ǅ", "ⒶⒷ ⓐ Ⅷ", "1²½٣ 12٣4", "Ꭰꭰ Ꭰ"])
@example(["word " * 41, "word " * 40, " ".join(f"w{i}" for i in range(81)), "x" * 59, "x" * 60])
def test_blocks_are_read_as_python_reads_them(texts: list[str]) -> None:
    found = read(texts)
    for block, text in enumerate(texts):
        words = find_words(text)
        assert found.counts[block].tolist() == count_block_words(text, words)
        assert hashes(found, block, "low") == hash_words([word.lower() for word in words]).tolist()
        assert hashes(found, block, "scored") == hash_words(score_forms(words)).tolist()
        assert found.whole[block] == (hash_words([short_text(text)])[0] if len(text) < 60 else 0)


@settings(max_examples=examples(150))
@given(BLOCKS, st.sets(PIECES), st.sets(PIECES))
def test_words_are_looked_up(texts: list[str], first: set[str], second: set[str]) -> None:
    found = read(texts)
    bits, known = found.bits(Lookup.of({"more": 1, "cart": 6, "€": 8}, "int64")), found.known(first, second)
    of_text = found.text_scores(Lookup.of(SCORES, float), UNKNOWN)
    for block, text in enumerate(texts):
        words = find_words(text)
        low = {word.lower() for word in words}
        expected = ("more" in low) | 6 * ("cart" in low) | 8 * ("€" in low)
        assert bits[block] == (expected if len(words) <= FEW else 0)
        different = low if len(words) <= MANY else set()
        assert known[block].tolist() == (len(different), len(different & first), len(different & second))
        assert of_text[block] == (SCORES.get(short_text(text), UNKNOWN) if len(text) < 60 else UNKNOWN)


@settings(max_examples=examples(60))
@given(st.lists(st.sampled_from(["a", "b", "ab", "a b", "é"]), min_size=1, max_size=40))
def test_copies_are_counted_in_order(texts: list[str]) -> None:
    given = made(texts).arrays
    copies = count_block_copies(given.data, given.start, given.end)
    total, seen = Counter(texts), Counter[str]()
    for text, (all_of_it, before) in zip(texts, zip(*map(list, copies), strict=True), strict=True):
        assert (all_of_it, before) == (total[text], seen[text])
        seen[text] += 1
