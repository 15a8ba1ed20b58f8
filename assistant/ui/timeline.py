"""The documents of an index over time, and which followed which, as a picture."""

from dataclasses import dataclass
from typing import Any, cast

import altair as alt
import streamlit as st

from assistant.records.documents import SourceDocument
from assistant.retrieval.index import Manifest
from assistant.ui import labels
from assistant.ui.inert import paragraph

_SHAPES = {
    "確定": "circle",
    "案": "triangle-up",
    "中間整理": "diamond",
    "発言": "square",
    "要約": "stroke",
    "参考": "cross",
    "廃止": "triangle-down",
    "段階不明": "wedge",
}
_INK = "#1f2933"
_ROW_PIXELS = 30
_LONGEST_TITLE = 12
_HERE, _ELSEWHERE = "索引にある", "索引にない(分かっているもの)"


@dataclass(frozen=True, slots=True)
class Mark:
    """Documents of one line of the picture that share day, stage and presence."""

    lane: str
    """What belongs together: the name of a series, else a title."""
    day: str
    """ISO date."""
    stage: str
    here: bool
    """False for a document that is known of but not indexed."""
    titles: tuple[str, ...]


def draw(manifest: Manifest) -> None:
    """Draw the dated documents, what belongs together on one line, oldest left."""
    marks = marks_of(manifest)
    undated = sum(1 for d in manifest.documents.values() if not d.published)
    if undated:
        st.caption(f"日付の分からない資料が{undated}件あります(下の図には出ません)。")
    if not marks:
        return
    found_by: dict[str, list[Mark]] = {}
    for mark in marks:
        found_by.setdefault(mark.lane, []).append(mark)
    days = [min(m.day for m in marks), max(m.day for m in marks)]
    linked = {name: found for name, found in found_by.items() if len(found) > 1}
    for name, found in linked.items():
        paragraph(name, "text")
        st.altair_chart(_chart(found, days, linked=True), width="stretch")
    single = [mark for mark in marks if mark.lane not in linked]
    if single:
        paragraph("ほかの資料", "text")
        single.sort(key=lambda mark: mark.day)
        st.altair_chart(_chart(single, days, linked=False), width="stretch")
    with st.expander("年表を文字で読む"):
        st.dataframe(
            [
                {"日付": m.day, "段階": m.stage, "まとまり": m.lane, "資料": "、".join(m.titles),
                 "索引": _HERE if m.here else _ELSEWHERE}
                for m in marks
            ],
            hide_index=True,
        )  # fmt: skip


def marks_of(manifest: Manifest) -> list[Mark]:
    """The marks of the picture, by line and day."""
    names = lanes(manifest)
    found: dict[tuple[str, str, str, bool], list[str]] = {}
    for document in manifest.documents.values():
        if document.published:
            stage = labels.stages(document)[0]
            key = (lane(document, names), document.published, stage, True)
            found.setdefault(key, []).append(document.title)
    for series in manifest.series:
        for member in series.members:
            if member.doc_id is None and member.published:
                key = (series.name, member.published, labels.STATUSES[member.status], False)
                found.setdefault(key, []).append(member.title)
    return [Mark(*key, tuple(titles)) for key, titles in sorted(found.items())]


def lanes(manifest: Manifest) -> dict[str, str]:
    """Title of a member → name of its series."""
    return {member.title: series.name for series in manifest.series for member in series.members}


def lane(document: SourceDocument, names: dict[str, str]) -> str:
    """The line of a document: its series, else its title; a digest's is that of its original."""
    title = document.original.title if document.original else document.title
    return names.get(title, title)


def _chart(marks: list[Mark], days: list[str], *, linked: bool) -> Any:
    """One row a mark, oldest first; a line leads from each to the one that followed it."""
    rows = [
        {"行": _words(mark, titled=not linked), "日付": mark.day, "段階": mark.stage,
         "索引": _HERE if mark.here else _ELSEWHERE, "資料": "、".join(mark.titles)}
        for mark in marks
    ]  # fmt: skip
    base = alt.Chart(cast("Any", {"values": rows})).encode(
        x=alt.X(
            "日付:T",
            title=None,
            scale=alt.Scale(domain=days, nice="month", padding=12),
            axis=alt.Axis(format="%Y-%m", tickCount=4, labelOverlap=True, labelColor=_INK),
        ),
        y=alt.Y(
            "行:N", title=None, sort=None, axis=alt.Axis(labelLimit=190, labelColor=_INK, grid=True)
        ),
    )
    stages = [stage for stage in _SHAPES if stage in {m.stage for m in marks}]
    points = base.mark_point(size=150, color="#0b57a4", strokeWidth=2, opacity=1).encode(
        shape=alt.Shape(
            "段階:N",
            scale=alt.Scale(domain=stages, range=[_SHAPES[stage] for stage in stages]),
            legend=None,
        ),
        fill=alt.condition(f"datum['索引'] == '{_HERE}'", alt.value("#0b57a4"), alt.value("#fff")),
        tooltip=["資料:N", "日付:N", "段階:N", "索引:N"],
    )
    line = base.mark_line(color="#4a5560", strokeWidth=1.5, opacity=1 if linked else 0)
    chart: Any = line.encode(order="日付:T") + points
    return chart.properties(height=_ROW_PIXELS * len(marks) + 30)


def _words(mark: Mark, *, titled: bool) -> str:
    """What stands before a mark: a title, or the stage and day of a series' member."""
    title = mark.titles[0]
    name = title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"
    many = f"×{len(mark.titles)}" if len(mark.titles) > 1 else ""
    absent = "" if mark.here else "(索引なし)"
    return f"{name} {mark.stage}{many}" if titled else f"{mark.day} {mark.stage}{many}{absent}"
