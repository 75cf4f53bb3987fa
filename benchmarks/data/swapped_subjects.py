"""Pages of one template whose subject is swapped throughout, planted in honest text of any language: documents of their own, no rewrites.

The words that a page names most, its beginning included, are replaced by words that another page names most, everywhere and always by
the same; some sentences are another page's. It works by structure alone: which words are function words is told from how many pages hold them.
"""

from __future__ import annotations

import random
import re
from collections import Counter

BEGINNING, NAMED = 120, 3
"""Characters of a page among which a word stands that names its subject, and how many times the page must name it."""
USUAL = 0.2
"""Share of pages from which on a word that they hold names no subject."""
MOST_SUBJECTS, MOST_OWN = 4, 0.6
"""Words that are swapped at most, and share of the sentences that are another page's at most."""
_WORD = re.compile(r"[^\W\d_]{4,}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\s*\n\s*")


def plant_siblings(texts: list[str], count: int, seed: str) -> tuple[list[int], list[str]]:
    """Places of up to ``count`` pages that name a subject, and a sibling of each."""
    chance, usual = random.Random(f"siblings {seed}"), usual_words(texts)
    named = [_subjects(text, usual) for text in texts]
    able = [at for at, words in enumerate(named) if words]
    chosen = chance.sample(able, min(count, len(able)))
    return chosen, [_sibling(at, texts, named, chance.choice(able), chance) for at in chosen]


def usual_words(texts: list[str]) -> set[str]:
    """Words that stand on at least USUAL of the pages."""
    held = Counter(word for text in texts for word in {one.lower() for one in _WORD.findall(text)})
    return {word for word, pages in held.items() if pages >= USUAL * len(texts)}


def _subjects(text: str, usual: set[str]) -> list[str]:
    """Words of the beginning that are named NAMED times and more, the most named first."""
    named = Counter(one.lower() for one in _WORD.findall(text))
    first = dict.fromkeys(one.lower() for one in _WORD.findall(text[:BEGINNING]))
    return sorted((word for word in first if word not in usual and named[word] >= NAMED), key=lambda word: -named[word])


def _sibling(at: int, texts: list[str], named: list[list[str]], other: int, chance: random.Random) -> str:
    wanted = [word for word in named[other] if word not in named[at]] or ["zarkon"]
    swaps = dict(zip(named[at][: chance.randint(1, MOST_SUBJECTS)], wanted, strict=False))

    def swap(found: re.Match[str]) -> str:
        word = found.group()
        put = swaps.get(word.lower(), word)
        return put.capitalize() if word[0].isupper() and put != word else put

    parts = [_WORD.sub(swap, part) for part in _SENTENCE.split(texts[at])]
    foreign, share = _SENTENCE.split(texts[other]), chance.random() * MOST_OWN
    for place in range(1, len(parts)):
        if chance.random() < share:
            parts[place] = chance.choice(foreign)
    return "\n".join(parts)
