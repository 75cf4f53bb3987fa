"""Make the machine-spun sample pages: swap content words for synonyms, as article spinners do.

Reads the gold text of two originals and ``synonyms.csv`` (written by hand for these samples) and
writes pages and gold text under ``trendpulse.example``. The seed is fixed: the same files come out
every time. Run it with ``python samples/make_spun.py``; ``--out`` writes somewhere else.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
FUNCTION_WORDS = frozenset(
    """
    a about above after again against all also am an and any as at be because been before being below between both but by can
    cannot could did do does doing done down during each eight either even every few five for four from had has have having he
    her here him his how however i if in into is it its just many may me might more most much must my neither nine no nor not of
    off on once one only onto or other our out over own per same seven shall she should six so some such ten than that the their
    them then there these they this those three through to too two under until up upon us very was we were what when where
    which while who whom whose why will with within without would you your
    """.split()
)
"""Words a spinner leaves alone; every other word counts as a content word."""

ORIGINALS = {
    "iron-deficiency": ((10, "Aug 29, 202311:05"), (30, "Sep 4, 202318:40"), (50, "Sep 20, 202300:15"), (70, "Oct 2, 202309:50")),
    "sleep-apnoea-explained": ((50, "Nov 2, 202322:10"), (70, "Dec 1, 202307:35")),
}
"""Original (file name in gold/healthjournal.example) -> substitution rate in per cent, date line."""

FRAME = """{title}

Published:{stamp}
{title}

{body}


For more health news and viral stories, please visit Trend Pulse.





Trend Pulse profile photo
Trend Pulse is an Entertainment and Lifestyle Portal. We share the Latest Trending Stories and give our readers updates \
from around the globe.

This site uses cookies. By continuing to browse the site you are agreeing to our use of cookies."""


def content_words(text: str) -> list[str]:
    """Content words of a text, lower case, in order."""
    return [word for word in (found.lower() for found in WORD.findall(text)) if word not in FUNCTION_WORDS]


def substitution_rate(original: str, spun: str) -> float:
    """Share (0..1) of the spun text's content words that the original does not hold, counted as bags of words.

    Sentences dropped or moved do not change it; sentences added do.
    """
    ours = Counter(content_words(spun))
    kept = ours & Counter(content_words(original))
    return 1 - kept.total() / max(1, ours.total())


def read_synonyms(path: Path) -> dict[str, list[str]]:
    """Word -> its substitutes."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["word"]: row["substitutes"].split("|") for row in csv.DictReader(lines)}


def spin(text: str, synonyms: dict[str, list[str]], rate: float, seed: str) -> str:
    """``text`` with words swapped, in random order, until ``rate`` of its content words are not the original's."""
    chance = random.Random(seed)  # noqa: S311 - reproducible samples, not secrets
    places = [m for m in WORD.finditer(text) if m.group().lower() in synonyms]
    chance.shuffle(places)
    chosen = {m.start(): chance.choice(synonyms[m.group().lower()]) for m in places}
    low, high = 0, len(places)
    while low < high:  # the rate grows with every swap: find the first number of swaps that reaches it
        middle = (low + high) // 2
        if substitution_rate(text, _swap(text, places[:middle], chosen)) < rate:
            low = middle + 1
        else:
            high = middle
    return _swap(text, places[:low], chosen)


def _swap(text: str, places: list[re.Match[str]], chosen: dict[int, str]) -> str:
    parts, end = [], 0
    for place in sorted(places, key=lambda m: m.start()):
        new = chosen[place.start()]
        if place.group()[0].isupper():
            new = new[0].upper() + new[1:]
        parts += [text[end : place.start()], new]
        end = place.end()
    return "".join(parts) + text[end:]


def write_pages(out: Path) -> list[Path]:
    """Write every spun page and its gold text under ``out``; returns the paths written, relative to ``out``."""
    synonyms, written = read_synonyms(HERE / "synonyms.csv"), []
    for original, versions in ORIGINALS.items():
        text = (HERE / "gold" / "healthjournal.example" / f"{original}.txt").read_text(encoding="utf-8")
        for percent, stamp in versions:
            spun = spin(text, synonyms, percent / 100, f"{original} {percent}")
            title, *blocks = spun.rstrip("\n").split("\n")
            page = FRAME.format(title=title, stamp=stamp, body="\n\n".join(blocks))
            name = f"trendpulse.example/table_{original}_{percent}.txt"
            for root, content in (("pages", page), ("gold", spun)):
                path = out / root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, encoding="utf-8", newline="\n")
                written.append(path.relative_to(out))
    return written


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write pages/ and gold/ into")
    for path in write_pages(parser.parse_args().out):
        print(path)  # noqa: T201 - a command tells what it wrote
