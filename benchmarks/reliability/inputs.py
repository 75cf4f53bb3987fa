"""Hostile input files by kind, each cleaned by the command: CPU seconds, peak memory of any process, and whether the account closes.

    python -m benchmarks.reliability.inputs

Writes ``results/reliability/inputs.json``.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import gate
from benchmarks.reliability.commands import ROOT, run_command

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
    "tag of 1,000,000 attributes": (
        "page.html",
        lambda: ("<p " + " ".join(f"a{n}=1" for n in range(1_000_000)) + f">{WORDS}").encode(),
    ),
    "100,000 nested div": ("page.html", lambda: ("<div>" * 100_000 + WORDS).encode()),
    "2,000 nested template": ("page.html", lambda: ("<template>" * 2_000 + WORDS * 300).encode()),
    "30 MB of notices": ("page.txt", lambda: b"We use cookies. Accept all. Read our cookie policy.\n" * 600_000),
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


def main() -> None:
    """Measure, print and save."""
    with tempfile.TemporaryDirectory() as scratch:
        nothing = Path(scratch) / "nothing"
        nothing.mkdir()
        (nothing / "page.txt").write_text(WORDS)
        plain = run_command("run", nothing, "-o", Path(scratch) / "plain", "-q", "--workers", "1")
        print(f"{'one short page':34s}{plain.cpu_s:8.1f} s{plain.peak_mib:7,d} MiB")
        found = {kind: measure(kind, Path(scratch)) for kind in KINDS}
    figures = {
        "open_accounts": sum(not one["closes"] for one in found.values()),
        "over_20_s": sum(one["cpu_s"] - plain.cpu_s > MAX_SECONDS for one in found.values()),
        "over_600_mib": sum(one["peak_mib"] > MAX_MIB for one in found.values()),
        "one_short_page": {"cpu_s": round(plain.cpu_s, 1), "peak_mib": plain.peak_mib},
        "by_kind": found,
    }
    for name in ("open_accounts", "over_20_s", "over_600_mib"):
        print(f"{name}: {figures[name]}")
    data = gate.digest_made("benchmarks.reliability.inputs", (kind.encode() for kind in KINDS))
    gate.save_result("reliability/inputs", figures, data, {"open_accounts": "max", "over_20_s": "max", "over_600_mib": "max"})


if __name__ == "__main__":
    main()
