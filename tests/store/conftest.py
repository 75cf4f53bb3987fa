"""The tests of this folder and the S3 server."""

from __future__ import annotations

import pytest
from stores import Server, point_to


@pytest.fixture
def server(running_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, with this process and those it starts pointed to it."""
    point_to(monkeypatch, running_server.url)
    return running_server
