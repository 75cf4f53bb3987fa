"""The reference page is what the code says."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "docs"))
import make_reference


def test_the_page_is_up_to_date() -> None:
    assert make_reference.PAGE.read_text(encoding="utf-8") == make_reference.render(), "run: python docs/make_reference.py"
