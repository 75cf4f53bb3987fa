"""A crawl of any size in many small files: articles of several sites, near copies, shared notices, texts in JSONL, files that hold no page."""

from __future__ import annotations

import json
import random
from pathlib import Path

from benchmarks import gate

_NOTICE = "This site uses cookies. By continuing to browse the site you are agreeing to our use of cookies."
_SYLLABLES = "ba ce di fo gu ha le mi no pu ra se ti vo zu"


def _text(number: int) -> str:
    """A text of its own for every number; of each ten, the last is a near copy of the first."""
    copy = number % 10 == 9
    chance = random.Random(number - 9 if copy else number)
    words = ["".join(chance.choices(_SYLLABLES.split(), k=chance.randint(1, 4))) for _ in range(120)]
    sentences = [" ".join(chance.choices(words, k=14)).capitalize() + "." for _ in range(20)]
    return " ".join([*sentences[:-1], "Another ending here."] if copy else sentences)


def _page(number: int) -> str:
    paragraphs = "".join(f"<p>{part.strip()}.</p>" for part in _text(number).split(".") if part.strip())
    return (
        f"<!doctype html><html lang=en><head><title>Page {number}</title></head><body><nav><a href=/>Home</a> <a href=/a>About</a></nav>"
        f"<article><h1>Page {number}</h1>{paragraphs}</article><footer>{_NOTICE}</footer></body></html>"
    )


def write_crawl(folder: Path, pages: int) -> gate.Data:
    """``pages`` pages: seven tenths as HTML files of twenty sites, the rest in JSONL files of 200; and two files that hold no page."""
    written = []
    for number in range(pages * 7 // 10):
        path = folder / f"site{number % 20}.example" / f"page{number:06d}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        written.append(_page(number).encode())
        path.write_bytes(written[-1])
    for first in range(pages * 7 // 10, pages, 200):
        rows = [{"id": f"r{n}", "url": f"http://rows.example/{n}", "text": _text(n)} for n in range(first, min(pages, first + 200))]
        written.append("".join(f"{json.dumps(row)}\n" for row in rows).encode())
        (folder / f"rows{first:06d}.jsonl").write_bytes(written[-1])
    (folder / "empty.html").write_bytes(b"")
    (folder / "photo.html").write_bytes(b"\xff\xd8\xff\xe0 not text")
    return gate.digest_made("benchmarks.data.small_crawl", written)
