"""Article spinners for the benchmarks: synonyms put for words, sentences moved; and translation to another language and back.

The translator is Debian's (``apt-get install apertium-eng-spa apertium-eng-cat``). Synonyms come from ``synonyms``.
"""

from __future__ import annotations

import random
import re
import subprocess
from dataclasses import dataclass

from benchmarks.data.synonyms import Synonyms, inflected

FUNCTION_WORDS = frozenset(
    "a about above after all also although am an and any are as at be because been before being below between both but by can "
    "cannot could did do does doing down during each few for from further had has have having he her here hers him his how i if in "
    "into is it its itself just me more most my no nor not now of off on once only or other our out over own same she should so "
    "some such than that the their them then there these they this those through to too under until up very was we were what when "
    "where which while who whom why will with would you your may might must shall upon".split()
)
_FUNCTION_SWAPS = {
    "and": ("as well as", "along with", "plus"),
    "but": ("yet", "however"),
    "also": ("additionally", "likewise"),
    "can": ("may", "is able to"),
    "may": ("can", "might"),
    "because": ("since", "as"),
    "in": ("within", "inside"),
    "on": ("upon",),
    "of": ("from", "belonging to"),
    "for": ("intended for", "meant for"),
    "with": ("alongside", "together with"),
    "is": ("remains", "happens to be"),
    "are": ("remain", "tend to be"),
    "the": ("this", "that"),
    "a": ("one", "the"),
    "that": ("which",),
    "which": ("that",),
    "or": ("or perhaps", "as well as"),
    "by": ("via", "through"),
    "from": ("out of",),
    "to": ("in order to", "towards"),
    "this": ("the", "that"),
    "these": ("the", "those"),
    "has": ("possesses",),
    "have": ("possess",),
    "not": ("never",),
    "when": ("whenever", "once"),
    "most": ("the majority of",),
    "some": ("certain",),
    "other": ("further",),
    "than": ("compared with",),
    "about": ("around", "roughly"),
    "they": ("these", "such people"),
    "it": ("this",),
}


@dataclass(frozen=True)
class Recipe:
    """How hard a page is spun: shares of words and sentences, 0..1."""

    rate: float = 0.5
    function_rate: float = 0.05
    reorder: str = "light"
    drop: float = 0.0
    boilerplate: bool = True


_BOILERPLATE = (
    "Thanks for reading this post on our wellness blog.",
    "Do not forget to share this article with your friends and family.",
    "Subscribe to our weekly newsletter for more health tips.",
    "This website is for general information only and is no substitute for medical advice.",
    "Read also our guide to healthy living.",
    "Leave a comment below and tell us what you think.",
    "We use cookies to give you the best experience on our website.",
    "All rights reserved by the editorial team.",
    "Click here to learn more about our natural products.",
    "Welcome back to our site, where health comes first.",
    "Follow us on social media for daily updates.",
    "Ask your doctor before you try anything new.",
)
_FILLERS = ("basically", "in fact", "actually", "of course", "in general", "as a rule")
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(\"])|\s*\n\s*|\s{3,}")


def sentences(text: str) -> list[str]:
    """The page's sentences and headings, in order."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def spin(text: str, synonyms: Synonyms, recipe: Recipe, seed: str) -> str:
    """A spun version of ``text``; the same ``seed`` gives the same page."""
    rng = random.Random(f"{seed}|{synonyms.name}|{recipe}")
    parts = [part for part in sentences(text) if rng.random() >= recipe.drop]
    return lay_out([spin_sentence(part, synonyms, recipe, rng) for part in reorder(parts, recipe.reorder, rng)], recipe, rng)


def translate_and_back(texts: list[str], language: str, recipe: Recipe, seeds: list[str]) -> list[str]:
    """Spun versions of ``texts`` by machine translation from English and back (Apertium; ``language`` as in its mode eng-LANGUAGE).

    Recipe's rates are of no consequence: every sentence is translated. All texts go through the translator at once.
    """
    chances = [random.Random(f"{seed}|{language}|{recipe}") for seed in seeds]
    pages = [
        reorder([part for part in sentences(text) if rng.random() >= recipe.drop], recipe.reorder, rng)
        for text, rng in zip(texts, chances, strict=True)
    ]
    lines = "".join(" ".join(part.split()) + "\n" for parts in pages for part in parts)
    for mode in (f"eng-{language}", f"{language}-eng"):
        lines = subprocess.run(["apertium", "-u", mode], input=lines, capture_output=True, text=True, check=True).stdout
    told = lines.splitlines()
    if len(told) != sum(map(len, pages)):
        raise RuntimeError(f"apertium gave back {len(told)} lines of {sum(map(len, pages))}")
    back = iter(told)
    return [lay_out([next(back) for _ in parts], recipe, rng) for parts, rng in zip(pages, chances, strict=True)]


def lay_out(parts: list[str], recipe: Recipe, rng: random.Random) -> str:
    """Sentences as a page, with boilerplate if the recipe asks for it."""
    if recipe.boilerplate:
        extra = rng.sample(_BOILERPLATE, 5)
        parts = [*extra[:2], *parts, *extra[2:]]
    return "\n".join(" ".join(parts[start : start + 4]) for start in range(0, len(parts), 4))


def reorder(parts: list[str], how: str, rng: random.Random) -> list[str]:
    """Sentences in another order: ``light`` swaps neighbours, ``heavy`` moves them anywhere."""
    if how == "light":  # neighbours change places
        for place in range(len(parts) - 1):
            if rng.random() < 0.2:
                parts[place], parts[place + 1] = parts[place + 1], parts[place]
    elif how == "heavy":  # sentences move anywhere within blocks of twenty
        blocks = [parts[start : start + 20] for start in range(0, len(parts), 20)]
        rng.shuffle(blocks)
        for block in blocks:
            rng.shuffle(block)
        parts = [part for block in blocks for part in block]
    return parts


def spin_sentence(sentence: str, synonyms: Synonyms, recipe: Recipe, rng: random.Random) -> str:
    """A sentence with words swapped."""
    words = _WORD.findall(sentence)
    wanted = _chosen(words, synonyms, recipe, rng)
    count = -1

    def swap(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        choices = wanted.get(count)
        return _as_cased(rng.choice(choices), found.group()) if choices else found.group()

    spun = _WORD.sub(swap, sentence)
    if synonyms.name == "everyday":
        if rng.random() < 0.15 * recipe.rate * 2 and spun:
            spun = f"{rng.choice(_FILLERS).capitalize()}, {spun[0].lower()}{spun[1:]}"
        head, comma, tail = spun.partition(", ")
        if comma and len(head) > 25 and len(tail) > 25 and rng.random() < recipe.rate / 2:
            spun = f"{tail.rstrip('.').capitalize()}, {head[0].lower()}{head[1:]}."
    return spun


def _chosen(words: list[str], synonyms: Synonyms, recipe: Recipe, rng: random.Random) -> dict[int, tuple[str, ...]]:
    content = [place for place, word in enumerate(words) if word.lower() not in FUNCTION_WORDS and len(word) > 1]
    can = {place: inflected(synonyms, words[place].lower()) for place in content if not words[place].isupper()}
    able = [place for place in content if can.get(place)]
    wanted = rng.sample(able, min(len(able), round(recipe.rate * len(content) + rng.random() - 0.5)))
    chosen = {place: can[place] for place in wanted}
    for place, word in enumerate(words):
        if word.lower() in _FUNCTION_SWAPS and rng.random() < recipe.function_rate:
            chosen[place] = _FUNCTION_SWAPS[word.lower()]
    return chosen


def _as_cased(word: str, like: str) -> str:
    return word[0].upper() + word[1:] if like[0].isupper() else word
