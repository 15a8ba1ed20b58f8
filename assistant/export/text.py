"""Records as a person reads them on a terminal (Japanese)."""

from collections.abc import Sequence

from assistant.answering.answer import status_label
from assistant.answering.lookup import shown_text
from assistant.records.answers import Answer, Citation, Found, Passage
from assistant.records.documents import SourceDocument
from assistant.records.reports import IngestReport
from assistant.records.text import Chunk

_ORIGIN = {
    "extractive": "資料の文をそのまま抜き出しています。使う前に前後を確かめてください。",
    "llm": "AIによる下書きです。使う前に原文を確かめてください。",
}

UNVERIFIED = "根拠を確認できなかった記述(モデルが書いたもので、資料の裏付けがありません)"
"""Heading over what stands apart from an answer, on every screen and paper."""

NEAR = "最も近い箇所(直接の答えではありません)"
"""Heading over the passage of an answer that is no direct one."""


def answer_text(answer: Answer) -> str:
    """An answer with its sources, notes and date; a refusal with the nearest passages."""
    lines = [answer.answer]
    if answer.unverified:
        lines += ["", UNVERIFIED, *(f"・{text}" for text in answer.unverified)]
    if answer.citations:
        lines += ["", "出典"]
        lines += [f"[{c.number}] {place_text(c.document, c.chunk, c)}" for c in answer.citations]
    if unknown := unknown_stages_text(answer.citations):
        lines.append(unknown)
    if answer.nearest:
        lines += ["", *([NEAR] if answer.outcome == "near" else [])]
        lines += [*(passage_text(passage) for passage in answer.nearest)]
    if answer.notes:
        lines += ["", "注意", *(f"・{note}" for note in answer.notes)]
    if closing := as_of_text(answer):
        lines += ["", closing]
    return "\n".join(lines)


def unknown_stages_text(citations: Sequence[Citation]) -> str:
    """Names the documents cited of which nobody knows whether they are final; may be empty."""
    titles = dict.fromkeys(
        f"「{citation.document.title}」"
        for citation in citations
        if citation.document.status == "unknown"
    )
    return f"段階不明(案か確定か分かりません): {''.join(titles)}" if titles else ""


def as_of_text(answer: Answer) -> str:
    """How new the documents are, and who wrote the sentences; empty where there is neither."""
    dated = f"調べた資料は {answer.as_of} 時点です。" if answer.as_of else ""
    if answer.refused:
        return dated
    return (dated or "資料の日付は分かりません。") + _ORIGIN[answer.mode]


def passage_text(passage: Passage) -> str:
    """A search result: where it stands, then its text."""
    chunk = passage.chunk
    place = place_text(passage.document, chunk, chunk)
    indented = "\n".join(f"    {line}" for line in shown_text(chunk).split("\n"))
    return f"{passage.rank}. {place}\n   ({chunk.chunk_id})\n{indented}"


def found_text(found: Found, *, explain: bool = False) -> str:
    """The passages of a search below its notes; with `explain` why each stands where it does."""
    texts = [f"注意: {note}" for note in found.notes]
    for passage in found.passages:
        why = why_text(passage) if explain else ""
        texts.append("\n".join(part for part in (passage_text(passage), why) if part))
    if not found.passages:
        texts.append("見つかりませんでした。別の言葉で試してください。")
    return "\n\n".join(texts)


def why_text(passage: Passage) -> str:
    """What put a search result where it stands: the signals that add up, and the words met."""
    if passage.why is None:
        return ""
    added = [f"{name} {value:+.3f}" for name, value in passage.why.signals.items()]
    met = [
        f"「{m.concept}」" + ("" if m.held == m.concept else f"→「{m.held}」") + f" {m.met:.2f}"
        for m in passage.why.matches
    ]
    return (
        f"   点数 {passage.score:.3f} = {' '.join(added)}\n   合った語 {'、'.join(met) or 'なし'}"
    )


def weighed_text(answer: Answer) -> str:
    """Why it was answered or refused: the best sentence, its probability and its signals."""
    if answer.weighed is None:
        return "判断の理由: 比べる文がありませんでした。"
    weighed = answer.weighed
    sentence = weighed.text.replace("\n", " ")
    signals = " ".join(f"{name}={value:.2f}" for name, value in weighed.signals.items())
    return (
        f"判断の理由: 最も良い文が答えである見込み {weighed.probability:.2f}({answer.outcome})\n"
        f"   文({weighed.chunk_id}): {sentence}\n   手がかり: {signals}"
    )


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
        lines += [f"一部のみ: {partly.path}", f"  理由: {partly.reason}"]
    if report.skipped:
        lines.append(
            f"{report.files}件のうち{len(report.skipped)}件は索引に入っていません(理由と対処は上のとおり)。"
        )
    return "\n".join(lines)


def place_text(document: SourceDocument, chunk: Chunk, place: Chunk | Citation) -> str:
    """Title, label, date, speaker, section and page, lines or named place on one line.

    Args:
        document: what is cited.
        chunk: gives speaker and section.
        place: gives the page, the lines or the locator: the chunk itself, or a quote from it.
    """
    label = status_label(document)
    parts = [f"{document.title}" + (f"【{label}】" if label else "")]
    # The first heading of a document is often its title again.
    section = (chunk.section or "").removeprefix(document.title).removeprefix(" > ")
    known = (document.publisher, document.published, chunk.speaker, section, where_text(place))
    return "、".join(parts + [part for part in known if part])


def where_text(place: Chunk | Citation) -> str:
    """Page, lines or named place; empty when none is known."""
    if place.locator is not None:
        return place.locator
    if place.page is not None:
        printed = f"p.{place.page_label}" if place.page_label else ""
        return f"{printed}(PDF {place.page}枚目)" if printed else f"PDF {place.page}枚目"
    if place.line_start is None:
        return ""
    if place.line_start == place.line_end:
        return f"{place.line_start}行"
    return f"{place.line_start}〜{place.line_end}行"
