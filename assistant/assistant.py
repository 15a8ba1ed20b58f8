"""The assistant: opens an index and answers. The only place that assembles the concrete parts."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from threading import Lock
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Self

from assistant.answering.answer import extractive_answer, refusal, timed, without_undated
from assistant.answering.context import in_context
from assistant.answering.conversation import (
    answer_about_source,
    points_back,
    standalone_question,
)
from assistant.answering.reading import Reader, open_reader
from assistant.errors import IndexBusyError, IndexVersionError, InputError, ModelError
from assistant.indexing import ingest, rebuild, starter_folders, starter_is_current
from assistant.question.read import Question, read_question
from assistant.question.restrictions import undated
from assistant.records.answers import (
    Answer,
    AnswerEvent,
    AskMode,
    Event,
    Filters,
    Found,
    NoticeEvent,
    Passage,
    Provenance,
    StatementEvent,
    Turn,
)
from assistant.records.documents import SourceDocument
from assistant.records.plans import Brief, ProjectPlan
from assistant.records.text import Chunk, Page
from assistant.retrieval.index import (
    Index,
    Manifest,
    Progress,
    current_generation,
    read_manifest,
)
from assistant.retrieval.models import open_embedder, open_reranker
from assistant.retrieval.search import find
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from assistant.answering.provider import ChatModel
    from assistant.retrieval.retriever import PassageRetriever

# Sentences are chosen from this many passages (24 gave .647 instead of .631 of the dev facts).
_PASSAGES = 12
# The first index of the starter corpus takes ten seconds, on a slow disk a few times that.
_STARTER_SECONDS = 300.0


class Assistant:
    """Answers questions from one index, in any number of threads at once."""

    def __init__(self, root: Path, settings: Settings) -> None:
        """Open the index in `root`; `open` is the usual way in."""
        self._root = root
        self._embedder = open_embedder(settings)
        self._reranker = open_reranker(settings)
        self._opened = Index(root, self._embedder)
        self._opening = Lock()
        self._opening_model = Lock()
        self._model: ChatModel | None = None
        self.settings = settings
        """What it was opened with."""

    @classmethod
    def open(
        cls,
        index: Path | None = None,
        settings: Settings | None = None,
        *,
        progress: Progress | None = None,
    ) -> Self:
        """Open an index; without one named, the default index, kept up with the starter corpus.

        Args:
            index: folder of the index; None takes the one in the settings.
            settings: None reads them from the environment.
            progress: told about the starter corpus being indexed.

        Raises:
            AssistantError: the index is missing, damaged or of another version.
        """
        settings = settings or load_settings()
        root = index or settings.index
        if root is None:
            root = settings.default_index
            _ensure_starter(root, settings, progress)
        return cls(root, settings)

    @property
    def _reader(self) -> Reader | None:
        return open_reader() if self.settings.reader == "on" else None

    @property
    def _index(self) -> Index:
        """The current generation: reopened when another process has swapped in a newer one."""
        with self._opening:
            if current_generation(self._root) != self._opened.folder:
                # The older one stays open until the last question that reads it is answered.
                self._opened = Index(self._root, self._embedder)
            return self._opened

    def search(self, question: str, k: int = 5, filters: Filters | None = None) -> list[Passage]:
        """The best `k` chunks for a question as indexed, best first.

        Raises:
            InputError: k is not positive.
        """
        return list(self.find(question, k, filters).passages)

    def find(self, question: str, k: int = 5, filters: Filters | None = None) -> Found:
        """`search` with the restrictions it kept: those given and those read from the question.

        Raises:
            InputError: k is not positive.
        """
        if k < 1:
            raise InputError("件数は1以上にしてください。", "-k に1以上の数を指定してください。")
        index = self._index
        return find(index, read_question(index, question, filters), k, reranker=self._reranker)

    def retriever(self, k: int = 5, filters: Filters | None = None) -> "PassageRetriever":
        """`search` as a LangChain retriever, over the index as it is now."""
        from assistant.retrieval.retriever import PassageRetriever

        return PassageRetriever(
            index=self._index, count=k, filters=filters or Filters(), reranker=self._reranker
        )

    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        *,
        mode: AskMode = "auto",
        history: Sequence[Turn] = (),
    ) -> Answer:
        """Answer a question with verified quotes, or refuse with the nearest passages.

        Args:
            question: any text.
            filters: restrictions that every source meets.
            mode: ``auto`` lets a configured model write, ``extractive`` never does.
            history: the turns before this question, oldest first.

        Raises:
            InputError: the mode is ``llm`` and no model is configured.
        """
        answer: Answer | None = None
        for event in self.stream(question, filters, mode=mode, history=history):
            if isinstance(event, AnswerEvent):
                answer = event.answer
        assert answer is not None
        return answer

    def stream(
        self,
        question: str,
        filters: Filters | None = None,
        *,
        mode: AskMode = "auto",
        history: Sequence[Turn] = (),
    ) -> Iterator[Event]:
        """`ask` as events: each statement as it is verified, notices, the answer last."""
        began = perf_counter()
        if mode == "llm" and self.settings.model is None:
            raise _no_model()
        # A lone surrogate (a stray byte on the command line) cannot be written anywhere.
        question = question.encode("utf-8", "replace").decode("utf-8")
        wanted = self.settings.model is not None and mode != "extractive"
        answer = yield from self._answered(question, filters or Filters(), history, write=wanted)
        yield AnswerEvent(timed(answer, perf_counter() - began))

    def _answered(
        self, question: str, filters: Filters, history: Sequence[Turn], *, write: bool
    ) -> Generator[StatementEvent | NoticeEvent, None, Answer]:
        """The answer in a model's words where one is wanted and does its part, else extracted."""
        text = question.strip()
        index = self._index  # one generation for the whole answer
        provenance = self._provenance(index)
        if not text:
            return refusal(question, "question_empty", [], provenance)
        if len(text) > self.settings.question_characters:
            return refusal(question, "question_too_long", [], provenance)
        about_source = answer_about_source(text, history, provenance)
        if about_source:
            yield from _statements(about_source)
            return about_source
        standalone = standalone_question(text, history)
        alone: Answer | None = None
        if standalone and not points_back(text):
            alone, _ = self._extracted(index, text, filters, None)
            standalone, alone = (standalone, None) if alone.refused else (None, alone)
        notice = None
        if write:
            try:
                return (yield from self._written(index, text, filters, history, standalone))
            except ModelError as error:
                notice = _fallback_notice(error)
                yield NoticeEvent(notice)
        answer = alone or self._extracted(index, text, filters, standalone)[0]
        if notice:
            answer = replace(answer, notes=(notice, *answer.notes))
        yield from _statements(answer)
        return answer

    def _extracted(
        self, index: Index, text: str, filters: Filters, standalone: str | None
    ) -> tuple[Answer, list[Found]]:
        """The answer, and what was found for the whole question and for each of its parts."""
        provenance = self._provenance(index)

        def search(asked: str, within: Filters) -> tuple[Question, Found]:
            question = read_question(index, asked, within)
            return question, find(index, question, _PASSAGES, reranker=self._reranker)

        question, found = search(standalone or text, filters)
        # What the question says of all its parts (「骨子案では」) holds for each.
        parts = [(part, *search(part.question, found.filters)) for part in question.parts]
        answer = extractive_answer(index, question, found, provenance, parts, self._reader)
        left_out = undated(index.manifest.documents, found.filters)
        if left_out:
            other = None
            if answer.refused:
                instead = replace(found.filters, since=None, until=None, documents=left_out)
                again, there = search(question.asked, instead)
                other = extractive_answer(index, again, there, provenance, (), self._reader)
            answer = without_undated(answer, len(left_out), other)
        return replace(
            answer,
            question=text,
            standalone=standalone,
            filters=found.filters,
            notes=(*found.notes, *answer.notes),
        ), [found, *(part for _, _, part in parts)]

    def _provenance(self, index: Index) -> Provenance:
        manifest = index.manifest
        read = self._reader is not None
        return Provenance(manifest.index_id, manifest.embedding, self.settings.reranker, read)

    def _written(
        self,
        index: Index,
        text: str,
        filters: Filters,
        history: Sequence[Turn],
        standalone: str | None,
    ) -> Generator[StatementEvent, None, Answer]:
        """The model's answer to what evidence says can be answered; else the refusal.

        Raises:
            ModelError: the model cannot be opened or gave no usable reply.
        """
        from assistant.answering.generate import condense, stream_written
        from assistant.answering.provider import Usage

        model = self.model()
        deadline = model.deadline()
        spent = Usage()
        if standalone:
            condensed, spent = condense(model, text, history, deadline)
            standalone = condensed or standalone
        extracted, found = self._extracted(index, text, filters, standalone)
        if extracted.refused:
            return extracted
        passages = in_context(_in_turn(found), index.vectors.chunks, model.context)
        answer = yield from stream_written(
            model,
            standalone or text,
            passages,
            index.pages,
            extracted,
            deadline,
            spent=spent,
            show_unverified=self.settings.unverified == "show",
        )
        if answer.mode == "extractive":
            yield from _statements(answer)
            return answer
        return replace(answer, notes=(*found[0].notes, *answer.notes))

    def model(self) -> "ChatModel":
        """The chat model of the settings, opened once.

        Raises:
            ModelError: none is configured, or it cannot be opened.
        """
        from assistant.answering.provider import ChatModel

        with self._opening_model:
            if self._model is None:
                self._model = ChatModel.open(self.settings)
            return self._model

    def draft(
        self,
        brief: Brief,
        template: str | Path = "standard",
        *,
        mode: AskMode = "auto",
        progress: Progress | None = None,
    ) -> ProjectPlan:
        """A plan in the shape of a template, every claim sourced, every local fact left open.

        Args:
            brief: what the town says; see `assistant.planning.brief`.
            template: name of a template, or the path of a TOML file.
            mode: ``auto`` lets a configured model write, ``extractive`` never does.
            progress: told of every section.

        Raises:
            InputError: there is no such template, it is broken, or the mode is ``llm`` and no model
                is configured.
        """
        from assistant.planning.draft import draft_plan
        from assistant.planning.template import load_template

        began = perf_counter()
        shape = load_template(template, self.settings.templates)
        model, notes = self._plan_model(mode)
        index = self._index  # one generation for the whole plan
        provenance = Provenance(index.manifest.index_id, index.manifest.embedding)
        plan = draft_plan(
            index, brief, shape, provenance, model=model, notes=notes, progress=progress
        )
        return replace(plan, seconds=round(perf_counter() - began, 4))

    def draft_again(self, path: Path, template: str | Path | None = None) -> ProjectPlan:
        """A saved plan grounded anew in the index as it is now.

        What was edited in the file is kept as the town's own words; what its sources no longer say
        is taken out, and the sources that changed are named in `changes`.

        Args:
            path: JSON of an earlier plan (`assistant.export.rows.plan_row`).
            template: name or path of its template; None: the name the plan gives.

        Raises:
            InputError: the file is no plan, or its template is missing or broken.
        """
        from assistant.export.rows import read_plan
        from assistant.planning.again import draft_again
        from assistant.planning.template import load_template

        began = perf_counter()
        saved = read_plan(path)
        shape = load_template(template or saved.template, self.settings.templates)
        index = self._index  # one generation for the whole plan
        provenance = Provenance(index.manifest.index_id, index.manifest.embedding)
        plan = draft_again(index, saved, shape, provenance)
        return replace(plan, seconds=round(perf_counter() - began, 4))

    def _plan_model(self, mode: AskMode) -> tuple["ChatModel | None", tuple[str, ...]]:
        """The model that writes a plan, or none and what to say of it."""
        if mode == "extractive" or (mode == "auto" and self.settings.model is None):
            return None, ()
        if self.settings.model is None:
            raise _no_model()
        try:
            return self.model(), ()
        except ModelError as error:
            if mode == "llm":
                raise
            return None, (f"モデルを使わず、資料の文をそのまま使いました({error.message})",)

    def chunk(self, chunk_id: str) -> tuple[list[Chunk], SourceDocument]:
        """A chunk between its neighbours in the document, and the document.

        Raises:
            InputError: no chunk has this id.
        """
        doc_id, _, ordinal = chunk_id.rpartition("-")
        document = self._index.manifest.documents.get(doc_id)
        if document is None or not (ordinal.isascii() and ordinal.isdigit()):
            raise InputError(
                f"この番号の文章はありません: {chunk_id}",
                "regional-dx search や ask の結果にある番号を指定してください。",
            )
        place = int(ordinal)
        ids = [f"{doc_id}-{n:04d}" for n in (place - 1, place, place + 1) if n >= 0]
        found = self._index.vectors.chunks(ids)
        if chunk_id not in found:
            raise InputError(
                f"この番号の文章はありません: {chunk_id}",
                "regional-dx search や ask の結果にある番号を指定してください。",
            )
        return [found[i] for i in ids if i in found], document

    @property
    def root(self) -> Path:
        """Folder of the index."""
        return self._root

    @property
    def manifest(self) -> Manifest:
        """What the current generation holds: documents, files, skips."""
        return self._index.manifest

    def pages(self, doc_id: str) -> tuple[Page, ...]:
        """The pages of a document as they were read when it was indexed.

        Raises:
            InputError: the document is not in the index (any more).
        """
        index = self._index
        if doc_id not in index.manifest.documents:
            raise InputError(
                "この文書は、今の索引にありません。",
                "もう一度質問して、今の資料で確かめてください。",
            )
        return index.pages(doc_id)

    def close(self) -> None:
        """Release the files of the index."""
        self._opened.close()


def _no_model() -> InputError:
    return InputError(
        "言語モデルが設定されていないため、--mode llm は使えません。",
        "REGIONAL_DX_MODEL を設定するか、--mode auto か --mode extractive を指定してください。",
    )


def _in_turn(found: Sequence[Found]) -> list[Passage]:
    """Of the whole question and each of its parts in turn the best passage not yet taken."""
    rows = zip_longest(*(one.passages for one in found))
    taken = {passage.chunk.chunk_id: passage for row in rows for passage in row if passage}
    return list(taken.values())[:_PASSAGES]


def _statements(answer: Answer) -> Iterator[StatementEvent]:
    cited = {citation.number: citation for citation in answer.citations}
    for statement in answer.statements:
        yield StatementEvent(statement, tuple(cited[number] for number in statement.citations))


def _fallback_notice(error: ModelError) -> str:
    return f"{error.message}言語モデルを使わず、資料の文をそのまま示します。{error.remedy}"


def _ensure_starter(root: Path, settings: Settings, progress: Progress | None) -> None:
    """Bring the default index up to date; where another process is at it, wait for what it makes.

    An index of another version of the program is made anew from its files.
    """
    until = monotonic() + _STARTER_SECONDS
    while True:
        try:
            try:
                folder = current_generation(root)
                if folder is None or not starter_is_current(read_manifest(folder)):
                    ingest(starter_folders(), root, settings, starter=True, progress=progress)
            except IndexVersionError:
                rebuild(root, settings, starter=True, progress=progress)
            return
        except IndexBusyError:
            if monotonic() > until:
                raise
