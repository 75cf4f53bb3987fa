"""One S3 server for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from needs import need
from stores import Server, point_to, s3_server


@pytest.fixture(scope="session")
def running_server() -> Iterator[Server]:
    need(find_spec("obstore") and find_spec("moto"), "obstore and moto")
    with s3_server() as server:
        yield server


@pytest.fixture
def server(running_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, with this process and those it starts pointed to it."""
    point_to(monkeypatch, running_server.url)
    return running_server
