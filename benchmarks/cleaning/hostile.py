"""Pages made to hurt, as HTML, as scraped text and in broken encodings: CPU seconds and memory of each, in its own process.

    python -m benchmarks.cleaning.hostile

Writes ``results/cleaning/hostile.json``. What is pinned are counts (pages not ended, over a minute of CPU, over a gigabyte), because
they do not depend on the machine's load.
"""

from __future__ import annotations

import codecs
import json
import pkgutil
import subprocess
import sys
import time
from collections.abc import Iterator
from encodings import aliases
from pathlib import Path
from typing import Any

from benchmarks import gate
from benchmarks.data.hostile_pages import all_pages, read_page

MAX_SECONDS, MAX_MB = 60.0, 1024
_ONE = """
import json, resource, sys, time
from benchmarks.data.hostile_pages import read_page
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


def run_one(kind: str, name: str) -> dict[str, Any]:
    """CPU seconds and megabytes above the page itself; ``ended`` is false where the process failed or was stopped."""
    command = [sys.executable, "-c", _ONE, kind, name]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=5 * MAX_SECONDS, cwd=Path(__file__).parents[2], check=True
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


def digest_pages() -> gate.Data:
    """Digest of all that is measured: about half a gigabyte of pages, and those in broken encodings."""
    whole = (read_page(kind, name) for kind, name in all_pages())
    broken = (page for _, _, page in broken_encodings())
    return gate.digest_made("hostile pages", whole) | gate.digest_made("pages in broken encodings", broken)


def main() -> None:
    """Run all of them, print, and save."""
    rows = [run_one(kind, name) for kind, name in all_pages()]
    counts = {
        "not_ended": sum(not row["ended"] for row in rows),
        "over_a_minute": sum(row["cpu_s"] > MAX_SECONDS for row in rows),
        "over_a_gigabyte": sum(row["mb"] > MAX_MB for row in rows),
    }
    figures = {"pages": rows, **counts, "encodings": judge_encodings()}
    print(counts)
    gated = dict.fromkeys([*counts, "encodings.raised", "encodings.silent"], "max")
    gate.save_result("cleaning/hostile", figures, digest_pages(), gated)


if __name__ == "__main__":
    main()
