"""Counts and marks in the columns of documents; what was not changed stays as it was."""

from __future__ import annotations

import polars as pl

from corpus_tools.kernels.normal import count_and_hash
from corpus_tools.write.personal_columns import add_counts, redact_columns

TEXT = "Ask jane@clinic.example or ring 301-555-0123."
REASONS = [{"sign": "x", "weight": 1.0, "passage": "ring 301-555-0123"}, {"sign": "y", "weight": 0.5, "passage": None}]
ROWS = pl.DataFrame(
    {
        "url": ["http://x.example/301-555-0123", None, "b"],
        "title": ["jane@clinic.example", None, "Plain"],
        "text": [TEXT, "Nothing here, 5-10 mg a day.", "Tel 5551234567"],
        "markdown": [f"# {TEXT}", None, None],
        "author": [None, "Jane", "joe@x.example"],
        "n_words": [1, 2, 3],
        "content_hash": ["a", "b", "c"],
        "spam_reasons": [REASONS, None, []],
    }
)


def test_counts() -> None:
    counted = add_counts(ROWS)
    assert counted.select("emails", "phone_numbers").rows() == [(1, 1), (0, 0), (0, 1)]
    assert counted.select(ROWS.columns).equals(ROWS)
    assert add_counts(ROWS.clear()).schema["emails"] == pl.Int64


def test_redaction_keeps_types_and_all_that_holds_nothing() -> None:
    shown = redact_columns(ROWS)
    assert shown.schema == ROWS.schema
    assert shown["text"].to_list() == ["Ask [EMAIL_ADDRESS] or ring [PHONE_NUMBER].", ROWS["text"][1], "Tel [PHONE_NUMBER]"]
    assert shown["markdown"][0] == "# Ask [EMAIL_ADDRESS] or ring [PHONE_NUMBER]."
    assert shown["title"].to_list() == ["[EMAIL_ADDRESS]", None, "Plain"]
    assert shown["author"].to_list() == [None, "Jane", "[EMAIL_ADDRESS]"]
    assert shown["spam_reasons"][0].to_list() == [REASONS[0] | {"passage": "ring [PHONE_NUMBER]"}, REASONS[1]]
    assert shown["url"].equals(ROWS["url"])
    for row in (0, 2):
        assert (shown["n_words"][row], shown["content_hash"][row]) == count_and_hash(shown["text"][row])
    assert (shown["n_words"][1], shown["content_hash"][1]) == (2, "b")
    assert redact_columns(ROWS.clear()).schema == ROWS.schema
