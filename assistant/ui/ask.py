"""相談: questions and answers, each statement with the way to its source."""

from collections.abc import Iterator, Sequence

import streamlit as st

from assistant.answering.ground import is_made_of
from assistant.answering.lookup import shown_text
from assistant.assistant import Assistant
from assistant.errors import AssistantError
from assistant.export.markdown import conversation_markdown
from assistant.export.text import NEAR, UNVERIFIED, as_of_text, unknown_stages_text, where_text
from assistant.export.word import conversation_docx
from assistant.records.answers import (
    Answer,
    AnswerEvent,
    Citation,
    Filters,
    NoticeEvent,
    Statement,
    StatementEvent,
    Turn,
)
from assistant.ui import filters, labels, opinion, source
from assistant.ui.inert import label, paragraph, statement
from assistant.ui.session import opened, show_error, two_lines

_EXAMPLES = {
    "はじめて担当する方": (
        "コンソーシアムには誰に入ってもらうべきですか",
        "地域の課題はどのように整理すればよいですか",
        "デジタル人材が足りないときはどうすればよいですか",
    ),
    "申請書・計画を作る方": (
        "実証のあと、自走するには何が必要ですか",
        "ランニング費用は国の支援の対象になりますか",
        "国の支援にはどのような課題が挙げられていますか",
    ),
    "よその町の例を知りたい方": (
        "ほかの自治体はどのように取り組んでいますか",
        "地元の会社と組んだ例はありますか",
        "住民の困りごとを解決した事例はありますか",
    ),
}
# An answer is read from its beginning.
_TO_LAST_QUESTION = """<script>
setTimeout(() => {
  const asked = document.querySelectorAll('.st-key-turns [aria-label="Chat message from user"]');
  asked[asked.length - 1]?.scrollIntoView({block: "start"});
}, 150);
</script>"""


def page() -> None:
    """Draw the conversation and answer what has been asked."""
    st.title("相談", anchor=False)
    with two_lines():
        assistant = opened()
        turns: list[Turn] = st.session_state.setdefault("turns", [])
        with st.container(horizontal=True, vertical_alignment="center", key="ask_tools"):
            chosen = filters.choose(assistant.manifest)
            if turns:
                st.button("新しい相談を始める", icon=":material/add_comment:", on_click=_forget)
                _downloads([turn.answer for turn in turns])
        if not turns and "asked" not in st.session_state:
            _examples()
        with st.container(key="turns"):
            for number, turn in enumerate(turns):
                _draw_turn(assistant, number, turn)
        if st.session_state.pop("answered", False):
            st.html(_TO_LAST_QUESTION, unsafe_allow_javascript=True)
        # In a container of its own: at the end of the page Streamlit would scroll to it by itself.
        with st.container(key="question_box"):
            typed = st.chat_input(
                "聞きたいことを、ふだんの言葉で",
                key="question",
            )
        if typed:
            st.session_state["asked"] = typed
        if "asked" in st.session_state:
            _answer(assistant, st.session_state["asked"], chosen, turns)


def _examples() -> None:
    paragraph(
        "取り込んだ資料の文を、出典をつけて示します。資料に書かれていないことには答えません。",
    )
    for people, questions in _EXAMPLES.items():
        st.caption(people)
        with st.container(horizontal=True, gap="small"):
            for question in questions:
                st.button(question, on_click=_ask, args=(question,))


def _downloads(answers: list[Answer]) -> None:
    """The conversation with its evidence as files; numbers are those on the screen."""
    with st.popover("記録を受け取る", icon=":material/download:"):
        st.caption("質問・回答・引用と出典の一覧です。番号は画面と同じです。")
        st.download_button(
            "Word(.docx)",
            lambda: conversation_docx(answers),
            file_name="相談の記録.docx",
            mime="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            on_click="ignore",
        )
        st.download_button(
            "Markdown(.md)",
            lambda: conversation_markdown(answers),
            file_name="相談の記録.md",
            mime="text/markdown",
            on_click="ignore",
        )


def _ask(question: str) -> None:
    st.session_state["asked"] = question


def _forget() -> None:
    for name in ("turns", "asked", "source", "pictures", "opinions"):
        st.session_state.pop(name, None)


def _answer(assistant: Assistant, question: str, chosen: Filters, turns: list[Turn]) -> None:
    """Answer the waiting question; it waits on if the page is drawn again before the end."""
    _draw_question(question)
    try:
        with (
            st.chat_message("assistant", avatar=":material/menu_book:"),
            st.spinner("探しています…"),
        ):
            events = assistant.stream(question, chosen, history=tuple(turns))
            answer = _draw_events(events)
    except AssistantError as error:
        # The error stays with its question, and the next question can be asked.
        del st.session_state["asked"]
        show_error(error.message, error.remedy)
        return
    except Exception:
        # Else it would be asked again, and fail again, with every drawing of the page.
        del st.session_state["asked"]
        raise
    turns.append(Turn(question, answer))
    del st.session_state["asked"]
    st.session_state.pop("source", None)
    st.session_state["answered"] = True
    # Drawn once more from what is kept: a stream that broke off leaves statements to take back.
    st.rerun()


def _draw_events(events: Iterator[object]) -> Answer:
    """Show what arrives, the numbers as text: sources open once the answer is complete."""
    for event in events:
        match event:
            case StatementEvent(made, citations):
                marks = [f"[{citation.number}]" for citation in citations]
                _draw_made(made, citations, marks)
            case NoticeEvent(text):
                paragraph(text, "note")
            case AnswerEvent(answer):
                return answer
    raise AssertionError("a stream ends with its answer")


def _draw_turn(assistant: Assistant, number: int, turn: Turn) -> None:
    _draw_question(turn.question)
    shown = _shown_source(number, turn.answer)
    if shown is None:
        _draw_answer(assistant, number, turn.answer)
        return
    answer, beside = st.columns([3, 2], gap="medium")
    with answer:
        _draw_answer(assistant, number, turn.answer)
    with beside, st.container(key="source_panel", border=True):
        st.button("閉じる", icon=":material/close:", key="close_source", on_click=_close_source)
        source.panel(assistant, shown)


def _draw_question(question: str) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        paragraph(question)


def _draw_answer(assistant: Assistant, number: int, answer: Answer) -> None:
    with st.chat_message("assistant", avatar=":material/menu_book:"):
        if answer.standalone:
            paragraph(f"次の質問として調べました: {answer.standalone}", "quiet")
        if answer.refused:
            _draw_refusal(assistant, number, answer)
        cited = {citation.number: citation for citation in answer.citations}
        for place, made in enumerate(answer.statements):
            _draw_statement(f"turn_{number}", place, made, cited)
        if unknown := unknown_stages_text(answer.citations):
            paragraph(unknown, "quiet")
        if answer.unverified:
            with st.container(border=True, key=f"unverified_{number}"):
                st.caption(UNVERIFIED)
                for text in answer.unverified:
                    paragraph(f"・{text}", "quiet")
        if answer.notes:
            st.caption("注意")
            for note in answer.notes:
                paragraph(note, "note")
        if as_of := as_of_text(answer):
            paragraph(as_of, "quiet")
        opinion.ask(number, answer)


def _draw_made(made: Statement, citations: Sequence[Citation], more: Sequence[str] = ()) -> None:
    worded = not is_made_of(made.text, [citation.quote for citation in citations])
    beside = [*labels.marks(made.label, citations), *more]
    statement(made.shown, made.attribution, beside, worded=worded)


def _draw_statement(turn: str, place: int, made: Statement, cited: dict[int, Citation]) -> None:
    _draw_made(made, [cited[number] for number in made.citations])
    with st.container(horizontal=True, gap="small"):
        for number in made.citations:
            _source_button(f"{turn}_{place}_{number}", turn, "citation", cited[number])


def _draw_refusal(assistant: Assistant, number: int, answer: Answer) -> None:
    paragraph(answer.answer)
    if answer.reason not in {"no_evidence", "near"}:
        return
    if answer.outcome == "near":
        paragraph(NEAR, "quiet")
    searched = filters.described(answer.filters)
    count = len(assistant.manifest.documents)
    paragraph(
        f"調べた範囲: {searched or f'すべての資料({count}件)'}。"
        "別の言葉で聞き直すか、「資料」のページで資料を加えてください。",
        "quiet",
    )
    for passage in answer.nearest:
        citation = source.as_citation(passage)
        with st.container(border=True):
            paragraph(shown_text(passage.chunk), "text")
            _source_button(f"near_{number}_{passage.rank}", f"turn_{number}", "nearest", citation)


def _source_button(key: str, turn: str, kind: str, citation: Citation) -> None:
    st.button(
        label(f"[{citation.number}] {source.short_title(citation)} {where_text(citation)}"),
        key=key,
        icon=":material/description:",
        help=label(citation.document.title),
        on_click=_open_source,
        args=(turn, kind, citation.number),
    )


def _open_source(turn: str, kind: str, number: int) -> None:
    st.session_state["source"] = (turn, kind, number)


def _close_source() -> None:
    st.session_state.pop("source", None)


def _shown_source(number: int, answer: Answer) -> Citation | None:
    """The citation whose source is open, if it belongs to this answer."""
    turn, kind, wanted = st.session_state.get("source", ("", "", 0))
    if turn != f"turn_{number}":
        return None
    if kind == "nearest":
        return next((source.as_citation(p) for p in answer.nearest if p.rank == wanted), None)
    return next((c for c in answer.citations if c.number == wanted), None)
