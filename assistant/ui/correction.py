"""Correcting what is known of a document: written beside the file, which stays as it is."""

from pathlib import Path
from typing import Any

import streamlit as st
import tomli_w

from assistant.errors import AssistantError, InputError, StorageError, cause_of
from assistant.ingest.stated import SIDECAR_SUFFIX, read_sidecar, sidecar_of
from assistant.japanese.dates import stated_date
from assistant.records.documents import SourceDocument
from assistant.ui import job, labels
from assistant.ui.session import show_error


def form(root: Path, document: SourceDocument) -> None:
    """Draw the form; what is saved counts once the document has been taken in again."""
    with (
        st.expander("題名・日付・段階などを直す", icon=":material/edit:"),
        st.form(f"correct_{document.doc_id}"),
    ):
        title = st.text_input("題名", document.title)
        publisher = st.text_input("発行", document.publisher or "")
        published = st.text_input(
            "日付", document.published or "", placeholder="2024-04-24、令和6年4月など"
        )
        kinds, statuses = list(labels.KINDS), list(labels.STATUSES)
        kind = st.selectbox(
            "種類", kinds, kinds.index(document.kind), format_func=labels.KINDS.__getitem__
        )
        status = st.selectbox(
            "段階",
            statuses,
            statuses.index(document.status),
            format_func=labels.STATUSES.__getitem__,
        )
        newer = st.text_input(
            "この資料に替わる新しい資料",
            document.superseded_by or "",
            placeholder="あれば、題名と日付",
        )
        if st.form_submit_button("直した内容を保存する", disabled=job.is_running()):
            try:
                path = write_sidecar(
                    Path(document.source_path),
                    _changed(document, {
                        "title": title.strip(), "publisher": publisher.strip(),
                        "published": iso_date(published), "kind": kind, "status": status,
                        "superseded_by": newer.strip(),
                    }),
                )  # fmt: skip
            except AssistantError as error:
                show_error(error.message, error.remedy)
                return
            job.start(f"「{title}」の直しの反映", "ingest", root, [path])
            st.rerun()


def _changed(document: SourceDocument, fields: dict[str, str]) -> dict[str, str]:
    """The fields that differ: what was inferred and left alone stays inferred."""
    return {
        name: value for name, value in fields.items() if value != (getattr(document, name) or "")
    }


def iso_date(text: str) -> str:
    """A day or a month as people write it, in ISO form; empty for an empty text.

    Raises:
        InputError: the text is neither.
    """
    text = text.strip()
    if not text:
        return ""
    found = stated_date(text)
    if found is None:
        raise InputError(
            f"日付を読めません: {text}",
            "2024-04-24、令和6年4月24日、令和6年4月 の形で書いてください。",
        )
    return found


def write_sidecar(path: Path, fields: dict[str, str]) -> Path:
    """Write corrections beside a document; what else stands there is kept, an empty field goes.

    Returns:
        The document's path.

    Raises:
        StorageError: the folder cannot be written.
    """
    beside = sidecar_of(path)
    stated: dict[str, Any] = dict(read_sidecar(beside)) if beside else {}
    stated = {name: value for name, value in (stated | fields).items() if value != ""}
    beside = beside or path.with_name(path.name + SIDECAR_SUFFIX)
    try:
        beside.write_text(tomli_w.dumps(stated), encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"直した内容を保存できません({cause_of(error)})。",
            f"フォルダーの権限を確かめてください: {path.parent}",
        ) from error
    return path
