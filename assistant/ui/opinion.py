"""What a visitor thinks of an answer: kept on this machine, for those who maintain it."""

import streamlit as st

from assistant.errors import StorageError, cause_of
from assistant.export.rows import answer_row
from assistant.feedback import Verdict, append_feedback
from assistant.records.answers import Answer
from assistant.settings import load_settings
from assistant.ui.session import two_lines

_REASONS = (
    "質問に答えていない",
    "大事なことが抜けている",
    "古い・段階が違う",
    "出典が合っていない",
    "長すぎる・読みにくい",
)


def ask(number: int, answer: Answer) -> None:
    """Draw the thumbs, or thanks once they have been used; `number` is the turn's."""
    given: set[int] = st.session_state.setdefault("opinions", set())
    if number in given:
        st.caption("評価をお預かりしました。")
        return
    chosen = st.feedback("thumbs", key=f"thumbs_{number}")
    if chosen is None:
        return
    verdict: Verdict = "up" if chosen else "down"
    with st.form(f"opinion_{number}", border=True):
        reasons = st.pills("理由", _REASONS, selection_mode="multi") if verdict == "down" else []
        words = st.text_input("ひとこと(任意)", max_chars=500)
        st.caption(
            "質問と回答とともに、このコンピューターの中だけに保存します。この画面を使う人は、だれでも読めます。"
        )
        sent = st.form_submit_button("評価を保存する")
    if sent:
        with two_lines():
            _keep(
                answer, verdict, "、".join([*reasons, *([words.strip()] if words.strip() else [])])
            )
            given.add(number)
            st.rerun()


def _keep(answer: Answer, verdict: Verdict, reason: str) -> None:
    try:
        append_feedback(load_settings().data, answer_row(answer), verdict, reason)
    except OSError as error:
        raise StorageError(
            f"評価を保存できません({cause_of(error)})。",
            "データフォルダーの空きと権限を確かめてください。",
        ) from error
