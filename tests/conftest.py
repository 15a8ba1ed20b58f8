"""Fixtures for all tests: no network, a home of their own, one small index."""

import os
import socket
from functools import cache
from pathlib import Path

import pytest

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory):
    """A user data folder of the tests' own, also for the processes they start."""
    folder = tmp_path_factory.mktemp("home")
    saved = dict(os.environ)
    for name in list(os.environ):
        if name.startswith("REGIONAL_DX_") and name != "REGIONAL_DX_SAMPLES":
            del os.environ[name]
    os.environ["REGIONAL_DX_DATA"] = str(folder / "data")
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = str(folder)
    yield folder
    os.environ.clear()
    os.environ.update(saved)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Any connection that is not to this machine fails the test."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in _LOOPBACK:
            raise AssertionError(f"a connection to {address!r} was opened")
        return connect(self, address)

    def unresolved(host, *arguments, **options):
        if host in _LOOPBACK or host is None:
            return resolve(host, *arguments, **options)
        raise AssertionError(f"the name {host!r} was looked up")

    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", unresolved)


@pytest.fixture(scope="session")
def samples():
    """The folder of real documents; a test that needs it is skipped where it is absent."""
    folder = os.environ.get("REGIONAL_DX_SAMPLES")
    if not folder or not Path(folder, "seeds").is_dir():
        pytest.skip("標本資料がありません")
    return Path(folder)


@pytest.fixture(scope="session")
def read_sample():
    """Reads a real document as an ingest does, in the child process, once for all tests.

    Pictures are recognised where Tesseract is installed, which takes seconds a page.
    """
    from assistant.ingest.sandbox import Sandbox
    from assistant.settings import Settings

    limits = Settings()
    with Sandbox(seconds=limits.read_seconds, megabytes=limits.read_megabytes) as sandbox:
        yield cache(sandbox.read)


@pytest.fixture(scope="session")
def documents():
    """Small documents of our own: a draft outline, minutes, slides, a guidebook, a digest."""
    return Path(__file__).parent / "data" / "documents"


@pytest.fixture(scope="session")
def index_root(home, documents):
    """An index over `documents`; read only."""
    from assistant.indexing import ingest
    from assistant.settings import Settings

    root = home / "small-index"
    ingest([documents], root, Settings())
    return root


@pytest.fixture(scope="session")
def index(index_root):
    from assistant.retrieval.index import Index

    opened = Index(index_root)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def assistant(index_root):
    """An assistant over `documents`; shared, since nothing in it changes."""
    from assistant.assistant import Assistant
    from assistant.settings import Settings

    opened = Assistant.open(index_root, Settings())
    yield opened
    opened.close()
