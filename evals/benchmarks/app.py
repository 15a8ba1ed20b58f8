"""Speed and isolation of the web app: ``python -m evals bench-app``.

The app is started as users start it, over the starter corpus. Visitors are connections that speak
Streamlit's own protocol, so no browser takes part; what they receive is all a browser would get.

1. One visitor asks, warm: time from submitting to the finished page.
2. Thirty visitors ask at the same time, four questions each: 95th percentile, memory of the app.
3. Twenty visitors, each with a login, a question, a plan and an upload of their own that hold a
   word nobody else knows: nothing sent to any other visitor may hold it.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets import Origin, Subprotocol
from websockets.sync.client import ClientConnection, connect

from assistant.indexing import ingest, starter_folders
from assistant.settings import Settings

QUESTIONS = (
    "コンソーシアムには誰に入ってもらうべきですか",
    "実証のあと、自走するには何が必要ですか",
    "デジタル人材が足りないときはどうすればよいですか",
    "データ連携にはどのような課題がありますか",
)
WARM, TOGETHER, CANARIES = 20, 30, 20
_USER_HEADER = "X-Remote-User"
_SILENT_SECONDS = 120.0
_UPLOADER = "資料のファイル(PDF、Word、PowerPoint、Excel、HTML、CSV、テキスト、Markdown)"


@dataclass
class Visitor:
    """One browser tab's connection."""

    connection: ClientConnection
    address: str
    session: str = ""
    page: str = ""
    """Hash of the page shown."""
    pages: dict[str, str] = field(default_factory=dict)
    """Path of a page → its hash."""
    received: list[bytes] = field(default_factory=list)
    widgets: dict[str, str] = field(default_factory=dict)
    """Label or placeholder of a widget → its id, of the run last drawn; 「tabs」 for its tabs."""

    def run(self, *states: WidgetState, page: str | None = None) -> float:
        """Let the page run with these widgets changed; returns the seconds until it was done."""
        message = BackMsg()
        message.rerun_script.page_script_hash = page or self.page
        message.rerun_script.widget_states.widgets.extend(states)
        self.widgets.clear()
        began = time.perf_counter()
        self.connection.send(message.SerializeToString())
        while not self._done(self._next()):
            continue
        return time.perf_counter() - began

    def ask(self, question: str) -> float:
        """Ask a question; returns the seconds until its page was drawn."""
        state = WidgetState(id=self.widgets["聞きたいことを、ふだんの言葉で"])
        state.chat_input_value.data = question
        return self.run(state)

    def upload(self, widget: str, name: str, content: bytes) -> None:
        """Put a file into an uploader without having it taken in."""
        message = BackMsg()
        message.file_urls_request.request_id = "1"
        message.file_urls_request.session_id = self.session
        message.file_urls_request.file_names.append(name)
        self.connection.send(message.SerializeToString())
        answer = self._next()
        while answer.WhichOneof("type") != "file_urls_response":
            answer = self._next()
        place = answer.file_urls_response.file_urls[0]
        _put(self.address, place.upload_url, name, content)
        state = WidgetState(id=self.widgets[widget])
        stored = state.file_uploader_state_value.uploaded_file_info.add()
        stored.file_id, stored.name, stored.size = place.file_id, name, len(content)
        stored.file_urls.CopyFrom(place)
        self.run(state)

    def _next(self) -> ForwardMsg:
        data = self.connection.recv(timeout=_SILENT_SECONDS)
        assert isinstance(data, bytes)
        self.received.append(data)
        message: ForwardMsg = ForwardMsg.FromString(data)
        return message

    def _done(self, message: ForwardMsg) -> bool:
        match message.WhichOneof("type"):
            case "new_session":
                self.session = message.new_session.initialize.session_id
                self.page = message.new_session.page_script_hash
            case "navigation":
                self.pages = {p.url_pathname: p.page_script_hash
                              for p in message.navigation.app_pages}  # fmt: skip
                self.page = message.navigation.page_script_hash
            case "delta":
                self._see(message.delta.new_element)
                if message.delta.add_block.tab_container.id:
                    self.widgets["tabs"] = message.delta.add_block.tab_container.id
            case "script_finished":
                return message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        return False

    def _see(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "chat_input":
            self.widgets[element.chat_input.placeholder] = element.chat_input.id
        elif kind in {"text_input", "text_area", "button", "file_uploader", "selectbox"}:
            self.widgets[getattr(element, kind).label] = getattr(element, kind).id


def main() -> None:
    """Measure and print one line for each figure, then all of them as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--index", type=Path, help="an index made before; None builds one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary)
        index = options.index or _starter_index(data / "index")
        with _app(index, data) as (address, process):
            figures = {**_warm(address), **_together(address, process), **_canaries(address)}
    # Times on a machine that others use as well say little: the load tells.
    figures["load"] = psutil.getloadavg()[0]
    print(json.dumps(figures, ensure_ascii=False))


def _warm(address: str) -> dict[str, float]:
    with _visitor(address) as visitor:
        for question in QUESTIONS:
            visitor.ask(question)
        times = []
        for number in range(WARM):
            # A new visitor's page each time: the page drawn is one answer long.
            with _visitor(address) as fresh:
                times.append(fresh.ask(QUESTIONS[number % len(QUESTIONS)]))
    figures = {"warm_p50_ms": _p(times, 50) * 1e3, "warm_p95_ms": _p(times, 95) * 1e3}
    print(f"1人: 中央値 {figures['warm_p50_ms']:.0f} ms、95% {figures['warm_p95_ms']:.0f} ms")
    return figures


def _together(address: str, process: psutil.Process) -> dict[str, float]:
    def visit(number: int) -> list[float]:
        with _visitor(address) as visitor:
            return [visitor.ask(QUESTIONS[(number + n) % len(QUESTIONS)]) for n in range(4)]

    with ThreadPoolExecutor(TOGETHER) as pool:
        times = [seconds for found in pool.map(visit, range(TOGETHER)) for seconds in found]
    memory = sum(p.memory_info().rss for p in (process, *process.children(recursive=True))) / 2**20
    figures = {"together_p95_s": _p(times, 95), "memory_mb": memory}
    print(f"{TOGETHER}人同時: 95% {figures['together_p95_s']:.2f} 秒、メモリ {memory:.0f} MB")
    return figures


def _canaries(address: str) -> dict[str, float]:
    words = [f"canary{number:02d}zq" for number in range(CANARIES)]
    with ThreadPoolExecutor(CANARIES) as pool:
        received = list(pool.map(lambda word: _one_canary(address, word), words))
    leaks = [
        (word, number)
        for number, seen in enumerate(received)
        for word in words
        if word != words[number] and word.encode() in seen
    ]
    own = sum(word.encode() in seen for word, seen in zip(words, received, strict=True))
    print(f"{CANARIES}人の合言葉: 自分の画面に出た {own}人、ほかの人に出た {len(leaks)}件 {leaks}")
    return {"canaries_seen": own, "leaks": len(leaks)}


def _one_canary(address: str, word: str) -> bytes:
    """All that a visitor is sent who asks, plans and uploads under a word of its own."""
    with _visitor(address, user=word) as visitor:
        visitor.ask(f"{word}とは何ですか")
        visitor.run(page=visitor.pages["plan"])
        name = WidgetState(id=visitor.widgets["相談元の名前"], string_value=f"{word}町")
        visitor.run(name, WidgetState(id=visitor.widgets["始める"], trigger_value=True))
        problem = WidgetState(id=visitor.widgets["困っていること"], string_value=f"{word}が困る")
        visitor.run(problem)
        visitor.run(WidgetState(id=visitor.widgets["下書きを作る"], trigger_value=True))
        library = visitor.pages["library"]
        visitor.run(page=library)
        visitor.run(WidgetState(id=visitor.widgets["tabs"], string_value="加える"))
        visitor.upload(_UPLOADER, f"{word}.txt", f"{word}の文書。".encode())
        for path in ("", "plan", "library", "evaluation"):
            visitor.run(page=visitor.pages[path])
        return b"".join(visitor.received)


def _p(times: list[float], percent: int) -> float:
    return float(np.percentile(times, percent))


def _starter_index(root: Path) -> Path:
    ingest(starter_folders(), root, Settings(), starter=True)
    return root


@contextmanager
def _app(index: Path, data: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The app as ``regional-dx app`` starts it; its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "assistant.cli", "app", "--headless"]
    app = subprocess.Popen(  # noqa: S603  # our own interpreter and module
        [*command, "--index", str(index), "--port", str(port)],
        env={
            **os.environ,
            "REGIONAL_DX_DATA": str(data / "data"),
            "REGIONAL_DX_USER_HEADER": _USER_HEADER,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + _SILENT_SECONDS
        while not _answers(address):
            if time.monotonic() > deadline or app.poll() is not None:
                raise RuntimeError("the app did not start")
            time.sleep(0.1)
        yield address, psutil.Process(app.pid)
    finally:
        app.terminate()
        app.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{address}/_stcore/health", timeout=5):
            return True
    except OSError:
        return False


@contextmanager
def _visitor(address: str, user: str = "anyone") -> Iterator[Visitor]:
    """A visitor whose first page has been drawn."""
    with connect(
        f"ws://{address}/_stcore/stream",
        origin=Origin(f"http://{address}"),
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={_USER_HEADER: user},
        max_size=None,
        open_timeout=_SILENT_SECONDS,
    ) as connection:
        visitor = Visitor(connection, address)
        visitor.run()
        yield visitor


def _put(address: str, path: str, name: str, content: bytes) -> None:
    """Send a file as a browser does: a form, with the token of the XSRF cookie."""
    with urllib.request.urlopen(f"http://{address}/_stcore/health") as reply:
        cookie = reply.headers["Set-Cookie"].split(";")[0]
    boundary = "boundary-of-the-form"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
    body = (head + "Content-Type: text/plain\r\n\r\n").encode() + content
    request = urllib.request.Request(  # our own loopback address
        f"http://{address}/{path.lstrip('/')}",
        data=body + f"\r\n--{boundary}--\r\n".encode(),
        method="PUT",
        headers={
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Cookie": cookie,
            "X-Xsrftoken": cookie.partition("=")[2],
        },
    )
    with urllib.request.urlopen(request):  # noqa: S310  # our own loopback address
        return
