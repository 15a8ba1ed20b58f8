"""``python -m evals run|quotes|retrieval``: the maintainers' commands."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from assistant import Assistant
from evals.cases import load_cases
from evals.quotes import main as check_quotes
from evals.retrieval import measure
from evals.run import ask_all, table


def main() -> int:
    """Run the command named."""
    options = _parser().parse_args()
    return int(options.run(options))


def _run(options: argparse.Namespace) -> int:
    from assistant.indexing import ingest, starter_folders
    from assistant.settings import Settings

    cases = load_cases(options.set)
    samples = Path(os.environ.get("REGIONAL_DX_SAMPLES", ""))
    paths = [samples / "seeds"] if options.set == "originals" else starter_folders()
    if not all(path.is_dir() for path in paths):
        print("標本資料がありません(REGIONAL_DX_SAMPLES を設定してください)", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        root = Path(name)
        ingest(paths, root, Settings())
        assistant = Assistant.open(root, Settings())
        print(table(ask_all(assistant, cases)))
        assistant.close()
    return 0


def _quotes(options: argparse.Namespace) -> int:
    return check_quotes(options.file)


def _retrieval(options: argparse.Namespace) -> int:
    figures = measure(options.folder, half=options.half)
    if options.save:
        options.save.write_text(json.dumps(figures["rows"]), encoding="utf-8")
    shown = {name: value for name, value in figures.items() if name != "rows"}
    print(json.dumps(shown, ensure_ascii=False))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="ask every question of a set")
    run.add_argument("--set", choices=("originals", "guidance"), default="originals")
    run.set_defaults(run=_run)
    quotes = commands.add_parser("quotes", help="check the quotes of `ask --json` output")
    quotes.add_argument("file", help="answers, one JSON object a line; - for standard input")
    quotes.set_defaults(run=_quotes)
    retrieval = commands.add_parser("retrieval", help="measure retrieval on a judged set")
    retrieval.add_argument("folder", type=Path)
    retrieval.add_argument("--half", type=int, choices=(0, 1), help="every second query only")
    retrieval.add_argument("--save", type=Path, help="write the figures of every query here")
    retrieval.add_argument("--json", action="store_true", help="accepted for scripts; always JSON")
    retrieval.set_defaults(run=_retrieval)
    return parser


if __name__ == "__main__":
    sys.exit(main())
