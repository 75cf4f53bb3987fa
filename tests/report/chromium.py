"""A headless Chromium to test pages in: commands over a pair of pipes, no driver and no network."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Self

from needs import need

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_QUIET = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic")
_PATIENCE = 60.0


class Chromium:
    """One page of a browser. ``problems`` holds what it said on its console, and every error."""

    def __init__(self, profile: Path) -> None:
        self.problems: list[str] = []
        self.requests: list[str] = []
        self._number, self._held = 0, b""
        read_commands, self._out = os.pipe()
        self._in, write_answers = os.pipe()
        command = [
            str(BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            *_QUIET,
            f"--user-data-dir={profile}",
            "--remote-debugging-pipe",
        ]
        # The browser reads commands from descriptor 3 and writes answers to 4.
        shell = f'exec 3<&{read_commands} 4>&{write_answers}; exec "$@"'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", shell, "bash", *command, "about:blank"],
            pass_fds=(read_commands, write_answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_commands)
        os.close(write_answers)
        target = next(one for one in self._ask("Target.getTargets", {}, "")["targetInfos"] if one["type"] == "page")
        self._session = self._ask("Target.attachToTarget", {"targetId": target["targetId"], "flatten": True}, "")["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        os.close(self._out)
        os.close(self._in)

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the DevTools protocol, and its answer."""
        return self._ask(method, params, self._session)

    def open(self, url: str, width: int = 1280, height: int = 900, *, dark: bool = False) -> None:
        """Load a page at a size and in a colour scheme, and wait until it has drawn itself."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank' && document.querySelector('main h1')")

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        told = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise AssertionError(told["exceptionDetails"].get("exception", {}).get("description", told["exceptionDetails"]["text"]))
        return told["result"].get("value")

    def wait(self, script: str) -> None:
        """Wait until an expression is true."""
        until = time.monotonic() + _PATIENCE
        while not self.run(f"Boolean({script})"):
            if time.monotonic() > until:
                raise AssertionError(f"never true: {script}")
            time.sleep(0.05)

    def go(self, place: str) -> None:
        """Follow a link inside the page: ``place`` is what stands after the #."""
        self.run(f"location.hash = {json.dumps('#' + place)}")
        time.sleep(0.1)
        self.wait("document.querySelector('main h1')")

    def click(self, selector: str) -> None:
        """Click an element."""
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements that fit."""
        return list(self.run(f"[...document.querySelectorAll({json.dumps(selector)})].map((one) => one.textContent)"))

    def press(self, key: str) -> None:
        """One key, as a person presses it."""
        text = key if len(key) == 1 else ""
        self.send("Input.dispatchKeyEvent", type="keyDown", key=key, text=text, code=key)
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key, code=key)

    def picture(self, path: Path, *, whole: bool = False) -> Path:
        """A picture of what is seen, or of the whole page."""
        path.write_bytes(
            base64.b64decode(
                self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **self._clip(whole))["data"]
            )
        )
        return path

    def _clip(self, whole: bool) -> dict[str, Any]:
        if not whole:
            return {}
        size = self.send("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1}}

    def _ask(self, method: str, params: dict[str, Any], session: str) -> dict[str, Any]:
        self._number += 1
        asked = {"id": self._number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        os.write(self._out, json.dumps(asked).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == asked["id"]:
                if "error" in told:
                    raise AssertionError(f"{method}: {told['error']}")
                return dict(told["result"])
            self._note(told)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._held:
            if not select.select([self._in], [], [], _PATIENCE)[0]:
                raise AssertionError("the browser does not answer")
            piece = os.read(self._in, 1 << 20)
            if not piece:
                raise AssertionError("the browser ended")
            self._held += piece
        told, _, self._held = self._held.partition(b"\0")
        return dict(json.loads(told))

    def _note(self, event: dict[str, Any]) -> None:
        method, params = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.problems.append(
                str(params["exceptionDetails"].get("exception", {}).get("description", params["exceptionDetails"]["text"]))
            )
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.problems.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.problems.append(f"{params['type']}: {[one.get('value') for one in params['args']]}")
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])


def ask_axe(browser: Chromium) -> list[dict[str, Any]]:
    """What axe-core finds wrong with the page that is open: the rule, and up to three elements that break it."""
    try:
        script = Path(str(distribution("axe-playwright-python").locate_file("axe_playwright_python/axe.min.js"))).read_text()
    except PackageNotFoundError:
        script = ""
    need(script, "axe-core: uv sync")
    browser.run(f"{script}\n;1")
    found: list[dict[str, Any]] = browser.run(
        "axe.run(document, {resultTypes: ['violations']}).then((told) => told.violations.map((one) => ({id: one.id, nodes: one.nodes.slice(0, 3).map((node) => [node.html, node.failureSummary])})))"
    )
    return found
