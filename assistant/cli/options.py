"""How commands are declared: the options that several of them share."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from assistant.cli.japanese import Command, Group

Decorator = Callable[[Any], Any]

FILE = click.Path(readable=False, path_type=Path)
"""Whether a file can be opened is for the command to find out and to explain."""


class Named(click.Choice[str]):
    """A code or its name: ``law``, 「法令・要綱」 or 「要綱」; the command is given the code."""

    def __init__(self, names: Mapping[Any, str]) -> None:
        super().__init__(names.values())
        self._codes = {part: code for code, name in names.items() for part in name.split("・")}
        self._codes |= {word: code for code, name in names.items() for word in (code, name)}

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code of a word of the command line."""
        return self._codes.get(value) or super().convert(value, param, ctx)


def command(text: str, group: Group | None = None, *, json_option: bool = True) -> Decorator:
    """A command, of the program or of a group in it; every command can name its index."""
    declare = group.command(help=text) if group else click.command(cls=Command, help=text)
    return lambda run: declare(index(as_json(run) if json_option else run))


def option(name: str, metavar: str, text: str, kind: Any = None, **more: Any) -> Decorator:
    """An option that takes a value: text where no other type is given."""
    return click.option(name, type=kind, metavar=metavar, help=text, **more)


_INDEX = "索引のフォルダー(既定は環境変数 REGIONAL_DX_INDEX か利用者のフォルダー)"
_MODE = "書き方(既定はauto。モデルがなければ資料の文をそのまま示す)"
index = option("--index", "フォルダー", _INDEX, FILE)
mode = click.option("--mode", type=click.Choice(["auto", "extractive", "llm"]), help=_MODE)
as_json = click.option("--json", "as_json", is_flag=True, help="JSONで出力する")
explain = click.option("--explain", is_flag=True, help="理由(語と点数など)も表示する")
force = click.option("--force", is_flag=True, help="同じ名前のファイルを上書きする")
