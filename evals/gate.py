"""The gate: a run against the accepted baseline, question by question.

Fails when the primary metric (key-fact recall) falls: its 95 % interval of the difference lies
below zero, which chance does in 2.5 % of unchanged systems. The guarded metrics share another
2.5 % by Holm's procedure, so that an unchanged system fails in at most 5 % of tries. Floors hold
whatever the baseline: every quote stands in its source, refusals do not collapse, and at most 1 %
of the rows are errored. How often a true drop is caught is measured in `evals.simulate`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals import results
from evals.metrics import GUARDED, PRIMARY
from evals.report import NAMES, moved_rows, side_by_side
from evals.results import Row, Run, read_run, slim, write_json, write_rows
from evals.statistics import Comparison, compare, holm

LEVEL = 0.025
FLOORS = {"quote_verification": 1.0, "refusal_recall": 0.65, "answered": 0.70}
"""Least mean, whatever the baseline. The two of refusals lie .15 and more below the accepted run
(``baseline/``), too far for chance to reach them."""
_ERRORED = 0.01
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found."""

    failures: tuple[str, ...]
    """Japanese, each beginning with the name of the metric; empty when the run passes."""
    comparisons: tuple[Comparison, ...]
    """Primary first; metrics that one side does not have are left out."""
    questions: int
    """Questions in both runs."""

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return not self.failures


def judge(before: Run, after: Run) -> Verdict:
    """Hold a run against the baseline, over the sets that were run.

    Args:
        before: the accepted run.
        after: the run to be judged; questions missing from it count as errored.
    """
    sets = set(after.settings["sets"])
    olds = {row.id: row for row in before.rows if row.set in sets}
    news = {row.id: row for row in after.rows}
    expected = sorted(olds.keys() | news.keys())
    whole = [i for i in expected if i in olds and i in news]
    pairs = [(olds[i], news[i]) for i in whole if not (olds[i].error or news[i].error)]
    comparisons = compare(_scores([old for old, _ in pairs]), _scores([new for _, new in pairs]))
    failures = [
        *_errored([news.get(i) for i in expected]),
        *_below_floor(list(news.values())),
        *(f"{row.id}: {fault}" for row in news.values() for fault in row.faults),
        *_fallen(comparisons),
    ]
    return Verdict(tuple(failures), tuple(comparisons), len(whole))


def verdict_text(verdict: Verdict, before: Run, after: Run) -> str:
    """The verdict as Markdown: figures, failures, and the questions that moved."""
    lines = [
        f"# 判定: {'合格' if verdict.passed else '不合格'}({verdict.questions}問)",
        *(f"- {failure}" for failure in verdict.failures),
        *(f"- 測定なしで受け入れ: {why}" for why in _waivers(before, after)),
        *(f"- 条件の違い: {what}" for what in _conditions(before, after)),
        "",
        "| 指標 | 基準 | 今回 | 差の95%区間 | p | n |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {NAMES[c.metric]} `{c.metric}` | {c.before:.3f} | {c.after:.3f} "
        f"| {c.low:+.3f}–{c.high:+.3f} | {c.p:.4f} | {c.n} |"
        for c in verdict.comparisons
    ]
    names = [c.metric for c in verdict.comparisons]
    moved = moved_rows(before, after, names)
    lines += ["", f"動いた質問 {len(moved)}問(大きく下がったものから{_SHOWN}問まで)"]
    lines += [f"\n{side_by_side(old, new, names)}" for old, new in moved[:_SHOWN]]
    return "\n".join(lines)


def baseline_folder(mode: str) -> Path:
    """Where the accepted run of a mode stands."""
    return results.BASELINE / mode


def write_baseline(run: Run, waived: str | None) -> Path:
    """Make a run the accepted one; sets that it does not hold keep their rows.

    Args:
        run: the run to accept.
        waived: the reason when it is accepted in spite of a failure.
    """
    folder = baseline_folder(run.settings["mode"])
    folder.mkdir(parents=True, exist_ok=True)
    kept: list[Row] = []
    settings = dict(run.settings)
    if (folder / "settings.json").is_file():
        before = read_run(folder)
        kept = [row for row in before.rows if row.set not in run.settings["sets"]]
        others = [name for name in before.settings["sets"] if name not in settings["sets"]]
        settings["sets"] = sorted([*settings["sets"], *others])
        ids = {name: before.settings["index_ids"][name] for name in others}
        settings["index_ids"] = settings["index_ids"] | ids
    settings["accepted_with_failures"] = waived
    write_json(folder / "settings.json", settings)
    write_rows(folder / "rows.jsonl", [*kept, *(slim(row) for row in run.rows)])
    return folder


def _scores(rows: Sequence[Row]) -> dict[str, list[float | None]]:
    return {name: [row.scores.get(name) for row in rows] for name in (PRIMARY, *GUARDED)}


def _fallen(comparisons: Sequence[Comparison]) -> list[str]:
    guarded = {c.metric: c.p for c in comparisons if c.metric != PRIMARY}
    rejected = holm(guarded, LEVEL)
    rejected |= {c.metric for c in comparisons if c.metric == PRIMARY and c.high < 0}
    return [
        f"{c.metric}: {NAMES[c.metric]}が {c.before:.3f} から {c.after:.3f} に下がりました"
        f"(差 {c.difference:+.3f}、95%区間 {c.low:+.3f}–{c.high:+.3f}、n={c.n})"
        for c in comparisons
        if c.metric in rejected
    ]


def _below_floor(rows: Sequence[Row]) -> list[str]:
    found = []
    for name, floor in FLOORS.items():
        scores = [row.scores[name] for row in rows if name in row.scores]
        if scores and sum(scores) / len(scores) < floor:
            mean = sum(scores) / len(scores)
            found.append(f"{name}: {NAMES[name]} {mean:.3f} が下限 {floor:.2f} を下回りました")
    return found


def _errored(rows: Sequence[Row | None]) -> list[str]:
    bad = sum(row is None or row.errored for row in rows)
    if bad <= _ERRORED * len(rows):
        return []
    return [f"errored: {len(rows)}問のうち{bad}問がエラーか未実施です(1%まで)"]


def _waivers(before: Run, after: Run) -> list[str]:
    found = [f"指示文 {name} — {why}" for name, why in after.settings["waived"].items()]
    if before.settings.get("accepted_with_failures"):
        found.append(f"基準 — {before.settings['accepted_with_failures']}")
    return found


def _conditions(before: Run, after: Run) -> list[str]:
    """What else differs between the runs and may be the cause of what moved."""
    sides = before.settings, after.settings
    return [
        f"{name} {old} → {new}"
        for name, key in (("モデル", "model"), ("審査モデル", "judge"), ("ベクトル", "embedding"))
        for old, new in [(side.get(key) or "なし" for side in sides)]
        if old != new
    ]
