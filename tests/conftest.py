"""Shared input: a small crawl with copies, boilerplate, a bad file, written anew for each test run."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from corpus_tools import pipeline
from corpus_tools.plan import Plan
from corpus_tools.runs import Run

# A loaded machine is no defect; failures must come back the same on the next run.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")

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


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A crawl and the run over it in parts of three pages, made once; not to be written to."""
    folder = tmp_path_factory.mktemp("finished")
    crawl = write_crawl(folder / "crawl")
    pipeline.run(crawl, folder / "RUN", Plan().with_settings({"read.part_pages": 3}), workers=1)
    return crawl, folder / "RUN"


@pytest.fixture
def crawl(finished: tuple[Path, Path], tmp_path: Path) -> Path:
    """A folder of pages: 6 articles, 2 copies of the first, 2 files that hold no page."""
    return Path(shutil.copytree(finished[0], tmp_path / "crawl"))


@pytest.fixture
def done(finished: tuple[Path, Path], crawl: Path, tmp_path: Path) -> Run:
    """A finished run over ``crawl``, in parts of three pages."""
    return Run(shutil.copytree(finished[1], tmp_path / "RUN"))
