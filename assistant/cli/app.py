"""``app``: start the web app."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from assistant.cli.console import read_settings
from assistant.cli.options import command, option
from assistant.errors import InputError

_PACKAGE = Path(__file__).parent.parent


@command("画面(Webアプリ)を開く", json_option=False)
@option("--port", "番号", "ポート番号(既定は8501)", int, default=8501)
@click.option("--headless", is_flag=True, help="ブラウザーを開かない")
def app(port: int, headless: bool, index: Path | None) -> None:
    """Serve the app until it is stopped."""
    if find_spec("streamlit") is None:
        raise InputError(
            "画面を表示するソフトウェア(Streamlit)が入っていません。",
            'pip install "regional-dx-assistant[app]" を実行してください。',
        )
    read_settings()
    if index:
        os.environ["REGIONAL_DX_INDEX"] = str(index.resolve())
    from streamlit.web.cli import main as streamlit

    print(
        f"画面を http://127.0.0.1:{port} で開きます。終えるには Ctrl+C を押してください。",
        file=sys.stderr,
    )
    arguments = ["run", str(_script()), f"--server.port={port}"]
    if headless:
        arguments.append("--server.headless=true")
    streamlit(arguments, standalone_mode=False)


def _script() -> Path:
    """The script of the app: in a wheel among the pages, in a checkout at its top."""
    installed = _PACKAGE / "ui" / "app.py"
    return installed if installed.is_file() else _PACKAGE.parent / "app.py"
