"""Small crawls written anew for the tests: articles, copies, boilerplate, bad files."""

from __future__ import annotations

import random
from pathlib import Path

WORDS = (
    "sleep breathing mask pressure night doctor airway weight tongue snoring oxygen study fatigue heart stroke habit nose allergy "
    "throat muscle device travel cushion humidity filter morning headache memory driving partner alcohol smoking exercise"
).split()


def article(seed: int, sentences: int = 30) -> str:
    """A text of made-up sentences, the same for the same seed."""
    chance = random.Random(seed)
    return " ".join(" ".join(chance.choices(WORDS, k=12)).capitalize() + "." for _ in range(sentences))


def html_page(title: str, text: str) -> str:
    """A page as a content system makes it: navigation, article, footer."""
    paragraphs = "".join(f"<p>{part.strip()}.</p>" for part in text.split(".") if part.strip())
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><nav><a href='/'>Home</a> <a href='/a'>About us</a></nav>"
        f"<article><h1>{title}</h1>{paragraphs}</article><footer>This site uses cookies. By continuing to browse the site you are "
        "agreeing to our use of cookies.</footer></body></html>"
    )


def write_crawl(folder: Path, articles: int = 6) -> Path:
    """``articles`` different pages; of the first, an exact copy and a near copy; an empty and a binary file."""
    for number in range(articles):
        place = folder / f"site{number % 3}.example" / f"page{number}.html"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(html_page(f"Article {number}", article(number)), encoding="utf-8")
    mirror = folder / "mirror.example"
    mirror.mkdir()
    (mirror / "copy.txt").write_text(article(0), encoding="utf-8")
    notice = "\nThis site uses cookies. By continuing to browse the site you are agreeing to our use of cookies."
    (mirror / "near.txt").write_text(article(0).replace("night", "evening", 2) + notice, encoding="utf-8")
    (mirror / "empty.html").write_bytes(b"")
    (mirror / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0 not text")
    return folder
