"""``models``: the models that can be fetched for the search, and fetching one."""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from assistant.cli import options
from assistant.cli.console import Progress, read_settings, to_json
from assistant.cli.japanese import Group

models = Group("models", help="検索に使うモデルを並べる、手元に取得する")


@models.command("list", help="取得できるモデルを、利用条件と大きさとともに並べる")
@options.as_json
def list_models(as_json: bool) -> None:
    """Print the models that can be fetched."""
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
    if as_json:
        print(to_json(rows))
        return
    for row in rows:
        state = "取得済み" if row["fetched"] else "未取得"
        more = "以上" if any(file["bytes"] is None for file in row["files"]) else ""
        print(f"{row['name']}({row['setting']}、{state})")
        print(f"  約{row['bytes'] / 1e6:.0f} MB{more}、利用条件 {row['licence']}、{row['page']}")
        for file in row["files"]:
            known = file["sha256"] or "登録なし(取得したあとに確かめます)"
            print(f"  {file['path']}: SHA-256 {known}")


@models.command(help="モデルを1つ、データのフォルダーに取得する")
@click.argument("name", metavar="名前", help="models list に出る名前")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="フォルダーかzip",
    help="通信せず、別に手に入れたファイルから取り込む",
)
@click.option(
    "--accept-sha256",
    "accepted",
    is_flag=True,
    help="登録のない SHA-256 を、確かめたものとして使う",
)
@options.as_json
def get(name: str, source: Path | None, accepted: bool, as_json: bool) -> None:
    """Fetch a model, or take it from a folder or an archive."""
    from assistant.retrieval.fetched_models import get_model

    def accept(digests: Mapping[str, str]) -> bool:
        for path, digest in digests.items():
            print(f"{path} の SHA-256 は {digest} です(登録がありません)。", file=sys.stderr)
        if accepted or not sys.stdin.isatty():
            return accepted
        print("配布元のページの値と同じですか [y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in {"y", "yes"}

    def show(file: str, done: int, total: int) -> None:
        progress.show(f"{file}(MB)", done // 1_000_000, total // 1_000_000)

    settings = read_settings()
    with Progress() as progress:
        model = get_model(name, settings, source=source, accept=accept, progress=show)
    folder = model.folder(settings)
    if as_json:
        print(to_json({"name": model.name, "path": str(folder), "setting": model.setting}))
        return
    print(f"取得してあります: {folder}")
    rebuild = "し、regional-dx index rebuild を実行" if "EMBEDDING" in model.setting else ""
    print(f"使うには、環境変数 {model.setting} を onnx:{model.name} に設定{rebuild}してください。")
