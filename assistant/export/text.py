"""Records as a person reads them on a terminal (Japanese)."""

from assistant.answering.answer import status_label
from assistant.schema import Answer, Chunk, Citation, IngestReport, Passage, SourceDocument

_ORIGIN = {
    "extractive": "資料の文をそのまま抜き出しています。使う前に前後を確かめてください。",
    "llm": "AIによる下書きです。使う前に原文を確かめてください。",
}


def answer_text(answer: Answer) -> str:
    """An answer with its sources, notes and date; a refusal with the nearest passages."""
    lines = [answer.answer]
    if answer.citations:
        lines += ["", "出典"]
        lines += [_citation_line(citation) for citation in answer.citations]
    if answer.nearest:
        lines += ["", *(passage_text(passage) for passage in answer.nearest)]
    if answer.notes:
        lines += ["", "注意", *(f"・{note}" for note in answer.notes)]
    if answer.as_of:
        lines += ["", f"資料は {answer.as_of} 時点です。{_ORIGIN[answer.mode]}"]
    return "\n".join(lines)


def passage_text(passage: Passage) -> str:
    """A search result: where it stands, then its text."""
    chunk = passage.chunk
    place = place_text(
        passage.document,
        chunk.section,
        chunk.speaker,
        (chunk.page, chunk.page_label, chunk.line_start, chunk.line_end),
    )
    indented = "\n".join(f"    {line}" for line in chunk.text.split("\n"))
    return f"{passage.rank}. {place}\n   ({chunk.chunk_id})\n{indented}"


def chunk_text(chunks: list[Chunk], chunk_id: str, document: SourceDocument) -> str:
    """A chunk between its neighbours, the chunk itself marked."""
    lines = [f"{document.title}({document.published or '日付不明'})", document.source_path, ""]
    for chunk in chunks:
        mark = "▶ " if chunk.chunk_id == chunk_id else "  "
        head = " / ".join(part for part in (chunk.section, chunk.speaker) if part)
        lines.append(f"{mark}{chunk.chunk_id} {head}".rstrip())
        lines += [f"    {line}" for line in chunk.text.split("\n")]
    return "\n".join(lines)


def report_text(report: IngestReport) -> str:
    """What an ingest run did; skips with their reasons and remedies."""
    counts = (
        ("追加", report.added),
        ("更新", report.updated),
        ("変更なし", report.unchanged),
        ("削除", report.removed),
        ("取り込めず", report.skipped),
        ("一部のみ", report.partly),
        ("同じ内容", report.duplicates),
    )
    lines = [
        "、".join(f"{name} {len(rows)}件" for name, rows in counts if rows) or "文書がありません",
        f"索引の文章数 {report.chunks:,}件({report.seconds:.1f}秒)",
    ]
    for skipped in report.skipped:
        lines += [
            f"取り込めず: {skipped.path}",
            f"  理由: {skipped.reason}",
            f"  対処: {skipped.remedy}",
        ]
    for partly in report.partly:
        pages = "、".join(str(page) for page in partly.pages)
        lines += [f"一部のみ: {partly.path}", f"  理由: {partly.reason}({pages}ページ)"]
    return "\n".join(lines)


def place_text(
    document: SourceDocument,
    section: str | None,
    speaker: str | None,
    place: tuple[int | None, str | None, int | None, int | None],
) -> str:
    """Title, label, date, speaker, section and page or lines of a passage on one line."""
    page, page_label, line_start, line_end = place
    label = status_label(document)
    parts = [f"{document.title}" + (f"【{label}】" if label else "")]
    # The first heading of a document is often its title again.
    section = (section or "").removeprefix(document.title).removeprefix(" > ")
    parts += [part for part in (document.publisher, document.published, speaker, section) if part]
    if page is not None:
        printed = f"p.{page_label}" if page_label else ""
        parts.append(f"{printed}(PDF {page}枚目)" if printed else f"PDF {page}枚目")
    elif line_start is not None:
        parts.append(f"{line_start}行" if line_start == line_end else f"{line_start}〜{line_end}行")
    return "、".join(parts)


def _citation_line(citation: Citation) -> str:
    chunk = citation.chunk
    place = place_text(
        citation.document,
        chunk.section,
        chunk.speaker,
        (citation.page, citation.page_label, citation.line_start, citation.line_end),
    )
    return f"[{citation.number}] {place}"
