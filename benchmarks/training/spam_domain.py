"""Finds the words that tell health pages from others, so that the spam score judges the wording of health pages alone.

    python -m benchmarks.training.spam_domain --data DATA

A word is of the field if a larger share of health pages than of other pages holds it, RATIO times at least. Of every set only the
pages that ``phrasebook.is_learned`` names are read; the shares of pages that pass ``domain.MIN_SHARE`` are printed for the others.
Rewrites ``corpus_tools/spam/data/domain.txt``.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from benchmarks.training.phrasebook import SETS, honest_texts, is_learned
from corpus_tools.spam.domain import FILE, MIN_SHARE, domain_share, load_domain
from corpus_tools.spam.reference import load_reference
from corpus_tools.spam.tokens import read_tokens

HEALTH, OTHER = ("medquad", "cochrane"), ("wcxb", "rewrites")
"""Sets of health pages, and of pages of all fields."""
RATIO, DOUBT, MIN_HEALTH, MAX_OTHER = 2.0, 0.002, 0.002, 0.1
"""How many times as many health pages hold a word of the field; what is added to both shares; the least share of health pages, and
the largest of others."""


def count_words(data: Path, names: tuple[str, ...]) -> Counter[str]:
    """Mean share over the sets of the pages that hold each word."""
    shares = Counter[str]()
    for name in names:
        pages = [
            dict.fromkeys(read_tokens(text, load_reference()).words) for one, text in honest_texts(data, name) if is_learned(one)
        ]
        counts = Counter(word for page in pages for word in page if word[0].isalpha())
        for word, count in counts.items():
            shares[word] += count / len(pages) / len(names)  # type: ignore[assignment]
    return shares


def find_words(data: Path) -> list[str]:
    """The words of the field, sorted."""
    health, other = count_words(data, HEALTH), count_words(data, OTHER)

    def tells(word: str) -> bool:
        often = health[word] >= MIN_HEALTH and other[word] < MAX_OTHER
        return often and health[word] + DOUBT >= RATIO * (other[word] + DOUBT)

    return sorted(word for word in health if tells(word))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    words = find_words(data)
    FILE.write_text("\n".join(words) + "\n", encoding="utf-8")
    load_domain.cache_clear()
    print(f"{len(words):,} words")
    for name in SETS:
        texts = [text for one, text in honest_texts(data, name) if not is_learned(one)]
        judged = sum(domain_share(read_tokens(text, load_reference())) >= MIN_SHARE for text in texts)
        print(f"{name:10} {judged / len(texts):6.1%} of {len(texts):,} pages are judged")


if __name__ == "__main__":
    main()
