"""Figures of rows as people read them: names of the metrics, cells, tables in Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from evals.run.results import Row
from evals.run.statistics import figure

NAMES = {
    "key_fact_recall": "要点の再現率(主な指標)",
    "top_5": "根拠が上位5件にある割合",
    "first_1000": "根拠が上位1,000字にある割合",
    "context_recall": "検索の再現率(場所)",
    "context_precision": "検索の適合率(場所)",
    "citation_precision": "引用の適合率(場所)",
    "citation_recall": "引用の再現率(場所)",
    "quote_verification": "引用が原文にある割合",
    "number_faithfulness": "数字が引用にある割合",
    "refusal_precision": "断りの適合率",
    "refusal_recall": "断りの再現率",
    "answered": "答えのある質問に答えた割合",
    "attribution_accuracy": "発言者の正しさ",
    "status_label_accuracy": "案・要約などの表示の正しさ",
    "model_answered": "モデルの答えを示せた割合",
    "statement_verification": "モデルの文のうち確かめられた割合",
    "answer_length": "答えの字数",
    "faithfulness": "忠実さ(審査モデル)",
    "answer_relevancy": "質問への合致(審査モデル)",
    "factual_correctness": "内容の正しさ(審査モデル)",
    "judged_context_precision": "検索の適合率(審査モデル)",
    "judged_context_recall": "検索の再現率(審査モデル)",
}


def figures(rows: Iterable[Row]) -> dict[str, dict[str, Any]]:
    """Mean, interval and counts of every metric over the rows that did not fail."""
    whole = [row for row in rows if not row.error]
    names = [name for name in NAMES if any(name in r.scores or name in r.unscored for r in whole)]
    return {name: asdict(figure([row.scores.get(name) for row in whole])) for name in names}


def share_cell(found: Mapping[str, Any] | None) -> str:
    """A mean with its 95 % interval and n; – without a scored row."""
    if not found or found["mean"] is None:
        return "–"
    return f"{found['mean']:.3f} [{found['low']:.2f}–{found['high']:.2f}] n={found['n']}"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Cells as a table in Markdown."""
    first, *rest = (f"| {' | '.join(map(str, row))} |" for row in (head, *rows))
    return "\n".join([first, "|---" * len(head) + "|", *rest])
