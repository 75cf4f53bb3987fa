"""E-mail addresses and telephone numbers: what counts as one, what does not, and that no text takes long."""

from __future__ import annotations

import time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.write import personal
from corpus_tools.write.personal import EMAIL_MARK, PHONE_MARK, QUICK, count_personal, find_phones, redact

NUMBERS = [
    *("301-555-0123", "(301) 555-0123", "1-800-555-0123", "1.800.555.0123", "301.555.0123", "+1 (301) 555-0123", "1 800 555 0123"),
    *("1-800-4-CANCER", "1-800-CDC-INFO", "1 (800) QUIT-NOW", "877-22-NIAMS", "+13015550123"),
    *(
        "+44 20 7946 0958",
        "+44 (0)20 7946 0958",
        "0044 20 7946 0958",
        "(+49) 30 1234567",
        "+49 (0)9546-9223-20",
        "+33-1-40-75-27-00",
    ),
    *("020 7946 0958", "01904 373 069", "0800 100 600", "01 42 34 56 78", "01.42.34.56.78", "030/12345678", "03-1234-5678"),
]
"""Written so that no word has to stand before them."""
SAID = [
    "Tel 12345678",
    "Phone: 7035246686",
    "téléphone : 4234 5678",
    "call 601 995 0162",
    "电话：010-12345678",
    "Fax:(716) 857-3159",
]
OTHERS = [
    *(
        "Take 500-1000 mg",
        "5-10-15 mg/kg",
        "NCT01234567",
        "PMID: 30123456",
        "PMC1234567",
        "ISBN 978-3-16-148410-0",
        "ISBN 0-306-40615-2",
    ),
    *("NDC 0172-5728-60", "doi:10.1016/j.jaci.2019.05.012", "doi: 10.1146/annurev-med-060619-022943", "ORCID 0301-5550-1234"),
    *("0000-0002-1825-0097", "2019-05-12 10:30", "12/05/2019 11:00", "01.02.2020 12:30", "1990-1995 2001-2004", "192.168.100.1234"),
    *("call 911", "call us 24/7 365", "Phone 2023-2024", "text HOME to 741741", "1,234,567", "$555-123-4567", "250 300 1500"),
    *("0.05 0.12 0.33", "012 021 102 120", "Boston MA 02115-1234", "2003;289(19):2560-2572", "CAS 50-78-2", "12 345 6789"),
    *("ICD-10 F32.1 2019 100 200", "account 0301 5550 123", "+10 000 000 cells", "37.0-38.5 39.0-41.0", "120/80 130/85 140/90"),
]
MAILS = [
    *("jane.doe@clinic.example", "a+b@x.co", "O'Brien@mail.example.org", "john [at] example.org", "john(at)example.org"),
    *("john (at) example (dot) org", "info@bücher.de"),
]
NO_MAILS = ["logo@2x.png", "@handle", "find us [at] home. The end", "lodash@4.17.21", "a @ b.c", "price @ 5.00", "(at) example.org"]
LETTERS = "0123456789 ()-./+@[]atdoe8A\u00a0\nTel:电话"


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_found_wherever_it_stands(number: str) -> None:
    for text in (number, f"Ring {number}.", f"a\n{number}\nb", f"Office ({number}), room 5", f"| Heart | {number} | 2 |"):
        assert count_personal(text) == (0, 1), text
        assert number not in redact(text)[0]
        assert PHONE_MARK in redact(text)[0]


@pytest.mark.parametrize("text", SAID)
def test_a_number_after_a_word_for_it(text: str) -> None:
    assert redact(text)[1:] == (0, 1)
    assert not any(sign.isdecimal() for sign in redact(text)[0])


@pytest.mark.parametrize("text", [*OTHERS, *NO_MAILS])
def test_what_is_no_number_and_no_address(text: str) -> None:
    assert redact(text) == (text, 0, 0)


@pytest.mark.parametrize("mail", MAILS)
def test_an_address_is_found(mail: str) -> None:
    assert redact(f"Write to {mail}, or come.") == (f"Write to {EMAIL_MARK}, or come.", 1, 0)


def test_both_stay_apart_and_marks_hold_nothing_more() -> None:
    text, emails, phones = redact("jane@x.example or 301-555-0123; fax 301-555-0124\n020-85501999-8819或39media@mail.39.net")
    assert (text, emails, phones) == (
        f"{EMAIL_MARK} or {PHONE_MARK}; fax {PHONE_MARK}\n{PHONE_MARK}或{EMAIL_MARK}".replace(
            f"{PHONE_MARK}或", redact("020-85501999-8819或")[0]
        ),
        2,
        phones,
    )
    assert redact(text) == (text, 0, 0)


@given(st.text(LETTERS, max_size=120))
def test_only_what_stands_near_digits_is_looked_at_and_nothing_is_missed(text: str) -> None:
    """The slow twin goes through the whole text."""
    whole = []
    for found in personal._PHONE.finditer(text):
        start, end = found.span("said" if found["said"] else "shaped")
        if not personal._is_something_else(text, start, end, said=bool(found["said"])):
            number = text[start:end]
            whole.append((start + (number[0] == "(" and ")" not in number), end - (number[-1] == ")" and "(" not in number)))
    assert list(find_phones(text)) == whole


@given(st.lists(st.sampled_from([*NUMBERS, *SAID, *OTHERS, *MAILS, *NO_MAILS, " ", "\n", "or "]), max_size=6).map("".join))
def test_the_quick_look_misses_nothing(text: str) -> None:
    if any(count_personal(text)):
        assert pl.Series([text]).str.contains(QUICK)[0]


@pytest.mark.parametrize(
    "part", ["1", "1 ", "(1", "@", "a@", "a.", "tel ", "tel 1 ", "a (at) ", "+44", "00 44 ", "01 ", "800-A", "1-1 "]
)
def test_no_text_takes_long(part: str) -> None:
    text = part * (200_000 // len(part)) + "@"
    began = time.process_time()
    redact(text)
    assert time.process_time() - began < 2
