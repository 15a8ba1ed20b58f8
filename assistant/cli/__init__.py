"""The ``regional-dx`` command. Answers on standard output, everything else on standard error.

Libraries are imported inside the commands: ``--help`` must answer at once. One module a group of
commands, each with ``register(commands)``.
"""

import os
import sys

from assistant.cli import app, ask, corpus, doctor, draft, feedback, ingest, models
from assistant.cli.parser import Parser
from assistant.errors import AssistantError

_GROUPS = (ingest, ask, corpus, models, app, feedback, draft, doctor)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code (0 done, 1 expected error, 2 usage)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A console in CP932 must not stop an answer that holds a character it lacks.
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except AssistantError as error:
        print(f"エラー: {error.message}\n対処: {error.remedy}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("エラー: 中断しました。\n対処: 必要なら、もう一度実行してください。", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (head, less) has seen enough; what is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> Parser:
    parser = Parser(prog="regional-dx", description="地域DXの資料から、出典つきで答えます。")
    commands = parser.add_subparsers(required=True, metavar="コマンド")
    for group in _GROUPS:
        group.register(commands)
    return parser
