"""HTML in, the lines of its main text out, with what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corpus_tools.clean.boilerplate import Cut
from corpus_tools.plan import CleanPlan


@dataclass(frozen=True)
class Extraction:
    """Lines of main text with the share of linked characters of each, and the cuts made so far."""

    title: str | None
    lines: list[str]
    links: list[float]
    cuts: tuple[Cut, ...]
    path: str
    language: str | None = None
    meta: Mapping[str, str | None] | None = None


def extract_html(html: str, plan: CleanPlan, url: str | None = None) -> Extraction:
    """Main text of a page through trafilatura, or all of its text where trafilatura finds none."""
    import trafilatura

    found = trafilatura.bare_extraction(
        html, favor_recall=plan.focus != "precision", include_comments=plan.comments == "keep", with_metadata=plan.metadata, url=url
    )
    if found is not None and found.text:
        lines = [" ".join(line.split()) for line in found.text.split("\n")]
        return Extraction(found.title, [line for line in lines if line], [], (), "html")
    return _everything(html)


def _everything(html: str) -> Extraction:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "lxml")
    for tag in soup(["script", "style", "template", "noscript"]):
        tag.decompose()
    lines = [" ".join(line.split()) for line in soup.get_text("\n").split("\n")]
    title = soup.title.get_text() if soup.title else None
    return Extraction(title, [line for line in lines if line], [], (), "all text: no main text found")
