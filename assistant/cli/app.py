"""``app``: start the web app."""

import argparse
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant.cli.console import read_settings
from assistant.cli.parser import add_command
from assistant.errors import InputError

_PACKAGE = Path(__file__).parent.parent


def register(commands: Any) -> None:
    """Add ``app`` to the command line."""
    app = add_command(commands, "app", _app, "画面(Webアプリ)を開く", json_option=False)
    app.add_argument(
        "--port", type=int, default=8501, metavar="番号", help="ポート番号(既定は8501)"
    )
    app.add_argument("--headless", action="store_true", help="ブラウザーを開かない")


def _app(options: argparse.Namespace) -> int:
    if find_spec("streamlit") is None:
        raise InputError(
            "画面を表示するソフトウェア(Streamlit)が入っていません。",
            'pip install "regional-dx-assistant[app]" を実行してください。',
        )
    read_settings()
    if options.index:
        os.environ["REGIONAL_DX_INDEX"] = str(options.index.resolve())
    from streamlit.web.cli import main as streamlit

    print(
        f"画面を http://127.0.0.1:{options.port} で開きます。終えるには Ctrl+C を押してください。",
        file=sys.stderr,
    )
    arguments = ["run", str(_script()), f"--server.port={options.port}"]
    if options.headless:
        arguments.append("--server.headless=true")
    streamlit(arguments, standalone_mode=False)
    return 0


def _script() -> Path:
    """The script of the app: in a wheel among the pages, in a checkout at its top."""
    installed = _PACKAGE / "ui" / "app.py"
    return installed if installed.is_file() else _PACKAGE.parent / "app.py"
