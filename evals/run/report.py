"""A run put into figures: ``summary.json``, and ``report.md`` with plots for people (Japanese)."""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.run import results
from evals.run.metrics import JUDGED, METRICS, MODEL_METRICS, PRIMARY
from evals.run.readme import write_tables
from evals.run.results import Row, Run, read_run, write_json
from evals.run.tables import NAMES, figures, share_cell, table

_WORST = 15
_MOVED = 20
_SHORT = 160


def summarise(run: Run) -> dict[str, Any]:
    """The figures of a run, as ``summary.json`` holds them."""
    whole = [row for row in run.rows if not row.error]
    answers = [row.answer for row in whole if row.answer]
    used = [answer["provenance"] for answer in answers]
    tokens = {
        "input": sum(p["input_tokens"] for p in used),
        "output": sum(p["output_tokens"] for p in used),
        "judge_input": sum(row.judge_tokens[0] for row in whole),
        "judge_output": sum(row.judge_tokens[1] for row in whole),
    }
    return {
        "rows": len(run.rows),
        "errored": sum(row.errored for row in run.rows),
        "metrics": figures(run.rows),
        "names": NAMES,
        "groups": {name: figures(rows) for name, rows in _groups(run.rows).items()},
        "tokens": tokens,
        "cost": _cost(tokens, run.settings.get("price")),
        "quotes": sum(len(answer["citations"]) for answer in answers),
        "faulty_rows": sum(bool(row.faults) for row in whole),
        "seconds": round(sum(answer["seconds"] for answer in answers), 2),
        "agreement": run.settings.get("agreement"),
    }


def write_report(folder: Path, before: Path | None = None) -> Path:
    """Write summary, report and plots beside the rows of a run.

    Args:
        folder: holds settings.json and rows.jsonl.
        before: an earlier run to say what moved; None leaves that part out.
    """
    run = read_run(folder)
    summary = summarise(run)
    _plots(folder, summary)
    parts = [
        f"# {folder.name}",
        _settings_part(run, summary),
        "## 指標(95%区間)\n\n" + _metrics_part(summary) + "\n\n![指標](metrics.png)",
        "## 種類ごと\n\n" + _kinds_part(summary) + "\n\n![種類ごと](kinds.png)",
        "## 採点できなかった行\n\n" + _unscored_part(run.rows),
        "## 悪かった質問\n\n" + _worst_part(run.rows),
    ]
    if before:
        parts.append(
            f"## 前の実行({before.name})から動いた質問\n\n" + _moved(read_run(before), run)
        )
    report = folder / "report.md"
    report.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")
    write_json(folder / "summary.json", summary)
    return report


def moved_rows(before: Run, after: Run, metrics: Sequence[str]) -> list[tuple[Row, Row]]:
    """Rows of the same question whose scores differ, those that fell most first."""
    olds = {row.id: row for row in before.rows}
    pairs = [(olds[row.id], row) for row in after.rows if row.id in olds]
    changed = [(old, new) for old, new in pairs if _changes(old, new, metrics)]
    return sorted(changed, key=lambda pair: sum(_changes(pair[0], pair[1], metrics).values()))


def side_by_side(old: Row, new: Row, metrics: Sequence[str]) -> str:
    """One question with its moved scores and both answers, as Markdown."""
    moves = [
        f"{name} {_number(old.scores.get(name))} → {_number(new.scores.get(name))}"
        for name in _changes(old, new, metrics)
    ]
    before, after = (_cell(_answer_text(row)) for row in (old, new))
    return (
        f"**{new.id}** {new.question}  \n{'、'.join(moves)}\n\n| 前 | 後 |\n|---|---|\n"
        f"| {before} | {after} |"
    )


def _groups(rows: Sequence[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        for name in (
            f"set:{row.set}",
            f"kind:{row.kind}",
            f"split:{row.split}",
            f"set:{row.set} split:{row.split} style:{row.style}",
        ):
            groups.setdefault(name, []).append(row)
    return dict(sorted(groups.items()))


def _cost(tokens: dict[str, int], price: list[float] | None) -> float | None:
    """What the tokens cost at a price per million input and output tokens; None without one."""
    if not price:
        return None
    entered = tokens["input"] + tokens["judge_input"]
    written = tokens["output"] + tokens["judge_output"]
    return round((entered * price[0] + written * price[1]) / 1e6, 4)


def _settings_part(run: Run, summary: dict[str, Any]) -> str:
    settings = run.settings
    lines = [
        f"- 実施: {settings['started']}、質問集 {'、'.join(settings['sets'])}、"
        f"{summary['rows']}問(エラー {summary['errored']})",
        f"- 答え方: {settings['mode']}、モデル {settings['model'] or 'なし'}、"
        f"審査モデル {settings['judge'] or 'なし'}",
        f"- 索引: {'、'.join(f'{k} {v}' for k, v in settings['index_ids'].items())}"
        f"(ベクトル {settings['embedding']})",
        f"- 引用 {summary['quotes']}件を原文と照合、誤りのある行 {summary['faulty_rows']}",
    ]
    lines += [f"- 指示文 {name}: {found}" for name, found in settings["prompts"].items()]
    lines += [f"- 試した指示文 {n}: {path}" for n, path in settings["prompt_files"].items()]
    lines += [
        f"- **指示文 {name} は測定なしで受け入れられています**: {reason}"
        for name, reason in settings["waived"].items()
    ]
    tokens = summary["tokens"]
    if any(tokens.values()):
        cost = "単価の指定なし" if summary["cost"] is None else f"費用 {summary['cost']}"
        lines.append(
            f"- トークン: 入力 {tokens['input']}、出力 {tokens['output']}、"
            f"審査 {tokens['judge_input']}+{tokens['judge_output']}({cost})"
        )
    if summary["agreement"]:
        found = summary["agreement"]
        lines.append(
            f"- 審査モデルと手で付けた判定の一致: {found['agreed']}/{found['n']}"
            f"(κ {found['kappa']:.2f}、採点できず {found['failed']})"
        )
    return "\n".join(lines)


def _metrics_part(summary: dict[str, Any]) -> str:
    rows = []
    for name, found in summary["metrics"].items():
        digits = 0 if name == "answer_length" else 3
        value = "–" if found["mean"] is None else f"{found['mean']:.{digits}f}"
        bounds = "–"
        if found["mean"] is not None:
            bounds = f"{found['low']:.{digits}f}–{found['high']:.{digits}f}"
        rows.append((NAMES[name], f"`{name}`", value, bounds, found["n"], found["unscored"]))
    return table(("指標", "", "値", "95%区間", "n", "対象外・採点不能"), rows)


def _kinds_part(summary: dict[str, Any]) -> str:
    shown = [PRIMARY, "top_5", "citation_precision", "refusal_recall", "answered"]
    rows = (
        (group.removeprefix("kind:"), *(share_cell(found.get(name)) for name in shown))
        for group, found in summary["groups"].items()
        if group.startswith("kind:")
    )
    return table(("種類", *(NAMES[name] for name in shown)), rows)


def _unscored_part(rows: Sequence[Row]) -> str:
    """Each metric's unscorable rows by reason, and the failed rows one by one."""
    reasons = Counter((name, why) for row in rows for name, why in row.unscored.items())
    lines = [f"- `{name}`: {why} ({count})" for (name, why), count in sorted(reasons.items())]
    lines += [f"- エラー {row.id}: {row.error}" for row in rows if row.error]
    lines += [f"- 引用の誤り {row.id}: {fault}" for row in rows for fault in row.faults]
    lines += [
        f"- 審査のエラー {row.id} `{name}`: {why}"
        for row in rows
        for name, why in row.judge_errors.items()
    ]
    return "\n".join(lines) or "なし"


def _worst_part(rows: Sequence[Row]) -> str:
    """Unanswerable questions that were answered, then answerable ones with the fewest facts."""
    wrong = [row for row in rows if row.scores.get("refusal_recall") == 0]
    poor = sorted(
        (row for row in rows if row.scores.get(PRIMARY, 1.0) < 1),
        key=lambda row: (row.scores[PRIMARY], row.scores.get("top_5", 0.0), row.id),
    )
    lines = [
        f"- {row.id}({row.kind}、{row.style}){row.question} → {_short(_answer_text(row))}"
        for row in [*wrong[:_WORST], *poor[:_WORST]]
    ]
    return "\n".join(lines) or "なし"


def _moved(before: Run, after: Run) -> str:
    metrics = [name for name in (*METRICS, *MODEL_METRICS, *JUDGED) if name != "answer_length"]
    pairs = moved_rows(before, after, metrics)
    shown = [*pairs[:_MOVED], *pairs[max(_MOVED, len(pairs) - _MOVED) :]]
    parts = [side_by_side(old, new, metrics) for old, new in shown]
    return "\n\n".join([f"{len(pairs)}問が動きました。", *parts])


def _changes(old: Row, new: Row, metrics: Sequence[str]) -> dict[str, float]:
    """Moved metrics with their difference; a metric scored on one side only counts as 0 there."""
    found = {}
    for name in metrics:
        before, after = old.scores.get(name), new.scores.get(name)
        if (before is None) != (after is None) or abs((before or 0) - (after or 0)) > 1e-3:
            found[name] = (after or 0.0) - (before or 0.0)
    return found


def _answer_text(row: Row) -> str:
    if row.error:
        return f"エラー: {row.error}"
    if row.answer:
        return str(row.answer["answer"])
    return "(断り)" if row.refused else "引用した箇所: " + "、".join(row.cited)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else line[:_SHORT] + "…"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _plots(folder: Path, summary: dict[str, Any]) -> None:
    """``metrics.png`` and ``kinds.png``: points with 95 % intervals."""
    shares = {n: f for n, f in summary["metrics"].items() if n != "answer_length"}
    _plot(folder / "metrics.png", shares)
    kinds = {
        group.removeprefix("kind:"): found[metric]
        for group, found in summary["groups"].items()
        for metric in [PRIMARY if found.get(PRIMARY, {}).get("n") else "refusal_recall"]
        if group.startswith("kind:") and metric in found
    }
    _plot(folder / "kinds.png", kinds)


def _plot(path: Path, found: dict[str, dict[str, Any]]) -> None:
    from matplotlib.figure import Figure

    kept = [(name, f) for name, f in reversed(found.items()) if f["mean"] is not None]
    means = [f["mean"] for _, f in kept]
    spread = [
        [f["mean"] - f["low"] for _, f in kept],
        [f["high"] - f["mean"] for _, f in kept],
    ]
    chart = Figure(figsize=(8, 0.35 * len(kept) + 1), layout="constrained")
    axes = chart.subplots()
    axes.errorbar(means, range(len(kept)), xerr=spread, fmt="o", capsize=3)
    axes.set_yticks(range(len(kept)), [f"{name} (n={f['n']})" for name, f in kept])
    axes.set_xlim(-0.02, 1.02)
    axes.grid(axis="x", alpha=0.4)
    chart.savefig(path, dpi=100)


def newest_before(folder: Path) -> Path | None:
    """The newest finished run other than `folder`, to say what moved."""
    found = results.newest_run()
    return found if found != folder else None


def main() -> None:
    """Write the report of a stored run anew, with its tables in both READMEs if wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--before", type=Path, help="an earlier run to say what moved")
    parser.add_argument("--readme", action="store_true", help="put its tables into both READMEs")
    options = parser.parse_args()
    print(write_report(options.folder, options.before))
    if options.readme:
        write_tables(read_run(options.folder))
