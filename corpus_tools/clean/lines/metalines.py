"""Lines about the page itself: dates, bylines, profile captions, share bars.

They are told by shape as much as by words: nothing is left of a date line once dates, times and
their cue words are taken away, nothing of a share bar once the networks are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from corpus_tools.clean.lines.lexicon import Lexicon, alternatives, load_lexicon
from corpus_tools.clean.lines.line_signs import LineSigns, lines_of
from corpus_tools.clean.lines.sign_kernels import DATE, LEAD, OPENS, READ_TIME, SHARE
from corpus_tools.clean.lines.word_lines import lines_with
from corpus_tools.cut import MarkedPage

MAX_META = 140
MOST_OWN = 3
"""Dates of one form, and bylines of one form, that a page has of its own at most."""
_VERSION, _YEAR = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){2,3}(?![\d.])"), re.compile(r"\b(?:19|20)\d\d\b")
_OWN_KINDS = {"date.bare": "date_line", "date.cue": "date_line", "byline.name": "byline", "byline.cue": "byline"}
"""Rules that find them, and their kinds."""
_DIGIT = re.compile(r"[0-9]")
_LOOSE = frozenset("on at updated published reviewed written medically last by min read posted in".split())
_NUMERIC_DATE = r"(?<![\d.])\d{1,4}[./-]\d{1,2}[./-]\d{2,4}(?!\d{0,2}\.\d)|\d{4}年\d{1,2}月\d{1,2}日"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"


@dataclass(frozen=True)
class Shapes:
    """Compiled shapes of one language."""

    dated: re.Pattern[str]
    only_date: re.Pattern[str]
    cue: re.Pattern[str]
    lead: re.Pattern[str]
    read_time: re.Pattern[str]
    byline: re.Pattern[str]
    bare_by: re.Pattern[str]
    share: re.Pattern[str]
    share_name: re.Pattern[str]
    glued: re.Pattern[str]
    profile: re.Pattern[str]
    opens: frozenset[str]
    """First characters of what ``cue`` and ``byline`` match: a line that begins with no such need not be tried."""
    opens_bar: frozenset[str]
    """First letters of what ``share`` and ``glued`` match."""
    dates: frozenset[str]
    """Words of dates."""
    beside: frozenset[str]
    """What stands in a byline beside names: the words that do, those of dates, and words in small letters of any language."""
    caption_words: frozenset[str]
    """The first words of what ``profile`` looks for; none of a language in whose script they are not told apart."""


@cache
def shapes_of(language: str) -> Shapes:
    """The shapes of one of the lexicons' languages."""
    words = load_lexicon(language).words
    month, cue = alternatives(words["months"]), alternatives(words["date_cues"])
    day = r"\d{1,2}(?:st|nd|rd|th|\.|º|er)?"
    date = rf"(?:(?:{month})\.? *{day},? *\d{{4}}|{day} *(?:de +|of +)?(?:{month})\.?,? *(?:de +|del +)?\d{{4}}|{_NUMERIC_DATE}|(?:{month})\.? *{day}\b)"
    filler = alternatives([*words["date_words"], *words["weekdays"], *words["date_cues"], *words["months"]])
    token = rf"(?:{_NUMERIC_DATE}|{_CLOCK}|\d+(?:st|nd|rd|th|h|º|er|k|m)?|(?:{filler})(?![^\W\d_])|[^\w]|t(?=\d)|z\b)"
    share = alternatives(words["share_words"])
    glued = [name.replace(" ", "") for name in (*words["share_names"], *words["share_words"][:2], "share", "email", "print", "copylink", "pin")]  # fmt: skip
    return Shapes(
        dated=re.compile(rf"{date}|(?<![\d:]){_CLOCK}(?!\d)"),
        only_date=re.compile(rf"{token}++"),
        cue=re.compile(rf"(?:{cue})\b"),
        lead=re.compile(rf"(?:{cue})(?: on)? *:? *{date}(?:,? *(?:at )?{_CLOCK}(?: *[ap]\.?m\.?)?)?(?: by)?[ .|•-]*"),
        read_time=re.compile(r"(?:\w+ ){0,2}\d{1,3} *-?(?:min(?:ute)?s?|minutos|minuten|min\.) *(?:read|reading time|de lectura|lesezeit|de lecture|lecture|lectura)\b.{0,12}"),
        byline=re.compile(rf"(?:{alternatives(words['byline_cues'])})(?: *:+ *| +)(?=\S)"),
        bare_by=re.compile(rf"{re.escape(words['byline_cues'][0])} "),
        share=re.compile(rf"(?:(?:{share})(?![^\W\d_])|[\W\d_])++"),
        glued=re.compile(rf"(?:{alternatives(glued)}){{2,30}}+"),
        share_name=re.compile(rf"\b(?:{alternatives(words['share_names'])})\b"),
        profile=re.compile(rf"(?:.{{1,60}} (?:{alternatives(words['profile_cues'])})|(?:{alternatives(words['profile_cues'])})(?: (?:of|for|by))? .{{1,60}})"),
        opens=frozenset(cue[0] for cue in (*words["date_cues"], *words["byline_cues"])),
        opens_bar=frozenset(name[0] for name in (*words["share_words"], *glued)),
        dates=(dates := frozenset((*words["months"], *words["weekdays"], *words["date_words"]))),
        beside=frozenset(words["name_words"]) | dates | _LOOSE,
        caption_words=frozenset(cue.split(" ")[0] for cue in words["profile_cues"]) if "".join(words["profile_cues"]).isascii() else frozenset(),
    )  # fmt: skip


def mark_meta(page: MarkedPage, lexicon: Lexicon, signs: LineSigns | None = None, words: set[str] | None = None) -> None:
    """Mark date lines, reading times, bylines, profile captions and share bars.

    ``signs`` is what lines may be, None to look at all; ``words`` are those of the page that are asked for, None if not known.
    """
    shape = shapes_of(lexicon.language)
    own: dict[str, list[int]] = {rule: [] for rule in _OWN_KINDS}
    bars: list[int] = []
    names_seen: list[str] = []
    # Words of other scripts are not told apart, so such captions are always looked for.
    captions = words is None or not shape.caption_words or not words.isdisjoint(shape.caption_words)
    profiled = frozenset(lines_with(page, lexicon.words["profile_cues"])) if captions else frozenset[int]()
    numbers = lines_of(page, signs, DATE | OPENS | SHARE | READ_TIME)
    for number in sorted(profiled.union(numbers)) if profiled else numbers:
        line = page.folded[number]
        if number in page.whole or len(line) > MAX_META:
            continue
        opens, digit = line[0] in shape.opens, _DIGIT.search(line) is not None
        if digit and is_date_line(line, shape):
            own["date.cue" if shape.cue.match(line) or "read" in line else "date.bare"].append(number)
        elif opens and shape.cue.match(line) and shape.only_date.fullmatch(line) and (digit or "ago" in line):
            own["date.cue"].append(number)
        elif digit and len(line) <= 40 and "min" in line and shape.read_time.fullmatch(line):
            page.mark_line(number, "date_line", "date.reading_time")
        elif opens and is_byline(page.lines[number], line, shape):
            own["byline.name" if shape.bare_by.match(line) else "byline.cue"].append(number)
        elif is_share_bar(line, shape):
            page.mark_line(number, "share_bar", "share.names")
        elif len(line) <= 40 and shape.share_name.search(line) and shape.share.fullmatch(line):
            bars.append(number)
        elif number in profiled and len(line) <= 90 and shape.profile.fullmatch(line):
            page.mark_line(number, "byline", "profile.caption")
            names_seen.append(line.split(" profile")[0].split(" author")[0].strip())
    _mark_own(page, own)
    _mark_bars(page, bars)
    _mark_blurbs(page, names_seen)
    _mark_lead_dates(page, shape, lines_of(page, signs, LEAD))


def _mark_own(page: MarkedPage, own: dict[str, list[int]]) -> None:
    """Mark lines that are the page's own; more are a timeline, a thread or a list of works, and none is the page's."""
    for rule, numbers in own.items():
        for number in numbers if len(numbers) <= MOST_OWN else ():
            page.mark_line(number, _OWN_KINDS[rule], rule)


def _mark_bars(page: MarkedPage, numbers: list[int]) -> None:
    """Names of networks on lines of their own are a share bar where two or more stand together."""
    listed = set(numbers)
    for number in numbers:
        if number - 1 in listed or number + 1 in listed or "share_bar" in (page.whole.get(number - 1), page.whole.get(number + 1)):
            page.mark_line(number, "share_bar", "share.listed")


def is_date_line(line: str, shape: Shapes) -> bool:
    """Is a folded line nothing but a date or a time, and words that go with it? A version with its date is a heading."""
    if _DIGIT.search(line) is None or shape.only_date.fullmatch(line) is None or shape.dated.search(line) is None:
        return False
    return not (_VERSION.search(line) and _YEAR.search(line))


def _mark_lead_dates(page: MarkedPage, shape: Shapes, numbers: Iterable[int]) -> None:
    """A cued date that opens a longer line goes alone."""
    for number in numbers:
        line = page.folded[number]
        if number not in page.whole and len(line) > 12 and (match := shape.lead.match(line)):
            rest = page.lines[number][match.end() :]
            if rest[:1].isupper():
                page.mark(number, 0, match.end(), "date_line", "date.lead")


def is_byline(line: str, folded: str, shape: Shapes) -> bool:
    """Is a line a cue such as "By" or "Written by" and then names, with titles, dates and little else?"""
    match = shape.byline.match(folded)
    if match is None or len(line) > 120:
        return False
    words = [word.strip(",.;:()|•·-—") for word in line[match.end() :].split()]
    words = [word for word in words if word and not any(char.isdigit() for char in word)]
    if not words:
        return False
    known = [word for word in words if word[0].isupper() or word.lower() in shape.beside]
    capitals = [word for word in words if word[0].isupper()]
    cued = match.end() > 4 or ":" in folded[: match.end()]
    return len(known) == len(words) and len(words) <= 14 and len(capitals) >= (1 if cued else 2) and words[0][0].isupper()


def is_share_bar(folded: str, shape: Shapes) -> bool:
    """Is a folded line nothing but names of networks and words of sharing, at least two names?"""
    if not 0 < len(folded) <= MAX_META or (folded[0].isalpha() and folded[0] not in shape.opens_bar):
        return False
    if " " not in folded:
        return len(folded) >= 12 and shape.glued.fullmatch(folded) is not None
    if shape.share.fullmatch(folded) is None:
        return False
    names = len(shape.share_name.findall(folded))
    cued = folded.startswith(("share", "tweet", "follow"))
    return names >= 2 or (cued and (names == 1 or folded.count("share") >= 2))


def _mark_blurbs(page: MarkedPage, names: list[str]) -> None:
    """Mark the blurbs that open with the name of a profile caption."""
    openings = tuple(f"{name} " for name in names[:8] if len(name) >= 4)
    for number, line in enumerate(page.folded) if openings else ():
        if number not in page.whole and len(line) <= 600 and line.startswith(openings):
            page.mark_line(number, "byline", "profile.blurb")
