"""The answer: which sentences, the quotes behind them, what to say beside them; or refusal."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

from assistant.answering.cite import citations_of
from assistant.answering.evidence import Evidence, cover_parts, defines, find_evidence
from assistant.answering.extract import with_antecedents
from assistant.answering.ground import is_made_of
from assistant.answering.reading import Reader
from assistant.answering.signals import Candidate
from assistant.answering.untrusted import inert
from assistant.answering.voice import attribution_of, label_notes, label_of, minutes_note
from assistant.question.parts import Part
from assistant.question.read import Question
from assistant.question.restrictions import within
from assistant.records.answers import (
    Answer,
    Citation,
    Found,
    Passage,
    Provenance,
    Reason,
    Statement,
    Weighed,
)
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk
from assistant.retrieval.index import Index

_NEAREST = 3


def extractive_answer(
    index: Index,
    question: Question,
    found: Found,
    provenance: Provenance,
    parts: Sequence[tuple[Part, Question, Found]] = (),
    reader: Reader | None = None,
) -> Answer:
    """Answer from the passages without a model, or refuse.

    Args:
        index: gives page texts, word frequencies and vectors.
        question: read against the index.
        found: the best passages, best first.
        provenance: what is to be recorded with the answer.
        parts: what the question asks for, part by part, each as a question of its own with what was
            found for it; a part of which nothing is said is named in a note.
        reader: says how far passages answer; None leaves it to the other signals.
    """
    passages = list(found.passages)
    whole = find_evidence(index, question, passages, reader)
    covered = cover_parts(index, whole, parts, reader)
    newest = newest_of(within(index.manifest.documents, found.filters).values())
    statements, citations = grounded(index, with_antecedents(covered.evidence, question.dates))
    weighed = _weighed(whole)
    if not statements:
        reason: Reason = "near" if whole.outcome == "near" else "no_evidence"
        if reason == "near" and whole.best is not None:
            passages = [whole.best.passage]
        refused = refusal(question.asked, reason, passages, provenance, whole.missing, newest)
        return replace(refused, weighed=weighed)
    left_out = missing_notes(covered.missing)
    used = [c.document for c in citations]
    notes = notes_for(used, [c.chunk for c in citations])
    return Answer(
        question=question.asked,
        answer=render(statements, citations),
        refused=False,
        reason=None,
        mode="extractive",
        statements=tuple(statements),
        citations=tuple(citations),
        notes=(
            *left_out,
            *_meaning_notes(question.wording.defined, statements),
            *notes,
            *label_notes(s.label for s in statements),
            *changed_notes(citations),
        ),
        as_of=newest,
        nearest=(),
        provenance=provenance,
        weighed=weighed,
    )


def _weighed(evidence: Evidence) -> Weighed | None:
    """The decision on the best sentence, for those who ask why."""
    best = evidence.best
    if best is None:
        return None
    signals = {name: round(value, 4) for name, value in asdict(best.signals).items()}
    return Weighed(round(evidence.probability, 4), best.passage.chunk.chunk_id, best.text, signals)


def _meaning_notes(term: str | None, statements: Sequence[Statement]) -> list[str]:
    """A note where the meaning of a term is asked for and sentences only use it."""
    if term is None or any(defines(statement.text, term) for statement in statements):
        return []
    return [f"「{term}」の意味を説明する文は見つかりませんでした。この言葉の出てくる文です。"]


def refusal(
    question: str,
    reason: Reason,
    passages: list[Passage],
    provenance: Provenance,
    missing: Sequence[str] = (),
    as_of: str | None = None,
) -> Answer:
    """An answer that says nothing was found and what is missing, with the nearest passages."""
    texts = {
        "question_empty": "質問が入力されていません。調べたいことを文で入力してください。",
        "question_too_long": "質問が長すぎます。調べたいことを1つに絞り、短くしてください。",
        "no_evidence": "取り込まれている資料の中に、この質問に答える記述は見つかりませんでした。",
        "near": "取り込まれている資料の中に、この質問に直接答える記述は見つかりませんでした。",
    }
    text = texts[reason]
    if missing:
        text += "".join(f"「{name}」" for name in missing) + "の記述が見つかりません。"
    if reason == "near":
        text += "直接の答えではありませんが、最も近い箇所を挙げます。"
    elif reason == "no_evidence" and passages:
        text += "近い内容の箇所を挙げます。"
    return Answer(
        question=question,
        answer=text,
        refused=True,
        reason=reason,
        mode="extractive",
        statements=(),
        citations=(),
        notes=(),
        as_of=as_of,
        nearest=tuple(passages[:_NEAREST]),
        provenance=provenance,
    )


def render(
    statements: Sequence[Statement], citations: Sequence[Citation], *, worded: bool = False
) -> str:
    """The text a person reads: one statement a line, attribution before it, markers after it.

    Args:
        statements: each with at least one citation.
        citations: all that the statements name.
        worded: a model worded the statements: a speaker's are reported, not quoted.
    """
    by_number = {citation.number: citation for citation in citations}
    lines = []
    for statement in statements:
        marks = "".join(f"[{number}]" for number in statement.citations)
        cited = [by_number[number] for number in statement.citations]
        labels = [*(status_label(citation.document) for citation in cited), statement.label or ""]
        labels += ["文字認識" for citation in cited if citation.ocr]
        words = [word for label in labels for word in label.split("・") if word]
        label = "・".join(dict.fromkeys(words))
        before, after = "", ""
        if statement.attribution:
            before = f"{statement.attribution}の発言: " if worded else f"{statement.attribution}:「"
            after = "" if worded else "」"
        mark = f"({label})" if label else ""
        lines.append(inert(f"{before}{statement.shown}{after}{mark}") + marks)
    return "\n".join(lines)


def status_label(document: SourceDocument) -> str:
    """What must stand beside a sentence of this document; empty for a final text."""
    return "・".join(status_words(document))


def status_words(document: SourceDocument) -> list[str]:
    """How far short of a final text a document falls: 要約, 案, 差替済; none for a final text.

    A digest of a draft is both: neither word tells what the other does.
    """
    stage = {"draft": "案", "interim": "中間整理", "withdrawn": "廃止"}.get(document.status)
    said = (
        "要約" if document.edition == "digest" else None,
        stage,
        "差替済" if document.superseded_by else None,
    )
    return [word for word in said if word]


def notes_for(
    documents: Sequence[SourceDocument], chunks: Sequence[Chunk] | None = None
) -> list[str]:
    """What a reader must know of the sources: draft, interim, digest, opinion, replaced.

    Args:
        documents: those cited.
        chunks: those cited, where known: minutes are then described by what was quoted of them.
    """
    notes = []
    for document in dict.fromkeys(documents):
        title = f"「{document.title}」"
        if document.edition == "digest" and document.original:
            stage = {"draft": "(案の段階)", "interim": "(中間整理)"}.get(
                document.original.status, ""
            )
            several = (
                "などの資料をもとにまとめた手引きです"
                if document.kind == "guidebook"
                else ("を本アシスタントの編集で要約したものです")
            )
            notes.append(
                f"{title}は、{document.original.title}{stage}{several}。原文で確かめてください。"
            )
        elif document.status == "draft":
            notes.append(f"{title}は案の段階の文書で、決定した内容ではありません。")
        elif document.status == "interim":
            notes.append(f"{title}は中間的な整理で、最終的な結論ではありません。")
        elif document.kind == "minutes":
            quoted = [chunk for chunk in chunks or () if chunk.doc_id == document.doc_id]
            notes.append(minutes_note(document, quoted))
        if document.superseded_by:
            older = f"「{document.original.title}」" if document.original else title
            notes.append(f"{older}の後に、{document.superseded_by}が出ています。")
    # Digests of one original say the same of it.
    return list(dict.fromkeys(notes))


def missing_notes(names: Sequence[str]) -> list[str]:
    """A note that names the parts of a question of which the documents say nothing."""
    named = "".join(f"「{name}」" for name in names)
    return [f"{named}について答える記述は、見つかりませんでした。"] if names else []


def changed_notes(citations: Sequence[Citation]) -> list[str]:
    """A note for every source whose file is no longer what was indexed, or was read by OCR."""
    changed = dict.fromkeys(c.document.title for c in citations if not c.verified and not c.ocr)
    pictures = dict.fromkeys((c.document.title, c.page) for c in citations if c.ocr)
    return [
        f"「{title}」の{page}枚目は画像で、文字認識(OCR)で読み取った文です。誤りがあり得ます。"
        "原本の画像と見比べてください。"
        for title, page in pictures
    ] + [
        f"「{title}」の元のファイルは、取り込んだ後に変わったか、なくなっています。"
        "引用は取り込んだ時点の文です。"
        for title in changed
    ]


def grounded(index: Index, extracts: list[Candidate]) -> tuple[list[Statement], list[Citation]]:
    """Statements with their citations; an extract whose quotes do not verify is left out."""
    statements: list[Statement] = []
    citations: list[Citation] = []
    for extract in extracts:
        found = citations_of(
            extract.passage, extract.start, extract.end, len(citations) + 1, index.pages
        )
        quotes = [citation.quote for citation in found]
        if not found or not is_made_of(extract.text, quotes):
            continue
        citations += found
        statements.append(
            Statement(
                extract.text,
                tuple(c.number for c in found),
                attribution_of(extract.passage),
                label_of(extract.passage.chunk, extract.text),
                extract.cells,
            )
        )
    return statements, citations


def newest_of(documents: Iterable[SourceDocument]) -> str | None:
    """Date of the newest of some documents; None where none has one."""
    return max((d.published for d in documents if d.published), default=None)


def without_undated(answer: Answer, count: int, other: Answer | None) -> Answer:
    """The answer with a word on the documents left out because they have no date.

    Args:
        answer: found under a filter by date.
        count: documents without a date.
        other: what is found in these, where `answer` is a refusal: told, not given as an answer.
    """
    note = f"日付の分からない資料{count:,}件は、日付の条件により除きました。"
    if not answer.refused:
        return replace(answer, notes=(*answer.notes, note))
    if other is None or other.refused:
        return replace(answer, answer=answer.answer + note)
    told = "".join(f"「{inert(statement.text)}」" for statement in other.statements)
    by_chunk = {citation.chunk.chunk_id: citation for citation in other.citations}
    nearest = [
        Passage(rank, 0.0, citation.chunk, citation.document)
        for rank, citation in enumerate(by_chunk.values(), start=1)
    ]
    text = f"日付の条件に合う資料の中に、この質問に答える記述は見つかりませんでした。{note}"
    return replace(
        answer, answer=f"{text}除いた資料には{told}とあります。", nearest=tuple(nearest[:_NEAREST])
    )


def timed(answer: Answer, seconds: float) -> Answer:
    """The answer with the time it took."""
    return replace(answer, seconds=round(seconds, 4))
