"""Pages made to hurt: each is cleaned in a process of its own, and its time and memory printed."""

from __future__ import annotations

import subprocess
import sys
import time

MADE = {
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
"""Name -> the page."""

_ONE = """
import json, resource, sys, time
from hostile import MADE
from corpus_tools.clean.page import clean_text
clean_text("<p>Words that warm it up, so that no compiling is measured here.</p>")
page = MADE[sys.argv[1]]().encode("utf-8", "surrogatepass")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
found = clean_text(page, content_type="text/html")
spent = time.process_time() - start
print(json.dumps([spent, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, len(found.text), len(found.cuts), found.path[:40]]))
"""


def run_hostile(seconds: float = 120.0) -> dict[str, list[float]]:
    """Print CPU seconds and MB above the page itself for each; a page over ``seconds`` is stopped."""
    import json
    from pathlib import Path

    figures: dict[str, list[float]] = {}
    for name in MADE:
        start = time.monotonic()
        try:
            done = subprocess.run(
                [sys.executable, "-c", _ONE, name],
                capture_output=True,
                text=True,
                timeout=seconds,
                cwd=Path(__file__).parent,
                check=True,
            )
            spent, memory, kept, cuts, path = json.loads(done.stdout.splitlines()[-1])
            print(f"{name:24s}{spent:8.2f} s{memory:8.0f} MB   {kept:10,d} characters kept, {cuts} cuts, {path}", flush=True)
            figures[name] = [round(spent, 2), round(memory)]
        except subprocess.TimeoutExpired:
            print(f"{name:24s} stopped after {time.monotonic() - start:.0f} s", flush=True)
        except subprocess.CalledProcessError as error:
            print(f"{name:24s} failed: {error.stderr.strip().splitlines()[-1]}", flush=True)
    return figures
