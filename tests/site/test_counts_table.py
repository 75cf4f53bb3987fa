"""Site counts survive the way to disk and back, and tell which sites changed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_tools import tables
from corpus_tools.site.counts_table import changed_sites, read_site_rows, site_rows
from corpus_tools.site.template import SiteCounts


def _page(number: int, foot: str = "Contact us") -> str:
    return f"Home\nAll topics\nThe page about subject number {number} says this.\nAnd subject {number} says that.\n{foot}"


def _counts(numbers: range, site: str = "a.example", foot: str = "Contact us") -> SiteCounts:
    counts = SiteCounts()
    for number in numbers:
        counts.add(site, f"{site}/{number}", _page(number, foot))
    return counts


@given(st.integers(0, 12) | st.just(300))
@settings(max_examples=15)
def test_counts_come_back_as_they_went(pages: int) -> None:
    counts = _counts(range(pages))
    batches = list(site_rows(counts))
    assert all(batch.schema == tables.SITES for batch in batches)
    back = read_site_rows(batches)
    assert list(map(str, back.sketches())) == list(map(str, counts.sketches()))
    assert changed_sites(counts, back) == set()


def test_a_site_whose_template_grows_is_told() -> None:
    before = _counts(range(2))
    before.merge(_counts(range(5), "b.example"))
    after = read_site_rows(site_rows(before))
    after.merge(_counts(range(2, 6)))
    after.merge(_counts(range(5), "c.example"))
    assert changed_sites(before, after) == {"a.example"}
