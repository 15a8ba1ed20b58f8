"""The gate: every question asked, or a stored run taken, and held against the accepted baseline.

When a run fails stands in `evals.run.verdict`. Beside it the sample of others' texts must reach its
floors, and the prompts must be the accepted ones. A run without a model says nothing about a
prompt: the gate then says that it cannot judge the change.
"""

import argparse
from pathlib import Path

from assistant.errors import InputError
from evals.run.lock import accept, problems, unproven
from evals.run.results import baseline_folder, newest_run, read_run, write_baseline
from evals.run.run import Plan, collect
from evals.run.verdict import judge, verdict_text
from evals.sets.samples import NO_SAMPLES, SETS, available_sets, samples
from evals.studies.foreign import ask_sample, outcome_text


def main() -> int:
    """Judge a run and, where asked, make it the baseline; returns the exit code, 1 on failure.

    Raises:
        InputError: the run cannot be judged, or not be accepted.
    """
    options = _options()
    if options.waive and not options.accept:
        raise InputError(
            "--waive だけでは判定は変わりません。", "--accept と一緒に指定してください。"
        )
    folder = _run_folder(options)
    after = read_run(folder)
    if after.settings["limit"] is not None:
        raise InputError(
            "--limit を付けた実行では判定できません。", "全問の実行を指定してください。"
        )
    baseline = baseline_folder(after.settings["mode"])
    passed = True
    if (baseline / "settings.json").is_file():
        before = read_run(baseline)
        verdict = judge(before, after)
        passed = verdict.passed
        print(verdict_text(verdict, before, after))
    elif not options.accept:
        raise InputError("受け入れた基準がまだありません。", "gate --accept で作ってください。")
    passed = _foreign_sample() and passed
    found = problems()
    for problem in found:
        print(f"- {problem}")
    for name in unproven(after.settings):
        print(
            f"- 指示文 {name} の変更の良し悪しは、この実行では判定できません(モデルと審査モデルを"
            "使い、この指示文で答えた実行ではありません)。python -m evals run --mode llm --judge … "
            "で測り、その名前を gate --run に指定してください。"
        )
    if not options.accept:
        return 0 if passed and not found else 1
    if not (passed or options.waive):
        raise InputError("不合格の実行は受け入れられません。", '--waive "理由" を付けてください。')
    locked = accept(after.settings, folder.name, waive=options.waive)
    print(f"受け入れた指示文: {'、'.join(locked) or 'なし(変わっていません)'}")
    print(f"受け入れた基準: {write_baseline(after, None if passed else options.waive)}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", metavar="NAME", help="a run made before")
    parser.add_argument("--set", action="append", choices=SETS, help="default: those at hand")
    parser.add_argument("--accept", action="store_true", help="make this run the baseline")
    parser.add_argument("--waive", metavar="REASON", help="accept in spite of a failure")
    return parser.parse_args()


def _run_folder(options: argparse.Namespace) -> Path:
    """The folder of the run named, or of a new one."""
    if not options.run:
        return collect(Plan("gate", tuple(options.set or available_sets())), fresh=True)
    folder = newest_run(options.run)
    if folder is None:
        raise InputError(
            f"{options.run} という名前の実行はありません。",
            f"python -m evals run --name {options.run} で作るか、evals/results の名前を"
            "日付なしで指定してください。",
        )
    return folder


def _foreign_sample() -> bool:
    """Ask the sample of others' texts where it is at hand; whether no floor is missed."""
    if not (samples() / "data").is_dir():
        print(f"よその資料での標本: 測っていません(REGIONAL_DX_SAMPLES に{NO_SAMPLES})。")
        return True
    outcomes = ask_sample(samples())
    print(outcome_text(outcomes))
    failures = [outcome.failure for outcome in outcomes if outcome.failure]
    for failure in failures:
        print(f"- {failure}")
    return not failures
