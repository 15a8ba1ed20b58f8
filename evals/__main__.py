"""``python -m evals run|gate|report|add-case|quotes|plans|retrieval``, for maintainers."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from evals.plans import main as check_plans
from evals.quotes import main as check_quotes


def main() -> int:
    """Run the command named."""
    from assistant.errors import AssistantError
    from evals.add_case import CaseError
    from evals.lock import LockError
    from evals.run import RunError

    options = _parser().parse_args()
    try:
        return int(options.run(options))
    except (CaseError, LockError, RunError) as error:
        print(f"エラー: {error}", file=sys.stderr)
        return 1
    except AssistantError as error:
        print(f"エラー: {error.message}\n対処: {error.remedy}", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    from evals.gate import judge, verdict_text
    from evals.report import newest_before, write_report
    from evals.results import read_run
    from evals.run import Plan, available_sets, collect

    accepted = Plan(
        options.name,
        tuple(options.set or available_sets()),
        limit=options.limit,
        concurrency=options.concurrency,
        mode=options.mode,
        judge=options.judge,
        judge_url=options.judge_url,
        price=tuple(options.price) if options.price else None,
    )
    if not options.prompt:
        folder = collect(accepted)
        print(write_report(folder, newest_before(folder)))
        return 0
    before = collect(replace(accepted, name=f"{options.name}-accepted"))
    tried = replace(accepted, prompt_files=dict(options.prompt))
    folder = collect(tried)
    write_report(before)
    print(write_report(folder, before))
    runs = read_run(before), read_run(folder)
    print(verdict_text(judge(*runs), *runs))
    return 0


def _gate(options: argparse.Namespace) -> int:
    from evals.gate import baseline_folder, judge, verdict_text, write_baseline
    from evals.lock import accept, problems
    from evals.results import newest_run, read_run
    from evals.run import Plan, RunError, available_sets, collect

    if options.waive and not options.accept:
        raise RunError("--waive は --accept と一緒に指定してください。")
    if options.run_name:
        folder = newest_run(options.run_name)
        if folder is None:
            raise RunError(f"{options.run_name} という名前の実行はありません。")
    else:
        folder = collect(Plan("gate", tuple(options.set or available_sets())), fresh=True)
    after = read_run(folder)
    if after.settings["limit"] is not None:
        raise RunError("--limit を付けた実行では判定できません。全問の実行を指定してください。")
    baseline = baseline_folder(after.settings["mode"])
    passed = True
    if (baseline / "settings.json").is_file():
        before = read_run(baseline)
        verdict = judge(before, after)
        passed = verdict.passed
        print(verdict_text(verdict, before, after))
    elif not options.accept:
        raise RunError("受け入れた基準がまだありません。gate --accept で作ってください。")
    passed = _foreign_sample() and passed
    for problem in problems():
        print(f"- {problem}")
    if not options.accept:
        return 0 if passed and not problems() else 1
    if not (passed or options.waive):
        raise RunError('不合格の実行を受け入れるには --waive "理由" が要ります。')
    locked = accept(after.settings, folder.name, waive=options.waive)
    print(f"受け入れた指示文: {'、'.join(locked) or 'なし(変わっていません)'}")
    print(f"受け入れた基準: {write_baseline(after, None if passed else options.waive)}")
    return 0


def _foreign_sample() -> bool:
    """Ask the sample of others' texts where it is at hand; whether no floor is missed."""
    from evals.run import samples
    from evals.studies.foreign import ask_sample, outcome_text

    folder = samples()
    if not (folder / "data").is_dir():
        print("よその資料での標本: 測っていません(REGIONAL_DX_SAMPLES に標本がありません)。")
        return True
    outcomes = ask_sample(folder)
    print(outcome_text(outcomes))
    failures = [outcome.failure for outcome in outcomes if outcome.failure]
    for failure in failures:
        print(f"- {failure}")
    return not failures


def _report(options: argparse.Namespace) -> int:
    from evals.readme import write_tables
    from evals.report import write_report
    from evals.results import read_run

    print(write_report(options.folder, options.before))
    if options.readme:
        write_tables(read_run(options.folder))
    return 0


def _add_case(options: argparse.Namespace) -> int:
    from assistant.indexing import starter_corpus
    from assistant.settings import load_settings
    from evals.add_case import CaseError, Marking, add_case, open_complaints
    from evals.run import SETS, samples

    complaints = open_complaints(load_settings().data, SETS)
    if options.number is None:
        for number, complaint in enumerate(complaints, start=1):
            print(f"{number}. {complaint.question}(理由: {complaint.reason or 'なし'})")
        print(f"質問集にない「悪い」の記録: {len(complaints)}件")
        return 0
    if not 1 <= options.number <= len(complaints):
        raise CaseError(f"{options.number}番の記録はありません(1から{len(complaints)}まで)")
    marking = Marking(
        options.set,
        options.kind,
        options.style,
        tuple(options.gold),
        tuple(options.fact),
        options.reference,
    )
    root = starter_corpus() if options.set == "guidance" else samples() / "seeds"
    case = add_case(complaints[options.number - 1], marking, root)
    print(
        f"{options.set} に {case.id} を加えました。python -m evals gate --accept で基準に入ります。"
    )
    return 0


def _quotes(options: argparse.Namespace) -> int:
    return check_quotes(options.file)


def _plans(options: argparse.Namespace) -> int:
    return check_plans(options.file)


def _retrieval(options: argparse.Namespace) -> int:
    from assistant.settings import load_settings
    from evals.retrieval import against, measure

    saved = json.loads(options.against.read_text(encoding="utf-8")) if options.against else None
    figures = measure(options.folder, load_settings(), half=options.half)
    if options.save:
        options.save.write_text(json.dumps(figures["rows"]), encoding="utf-8")
    shown = {name: value for name, value in figures.items() if name != "rows"}
    if saved is not None:
        shown["against"] = against(figures["rows"], saved)
    print(json.dumps(shown, ensure_ascii=False))
    return 0


def _parser() -> argparse.ArgumentParser:
    from evals.cases import KINDS
    from evals.run import SETS

    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="ask every question, score, store and report")
    run.add_argument("--name", required=True, help="a stopped run of this name goes on")
    _set_option(run)
    run.add_argument("--limit", type=int, help="only so many questions of each set")
    run.add_argument("--concurrency", type=int, default=1, help="questions asked at a time")
    run.add_argument("--mode", choices=("extractive", "llm"), default="extractive",
                     help="llm: with the model of REGIONAL_DX_MODEL")  # fmt: skip
    run.add_argument("--prompt", action="append", type=_prompt, metavar="NAME=FILE",
                     help="try another prompt and compare it with the accepted one")  # fmt: skip
    run.add_argument("--judge", metavar="MODEL", help="judge model; its key: OPENAI_API_KEY")
    run.add_argument("--judge-url", metavar="URL", help="its OpenAI-compatible endpoint")
    run.add_argument("--price", type=float, nargs=2, metavar=("IN", "OUT"),
                     help="of a million input and output tokens")  # fmt: skip
    run.set_defaults(run=_run)
    gate = commands.add_parser("gate", help="hold a run against the accepted baseline")
    gate.add_argument("--run", dest="run_name", metavar="NAME", help="a run made before")
    _set_option(gate)
    gate.add_argument("--accept", action="store_true", help="make this run the baseline")
    gate.add_argument("--waive", metavar="REASON", help="accept in spite of a failure")
    gate.set_defaults(run=_gate)
    report = commands.add_parser("report", help="write the report of a run anew")
    report.add_argument("folder", type=Path)
    report.add_argument("--before", type=Path, help="an earlier run to say what moved")
    report.add_argument("--readme", action="store_true", help="put its tables into both READMEs")
    report.set_defaults(run=_report)
    add = commands.add_parser("add-case", help="turn a stored thumbs-down into a case")
    add.add_argument("number", type=int, nargs="?", help="of the complaint; without it, a list")
    add.add_argument("--set", default="guidance", choices=SETS)
    add.add_argument("--kind", choices=sorted(KINDS), default="fact")
    add.add_argument("--style", choices=("direct", "townhall"), default="townhall")
    add.add_argument("--gold", action="append", default=[], metavar="FILE:LINE-LINE")
    add.add_argument("--fact", action="append", default=[], metavar="SPELLING|SPELLING")
    add.add_argument("--reference", default="", help="the right answer in a sentence")
    add.set_defaults(run=_add_case)
    quotes = commands.add_parser("quotes", help="check the quotes of `ask --json` output")
    quotes.add_argument("file", help="answers, one JSON object a line; - for standard input")
    quotes.set_defaults(run=_quotes)

    plans = commands.add_parser("plans", help="check `draft --json` output")
    plans.add_argument("file", help="plans, one JSON object a line; - for standard input")
    plans.set_defaults(run=_plans)
    retrieval = commands.add_parser("retrieval", help="measure retrieval on a judged set")
    retrieval.add_argument("folder", type=Path)
    retrieval.add_argument("--half", type=int, choices=(0, 1), help="every second query only")
    retrieval.add_argument("--save", type=Path, help="write the figures of every query here")
    retrieval.add_argument("--against", type=Path, help="compare with figures saved before")
    retrieval.add_argument("--json", action="store_true", help="accepted for scripts; always JSON")
    retrieval.set_defaults(run=_retrieval)
    return parser


def _prompt(text: str) -> tuple[str, Path]:
    name, equals, file = text.partition("=")
    if not (name and equals and Path(file).is_file()):
        raise argparse.ArgumentTypeError(f"not NAME=FILE: {text}")
    return name, Path(file)


def _set_option(command: argparse.ArgumentParser) -> None:
    from evals.run import HAND_KEPT, SETS

    command.add_argument("--set", action="append", choices=SETS + HAND_KEPT,
                         help="default: guidance, originals if at hand")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
