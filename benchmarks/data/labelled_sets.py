"""The labelled sets that duplicates are judged on: revisions, template pages with planted revisions, made templates.

Every set is a frame with page_id, text and ``truth`` (pages with the same value are the same document), and the pairs to
leave out of account. All that is made is made from a fixed seed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

SEED = 7
Edit = Callable[[str, random.Random], str]


@dataclass(frozen=True)
class LabelledSet:
    """``pages`` has page_id, text, truth and, for planted pages, ``edit`` and ``source``; ``ignored`` has left and right."""

    name: str
    pages: pl.DataFrame
    files: tuple[Path, ...] = ()
    ignored: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"left": pl.String, "right": pl.String}))


def load_revisions(data: Path, *, addressed: bool = False) -> LabelledSet:
    """Revisions of the pages of one site; pairs that could be called either way are ignored.

    With ``addressed`` every page has its address (url), as in a crawl; else texts alone are known.
    """
    folder = data / "vagov"
    address = {"url": "https://www.va.gov/" + pl.col("path")} if addressed else {}
    pages = pl.read_parquet(folder / "pages.parquet").select(page_id="id", text="text", truth="cluster", **address)
    ignored = pl.read_parquet(folder / "ambiguous_pairs.parquet").select(
        left=pl.min_horizontal("a", "b"), right=pl.max_horizontal("a", "b")
    )
    name = "revisions, with addresses" if addressed else "revisions"
    return LabelledSet(name, pages, (folder / "pages.parquet", folder / "ambiguous_pairs.parquet"), ignored)


def load_templates(data: Path, planted: int = 1100) -> LabelledSet:
    """Pages about diseases, many of one template, and ``planted`` revisions of them, an equal number by each of ``EDITS``.

    Truth is the disease (its name in lower case).
    """
    path = data / "medquad" / "pages.parquet"
    base = pl.read_parquet(path).select(page_id="id", text="text", truth=pl.col("focus").str.to_lowercase())
    return LabelledSet("templates", pl.concat([base, plant_revisions(base, planted)], how="diagonal"), (path,))


def plant_revisions(base: pl.DataFrame, count: int, seed: int = SEED) -> pl.DataFrame:
    """Edited copies of ``count`` different pages of ``base``: page_id, text, truth, edit (its name), source (page_id)."""
    chance = random.Random(seed)
    rows = []
    for number, row in enumerate(chance.sample(base.sort("page_id").to_dicts(), min(count, len(base)))):
        edit = list(EDITS)[number % len(EDITS)]
        text = EDITS[edit](row["text"], chance)
        rows.append(
            {"page_id": f"planted/{edit}/{number:05d}", "text": text, "truth": row["truth"], "edit": edit, "source": row["page_id"]}
        )
    return pl.DataFrame(rows)


SENTENCE = re.compile(r"(?<=[.!?])\s+")
NAVIGATION = (
    "Home Health topics A to Z News Events About us Contact Subscribe to our newsletter Follow us on social media Search this "
    "site Log in Register Accessibility Print this page Share Larger text Smaller text"
).split()
NOTICE = (
    "We use cookies to improve your experience. By using this site you agree to our privacy policy. The information on this "
    "site is not a substitute for professional medical advice. Always ask your doctor. Copyright all rights reserved."
).split()
PARAGRAPHS = (
    "Editors reviewed this page and corrected it where readers had pointed out mistakes. We thank everybody who wrote to us.",
    "If you would like to take part in a study, ask the people who treat you whether one is open near where you live.",
    "Many people find it useful to write down their questions before a visit and to take a friend or a relative along.",
)
SWAPS = {
    "may": "might", "usually": "often", "children": "kids", "people": "persons", "help": "assist", "called": "named", "also": "too", "many": "numerous",
    "begin": "start", "show": "display", "large": "big", "occur": "happen", "cause": "lead to", "common": "frequent", "doctor": "physician",
    "some": "several", "about": "around", "such": "like", "most": "nearly all", "because": "since", "include": "comprise", "known": "recognized",
}  # fmt: skip


def edit_case(text: str, chance: random.Random) -> str:
    """Same words, other capitals and punctuation."""
    return text.upper().replace(",", " ").replace(".", " . ") if chance.random() < 0.5 else text.lower().replace("\n", "\n\n")


def edit_sentences(text: str, chance: random.Random) -> str:
    """Up to 3 sentences reworded, one sentence dropped from a page of ten and more."""
    sentences = SENTENCE.split(text)
    for _ in range(min(3, len(sentences) // 3 + 1)):
        at = chance.randrange(len(sentences))
        sentences[at] = " ".join(SWAPS.get(word.lower(), word) for word in sentences[at].split(" "))
    if len(sentences) >= 10:
        del sentences[chance.randrange(1, len(sentences))]
    return " ".join(sentences)


def edit_typos(text: str, chance: random.Random) -> str:
    """Two neighbouring letters exchanged in 1 word of 60."""
    words = text.split(" ")
    for _ in range(max(1, len(words) // 60)):
        at = chance.randrange(len(words))
        word = words[at]
        if len(word) > 4:
            cut = chance.randrange(1, len(word) - 2)
            words[at] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return " ".join(words)


def edit_added(text: str, chance: random.Random) -> str:
    """One or two new paragraphs."""
    lines = text.split("\n")
    for paragraph in chance.sample(PARAGRAPHS, chance.randint(1, 2)):
        lines.insert(chance.randint(1, len(lines)), paragraph)
    return "\n".join(lines)


def edit_removed(text: str, chance: random.Random) -> str:
    """A stretch of a tenth to a fifth of the words cut out."""
    words = text.split(" ")
    size = int(len(words) * chance.uniform(0.1, 0.2))
    at = chance.randint(min(10, len(words) - size), len(words) - size)
    return " ".join(words[:at] + words[at + size :])


def edit_wrapped(text: str, chance: random.Random) -> str:
    """Navigation before the page and notices after it."""
    head = " ".join(NAVIGATION[: chance.randint(8, len(NAVIGATION))])
    return f"{head}\n{text}\n{' '.join(NOTICE[: chance.randint(15, len(NOTICE))])}"


def edit_dates(text: str, chance: random.Random) -> str:
    """Another review date at the top and the bottom, every year in the text moved on by one."""
    moved = re.sub(r"\b(?:19|20)\d\d\b", lambda found: str(int(found.group()) + 1), text)
    date = f"{chance.choice(('January', 'April', 'September'))} {chance.randint(1, 28)}, {chance.randint(2010, 2023)}"
    return f"Last reviewed {date}\n{moved}\nPage last updated: {date}"


def edit_words(share: float) -> Edit:
    """Each word, with this probability, replaced by a word from elsewhere in the page, dropped, or doubled by one."""

    def edit(text: str, chance: random.Random) -> str:
        words = text.split(" ")
        out: list[str] = []
        for word in words:
            if chance.random() >= share:
                out.append(word)
                continue
            way = chance.random()
            out += [chance.choice(words)] if way < 0.6 else ([word, chance.choice(words)] if way < 0.8 else [])
        return " ".join(out)

    return edit


EDITS: dict[str, Edit] = {
    "case and punctuation": edit_case,
    "sentences": edit_sentences,
    "typos": edit_typos,
    "paragraphs added": edit_added,
    "stretch removed": edit_removed,
    "wrapped": edit_wrapped,
    "dates": edit_dates,
    "words 1 %": edit_words(0.01),
    "words 2 %": edit_words(0.02),
    "words 5 %": edit_words(0.05),
    "words 10 %": edit_words(0.10),
}
"""Name -> edit: what is planted."""
