"""One S3 server for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stores import Server, point_to, s3_server


@pytest.fixture(scope="session")
def running_server() -> Iterator[Server]:
    with s3_server() as server:
        yield server


@pytest.fixture
def server(running_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, with this process and those it starts pointed to it."""
    point_to(monkeypatch, running_server.url)
    return running_server
