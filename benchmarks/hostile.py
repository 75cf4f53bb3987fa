"""Pages made to hurt, as HTML, as scraped text and in broken encodings: CPU seconds and memory of each, in its own process.

    python benchmarks/hostile.py

Writes ``results/hostile.json``. What is pinned are counts (pages not ended, over a minute of CPU, over a gigabyte), because
they do not depend on the machine's load.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import pkgutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from encodings import aliases
from pathlib import Path
from typing import Any

import gate

Made = Callable[[], str]
MAX_SECONDS, MAX_MB = 60.0, 1024
HTML: dict[str, Made] = {
    "100,000 nested div": lambda: "<div>" * 100_000 + "some words to keep " * 20 + "</div>" * 100_000,
    "50,000 open div": lambda: "<div>x" * 50_000,
    "20,000 open font, p": lambda: "".join(f"<font color={i}><p>x" for i in range(20_000)),
    "50 MB attribute": lambda: "<p class='" + "x" * 50_000_000 + "'>" + "some words to keep " * 20 + "</p>",
    "20 MB line": lambda: "<p>" + "word and more " * 1_500_000,
    "20 MB word": lambda: "<p>" + "w" * 20_000_000,
    "1,000,000 a": lambda: "<a href=x>y</a> " * 1_000_000,
    "1,000,000 open a": lambda: "<a href=x>y " * 1_000_000,
    "4,000,000 entities": lambda: "<p>" + "&amp;" * 4_000_000,
    "entity bomb": lambda: "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(f"<!ENTITY a{i} '&a;&a;'>" for i in range(50)) + "]><p>&a49;",
    "200,000 br": lambda: "word<br>" * 200_000,
    "30,000 li": lambda: "<ul>" + "<li>an item of it" * 30_000,
    "30,000 p": lambda: "<p>a short one</p>" * 30_000,
    "5,000 x 10 table": lambda: "<table>" + ("<tr>" + "<td>1.5</td>" * 10 + "</tr>") * 5_000 + "</table>",
    "300 kB of spans": lambda: "<p>" + "<span>a b</span> " * 18_000,
    "1,000,000 <!--": lambda: "<!--" * 1_000_000,
    "2,000,000 <": lambda: "<" * 2_000_000,
    "15,000 open table": lambda: "<table>" * 15_000 + "words",
    "NUL bytes": lambda: "<p>a\0b some words</p>" * 1_000,
    "lone surrogates": lambda: "<p>\\ud800 some words</p>" * 1_000,
}
TEXT: dict[str, Made] = {
    "20 MB line": lambda: "word and more of it. " * 1_000_000,
    "20 MB of short lines": lambda: "a line\n" * 3_000_000,
    "20 MB word": lambda: "w" * 20_000_000,
    "20 MB of one notice word": lambda: "cookie " * 3_000_000,
    "20 MB of notices": lambda: "We use cookies. Accept all. Read our cookie policy.\n" * 400_000,
    "20 MB of titles twice": lambda: "".join(f"Title {i} of a page Title {i} of a page " for i in range(500_000)),
    "20 MB of anchors": lambda: "we like it check here or compromised " * 550_000,
    "spaces": lambda: "a" + " " * 20_000_000 + "b",
    "dots": lambda: "a" + "." * 20_000_000 + " b",
    "parentheses": lambda: "(" * 10_000_000 + ")" * 10_000_000,
    "quotes": lambda: "'\"" * 10_000_000,
    "pipes": lambda: "home | about | " * 1_400_000,
    "dates": lambda: "12 May 2020 " * 1_700_000,
    "combining marks": lambda: "a" + "\u0301" * 10_000_000,
    "right-to-left marks": lambda: "word\u202e\u2066 " * 2_000_000,
    "NUL bytes": lambda: "some\0words of it\n" * 1_300_000,
    "lone surrogates": lambda: "\ud800 some words\n" * 1_300_000,
    "astral letters": lambda: "\U0001d552\U0001d553 " * 2_000_000,
}
"""Name -> the page, as HTML and as scraped text."""

_ONE = """
import json, resource, sys, time
from hostile import read_page
from corpus_tools.clean.page import clean_text
kind = sys.argv[1]
clean_text("<p>Words that warm it up, so that no compiling is measured here.</p>", content_type=kind)
page = read_page(kind, sys.argv[2])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
found = clean_text(page, content_type=kind)
spent = time.process_time() - start
memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
print(json.dumps([spent, memory, len(found.text), len(found.cuts), found.path[:40]]))
"""


def read_page(kind: str, name: str) -> bytes:
    """One of the pages, as bytes."""
    return {"text/html": HTML, "text/plain": TEXT}[kind][name]().encode("utf-8", "surrogatepass")


def run_one(kind: str, name: str) -> dict[str, Any]:
    """CPU seconds and megabytes above the page itself; ``ended`` is false where the process failed or was stopped."""
    command = [sys.executable, "-c", _ONE, kind, name]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=5 * MAX_SECONDS, cwd=Path(__file__).parent, check=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        print(f"{kind:11s}{name:26s} did not end: {error}", flush=True)
        return {"kind": kind, "name": name, "ended": False, "cpu_s": 5 * MAX_SECONDS, "mb": 0}
    spent, memory, kept, cuts, path = json.loads(done.stdout.splitlines()[-1])
    print(f"{kind:11s}{name:26s}{spent:8.2f} s{memory:8.0f} MB   {kept:10,d} characters kept, {cuts} cuts, {path}", flush=True)
    return {"kind": kind, "name": name, "ended": True, "cpu_s": round(spent, 2), "mb": round(memory), "kept": kept}


def broken_encodings() -> Iterator[tuple[str, str | None, bytes]]:
    """(encoding, charset said, page) for every text encoding of Python: cut in a character, bytes lost, the wrong one said."""
    text = "<p>Words of a page that are worth keeping, größe, naïve, Привет, 日本語, 한국어. " * 20
    names = sorted({*aliases.aliases.values(), *(found.name for found in pkgutil.iter_modules(__import__("encodings").__path__))})
    for name in names:
        try:
            raw = text.encode(name, "replace")
            is_text = codecs.lookup(name)._is_text_encoding
        except (LookupError, UnicodeError, ValueError, TypeError, AttributeError):
            continue
        if is_text:
            for said in (name, "utf-8", "utf-16", "no-such-charset", None):
                for page in (raw[:-1], raw[1:], raw[::2], raw.replace(b" ", b"\0"), raw[::-1]):
                    yield name, said, page


def judge_encodings() -> dict[str, Any]:
    """How many broken pages raised, lost their row, or took more than a second."""
    from corpus_tools.clean.page import clean_text

    pages, raised, silent, slowest = 0, 0, 0, 0.0
    for name, said, page in broken_encodings():
        pages += 1
        start = time.process_time()
        try:
            found = clean_text(page, content_type="text/html", charset=said)
            silent += (found.reason is None) != bool(found.text)
        except Exception as error:
            raised += 1
            print(f"{name} said to be {said}: {type(error).__name__}: {error}", flush=True)
        slowest = max(slowest, time.process_time() - start)
    print(f"{pages:,} pages in broken encodings: {raised} raised, {silent} without text and without a reason")
    return {"pages": pages, "raised": raised, "silent": silent, "slowest_s": round(slowest, 2)}


def main() -> None:
    """Run all of them, print, and save."""
    rows = [run_one(kind, name) for kind, made in (("text/html", HTML), ("text/plain", TEXT)) for name in made]
    counts = {
        "not_ended": sum(not row["ended"] for row in rows),
        "over_a_minute": sum(row["cpu_s"] > MAX_SECONDS for row in rows),
        "over_a_gigabyte": sum(row["mb"] > MAX_MB for row in rows),
    }
    figures = {"pages": rows, **counts, "encodings": judge_encodings()}
    print(counts)
    gated = dict.fromkeys([*counts, "encodings.raised", "encodings.silent"], "max")
    gate.save_result("hostile", figures, hashlib.blake2b(Path(__file__).read_bytes(), digest_size=8).hexdigest(), gated)


if __name__ == "__main__":
    main()
