"""What each line of a page may be, from one pass over its text, so that a rule looks only at the lines that may be what it is about.

A sign is a reason to look, never to cut: what a rule says of a line it says by its own patterns. So lines without a sign
can be left out, and with ``signs`` of None a rule looks at all lines and finds the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from corpus_tools.clean.blocks.block_text import characters
from corpus_tools.clean.lines import sign_kernels as of_sign
from corpus_tools.clean.lines.injected import injected_words
from corpus_tools.clean.lines.lexicon import load_lexicon
from corpus_tools.clean.lines.notice_model import load_notice_model
from corpus_tools.cut import EDGE_PUNCTUATION, MarkedPage
from corpus_tools.kernels.lookup import Lookup

_WORD = re.compile(r"\w+")
COMMENT_WORDS = """comment comments response responses reply replies thought thoughts kommentar kommentare antworten commentaire commentaires
reponse reponses réponse réponses comentario comentarios respuesta respuestas""".split()
"""What is counted before and after a comment section."""
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class LineSigns:
    """What lines may be: bits of ``sign_kernels``, for the lines that have any."""

    bits: dict[int, int]

    def lines(self, bits: int) -> list[int]:
        """Numbers of the lines that have one of ``bits``, in order."""
        return [number for number, held in self.bits.items() if held & bits]

    def is_sure(self, number: int) -> bool:
        """Whether what is told of a line's words is certain."""
        return self.bits.get(number) != of_sign.EVERY


def lines_of(page: MarkedPage, signs: LineSigns | None, bits: int) -> Sequence[int]:
    """Numbers of the lines a rule has to look at: those with one of ``bits``, or all."""
    return range(len(page.folded)) if signs is None else signs.lines(bits)


@dataclass(frozen=True)
class WordList:
    """Words that rules ask for, and what words and lines are signs of."""

    words: tuple[str, ...]
    signs: tuple[str, ...]
    """Those of them that are no words to a kernel."""
    lookup: Lookup
    heads: Lookup
    marks: npt.NDArray[np.int64]
    every: frozenset[str]

    @staticmethod
    def of(words: Iterable[str], told: Iterable[tuple[str, int]] = (), heads: Iterable[tuple[str, int]] = ()) -> WordList:
        """Words to look for; ``told``: words with what they are signs of; ``heads``: whole lines with the same."""
        every = frozenset(words)
        listed = tuple(sorted(word for word in every if _WORD.fullmatch(word)))
        values = {word: place for place, word in enumerate(listed, 1)}
        marks = set()
        for word, bits in told:
            if _LETTERS.fullmatch(word):
                values[word] = values.get(word, 0) | bits << of_sign.PLACE_BITS
            else:
                marks.add(ord(word))
        whole: dict[str, int] = {}
        for head, bits in heads:
            whole[head] = whole.get(head, 0) | bits
        signs = tuple(sorted(every.difference(listed)))
        return WordList(listed, signs, _table(values), _table(whole), np.array(sorted(marks), np.int64), every)


def _table(values: dict[str, int]) -> Lookup:
    return Lookup.of(values or {"\n": 0}, np.int64)


def read_signs(page: MarkedPage, known: WordList) -> tuple[set[str], LineSigns]:
    """Those of ``page_words`` that are listed, and what the lines may be."""
    seen = np.zeros(len(known.words), np.bool_)
    text = np.frombuffer(page.data, np.uint8)
    tables = known.lookup.arrays, known.heads.arrays
    numbers, bits, believed = of_sign.read_lines(text, characters(), _edges(), known.marks, *tables, seen)
    signs = LineSigns(dict(zip(numbers.tolist(), bits.tolist(), strict=True)))
    if not believed:
        return page_words(page) & known.every, signs
    found = set(map(known.words.__getitem__, seen.nonzero()[0].tolist()))
    found.update(sign for sign in known.signs if sign in page.text and (sign == "©" or sign in page.text.split()))
    return found, signs


def page_words(page: MarkedPage) -> set[str]:
    """Distinct folded words of a page, also those glued to others by punctuation."""
    words = set(page.text.split())
    words.update(_WORD.findall(" ".join([word for word in words if not word.isalnum()])))
    if "©" in page.text:
        words.add("©")
    return words


@cache
def _edges() -> npt.NDArray[np.int64]:
    return np.array([ord(char) for char in EDGE_PUNCTUATION if char not in " _"], np.int64)


@cache
def asked_for(languages: tuple[str, ...]) -> WordList:
    """All words that the rules of some languages look for; what begins a line is told of the last, the page's own."""
    lexicons = [load_lexicon(language) for language in languages]
    cues = load_notice_model().cues
    anchors = {anchor for lexicon in lexicons for anchor in lexicon.anchors}
    captions = {words[0] for cue in lexicons[-1].words["profile_cues"] if (words := _WORD.findall(cue))}
    told = [(cue, of_sign.CUE) for cue in sorted(cues)]
    own = lexicons[-1].words
    within = {
        of_sign.DATE: [*own["date_words"], *own["weekdays"], *own["date_cues"], *own["months"], "t", "z"],
        of_sign.SHARE: own["share_words"],
    }
    beginnings = {
        of_sign.OPENS: [*own["date_cues"], *own["byline_cues"]],
        of_sign.LEAD: own["date_cues"],
        of_sign.TEASER: [*own["related_openers"], *own["related_loose"]],
    }
    told += [(word, bit) for bit, phrases in within.items() for phrase in phrases for word in _LETTERS.findall(phrase)]
    for bit, phrases in beginnings.items():
        told += [(words[0], bit) for phrase in phrases if (words := _LETTERS.findall(phrase))]
    heads = [(label, of_sign.LABEL) for lexicon in lexicons for label in lexicon.labels]
    lists = {
        of_sign.RELATED: ("related_openers", "related_loose"), of_sign.COMMENTS: ("comment_openers",),
        of_sign.REFERENCES: ("reference_openers",), of_sign.DISCLAIMER: ("disclaimer_openers",),
    }  # fmt: skip
    heads += [(head, bit) for bit, names in lists.items() for name in names for head in own[name]]
    told += [(words[0], of_sign.HEAD_WORD) for head, _ in heads if (words := _LETTERS.findall(head))]
    told += [(word, of_sign.COUNT) for word in COMMENT_WORDS]
    return WordList.of(anchors | cues | captions | injected_words(lexicons[0]), told, heads)
