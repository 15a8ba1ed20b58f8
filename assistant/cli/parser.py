"""The command line's grammar: Japanese help, usage errors in two lines."""

import argparse
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
        line = f"コマンドの書き方が正しくありません({message})。"
        print(
            f"エラー: {line}\n対処: {self.prog} --help で書き方を確かめてください。",
            file=sys.stderr,
        )
        sys.exit(2)


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
