"""Turns the bytes of a page into text: what they are wins over what they are said to be, and nothing raises.

Order, after the WHATWG Encoding and HTML standards with the evidence put first: byte order mark;
UTF-16 told by its NULs; bytes that are valid UTF-8; the HTTP header's charset; the charset of a
meta tag or XML declaration in the first 2 KB; statistics (charset-normalizer) on a bounded sample;
windows-1252. Bytes that cannot be decoded become U+FFFD and NULs are dropped.
"""

from __future__ import annotations

import codecs
import itertools
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from corpus_tools.readers.twice_encoded import may_be_twice_encoded, mend_twice_encoded

SAMPLE = 16_384
"""Bytes that statistics look at."""

_HEAD = 2048
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,400}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_.:-]{2,40})", re.I)
_TAG = re.compile(rb"<[^<>]{0,2000}>")
_XML = re.compile(rb"\s{0,99}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9_.:-]{2,40})", re.I)
STATEFUL, ESCAPE = ("iso2022_jp", "iso2022_jp_2", "iso2022_kr", "hz"), b"\x1b$B"
WRONG_SHARE = 0.1  # of bytes outside ASCII: above it, a decoding is not believed

# What the WHATWG Encoding standard makes of a label: the superset that pages really use.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}
_LABELS = {
    "x-sjis": "shift_jis",
    "windows-31j": "cp932",
    "x-gbk": "gbk",
    "x-x-big5": "big5",
    "ks_c_5601-1987": "cp949",
    "unicode": "utf-16-le",
}
_NO_TEXT = ("utf_7", "utf-7", "unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined", "mbcs", "oem")
_KANA_CODECS = ("cp932", "euc_jp")
_CYRILLIC_CODECS = ("cp1251", "koi8_r", "cp866", "iso8859-5")
_NARROW = re.compile(rb"[a-zA-Z<>][a-zA-Z<> ]")
_STRANGE = frozenset(("Cn", "Co", "Cs"))
_WEB_CODECS = [
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "iso8859_2"),
    *("koi8_r", "koi8_u", "cp866", "gb18030", "big5hkscs", "cp949", "cp932", "euc_jp"),
]
_PUNCTUATION = "“”„‘’‚‹›«»–—…•·©®™°§¶€£¥×÷½¼¾\xa0\xad"
_HIGH = bytes(range(128, 256))
_HIGH_RUNS = re.compile(rb"[\x80-\xff]{2,}")
_ALPHABETS = (  # the letters outside ASCII of one or several languages; on a tie the first stands
    ("cp1252", "àâæçèéêëîïôœùûüÿ"),
    ("cp1252", "äöüßéåæøõ"),
    ("cp1252", "àáâãçèéêìíñòóôõùúü¿¡ªº"),
    ("cp1252", "áæðéíóöúýþ"),
    ("cp1250", "ąćęłńóśźż"),
    ("cp1250", "áäčďéěíĺľňóôŕřšťúůýž"),
    ("cp1250", "áéíóöőúüű"),
    ("cp1250", "ăâîşţ"),
    ("cp1250", "čćđšž"),
    ("iso8859-2", "ąćęłńóśźż"),
    ("iso8859-2", "áäčďéěíĺľňóôŕřšťúůýž"),
    ("cp1254", "çğıi̇öşüâîû"),
    ("cp1257", "āčēģīķļņšūž"),
    ("cp1257", "ąčęėįšųūž"),
    ("cp1257", "äõöüšž"),
)


@dataclass(frozen=True)
class Decoded:
    """``how`` is one of: bom, valid, nulls, http, meta, statistics, fallback, empty, mended (UTF-8 that was encoded twice)."""

    text: str
    encoding: str
    how: str


def decode(raw: bytes, charset: str | None = None) -> Decoded:
    """Text of ``raw``, whose transport declared ``charset``. Never raises; bounded time for any bytes."""
    if not raw:
        return Decoded("", "utf-8", "empty")
    for mark, encoding in BOMS:
        if raw.startswith(mark):
            return _decoded(raw[len(mark) :], encoding, "bom")
    said = declared_charset(raw, charset)
    if raw.isascii() and ((said and said[0] in STATEFUL) or ESCAPE in raw):
        return _decoded(raw, *(said if said and said[0] in STATEFUL else ("iso2022_jp", "statistics")))
    if wide := find_wide(raw):
        return _decoded(raw, wide, "nulls")
    if (text := _valid(raw)) is not None:
        mended = mend_twice_encoded(text) if may_be_twice_encoded(raw) else None
        return Decoded((mended or text).replace("\0", ""), "utf-8", "mended" if mended else "valid")
    broken = broken_share(raw, "utf-8")
    if said and said[0] != "utf-8" and broken_share(raw, said[0]) <= WRONG_SHARE:
        return _decoded(raw, _sister(raw, said[0]), said[1])
    if broken <= WRONG_SHARE:  # one cut or mangled letter does not make a page Latin-1
        return _decoded(raw, "utf-8", "valid")
    return _decoded(raw, *_guess(raw))


def _decoded(raw: bytes, encoding: str, how: str) -> Decoded:
    return Decoded(raw.decode(encoding, "replace").replace("\0", ""), encoding, how)


def _valid(raw: bytes) -> str | None:
    """The text if it is well-formed UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def declared_charset(raw: bytes, charset: str | None) -> tuple[str, str] | None:
    """Encoding that the transport or the page declares, and which of the two; None without a usable one."""
    if charset and (encoding := codec_of(charset)):
        return encoding, "http"
    found = _XML.match(raw, 0, _HEAD) or _META.search(raw, 0, _HEAD)
    encoding = codec_of(found[1].decode("ascii")) if found else None
    if encoding and encoding.startswith("utf-16"):  # it could not have been read if it were
        encoding = "utf-8"
    return (encoding, "meta") if encoding else None


@lru_cache(maxsize=512)
def codec_of(label: str) -> str | None:
    """Python's codec for a charset label as pages write it, widened as browsers do; None if there is no such text codec."""
    label = label.strip().lower()
    try:
        name = codecs.lookup(_LABELS.get(label, label)).name
        if name in _NO_TEXT or not isinstance(b"a".decode(name, "replace"), str):
            return None
    except (LookupError, ValueError, TypeError, AttributeError):
        return None
    return _SUPERSETS.get(name, name)


def broken_share(raw: bytes, encoding: str) -> float:
    """U+FFFD that decoding yields, as a share of the bytes outside ASCII (0 when all is well, also when there are none)."""
    try:
        raw.decode(encoding)
        return 0.0
    except UnicodeDecodeError:
        sample = raw[: 1 << 20]
        high = len(sample) - len(sample.translate(None, _HIGH))
        return sample.decode(encoding, "replace").count("�") / max(1, high) + 1e-9
    except (LookupError, ValueError):
        return 1.0


def find_wide(raw: bytes) -> str:
    """UTF-16 without a mark: NULs, which no other text holds, stand at every other byte where it has signs of ASCII. '' if it is not that."""
    head = raw[: _HEAD - _HEAD % 2]
    if b"\0" not in head or len(_NARROW.findall(head)) > WRONG_SHARE * len(head) / 2:
        return ""
    low, high = head[0::2].count(0), head[1::2].count(0)
    for encoding, most, least in (("utf-16-le", high, low), ("utf-16-be", low, high)):
        if most > max(0.04 * len(head) / 2, 10 * least):
            text = head.decode(encoding, "replace")
            strange = sum(unicodedata.category(sign) in _STRANGE for sign in text)
            return encoding if strange <= 0.02 * len(text) + 1 else ""
    return ""


def _sister(raw: bytes, said: str) -> str:
    """The encoding that is taken for the one ``said`` and under which the page reads much better, else the one said."""
    for group, quality in ((_KANA_CODECS, _kana_share), (_CYRILLIC_CODECS, _cased_share)):
        if said in group:
            sample = _sample(raw)
            shares = {name: quality(sample.decode(name, "replace")) for name in group if broken_share(sample, name) < 0.01}
            best = max(shares, key=lambda name: (shares[name], name == said), default=said)
            return best if shares.get(best, 0.0) > shares.get(said, 0.0) + 0.15 else said
    return said


def _cased_share(text: str) -> float:
    """Of the Cyrillic letters inside words, the share in lower case."""
    pairs = [after for before, after in itertools.pairwise(text) if "\u0400" <= after <= "\u045f" and before.isalpha()]
    return sum(map(str.islower, pairs)) / max(1, len(pairs))


def _guess(raw: bytes) -> tuple[str, str]:
    """Encoding that letters and statistics find likeliest, or windows-1252."""
    sample = _sample(raw)
    for japanese in _KANA_CODECS:  # statistics take short Japanese for Korean or Chinese; kana are proof
        if broken_share(sample, japanese) < 0.01 and _kana_share(sample.decode(japanese, "replace")) > 0.2:
            return japanese, "statistics"
    name = _latin(sample) or _statistics(sample)
    if name is None or broken_share(raw, name) > WRONG_SHARE:
        return "cp1252", "fallback"
    return _sister(raw, name), "statistics"


def _statistics(sample: bytes) -> str | None:
    """charset-normalizer's best guess among the encodings of the web."""
    from charset_normalizer import from_bytes  # for the few pages that declare no encoding

    try:
        best = from_bytes(sample, steps=4, chunk_size=1024, preemptive_behaviour=False, cp_isolation=_WEB_CODECS).best()
    except (LookupError, ValueError, TypeError, RecursionError):
        return None
    return codec_of(best.encoding) if best is not None else None


def _latin(sample: bytes) -> str | None:
    """The encoding under which the signs outside ASCII are one language's letters; None if there is none.

    Statistics cannot tell Latin code pages apart. Such letters mostly stand alone among ASCII ones;
    where they stand together, the page is in Greek, Cyrillic, Hebrew or Arabic script, or no text.
    """
    runs = _HIGH_RUNS.findall(sample)
    if sum(map(len, runs)) > 0.5 * (len(sample) - len(sample.translate(None, _HIGH))):
        return None
    if all(sign in _PUNCTUATION for sign in sample.decode("cp1252", "replace") if sign > "\x7f"):
        return "cp1252"  # a lone copyright sign is a letter in other code pages
    best, best_share = None, 0.8
    for encoding, alphabet in _ALPHABETS:
        signs = [sign for sign in sample.decode(encoding, "replace").lower() if sign > "\x7f" and sign not in _PUNCTUATION]
        share = sum(sign in alphabet for sign in signs) / max(1, len(signs))
        if share > best_share + 1e-9:
            best, best_share = encoding, share
    return best


def _kana_share(text: str) -> float:
    wide = [letter for letter in text if letter > "\x7f"]
    return sum("\u3041" <= letter <= "\u30fe" for letter in wide) / max(1, len(wide))


def _sample(raw: bytes) -> bytes:
    """Up to SAMPLE bytes without tags: the lines that hold letters outside ASCII, which are the ones that tell."""
    raw = _TAG.sub(b" ", raw[: 1 << 20])
    if len(raw) <= SAMPLE:
        return raw
    lines = [line[:2048] for line in raw.split(b"\n") if not line.isascii()]
    return (b"\n".join(lines) or raw)[:SAMPLE]
