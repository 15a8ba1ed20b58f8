"""``models``: the models that can be fetched for the search, and fetching one."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.cli.console import Progress, print_value, read_settings
from assistant.cli.parser import add_command


def register(commands: Any) -> None:
    """Add ``models list`` and ``models get`` to the command line."""
    models = commands.add_parser("models", help="検索に使うモデルを並べる、手元に取得する")
    actions = models.add_subparsers(required=True, metavar="操作")
    add_command(actions, "list", _list, "取得できるモデルを、利用条件と大きさとともに並べる")
    get = add_command(actions, "get", _get, "モデルを1つ、データのフォルダーに取得する")
    get.add_argument("name", metavar="名前", help="models list に出る名前")
    get.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="フォルダーかzip",
        help="通信せず、別に手に入れたファイルから取り込む",
    )
    get.add_argument(
        "--accept-sha256", action="store_true", help="登録のない SHA-256 を、確かめたものとして使う"
    )


def _list(options: argparse.Namespace) -> int:
    from assistant.retrieval.fetched_models import named_models

    settings = read_settings()
    rows: list[dict[str, Any]] = [
        {
            "name": model.name,
            "setting": model.setting,
            "licence": model.licence,
            "page": model.page,
            "bytes": sum(file.bytes or 0 for file in model.files),
            "files": [asdict(file) for file in model.files],
            "fetched": model.folder(settings).is_dir(),
        }
        for model in named_models()
    ]
    if options.json:
        print_value(rows)
        return 0
    for row in rows:
        state = "取得済み" if row["fetched"] else "未取得"
        more = "以上" if any(file["bytes"] is None for file in row["files"]) else ""
        print(f"{row['name']}({row['setting']}、{state})")
        print(f"  約{row['bytes'] / 1e6:.0f} MB{more}、利用条件 {row['licence']}、{row['page']}")
        for file in row["files"]:
            known = file["sha256"] or "登録なし(取得したあとに確かめます)"
            print(f"  {file['path']}: SHA-256 {known}")
    return 0


def _get(options: argparse.Namespace) -> int:
    from assistant.retrieval.fetched_models import get_model

    def accept(digests: Mapping[str, str]) -> bool:
        for path, digest in digests.items():
            print(f"{path} の SHA-256 は {digest} です(登録がありません)。", file=sys.stderr)
        if options.accept_sha256 or not sys.stdin.isatty():
            return bool(options.accept_sha256)
        print("配布元のページの値と同じですか [y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in {"y", "yes"}

    def show(name: str, done: int, total: int) -> None:
        progress.show(f"{name}(MB)", done // 1_000_000, total // 1_000_000)

    settings = read_settings()
    with Progress() as progress:
        model = get_model(
            options.name, settings, source=options.source, accept=accept, progress=show
        )
    folder = model.folder(settings)
    if options.json:
        print_value({"name": model.name, "path": str(folder), "setting": model.setting})
        return 0
    print(f"取得してあります: {folder}")
    rebuild = "し、regional-dx index rebuild を実行" if "EMBEDDING" in model.setting else ""
    print(f"使うには、環境変数 {model.setting} を onnx:{model.name} に設定{rebuild}してください。")
    return 0
