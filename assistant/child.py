"""Our own modules as processes of their own, spoken to in JSON lines over their standard streams.

A request gets any number of ``{"progress": …}`` and then ``{"reply": …}`` or ``{"error": …}``. What
a library prints in there is no reply; what hangs, swells or dies there is ended and named. Works
the same on Windows: a child is a plain command, and its memory is watched from outside.
"""

import json
import logging
import math
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, Literal

import psutil

from assistant.errors import AssistantError, cause_of
from assistant.records.text import fields_of

Row = dict[str, Any]
"""What a line of JSON holds."""

_HOME = str(Path(__file__).parents[1])
_POLL_SECONDS = 0.05
# An interpreter and its modules from a slow disk, on a machine that is busy.
_SECONDS_TO_START = 120.0
# What has replied only has to clear away.
_SECONDS_TO_END = 10.0
_log = logging.getLogger(__name__)


class ChildError(Exception):
    """A child that gave no reply.

    Attributes:
        why: it ended, its time was up, or it needed too much memory.
    """

    def __init__(self, why: Literal["ended", "time", "memory"], code: int | None = None) -> None:
        super().__init__(f"{why} (exit code {code})")
        self.why = why


class Child(AbstractContextManager["Child"]):
    """A module that runs `serve`, in a process of its own; a context manager for one request."""

    def __init__(self, module: str, purpose: str, *, log: bool = False) -> None:
        """Start the process; the first request waits until it is ready.

        Args:
            module: name of the module.
            purpose: what it does, in Japanese: 「ファイルを読み取る」.
            log: let its standard error through, which is the log of whoever starts it.

        Raises:
            AssistantError: it cannot be started.
        """
        self._purpose = purpose
        self._ready = False
        self._lines: queue.Queue[str | None] = queue.Queue()
        path = (_HOME, os.environ.get("PYTHONPATH", ""))
        try:
            self.process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
                [sys.executable, "-P", "-X", "utf8", "-m", module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if log else subprocess.DEVNULL,
                encoding="utf-8",
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(filter(None, path)),
                    "PYTHONIOENCODING": "utf-8",
                },
            )
        except OSError as error:
            raise self._not_started(f"({cause_of(error)})") from error
        threading.Thread(target=self._listen, name=module, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self.stop(_SECONDS_TO_END)

    def ask(
        self,
        request: Row,
        *,
        seconds: float = math.inf,
        memory: int | None = None,
        heard: Callable[[Row], float | None] | None = None,
    ) -> Any:
        """The reply to a request.

        Args:
            request: what `serve` hands on.
            seconds: how long the reply may take.
            memory: largest resident memory of the child in bytes; None for no limit.
            heard: told of progress; what it returns is added to the seconds.

        Raises:
            ChildError: there was no reply; the child is of no more use.
            AssistantError: the child refuses the request, or has never been ready.
        """
        if not self._ready:
            try:
                self._receive(time.monotonic() + _SECONDS_TO_START, None)
            except ChildError:
                self.stop()
                raise self._not_started() from None
            self._ready = True
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except (OSError, ValueError):
            raise ChildError("ended") from None
        deadline = time.monotonic() + seconds
        while True:
            row = self._receive(deadline, memory)
            if "error" in row:
                raise AssistantError(row["error"]["message"], row["error"]["remedy"])
            if "reply" in row:
                return row["reply"]
            deadline += (heard(row["progress"]) if heard else None) or 0.0

    def stop(self, patience: float = 0.0) -> None:
        """End the process: at once, or after some seconds in which it may end by itself.

        Another thread that waits for a reply gets a `ChildError`.
        """
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        self.process.kill()
        self.process.wait()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with suppress(OSError, ValueError), self.process.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put(None)

    def _receive(self, deadline: float, memory: int | None) -> Row:
        while True:
            try:
                line = self._lines.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                if time.monotonic() > deadline:
                    raise ChildError("time") from None
                if memory is not None and self._resident() > memory:
                    raise ChildError("memory") from None
                continue
            if line is None:
                self._lines.put(None)
                raise ChildError("ended", self.process.poll())
            row: Row = json.loads(line)
            return row

    def _resident(self) -> int:
        try:
            return psutil.Process(self.process.pid).memory_info().rss
        except psutil.Error:
            return 0

    def _not_started(self, cause: str = "") -> AssistantError:
        return AssistantError(
            f"{self._purpose}ためのプログラムを起動できませんでした{cause}。",
            "ファイルの問題ではありません。パソコンを再起動するか、ウイルス対策ソフトがこのプログラム"
            "を止めていないか確かめて、もう一度試してください。",
        )


def serve(
    answer: Callable[[Row, Callable[[Row], None]], Any], fault: AssistantError | None = None
) -> None:
    """In the child: answer the requests on standard input until it closes.

    Args:
        answer: gives the reply, records and what JSON holds; its second argument tells the parent
            of progress. What `AssistantError` it raises is the reply.
        fault: the reply where it raises anything else, which goes to standard error; None ends the
            child, as lack of memory does in any case.
    """
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # Whatever a library prints, from Python or from C, must not reach the parent.
    os.dup2(2, 1)
    sys.stdout = sys.stderr

    def say(row: Row) -> None:
        replies.write(json.dumps(row, default=fields_of) + "\n")
        replies.flush()

    say({"ready": True})
    for line in sys.stdin:
        try:
            reply = {"reply": answer(json.loads(line), lambda row: say({"progress": row}))}
        except AssistantError as error:
            _log.error("refused: %s", error)
            reply = {"error": {"message": error.message, "remedy": error.remedy}}
        except MemoryError:
            raise
        except Exception:
            if fault is None:
                raise
            _log.exception("failed")
            reply = {"error": {"message": fault.message, "remedy": fault.remedy}}
        say(reply)
