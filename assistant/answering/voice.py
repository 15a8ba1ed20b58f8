"""Whose words a sentence is, and whether it states, proposes, asks or supposes.

What a reader is told beside a sentence is written here, from what reading found out; nothing here
makes an opinion the document's own text, or a question a finding.
"""

from collections.abc import Iterable

from assistant.japanese.hedges import asks, reports, supposes
from assistant.records.answers import Passage
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk

_LABEL_NOTES = {
    "論点": "「論点」と付けた文は、検討のために立てられた問いで、結論ではありません。",
    "提案": "「提案」と付けた文は、対応の方向として示されたもので、決定した内容ではありません。",
    "仮説": "「仮説」と付けた文は、推測や問いかけの形の文で、確かめられた事実ではありません。",
}


def attribution_of(passage: Passage) -> str | None:
    """「越塚構成員(第6回議事録, 2024-04-24)」 for a speaker's words; None for a document's own.

    An official's or presenter's explanation is called one: 「事務局（内田）の説明(…)」.
    Opinions that a summary gives without names are 「出席者の意見(…)」.
    """
    chunk, document = passage.chunk, passage.document
    if document.edition == "digest":
        return None
    place = ", ".join(
        part
        for part in (f"{document.meeting or ''}{_record(document)}", document.published)
        if part
    )
    if not chunk.speaker:
        return f"出席者の意見({place})" if chunk.voice == "opinion" else None
    who = chunk.speaker
    if chunk.organisation and chunk.organisation not in who and "（" not in who:
        who = f"{who}（{chunk.organisation}）"
    return f"{who}{'の説明' if chunk.voice == 'report' else ''}({place})"


def label_of(chunk: Chunk, text: str) -> str | None:
    """「論点」, 「提案」, 「仮説」 or 「提案・仮説」 for a sentence that states nothing as found.

    None for a finding, and for a member's words: their attribution already makes them a view.
    """
    if chunk.voice == "opinion":
        return None
    if chunk.claim == "question" or (chunk.claim and asks(text)):
        return "論点"
    proposal = chunk.claim == "proposal" and not reports(text)
    parts = (*(["提案"] if proposal else []), *(["仮説"] if supposes(text) else []))
    return "・".join(parts) or None


def label_notes(labels: Iterable[str | None]) -> list[str]:
    """What the labels used in an answer mean, each once."""
    used = {part for label in labels if label for part in label.split("・")}
    return [note for part, note in _LABEL_NOTES.items() if part in used]


def minutes_note(document: SourceDocument, chunks: list[Chunk]) -> str:
    """What minutes are, and whose words were quoted from them.

    Args:
        document: of kind ``minutes``.
        chunks: those of it that are quoted; none where that is not known.
    """
    title = f"「{document.title}」"
    if chunks and all(chunk.voice == "report" for chunk in chunks):
        said = (
            f"{title}は会議の記録で、引用した箇所は事務局や発表者が資料を説明した発言です。"
            "構成員の意見ではなく、決定事項でもありません。"
        )
    else:
        said = f"{title}は会議での発言の記録で、発言者の見解です。決定事項ではありません。"
    if _record(document) == "議事要旨":
        said += "発言を要約した議事要旨のため、発言どおりの言葉ではありません。"
    return said


def _record(document: SourceDocument) -> str:
    summary = document.proceedings is not None and not document.proceedings.verbatim
    return "議事要旨" if summary else "議事録"
