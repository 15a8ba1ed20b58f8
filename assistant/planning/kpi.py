"""The row of the KPI table that the brief's own goal makes; what it lacks is named as a gap."""

import re

from assistant.japanese.sentences import split_sentences
from assistant.planning.template import Fact
from assistant.planning.walk import Items
from assistant.schema import Brief, PlanItem, PlanKpi

_AMOUNT = r"[0-9０-９一二三四五六七八九十百千万]"
_BASELINE = re.compile(rf"(?:基準値|現在|現状|今は|今の|昨年度|前年度).*{_AMOUNT}")
_TARGET = re.compile(rf"{_AMOUNT}.*(?:増|減|以上|以下|まで|にする|とする|達|目標|割|%|％|倍)")
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


def goal_row(brief: Brief) -> PlanKpi:
    """The goal as a KPI: baseline, target and measure are taken from the brief's own sentences."""
    sentences = _sentences(brief.goal) + _sentences(brief.notes)
    return PlanKpi(
        name=NAME,
        outcome=(PlanItem(brief.goal, "brief"),) if brief.goal else _gap(_OUTCOME),
        baseline=_matching(_BASELINE, sentences, _BASELINE_GAP),
        targets=_matching(_TARGET, _sentences(brief.goal), _TARGET_GAP),
        measure=_matching(_MEASURE, sentences, _MEASURE_GAP),
    )


def _matching(pattern: re.Pattern[str], sentences: list[str], fact: Fact) -> Items:
    found = [sentence for sentence in sentences if pattern.search(sentence)]
    return tuple(PlanItem(sentence, "brief") for sentence in found) or _gap(fact)


def _gap(fact: Fact) -> Items:
    return (PlanItem(fact.gap, "gap"),)


def _sentences(text: str | None) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)] if text else []
