"""The command line's grammar: Japanese help, usage errors in two lines."""

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from assistant.schema import KINDS, STATUSES


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Japanese where argparse lets it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "add_help": False})
        self._positionals.title, self._optionals.title = "引数", "オプション"
        self.add_argument("-h", "--help", action="help", help="この説明を表示して終わる")

    def error(self, message: str) -> NoReturn:
        """Explain a wrong command line in two lines and exit with 2."""
        line = f"コマンドの書き方が正しくありません({_in_japanese(message)})。"
        print(
            f"エラー: {line}\n対処: {self.prog} --help で書き方を確かめてください。",
            file=sys.stderr,
        )
        sys.exit(2)


# argparse speaks English, by gettext without a catalogue: its sentences, and ours.
_SENTENCES = (
    (r"argument (.+?): (.*)", r"\1: \2"),
    (r"the following arguments are required: (.*)", r"\1 が必要です"),
    (r"unrecognized arguments: (.*)", r"\1 は使えません"),
    (r"invalid choice: (.*) \(choose from (.*)\)", r"\1 は選べません。\2 から選んでください"),
    (r"invalid int value: (.*)", r"\1 は整数ではありません"),
    (r"expected (?:one argument|at least one argument|1 argument)", "値がありません"),
    (r"not allowed with argument (.*)", r"\1 と同時には使えません"),
    (r"ignored explicit argument (.*)", r"値 \1 は要りません"),
    (r"ambiguous option: (.*) could match (.*)", r"\1 は \2 のどれか分かりません"),
)


def _in_japanese(message: str) -> str:
    for english, japanese in _SENTENCES:
        message = re.sub(english, japanese, message)
    return message


def add_command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
    *,
    json_option: bool = True,
) -> argparse.ArgumentParser:
    """A command that calls `run`; every command can name its index."""
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    command.add_argument(
        "--index",
        type=Path,
        metavar="フォルダー",
        help="索引のフォルダー(既定は環境変数 REGIONAL_DX_INDEX か利用者のフォルダー)",
    )
    if json_option:
        command.add_argument("--json", action="store_true", help="JSONで出力する")
    return command


def add_question(command: argparse.ArgumentParser) -> None:
    """The question, ``--from`` and the filters that `search` and `ask` share."""
    command.add_argument("question", nargs="?", metavar="質問")
    command.add_argument(
        "--from",
        dest="source",
        metavar="ファイル",
        help='1行に1つ {"id", "question"} を書いたファイル(- は標準入力)',
    )
    command.add_argument("--kind", choices=KINDS, help="文書の種類で絞る")
    command.add_argument("--status", choices=STATUSES, help="文書の段階(案・確定など)で絞る")
    command.add_argument("--since", metavar="日付", help="この日以後の文書(2024-04-24の形)")
    command.add_argument("--until", metavar="日付", help="この日以前の文書")
    command.add_argument("--speaker", metavar="発言者", help="発言者で絞る")
