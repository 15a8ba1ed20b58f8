"""The answer: which sentences, the quotes behind them, what to say beside them; or refusal."""

import re
from dataclasses import replace

from assistant.answering.extract import (
    Extract,
    choose,
    meets_wanted,
    place_words,
    rank_sentences,
)
from assistant.answering.ground import carries_numbers, is_found, lines_of, quotes_of
from assistant.japanese.dates import DateMention, find_dates
from assistant.japanese.thesaurus import load_thesaurus
from assistant.japanese.width import fold
from assistant.japanese.words import content_words
from assistant.retrieval.expansion import expanded_terms
from assistant.retrieval.index import Index
from assistant.retrieval.query import Query, understand
from assistant.schema import (
    Answer,
    Citation,
    Passage,
    Provenance,
    Reason,
    SourceDocument,
    Statement,
)

_NEAREST = 3
# What the evidence must reach, chosen on the dev split of evals/datasets/originals.jsonl: below
# these marks refusing was right more often than answering.
_LEAST_SCORE = 0.85
"""Score of the best sentence (see `rank_sentences`)."""
_LEAST_COVERAGE = 0.3
"""Share of the question's weight that a sentence and its context meet."""
_LEAST_AMOUNT_COVERAGE = 0.4
"""The same where an amount is asked for."""
_LEAST_LITERAL = 0.1
"""Where an amount is asked for: share whose very words stand in the chunk, not only stand-ins."""

# The thesaurus gives an abbreviation and its long form at least this weight.
_SAME_NAME = 0.5
# A number belongs to the date that stands before it at most this many characters away.
_DATE_REACH = 60
_QUANTITY = r"[0-9一二三四五六七八九十百千万億兆数半][0-9,.一二三四五六七八九十百千万億兆]*"


def extractive_answer(
    index: Index, question: str, passages: list[Passage], provenance: Provenance
) -> Answer:
    """Answer from the passages without a model, or refuse.

    Args:
        index: gives page texts, word frequencies and vectors.
        question: as the user wrote it, neither empty nor too long.
        passages: the best passages, best first.
        provenance: what is to be recorded with the answer.
    """
    query = understand(question)
    chosen = _evidence(index, query, passages)
    statements, citations = _grounded(index, chosen)
    if not statements:
        return refusal(question, "no_evidence", passages, provenance)
    used = [c.document for c in citations]
    return Answer(
        question=question,
        answer=render(statements, citations),
        refused=False,
        reason=None,
        mode="extractive",
        statements=tuple(statements),
        citations=tuple(citations),
        notes=tuple(notes_for(used)),
        as_of=_as_of(passages),
        nearest=(),
        provenance=provenance,
    )


def _evidence(index: Index, query: Query, passages: list[Passage]) -> list[Extract]:
    """The sentences that answer; none when the passages do not say what is asked."""
    if not query.words:
        return []
    ranked = _meeting_specifics(rank_sentences(index, query, passages), query)
    chosen = choose(ranked)
    if not chosen or chosen[0].score < _LEAST_SCORE:
        return []
    least = _LEAST_AMOUNT_COVERAGE if query.unit else _LEAST_COVERAGE
    if max(extract.coverage for extract in chosen) < least:
        return []
    if query.unit and max(extract.literal for extract in chosen) < _LEAST_LITERAL:
        return []
    present = [_present(extract.passage) for extract in chosen]
    if not all(_is_named(name, present) for name in query.names):
        return []
    return chosen if _is_present(query.asked, present, index) else []


def refusal(
    question: str, reason: Reason, passages: list[Passage], provenance: Provenance
) -> Answer:
    """An answer that says nothing was found, with the nearest passages."""
    texts = {
        "question_empty": "質問が入力されていません。調べたいことを文で入力してください。",
        "question_too_long": "質問が長すぎます。調べたいことを1つに絞り、短くしてください。",
        "no_evidence": "取り込まれている資料の中に、この質問に答える記述は見つかりませんでした。",
    }
    text = texts[reason]
    if reason == "no_evidence" and passages:
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
        as_of=_as_of(passages),
        nearest=tuple(passages[:_NEAREST]),
        provenance=provenance,
    )


def render(statements: list[Statement], citations: list[Citation]) -> str:
    """The text a person reads: one statement a line, attribution before it, markers after it."""
    by_number = {citation.number: citation.document for citation in citations}
    lines = []
    for statement in statements:
        marks = "".join(f"[{number}]" for number in statement.citations)
        document = by_number[statement.citations[0]]
        label = status_label(document)
        before = f"{statement.attribution}:「" if statement.attribution else ""
        after = "」" if statement.attribution else ""
        mark = f"({label})" if label else ""
        lines.append(f"{before}{statement.text}{after}{mark}{marks}")
    return "\n".join(lines)


def status_label(document: SourceDocument) -> str:
    """The word that must stand beside a sentence of this document; empty for a final text."""
    if document.edition == "digest":
        return "要約"
    return {"draft": "案", "interim": "中間整理", "withdrawn": "廃止"}.get(document.status, "")


def notes_for(documents: list[SourceDocument]) -> list[str]:
    """What a reader must know of the sources: draft, interim, digest, opinion, replaced."""
    notes = []
    for document in dict.fromkeys(documents):
        title = f"「{document.title}」"
        if document.edition == "digest" and document.original:
            stage = {"draft": "(案の段階)", "interim": "(中間整理)"}.get(
                document.original.status, ""
            )
            notes.append(
                f"{title}は、{document.original.title}{stage}を本アシスタントの編集で要約したものです。"
                "原文で確かめてください。"
            )
        elif document.status == "draft":
            notes.append(f"{title}は案の段階の文書で、決定した内容ではありません。")
        elif document.status == "interim":
            notes.append(f"{title}は中間的な整理で、最終的な結論ではありません。")
        elif document.kind == "minutes":
            notes.append(
                f"{title}は会議での発言の記録で、発言者の見解です。決定事項ではありません。"
            )
        if document.superseded_by:
            older = f"「{document.original.title}」" if document.original else title
            notes.append(f"{older}の後に、{document.superseded_by}が出ています。")
    return notes


def attribution_of(passage: Passage) -> str | None:
    """「越塚構成員(第6回議事録, 2024-04-24)」 for a speaker's words; None for a document's own."""
    speaker, document = passage.chunk.speaker, passage.document
    if not speaker or document.edition == "digest":
        return None
    record = f"{document.meeting or ''}議事録"
    place = ", ".join(part for part in (record, document.published) if part)
    return f"{speaker}({place})"


def _grounded(index: Index, extracts: list[Extract]) -> tuple[list[Statement], list[Citation]]:
    """Statements with their citations; an extract whose quotes do not verify is left out."""
    statements: list[Statement] = []
    citations: list[Citation] = []
    for extract in extracts:
        found = _citations(index, extract, len(citations) + 1)
        if not found or not carries_numbers(extract.text, [c.quote for c in found]):
            continue
        citations += found
        statements.append(
            Statement(extract.text, tuple(c.number for c in found), attribution_of(extract.passage))
        )
    return statements, citations


def _citations(index: Index, extract: Extract, number: int) -> list[Citation]:
    chunk, document = extract.passage.chunk, extract.passage.document
    pages = index.pages(chunk.doc_id)
    citations: list[Citation] = []
    for quote in quotes_of(chunk, extract.start, extract.end, pages):
        page = pages[quote.page]
        line_start, line_end = lines_of(quote, pages)
        if not is_found(quote.text, page, line_start, line_end):
            return []
        citations.append(
            Citation(
                number=number + len(citations),
                quote=quote.text,
                chunk=chunk,
                document=document,
                page=page.page,
                page_label=page.label,
                line_start=line_start,
                line_end=line_end,
                locator=page.locator,
            )
        )
    return citations


def _meeting_specifics(ranked: list[Extract], query: Query) -> list[Extract]:
    """Only the sentences that meet what the question pins down: its dates, meetings and units."""
    kept = []
    for extract in ranked:
        text = extract.text
        if query.unit and not re.search(rf"{_QUANTITY}(?:{query.unit})", fold(text)):
            continue
        if query.wanted == "date" and not meets_wanted(text, query):
            continue
        if all(_has_date(extract, query, asked) for asked in query.dates) and all(
            _has_meeting(extract, meeting) for meeting in query.meetings
        ):
            kept.append(extract)
    return kept


def _has_date(extract: Extract, query: Query, asked: DateMention) -> bool:
    """Whether a sentence speaks of the period asked about.

    Where an amount is asked for, the amount itself must be of that period: the nearest date before
    it decides (「令和5年度15件、令和6年度25件」). Else a date in the sentence, its heading or
    title, or the date of the document will do.
    """
    text = fold(extract.text)
    mentioned = find_dates(text)
    if query.unit and mentioned:
        for amount in re.finditer(rf"{_QUANTITY}(?:{query.unit})", text):
            before = [m for m in mentioned if m.end <= amount.start() + 1]
            if before and amount.start() - before[-1].end <= _DATE_REACH:
                if _overlap(before[-1], asked):
                    return True
            elif any(_overlap(m, asked) for m in mentioned):
                return True
        return False
    if mentioned:
        return any(_overlap(m, asked) for m in mentioned)
    chunk, document = extract.passage.chunk, extract.passage.document
    around = [chunk.section or "", document.title] + ([chunk.text] if query.unit else [])
    if any(_overlap(m, asked) for m in find_dates("\n".join(around))):
        return True
    if query.unit:
        return False
    published = document.published or ""
    return asked.first.isoformat() <= published <= asked.last.isoformat()


def _overlap(mention: DateMention, asked: DateMention) -> bool:
    return mention.first <= asked.last and asked.first <= mention.last


def _has_meeting(extract: Extract, meeting: str) -> bool:
    chunk, document = extract.passage.chunk, extract.passage.document
    known = (document.meeting or "", document.title, chunk.section or "", extract.text)
    return any(meeting in re.sub(r"\s", "", fold(text)) for text in known)


def _present(passage: Passage) -> set[str]:
    """Content words of a passage, its heading, title and speaker."""
    chunk = passage.chunk
    words = content_words(chunk.text) + content_words(chunk.section or "")
    return place_words(passage) | set(words)


def _is_named(name: str, present: list[set[str]]) -> bool:
    """Whether the chunks hold every word of a name, or the long or short form of it.

    Words that merely lie near by meaning will not do: 佐藤 is near 田中, and another person.
    """
    words = content_words(name)
    known = set().union(*present)
    forms = {
        word for word, weight in load_thesaurus().expand(words).items() if weight >= _SAME_NAME
    }
    return all(word in known for word in words) or bool(forms & known)


def _is_present(words: tuple[str, ...], present: list[set[str]], index: Index) -> bool:
    """Whether one chunk holds all the words of a term, or what stands for them."""
    meant = [{word, *(term.text for term in expanded_terms(index, [word]))} for word in words]
    return not meant or any(all(options & held for options in meant) for held in present)


def _as_of(passages: list[Passage]) -> str | None:
    dates = [p.document.published for p in passages if p.document.published]
    return max(dates, default=None)


def timed(answer: Answer, seconds: float) -> Answer:
    """The answer with the time it took."""
    return replace(answer, seconds=round(seconds, 4))
