"""Hostile input files by kind, each cleaned by the command: CPU seconds, peak memory of any process, and whether the account closes.

    python -m benchmarks.reliability.inputs
    python -m benchmarks.reliability.inputs --only parquet template      # kinds whose name holds a word; the others stay as saved

Writes ``results/reliability/inputs.json``.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import random
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import gate
from benchmarks.reliability.commands import ROOT, Told, run_command

MAX_SECONDS, MAX_MIB = 20.0, 600
WORDS = "some words of a page that is worth keeping because it says something that no other page says. " * 5


def _warc(*pages: tuple[str, int]) -> bytes:
    """Records of (body, what is added to the stated length)."""
    records = []
    for number, (body, more) in enumerate(pages):
        content = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body.encode()
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/{number}\r\nContent-Length: {len(content) + more}\r\n\r\n"
        records.append(head.encode() + content + b"\r\n\r\n")
    return b"".join(records)


def _page(number: int) -> str:
    return f"<p>Page {number}: {WORDS}"


def _rows(*rows: dict[str, Any]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def _prose(size: int, seed: int = 0) -> str:
    """About ``size`` characters of 50,000 words, a sentence a line."""
    chance, words = random.Random(seed), [f"w{number:x}" for number in range(50_000)]
    lines, held = [], 0
    while held < size:
        lines.append(" ".join(chance.choices(words, k=40)) + ".\n")
        held += len(lines[-1])
    return "".join(lines)[:size]


def _parquet(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", dictionary_pagesize_limit=1 << 30, **options)
    return sink.getvalue()


def _shared(value: str, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([value]))


def _zip(names: list[str], content: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), content)
    return sink.getvalue()


def _tar(names: list[str], content: bytes) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in names:
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return sink.getvalue()


def _mail(head: str, parts: int = 1) -> bytes:
    body = "".join(f"--b\r\nContent-Type: text/html\r\n\r\n<p>{WORDS}\r\n" for _ in range(parts))
    return f"MIME-Version: 1.0\r\n{head}Content-Type: multipart/related; boundary=b\r\n\r\n{body}--b--\r\n".encode()


def _attributes(count: int) -> bytes:
    return ("<p " + " ".join(f"a{n}=1" for n in range(count)) + f">{WORDS}").encode()


_SOUND = [{"id": str(n), "text": f"row {n} {WORDS}"} for n in range(20)]
KINDS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip bomb of 2 GB": ("page.html.gz", lambda: gzip.compress(bytes(1 << 20)) * 2000),
    "gzip cut off": ("rows.jsonl.gz", lambda: gzip.compress(_rows(*_SOUND))[:-40]),
    "rubbish called gzip": ("rows.jsonl.gz", lambda: b"\x1f\x8b\x08" + bytes(range(256)) * 4000),
    "line of 60 MB": ("rows.jsonl", lambda: _rows({"id": "x", "text": "word " * 12_000_000}, *_SOUND)),
    "60 titles of 20 MB": (
        "rows.jsonl",
        lambda: _rows(*({"id": str(n), "title": "t" * 20_000_000, "text": WORDS} for n in range(60))),
    ),
    "JSON nested 1,000,000 deep": (
        "rows.jsonl",
        lambda: b'{"text": ' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}\n" + _rows(*_SOUND),
    ),
    "1,000,000 empty lines": ("rows.jsonl", lambda: b"\n" * 1_000_000 + _rows(*_SOUND)),
    "100,000 rows without text": ("rows.jsonl", lambda: _rows(*_SOUND) + b'{"id": "x"}\n' * 100_000),
    "WARC, length too large": ("pages.warc", lambda: _warc(*((_page(n), 5000 if n == 3 else 0) for n in range(20)))),
    "WARC, length too small": ("pages.warc", lambda: _warc(*((_page(n), -40 if n == 3 else 0) for n in range(20)))),
    "WARC cut off": ("pages.warc", lambda: _warc(*((_page(n), 0) for n in range(20)))[:-300]),
    "WARC of one header line of 50 MB": (
        "pages.warc",
        lambda: b"WARC/1.0\r\nX: " + b"x" * 50_000_000 + b"\r\n\r\n" + _warc((_page(1), 0)),
    ),
    "parquet cut off": ("pages.parquet", lambda: b"PAR1" + bytes(range(256)) * 4000),
    "tag of 40,000 attributes": ("page.html", lambda: _attributes(40_000)),
    "tag of 1,000,000 attributes": ("page.html", lambda: _attributes(1_000_000)),
    "20,000 tags of 40 attributes": (
        "page.html",
        lambda: ("<p " + " ".join(f"a{n}=1" for n in range(40)) + ">x").encode() * 20_000,
    ),
    "100,000 nested div": ("page.html", lambda: ("<div>" * 100_000 + WORDS).encode()),
    "2,000 nested template": ("page.html", lambda: ("<template>" * 2_000 + WORDS * 300).encode()),
    "30 MB of notices": ("page.txt", lambda: b"We use cookies. Accept all. Read our cookie policy.\n" * 600_000),
    "page of 10 MB of words": ("page.txt", lambda: _prose(10_400_000).encode()),
    "row of 10 MB of one word": ("rows.jsonl", lambda: _rows({"id": "x", "text": "word " * 2_080_000})),
    "HTML of 10 MB of words": ("page.html", lambda: ("<p>" + _prose(9_000_000).replace("\n", "<p>")).encode()),
    "10 MB of notices": ("page.txt", lambda: b"We use cookies. Accept all. Read our cookie policy.\n" * 200_000),
    "10 MB of notice words": ("page.txt", lambda: b"cookie " * 1_490_000),
    "10 MB of combining marks": ("page.txt", lambda: ("a" + "\u0301" * 5_200_000).encode()),
    "60 ids of 20 MB": ("rows.jsonl", lambda: _rows(*({"id": f"{n}" + "i" * 20_000_000, "text": WORDS} for n in range(60)))),
    "60 addresses of 20 MB": (
        "rows.jsonl",
        lambda: _rows(*({"url": f"http://a.example/{n}" + "u" * 20_000_000, "text": WORDS} for n in range(60))),
    ),
    "titles of 9 MB": ("rows.jsonl", lambda: _rows(*({"id": str(n), "title": "t" * 9_000_000, "text": WORDS} for n in range(60)))),
    "JSON of 3,400,000 empty objects": ("rows.jsonl", lambda: b'{"text": [' + b"{}," * 3_400_000 + b"1]}\n" + _rows(*_SOUND)),
    "JSON of 900,000 values": ("rows.jsonl", lambda: b'{"text": "t", "x": [' + b"[]," * 900_000 + b"1]}\n" + _rows(*_SOUND)),
    "JSON array of 100 MB": (
        "rows.json",
        lambda: b"[" + b",".join(_rows({"id": str(n), "text": WORDS, "x": "x" * 20_000}) for n in range(5000)) + b"]",
    ),
    "JSON array nested 500,000 deep": ("rows.json", lambda: b"[" * 500_000),
    "CSV row of 3,000,000 cells": ("rows.csv", lambda: b"url,text\nu," + WORDS.encode() + b"\n" + b"x," * 3_000_000 + b"\n"),
    "CSV of an open quote, 60 MB": ("rows.csv", lambda: b'url,text\nu,words of a page\nu2,"' + b"more words\n" * 5_500_000),
    "mail header of 9 MB": ("page.eml", lambda: _mail("Subject: " + "=?utf-8?q?a?= " * 640_000 + "\r\n")),
    "mail of 200,000 header lines": ("page.eml", lambda: _mail("".join(f"X-{n}: y\r\n" for n in range(200_000)))),
    "MHTML of 15,000 parts": ("page.mhtml", lambda: _mail("", 15_000)),
    "mail nested 3,000 deep": (
        "page.eml",
        lambda: (
            b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
            + b"\r\n"
            + WORDS.encode()
        ),
    ),
    "WARC of 1,000,000 header lines": (
        "pages.warc",
        lambda: b"WARC/1.0\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(1_000_000)) + b"\r\n" + _warc((_page(1), 0)),
    ),
    "zip of 100,000 long names": ("pages.zip", lambda: _zip([f"{n}/" + "n" * 200 + ".html" for n in range(100_000)], b"")),
    "tar of long names": ("pages.tar", lambda: _tar([f"{n}/" + "n/" * 20_000 + "a.html" for n in range(300)], WORDS.encode())),
    "zip without its end": ("pages.zip", lambda: _zip([f"{n}.html" for n in range(200)], WORDS.encode() * 20)[:-20_000]),
    "parquet, one text in 90,000 rows": ("pages.parquet", lambda: _parquet(pa.table({"text": _shared("word " * 200_000, 90_000)}))),
    "parquet, one page of 600 MB": (
        "pages.parquet",
        lambda: _parquet(
            pa.table({"text": ["x" * 15_000_000] * 40}),
            use_dictionary=False,
            data_page_size=(1 << 31) - 1,
            write_batch_size=1 << 20,
        ),
    ),
    "parquet, one page of 240 MB": (
        "pages.parquet",
        lambda: _parquet(
            pa.table({"text": [f"{n} " + "x" * 6_000_000 for n in range(40)]}),
            use_dictionary=False,
            data_page_size=(1 << 31) - 1,
            write_batch_size=1 << 20,
        ),
    ),
    "parquet, texts that repeat": (
        "pages.parquet",
        lambda: _parquet(
            pa.table({"text": ["x" * 1_000_000] * 1000}), use_dictionary=False, column_encoding={"text": "DELTA_BYTE_ARRAY"}
        ),
    ),
    "200 nested template, 300 kB": (
        "page.html",
        lambda: (
            "<div><template shadowrootmode=open><slot></slot>" * 200 + "<slot name=x>words</slot><p>more " * 10_000 + WORDS
        ).encode(),
    ),
    "3,000 templates with slots": (
        "page.html",
        lambda: (
            "<div><template shadowrootmode=open><slot></slot><slot name=a></slot></template><p>x<p slot=a>y</div>" * 3000 + WORDS
        ).encode(),
    ),
    "JSON-LD of 5 MB": (
        "page.html",
        lambda: ("<script type=application/ld+json>[" + '{"text":"a"},' * 350_000 + "{}]</script>").encode(),
    ),
    "JSON-LD nested 100,000 deep": (
        "page.html",
        lambda: ("<script type=application/ld+json>" + '{"a":' * 100_000 + "1" + "}" * 100_000 + f"</script><p>{WORDS}").encode(),
    ),
    "__NEXT_DATA__ of 5 MB": (
        "page.html",
        lambda: (
            "<script id=__NEXT_DATA__>["
            + ('{"t":"<b>words</b> of a page <i>that says</i> something. And more."},' * 70_000)
            + "{}]</script>"
        ).encode(),
    ),
    "200,000 title elements": ("page.html", lambda: ("<title>a title</title>" * 200_000 + WORDS).encode()),
    "100,000 meta elements": (
        "page.html",
        lambda: ("<head>" + "".join(f"<meta name=a{n} content=b>" for n in range(100_000)) + f"<body>{WORDS}").encode(),
    ),
    "names of 250 control characters": ("\x1b[2J" * 50 + ".txt", WORDS.encode),
}
"""Kind -> name of the file and its bytes."""

_WRITE = "import sys; from benchmarks.reliability.inputs import KINDS; open(sys.argv[2], 'wb').write(KINDS[sys.argv[1]][1]())"


def measure(kind: str, scratch: Path) -> dict[str, Any]:
    """Figures of one kind."""
    name, _ = KINDS[kind]
    source = scratch / f"source{len(list(scratch.iterdir()))}"
    source.mkdir()
    # By a process of its own: a new process counts the memory of the one it came from, up to then, as its own.
    subprocess.run([sys.executable, "-c", _WRITE, kind, source / name], check=True, cwd=ROOT)
    (source / "sound.txt").write_text(WORDS)
    told = run_command("run", source, "-o", scratch / f"{source.name}-RUN", "-q", "--workers", "1")
    (source / name).unlink()
    closes = told.code == 0 and told.closes
    print(f"{kind:34s}{told.cpu_s:8.1f} s{told.peak_mib:7,d} MiB  {told.out.strip() or told.err.strip()}", flush=True)
    return {"cpu_s": round(told.cpu_s, 1), "peak_mib": told.peak_mib, "closes": closes}


def save(found: dict[str, dict[str, Any]], plain: Told) -> dict[str, Any]:
    """Write the result of the kinds that were measured so far."""
    figures = {
        "kinds": len(found),
        "worst_cpu_s": round(max(one["cpu_s"] for one in found.values()) - plain.cpu_s, 1),
        "worst_peak_mib": max(one["peak_mib"] for one in found.values()),
        "open_accounts": sum(not one["closes"] for one in found.values()),
        "over_20_s": sum(one["cpu_s"] - plain.cpu_s > MAX_SECONDS for one in found.values()),
        "over_600_mib": sum(one["peak_mib"] > MAX_MIB for one in found.values()),
        "one_short_page": {"cpu_s": round(plain.cpu_s, 1), "peak_mib": plain.peak_mib},
        "by_kind": found,
    }
    data = gate.digest_made("benchmarks.reliability.inputs", (kind.encode() for kind in KINDS))
    gate.save_result("reliability/inputs", figures, data, {"open_accounts": "max", "over_20_s": "max", "over_600_mib": "max"})
    return figures


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=[])
    only = parser.parse_args().only
    measured: dict[str, Any] = {}
    if only and (gate.RESULTS / "reliability/inputs.json").exists():
        measured = gate.read_result("reliability/inputs")["figures"]["by_kind"]
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        nothing = Path(scratch) / "nothing"
        nothing.mkdir()
        (nothing / "page.txt").write_text(WORDS)
        run_command("run", nothing, "-o", Path(scratch) / "compiled", "-q", "--workers", "1")
        plain = run_command("run", nothing, "-o", Path(scratch) / "plain", "-q", "--workers", "1")
        print(f"{'one short page':34s}{plain.cpu_s:8.1f} s{plain.peak_mib:7,d} MiB", flush=True)
        for kind in KINDS:
            if not only or any(word in kind for word in only):
                measured[kind] = measure(kind, Path(scratch))
                figures = save({kind: measured[kind] for kind in KINDS if kind in measured}, plain)
    for name in ("kinds", "worst_cpu_s", "worst_peak_mib", "open_accounts", "over_20_s", "over_600_mib"):
        print(f"{name}: {figures[name]}")


if __name__ == "__main__":
    main()
