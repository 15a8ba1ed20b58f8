"""An official form on the screen: which box takes which part of a plan, and the filled file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from assistant.errors import InputError
from assistant.export.form import filled_form
from assistant.filenames import safe_name
from assistant.planning.form import SUFFIXES, read_boxes, targets_of
from assistant.planning.template import Template, load_template
from assistant.records.plans import FormBox, ProjectPlan
from assistant.settings import load_settings
from assistant.ui.inert import label, paragraph
from assistant.ui.session import two_lines

KEPT = "form_sent"
"""Where the session keeps the form of the client it works on."""
_READ = "form_read"
"""Where it keeps what was found in it: for which file and template, and boxes or a refusal."""
_NOTHING = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent."""

    name: str
    content: bytes
    file_id: str


def fill(plan: ProjectPlan) -> None:
    """Draw the box for a form and, once it has one, its mapping and the way to take it away."""
    st.subheader("公式の様式に書き込む", anchor=False)
    sent = _sent()
    if sent is None:
        return
    name = Path(sent.name)
    with two_lines():
        template = load_template(plan.template, load_settings().templates)
        proposed = _boxes(sent, template)
        paragraph("様式の欄に入れる内容の案です。違うところを選び直してください。", "quiet")
        targets = targets_of(template)
        boxes = [_corrected(box, targets, sent.file_id) for box in proposed]
        st.download_button(
            f"書き込んだ様式を受け取る({name.suffix.lower()})",
            lambda: _filled(sent, boxes, plan),
            file_name=f"{name.stem}-下書き{name.suffix}",
            icon=":material/assignment:",
            on_click="ignore",
            type="primary",
        )


def _sent() -> Sent | None:
    """The form of this session: an uploader forgets its file when another part is opened."""
    sent: Sent | None = st.session_state.get(KEPT)
    if sent is None:
        file = st.file_uploader(
            "様式のファイル(Word、Excel)。書き込むだけで、資料としては取り込みません。",
            type=[suffix.removeprefix(".") for suffix in SUFFIXES],
            key="form",
        )
        if file is not None:
            st.session_state[KEPT] = Sent(file.name, file.getvalue(), file.file_id)
            st.rerun()
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        paragraph(f"様式: {sent.name}")
        st.button("別の様式にする", icon=":material/close:", on_click=_forget)
    return sent


def _boxes(sent: Sent, template: Template) -> list[FormBox]:
    """The boxes of a form with what is proposed for them; read once, not at every drawing.

    Raises:
        InputError: see `read_boxes`.
    """
    asked = (sent.file_id, template)
    before, found = st.session_state.get(_READ, (None, None))
    if before != asked:
        with _on_disk(sent) as form:
            try:
                found = read_boxes(form, template)
            except InputError as error:
                found = error
        st.session_state[_READ] = (asked, found)
    if isinstance(found, InputError):
        raise found
    boxes: list[FormBox] = found
    return boxes


def _forget() -> None:
    st.session_state.pop(KEPT, None)


def _corrected(box: FormBox, targets: dict[str, str], file_id: str) -> FormBox:
    choices = [_NOTHING, *targets]
    chosen = st.selectbox(
        label(f"{box.label}({box.place})"),
        choices,
        index=choices.index(box.target or _NOTHING),
        format_func=lambda target: targets.get(target, "対応なし(要記入)"),
        # A new file begins with what is proposed for it.
        key=f"box_{file_id}_{box.place}",
        help=label(box.hint) or None,
        persist_state="session",
    )
    return replace(box, target=chosen or None)


def _filled(sent: Sent, boxes: list[FormBox], plan: ProjectPlan) -> bytes:
    with _on_disk(sent) as form:
        return filled_form(form, boxes, plan)


@contextmanager
def _on_disk(sent: Sent) -> Iterator[Path]:
    """The file that was sent, under its name, for as long as it is read."""
    # Windows cannot remove a file that a failed reader still holds.
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        name = Path(sent.name)
        path = Path(folder) / (safe_name(name.stem) + name.suffix)
        path.write_bytes(sent.content)
        yield path
