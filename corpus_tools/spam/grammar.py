"""Grammar that word-for-word replacement breaks: a/an, number, and inflections of irregular words.

A spinner that puts ``ailment`` for ``disease`` leaves ``a`` before it; one that inflects by rule writes ``becomed``.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from corpus_tools.kernels.lookup import Lookup
from corpus_tools.spam.reference import Reference
from corpus_tools.spam.sign_kernels import find_determiners
from corpus_tools.spam.token_kernels import values_of
from corpus_tools.spam.tokens import Array, Tokens

_VOWEL = re.compile(r"[aeiou]")
_SILENT_H = ("hour", "honest", "honor", "honour", "heir")
_LIKE_A_CONSONANT = re.compile(r"uni(?!n|m)|use|usu|uti|eu|one\b|once\b|ura|ubiq|ute|ufo|uk|us\b|ou?ija")
_EITHER = ("herb", "histor", "hotel", "hyster", "habitual", "uri", "ure", "uro", "x")
_REGULARISED = frozenset(
    "becomed begined breaked bringed builded buyed catched choosed comed dealed drinked drived eated falled feeled finded gived "
    "goed growed haved heared holded keeped knowed leaded leaved losed maked meaned meeted runned seeked selled sended "
    "shaked sitted speaked spended standed stealed stinged swimmed taked teached telled thinked throwed understanded weared winned "
    "writed getted forgetted arised childs mans womans foots tooths mouses oxs diagnosises hypothesises crisises".split()
)
_PLURAL = frozenset("these those many several few both various numerous".split())
_JOINTS = frozenset("/ - – & + = * '".split())
"""After one of these a letter is part of a name or a formula: A/A, vitamin-A."""
_BY_RULE, _A, _AN, _ONE, _MANY, _JOINT = 1, 3, 4, 5, 6, 2
"""What a word that is looked at is: inflected by rule, one of the determiners, a joint."""
_MOST_KNOWN = 1 << 16
"""Determiners with their words that are remembered."""
_S_ENDS = ("ss", "us", "is", "ics", "ies", "ous", "as", "os")


def grammar_errors(tokens: Tokens, reference: Reference) -> tuple[Array, Array]:
    """Whether each chance for an error is one, int64[n] of 0 and 1, and the token it begins at.

    A chance is a determiner before a word in prose, or an irregular word inflected by rule (always an error). An error counts once.
    """
    if not len(tokens):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    looked_at = values_of(tokens.hashes, *_looked_at().arrays)
    at, here, ends = find_determiners(
        looked_at, tokens.local, tokens.ids, tokens.prose, tokens.is_word, reference.is_function, _JOINT, _A
    )
    if not len(at):
        return at, at
    hashes = tokens.hashes[tokens.local[np.minimum([at, at + 1], len(tokens) - 1)]]
    pairs = list(zip(*hashes.tolist(), ends.tolist(), strict=True))
    known = set[tuple[int, int]]()
    places, errors = [], []
    if _BY_RULE not in (kinds := here.tolist()) and {False}.issuperset(map(reference.errors.get, pairs)):
        return np.zeros(len(at), np.int64), at  # nearly all pages
    for place, kind, pair in zip(at.tolist(), kinds, pairs, strict=True):
        if pair[:2] in known:  # an error that comes back is one error
            continue
        wrong = kind == _BY_RULE or _is_wrong(tokens, place, kind, pair, reference)
        places.append(max(place - 1, 0) if kind == _BY_RULE else place)
        errors.append(int(wrong))
        if wrong:
            known.add(pair[:2])
    return np.array(errors, np.int64), np.array(places, np.int64)


def _is_wrong(tokens: Tokens, place: int, kind: int, pair: tuple[int, int, bool], reference: Reference) -> bool:
    """Whether a determiner does not go with the word after it; ``pair`` is all that this depends on."""
    wrong = reference.errors.get(pair)
    if wrong is None:
        word = tokens.word(place + 1)
        wrong = _wrong_article(kind, word) or (pair[2] and _wrong_number(tokens, place, kind, word, reference))
        if len(reference.errors) >= _MOST_KNOWN:
            reference.errors.clear()
        reference.errors[pair] = wrong
    return wrong


@cache
def _looked_at() -> Lookup:
    """The words that are looked at, for kernels."""
    kinds = dict.fromkeys(_REGULARISED, _BY_RULE) | dict.fromkeys(_PLURAL, _MANY) | {"a": _A, "an": _AN, "every": _ONE}
    return Lookup.of(kinds | dict.fromkeys(_JOINTS, _JOINT), np.int64)


def _wrong_article(article: int, word: str) -> bool:
    """``a`` before a vowel sound or ``an`` before a consonant; False for words that are said both ways or spelled out."""
    if article not in (_A, _AN) or len(word) < 4 or word.startswith(_EITHER):
        return False
    vowel = word.startswith(_SILENT_H) or (_VOWEL.match(word) is not None and _LIKE_A_CONSONANT.match(word) is None)
    return vowel != (article == _AN)


def _wrong_number(tokens: Tokens, at: int, determiner: int, word: str, reference: Reference) -> bool:
    """A determiner before the wrong number of a noun that ends its phrase, where the reference knows only the right one."""
    if len(word) < 4:
        return False
    if determiner == _MANY and not word.endswith("s"):
        right = word[:-1] + "ies" if word.endswith("y") and word[-2] not in "aeiou" else word + "s"
    elif determiner != _MANY and word.endswith("s") and not word.endswith(_S_ENDS):
        right = word[:-1]
    else:
        return False
    other = reference.vocabulary.get(right, 0)
    counts = reference.count_pairs(np.array([tokens.ids[at]] * 2), np.array([tokens.ids[at + 1], other]))
    return bool(counts[0] == 0 and counts[1] >= 2)
