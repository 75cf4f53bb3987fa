"""Signs around the wording: title forms, a title about something else, stuffing, repeats, link farms, injected anchors.

No labelled pages of these kinds exist to learn from, so each sign's weight is set by hand in SIGN_WEIGHTS, in log-odds at full
strength, and no single one lifts a page over the default cut. Where a sign starts was chosen on honest pages:
fewer than one in two hundred shows any stuffing, repeats or title about something else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

import numpy as np

from corpus_tools.cut import Cut
from corpus_tools.kernels.lookup import hash_words
from corpus_tools.spam.doorways import masked_names
from corpus_tools.spam.reference import Reference, load_titles
from corpus_tools.spam.sign_kernels import repeated_runs, top_pair
from corpus_tools.spam.tokens import Tokens, stem, tokenize

Found = tuple[str, float, str]
"""Sign, weight in log-odds, passage."""

SIGN_WEIGHTS = {
    "injected_anchor": 1.5,
    "clickbait_title": 1.5,
    "title_about_something_else": 1.5,
    "keyword_stuffing": 1.5,
    "repeated_passage": 1.5,
    "doorway": 1.5,
    "link_farm": 1.0,
    "profile_residue": 0.5,
}
_MORE_ANCHORS = 0.5
_LINK_SHARE = 0.3
_STUFFED_FROM, _STUFFED_TO, _STUFFED_MIN = 0.15, 0.3, 8
_REPEAT, _REPEATED_FROM, _REPEATED_TO = 12, 0.25, 0.6
_MIN_WORDS = 80
_TITLE = 300
_RARE = 2e-4
"""A title word is telling when it is less than this share of all words."""
_RESIDUE_WORDS = (
    "profile photo",
    "profile picture",
    "thanks for reading",
    "please visit",
    "news portal",
    "leave a reply",
    "our homepage",
)
_RESIDUE = re.compile(
    r"\b(?:profile (?:photo|picture)\b|thanks for reading (?:this|our)\b|leave a reply\b|for more (?:on|about) [^\n.!?]{1,60}, please visit\b"
    r"|is an? [^\n.!?]{1,40} news portal\b|visit (?:my|our) homepage\b)[^\n]{0,80}",
    re.I,
)


def page_signs(tokens: Tokens, title: str | None, cuts: Sequence[Cut], reference: Reference) -> Iterator[Found]:
    """What a page shows beside its wording. Each find has a positive weight and the passage that shows it."""
    yield from _cut_signs(cuts, len(tokens.text))
    if title:
        yield from _title_signs(title[:_TITLE], tokens, reference)
    yield from _stuffing(tokens, reference)
    yield from _repeats(tokens)
    low = tokens.text.lower()
    residue = _RESIDUE.search(tokens.text) if any(words in low for words in _RESIDUE_WORDS) else None
    if residue:
        yield "profile_residue", SIGN_WEIGHTS["profile_residue"], residue[0].strip()


def doorway_sign(text: str, pages: int) -> list[Found]:
    """A page of a doorway template that ``pages`` pages share."""
    return [
        ("doorway", SIGN_WEIGHTS["doorway"], f"the same text stands on {pages} pages with other names; here: {masked_names(text)}")
    ]


def _cut_signs(cuts: Sequence[Cut], n_kept: int) -> Iterator[Found]:
    anchors = [cut.passage for cut in cuts if cut.kind == "injected_anchor"]
    for at, passage in enumerate(anchors[:4]):
        yield "injected_anchor", SIGN_WEIGHTS["injected_anchor"] if at == 0 else _MORE_ANCHORS, passage
    farms = [cut.passage for cut in cuts if cut.kind == "link_farm"]
    share = sum(map(len, farms)) / max(n_kept + sum(len(cut.passage) for cut in cuts), 1)
    if share > _LINK_SHARE:
        strength = (share - _LINK_SHARE) / (1 - _LINK_SHARE)
        yield "link_farm", SIGN_WEIGHTS["link_farm"] * strength, max(farms, key=len)


@cache
def _title_forms() -> re.Pattern[str]:
    return re.compile("|".join(load_titles()))


@lru_cache(1 << 12)
def _is_mill_title(folded: str) -> bool:
    return _title_forms().search(folded) is not None


def _title_signs(title: str, tokens: Tokens, reference: Reference) -> Iterator[Found]:
    folded = title.lower().replace("’", "'")
    if _title_forms().search(folded):
        yield "clickbait_title", SIGN_WEIGHTS["clickbait_title"], title
    share = missing_share(folded, tokens, reference)
    if share > 0.5:
        yield "title_about_something_else", SIGN_WEIGHTS["title_about_something_else"] * (share - 0.5) * 2, title


def missing_share(title: str, tokens: Tokens, reference: Reference) -> float:
    """Share 0..1 of the title's telling words, weighted by rarity, of which the body has no trace; 0 when unsure.

    Words agree by their first eight letters without a plural's s. Unsure means
    fewer than _MIN_WORDS words of prose, or fewer than two telling words in the title.
    """
    if int(tokens.prose.sum()) < _MIN_WORDS:
        return 0.0
    telling = {stem(word): _weight(word, reference) for word in tokenize(_TITLE_FORM_WORDS.sub(" ", title)) if len(word) > 2}
    telling = {word: weight for word, weight in telling.items() if weight > 0}
    if len(telling) < 2:
        return 0.0
    there = (tokens.stems == hash_words(telling)[:, None]).any(1).tolist()
    missing = sum(weight for weight, found in zip(telling.values(), there, strict=True) if not found)
    return missing / sum(telling.values())


_TITLE_FORM_WORDS = re.compile(
    r"\b(?:second|trick|guide|secrets?|facts?|things|ways|tips|ultimate|definitive|know|should|revealed)\b"
)


@lru_cache(1 << 16)
def _weight(word: str, reference: Reference) -> float:
    if not word[0].isalpha():
        return 0.0
    share = (int(reference.counts[reference.vocabulary.get(word, 0)]) + 1) / reference.total
    return math.log(_RARE / share) if share < _RARE else 0.0


def _stuffing(tokens: Tokens, reference: Reference) -> Iterator[Found]:
    """A content pair that makes up an unnatural share of all words."""
    n_words = int(tokens.is_word.sum())
    if n_words < _MIN_WORDS:
        return
    often, at = top_pair(tokens.local, tokens.is_word & ~reference.is_function[tokens.ids])
    share = 2 * often / n_words
    if share > _STUFFED_FROM and often >= _STUFFED_MIN:
        strength = min(1.0, (share - _STUFFED_FROM) / (_STUFFED_TO - _STUFFED_FROM))
        yield "keyword_stuffing", SIGN_WEIGHTS["keyword_stuffing"] * strength, tokens.passage(at, at + 1, around=0)


def _repeats(tokens: Tokens) -> Iterator[Found]:
    """Runs of _REPEAT words that came before on the page, as a share of all such runs."""
    places = np.flatnonzero(tokens.is_word)
    if len(places) < _MIN_WORDS:
        return
    repeats, at = repeated_runs(tokens.local[places], _REPEAT)
    share = repeats / (len(places) - _REPEAT + 1)
    if share > _REPEATED_FROM:
        strength = min(1.0, (share - _REPEATED_FROM) / (_REPEATED_TO - _REPEATED_FROM))
        passage = tokens.passage(int(places[at]), int(places[at + _REPEAT - 1]), around=0)
        yield "repeated_passage", SIGN_WEIGHTS["repeated_passage"] * strength, passage
