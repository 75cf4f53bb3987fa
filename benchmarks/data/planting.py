"""Wording of real boilerplate, and planting it into honest text, for benchmarks/cleaning/boilerplate.py."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import urlparse

import polars as pl
from lxml import etree
from lxml import html as lxml_html
from tld import get_fld

from benchmarks.data.planting_words import (
    ANCHORS,
    BYLINE_FORMS,
    COMMENT_HEADINGS,
    COMMENTS,
    CREDITS,
    DATE_FORMS,
    INLINE_RELATED,
    LISTED_RELATED,
    NAMES,
    NOTICES,
    ONE_LINE_RELATED,
)

BREAKS = frozenset(
    "p div li ul ol td th tr table h1 h2 h3 h4 h5 h6 section article header footer nav aside form label button br hr blockquote pre dd dt dl "
    "figcaption figure main option select fieldset body legend".split()
)
SILENT = frozenset(("script", "style", "noscript", "template", "svg", "head", "iframe"))

CUES: dict[str, tuple[str, int, int]] = {
    "cookie_notice": (r"(?=.*\bcookies?\b)(?=.*\b(we|this (web)?site|our|accept|consent|browser|experience|agree|preferences)\b)", 5, 80),
    "comment_form": (r"\b(leave a (reply|comment)|post (a )?comment|email address will not be|required fields are|save my name|logged in to (post|comment|reply)|log ?in to (reply|comment|post)|notify me of|comments are closed|cancel reply|be the first to comment)", 2, 40),
    "share_bar": (r"^(share(?! (your|a|ideas|solutions|feedback|for))|tweet|pin it|follow us|like us|email this|copy link)\b(?!d)|\bshare (this|on|via)\b", 1, 12),
    "newsletter": (r"(?=.*\b(newsletters?|inbox|mailing list|email updates)\b)(?=.*\b(sign|subscribe|join|get|receive|delivered|straight)\b)", 4, 50),
    "advert": (r"^advertisement\b|^sponsored\b|\baffiliate links?\b|\bearn a(n affiliate)? commission|\bamazon associate|continues? (below|after) advert|advertiser disclosure", 1, 70),
    "paywall_notice": (r"\balready a subscriber|subscribe to (continue|read|unlock)|subscribers? only|to continue reading|create a free account to|free articles? (left|remaining)|for paid subscribers", 2, 40),
    "disclaimer": (r"\b(medical|legal|financial|professional) advice\b|\binformational purposes|not intended to (diagnose|be a substitute|treat)|all rights reserved|not responsible for|\bliable\b", 6, 130),
    "image_credit": (r"^(photo|image|photograph|picture|illustration|photo credit|image credit|credit)( credits?| courtesy of| source)?( ?:| by| via| courtesy)|/ ?getty images|\b(getty images|shutterstock|istock|unsplash)$", 2, 14),
    "date_line": (r"^(first |last |originally )?(published|updated|posted|modified|reviewed)( on| at)?[ :|]*.{0,4}((jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? \d|\d)", 2, 9),
    "byline": (r"^(written |reviewed |medically reviewed |posted |edited |fact checked |author)(by)?:? [A-Z]\w+ [A-Z]\w+|^By [A-Z]\w+ [A-Z]\w+", 3, 10),
    "navigation": (r"^(skip to|back to top|to top|return to top|jump to|toggle navigation|you are here|home [>»/›]|scroll to top|main menu|search for)", 1, 14),
}  # fmt: skip
GLUED = frozenset(("cookie_notice", "newsletter", "advert", "disclaimer", "comment_form", "paywall_notice", "share_bar"))
"""Kinds also glued to the end of a paragraph, where the passage has at least GLUE_WORDS words."""
GLUE_WORDS = 6


def half_of(name: str) -> str:
    """development or judgement, by the hash of an address's host, or of a plain name."""
    site = urlparse(name).netloc.removeprefix("www.") or name
    return "development" if hashlib.blake2b(site.encode(), digest_size=1).digest()[0] < 128 else "judgement"


def halves_of(addresses: Iterable[str]) -> list[str]:
    """The half of each address. Hosts of one registered domain share wording: it is judged on only where all its hosts are."""
    names = list(addresses)
    domains = [get_fld(name, fail_silently=True) or name for name in names]
    seen = {domain for domain, name in zip(domains, names, strict=True) if half_of(name) == "development"}
    return ["development" if domain in seen else "judgement" for domain in domains]


@dataclass(frozen=True)
class Pool:
    """Passages by kind, titles of real pages, and which half of the written lists to use."""

    passages: dict[str, list[str]]
    titles: list[str]
    half: str

    @staticmethod
    def mine(pages: pl.DataFrame, half: str) -> Pool:
        """Blocks of WCXB pages that are not in their gold, assigned to kinds by CUES; written notices are added."""
        cues = {kind: (re.compile(cue if kind == "byline" else f"(?i){cue}"), low, high) for kind, (cue, low, high) in CUES.items()}
        passages: dict[str, dict[str, None]] = {kind: {} for kind in CUES}
        titles: dict[str, None] = {}
        for row in pages.iter_rows(named=True):
            gold = _squeeze(str(row["gold"]))
            for title in re.findall(rb"(?is)<title[^>]*>([^<]{20,140})</title>", row["html"])[:1]:
                name = html.unescape(title.decode("utf-8", "replace"))
                titles[" ".join(re.split(r" [|\-–—·»] ", name)[0].split())] = None
            for block in blocks(row["html"]):
                if len(block) <= 900 and _squeeze(block) not in gold:
                    for kind, (cue, low, high) in cues.items():
                        if low <= len(block.split()) <= high and cue.search(block):
                            passages[kind][block] = None
                            break
        index = 0 if half == "development" else 1
        mined = {kind: list(found) for kind, found in passages.items()}
        for kind, written in NOTICES.items():
            mined.setdefault(kind, []).extend(written[index::2])
        return Pool(mined, [title for title in titles if 4 <= len(title.split()) <= 18 and title.isascii()], half)

    def words(self, written: list[str]) -> list[str]:
        """This half of a written list."""
        return written[0 if self.half == "development" else 1 :: 2]


def _squeeze(text: str) -> str:
    return re.sub(r"\W+", "", text.lower())


def blocks(raw: bytes) -> Iterator[str]:
    """Text blocks of a page, in order; nothing for a page lxml cannot read."""
    try:
        tree = lxml_html.fromstring(raw, parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True))
    except (etree.ParserError, ValueError):
        return
    buffer: list[str] = []
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        if not isinstance(node.tag, str):
            continue
        if node.tag in BREAKS and (block := " ".join("".join(buffer).split())):
            yield block
        if node.tag in BREAKS:
            buffer.clear()
        text = (node.text if node.tag not in SILENT else None) if event == "start" else node.tail
        if text:
            buffer.append(text)
    if block := " ".join("".join(buffer).split()):
        yield block


def plant(page: str, pool: Pool, random: Random) -> list[tuple[str, str]]:
    """A page in parts (text, planted kind or ''), with 4 to 10 plants, at most one for every three honest lines."""
    lines = [[(line.strip(), "")] for line in page.split("\n") if line.strip()]
    count = min(random.randint(4, 10), 2 + len(lines) // 2)
    for _ in range(count):
        random.choice(PLANTERS)(lines, pool, random)
    parts: list[tuple[str, str]] = []
    for line in lines:
        parts += [*line, ("\n", "")]
    return parts


Lines = list[list[tuple[str, str]]]


def _insert(lines: Lines, texts: list[str], kind: str, random: Random, place: int | None = None) -> None:
    at = random.randint(0, len(lines)) if place is None else place
    lines[at:at] = [[(text, kind)] for text in texts]


def _glue(lines: Lines, text: str, kind: str, random: Random) -> bool:
    """At the end of a paragraph that ends a sentence; False when the page has none."""
    fit = [
        at
        for at, line in enumerate(lines)
        if len(line) == 1 and not line[0][1] and len(line[0][0]) > 120 and line[0][0][-1] in ".!?"
    ]
    if fit:
        lines[random.choice(fit)].append((" " + text, kind))
    return bool(fit)


def plant_notice(lines: Lines, pool: Pool, random: Random) -> None:
    """A mined or written passage, on a line of its own or glued."""
    kind = random.choice(sorted(pool.passages))
    text = random.choice(pool.passages[kind])
    if kind in GLUED and len(text.split()) >= GLUE_WORDS and random.random() < 0.4 and _glue(lines, text, kind, random):
        return
    _insert(lines, [text], kind, random)


def plant_one_line_farm(lines: Lines, pool: Pool, random: Random) -> None:
    """Titles said twice on one line, behind a cue or not."""
    titles = random.sample(pool.titles, random.choice((1, 1, 2, 5, 12)))
    cue = random.choice(pool.words(ONE_LINE_RELATED)) if len(titles) == 1 or random.random() < 0.8 else ""
    text = " ".join([cue, *(f"{title} {title}" for title in titles)]).strip()
    if random.random() < 0.7 or not _glue(lines, text, "link_farm", random):
        _insert(lines, [text], "link_farm", random)


def plant_listed_farm(lines: Lines, pool: Pool, random: Random) -> None:
    """A related heading and titles under it, at the foot of the page or before a paragraph."""
    titles = random.sample(pool.titles, random.randint(2, 6))
    places = [at for at, line in enumerate(lines) if len(line[0][0]) > 120 and not line[0][1]]
    place = len(lines) if random.random() < 0.7 or not places else random.choice(places)
    _insert(lines, [random.choice(pool.words(LISTED_RELATED)), *titles], "link_farm", random, place)


def plant_inline_related(lines: Lines, pool: Pool, random: Random) -> None:
    """ "Read also: title" on a line of its own."""
    _insert(lines, [f"{random.choice(pool.words(INLINE_RELATED))} {random.choice(pool.titles)}"], "link_farm", random)


def plant_anchor(lines: Lines, pool: Pool, random: Random) -> None:
    """A spam link's anchor text between two words of a sentence."""
    fit = [at for at, line in enumerate(lines) if len(line) == 1 and not line[0][1] and len(line[0][0].split()) > 15]
    if not fit:
        return
    at = random.choice(fit)
    words = lines[at][0][0].split(" ")
    cut = random.randint(5, len(words) - 4)
    lines[at] = [
        (" ".join(words[:cut]), ""),
        (f" {random.choice(pool.words(ANCHORS))} ", "injected_anchor"),
        (" ".join(words[cut:]), ""),
    ]


def plant_date(lines: Lines, pool: Pool, random: Random) -> None:
    """A date line, its time glued on or not, at the head of the page."""
    _insert(lines, [random.choice(pool.words(DATE_FORMS))], "date_line", random, random.randint(0, min(2, len(lines))))


def plant_byline(lines: Lines, pool: Pool, random: Random) -> None:
    """A byline at the head or the foot of the page."""
    text = random.choice(pool.words(BYLINE_FORMS)).format(
        name=random.choice(pool.words(NAMES)), other=random.choice(pool.words(NAMES))
    )
    _insert(lines, text.split("\n"), "byline", random, random.choice((0, min(1, len(lines)), len(lines))))


def plant_credit(lines: Lines, pool: Pool, random: Random) -> None:
    """An image credit on a line of its own, or in brackets at the end of a paragraph."""
    text = random.choice(pool.words(CREDITS)).format(name=random.choice(pool.words(NAMES)))
    if random.random() < 0.7 or not _glue(lines, f"({text})", "image_credit", random):
        _insert(lines, [text], "image_credit", random)


def plant_title(lines: Lines, pool: Pool, random: Random) -> None:
    """The first line again, as the second or third; a title first where the page has none."""
    if len(lines[0]) == 1 and not lines[0][0][1] and 4 <= len(lines[0][0][0].split()) <= 20 and lines[0][0][0][-1] not in ".,;:":
        title = lines[0][0][0]
    else:
        title = random.choice(pool.titles)
        lines.insert(0, [(title, "")])
    _insert(lines, [title], "repeated_title", random, 1)


def plant_comments(lines: Lines, pool: Pool, random: Random) -> None:
    """Readers' comments at the foot of the page, under their heading."""
    texts = [random.choice(pool.words(COMMENT_HEADINGS))]
    for _ in range(random.randint(1, 4)):
        texts += [f"{random.choice(pool.words(NAMES))} says:", random.choice(pool.words(COMMENTS)), "Reply"]
    if not any(kind == "comments" for line in lines for _, kind in line):
        _insert(lines, texts, "comments", random, len(lines))


PLANTERS = (*[plant_notice] * 8, plant_one_line_farm, plant_listed_farm, plant_inline_related, plant_anchor, plant_anchor, plant_date, plant_byline, plant_credit, plant_title, plant_comments)  # fmt: skip
