"""``corpus``: originals fetched with their provenance, and how documents are described."""

import argparse
from typing import Any

from assistant.cli.console import index_root, print_value, read_settings
from assistant.cli.parser import add_command


def register(commands: Any) -> None:
    """Add ``corpus check`` and ``corpus add`` to the command line."""
    corpus = commands.add_parser("corpus", help="文書の題名・日付・段階を確かめる、原文を加える")
    actions = corpus.add_subparsers(required=True, metavar="操作")
    add_command(actions, "check", _check, "文書の題名・日付・段階と、その根拠を並べる")
    add = add_command(actions, "add", _add, "原文を、出どころの記録とともに手元に加える")
    add.add_argument(
        "source", metavar="アドレスかファイル", help="https:// のアドレス、またはファイル"
    )


def _check(options: argparse.Namespace) -> int:
    from assistant.export.descriptions import check_row, check_text
    from assistant.retrieval.index import (
        current_generation,
        no_index,
        read_inferences,
        read_manifest,
    )

    root = index_root(options)
    folder = current_generation(root)
    if folder is None:
        raise no_index(root)
    row = check_row(read_manifest(folder), read_inferences(folder))
    print_value(row if options.json else check_text(row))
    return 0


def _add(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from assistant.originals import add_original

    kept = add_original(options.source, read_settings())
    if options.json:
        print_value({**asdict(kept), "path": str(kept.path)})
        return 0
    done = "すでに加えてあります" if kept.known else "加えました"
    index = f" --index {options.index}" if options.index else ""
    print_value(
        f"{done}: {kept.path}({kept.bytes:,}バイト、{kept.media_type})\n"
        f'取り込むには: regional-dx ingest "{kept.path}"{index}'
    )
    return 0
