"""The row of the KPI table that the brief's own goal makes; what it lacks is named as a gap."""

import re

from assistant.japanese.numbers import find_numbers
from assistant.japanese.sentences import split_sentences
from assistant.planning.template import load_tables
from assistant.planning.walk import Items
from assistant.records.plans import Brief, PlanItem, PlanRow

_BASELINE = re.compile(r"基準値|現在|現状|今は|今の|昨年度|前年度")
_TARGET = re.compile(
    r"増やす|増える|減らす|減る|増加|減少|削減|短縮|以上|以下|まで|にする|とする|達成|達する|目標|[割%％倍]"
)
_DATE_UNITS = {"年度", "年", "月", "日"}
_MEASURE = re.compile(r"測る|測り|測定|調査|アンケート|統計|記録で|集計|ログ")


def goal_row(brief: Brief) -> PlanRow:
    """The goal as a KPI: baseline, target and measure are taken from the brief's own sentences."""
    row = load_tables().goal
    outcome, baseline, targets, measure, grounds = (cell.gaps for cell in row.cells)
    sentences = _sentences(brief.goal) + _sentences(brief.notes)
    cells = (
        (PlanItem(brief.goal, "brief"),) if brief.goal else outcome,
        _matching(_BASELINE, _with_amount(sentences)) or baseline,
        _matching(_TARGET, _with_amount(_sentences(brief.goal))) or targets,
        _matching(_MEASURE, sentences) or measure,
        grounds,
    )
    return PlanRow(row.label, cells)


def is_indicator(sentence: str) -> bool:
    """Whether a sentence says how a goal is measured, or from where to where it leads."""
    return bool(_MEASURE.search(sentence)) or bool(
        _BASELINE.search(sentence) and _TARGET.search(sentence) and _with_amount([sentence])
    )


def _matching(pattern: re.Pattern[str], sentences: list[str]) -> Items:
    return tuple(PlanItem(s, "brief") for s in sentences if pattern.search(s))


def _with_amount(sentences: list[str]) -> list[str]:
    """Those that hold a number: 「現在、一部の集落」 and 「令和8年度までに」 hold none."""
    return [s for s in sentences if any(n.unit not in _DATE_UNITS for n in find_numbers(s))]


def _sentences(text: str | None) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)] if text else []
