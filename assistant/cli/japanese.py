"""Click in Japanese: help pages, and usage errors from what its exceptions carry."""

from collections.abc import Iterable
from typing import Any
from unicodedata import east_asian_width

import click
from click.exceptions import NoSuchCommand

_WORDS = {
    "Commands": "コマンド",
    "Options": "オプション",
    "Positional arguments": "引数",
    "COMMAND [ARGS]...": "コマンド ...",
    "[OPTIONS]": "[オプション]",
}


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = "使い方: ") -> None:
        super().write_usage(prog, args, prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading(_WORDS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], *_: int, **__: int) -> None:
        """Two columns, a Japanese character as wide as two others; the terminal breaks lines."""
        rows = list(rows)
        widths = {term: sum(1 + (east_asian_width(c) in "FW") for c in term) for term, _ in rows}
        for term, text in rows:
            gap = " " * (max(widths.values()) - widths[term])
            self.write(f"{'':>{self.current_indent}}{term}{gap}  {text}\n")


class _Context(click.Context):
    formatter_class = _Formatter


class Command(click.Command):
    """A command whose help is in Japanese and whose usage errors know where they arose."""

    context_class = _Context

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """What follows the name of the command in its usage line."""
        return [_WORDS.get(piece, piece) for piece in super().collect_usage_pieces(ctx)]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option ``--help``."""
        option = super().get_help_option(ctx)
        if option:
            option.help = "この説明を表示して終わる"
        return option

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line; an error that has no context is given this one."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command


def usage_text(error: click.UsageError) -> str:
    """A wrong command line in two lines: what is wrong, and where to read how it is written."""
    place = error.ctx.command_path if error.ctx else "regional-dx"
    return (
        f"エラー: コマンドの書き方が正しくありません({_fault(error)})。\n"
        f"対処: {place} --help で書き方を確かめてください。"
    )


def _fault(error: click.UsageError) -> str:
    command: Any = error.ctx.command if error.ctx else None
    match error:
        case NoSuchCommand():
            return f"{error.command_name} というコマンドはありません{_near(error.possibilities)}"
        case click.NoSuchOption():
            return f"{error.option_name} は使えません{_near(error.possibilities)}"
        case click.BadOptionUsage():
            named = next(param for param in command.params if error.option_name in param.opts)
            return (
                f"{error.option_name} {'に値は要りません' if named.is_flag else 'の値がありません'}"
            )
        case click.MissingParameter(param=click.Parameter() as param):
            return f"{_name(param)} が必要です"
        case click.BadParameter(param=click.Parameter(type=click.Choice(choices=choices)) as param):
            return f"{_name(param)} は {'、'.join(choices)} から選んでください"
        case click.BadParameter(param=click.Parameter() as param):
            return f"{_name(param)} は整数で書いてください"
    if error.ctx and isinstance(command, click.Group):
        return f"続けて {'、'.join(command.list_commands(error.ctx))} のどれかが必要です"
    return '余分な語があります。空白を含む文は " で囲んでください'


def _name(param: click.Parameter) -> str:
    return param.opts[-1] if isinstance(param, click.Option) else param.human_readable_name


def _near(names: list[str] | None) -> str:
    return f"。{'、'.join(names)} のことですか" if names else ""
