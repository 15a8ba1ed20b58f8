"""``doctor``: what works on this machine, what does not, and what to do about it."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from assistant.cli.console import read_settings, to_json
from assistant.cli.options import command
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


_State = Literal["ok", "hint", "error"]
"""``hint``: works, but something more is possible."""
_Result = tuple[_State, str] | tuple[_State, str, str]
"""State and message; the remedy where something is to be done."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    name: str
    state: _State
    message: str
    remedy: str = ""


@command("設定、索引、言語モデルなどが使えるかを調べる")
def doctor(index: Path | None, as_json: bool) -> int:
    """Print what was found; returns the exit code, 1 where something does not work."""
    findings = list(_findings(index))
    failed = any(finding.state == "error" for finding in findings)
    if as_json:
        print(to_json({"ok": not failed, "checks": [asdict(finding) for finding in findings]}))
        return int(failed)
    for finding in findings:
        print(f"{_MARKS[finding.state]} {finding.name}: {finding.message}")
        if finding.remedy:
            print(f"   対処: {finding.remedy}")
    return int(failed)


def _findings(index: Path | None) -> Iterator[Finding]:
    yield Finding("Python", "ok", f"{sys.version.split()[0]}({sys.platform})")
    try:
        settings = read_settings()
    except AssistantError as error:
        yield Finding("設定", "error", error.message, error.remedy)
        return
    checks: dict[str, Callable[[], _Result]] = {
        "設定": lambda: _settings(settings),
        "索引": lambda: _index(index or settings.index, settings),
        "言語モデル": lambda: _model(settings),
    }
    if settings.embedding or settings.reranker:
        checks["検索のモデル"] = lambda: _search_models(settings)
    for name, check in (checks | {"フォント": _fonts, "文字認識(OCR)": _recognition}).items():
        try:
            yield Finding(name, *check())
        except AssistantError as error:
            yield Finding(name, "error", error.message, error.remedy)


def _settings(settings: "Settings") -> _Result:
    folder = settings.data
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f"doctor-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return (
            "error",
            f"データのフォルダーに書き込めません: {folder}({cause_of(error)})",
            "権限を確かめるか、REGIONAL_DX_DATA で別のフォルダーを指定してください。",
        )
    return ("ok", f"読めました。データのフォルダーは {folder} です。")


def _index(named: Path | None, settings: "Settings") -> _Result:
    from assistant.retrieval.index import current_generation, no_index, read_manifest

    root = named or settings.default_index
    folder = current_generation(root)
    if folder is None:
        if named:
            raise no_index(named)
        return ("ok", "まだありません。最初の質問のときに作られます(10秒ほど)。")
    manifest = read_manifest(folder)
    newest = max((d.published for d in manifest.documents.values() if d.published), default="不明")
    held = f"文書 {len(manifest.documents):,}件、文章 {manifest.chunks:,}件、最新の日付 {newest}"
    if manifest.skipped:
        return (
            "hint",
            f"{held}。取り込めなかった文書が{len(manifest.skipped)}件あります。",
            "regional-dx index stats で理由を確かめてください。",
        )
    return ("ok", f"{held}({root})")


def _model(settings: "Settings") -> _Result:
    if settings.model is None:
        return (
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
    return (
        "ok",
        f"{settings.model} が {seconds:.1f}秒で応答しました。構造化出力は{form}。"
        f"REGIONAL_DX_MODEL_KEY: {key}",
    )


def _search_models(settings: "Settings") -> _Result:
    from assistant.retrieval.models import open_embedder, open_reranker

    embedder = open_embedder(settings)
    made = [f"{embedder.name}({embedder.dimensions}次元)"] if embedder else []
    made += [f"再ランキング {settings.reranker}"] if open_reranker(settings) else []
    return ("ok", f"読み込めました: {'、'.join(made)}")


def _fonts() -> _Result:
    """Whether Word and the browser can show Japanese as it will be printed."""
    folders = [*_FONT_FOLDERS.get(sys.platform, ()), Path.home() / ".local/share/fonts"]
    for folder in folders:
        for path in folder.rglob("*.[to]t[fc]") if folder.is_dir() else ():
            if any(name in path.name.lower() for name in _JAPANESE_FONTS):
                return ("ok", f"日本語のフォントがあります({path.name})。")
    return (
        "hint",
        "日本語のフォントが見つかりません。画面やWordで文字が四角になることがあります。",
        "游ゴシックやNoto Sans CJKなど、日本語のフォントを入れてください。",
    )


def _recognition() -> _Result:
    """Whether pages that are pictures can be read."""
    from assistant.ingest.readers.ocr import ocr_is_ready

    if ocr_is_ready():
        return ("ok", "使えます。読み取った文は「文字認識」と示します。")
    return (
        "hint",
        "使えません。画像だけのページは取り込めません。",
        "Tesseractと日本語のデータ(jpn)を入れ、"
        "pip install 'regional-dx-assistant[ocr]' を実行してください。",
    )
