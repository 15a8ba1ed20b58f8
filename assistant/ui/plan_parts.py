"""The parts of a plan on the screen: sections, gaps, tables, criteria, downloads."""

from dataclasses import replace
from typing import Any

import streamlit as st

from assistant.answering.ground import is_made_of
from assistant.assistant import Assistant
from assistant.export.markdown import plan_markdown
from assistant.export.text import unknown_stages_text, where_text
from assistant.export.word import plan_docx
from assistant.planning.edit import (
    EDITED,
    TABLES,
    Row,
    filled,
    gap_key,
    gap_parts,
    table_items,
    table_rows,
)
from assistant.records.answers import Citation
from assistant.records.plans import Basis, PlanItem, ProjectPlan
from assistant.ui import labels, official_form, source
from assistant.ui.clients import Saved
from assistant.ui.inert import label, pairs, paragraph, statement

_BASES: dict[Basis, str] = {
    "source": "出典あり",
    "brief": "ブリーフ",
    "gap": "要記入",
    "computed": "計算",
}
_STATES = {"source": "● 出典と町の記述あり", "brief": "○ 町の記述のみ", "unmet": "× まだ"}
_CRITERION = "観点: "
_TABLE_ROW = 96
"""Height of a table's row in pixels: four lines."""
_LONG_CELL = 24
"""Characters from which a cell is broken into lines."""


def name_of(key: str) -> str:
    """What a filling is about: of a gap's text or a criterion's key."""
    return (
        key.removeprefix(_CRITERION)
        if key.startswith(_CRITERION)
        else gap_parts(key.split("\n")[-1])[0]
    )


def sections(assistant: Assistant, plan: ProjectPlan | None) -> None:
    """Draw the sections; the source of a citation opens beside them."""
    assert plan is not None
    paragraph(plan.template_note, "note")
    if plan.changes:
        st.caption("前回から更新された根拠")
        for change in plan.changes:
            paragraph(change, "note")
    cited = {citation.number: citation for citation in plan.citations}
    shown = cited.get(st.session_state.get("plan_source", 0))
    if shown is None:
        _sections(plan, cited)
        return
    text, beside = st.columns([3, 2], gap="medium")
    with text:
        _sections(plan, cited)
    with beside, st.container(key="source_panel", border=True):
        st.button("閉じる", icon=":material/close:", key="close_source", on_click=_close)
        source.panel(assistant, shown)


def _sections(plan: ProjectPlan, cited: dict[int, Citation]) -> None:
    for number, section in enumerate(plan.sections):
        size = f"{section.characters:,}/{section.limit:,}字" if section.limit else ""
        count = f"要記入{len(section.gaps)}" if section.gaps else "要記入なし"
        name = "、".join(
            part for part in (size + ("(超過)" if section.over else ""), count) if part
        )
        box = st.expander(
            f"{label(section.heading)}({label(name)})",
            expanded=number == 0,
            key=f"section_{section.id}",
            on_change="rerun",
        )
        # Only what is open is drawn: a plan has a hundred sources.
        if box.open:
            with box:
                for place, item in enumerate(section.items):
                    _item(f"{section.id}_{place}", item, cited)
    if unknown := unknown_stages_text(plan.citations):
        paragraph(unknown, "quiet")
    if plan.notes:
        st.caption("注意")
        for note in plan.notes:
            paragraph(note, "note")


def _item(key: str, item: PlanItem, cited: dict[int, Citation]) -> None:
    citations = [cited[number] for number in item.citations]
    worded = not is_made_of(item.text, [citation.quote for citation in citations])
    beside = [_BASES[item.basis], *labels.marks(item.label, citations)]
    statement(item.text, item.attribution, beside, worded=worded)
    if not item.citations:
        return
    with st.container(horizontal=True, gap="small"):
        for number in item.citations:
            citation = cited[number]
            st.button(
                label(f"[{number}] {source.short_title(citation)} {where_text(citation)}"),
                key=f"plan_{key}_{number}",
                icon=":material/description:",
                help=label(citation.document.title),
                on_click=_open,
                args=(number,),
            )


def _open(number: int) -> None:
    st.session_state["plan_source"] = number


def _close() -> None:
    st.session_state.pop("plan_source", None)


def gaps(plan: ProjectPlan | None, saved: Saved) -> Saved:
    """Draw what the town must fill in; what is written counts in the plan at once."""
    assert plan is not None
    base: ProjectPlan = st.session_state["base_plan"]
    open_gaps = sum(len(section.gaps) for section in filled(base, saved.fillings).sections)
    total = sum(len(section.gaps) for section in base.sections)
    st.progress(1 - open_gaps / total if total else 1.0, f"残り {open_gaps}か所(全{total}か所)")
    fillings = dict(saved.fillings)
    for section in base.sections:
        if section.gaps:
            st.subheader(label(section.heading), anchor=False)
            for gap in section.gaps:
                key = gap_key(section.heading, gap)
                fillings[key] = _filling(key, *gap_parts(gap), fillings.get(key, ""))
    return replace(saved, fillings={key: text for key, text in fillings.items() if text})


def _filling(key: str, what: str, why: str, where: str, text: str) -> str:
    hints = [f"理由: {why}" if why else "", f"探す所: {where}" if where else ""]
    # A screen reader reads the label as it is written here: no name of an icon.
    written = st.text_input(f"{'■' if text else '□'} {label(what)}", text, key=_key(f"fill_{key}"))
    paragraph("。".join(hint for hint in hints if hint), "quiet")
    return written.strip()


def tables(plan: ProjectPlan | None, saved: Saved) -> Saved:
    """Draw the tables to edit; a cell that was changed is the town's word and cites nothing."""
    assert plan is not None
    paragraph(
        "欄を2回押すと書き換えられます。行の追加と削除もできます。"
        f"書き換えた文は町の記述になり、出典の番号の代わりに「{EDITED}」と付きます。",
        "quiet",
    )
    edited = dict(saved.tables)
    # The rows an editor starts from must not change while it is on the screen; but when a
    # citation is gone, the numbers after it have moved, and all editors begin anew.
    numbers = hash(tuple(citation.quote for citation in plan.citations))
    starts: dict[str, list[Row]] = st.session_state.setdefault("edited_tables", {})
    for table, name in TABLES.items():
        st.subheader(name, anchor=False)
        key = _key(f"table_{table}_{numbers}")
        start = starts.setdefault(key, table_rows(plan, table))
        changed: list[dict[str, str | None]] = st.data_editor(
            start,
            num_rows="dynamic",
            hide_index=True,
            key=key,
            row_height=_TABLE_ROW,
            column_config=_widths(start),
            alt=f"{name}の表",
        )
        rows = [{column: text or "" for column, text in row.items()} for row in changed]
        if rows != start or table in edited:
            edited[table] = rows
        _edited(table, plan)
    for other in plan.tables:
        if other.id in TABLES:
            continue
        st.subheader(label(other.heading), anchor=False)
        cells = []
        for row in other.rows:
            texts = ("\n".join(item.text for item in cell) for cell in row.cells)
            cells.append(dict(zip(other.columns, (row.label, *texts), strict=True)))
        st.dataframe(cells, hide_index=True, row_height=_TABLE_ROW, column_config=_widths(cells))
    return replace(saved, tables=edited)


def _key(name: str) -> str:
    """A widget's key; another when a client was read anew, to begin with what was read."""
    return f"{name}_{st.session_state['plan_reads']}"


def forget_tables() -> None:
    """Let the editors begin with what is saved when they are next on the screen."""
    st.session_state.pop("edited_tables", None)


def _widths(rows: list[Row]) -> dict[str, Any]:
    """Columns of sentences narrow enough for their lines to be broken within the cell."""
    long = {name for row in rows for name, text in row.items() if len(text) > _LONG_CELL}
    return {name: st.column_config.TextColumn(width="large") for name in long}


def _edited(table: str, plan: ProjectPlan) -> None:
    for item in table_items(plan, table):
        if item.label == EDITED:
            statement(item.text, None, [_BASES[item.basis], EDITED], worded=False)


def criteria(plan: ProjectPlan | None, saved: Saved) -> Saved:
    """Draw how the plan meets the criteria, and what a reviewer would mark down."""
    assert plan is not None
    headings = {section.id: section.heading for section in plan.sections}
    st.dataframe(
        [
            {
                "観点": row.criterion,
                "状態": _STATES[row.state],
                "計画の項目": "、".join(headings[name] for name in row.sections),
                "町への問い": row.question or "",
            }
            for row in plan.coverage
        ],
        hide_index=True,
    )
    fillings = dict(saved.fillings)
    asked = [row for row in plan.coverage if row.question]
    if asked:
        st.subheader("町に聞くこと", anchor=False)
        paragraph("答えは、下書きを作り直すと計画に反映されます。", "quiet")
    for row in asked:
        key = f"{_CRITERION}{row.criterion}"
        written = st.text_input(
            label(row.question or ""), fillings.get(key, ""), key=_key(f"fill_{key}")
        )
        fillings[key] = written.strip()
    st.subheader("審査で指摘されそうな点", anchor=False)
    for finding in plan.findings:
        with st.container(border=True):
            pairs([("指摘", finding.point), ("直し方", finding.advice)])
    for held in plan.withheld:
        paragraph(f"載せなかった文({held.place}): {held.text}(理由: {held.reason})", "note")
    return replace(saved, fillings={key: text for key, text in fillings.items() if text})


def downloads(plan: ProjectPlan | None, client: str) -> None:
    """Draw the ways to take the plan away; numbers are those on the screen."""
    assert plan is not None
    paragraph(f"引用{len(plan.citations)}件。番号は画面と同じです。")
    st.download_button(
        "Wordで受け取る(.docx)",
        lambda: plan_docx(plan),
        file_name=f"{client}_計画.docx",
        mime="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        icon=":material/description:",
        on_click="ignore",
        type="primary",
    )
    st.download_button(
        "Markdownで受け取る(.md)",
        lambda: plan_markdown(plan),
        file_name=f"{client}_計画.md",
        mime="text/markdown",
        icon=":material/article:",
        on_click="ignore",
    )
    official_form.fill(plan)
