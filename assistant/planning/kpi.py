"""The row of the KPI table that the brief's own goal makes; what it lacks is named as a gap."""

import re

from assistant.japanese.numbers import find_numbers
from assistant.japanese.sentences import split_sentences
from assistant.planning.template import Fact
from assistant.planning.walk import Items
from assistant.schema import Brief, PlanItem, PlanRow

_BASELINE = re.compile(r"基準値|現在|現状|今は|今の|昨年度|前年度")
_TARGET = re.compile(
    r"増やす|増える|減らす|減る|増加|減少|削減|短縮|以上|以下|まで|にする|とする|達成|達する|目標|[割%％倍]"
)
_DATE_UNITS = {"年度", "年", "月", "日"}
_MEASURE = re.compile(r"測る|測り|測定|調査|アンケート|統計|記録で|集計|ログ")

NAME = "目指す姿(ブリーフの目標)"
_OUTCOME = Fact(
    what="目指す姿と、それを測る指標",
    why="成果の指標は目指す姿と結び付いているかを問われる",
    where="首長の方針、住民との話合い",
)
_BASELINE_GAP = Fact(
    what="目標の基準値と時点", why="基準値のない指標は評価されない", where="業務統計、アンケート"
)
_TARGET_GAP = Fact(
    what="三年から五年先までの目標値",
    why="年度ごとの達成を確かめる",
    where="担当課の見込み、先行地域の実績",
)
_MEASURE_GAP = Fact(
    what="目標の測り方・頻度・データの出どころ",
    why="測れない指標は使えない",
    where="利用の記録、統計を持つ課",
)
FACTS = (_OUTCOME, _BASELINE_GAP, _TARGET_GAP, _MEASURE_GAP)


def goal_row(brief: Brief) -> PlanRow:
    """The goal as a KPI: baseline, target and measure are taken from the brief's own sentences."""
    sentences = _sentences(brief.goal) + _sentences(brief.notes)
    outcome = (PlanItem(brief.goal, "brief"),) if brief.goal else _gap(_OUTCOME)
    baseline = _matching(_BASELINE, _with_amount(sentences), _BASELINE_GAP)
    targets = _matching(_TARGET, _with_amount(_sentences(brief.goal)), _TARGET_GAP)
    measure = _matching(_MEASURE, sentences, _MEASURE_GAP)
    return PlanRow(NAME, (outcome, baseline, targets, measure, ()))


def is_indicator(sentence: str) -> bool:
    """Whether a sentence says how a goal is measured, or from where to where it leads."""
    return bool(_MEASURE.search(sentence)) or bool(
        _BASELINE.search(sentence) and _TARGET.search(sentence) and _with_amount([sentence])
    )


def _matching(pattern: re.Pattern[str], sentences: list[str], fact: Fact) -> Items:
    found = [sentence for sentence in sentences if pattern.search(sentence)]
    return tuple(PlanItem(sentence, "brief") for sentence in found) or _gap(fact)


def _with_amount(sentences: list[str]) -> list[str]:
    """Those that hold a number: 「現在、一部の集落」 and 「令和8年度までに」 hold none."""
    return [s for s in sentences if any(n.unit not in _DATE_UNITS for n in find_numbers(s))]


def _gap(fact: Fact) -> Items:
    return (PlanItem(fact.gap, "gap"),)


def _sentences(text: str | None) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)] if text else []
