"""Pages saved as MHTML and mail: the page comes out with its address, title and time."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.mail import read_mail
from corpus_tools.readers.stream import ByteStream

PAGE = "<html><body><p>Schlafstörungen = häufig.</p></body></html>"


def mhtml(transfer: str, address: str = "Snapshot-Content-Location: http://a.org/1\r\n") -> bytes:
    part = EmailMessage()
    part.set_content(PAGE, subtype="html", cte=transfer)
    part["Content-Location"] = "http://a.org/1"
    head = (
        "From: <Saved by Blink>\r\n" + address + "Subject: =?utf-8?Q?Schl=C3=A4frig?=\r\nDate: Tue, 4 Apr 2023 10:00:00 -0000\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="B"\r\n\r\n'
    )
    image = "--B\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
    frame = "--B\r\nContent-Type: text/html\r\nContent-Location: http://ads.org/\r\n\r\n<p>frame</p>\r\n--B--\r\n"
    return head.encode() + b"--B\r\n" + part.as_bytes().replace(b"\n", b"\r\n") + b"\r\n" + image.encode() + frame.encode()


def test_pages_saved_by_browsers(rows) -> None:
    for transfer in ("quoted-printable", "base64", "8bit"):
        for name, address in (("a.mhtml", "Snapshot-Content-Location: http://a.org/1\r\n"), ("a.mht", ""), ("noname", "")):
            (page,) = rows(name, mhtml(transfer, address))
            assert page["raw"].decode().strip() == PAGE
            assert (page["url"], page["site"], page["title"]) == ("http://a.org/1", "a.org", "Schläfrig")
            assert (page["content_type"], page["charset"]) == ("text/html", "utf-8")
            assert page["fetched_at"] == datetime(2023, 4, 4, 10, tzinfo=UTC)
    (html,) = rows("b.mht", PAGE.encode())
    assert html["raw"].decode() == PAGE


def test_mail_prefers_html_and_leaves_attachments(rows) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["Message-ID"] = "News", "<1@a.org>"
    mail.set_content("Plain words.")
    mail.add_alternative(PAGE, subtype="html")
    mail.add_attachment("<p>attached</p>", subtype="html", filename="x.html")
    (page,) = rows("a.eml", mail.as_bytes())
    assert page["raw"].decode().strip() == PAGE
    assert (page["source_id"], page["url"]) == ("1@a.org", "a.eml")
    only = EmailMessage()
    only.set_content("Plain words.")
    (page,) = rows("b.eml", only.as_bytes())
    assert (page["raw"].strip(), page["content_type"]) == (b"Plain words.", "text/plain")
    picture = EmailMessage()
    picture.add_attachment(b"\x89PNG", maintype="image", subtype="png")
    (page,) = rows("c.eml", picture.as_bytes())
    assert page["problem"].startswith("no HTML and no text in this mail: it holds image/png")
    assert rows("d.eml", b"")[0]["problem"] == "empty file"


def test_a_cut_mail_is_kept_as_far_as_it_goes(rows) -> None:
    whole = mhtml("8bit")
    (page,) = rows("a.mhtml", whole[: whole.index(b"ufig")])
    assert page["raw"].decode("utf-8", "ignore").startswith("<html><body><p>Schlafst")
    assert page["truncated"]


@given(st.binary(max_size=300), st.integers(0, 900))
@settings(max_examples=examples(100))
def test_no_bytes_raise(tmp_path_factory, damage: bytes, at: int) -> None:
    path = tmp_path_factory.mktemp("mail") / "a.eml"
    path.write_bytes(mhtml("quoted-printable")[:at] + damage)
    with ByteStream(path) as stream:
        assert len(list(read_mail(stream, "a.eml", ReadPlan()))) == 1


def test_deep_nesting_is_a_problem(rows) -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(3000))
    assert rows("a.eml", b"MIME-Version: 1.0\r\n" + deep)[0]["problem"]


def test_long_header_fields_are_cut_before_they_are_decoded(rows) -> None:
    many = "=?utf-8?q?a?= " * 200_000
    (page,) = rows("a.eml", f"Subject: {many}\r\nContent-Type: text/plain\r\n\r\nwords\r\n".encode())
    assert page["title"] == "a" * 2000
    (page,) = rows("b.eml", b"Content-Type: text/html" + b";" * 2_000_000 + b"; charset=utf-8\r\n\r\n<p>words</p>\r\n")
    assert page["content_type"] == "text/html"
    (page,) = rows("c.eml", b"Content-Location: http://a.org/" + b"x" * 200_000 + b"\r\n\r\nwords\r\n")
    assert page["problem"] == "its address is longer than 32768 bytes"
