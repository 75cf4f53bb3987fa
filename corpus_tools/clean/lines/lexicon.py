"""The boilerplate lexicons: one TOML file a language, compiled once, and language by stop words.

What a language says lives in ``lexicons/*.toml``; what is done with it lives in the rules.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from corpus_tools.clean.blocks.block_text import characters
from corpus_tools.clean.lines.patterns import Literals, Patterns, required
from corpus_tools.clean.lines.stop_word_kernels import count_stop_words
from corpus_tools.cut import fold_line, label_key
from corpus_tools.kernels.kept import kept_on_disk
from corpus_tools.kernels.lookup import Lookup

LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ru", "ar", "ko", "zh", "ja")
"""Languages that have a lexicon file."""

_WORD = re.compile(r"\w+")
_RANGES = {
    "ja": "\u3040-\u30ff", "ko": "\uac00-\ud7a3", "zh": "\u4e00-\u9fff", "ru": "\u0400-\u04ff", "ar": "\u0600-\u06ff",
    "he": "\u0590-\u05ff", "el": "\u0370-\u03ff", "th": "\u0e00-\u0e7f", "hi": "\u0900-\u097f",
}  # fmt: skip
_SCRIPTS = {code: re.compile(f"[{span}]") for code, span in _RANGES.items()}
_UNSPACED = ("ja", "ko", "zh")
"""Languages that do not part words, or join them with their endings: a page's words are none of its lexicon's."""
_OTHER_SCRIPT = re.compile(f"[{''.join(_RANGES.values())}]")
_NO_POLISH = re.compile("[ěřůščžťď]")
_SURE_ENGLISH, _FEWEST_ENGLISH = 0.08, 5
"""Share and number of English stop words that tell English where no other language has a quarter of them: pages of tables and lists."""
_SAMPLE = 2000  # characters looked at to tell a language


@dataclass(frozen=True)
class Rule:
    """One kind's patterns in one language."""

    name: str
    kind: str
    anchors: frozenset[str]
    lines: Patterns
    sentences: Patterns
    weak: Patterns
    phrases: Patterns
    dense: tuple[str, ...]
    """Words; a line with several different ones says nothing else."""


@dataclass(frozen=True)
class Lexicon:
    """Everything one language file says, ready to use."""

    language: str
    stop_words: frozenset[str]
    rules: tuple[Rule, ...]
    anchors: frozenset[str]
    labels: dict[str, tuple[str, str]]
    """Whole line -> (kind, rule name)."""
    weak_labels: dict[str, frozenset[str]]
    """Whole line -> kinds it belongs to beside a cut of that kind."""
    words: dict[str, tuple[str, ...]]
    """The plain lists: months, related_openers and so on."""

    @cached_property
    def unspaced(self) -> frozenset[str]:
        """Anchors that are looked for in the text, because they are no words of a page."""
        return self.anchors if self.language in _UNSPACED else frozenset()

    @cached_property
    def lists(self) -> dict[str, frozenset[str]]:
        """``words`` as sets."""
        return {name: frozenset(words) for name, words in self.words.items()}


def alternatives(phrases: Iterable[str]) -> str:
    """A regex body that matches any of ``phrases``, longest first."""
    ordered = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return "|".join(re.escape(phrase).replace("\\ ", " ") for phrase in ordered)


_FILES = tuple(Path(__file__).with_name("lexicons") / f"{language}.toml" for language in LANGUAGES)
_PATTERNS = ("lines", "sentences", "weak", "phrases")
"""What of a rule is patterns."""


@kept_on_disk(__name__, _FILES)
def _read_all() -> tuple[dict[str, dict[str, Any]], dict[str, tuple[Literals, ...]]]:
    """What the files say by language, and of each pattern in them what it needs. Parsed once an installation."""
    every = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in _FILES}
    rules = [rule for given in every.values() for rule in given["rule"]]
    return every, {source: required(source) for rule in rules for key in _PATTERNS for source in rule.get(key, ())}


def read_lexicon(language: str) -> dict[str, Any]:
    """What the file of one of LANGUAGES says. Its word lists can be had without compiling its rules."""
    return _read_all()[0][language]


@cache
def load_lexicon(language: str) -> Lexicon:
    """The compiled lexicon of one of LANGUAGES."""
    given = read_lexicon(language)
    rules = tuple(_rule(item) for item in given["rule"])
    labels: dict[str, tuple[str, str]] = {}
    weak: dict[str, set[str]] = {}
    for item in given["rule"]:
        for label in item.get("labels", ()):
            labels.setdefault(label_key(fold_line(label)), (item["kind"], item["name"]))
        for label in item.get("weak_labels", ()):
            weak.setdefault(label_key(fold_line(label)), set()).add(item["kind"])
    return Lexicon(
        language,
        frozenset(given["stop_words"]),
        rules,
        frozenset().union(*(rule.anchors for rule in rules)),
        labels,
        {key: frozenset(kinds) for key, kinds in weak.items()},
        {key: tuple(value) for key, value in given.items() if isinstance(value, list) and key not in ("rule", "stop_words")},
    )


def _rule(item: dict[str, Any]) -> Rule:
    needs = _read_all()[1]
    lines, sentences, weak, phrases = (
        Patterns((needs[source], re.compile(source)) for source in item.get(key, ())) for key in _PATTERNS
    )
    return Rule(
        item["name"], item["kind"], frozenset(item["anchors"]), lines, sentences, weak, phrases, tuple(item.get("dense", ()))
    )


def lexicons_for(language: str | None) -> tuple[Lexicon, ...]:
    """The lexicons to try: English always, as its notices stand on pages of every language, then the page's own."""
    return (load_lexicon("en"), load_lexicon(language)) if language in LANGUAGES and language != "en" else (load_lexicon("en"),)


def detect_language(text: str) -> str | None:
    """ISO 639-1 code by script, then by stop words of the lexicons; None when unsure.

    Looks at the first 2,000 characters. A Latin-script language without a lexicon gives None, unless it
    happens to share most stop words with one that has.
    """
    return language_of_folded(fold_line(text[:_SAMPLE]))


def language_of_folded(folded: str) -> str | None:
    """``detect_language`` of a text that is folded already."""
    sample = folded[:_SAMPLE]
    if not sample.isascii() and (script := _script(sample)):
        return script
    words, counts = _count_stop_words(sample)
    if words < 8:
        return None
    (best, code), (second, _) = sorted(zip((count / words for count in counts), LANGUAGES, strict=True), reverse=True)[:2]
    if code == "en" and best >= _SURE_ENGLISH and best >= 4 * second and best * words >= _FEWEST_ENGLISH:
        return code
    if code == "pl" and len(_NO_POLISH.findall(sample)) > 0.005 * len(sample):
        return None  # Czech and Slovak share many of its short words
    return code if best >= 0.12 and best >= 1.4 * second else None


def _count_stop_words(folded: str) -> tuple[int, list[int]]:
    """Words of a folded text, and how many of them are stop words of each of LANGUAGES."""
    counts = np.zeros(len(LANGUAGES), np.int64)
    text = np.frombuffer(folded.encode("utf-8", "surrogatepass"), np.uint8)
    words = count_stop_words(text, characters(), *_stop_word_table().arrays, counts)
    return (words, counts.tolist()) if words >= 0 else count_slowly(folded)


def count_slowly(folded: str) -> tuple[int, list[int]]:
    """The same in Python, for characters that kernels do not know."""
    counts = dict.fromkeys(LANGUAGES, 0)
    words = _WORD.findall(folded)
    for word in words:
        for code in _stop_words().get(word, ()):
            counts[code] += 1
    return len(words), list(counts.values())


@cache
def _stop_word_table() -> Lookup:
    """``_stop_words`` for kernels: a bit a language. What is no single word is never counted."""
    places = {code: place for place, code in enumerate(LANGUAGES)}
    words = {word: sum(1 << places[code] for code in codes) for word, codes in _stop_words().items() if _WORD.fullmatch(word)}
    return Lookup.of(words, np.int64)


@cache
def _stop_words() -> dict[str, tuple[str, ...]]:
    """The languages of which each word is a stop word."""
    found: dict[str, tuple[str, ...]] = {}
    for code in LANGUAGES:
        for word in read_lexicon(code)["stop_words"]:
            found[word] = (*found.get(word, ()), code)
    return found


def _script(sample: str) -> str | None:
    """Language of a script that holds at least a third of the letters; kana decide between Japanese and Chinese."""
    if _OTHER_SCRIPT.search(sample) is None:
        return None
    letters = max(sum(map(str.isalpha, sample)), 1)
    for code, script in _SCRIPTS.items():
        if len(script.findall(sample)) / letters > (0.1 if code == "ja" else 0.34):
            return code
    return None
