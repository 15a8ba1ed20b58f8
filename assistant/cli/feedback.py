"""``feedback``: judge the last answer, so that a bad one can become a test."""

import argparse
import json
from typing import Any

from assistant.cli.ask import LAST_ANSWER
from assistant.cli.console import read_settings
from assistant.cli.parser import add_command
from assistant.errors import InputError, cause_of


def register(commands: Any) -> None:
    """Add ``feedback`` to the command line."""
    text = "直前の回答の良し悪しを記録する(このパソコンの中だけに保存)"
    feedback = add_command(commands, "feedback", _feedback, text, json_option=False)
    feedback.add_argument("verdict", choices=("up", "down"), metavar="up|down", help="良い、悪い")
    feedback.add_argument("--reason", default="", metavar="理由", help="どこが良い、悪いか")


def _feedback(options: argparse.Namespace) -> int:
    from assistant.feedback import append_feedback

    folder = read_settings().data
    try:
        answer = json.loads((folder / LAST_ANSWER).read_text(encoding="utf-8"))
        answer.pop("index", None)
        stored = append_feedback(folder, answer, options.verdict, options.reason)
    except (FileNotFoundError, ValueError, KeyError):
        raise InputError(
            "直前の回答がありません。", "先に regional-dx ask で質問してください。"
        ) from None
    except OSError as error:
        raise InputError(
            f"記録を保存できません({cause_of(error)})。",
            f"フォルダー {folder} に書き込めるようにしてください。",
        ) from None
    print(f"記録しました: {stored.question}({'良い' if stored.verdict == 'up' else '悪い'})")
    return 0
