"""Reads a file made in the test in one call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.listing import list_sources
from corpus_tools.readers.pages import read_pages


@pytest.fixture
def rows(tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """Write ``content`` to a file of the given name, read it, give its rows."""

    def read(name: str, content: bytes, **settings: Any) -> list[dict[str, Any]]:
        path = tmp_path / name
        path.write_bytes(content)
        return [row for part in read_pages(list_sources([path]), ReadPlan(**settings)) for row in part.batch.to_pylist()]

    return read
