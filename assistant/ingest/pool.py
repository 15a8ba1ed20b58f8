"""Many files at once: a pool of reading processes, each with its own limits.

A file that hangs, swells or dies costs itself only; results come in the order of the files whoever
reads them, so that an index does not depend on the number of processes.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from queue import SimpleQueue
from typing import TypeVar

from assistant.ingest.sandbox import Sandbox

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

# Finished files that wait for their turn are held in memory: no more than this many a process.
_AHEAD = 2


class ReadingPool(AbstractContextManager["ReadingPool"]):
    """As many sandboxes as there are cores. Use as a context manager."""

    def __init__(self, *, seconds: float, megabytes: int, processes: int | None = None) -> None:
        """Set the limits of every sandbox, see `Sandbox`; children start when first needed.

        Args:
            seconds: see `Sandbox`.
            megabytes: see `Sandbox`; the pool may use this much times its processes.
            processes: how many at once; None: one a core.
        """
        count = processes or os.cpu_count() or 1
        self._sandboxes = [Sandbox(seconds=seconds, megabytes=megabytes) for _ in range(count)]
        self._free: SimpleQueue[Sandbox] = SimpleQueue()
        for sandbox in self._sandboxes:
            self._free.put(sandbox)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="reading")

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for sandbox in self._sandboxes:
            sandbox.close()
        self._threads.shutdown()

    def map(
        self, read: Callable[[Sandbox, _Task], _Result], tasks: Iterable[_Task]
    ) -> Iterator[_Result]:
        """What `read` gives for every task, in the order of the tasks.

        An error of a task is raised when its turn comes.
        """
        running: deque[Future[_Result]] = deque()
        for task in tasks:
            running.append(self._threads.submit(self._with_sandbox, read, task))
            if len(running) > _AHEAD * len(self._sandboxes):
                yield running.popleft().result()
        while running:
            yield running.popleft().result()

    def _with_sandbox(self, read: Callable[[Sandbox, _Task], _Result], task: _Task) -> _Result:
        sandbox = self._free.get()
        try:
            return read(sandbox, task)
        finally:
            self._free.put(sandbox)
