"""What a question restricts by itself: a speaker, a document, a meeting, when a document came out.

A restriction is taken from a question only where its wording ties it to the source:
「越塚構成員は」, 「骨子案では」, 「昨年度の報告書」. A date that belongs to the matter
(「令和6年度の補助率」) restricts no document; the evidence must speak of it instead.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.japanese.dates import days_of, find_dates, find_relative_years
from assistant.japanese.lexicon import one_of
from assistant.japanese.width import comparable
from assistant.japanese.words import content_words
from assistant.question.wording import COMPARED, named_speakers
from assistant.records.answers import Filters, Period
from assistant.records.documents import SourceDocument

_DOCUMENT = rf"(?:{one_of('drafted')})\(?案\)?|{one_of('documents')}"
# What may be part of a title before the word that names its kind: up to the last particle but の.
_TITLE_WORDS = re.compile(r"[^はがをにとでやへも、。?\s]*$")
_MEETING = r"第\d{1,3}回"
# 「…では」「…によると」: what follows is looked for in that document.
_IN_IT = (
    r"(?:の中)?(?:では|には|によると|によれば|で(?:は|述べ|挙げ|示)|に(?:書|載|記|示)|"
    r"が(?:示|挙げ|述べ))"
)
_NAMED = re.compile(
    rf"(?P<name>(?:(?:{_MEETING})[^、。?]{{0,8}}?)?(?:{_DOCUMENT})(?:と[^、。?]{{0,14}}?(?:{_DOCUMENT}))?)"
    rf"(?:それぞれ)?{_IN_IT}"
)
# 「骨子案の昨年度の件数」: the year before the document came out.
_YEAR_OF_IT = re.compile(rf"(?P<name>(?:{_DOCUMENT}))の(?=(?:一昨|再来|[昨去前今本来翌])年)")
_MEETING_NAMED = re.compile(
    rf"(?P<name>{_MEETING})(?:の?(?:会合|会議|懇談会|検討会|部会|議事録))?で"
)
_CAME_OUT = re.compile(
    r"^(?:の|に(?:出|公表|発表|まとめ|作ら|開)[^、。?]{0,8}?|付けの?)"
    rf"(?:文書|資料|会議|会合|懇談会|発表|{_DOCUMENT})"
)
_FINAL_ONLY = re.compile(r"(?:確定|最終)(?:した|版)?の?(?:文書|資料|報告書)(?:だけ|のみ|に限)")
_DRAFT_ONLY = re.compile(r"案の(?:段階の)?(?:文書|資料)(?:だけ|のみ|に限)")
# 「…に事務局はどう答えたか」 asks for another's words.
_ANSWERED = re.compile(r"に対し|への(?:回答|答え|返答)|に(?:答え|回答|返)")


@dataclass(frozen=True, slots=True)
class Restrictions:
    """What a question restricts, and how to say it."""

    filters: Filters
    said: tuple[str, ...] = ()
    """Japanese, one part for each restriction: 「発言者: 越塚構成員」."""
    periods: tuple[Period, ...] = ()
    """「昨年度」 and the like: what is asked for is of them, whenever it came out."""

    def __bool__(self) -> bool:
        return bool(self.said)


def restrictions_of(
    question: str,
    speakers: Sequence[str],
    documents: Mapping[str, SourceDocument],
    given: Filters,
    today: date,
) -> Restrictions:
    """Read the restrictions of a question and add them to those given.

    Args:
        question: any text.
        speakers: speakers as printed, of the index.
        documents: the documents of the index by doc_id.
        given: what the user asked for by option; it is kept and never widened.
        today: what 「昨年度」 counts from, unless a document is named: then the day it came out.
            「前年度」 and 「翌年度」 count from the year that the question names, if any.
    """
    text = comparable(question)
    filters, said = given, []
    compared = bool(COMPARED.search(text))
    known = given.speakers or speakers
    named = [] if given.speaker or _ANSWERED.search(text) else named_speakers(text, known)
    if named and not (compared and len(named) == 1):
        filters = replace(filters, speakers=tuple(named))
        said.append(f"発言者: {'、'.join(named)}")
    open_to = {d: documents[d] for d in given.documents if d in documents} or documents
    chosen = [] if compared else _documents(text, open_to)
    if chosen:
        filters = replace(filters, documents=tuple(chosen))
        said.append(f"文書: {'、'.join(documents[doc_id].title for doc_id in chosen)}")
    period = _came_out(text, today)
    if period and not (given.since or given.until):
        filters = replace(filters, since=period[0].isoformat(), until=period[1].isoformat())
        said.append(f"公表日: {period[0]}から{period[1]}まで")
    for pattern, status, name in (
        (_FINAL_ONLY, "final", "確定した文書"),
        (_DRAFT_ONLY, "draft", "案の文書"),
    ):
        if pattern.search(text) and not given.status:
            filters = replace(filters, status=status)  # type: ignore[arg-type]  # a Status
            said.append(f"段階: {name}")
    spoken = _spoken(chosen or given.documents, documents)
    dates = [] if period else find_relative_years(text, spoken or today)
    said += [f"{text[d.start : d.end]}: {d.first}から{d.last}まで" for d in dates]
    return Restrictions(filters, tuple(said), tuple(Period(d.first, d.last) for d in dates))


def within(documents: Mapping[str, SourceDocument], filters: Filters) -> dict[str, SourceDocument]:
    """The documents in which a search looks, whoever speaks in them."""
    return {
        doc_id: document
        for doc_id, document in documents.items()
        if filters.kind in {None, document.kind}
        and filters.status in {None, document.status}
        and (not filters.documents or doc_id in filters.documents)
        and _in_time(document, filters)
    }


def undated(documents: Mapping[str, SourceDocument], filters: Filters) -> tuple[str, ...]:
    """The documents that a filter by date leaves out only because they have no date."""
    if not (filters.since or filters.until):
        return ()
    found = within(documents, replace(filters, since=None, until=None))
    return tuple(doc_id for doc_id, document in found.items() if not document.published)


def _in_time(document: SourceDocument, filters: Filters) -> bool:
    if not (filters.since or filters.until):
        return True
    day = days_of(document.published)[0].isoformat() if document.published else ""
    return bool(day) and (filters.since or "") <= day <= (filters.until or "9999")


def _spoken(chosen: Sequence[str], documents: Mapping[str, SourceDocument]) -> date | None:
    """When the documents named came out, the newest of them; None where that is not known."""
    named = [documents[doc_id] for doc_id in chosen if documents[doc_id].kind != "guidebook"]
    days = [document.published for document in named if document.published]
    return days_of(max(days))[0] if days else None


def _documents(text: str, documents: Mapping[str, SourceDocument]) -> list[str]:
    """Documents that the question says to look in; none when it names none that is here."""
    chosen: set[str] = set()
    patterns = (_NAMED, _MEETING_NAMED, _YEAR_OF_IT)
    for match in (match for pattern in patterns for match in pattern.finditer(text)):
        meeting = re.search(_MEETING, match["name"])
        for name in re.findall(_DOCUMENT, match["name"]) or [""]:
            parts = [part for part in (meeting and meeting[0], name) if part]
            called = [d for d in documents if all(_is_called(documents[d], p) for p in parts)]
            chosen.update(_best_named(text[: match.start()], called, documents))
    return [doc_id for doc_id in documents if doc_id in chosen]


def _best_named(
    before: str, called: Sequence[str], documents: Mapping[str, SourceDocument]
) -> list[str]:
    """Of the documents of a kind those whose titles hold most of the words put before it.

    「観光DXのガイドブックでは」 means the one on 観光DX, where there is one; else all guidebooks.
    """
    end = _TITLE_WORDS.search(before)
    words = {word for word in content_words(end[0] if end else "") if len(word) > 1}
    held = {d: len(words.intersection(content_words(documents[d].title))) for d in called}
    most = max(held.values(), default=0)
    return [doc_id for doc_id in called if held[doc_id] == most]


def _is_called(document: SourceDocument, name: str) -> bool:
    titles = [document.title, document.meeting or ""]
    titles += [document.original.title] if document.original else []
    kind = {"minutes": "議事録", "guideline": "ガイドライン"}.get(document.kind, "")
    plain = re.sub(r"[()\s]", "", comparable("\n".join([*titles, kind])))
    return re.sub(r"[()]", "", name) in plain


def _came_out(text: str, today: date) -> tuple[date, date] | None:
    """When the documents asked for came out, first and last day."""
    for mention in find_dates(text):
        if _CAME_OUT.search(text[mention.end :]):
            return mention.first, mention.last
    for mention in find_relative_years(text, today):
        if mention.precision == "fiscal_year" and _CAME_OUT.search(text[mention.end :]):
            return mention.first, mention.last
    return None
