"""Which documents belong together, and which of them followed which.

A series is what versions and meetings have in common: the name that somebody has stated for it,
or the title without its stage (「〇〇計画(素案)」 and 「〇〇計画」) with the same ministry or town.
Within a series a document is replaced by one that is both later and further along, never by one
that is only later: the minutes of the seventh meeting do not replace those of the sixth.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.ingest.catalog import CatalogEntry
from assistant.japanese.width import fold, squeeze
from assistant.records.documents import Inference, Kind, Member, Series, SourceDocument, Status

# A stem shorter than this (「報告書」 leaves nothing) links documents that have nothing in common.
_SHORTEST_STEM = 6
_PLACE = "一連の文書"
_BRACKETS = r"[(\[【〔<]"
_CLOSED = r"[)\]】〕>]"
_STAGE_SUFFIX = re.compile(
    rf"(?:{_BRACKETS}[^()\[\]【】]{{0,12}}(?:案|版|回|廃止|改[訂定]|概要|本文|本編){_CLOSED}"
    r"|第\d{1,3}回(?:会合|会議)?|議事(?:録|要旨|概要)|会議録"
    r"|(?:最終|中間|確定|第[一二1-9]次)?(?:報告書?|答申|とりまとめ|取りまとめ|取り纏め|まとめ|整理)"
    r"|骨子|素案|試案|原案|修正案|改[訂定]案|たたき台|案|の?概要版?|の?本文|の?本編"
    r"|改[訂定]版|改正版|第\d+(?:\.\d+)*版|ver(?:sion)?\.?\d+(?:\.\d+)*|これまでの論点|論点整理|資料\d+(?:-\d+)*)$",
    re.IGNORECASE,
)
_VERSION = re.compile(r"(?:第(?=[\d.]+\s*版)|ver(?:sion)?\.?)\s*(\d+)(?:\.(\d+))?", re.IGNORECASE)
_PART = re.compile(r"概要|ポイント|参考|別[紙添冊]|資料編|意見募集")
"""A part or a summary of a document is neither replaced by the whole nor replaces it."""
_PRELIMINARY = ((r"たたき台", 0), (r"骨子", 1), (r"素案|試案|原案", 2))
_DRAFT, _INTERIM, _FINAL = 3, 4, 5


@dataclass(frozen=True, slots=True)
class _Known:
    """A document as far as its lineage goes, indexed or not."""

    title: str
    publisher: str | None
    published: str | None
    kind: Kind
    status: Status
    series: str | None
    doc_id: str | None

    @property
    def member(self) -> Member:
        return Member(self.title, self.published, self.kind, self.status, self.doc_id)


def link(
    documents: dict[str, SourceDocument],
    inferences: dict[str, tuple[Inference, ...]],
    catalog: tuple[CatalogEntry, ...],
) -> tuple[tuple[Series, ...], dict[str, SourceDocument]]:
    """The series of an index, and the documents of which it is now known otherwise what followed.

    Args:
        documents: all documents by doc_id.
        inferences: where their fields come from; a successor that somebody has stated stays.
        catalog: known originals.
    """
    series = find_series(documents.values(), catalog)
    found = find_successors(documents.values(), series, catalog)
    changed = {
        doc_id: replace(document, superseded_by=found.get(doc_id))
        for doc_id, document in documents.items()
        if document.superseded_by != found.get(doc_id)
        and not any(_is_stated(inference) for inference in inferences.get(doc_id, ()))
    }
    return series, changed


def with_successor(
    inferences: tuple[Inference, ...], document: SourceDocument
) -> tuple[Inference, ...]:
    """The inferences with the one about what followed the document brought up to date."""
    others = tuple(i for i in inferences if i.field != "superseded_by")
    if document.superseded_by is None:
        return others
    # Where somebody has stated the series, only dates and stages decide, and those are known.
    doubt = "" if document.series else "題名・発行者・日付・段階のつながりから判断しました"
    return (*others, Inference("superseded_by", document.superseded_by, _PLACE, doubt=doubt))


def _is_stated(inference: Inference) -> bool:
    return inference.field == "superseded_by" and inference.place != _PLACE


def find_series(
    documents: Iterable[SourceDocument], catalog: Iterable[CatalogEntry] = ()
) -> tuple[Series, ...]:
    """The series of two or more members, by name.

    Members are the documents, the originals of digests and what the catalogue knows of.
    """
    groups: dict[tuple[str, str], list[_Known]] = defaultdict(list)
    names: dict[tuple[str, str], str] = {}
    for known in _known(documents, catalog):
        name = known.series or title_stem(known.title)
        office = _office(known.publisher)
        if known.series or (len(squeeze(name)) >= _SHORTEST_STEM and office):
            groups[squeeze(name), office].append(known)
            names.setdefault((squeeze(name), office), name)
    return tuple(
        Series(names[key], members[0].publisher, tuple(k.member for k in _in_order(members)))
        for key, members in sorted(groups.items())
        if len(members) > 1
    )


def find_successors(
    documents: Iterable[SourceDocument],
    series: Iterable[Series],
    catalog: Iterable[CatalogEntry] = (),
) -> dict[str, str]:
    """What followed each document, by doc_id: 「報告書(案)(2024-06-26)と、確定した報告書(…)」.

    Only members that are both later and further along count; a member without a date or a stage
    takes no part. A digest is followed by what followed its original.
    """
    by_title = {
        (squeeze(entry.title), _office(entry.publisher)): entry.superseded_by
        for entry in catalog
        if entry.title and entry.superseded_by
    }
    by_id: dict[str, str] = {}
    for group in series:
        for member in group.members:
            later = [other for other in group.members if _follows(other, member)]
            if not later:
                continue
            text = "と、".join(_named(other, group) for other in later)
            by_title.setdefault((squeeze(member.title), _office(group.publisher)), text)
            if member.doc_id:
                by_id[member.doc_id] = text
    for document in documents:
        original = document.original
        if document.edition == "digest" and original:
            followed = by_title.get((squeeze(original.title), _office(original.publisher)))
            by_id |= {document.doc_id: followed} if followed else {}
    return by_id


def _follows(later: Member, member: Member) -> bool:
    stage, further = _stage(member), _stage(later)
    if stage is None or further is None or not member.published or not later.published:
        return False
    return further > stage and later.published > member.published


@lru_cache(maxsize=16_384)
def title_stem(title: str) -> str:
    """A title without its stage, meeting and version: what its other versions share with it."""
    stem = re.sub(r"\s+", " ", fold(title)).strip()
    while True:
        shorter = _STAGE_SUFFIX.sub("", stem).strip(" ・、-~")
        if shorter == stem:
            return stem
        stem = shorter


def _known(
    documents: Iterable[SourceDocument], catalog: Iterable[CatalogEntry]
) -> Iterable[_Known]:
    """Everything known, each title once: what is indexed first, then the rest."""
    seen: set[str] = set()
    documents = list(documents)
    digests = [d for d in documents if d.edition == "digest"]
    for d in (d for d in documents if d.edition == "original"):
        seen.add(squeeze(d.title))
        yield _Known(d.title, d.publisher, d.published, d.kind, d.status, d.series, d.doc_id)
    for entry in catalog:
        if entry.title and squeeze(entry.title) not in seen:
            seen.add(squeeze(entry.title))
            yield _Known(entry.title, entry.publisher, entry.published, entry.kind, entry.status,
                         entry.series, None)  # fmt: skip
    for original in (d.original for d in digests if d.original and d.kind != "guidebook"):
        if squeeze(original.title) not in seen:
            seen.add(squeeze(original.title))
            kind: Kind = "minutes" if original.status == "minutes" else "other"
            yield _Known(original.title, original.publisher, original.date, kind, original.status,
                         None, None)  # fmt: skip


def _in_order(members: list[_Known]) -> list[_Known]:
    return sorted(members, key=lambda k: (k.published or "9999", k.title, k.doc_id or ""))


def _office(publisher: str | None) -> str:
    """The ministry or town of a publisher: 「総務省」 of 「総務省 情報通信審議会」."""
    return re.split(r"[\s(]", fold(publisher or "").strip())[0]


def _stage(member: Member) -> tuple[int, ...] | None:
    """How far along a member is; None where versions cannot be compared."""
    title = fold(member.title)
    if member.kind in {"minutes", "form"} or _PART.search(title):
        return None
    if member.status == "draft":
        return (next((n for word, n in _PRELIMINARY if re.search(word, title)), _DRAFT),)
    if member.status == "interim":
        return (_INTERIM,)
    if member.status == "unknown" and squeeze(title_stem(title)) == squeeze(title):
        return (
            _FINAL,
            0,
        )  # 「〇〇計画」 beside a 「〇〇計画(案)」: its title names no stage at all
    if member.status != "final":
        return None
    version = _VERSION.search(title)
    numbers = tuple(int(part) for part in version.groups() if part) if version else ()
    revised = 1 if re.search(r"改[訂定]", title) else 0
    return (_FINAL, revised, *numbers)


def _named(member: Member, series: Series) -> str:
    """A later member, in short where its name can stand alone: 「確定した報告書(2024-09-13)」."""
    title = member.title
    short = title[len(series.name) :].strip() if title.startswith(series.name) else ""
    name = short if re.match(r"[^\W\d_]", short) else f"「{title}」"
    return f"{'確定した' if member.status == 'final' else ''}{name}({member.published})"
