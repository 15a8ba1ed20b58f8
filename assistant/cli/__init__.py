"""The ``regional-dx`` command. Answers on standard output, everything else on standard error.

Libraries are imported inside the commands, and the module of a command only when it is called:
``--help`` must answer at once.
"""

import os
import sys
from importlib import import_module

import click

from assistant.cli.japanese import Group, usage_text
from assistant.errors import AssistantError

_NAME = "regional-dx"
_COMMANDS = (
    "ingest",
    "index",
    "search",
    "ask",
    "show",
    "corpus",
    "models",
    "app",
    "feedback",
    "draft",
    "doctor",
)
_MODULES = {"index": "ingest", "search": "ask", "show": "ask"}
"""The module of this package that holds a command, where it is not called as the command."""


class _Program(Group):
    def list_commands(self, _: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"assistant.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(module, cmd_name)
        return command


_program = _Program(
    _NAME,
    help="地域DXの資料から、出典つきで答えます。",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code (0 done, 1 expected error).

    Raises:
        SystemExit: with 0 after help or shell completion, with 2 after a usage error.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A console in CP932 must not stop an answer that holds a character it lacks.
            stream.reconfigure(errors="replace")
    if "_REGIONAL_DX_COMPLETE" in os.environ:
        _program.main(prog_name=_NAME)
    try:
        with _program.make_context(
            _NAME, list(sys.argv[1:] if arguments is None else arguments)
        ) as context:
            code = int(_program.invoke(context) or 0)
        sys.stdout.flush()
        return code
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.UsageError as error:
        print(usage_text(error), file=sys.stderr)
        sys.exit(2)
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
