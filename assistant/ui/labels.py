"""What kinds, stages and places are called on the screen."""

from collections.abc import Sequence

from assistant.answering.answer import status_words
from assistant.export.names import KINDS, STATUSES
from assistant.records.answers import Citation
from assistant.records.documents import SourceDocument

__all__ = ["KINDS", "STATUSES", "fiscal_year", "fiscal_year_of", "marks", "stage_icon", "stages"]

_ICONS = {
    "確定": ":material/check_circle:",
    "案": ":material/edit_note:",
    "中間整理": ":material/pending:",
    "発言": ":material/record_voice_over:",
    "要約": ":material/summarize:",
    "差替済": ":material/history:",
    "廃止": ":material/block:",
}


def stages(document: SourceDocument) -> list[str]:
    """How far a document may be relied on, in words: 確定, 要約 and 案, 差替済."""
    words = status_words(document)
    return words if words and words[0] != "差替済" else [STATUSES[document.status], *words]


def marks(label: str | None, citations: Sequence[Citation]) -> list[str]:
    """All that must stand beside a statement: stages of its sources, 仮説 and the like, OCR.

    That a stage is not known is said once a document, not of every sentence.
    """
    words = [
        word
        for citation in citations
        for word in stages(citation.document)
        if word != STATUSES["unknown"]
    ]
    words += label.split("・") if label else []
    words += ["文字認識" for citation in citations if citation.ocr]
    return list(dict.fromkeys(words))


def stage_icon(word: str) -> str:
    """The icon that stands beside the word, so that neither stands alone."""
    return _ICONS.get(word, ":material/help:")


def fiscal_year_of(day: str) -> int:
    """The fiscal year (the calendar year it begins in) an ISO date lies in."""
    year, month = int(day[:4]), int(day[5:7])
    return year if month >= 4 else year - 1


def fiscal_year(year: int) -> str:
    """「令和6年度(2024年度)」; before Reiwa the western year alone."""
    era = year - 2018
    if era < 1:
        return f"{year}年度"
    return f"令和{'元' if era == 1 else era}年度({year}年度)"
