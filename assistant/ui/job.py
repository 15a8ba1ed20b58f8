"""A change of the index under way in a process of its own: the pages stay usable meanwhile."""

import logging
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import streamlit as st

from assistant.child import Child, ChildError, Row
from assistant.errors import AssistantError
from assistant.settings import load_settings
from assistant.ui.inert import label, paragraph
from assistant.ui.session import show_error

Change = Literal["ingest", "remove", "rebuild"]

_log = logging.getLogger(__name__)
_KEY = "job"
_LOOK_AGAIN = 0.5
"""Seconds between two looks at a running job."""


@dataclass(eq=False)
class Job:
    """One run; written by the thread that listens to it, read by the sessions of its index."""

    title: str
    step: str = "準備しています"
    done: int = 0
    total: int = 0
    future: Future[str] = field(default_factory=Future)
    """What was done, for people."""

    def run(self, request: Row) -> None:
        """Have a process carry out a request to `assistant.ui.change`, and wait for its end."""
        try:
            with Child("assistant.ui.change", "索引を更新する", log=True) as child:
                change = child.ask(request, heard=self._heard)
        except AssistantError as error:
            self.future.set_exception(error)
        except ChildError as error:
            _log.error("no reply of the process that changes the index: %s", error)
            message = "索引の更新が途中で止まりました。今までの索引で答え続けます。"
            remedy = "ディスクとメモリの空きを確かめて、もう一度試してください。"
            self.future.set_exception(AssistantError(message, remedy))
        else:
            self.future.set_result(change)

    def _heard(self, told: Row) -> None:
        self.step, self.done, self.total = told["step"], told["done"], told["total"]


def start(
    title: str,
    change: Change,
    root: Path,
    paths: Iterable[Path] = (),
    *,
    staged: Path | None = None,
    delete: Iterable[Path] = (),
) -> None:
    """Change an index aside; it goes on when the visitor leaves the page.

    Args:
        title: what is done, in Japanese.
        change: what to call of `assistant.indexing`.
        root: folder of the index.
        paths: files concerned; none for ``rebuild``, nor where they are staged.
        staged: folder of new files to ingest, see `assistant.ui.uploads.stage`.
        delete: files to delete once the index is done with them.
    """
    request = {
        "change": change,
        "root": str(root),
        "paths": [str(path) for path in paths],
        "staged": str(staged) if staged else None,
        "delete": [str(path) for path in delete],
    }
    job = Job(title)
    threading.Thread(target=job.run, args=(request,), name="index", daemon=True).start()
    st.session_state[_KEY] = job
    last = shared(root)
    if all(other.future.done() for other in last):
        last[:] = [job]


@st.cache_resource(show_spinner=False)
def shared(root: Path) -> list[Job]:  # noqa: ARG001  # it is the cache's key
    """The run under way, or the last one, of an index, if any: the page may be loaded anew."""
    return []


def is_running() -> bool:
    """Whether a change of the index of the app is under way, whoever started it."""
    return any(not job.future.done() for job in _jobs())


def _last() -> list[Job]:
    settings = load_settings()
    return shared(settings.index or settings.default_index)


def _jobs() -> list[Job]:
    """What this session started last, and what any session did."""
    last = _last()
    own: Job | None = st.session_state.get(_KEY)
    return [*last] if own is None or own in last else [own, *last]


def show() -> None:
    """Draw the run under way, or what the last one did."""
    for number, job in enumerate(_jobs()):
        _draw(job, number)


def _draw(job: Job, number: int) -> None:
    if not job.future.done():
        _watched(job)
        return
    try:
        text = job.future.result()
    except AssistantError as error:
        show_error(error.message, error.remedy)
    else:
        with st.container(border=True):
            st.success(f"{label(job.title)}が終わりました。", icon=":material/check_circle:")
            paragraph(text)
    st.button(
        "この知らせを消す",
        icon=":material/close:",
        key=f"forget_{number}",
        on_click=lambda: _forget(job),
    )


@st.fragment(run_every=_LOOK_AGAIN)
def _watched(job: Job) -> None:
    if job.future.done():
        st.rerun(scope="app")
    share = job.done / job.total if job.total else 0.0
    counted = f"({job.done}/{job.total})" if job.total else ""
    st.progress(min(share, 1.0), f"{label(job.title)}: {job.step}{counted}")
    st.caption("終わるまで、今までの資料で答え続けます。ほかのページを開いてもかまいません。")


def _forget(job: Job) -> None:
    """Take a notice away, for all: who started the run still has it where that is another."""
    last = _last()
    if job in last:
        last.remove(job)
    if st.session_state.get(_KEY) is job:
        del st.session_state[_KEY]
