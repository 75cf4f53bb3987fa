"""A repository of the Hub as a source, by a server on this machine that answers as the Hub does."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from crawls import write_crawl

from corpus_tools.plan import ReadPlan
from corpus_tools.readers.listing import list_sources
from corpus_tools.readers.pages import read_pages

pytestmark = pytest.mark.store

COMMIT = "c" * 40
READER = """
import json, sys
from corpus_tools.errors import CorpusError
from corpus_tools.plan import ReadPlan
from corpus_tools.readers.listing import list_sources
from corpus_tools.readers.pages import read_pages
try:
    files = list_sources([sys.argv[1]])
    print(json.dumps([[r["page_id"], r["source"], r["problem"]] for p in read_pages(files, ReadPlan()) for r in p.batch.to_pylist()]))
except CorpusError as error:
    print(json.dumps(str(error)))
"""
"""In a process of its own: the client reads the address of the Hub once, when it is imported."""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[str, Path, list[str]]]:
    """Address of the server, the folder it serves as ``datasets/me/crawl``, and the ranges that were asked for."""
    folder, ranges = write_crawl(tmp_path / "crawl"), list[str]()
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    entries = [
        {"type": "file", "path": name, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}  # noqa: S324 - as git
        for name, content in files.items()
    ]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *words: object) -> None:
            pass

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = unquote(urlsplit(self.path).path)
            api = "/api/datasets/me/crawl"
            if path in (api, f"{api}/revision/main"):
                self.give(200, json.dumps({"id": "me/crawl", "sha": COMMIT}).encode())
            elif path.startswith(f"{api}/tree/{COMMIT}"):
                below = path.removeprefix(f"{api}/tree/{COMMIT}").strip("/")
                found = [one for one in entries if not below or one["path"].startswith(f"{below}/")]  # type: ignore[attr-defined]
                self.give(200 if found else 404, json.dumps(found).encode())
            elif path == f"{api}/paths-info/{COMMIT}":
                self.give(200, json.dumps([one for one in entries if str(one["path"]) in unquote(body.decode())]).encode())
            elif path.startswith(f"/datasets/me/crawl/resolve/{COMMIT}/"):
                content = files[path.partition(f"{COMMIT}/")[2]]
                ranges.append(self.headers["Range"])
                start, _, end = self.headers["Range"].removeprefix("bytes=").partition("-")
                self.give(206, content[int(start) : int(end) + 1])
            else:
                self.give(404, b"{}")

        def give(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_HEAD = answer  # noqa: N815 - names of http.server

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", folder, ranges
    server.shutdown()
    server.server_close()


def _read(address: str, source: str) -> object:
    environment = os.environ | {"HF_ENDPOINT": address, "HF_HUB_DISABLE_TELEMETRY": "1"}
    done = subprocess.run([sys.executable, "-c", READER, source], capture_output=True, env=environment, check=True)
    return json.loads(done.stdout)


def test_a_repository_gives_the_pages_of_the_same_folder(hub: tuple[str, Path, list[str]]) -> None:
    address, folder, ranges = hub
    here = [row for part in read_pages(list_sources([folder]), ReadPlan()) for row in part.batch.to_pylist()]
    assert _read(address, "hf://datasets/me/crawl") == [[row["page_id"], row["source"], row["problem"]] for row in here]
    assert all(asked.startswith("bytes=") for asked in ranges)


@pytest.mark.slow
def test_a_folder_and_a_file_of_a_repository_are_sources(hub: tuple[str, Path, list[str]]) -> None:
    address, _, _ = hub
    for source in ("hf://datasets/me/crawl/mirror.example", "hf://datasets/me/crawl@main/mirror.example/*.txt"):
        found = _read(address, source)
        assert isinstance(found, list)
        names = [name for _, name, _ in found if name.endswith(".txt")]
        assert names == ["mirror.example/copy.txt", "mirror.example/near.txt"]
    found = _read(address, "hf://datasets/me/crawl/mirror.example/copy.txt")
    assert isinstance(found, list)
    assert [name for _, name, _ in found] == ["copy.txt"]


def test_a_repository_that_is_not_there_is_said(hub: tuple[str, Path, list[str]]) -> None:
    found = str(_read(hub[0], "hf://datasets/me/nothing"))
    assert "the Hub answered 404" in found
    assert "HF_TOKEN" in found
