"""Reading and drawing files in a child process with a time and a memory limit.

One child reads many files; when a file makes it hang, die or swell, the child is killed, that one
file is reported and the next file gets a new child. Works the same on Windows: the child is started
as a plain command, speaks JSON lines over its standard streams, and its memory is watched from
outside.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from assistant.errors import ReadError, cause_of
from assistant.ingest.readers import PDF_SUFFIXES, Picture, Properties, ReadResult, read_file
from assistant.schema import page_of

_POLL_SECONDS = 0.05
# An interpreter and its modules from a slow disk, on a machine that is busy.
_SECONDS_TO_START = 120.0
# Measured on 58 ministry PDFs: the slowest sound page took 0.4 s.
_SECONDS_PER_PAGE = 2.0
_SECONDS_PER_MEGABYTE = 10.0


class Sandbox:
    """Reads files in a child process. Use as a context manager."""

    def __init__(self, *, seconds: float, megabytes: int) -> None:
        """Set the limits for one file.

        Args:
            seconds: wall time for one file; 10 s for every megabyte are added, and 2 s for every
                page of a PDF.
            megabytes: resident memory of the child, in MiB.
        """
        self._seconds = seconds
        self._bytes = megabytes * 1024 * 1024
        self._closed = False
        self._child: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str | None] = queue.Queue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child, also while another thread waits for it; nothing is read any more."""
        self._closed = True
        self._stop()

    def read(self, path: Path) -> ReadResult:
        """Read one file.

        Raises:
            ReadError: the reader gave up, or the child hung, died, outgrew its memory or could not
                be started.
        """
        return _result(self._asked(path, {}))

    def picture(self, path: Path, number: int, quotes: tuple[str, ...]) -> Picture:
        """Draw a page of a PDF with quotes marked, see `page_picture`.

        Raises:
            ReadError: the page cannot be drawn, or the child hung, died or outgrew its memory.
        """
        return Picture(**self._asked(path, {"page": number, "quotes": quotes}))

    def _asked(self, path: Path, request: dict[str, Any]) -> dict[str, Any]:
        """The child's reply to one request.

        Raises:
            ReadError: see `read`.
        """
        try:
            size = path.stat().st_size
        except OSError as error:
            raise ReadError(
                f"ファイルを開けません({cause_of(error)})。",
                "場所と読み取り権限を確かめてください。",
            ) from error
        child = self._running()
        assert child.stdin is not None
        try:
            child.stdin.write(json.dumps({"path": str(path), **request}) + "\n")
            child.stdin.flush()
        except OSError:
            self._stop()
            raise _died() from None
        began = time.monotonic()
        allowed = self._seconds + _SECONDS_PER_MEGABYTE * size / 1e6
        reply: dict[str, Any] = json.loads(self._reply(child, began + allowed))
        if "expected_pages" in reply:
            allowed += _SECONDS_PER_PAGE * reply["expected_pages"]
            reply = json.loads(self._reply(child, began + allowed))
        if "error" in reply:
            raise ReadError(reply["error"]["message"], reply["error"]["remedy"])
        return reply

    def _reply(self, child: "subprocess.Popen[str]", deadline: float) -> str:
        while True:
            try:
                line = self._lines.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                self._check(child, deadline)
                continue
            if line is None:
                self._stop()
                raise _died()
            return line

    def _check(self, child: "subprocess.Popen[str]", deadline: float) -> None:
        if time.monotonic() > deadline:
            self._stop()
            raise ReadError(
                "読み取りに時間がかかりすぎたため、打ち切りました。",
                "元のソフトからPDFに保存し直すか、分けて保存してください。",
            )
        try:
            used = psutil.Process(child.pid).memory_info().rss
        except psutil.Error:
            return
        if used > self._bytes:
            self._stop()
            raise ReadError(
                "読み取りに必要なメモリが上限を超えたため、打ち切りました。",
                "分けて保存するか、画像を減らして保存し直してください。",
            )

    def _running(self) -> "subprocess.Popen[str]":
        if self._closed:
            raise _died()
        if self._child is None or self._child.poll() is not None:
            self._stop()
            self._lines = queue.Queue()
            try:
                self._child = _started()
            except OSError as error:
                raise _not_started(f"({cause_of(error)})") from error
            threading.Thread(
                target=_pump, args=(self._child, self._lines), name="sandbox", daemon=True
            ).start()
            self._wait_until_ready(self._child)
        return self._child

    def _wait_until_ready(self, child: "subprocess.Popen[str]") -> None:
        """Wait for the child's first line: what fails before it is no fault of a file."""
        try:
            self._reply(child, time.monotonic() + _SECONDS_TO_START)
        except ReadError:
            raise _not_started() from None

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue


def _started() -> "subprocess.Popen[str]":
    return subprocess.Popen(  # our own interpreter and module
        [sys.executable, "-P", "-X", "utf8", "-m", "assistant.ingest.sandbox"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


def _pump(child: "subprocess.Popen[str]", lines: "queue.Queue[str | None]") -> None:
    assert child.stdout is not None
    try:
        for line in child.stdout:
            lines.put(line)
    except (OSError, ValueError):
        lines.put(None)
        return
    lines.put(None)


def _died() -> ReadError:
    return ReadError(
        "ファイルが壊れているため、読み取りが途中で止まりました。",
        "入手し直すか、元のソフトから保存し直してください。",
    )


def _not_started(cause: str = "") -> ReadError:
    return ReadError(
        f"ファイルを読み取るためのプログラムを起動できませんでした{cause}。",
        "ファイルの問題ではありません。パソコンを再起動するか、ウイルス対策ソフトがこのプログラムを"
        "止めていないか確かめて、もう一度取り込んでください。",
    )


def _result(reply: dict[str, Any]) -> ReadResult:
    pages = tuple(page_of(page) for page in reply["pages"])
    return ReadResult(
        pages,
        reply["title"],
        tuple(reply["unreadable"]),
        reply["unreadable_reason"],
        Properties(**reply["properties"]),
    )


def _serve() -> None:
    """The child: answer one JSON line for each request on standard input until it closes."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # Whatever a parser prints, from Python or from C, must not reach the parent.
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    replies.write(json.dumps({"ready": True}) + "\n")
    replies.flush()
    for line in sys.stdin:
        try:
            request = json.loads(line)
            pages = _expected_pages(request)
            if pages:
                replies.write(json.dumps({"expected_pages": pages}) + "\n")
                replies.flush()
            reply = asdict(_served(request))
        except ReadError as error:
            reply = {"error": {"message": error.message, "remedy": error.remedy}}
        except MemoryError:
            raise
        except OSError as error:
            reply = _refusal(
                f"ファイルを開けません({cause_of(error)})。", "読み取り権限を確かめてください。"
            )
        except Exception:  # noqa: BLE001  # parsers raise anything; it costs this file only
            reply = _refusal(
                "ファイルの中身が通常と異なるため、読み取れませんでした。",
                "元のソフトで開いて保存し直すか、PDFに保存し直してください。",
            )
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


def _expected_pages(request: dict[str, Any]) -> int | None:
    """Pages of a PDF that is to be read: the parent waits longer for more. None where unknown."""
    path = Path(request["path"])
    if "page" in request or path.suffix.lower() not in PDF_SUFFIXES:
        return None
    from assistant.ingest.readers.pdf import page_count

    return page_count(path)


def _served(request: dict[str, Any]) -> ReadResult | Picture:
    path = Path(request["path"])
    if "page" not in request:
        return read_file(path)
    # Reading, which is done far more often, pays nothing for the drawing library.
    from assistant.ingest.readers.picture import page_picture

    return page_picture(path, request["page"], tuple(request["quotes"]))


def _refusal(message: str, remedy: str) -> dict[str, Any]:
    return {"error": {"message": message, "remedy": remedy}}


if __name__ == "__main__":
    _serve()
