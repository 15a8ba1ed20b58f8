"""Statements written by a model, each shown only with the quotes that carry it.

`write_statements` serves answers and plans alike: passages and a prompt in, grounded statements
out. What a model claims is looked up in the passages it was given, compared with them (`checks`),
asked for once more where it does not hold, and then set apart.
"""

import json
from bisect import bisect_right
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.answering.checks import Source, problems_of
from assistant.answering.cite import Pages, citations_of
from assistant.answering.faults import model_error
from assistant.answering.ground import FEWEST_CHARACTERS, locate
from assistant.answering.provider import ChatModel, Usage
from assistant.answering.replies import Claim, Evidence, StatementReader, read_object
from assistant.answering.untrusted import inert, new_boundary, passages_text
from assistant.answering.voice import attribution_of, label_of
from assistant.errors import ModelError
from assistant.ingest.chunk import count_tokens
from assistant.prompts import Messages, Prompt, load_prompt
from assistant.records.answers import Citation, Passage, Statement, StatementEvent

_REPAIR_TOKENS = 1024
"""Kept free for what a second round adds to the prompt."""
_SPARE = 0.05
"""Share of the context left unused: other tokenizers count otherwise than cl100k_base."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote that its passages carry, and what they do not."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    """Numbered from 1 in order of first use."""
    unverified: tuple[str, ...]
    """Statements no quote carries, made inert; never to be shown among the others."""
    notes: tuple[str, ...]
    """What the reader must know of the writing itself: a reply cut off."""
    usage: Usage
    prompt: str
    """Label of the prompt, see `Prompt.label`."""


def write_statements(
    model: ChatModel,
    prompt: Prompt,
    variables: Mapping[str, object],
    passages: Sequence[Passage],
    pages_of: Pages,
    *,
    deadline: float | None = None,
) -> Written:
    """Have a model write statements from passages and keep those that hold.

    Args:
        model: an open model.
        prompt: one whose output is ``statements`` with the variables ``passages`` and
            ``boundary``, which are put in here.
        variables: the prompt's other variables.
        passages: best first; as many as fit into the model's context are given to it.
        pages_of: the pages of a document by its id (`Index.pages`).
        deadline: on the model's clock, see `ChatModel.deadline`; None: a new one.

    Returns:
        No statements where the model found none in the passages.

    Raises:
        ModelError: the model gave nothing usable in time.
    """
    writing = stream_statements(model, prompt, variables, passages, pages_of, deadline=deadline)
    while True:
        try:
            next(writing)
        except StopIteration as done:
            written: Written = done.value
            return written


def stream_statements(
    model: ChatModel,
    prompt: Prompt,
    variables: Mapping[str, object],
    passages: Sequence[Passage],
    pages_of: Pages,
    *,
    deadline: float | None = None,
) -> Generator[StatementEvent, None, Written]:
    """`write_statements`, each statement given as it is verified; the result is returned."""
    deadline = model.deadline() if deadline is None else deadline
    fitted = fitting(model, prompt, variables, passages)
    while True:
        try:
            return (yield from _Writing(model, prompt, fitted, pages_of, deadline).run(variables))
        except ModelError as error:
            # The provider counts tokens otherwise than we do.
            if error.fault != "context" or len(fitted) < 2:
                raise
            fitted = fitted[: len(fitted) // 2]


def fitting(
    model: ChatModel, prompt: Prompt, variables: Mapping[str, object], passages: Sequence[Passage]
) -> list[Passage]:
    """As many of the passages, best first, as the model's context has room for; at least one.

    Raises:
        ModelError: not even the prompt itself fits.
    """
    boundary = new_boundary()

    def cost(count: int) -> int:
        shown = passages_text(passages[:count], boundary)
        messages = prompt.render(**variables, boundary=boundary, passages=shown)
        return sum(count_tokens(text) for _, text in messages)

    room = round(model.context * (1 - _SPARE)) - model.reply_tokens - _REPAIR_TOKENS
    count = len(passages)
    if cost(count) > room:
        count = bisect_right(range(count), room, key=cost) - 1
    if count < min(1, len(passages)):
        raise model_error("context")
    return list(passages[:count])


class _Writing:
    """One piece of writing: what was claimed, what held, what did not."""

    def __init__(
        self,
        model: ChatModel,
        prompt: Prompt,
        passages: Sequence[Passage],
        pages_of: Pages,
        deadline: float,
    ) -> None:
        self._model = model
        self._prompt = prompt
        self._passages = passages
        self._pages_of = pages_of
        self._deadline = deadline
        self._boundary = new_boundary()
        self._statements: list[Statement] = []
        self._citations: dict[tuple[str, str], Citation] = {}
        self._failed: list[tuple[Claim, list[str]]] = []
        self._notes: list[str] = []
        self._usage = Usage()

    def run(self, variables: Mapping[str, object]) -> Generator[StatementEvent, None, Written]:
        shown = passages_text(self._passages, self._boundary)
        messages = self._prompt.render(**variables, boundary=self._boundary, passages=shown)
        readable = yield from self._round(messages)
        if not readable or (self._failed and not self._notes):
            yield from self._second_round(messages, readable=readable)
        shown_texts = {statement.text for statement in self._statements}
        failed = dict.fromkeys(inert(claim.text) for claim, _ in self._failed)
        return Written(
            statements=tuple(self._statements),
            citations=tuple(self._citations.values()),
            unverified=tuple(text for text in failed if text and text not in shown_texts),
            notes=tuple(self._notes),
            usage=self._usage,
            prompt=self._prompt.label,
        )

    def _second_round(
        self, messages: Messages, *, readable: bool
    ) -> Generator[StatementEvent, None, None]:
        """Ask once more, for the form or for what did not hold; a failure leaves things as are."""
        failed, self._failed = self._failed, []
        before = json.dumps(
            {"statements": [{"text": claim.text} for claim, _ in failed]}, ensure_ascii=False
        )
        problems = [f"・「{claim.text}」: {' '.join(why)}" for claim, why in failed]
        if not readable:
            problems = [
                "・出力が、決められた形のJSONではありません。すべての記述を出力し直してください。"
            ]
        listed = _within("\n".join(problems), _REPAIR_TOKENS // 2)
        again = load_prompt("repair").render(problems=inert(listed))
        try:
            readable_now = yield from self._round(
                [*messages, ("ai", _within(before, _REPAIR_TOKENS // 3)), *again]
            )
        except ModelError:
            if not readable:
                raise
            self._failed = failed
            return
        if not readable_now:
            if not readable:
                raise model_error("malformed")
            self._failed = failed

    def _round(self, messages: Messages) -> Generator[StatementEvent, None, bool]:
        """One reply; returns whether it had the form asked for."""
        reader = StatementReader()
        claims = 0
        reply = self._model.stream(messages, self._prompt.schema, self._deadline)
        try:
            while True:
                try:
                    piece = next(reply)
                except StopIteration as done:
                    self._count(done.value, messages, reader.text)
                    break
                for claim in reader.feed(piece):
                    claims += 1
                    event = self._accepted(claim)
                    if event:
                        yield event
        except ModelError as error:
            self._count(Usage(), messages, reader.text)
            if not self._statements:
                raise
            # What was verified stays good; that more was to come must be said.
            self._notes.append(f"{error.message}ここまでに確かめられた記述だけを示しています。")
        finally:
            reply.close()
        if claims:
            return True
        whole = read_object(reader.text)
        return whole is not None and whole.get("statements") == []

    def _count(self, usage: Usage, messages: Messages, reply: str) -> None:
        """Add what a call cost; estimated where the provider does not say."""
        if not usage.input_tokens:
            usage = Usage(sum(count_tokens(text) for _, text in messages), count_tokens(reply))
        self._usage += usage

    def _accepted(self, claim: Claim) -> StatementEvent | None:
        """The statement with its citations if its sources carry it; else it is kept as failed."""
        text = claim.text.strip()
        found = [place for evidence in claim.evidence for place in self._located(evidence)]
        sources: list[Source] = []
        cited: list[Citation] = []
        for passage, start, end in dict.fromkeys(found):
            quotes = self._cited(passage, start, end)
            if quotes:
                cited += [citation for citation in quotes if citation not in cited]
                sources.append(Source(passage.chunk.text[start:end], passage))
        problems = problems_of(text, sources)
        if problems:
            self._failed.append((claim, problems))
            return None
        numbered = tuple(self._numbered(citation) for citation in cited)
        said = dict.fromkeys(attribution_of(source.passage) for source in sources)
        labels = dict.fromkeys(label_of(source.passage.chunk, source.text) for source in sources)
        statement = Statement(
            text=inert(text),
            citations=tuple(citation.number for citation in numbered),
            attribution="、".join(name for name in said if name) or None,
            label="・".join(label for label in labels if label) or None,
        )
        if statement in self._statements:
            return None
        self._statements.append(statement)
        return StatementEvent(statement, numbered)

    def _located(self, evidence: Evidence) -> list[tuple[Passage, int, int]]:
        """Where a quote stands: in the passage named, or, if long enough to tell, in another."""
        named = evidence.passage
        order: list[Passage] = []
        if named is not None and 1 <= named <= len(self._passages):
            order.append(self._passages[named - 1])
        if len(evidence.quote) >= FEWEST_CHARACTERS:
            order += [passage for passage in self._passages if passage not in order]
        for passage in order:
            found = locate(evidence.quote, passage.chunk.text)
            if found:
                return [(passage, start, end) for start, end in found.spans]
        return []

    def _cited(self, passage: Passage, start: int, end: int) -> list[Citation]:
        return citations_of(passage, start, end, len(self._citations) + 1, self._pages_of)

    def _numbered(self, citation: Citation) -> Citation:
        """The citation under the number its quote already has, else under the next one."""
        key = (citation.chunk.chunk_id, citation.quote)
        if key not in self._citations:
            self._citations[key] = replace(citation, number=len(self._citations) + 1)
        return self._citations[key]


def _within(text: str, tokens: int) -> str:
    """The beginning of a text that is no longer than so many tokens."""
    while count_tokens(text) > tokens:
        text = text[: len(text) * 3 // 4]
    return text
