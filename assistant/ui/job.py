"""A change of the index under way in a thread of its own: the page stays usable meanwhile."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import streamlit as st

from assistant.errors import AssistantError
from assistant.export.text import report_text
from assistant.retrieval.index import Progress
from assistant.schema import IngestReport
from assistant.ui.inert import label, paragraph
from assistant.ui.session import show_error

_KEY = "job"
_LOOK_AGAIN = 0.5
"""Seconds between two looks at a running job."""


@dataclass
class Job:
    """One run; written by its thread, read by the pages of the session that started it."""

    title: str
    step: str = "準備しています"
    done: int = 0
    total: int = 0
    future: Future[IngestReport] = field(default_factory=Future)

    def progress(self, step: str, done: int, total: int) -> None:
        """Take down how far the run is."""
        self.step, self.done, self.total = step, done, total


def start(title: str, change: Callable[[Progress], IngestReport]) -> None:
    """Run a change of the index aside; it goes on when the visitor leaves the page."""
    job = Job(title)
    worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="index")
    job.future = worker.submit(change, job.progress)
    worker.shutdown(wait=False)
    st.session_state[_KEY] = job


def is_running() -> bool:
    """Whether a change that this session started is under way."""
    job = st.session_state.get(_KEY)
    return job is not None and not job.future.done()


def show() -> None:
    """Draw the run under way, or what the last one did."""
    job: Job | None = st.session_state.get(_KEY)
    if job is None:
        return
    if not job.future.done():
        _watched(job)
        return
    try:
        report = job.future.result()
    except AssistantError as error:
        show_error(error.message, error.remedy)
    else:
        with st.container(border=True):
            st.success(f"{label(job.title)}が終わりました。", icon=":material/check_circle:")
            paragraph(report_text(report), "text")
    st.button("この知らせを消す", icon=":material/close:", on_click=_forget)


@st.fragment(run_every=_LOOK_AGAIN)
def _watched(job: Job) -> None:
    if job.future.done():
        st.rerun(scope="app")
    share = job.done / job.total if job.total else 0.0
    counted = f"({job.done}/{job.total})" if job.total else ""
    st.progress(min(share, 1.0), f"{label(job.title)}: {job.step}{counted}")
    st.caption("終わるまで、今までの資料で答え続けます。ほかのページを開いてもかまいません。")


def _forget() -> None:
    st.session_state.pop(_KEY, None)
