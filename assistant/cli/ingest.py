"""``ingest`` and ``index``: what goes into the index, and its health."""

import argparse
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from assistant.cli.console import Progress, index_root, print_value, read_settings
from assistant.cli.parser import add_command
from assistant.errors import AssistantError


def register(commands: Any) -> None:
    """Add ``ingest`` and ``index`` to the command line."""
    ingest = add_command(commands, "ingest", _ingest, "文書やフォルダーを索引に取り込む")
    ingest.add_argument("paths", nargs="+", type=Path, metavar="パス", help="ファイルかフォルダー")

    index = commands.add_parser("index", help="索引の状態を調べる、作り直す")
    actions = index.add_subparsers(required=True, metavar="操作")
    add_command(actions, "stats", _index_stats, "索引の内容を数える")
    add_command(actions, "verify", _index_verify, "索引をすべて検査する")
    add_command(actions, "rebuild", _index_rebuild, "元の文書から索引を作り直す")


def _ingest(options: argparse.Namespace) -> int:
    from assistant.export.rows import ingest_row
    from assistant.export.text import report_text
    from assistant.indexing import ingest, starter_folders

    settings = read_settings()
    root = options.index or settings.index
    with Progress() as progress:
        if root is None:
            # The default index starts with the starter corpus, whichever command comes first.
            root = settings.default_index
            ingest(starter_folders(), root, settings, starter=True, progress=progress.show)
        report = ingest(options.paths, root, settings, progress=progress.show)
    print_value(ingest_row(report) if options.json else report_text(report))
    return 0


def _index_stats(options: argparse.Namespace) -> int:
    from collections import Counter

    from assistant.export.text import stats_text
    from assistant.retrieval.index import current_generation, no_index, read_manifest

    root = index_root(options)
    folder = current_generation(root)
    if folder is None:
        raise no_index(root)
    manifest = read_manifest(folder)
    documents = manifest.documents.values()
    row = {
        "index_id": manifest.index_id,
        "generation": manifest.generation,
        "documents": len(documents),
        "chunks": manifest.chunks,
        "kinds": dict(Counter(document.kind for document in documents)),
        "statuses": dict(Counter(document.status for document in documents)),
        "newest": max((d.published for d in documents if d.published), default=None),
        "skipped": [{"path": s.path, "reason": s.reason} for s in manifest.skipped],
        "embedding": manifest.embedding,
    }
    print_value(row if options.json else stats_text(row))
    return 0


def _index_verify(options: argparse.Namespace) -> int:
    from assistant.verify import verify_apart

    began = perf_counter()
    verdict = verify_apart(index_root(options))
    row = {
        "ok": not verdict.problems,
        "problems": list(verdict.problems),
        "chunks": verdict.chunks,
        "seconds": round(perf_counter() - began, 2),
    }
    if options.json:
        print_value(row)
    elif not verdict.problems:
        print(f"問題はありません。文章 {verdict.chunks:,}件をすべて確かめました。")
    if verdict.problems:
        print("\n".join(f"問題: {problem}" for problem in verdict.problems), file=sys.stderr)
        raise AssistantError(
            "索引に問題があります。", "regional-dx index rebuild を実行してください。"
        )
    return 0


def _index_rebuild(options: argparse.Namespace) -> int:
    from assistant.export.rows import ingest_row
    from assistant.export.text import report_text
    from assistant.indexing import rebuild

    with Progress() as progress:
        report = rebuild(index_root(options), read_settings(), progress=progress.show)
    print_value(ingest_row(report) if options.json else report_text(report))
    return 0
