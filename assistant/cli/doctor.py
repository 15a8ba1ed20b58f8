"""``doctor``: what works on this machine, what does not, and what to do about it."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from assistant.cli.console import print_value, read_settings
from assistant.cli.parser import add_command
from assistant.errors import AssistantError, cause_of

if TYPE_CHECKING:
    from assistant.settings import Settings

_FONT_FOLDERS = {
    "win32": (Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",),
    "darwin": (Path("/System/Library/Fonts"), Path("/Library/Fonts")),
    "linux": (Path("/usr/share/fonts"), Path("/usr/local/share/fonts")),
}
_JAPANESE_FONTS = (
    *("yugoth", "meiryo", "msgothic", "hiragino", "ヒラギノ"),
    *("cjk", "ipag", "ipam", "ipaex", "takao", "notosansjp"),
)
_PROBE = '次のJSONだけを返してください。 {"question": "はい"}'
_MARKS = {"ok": "○", "hint": "△", "error": "×"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    name: str
    state: Literal["ok", "hint", "error"]
    """``hint``: works, but something more is possible."""
    message: str
    remedy: str = ""


def register(commands: Any) -> None:
    """Add ``doctor`` to the command line."""
    add_command(commands, "doctor", _doctor, "設定、索引、言語モデルなどが使えるかを調べる")


def _doctor(options: argparse.Namespace) -> int:
    findings = list(_findings(options))
    failed = any(finding.state == "error" for finding in findings)
    if options.json:
        print_value({"ok": not failed, "checks": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            print(f"{_MARKS[finding.state]} {finding.name}: {finding.message}")
            if finding.remedy:
                print(f"   対処: {finding.remedy}")
    return 1 if failed else 0


def _findings(options: argparse.Namespace) -> Iterator[Finding]:
    yield Finding("Python", "ok", f"{sys.version.split()[0]}({sys.platform})")
    try:
        settings = read_settings()
    except AssistantError as error:
        yield Finding("設定", "error", error.message, error.remedy)
        return
    yield _checked("設定", lambda: _settings(settings))
    yield _checked("索引", lambda: _index(options.index or settings.index, settings))
    yield _checked("言語モデル", lambda: _model(settings))
    if settings.embedding or settings.reranker:
        yield _checked("検索のモデル", lambda: _search_models(settings))
    yield _fonts()
    yield _recognition()


def _checked(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except AssistantError as error:
        return Finding(name, "error", error.message, error.remedy)


def _settings(settings: "Settings") -> Finding:
    folder = settings.data
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f"doctor-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Finding(
            "設定",
            "error",
            f"データのフォルダーに書き込めません: {folder}({cause_of(error)})",
            "権限を確かめるか、REGIONAL_DX_DATA で別のフォルダーを指定してください。",
        )
    return Finding("設定", "ok", f"読めました。データのフォルダーは {folder} です。")


def _index(named: Path | None, settings: "Settings") -> Finding:
    from assistant.retrieval.index import current_generation, no_index, read_manifest

    root = named or settings.default_index
    folder = current_generation(root)
    if folder is None:
        if named:
            raise no_index(named)
        return Finding("索引", "ok", "まだありません。最初の質問のときに作られます(10秒ほど)。")
    manifest = read_manifest(folder)
    newest = max((d.published for d in manifest.documents.values() if d.published), default="不明")
    held = f"文書 {len(manifest.documents):,}件、文章 {manifest.chunks:,}件、最新の日付 {newest}"
    if manifest.skipped:
        return Finding(
            "索引",
            "hint",
            f"{held}。取り込めなかった文書が{len(manifest.skipped)}件あります。",
            "regional-dx index stats で理由を確かめてください。",
        )
    return Finding("索引", "ok", f"{held}({root})")


def _model(settings: "Settings") -> Finding:
    if settings.model is None:
        return Finding(
            "言語モデル",
            "hint",
            "設定されていません。なくても、資料の文をそのまま示して答えます。",
            "文章で答えさせるには REGIONAL_DX_MODEL(例: openai:モデル名)を設定してください。",
        )
    from assistant.answering.provider import ChatModel
    from assistant.prompts import OUTPUTS

    model = ChatModel.open(settings)
    schema = {"title": "question", "description": "応答の確認", **OUTPUTS["question"]}
    began = perf_counter()
    for _ in model.stream([("human", _PROBE)], schema, model.deadline()):
        pass
    seconds = perf_counter() - began
    key = "あり" if settings.model_key else "提供元の環境変数、またはなし"
    form = "使えます" if model.structured else "使えません(JSONを文章で頼みます)"
    return Finding(
        "言語モデル",
        "ok",
        f"{settings.model} が {seconds:.1f}秒で応答しました。構造化出力は{form}。"
        f"REGIONAL_DX_MODEL_KEY: {key}",
    )


def _search_models(settings: "Settings") -> Finding:
    from assistant.retrieval.models import open_embedder, open_reranker

    embedder = open_embedder(settings)
    made = [f"{embedder.name}({embedder.dimensions}次元)"] if embedder else []
    made += [f"再ランキング {settings.reranker}"] if open_reranker(settings) else []
    return Finding("検索のモデル", "ok", f"読み込めました: {'、'.join(made)}")


def _fonts() -> Finding:
    """Whether Word and the browser can show Japanese as it will be printed."""
    folders = [*_FONT_FOLDERS.get(sys.platform, ()), Path.home() / ".local/share/fonts"]
    for folder in folders:
        for path in folder.rglob("*.[to]t[fc]") if folder.is_dir() else ():
            if any(name in path.name.lower() for name in _JAPANESE_FONTS):
                return Finding("フォント", "ok", f"日本語のフォントがあります({path.name})。")
    return Finding(
        "フォント",
        "hint",
        "日本語のフォントが見つかりません。画面やWordで文字が四角になることがあります。",
        "游ゴシックやNoto Sans CJKなど、日本語のフォントを入れてください。",
    )


def _recognition() -> Finding:
    """Whether pages that are pictures can be read."""
    from assistant.ingest.readers.ocr import ocr_is_ready

    if ocr_is_ready():
        return Finding("文字認識(OCR)", "ok", "使えます。読み取った文は「文字認識」と示します。")
    return Finding(
        "文字認識(OCR)",
        "hint",
        "使えません。画像だけのページは取り込めません。",
        "Tesseractと日本語のデータ(jpn)を入れ、"
        "pip install 'regional-dx-assistant[ocr]' を実行してください。",
    )
