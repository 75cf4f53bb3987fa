"""Planted pages that change little by little: rolling lists and archive captures of one page."""

from __future__ import annotations

import random
from typing import Any

from benchmarks.data.planted_words import fill, invent, more_text

Page = dict[str, Any]


def rolling_lists(lists: int, chance: random.Random, length: int = 20) -> list[list[Page]]:
    """Captures of ``lists`` lists of ``length`` items, 18 and 19 captures by turns; each drops the oldest item and adds one."""
    found = []
    for number in range(lists):
        captures, host, head = (
            18 + number % 2,
            f"www.{invent(chance, 3).lower()}.example",
            fill("{service} in {name}, latest first", chance),
        )
        low, high = chance.choice(((6, 14), (12, 24), (20, 40)))
        items = [f"{invent(chance)}. {more_text(chance.randint(low, high), chance)}" for _ in range(length + captures)]
        newest_first = number % 2 == 0
        pages = []
        for at in range(captures):
            shown = items[at : at + length][:: -1 if newest_first else 1]
            pages.append({"text": "\n".join([head, *shown]), "title": head, "url": f"https://{host}/list", "site": host})
        found.append(pages)
    return found


def archive_captures(count: int, chance: random.Random, captures: int = 60, length: int = 40) -> list[list[Page]]:
    """``count`` pages of ``length`` sentences, ``captures`` captures of each; about one sentence changes between two."""
    found = []
    for _ in range(count):
        host, title = f"www.{invent(chance, 3).lower()}.example", fill("{service} for {who} in {name}", chance)
        sentences = [more_text(8, chance) for _ in range(length)]
        dated, pages = chance.random() < 0.5, []
        for _ in range(captures):
            foot = fill("Captured on {small} {month} {year}", chance) if dated else "End of page"
            lines = [" ".join(sentences[part : part + 5]) for part in range(0, length, 5)]
            pages.append({"text": "\n".join([title, *lines, foot]), "title": title, "url": f"https://{host}/page", "site": host})
            for _ in range(chance.choice((0, 1, 1, 1, 2))):
                sentences[chance.randrange(length)] = more_text(8, chance)
        found.append(pages)
    return found
