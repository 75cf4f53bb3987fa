"""The only place that decides what a word and a shingle are.

**Character.** Every character is folded alone: compatibility forms and case go (``µ`` U+00B5 -> ``μ``, ``ﬁ`` -> ``fi``,
``²`` -> ``2``), and so do accents of the block U+0300-036F (``é`` composed or not -> ``e``; ``ς`` -> ``σ``), decimal
digits of any script become ASCII digits. Soft hyphens, joiners, variation selectors and byte order marks vanish.

**Word.** A longest run of letters, digits and marks. An apostrophe (``'`` or a typographic one) between two of them is
part of the word, as ``.`` or ``,`` is between two digits: ``don't`` and ``0.5`` are one word. Every other character,
hyphens and underscores too, separates. In scripts written without spaces (Han, kana, Thai, Lao, Khmer, Burmese ...)
every character is a word, so that word n-grams are character n-grams there.

**Shingle.** ``n`` neighbouring words; a text of fewer than ``n`` words has one shingle of all its words.
``corpus_tools/kernels/`` does the same on Arrow buffers, and a test holds the two together.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right

TEXT_VERSION = 1
"""Changes when words, shingles or their hashes change; stored with every signature."""

_APOSTROPHES = frozenset("'’‘‛ʼʹ′´＇")
_VANISH = frozenset("\u00ad\u034f\u061c\u180e\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\ufeff")
_UNSPACED = (
    *((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19FF), (0x1A20, 0x1AAF), (0x2E80, 0x2FDF)),
    *((0x3005, 0x3007), (0x3021, 0x3029), (0x3038, 0x303C), (0x3041, 0x312F), (0x31A0, 0x31BF), (0x31F0, 0x31FF)),
    *((0x3400, 0x4DBF), (0x4E00, 0xA4CF), (0xA980, 0xA9FF), (0xAA60, 0xAADF), (0xF900, 0xFAFF), (0xFF66, 0xFF9F)),
    *((0x16FE0, 0x18DFF), (0x1AFF0, 0x1B2FF), (0x1F200, 0x1F2FF), (0x20000, 0x3FFFF)),
)
_UNSPACED_STARTS = [first for first, _ in _UNSPACED]

_WORD = re.compile(r"[^ '.,]+(?:(?:'|(?<=[0-9])[.,](?=[0-9]))[^ '.,]+)*")
"""Words of a folded text, in which only spaces and ``'.,`` separate."""


def fold_character(character: str) -> str:
    """What one character becomes before words are read off: the definition everything else follows.

    ``""`` when it vanishes, ``" "`` for a separator, ``"'"``, ``"."`` or ``","`` for what may join, ``" c "`` for a
    character that is a word alone, and otherwise the one or more word characters it stands for.
    """
    if character in ".,":
        return character
    if character in _APOSTROPHES:
        return "'"
    code = ord(character)
    if (
        character in _VANISH
        or 0x300 <= code <= 0x36F
        or 0xFE00 <= code <= 0xFE0F
        or 0x20D0 <= code <= 0x20FF
        or 0xE0000 <= code <= 0xE0FFF
    ):
        return ""
    if not _is_word_character(character):
        return " "
    folded = _fold_letter(character)
    return f" {folded} " if _is_unspaced(folded) else folded


def _fold_letter(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    lowered = character.lower().replace("ς", "σ")
    parts = unicodedata.normalize("NFKD", lowered).lower().replace("ς", "σ")
    folded = unicodedata.normalize("NFC", "".join(c for c in parts if not "\u0300" <= c <= "\u036f"))
    plain = folded and all(_is_word_character(c) and c not in _APOSTROPHES for c in folded)
    return folded if plain and (len(folded) == 1 or not any(map(_is_unspaced, folded))) else lowered[0]


def _is_word_character(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _is_unspaced(folded: str) -> bool:
    code = ord(folded[0])
    place = bisect_right(_UNSPACED_STARTS, code) - 1
    return place >= 0 and code <= _UNSPACED[place][1]


class _Folds(dict[int, str]):
    """Code point -> folded text, worked out when a character is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = fold_character(chr(code))
        return self[code]


_FOLDS = _Folds()
_ASCII_FOLDS = bytes(ord(fold_character(chr(code))) for code in range(128)) + bytes(128)


def _fold(text: str) -> str:
    if text.isascii():
        return text.encode("ascii").translate(_ASCII_FOLDS).decode("ascii")
    return text.translate(_FOLDS)


def words(text: str) -> list[str]:
    """The words of ``text`` in order, folded."""
    return _WORD.findall(_fold(text))


def count_words(text: str) -> int:
    """Number of words in ``text``."""
    return len(words(text))


def normalize(text: str) -> str:
    """The words of ``text`` joined by one space: what an exact copy is judged on."""
    return " ".join(words(text))


def content_hash(text: str) -> str:
    """32 hex digits (BLAKE2b, 128 bits) over the normalised text in UTF-8; equal means exact copy."""
    return hashlib.blake2b(normalize(text).encode(), digest_size=16).hexdigest()


def shingles(text: str, n: int) -> list[str]:
    """Every run of ``n`` neighbouring words, joined by a space, in order and with repeats.

    A text of fewer than ``n`` words gives one shingle of all its words; a text without words gives none.
    """
    found = words(text)
    if len(found) <= n:
        return [" ".join(found)] if found else []
    return [" ".join(found[i : i + n]) for i in range(len(found) - n + 1)]


_MASK_64 = 2**64 - 1
WORD_MULTIPLIER = 0x9E3779B97F4A7C15
SHINGLE_MULTIPLIER = 0xD6E8FEB86659FD93
FINAL_MULTIPLIER = 0xFF51AFD7ED558CCD


def word_hash(word: str) -> int:
    """64-bit hash of a folded word.

    The UTF-8 bytes, zero-padded to blocks of 8, are read as little-endian integers; from ``h = 0``, each block
    does ``h = (h ^ block) * WORD_MULTIPLIER mod 2**64; h ^= h >> 32``.
    """
    raw = word.encode()
    value = 0
    for at in range(0, len(raw), 8):
        value = (value ^ int.from_bytes(raw[at : at + 8], "little")) * WORD_MULTIPLIER & _MASK_64
        value ^= value >> 32
    return value


def shingle_hashes(text: str, n: int, bits: int = 32) -> list[int]:
    """Hash of every shingle of ``text``, in order and with repeats; ``bits`` is 32 or 64.

    From ``s = 0``, each word of the shingle does ``s = s * SHINGLE_MULTIPLIER + word_hash(word) mod 2**64``; then
    ``s ^= s >> 32; s = s * FINAL_MULTIPLIER mod 2**64; s ^= s >> 32``. The 32-bit hash is the low half.
    """
    hashes = [word_hash(word) for word in words(text)]
    width = min(n, len(hashes))
    found = []
    for start in range(len(hashes) - width + 1 if width else 0):
        value = 0
        for one in hashes[start : start + width]:
            value = (value * SHINGLE_MULTIPLIER + one) & _MASK_64
        value = (value ^ value >> 32) * FINAL_MULTIPLIER & _MASK_64
        found.append((value ^ value >> 32) & (2**bits - 1))
    return found
