"""Anchors and links to edit at the end of headings go; what a heading says stays."""

from __future__ import annotations

import pytest

from corpus_tools.clean.blocks.signs import without_sign


@pytest.mark.parametrize(
    ("text", "linked", "left"),
    [
        ("Rotate files¶", 1, "Rotate files"),
        ("2.4.0 (2023-02-14)#", 1, "2.4.0 (2023-02-14)"),
        ("Rotate files #", 1, "Rotate files"),
        ("Introduction to C#", 0, "Introduction to C#"),
        ("Introduction to C#", 18, "Introduction to C#"),
        ("Introduction to C#", 2, "Introduction to C#"),
        ("Chemistry[edit]", 4, "Chemistry"),
        ("Chemie [Bearbeiten | Quelltext bearbeiten]", 30, "Chemie"),
        ("化学[編集]", 2, "化学"),
        ("Химия[править | править код]", 20, "Химия"),
        ("March of the Ants [a game of insects]", 12, "March of the Ants [a game of insects]"),
        ("[edit]", 4, "[edit]"),
        ("¶", 1, "¶"),
    ],
)
def test_signs_at_the_end_of_a_heading(text: str, linked: int, left: str) -> None:
    assert without_sign(text, linked) == left
