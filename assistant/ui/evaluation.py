"""評価: what the last measurements say, and what visitors objected to. For maintainers."""

from typing import Any, cast

import altair as alt
import streamlit as st

from assistant.feedback import read_feedback
from assistant.settings import load_settings
from assistant.ui import runs
from assistant.ui.inert import label, pairs, paragraph
from assistant.ui.runs import Run, Scored
from assistant.ui.session import two_lines

_WORST = 10
_INK = "#1f2933"
_COLOURS, _SHAPES = ["#0b57a4", "#b05400"], ["circle", "diamond"]
_ROW_PIXELS = 34


def page() -> None:
    """Draw the runs, two of them side by side, and the answers that were disliked."""
    st.title("評価", anchor=False)
    with two_lines():
        found = runs.finished(runs.RESULTS)
        measured, disliked = st.tabs(
            ["測定の結果", "利用者の評価"], key="evaluation", on_change="rerun"
        )
        if measured.open:
            with measured:
                _measured(found)
        if disliked.open:
            with disliked:
                _disliked()


def _measured(found: list[Run]) -> None:
    if not found:
        paragraph("測定の結果がありません。")
        paragraph(
            "開発用のフォルダーで python -m evals run --set guidance を実行すると、ここに出ます。",
            "quiet",
        )
        return
    names = {run.name: run for run in found}
    chosen = st.selectbox("測定", list(names), key="run", persist_state="session")
    others = [name for name in names if name != chosen]
    other = st.selectbox(
        "比べる測定",
        others,
        index=None,
        placeholder="比べない" if others else "ほかの測定がありません",
        key="other_run",
        persist_state="session",
    )
    shown = [names[chosen], *([names[other]] if other in names else [])]
    for run in shown:
        _facts(run)
    st.altair_chart(_chart(shown), width="stretch")
    st.caption("点は平均、横線は95%区間です。")
    with st.expander("数字で読む"):
        st.dataframe(
            [
                {"測定": run.name, "指標": f.metric, "平均": f.mean, "下限": f.low,
                 "上限": f.high, "問数": f.rows}
                for run in shown
                for f in run.figures
            ],
            hide_index=True,
        )  # fmt: skip
    if len(shown) == 2:
        _compared(*shown)
    else:
        _worst(shown[0])


def _facts(run: Run) -> None:
    settings, summary = run.settings, run.summary
    rows = [
        ("測定", run.name),
        ("問題集", "、".join(settings.get("sets", []))),
        ("答え方", str(settings.get("model") or "資料の文をそのまま抜き出す")),
        ("問数", f"{summary['rows']}(失敗 {summary['errored']})"),
        ("引用", f"{summary['quotes']}件(検査に合わない行 {summary['faulty_rows']})"),
    ]
    with st.container(border=True):
        pairs(rows)


def _chart(shown: list[Run]) -> Any:
    rows = [
        {"測定": run.name, "指標": f.metric, "平均": f.mean, "下限": f.low, "上限": f.high}
        for run in shown
        for f in run.figures
    ]
    names = [run.name for run in shown]
    base = alt.Chart(cast("Any", {"values": rows})).encode(
        y=alt.Y("指標:N", title=None, sort=None, axis=alt.Axis(labelLimit=190, labelColor=_INK)),
        yOffset=alt.YOffset("測定:N", sort=names),
        color=alt.Color(
            "測定:N",
            scale=alt.Scale(domain=names, range=_COLOURS[: len(names)]),
            legend=alt.Legend(orient="top", title=None, labelLimit=400) if shown[1:] else None,
        ),
    )
    scale = alt.Scale(domain=[0, 1])
    bars = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("下限:Q", scale=scale, title=None, axis=alt.Axis(labelColor=_INK)), x2="上限:Q"
    )
    points = base.mark_point(size=90, filled=True, opacity=1).encode(
        x=alt.X("平均:Q", scale=scale),
        shape=alt.Shape(
            "測定:N", scale=alt.Scale(domain=names, range=_SHAPES[: len(names)]), legend=None
        ),
        tooltip=["測定:N", "指標:N", "平均:Q", "下限:Q", "上限:Q"],
    )
    metrics = {f.metric for run in shown for f in run.figures}
    return (bars + points).properties(height=_ROW_PIXELS * len(metrics) + 40)


def _worst(run: Run) -> None:
    st.subheader("よくなかった問い", anchor=False)
    rows = sorted(runs.rows_of(run).values(), key=lambda row: row.badness)
    for row in rows[:_WORST]:
        with st.expander(f"{label(row.id)} {label(row.question)}"):
            _row(row)


def _compared(after: Run, before: Run) -> None:
    """The rows that moved most between two runs, the losses first."""
    st.subheader("大きく変わった問い", anchor=False)
    old, new = runs.rows_of(before), runs.rows_of(after)
    moved = sorted(
        ((_difference(old[i], new[i]), i) for i in old.keys() & new.keys()), key=lambda pair: pair
    )
    moved = [(difference, i) for difference, i in moved if difference]
    if not moved:
        paragraph("変わった問いはありません。", "quiet")
    for difference, i in moved[:_WORST]:
        word = "下がった" if difference < 0 else "上がった"
        with st.expander(f"{word} {difference:+.2f} {label(i)} {label(new[i].question)}"):
            left, right = st.columns(2)
            with left:
                st.caption(label(before.name))
                _row(old[i])
            with right:
                st.caption(label(after.name))
                _row(new[i])


def _difference(old: Scored, new: Scored) -> float:
    return new.badness[2] - old.badness[2]


def _row(row: Scored) -> None:
    if row.error:
        paragraph(f"失敗: {row.error}", "note")
    for fault in row.faults:
        paragraph(f"引用の検査: {fault}", "note")
    paragraph(row.answer or "(回答の記録なし)")
    scores = "、".join(f"{name} {value:.2f}" for name, value in sorted(row.scores.items()))
    paragraph(scores, "quiet")


def _disliked() -> None:
    folder = load_settings().data
    judged = read_feedback(folder)
    waiting = [feedback for feedback in reversed(judged) if feedback.verdict == "down"]
    paragraph(f"評価 {len(judged)}件、うち「よくない」{len(waiting)}件(新しい順)。")
    paragraph(
        "「よくない」は、python -m evals add-case で、以後の変更が必ず答える問いにできます。",
        "quiet",
    )
    for number, feedback in enumerate(waiting):
        with st.expander(
            f"{label(feedback.time[:10])} {label(feedback.question)}", key=f"d{number}"
        ):
            pairs([("理由", feedback.reason or "(なし)"), ("日時", feedback.time)])
            paragraph(str(feedback.answer.get("answer", "")))
