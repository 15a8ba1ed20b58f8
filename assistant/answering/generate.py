"""The answer in a model's words: condense the question, write from the passages, ground, tell.

Whether a question can be answered at all is decided before, by evidence (`evidence`); whatever goes
wrong here ends in a `ModelError`, and the reader gets the extractive answer instead.
"""

from collections.abc import Generator, Sequence
from dataclasses import replace

from assistant.answering.answer import changed_notes, notes_for, render
from assistant.answering.checks import states_terms
from assistant.answering.cite import Pages
from assistant.answering.provider import ChatModel, Usage
from assistant.answering.replies import read_object
from assistant.answering.untrusted import inert, new_boundary, speaks_to_a_model
from assistant.answering.voice import label_notes
from assistant.answering.write import Written, stream_statements
from assistant.ingest.chunk import count_tokens
from assistant.japanese.dates import find_dates
from assistant.japanese.numbers import missing_numbers
from assistant.prompts import load_prompt
from assistant.records.answers import Answer, Citation, Passage, StatementEvent, Turn

_HISTORY_TOKENS = 1200
"""Of the turns before, the last ones that fit into so many tokens are shown to the model."""
_TURN_CHARACTERS = 400
_LONGEST_QUESTION = 300


def condense(
    model: ChatModel, question: str, history: Sequence[Turn], deadline: float
) -> tuple[str | None, Usage]:
    """The question so that it can be understood without the turns before, and what that cost.

    Returns:
        None for the question where the model adds a number or date that nobody mentioned, or gives
        nothing of the form asked for.

    Raises:
        ModelError: the model gave no reply in time.
    """
    prompt = load_prompt("condense")
    told = _told(history)
    messages = prompt.render(boundary=new_boundary(), history=inert(told), question=inert(question))
    reply = model.stream(messages, prompt.schema, deadline)
    text = ""
    while True:
        try:
            text += next(reply)
        except StopIteration as done:
            usage: Usage = done.value
            break
    value = (read_object(text) or {}).get("question")
    condensed = inert(" ".join(value.split())) if isinstance(value, str) else ""
    known = [question, told]
    dates = {(m.first, m.last) for part in known for m in find_dates(part)}
    invented = [m for m in find_dates(condensed) if (m.first, m.last) not in dates]
    if invented or missing_numbers(condensed, known) or len(condensed) > _LONGEST_QUESTION:
        return None, usage
    return condensed or None, usage


def stream_written(
    model: ChatModel,
    question: str,
    passages: Sequence[Passage],
    pages_of: Pages,
    extracted: Answer,
    deadline: float,
    *,
    spent: Usage,
    show_unverified: bool,
) -> Generator[StatementEvent, None, Answer]:
    """The answer as a model words it, each statement given as it is verified.

    Args:
        model: an open model.
        question: as understood with the turns before.
        passages: best first.
        pages_of: the pages of a document by its id.
        extracted: the extractive answer to the same question, not refused; it lends what does not
            depend on the wording, and answers where the model finds nothing.
        deadline: on the model's clock.
        spent: what was spent on the question before.
        show_unverified: keep what no source carries, to be shown apart; else it is only counted.

    Raises:
        ModelError: no usable reply.
    """
    prompt = load_prompt("answer")
    written = yield from stream_statements(
        model, prompt, {"question": inert(question)}, passages, pages_of, deadline=deadline
    )
    usage = spent + written.usage
    provenance = replace(
        extracted.provenance,
        prompt=written.prompt,
        model=model.name,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        unverified=len(written.unverified),
    )
    unverified = written.unverified if show_unverified else ()
    counted = _counted(written, shown=show_unverified)
    if not written.statements:
        nothing = (
            "言語モデルは、資料で確かめられる記述を書けませんでした。資料の文をそのまま示します。"
        )
        return replace(
            extracted,
            notes=(nothing, *counted, *extracted.notes),
            provenance=provenance,
            unverified=unverified,
        )
    return replace(
        extracted,
        mode="llm",
        answer=render(written.statements, written.citations, worded=True),
        statements=written.statements,
        citations=written.citations,
        notes=(*written.notes, *counted, *_notes(written, passages)),
        provenance=provenance,
        unverified=unverified,
    )


def _told(history: Sequence[Turn]) -> str:
    """The last turns as text, oldest first, within the tokens allowed."""
    told: list[str] = []
    room = _HISTORY_TOKENS
    for turn in reversed(history):
        asked = turn.answer.standalone or turn.question
        text = f"質問: {asked}\n回答: {turn.answer.answer[:_TURN_CHARACTERS]}"
        room -= count_tokens(text)
        if room < 0:
            break
        told.append(text)
    return "\n\n".join(reversed(told))


def _counted(written: Written, *, shown: bool) -> list[str]:
    number = len(written.unverified)
    if not number:
        return []
    done = "分けて示しています" if shown else "除きました"
    return [f"根拠を確認できなかった記述が{number}件あり、{done}。"]


def _notes(written: Written, passages: Sequence[Passage]) -> list[str]:
    citations = written.citations
    return [
        *notes_for([c.document for c in citations], [c.chunk for c in citations]),
        *label_notes(statement.label for statement in written.statements),
        *_terms_notes(written),
        *_instruction_notes(passages),
        *changed_notes(citations),
    ]


def _terms_notes(written: Written) -> list[str]:
    """Amounts, rates and deadlines hold for one year's call: which one, by its document."""
    by_number = {citation.number: citation for citation in written.citations}
    cited: list[Citation] = [
        by_number[number]
        for statement in written.statements
        if states_terms(statement.text)
        for number in statement.citations
    ]
    return [
        f"金額、率、期限は「{title}」({date or '日付不明'})にあるものです。"
        "年度や類型で変わるため、最新の公募要領で確かめてください。"
        for title, date in dict.fromkeys((c.document.title, c.document.published) for c in cited)
    ]


def _instruction_notes(passages: Sequence[Passage]) -> list[str]:
    titles = dict.fromkeys(
        passage.document.title for passage in passages if speaks_to_a_model(passage.chunk.text)
    )
    return [
        f"「{title}」に、AIへの指示のような文があります。根拠には使っていません。"
        for title in titles
    ]
