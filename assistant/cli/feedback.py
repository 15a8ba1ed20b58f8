"""``feedback``: judge the last answer, so that a bad one can become a test."""

import json
from pathlib import Path
from typing import Literal

import click

from assistant.cli.ask import LAST_ANSWER
from assistant.cli.console import read_settings
from assistant.cli.options import command, option
from assistant.errors import InputError, cause_of


@command("直前の回答の良し悪しを記録する(このパソコンの中だけに保存)", json_option=False)
@click.argument("verdict", type=click.Choice(["up", "down"]), metavar="up|down", help="良い、悪い")
@option("--reason", "理由", "どこが良い、悪いか", default="")
def feedback(verdict: Literal["up", "down"], reason: str, index: Path | None) -> None:  # noqa: ARG001
    """Keep the last answer with the judgement."""
    from assistant.feedback import append_feedback

    folder = read_settings().data
    try:
        answer = json.loads((folder / LAST_ANSWER).read_text(encoding="utf-8"))
        answer.pop("index", None)
        stored = append_feedback(folder, answer, verdict, reason)
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
