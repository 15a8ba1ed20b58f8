"""The app as a process of its own, and Debian's Chromium driving it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
_STARTED_SECONDS = 60
_ANSWERED_MILLISECONDS = 120_000
"""Generous: the journeys take seconds, but the machine may be busy."""


def chromium() -> str | None:
    """The browser to drive; None where there is none, or no driver for it."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = (os.environ.get("CHROMIUM"), *(shutil.which(name) for name in names))
    return next((path for path in found if path), None) if find_spec("playwright") else None


@contextmanager
def running(index: Path, data: Path):
    """The app over an index; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["app", "--headless", "--index", str(index), "--port", str(port)]
    app = subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", *arguments],
        env={**os.environ, "REGIONAL_DX_DATA": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, app)
        yield address
    finally:
        app.terminate()
        app.wait()


@contextmanager
def launched(executable: str):
    """The browser, for as many visitors as wanted."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def browsing(browser, address: str, width: int = 1280, height: int = 900):
    """A new visitor's page at an address, and the list of what went wrong on it."""
    faults: list[str] = []
    visitor = browser.new_context(viewport={"width": width, "height": height}, locale="ja-JP")
    try:
        page = visitor.new_page()
        page.set_default_timeout(_ANSWERED_MILLISECONDS)
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda r: None if _is_ours(r.url, address) else faults.append(r.url))
        page.goto(address)
        yield page, faults
    finally:
        visitor.close()


def _is_ours(url: str, address: str) -> bool:
    return url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))


def _wait(address: str, app: subprocess.Popen) -> None:
    deadline = time.monotonic() + _STARTED_SECONDS
    while time.monotonic() < deadline:
        if app.poll() is not None:
            raise RuntimeError("the app ended before it answered")
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the app did not answer")
