"""Synonym sources that share nothing, for spinners: three thesauri, and a short list of everyday synonyms.

The thesauri are Debian packages (``apt-get install wordnet-base libaiksaurus-1.2-data dict-freedict-eng-deu
dict-freedict-deu-eng``), used by the benchmarks only, never by the package.
"""

from __future__ import annotations

import gzip
import random
import re
import struct
from pathlib import Path
from typing import Protocol

WORDNET = Path("/usr/share/wordnet")
AIKSAURUS = Path("/usr/share/aiksaurus")
DICTD = Path("/usr/share/dictd")


class Synonyms(Protocol):
    """Where a spinner finds another word."""

    name: str

    def of(self, word: str) -> tuple[str, ...]:
        """Synonyms of a lower-case base form, best first; empty when there are none."""
        ...


class WordNet:
    """Synonyms from WordNet's database files (wndb(5)): members of a word's first synsets, verbs and nouns first by count."""

    name = "wordnet"

    def __init__(self, folder: Path = WORDNET, senses: int = 2) -> None:
        self._synonyms: dict[str, list[str]] = {}
        for part in ("noun", "verb", "adj", "adv"):
            synsets = _wordnet_synsets(folder / f"data.{part}")
            for line in (folder / f"index.{part}").read_text().splitlines():
                if line.startswith(" "):
                    continue
                fields = line.split()
                n_synsets = int(fields[2])
                found = self._synonyms.setdefault(fields[0], [])
                for offset in fields[-n_synsets:][:senses]:
                    found += [word for word in synsets[offset] if word != fields[0] and word not in found]

    def of(self, word: str) -> tuple[str, ...]:
        return tuple(found.replace("_", " ") for found in self._synonyms.get(word, ())[:5])


def _wordnet_synsets(path: Path) -> dict[str, list[str]]:
    synsets = {}
    for line in path.read_text().splitlines():
        if not line.startswith(" "):
            fields = line.split()
            words = [re.sub(r"\(.*\)", "", word) for word in fields[4 : 4 + 2 * int(fields[3], 16) : 2]]
            synsets[fields[0]] = [word.lower() for word in words]
    return synsets


class Aiksaurus:
    """Synonyms from Aiksaurus' thesaurus: words that share one of its 2,000 meanings.

    words.dat: word, NUL, big-endian uint16 meaning numbers, 0xFFFF. meanings.dat: uint16 word numbers, 0xFFFF.
    """

    name = "aiksaurus"

    def __init__(self, folder: Path = AIKSAURUS) -> None:
        raw = (folder / "words.dat").read_bytes()
        self._words: list[str] = []
        self._senses: dict[str, tuple[int, ...]] = {}
        position = 0
        while position < len(raw):
            stop = raw.index(0, position)
            word = raw[position:stop].decode("latin-1").replace(":", " ").strip()
            position, senses = _numbers(raw, stop + 1)
            self._words.append(word)
            self._senses[word.lower()] = senses
        raw = (folder / "meanings.dat").read_bytes()
        self._meanings: list[tuple[int, ...]] = []
        position = 0
        while position < len(raw):
            position, members = _numbers(raw, position)
            self._meanings.append(members[2:])

    def of(self, word: str) -> tuple[str, ...]:
        rng = random.Random(word)
        found: list[str] = []
        for sense in self._senses.get(word, ())[:3]:
            members = [self._words[member] for member in self._meanings[sense]]
            others = [other for other in members if other.lower() != word and other.count(" ") < 2]
            found += rng.sample(others, min(3, len(others)))
        return tuple(found)


def _numbers(raw: bytes, start: int) -> tuple[int, tuple[int, ...]]:
    stop = start
    while raw[stop : stop + 2] != b"\xff\xff":
        stop += 2
    return stop + 2, struct.unpack(f">{(stop - start) // 2}H", raw[start:stop])


_HEAD = re.compile(r"^([^/\n]{1,40}?) /[^\n]*\n([^\n]+)", re.M)
_NOTE = re.compile(r"<[^>]*>|\[[^\]]*\]|\([^)]*\)|\{[^}]*\}")


class Pivot:
    """Synonyms by way of German: what the German words for a word mean in English (two FreeDict dictionaries for dictd)."""

    name = "pivot"

    def __init__(self, folder: Path = DICTD) -> None:
        self._there = _dictionary(folder / "freedict-eng-deu.dict.dz")
        self._back = _dictionary(folder / "freedict-deu-eng.dict.dz")

    def of(self, word: str) -> tuple[str, ...]:
        found = [other for german in self._there.get(word, ())[:4] for other in self._back.get(german, ())[:3] if other != word]
        return tuple(dict.fromkeys(found))[:8]


def _dictionary(path: Path) -> dict[str, list[str]]:
    """Headword -> translations of one or two words, of the text of a FreeDict dictionary."""
    found: dict[str, list[str]] = {}
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as held:
        for head, line in _HEAD.findall(held.read()):
            words = [word.strip().lower() for word in _NOTE.sub(" ", line).split(",")]
            known = found.setdefault(head.strip().lower(), [])
            known += [word for word in words if re.fullmatch(r"[a-zäöüß']+(?: [a-zäöüß']+)?", word) and word not in known]
    return found


_EVERYDAY = """
disease ailment malady|illness sickness affliction|doctor physician clinician|patient sufferer individual|treatment remedy cure|
medicine medication drug|child kid youngster|people folks individuals|person individual somebody|cause trigger provoke|
symptom sign manifestation|condition state situation|help assist aid|show demonstrate reveal|use employ utilize|find discover locate|
make create produce|common frequent widespread|rare unusual scarce|severe serious grave|large big sizable|small little tiny|
increase raise boost|reduce lower diminish|body frame organism|problem trouble difficulty|test exam check|risk danger hazard|
change alter modify|occur happen arise|affect influence impact|include contain comprise|different distinct various|
important crucial vital|usually generally typically|often frequently regularly|early initial premature|begin start commence|
develop evolve grow|result outcome consequence|form shape kind|need require demand|give provide supply|type kind variety|
lead guide bring|know understand recognise|call name term|become turn get|many numerous countless|several various multiple|
work function operate|part portion section|group cluster set|information data details|family household kin|life existence being|
growth increase expansion|loss decline deprivation|normal regular ordinary|abnormal irregular unusual|area region zone|
study investigation inquiry|level degree amount|cell unit|gene hereditary-unit|blood vital-fluid|pain ache soreness|heart ticker|
muscle sinew|skin dermis|bone skeleton-part|brain mind|eye optic|tumor growth|cancer malignancy|infection contagion|
year twelvemonth|time period|day 24-hour-period|month four-week-span|woman lady|man gentleman|baby infant|adult grown-up|
diagnosis identification|prevent avert avoid|remove extract eliminate|control manage regulate|support back sustain|
therapy healing-treatment|surgery operation|exercise workout|diet nutrition|food nourishment|water aqua|weight mass|
appear emerge seem|cause origin|mild slight gentle|weak feeble frail|weakness feebleness|feature trait|involve entail|
disorder complaint disturbance|inherit receive|mutation alteration|protein peptide|produce generate|damage harm injury|
research study|main chief principal|special particular|possible feasible|single lone|age lifetime-stage|number quantity
"""


class Everyday:
    """A short hand-written list of everyday synonyms: no thesaurus at all."""

    name = "everyday"

    def __init__(self) -> None:
        self._synonyms: dict[str, tuple[str, ...]] = {}
        for line in _EVERYDAY.replace("\n", "").split("|"):
            word, *others = line.split()
            self._synonyms.setdefault(word, tuple(other.replace("-", " ") for other in others))

    def of(self, word: str) -> tuple[str, ...]:
        return self._synonyms.get(word, ())


def inflected(synonyms: Synonyms, word: str) -> tuple[str, ...]:
    """Synonyms of ``word`` in its own inflection: plural, past, participle, third person."""
    found = synonyms.of(word)
    if found:
        return found
    for ending, bases in _bases(word):
        for base in bases:
            found = synonyms.of(base)
            if found:
                return tuple(_inflect(other, ending) for other in found)
    return ()


def _bases(word: str) -> list[tuple[str, list[str]]]:
    if word.endswith("ies"):
        return [("s", [word[:-3] + "y"])]
    if word.endswith("s") and not word.endswith("ss"):
        return [("s", [word[:-1], word[:-2]])]
    if word.endswith("ed"):
        return [("ed", [word[:-1], word[:-2], word[:-3]])]
    if word.endswith("ing"):
        return [("ing", [word[:-3], word[:-3] + "e", word[:-4]])]
    return []


def _inflect(phrase: str, ending: str) -> str:
    head, _, tail = phrase.partition(" ")
    if ending == "s":
        head = head[:-1] + "ies" if re.search("[^aeiou]y$", head) else head + ("es" if re.search("(s|x|z|ch|sh)$", head) else "s")
    else:
        head = head[:-1] if head.endswith("e") else head
        head += ending
    return f"{head} {tail}" if tail else head
