"""The tables of README.md and evals/README.md, written from a run between their marks."""

from collections.abc import Sequence
from pathlib import Path

from evals.run.metrics import PRIMARY
from evals.run.results import Row, Run
from evals.run.tables import figures, share_cell, table

_ROOT = Path(__file__).parents[2]
_COLUMNS = {
    "top_5": "上位5件に根拠",
    "first_1000": "最初の1,000字に根拠",
    PRIMARY: "要点が答えに入る",
    "refusal_recall": "正しく断る",
    "answered": "答えるべき質問に答える",
}
_GROUPS = {
    "すべて": {},
    "dev": {"split": "dev"},
    "held_out": {"split": "held_out"},
    "dev 資料の言葉": {"split": "dev", "style": "direct"},
    "dev 町の言葉": {"split": "dev", "style": "townhall"},
    "held_out 資料の言葉": {"split": "held_out", "style": "direct"},
    "held_out 町の言葉": {"split": "held_out", "style": "townhall"},
}
_TITLES = {
    "originals": "originals: 5つの原文",
    "guidance": "guidance: 付属の資料",
    "first_week": "first_week: 役場の最初の週の質問(付属の資料)",
    "mixed": "mixed: 付属の資料と省庁のPDF",
}


def groups_table(rows: Sequence[Row], *, kinds: bool) -> str:
    """The rows of one set by split and style, and by kind if wanted, as Markdown."""
    groups = dict(_GROUPS)
    if kinds:
        groups |= {kind: {"kind": kind} for kind in sorted({row.kind for row in rows})}
    lines = []
    for name, wanted in groups.items():
        chosen = [r for r in rows if all(getattr(r, k) == v for k, v in wanted.items())]
        found = figures(chosen)
        length = (found.get("answer_length") or {}).get("mean")
        cells = [share_cell(found.get(metric)) for metric in _COLUMNS]
        cells.append(f"{length:.0f}" if length else "–")
        lines.append((name, len(chosen), *cells))
    return table(("区分", "問数", *_COLUMNS.values(), "平均字数"), lines)


def write_tables(run: Run) -> None:
    """Put the tables of a run into both READMEs.

    Raises:
        ValueError: a README has lost its marks.
    """
    day, model = run.settings["started"][:10], run.settings["model"]
    parts = []
    for name in sorted(run.settings["sets"], reverse=True):
        rows = [row for row in run.rows if row.set == name and not row.error]
        how = f"モデル {model}" if model else "言語モデルなし"
        parts.append(f"### {_TITLES[name]}({day}、{how})\n\n{groups_table(rows, kinds=True)}")
    checked = sum(len(row.answer["citations"]) for row in run.rows if row.answer)
    faulty = sum(bool(row.faults) for row in run.rows)
    parts.append(f"引用 {checked}件を別の仕組みで原文と照合し、誤りのある答えは {faulty}件でした。")
    _put(_ROOT / "evals" / "README.md", "tables", "\n\n".join(parts))
    originals = [row for row in run.rows if row.set == "originals" and not row.error]
    if originals:
        _put(_ROOT / "README.md", "figures", groups_table(originals, kinds=False))


def _put(path: Path, mark: str, text: str) -> None:
    before = path.read_text(encoding="utf-8")
    head, start, rest = before.partition(f"<!-- {mark} -->\n")
    _, end, tail = rest.partition(f"\n<!-- /{mark} -->")
    if not end:
        raise ValueError(f"{path.name}: no <!-- {mark} -->")
    path.write_text(head + start + text + end + tail, encoding="utf-8", newline="\n")
