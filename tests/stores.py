"""An S3 server of its own process on this machine (moto), buckets in it, and a proxy before it that fails as networks do."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from runs import file_digests

_PLAIN = {
    "Content-Type": "application/octet-stream",
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
}
"""Headers of a request of our own: the server looks at who asks, not at the signature, unless it is guarded."""
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}


class Server:
    """A running server: its address, and buckets that are made in it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def make_bucket(self) -> str:
        """A new, empty bucket; its address."""
        name = f"bucket-{uuid.uuid4().hex[:12]}"
        self.send("PUT", f"/{name}")
        return f"s3://{name}"

    def send(self, method: str, path: str, body: bytes = b"") -> bytes:
        """A request without a library between."""
        request = urllib.request.Request(f"{self.url}{path}", data=body, headers=_PLAIN, method=method)  # noqa: S310 - our own server
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return bytes(answer.read())

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """While it lasts, the server asks for credentials that it knows, and knows none."""
        self.send("POST", "/moto-api/reset-auth", b"0")
        try:
            yield
        finally:
            self.send("POST", "/moto-api/reset-auth", b"inf")


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def s3_server() -> Iterator[Server]:
    """Start a server, and stop it at the end."""
    port = _free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, "the S3 server does not start"
                time.sleep(0.1)
        yield Server(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()


def point_to(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Have this process and those it starts use the server at ``url``; connections to others are forgotten."""
    from corpus_tools.store.objects import opening

    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setattr(opening, "_OPEN", {})


def upload(server: Server, bucket: str, folder: Path, prefix: str = "") -> None:
    """Every file below ``folder``, under its own name."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            key = f"{prefix}{path.relative_to(folder).as_posix()}"
            server.send("PUT", f"/{bucket.removeprefix('s3://')}/{key}", path.read_bytes())


def download(run: str, to: Path) -> Path:
    """What the store holds of a run, as a folder."""
    from corpus_tools.errors import RunError
    from corpus_tools.store.objects.address import parse_address
    from corpus_tools.store.objects.opening import open_bucket

    place = parse_address(run)
    bucket = open_bucket(place, RunError)
    for one in list(bucket.list(place.key)):
        path = to / one.key.removeprefix(f"{place.key}/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bucket.read(one.key, 0, one.size))
    return to


def assert_is_whole(run: str, whole: Path, to: Path) -> None:
    """The run in the store has the bytes of the run ``whole`` on disk, and nothing beside; ``to`` is a new folder for them."""
    found = download(run, to)
    assert [path.name for path in found.rglob(".*")] == [".inputs.json"]
    assert file_digests(found) == file_digests(whole)
    assert not [*found.rglob("clearing.json"), *found.rglob("started.json"), *found.rglob("set_aside")]


Fault = Callable[[int, str, str], str]
"""From the number of a request, its method and its path to what goes wrong: '', busy, drop, cut or slow."""


class Proxy:
    """Hands requests on to a server, or not."""

    def __init__(self, server: Server, fault: Fault) -> None:
        self.seen: list[str] = []
        self.largest = self.received = self.sent = 0
        self.delay = 0.0
        lock, target, proxy = threading.Lock(), urlsplit(server.url), self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *words: object) -> None:
                pass

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with lock:
                    number = len(proxy.seen)
                    proxy.received += len(body)
                    proxy.seen.append(f"{self.command} {self.path}")
                wrong = fault(number, self.command, self.path)
                if wrong == "drop":
                    self.close_connection = True
                    self.connection.close()
                    return
                if wrong == "slow":
                    time.sleep(proxy.delay)
                if wrong == "busy":
                    self.send_response(503)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                inner = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
                inner.request(self.command, self.path, body or None, headers)
                found = inner.getresponse()
                content = found.read()
                inner.close()
                proxy.largest = max(proxy.largest, len(content) if self.command == "GET" else 0)
                with lock:
                    proxy.sent += len(content) if self.command == "GET" else 0
                if wrong == "lost":  # the request arrived, its answer does not
                    self.close_connection = True
                    self.connection.close()
                    return
                self.send_response(found.status)
                for name, value in found.getheaders():
                    if name.lower() not in ("connection", "transfer-encoding", "content-length", "server", "date"):
                        self.send_header(name, value)
                length = found.getheader("Content-Length") if self.command == "HEAD" else str(len(content))
                self.send_header("Content-Length", length or "0")
                self.end_headers()
                if wrong == "cut":
                    self.wfile.write(content[: len(content) // 2])
                    self.close_connection = True
                    return
                self.wfile.write(content)

            do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = answer  # noqa: N815 - names of http.server

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *told: None  # type: ignore[method-assign]  # of a client that went away
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *told: object) -> None:
        self._server.shutdown()
        self._server.server_close()
