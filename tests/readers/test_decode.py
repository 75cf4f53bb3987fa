"""Decoding: evidence beats declarations, and no bytes raise."""

from __future__ import annotations

import codecs
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.readers.decode import codec_of, decode
from corpus_tools.readers.plain import is_plain_utf8

LANGUAGES = {
    "cp1252": "Le café déjà vu, l’été à Besançon, naïveté, cœur et garçon. ",
    "cp1250": "Cukrzyca to przewlekła choroba, źródło i żółć są ważne. ",
    "cp1251": "Диабет — хроническое заболевание, при котором нарушается обмен глюкозы. ",
    "cp1253": "Ο διαβήτης είναι μια χρόνια ασθένεια που επηρεάζει τον οργανισμό. ",
    "cp1254": "Şeker hastalığı, kan şekerinin yüksek olduğu kronik bir hastalıktır. ",
    "cp1255": "סוכרת היא מחלה כרונית שבה רמת הסוכר בדם גבוהה מדי. ",
    "cp1256": "مرض السكري هو مرض مزمن يحدث عندما يرتفع مستوى السكر في الدم. ",
    "koi8-r": "Диабет это хроническое заболевание, при котором нарушается обмен глюкозы. ",
    "cp932": "糖尿病は、血糖値が高くなる病気です。インスリンの働きが不足しています。",
    "euc_jp": "糖尿病は、血糖値が高くなる病気です。インスリンの働きが不足しています。",
    "gb18030": "糖尿病是一种慢性疾病，其特征是血糖水平升高。患者需要控制饮食。",
    "big5hkscs": "糖尿病是一種慢性疾病，其特徵是血糖水平升高。患者需要控制飲食。",
    "cp949": "당뇨병은 혈당 수치가 높아지는 만성 질환입니다. 식이 조절이 필요합니다.",
}


@pytest.mark.parametrize("encoding", LANGUAGES)
@pytest.mark.parametrize("padding", ["", "<p>plain words in English</p>\n" * 900])
def test_undeclared_encodings_are_told_by_their_letters(encoding: str, padding: str) -> None:
    text = LANGUAGES[encoding] * 5
    decoded = decode((padding + text).encode(encoding))
    assert decoded.text == padding + text
    assert decoded.how == "statistics"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_mark_wins_over_every_declaration(encoding: str) -> None:
    decoded = decode('<meta charset="latin1">é…'.encode(encoding), "koi8-r")
    assert (decoded.text, decoded.how) == ('<meta charset="latin1">é…', "bom")


def test_valid_utf8_wins_over_a_wrong_header() -> None:
    assert decode("Hôpital Besançon".encode(), "iso-8859-1").text == "Hôpital Besançon"


def test_header_then_meta_then_xml_declaration() -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>Привет'.encode("cp1251")
    assert decode(page) == decode(page, "no-such-charset")
    assert decode(page).how == "meta"
    assert decode(page).text.endswith("Привет")
    assert decode(page, "koi8-r").how == "http"
    xml = '<?xml version="1.0" encoding="ISO-8859-2"?><html>łódź'.encode("iso8859-2")
    assert (decode(xml).encoding, decode(xml).text[-4:]) == ("iso8859-2", "łódź")


def test_labels_mean_what_browsers_make_of_them() -> None:
    assert decode(b"<meta charset=iso-8859-1>\x93quoted\x94").text.endswith("“quoted”")
    assert codec_of("GB2312") == "gb18030"
    assert codec_of(" Shift_JIS ") == "cp932"
    assert [codec_of(label) for label in ("utf-7", "base64", "hex", "idna", "x-user-defined", "rot13", "\0", "")] == [None] * 8


def test_stateful_seven_bit_encoding_is_taken_from_its_declaration() -> None:
    text = "糖尿病です"
    assert decode(text.encode("iso2022_jp"), "ISO-2022-JP").text == text


@pytest.mark.parametrize("said", [None, "utf-8", "Shift_JIS"])
def test_stateful_seven_bit_encoding_is_told_by_its_escapes(said: str | None) -> None:
    raw = "<title>糖尿病です</title><p>Type 2 の治療".encode("iso2022_jp")
    assert decode(raw, said).text == "<title>糖尿病です</title><p>Type 2 の治療"
    assert not is_plain_utf8(raw, said)
    assert decode(b"a log in \x1b[31mred\x1b[0m").text == "a log in \x1b[31mred\x1b[0m"


def test_utf16_without_mark_is_told_by_its_nulls() -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        decoded = decode("A plain English page of some words".encode(encoding))
        assert (decoded.text, decoded.encoding) == ("A plain English page of some words", encoding)


def test_broken_bytes_become_replacement_characters_and_nulls_go() -> None:
    cut = "une journée à l’hôpital, été après été".encode() + "é".encode()[:1]
    assert decode(cut).text == "une journée à l’hôpital, été après été\ufffd"
    assert decode(b"a\0b\0c d e f g h i j k l").text == "abc d e f g h i j k l"
    assert decode(b"").how == "empty"


def test_a_wrong_multibyte_header_is_not_believed() -> None:
    assert decode("Le café déjà vu à Besançon".encode("cp1252"), "utf-8").text == "Le café déjà vu à Besançon"


@given(
    st.binary(max_size=400),
    st.sampled_from([None, "utf-8", "utf-16", "gbk", "hz", "utf-7", "latin1", "iso-2022-kr", "undefined", "\ud800"]),
)
def test_no_bytes_raise_and_all_text_is_storable(raw: bytes, charset: str | None) -> None:
    decoded = decode(raw, charset)
    decoded.text.encode("utf-8")
    assert "\0" not in decoded.text
    codecs.lookup(decoded.encoding)


@given(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\ufeff"), max_size=200))
def test_utf8_round_trip(text: str) -> None:
    if not decode(text.encode()).encoding.startswith("utf-16"):
        assert decode(text.encode()).text == text


@pytest.mark.parametrize("unit", [b"\xff\xfe\xfd", b"caf\xe9 \n", b"<", b"<meta charset=", b"\x80\x00", b"\xc3"])
def test_time_is_bounded(unit: bytes) -> None:
    raw = unit * (4_000_000 // len(unit))
    began = time.perf_counter()
    decode(raw[1:])
    assert time.perf_counter() - began < 5


RUSSIAN = "<html><body><p>Грипп начинается внезапно, и больному нужен покой, тепло и обильное питьё.</p></body></html>" * 3
JAPANESE = (
    "<html><head><meta charset={}></head><body><p>花粉症は春先に多いアレルギーで、くしゃみや鼻水が主な症状です。</p></body></html>"
)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [RUSSIAN, RUSSIAN.replace("Грипп", "流感"), "<p>plain words of a page</p>" * 5])
def test_wide_text_without_a_mark(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)).text == text


def test_encodings_that_are_taken_for_each_other() -> None:
    wrong = JAPANESE.format("Shift_JIS")
    assert decode(wrong.encode("euc_jp")).text == wrong
    right = JAPANESE.format("EUC-JP")
    assert decode(right.encode("euc_jp")).text == right
    assert decode(RUSSIAN.encode("koi8_r"), "windows-1251").text == RUSSIAN
    assert decode(RUSSIAN.encode("cp1251"), "windows-1251").text == RUSSIAN


def test_a_lone_copyright_sign_is_one() -> None:
    assert decode(b"<p>Some words of an old page</p><p>\xa9 1999 A Clinic</p>").text.endswith("© 1999 A Clinic</p>")


def test_text_that_was_encoded_twice_is_mended() -> None:
    text = "Fièvre, naïveté et «grippe» — au lit, où l’été dure déjà"
    found = decode(text.encode().decode("cp1252").encode())
    assert (found.text, found.how) == (text, "mended")
    assert decode("The signs Ã© stand for é in a page that speaks of them – déjà vu, naïveté, été".encode()).how == "valid"
