"""Grammar that word-for-word replacement breaks: a/an, number, and inflections of irregular words.

A spinner that puts ``ailment`` for ``disease`` leaves ``a`` before it; one that inflects by rule writes ``becomed``.
"""

from __future__ import annotations

import re

import numpy as np

from corpus_tools.spam.reference import Reference
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
_SINGULAR = frozenset("a an every".split())
_DETERMINERS = _PLURAL | _SINGULAR
_TELLING = _DETERMINERS | _REGULARISED
_JOINTS = frozenset("/ - – & + = * '".split())
"""After one of these a letter is part of a name or a formula: A/A, vitamin-A."""
_S_ENDS = ("ss", "us", "is", "ics", "ies", "ous", "as", "os")


def grammar_errors(tokens: Tokens, reference: Reference) -> tuple[Array, Array]:
    """Whether each chance for an error is one, int64[n] of 0 and 1, and the token it begins at.

    A chance is a determiner before a word in prose, or an irregular word inflected by rule (always an error). An error counts once.
    """
    places, errors = [], []
    words, prose = tokens.words, tokens.prose
    known = set[tuple[str, str]]()
    telling = np.zeros(len(tokens.numbers), bool)
    telling[[tokens.numbers[word] for word in _TELLING & tokens.numbers.keys()]] = True
    for at in np.flatnonzero(telling[tokens.local] & prose).tolist():
        word = words[at]
        if at and words[at - 1] in _JOINTS:
            continue
        after = words[at + 1] if at + 1 < len(words) else ""
        if (word, after) in known:  # an error that comes back is one error
            continue
        if word in _REGULARISED:
            known.add((word, after))
            places.append(max(at - 1, 0))
            errors.append(1)
        elif word in _DETERMINERS and at + 1 < len(words) and prose[at + 1]:
            places.append(at)
            wrong = _wrong_article(word, after) or _wrong_number(tokens, at, reference)
            errors.append(int(wrong))
            if wrong:
                known.add((word, after))
    return np.array(errors, np.int64), np.array(places, np.int64)


def _wrong_article(article: str, word: str) -> bool:
    """``a`` before a vowel sound or ``an`` before a consonant; False for words that are said both ways or spelled out."""
    if article not in ("a", "an") or len(word) < 4 or word.startswith(_EITHER):
        return False
    vowel = word.startswith(_SILENT_H) or (_VOWEL.match(word) is not None and _LIKE_A_CONSONANT.match(word) is None)
    return vowel != (article == "an")


def _wrong_number(tokens: Tokens, at: int, reference: Reference) -> bool:
    """A determiner before the wrong number of a noun that ends its phrase, where the reference knows only the right one."""
    determiner, word = tokens.words[at], tokens.words[at + 1]
    ends = at + 2 >= len(tokens.words) or not tokens.is_word[at + 2] or bool(reference.is_function[tokens.ids[at + 2]])
    if not ends or len(word) < 4 or not tokens.ids[at + 1]:
        return False
    if determiner in _PLURAL and not word.endswith("s"):
        right = word[:-1] + "ies" if word.endswith("y") and word[-2] not in "aeiou" else word + "s"
    elif determiner in _SINGULAR and word.endswith("s") and not word.endswith(_S_ENDS):
        right = word[:-1]
    else:
        return False
    other = reference.vocabulary.get(right, 0)
    counts = reference.count_pairs(np.array([tokens.ids[at]] * 2), np.array([tokens.ids[at + 1], other]))
    return bool(counts[0] == 0 and counts[1] >= 2)
