"""How old each document is, and what a document in hand says has followed it, as a table."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import streamlit as st

from assistant.japanese.dates import days_of, find_dates
from assistant.japanese.width import comparable
from assistant.records.documents import SourceDocument
from assistant.retrieval.index import Manifest
from assistant.ui import timeline
from assistant.ui.inert import paragraph

_SUCCESSOR = re.compile(r"(?:確定した)?(?P<name>.+)\((?P<day>\d{4}-\d{2}-\d{2})\)")
"""As `assistant.ingest.lineage.find_successors` names one: 「確定した報告書(2024-09-13)」."""
_BETWEEN_SUCCESSORS = re.compile(r"(?<=\))と、")
_NEAR = 30
"""Characters between a day and the name of what came out on it."""


@dataclass(frozen=True, slots=True)
class Age:
    """A document with its age."""

    title: str
    published: str | None
    """ISO day or month; None when unknown."""
    age: str
    """Whole years and months, 「2年7か月」; 「不明」 without a date."""
    followed_by: str
    """What has replaced it; empty where no document in hand says so."""
    said_by: str
    """Titles of the documents that say so."""


def ages_of(manifest: Manifest, text_of: Callable[[str], str], today: date) -> list[Age]:
    """The documents of an index with their ages, oldest first, those without a date last.

    What followed a document counts where the successor is in the index itself, or where a document
    of the same line names it beside its day; what is known from a list alone is left out.

    Args:
        manifest: of the index.
        text_of: doc_id → the text of the document; asked only where something is said to follow.
        today: what the ages count to.
    """
    names = timeline.lanes(manifest)
    lines: dict[str, list[SourceDocument]] = {}
    for document in manifest.documents.values():
        lines.setdefault(timeline.lane(document, names), []).append(document)
    found = []
    for line in lines.values():
        for document in line:
            said = _said(document, line, text_of)
            found.append(
                Age(
                    document.title,
                    document.published,
                    _age(document.published, today),
                    "と、".join(said),
                    "、".join(dict.fromkeys(title for titles in said.values() for title in titles)),
                )
            )
    return sorted(found, key=lambda age: (age.published or "9999", age.title))


def draw(manifest: Manifest, text_of: Callable[[str], str], today: date) -> None:
    """Draw the table."""
    paragraph("資料の古さ", "text")
    st.caption(
        "「後に出たもの」は、索引にある資料がそう述べているときだけ載せます。"
        "空欄でも、新しい版が出ていないとは限りません。"
    )
    st.dataframe(
        [
            {"資料": a.title, "日付": a.published or "不明", "古さ": a.age,
             "後に出たもの": a.followed_by, "そう述べる資料": a.said_by}
            for a in ages_of(manifest, text_of, today)
        ],
        hide_index=True,
        key="ages",
    )  # fmt: skip


def _age(published: str | None, today: date) -> str:
    if not published:
        return "不明"
    first = days_of(published)[0]
    months = (today.year - first.year) * 12 + today.month - first.month - (today.day < first.day)
    years, months = divmod(max(months, 0), 12)
    return f"{years}年{months}か月" if years else f"{months}か月"


def _said(
    document: SourceDocument, line: list[SourceDocument], text_of: Callable[[str], str]
) -> dict[str, list[str]]:
    """What followed a document → the titles of the documents of its line that say so."""
    found = {}
    for successor in _BETWEEN_SUCCESSORS.split(document.superseded_by or ""):
        match = _SUCCESSOR.fullmatch(successor)
        if match is None:
            continue
        says = [
            other.title
            for other in line
            if (other.edition == "original" and other.published == match["day"])
            or _names(text_of(other.doc_id), match["name"].strip("「」"), match["day"])
        ]
        if says:
            found[successor] = says
    return found


def _names(text: str, name: str, day: str) -> bool:
    """Whether a text names something beside the day it came out."""
    folded, name = comparable(text), comparable(name)
    return any(
        mention.precision == "day"
        and mention.first.isoformat() == day
        and name in folded[max(mention.start - _NEAR, 0) : mention.end + _NEAR]
        for mention in find_dates(text)
    )
