"""The server of a review: on loopback only, for one person with one browser, who holds the token in the address.

The token opens the page once; what follows is let in by a cookie. Every request must name this server as its host, every answer must
come from its own pages, and the pages may load nothing from elsewhere.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from corpus_tools.errors import CorpusError, RunError
from corpus_tools.report.review.answers import Answers
from corpus_tools.report.review.pairs import Review
from corpus_tools.store.decisions import COLUMNS, Decision

LOOPBACK = "127.0.0.1"
ASSETS = Path(__file__).parent / "assets"
_FILES = {
    "/": ("review.html", "text/html"),
    "/review.js": ("review.js", "text/javascript"),
    "/review.css": ("review.css", "text/css"),
}
MAX_BODY = 1 << 16
"""Bytes of a request's body, at most."""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class RefusedError(Exception):
    """A request that is not served: the status and a word on why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass
class Desk:
    """What requests work with; the token is spent by its first use."""

    review: Review
    answers: Answers
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    port: int = 0
    stop: Callable[[], None] = lambda: None

    def spend(self, token: str) -> bool:
        """Whether this is the token, and the first time that it is shown."""
        if not self.token or not hmac.compare_digest(token.encode(), self.token.encode()):
            return False
        self.token = ""
        return True

    def queue(self) -> list[dict[str, Any]]:
        """All pairs with their labels, in the order in which they are shown."""
        labels = self.answers.labels()
        pairs = [(pair["left"], pair["right"]) for pair in self.review.pairs]
        return [{"left": left, "right": right, "label": labels.get((left, right), {}).get("label", "")} for left, right in pairs]

    def decisions(self) -> list[dict[str, str]]:
        """All decisions."""
        return [{name: getattr(row, name) for name in COLUMNS} for row in self.answers.decisions().rows]

    def label(self, given: dict[str, Any]) -> None:
        """Save the label of the pair at a place of the queue."""
        pair = self.review.pairs[self._place(given)]
        self.answers.label(pair["left"], pair["right"], str(given.get("label", "")), self.review.known(pair))

    def decide(self, given: dict[str, Any]) -> None:
        """Save or take back a decision on pages of this review."""
        values = {name: str(given.get(name) or "") for name in COLUMNS}
        if any(values[name] and values[name] not in self.review.pages for name in ("page", "other")):
            raise RefusedError(400, "no such page in this review")
        self.answers.decide(Decision(**values), bool(given.get("undo")))

    def show(self, place: str) -> dict[str, Any]:
        """The pair at a place of the queue."""
        return self.review.show(self._place({"at": int(place) if place.isdecimal() and len(place) < 9 else -1}))

    def _place(self, given: dict[str, Any]) -> int:
        at = given.get("at")
        if not isinstance(at, int) or not 0 <= at < len(self.review.pairs):
            raise RefusedError(404, "no such pair")
        return at


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "corpus-tools", ""
    timeout = 60

    def __init__(self, *args: Any, desk: Desk) -> None:
        self.desk = desk
        super().__init__(*args)

    @property
    def origin(self) -> str:
        """Where this server's own pages come from."""
        return f"http://{LOOPBACK}:{self.desk.port}"

    @property
    def cookie(self) -> str:
        """Name of the cookie: browsers share cookies among the ports of a host."""
        return f"review_{self.desk.port}"

    def do_GET(self) -> None:
        """Serve a page, its script and style, or data."""
        self._guarded(self._get)

    def do_POST(self) -> None:
        """Take an answer."""
        self._guarded(self._post)

    def _guarded(self, serve: Callable[[], None]) -> None:
        try:
            if f"http://{self.headers.get('Host', '')}" != self.origin:
                raise RefusedError(403, "wrong host")
            serve()
        except RefusedError as refused:
            self.close_connection = True  # what is left of the request is not read
            self._send(refused.status, "text/plain", str(refused).encode())
        except CorpusError as error:
            self._send(409, "text/plain", str(error).encode())

    def _get(self) -> None:
        place = urlsplit(self.path)
        asked = parse_qs(place.query)
        if place.path == "/" and "token" in asked:
            if not self.desk.spend(asked["token"][0]):
                raise RefusedError(403, "this address was used already: start the review again for a new one")
            kept = f"{self.cookie}={self.desk.session}; Path=/; HttpOnly; SameSite=Strict"
            self._send(303, "text/plain", b"", {"Location": "/", "Set-Cookie": kept})
            return
        self._check_cookie()
        if place.path in _FILES:
            name, kind = _FILES[place.path]
            self._send(200, f"{kind}; charset=utf-8", (ASSETS / name).read_bytes())
        elif place.path == "/queue":
            self._send_json({"pairs": self.desk.queue(), "decisions": self.desk.decisions()})
        elif place.path == "/pair":
            self._send_json(self.desk.show(asked.get("at", [""])[0]))
        else:
            raise RefusedError(404, "there is no such page")

    def _post(self) -> None:
        self._check_cookie()
        if self.headers.get("Origin") != self.origin or self.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise RefusedError(403, "wrong origin")
        given = self._read_json()
        serves = {"/label": self.desk.label, "/decision": self.desk.decide, "/stop": lambda _: self.desk.stop()}
        serve: Callable[[dict[str, Any]], None] | None = serves.get(self.path)
        if serve is None:
            raise RefusedError(404, "there is no such page")
        serve(given)
        self._send_json({"decisions": self.desk.decisions()})

    def _check_cookie(self) -> None:
        try:
            jar: SimpleCookie = SimpleCookie(self.headers.get("Cookie", ""))
            held = jar.get(self.cookie)
        except CookieError:
            held = None
        if held is None or not hmac.compare_digest(held.value.encode(), self.desk.session.encode()):
            raise RefusedError(403, "open the address that the command printed")

    def _read_json(self) -> dict[str, Any]:
        size = self.headers.get("Content-Length", "")
        if self.headers.get_content_type() != "application/json" or not size.isdecimal() or int(size) > MAX_BODY:
            raise RefusedError(400, f"an answer is JSON of at most {MAX_BODY} bytes")
        try:
            given = json.loads(self.rfile.read(int(size)))
        except ValueError:
            raise RefusedError(400, "an answer is JSON") from None
        if not isinstance(given, dict):
            raise RefusedError(400, "an answer is a JSON object")
        return given

    def _send_json(self, value: Any) -> None:
        self._send(200, "application/json", json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))

    def _send(self, status: int, kind: str, content: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": kind, "Content-Length": str(len(content)), **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: addresses hold the token."""


class ReviewServer:
    """A server at a free port of this machine; ``address`` is to be opened once. RunError if the port is taken."""

    def __init__(self, desk: Desk, port: int = 0) -> None:
        try:
            self._server = ThreadingHTTPServer((LOOPBACK, port), partial(Handler, desk=desk))
        except OSError as error:
            raise RunError(f"port {port} of {LOOPBACK} cannot be used: {error.strerror}", "leave out --port") from None
        self._server.daemon_threads = True
        desk.port = int(self._server.server_address[1])
        desk.stop = lambda: Thread(target=self._server.shutdown, daemon=True).start()
        self.address = f"http://{LOOPBACK}:{desk.port}/?token={desk.token}"

    def serve(self) -> None:
        """Serve until the person ends it, in the page or with Ctrl-C."""
        try:
            self._server.serve_forever(poll_interval=0.2)
        finally:
            self._server.server_close()
