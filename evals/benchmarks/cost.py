"""What a command costs: the time from its start to its end, and memory."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process and its children cost."""

    seconds: float
    """To within the 50 ms between two looks at it."""
    megabytes: float
    """Most resident memory of all of them together, looked at every 50 ms."""
    output: str


def cost_of(command: Sequence[str]) -> Cost:
    """Run a command to its end.

    Raises:
        SystemExit: the command failed.
    """
    began = time.perf_counter()
    peak = 0
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        with psutil.Popen(
            command, stdout=output, stderr=subprocess.DEVNULL, env=environment
        ) as process:
            while process.poll() is None:
                peak = max(peak, sum(_resident(process)))
                time.sleep(0.05)
        seconds = time.perf_counter() - began
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise SystemExit(f"exit {process.returncode}: {' '.join(command)}")
    return Cost(seconds, peak / 1e6, text)


def _resident(process: psutil.Process) -> Iterator[int]:
    with suppress(psutil.Error):
        for member in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                yield member.memory_info().rss
