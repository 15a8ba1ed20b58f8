"""``corpus``: originals fetched with their provenance, and how documents are described."""

from pathlib import Path

import click

from assistant.cli.console import index_root, read_settings, to_json
from assistant.cli.japanese import Group
from assistant.cli.options import command

corpus = Group("corpus", help="文書の題名・日付・段階を確かめる、原文を加える")


@command("文書の題名・日付・段階と、その根拠を並べる", corpus)
def check(index: Path | None, as_json: bool) -> None:
    """Print how every document is described, and why."""
    from assistant.export.descriptions import check_row, check_text
    from assistant.retrieval.index import open_manifest, read_inferences

    folder, manifest = open_manifest(index_root(index))
    row = check_row(manifest, read_inferences(folder))
    print(to_json(row) if as_json else check_text(row))


@command("原文を、出どころの記録とともに手元に加える", corpus)
@click.argument("source", metavar="アドレスかファイル", help="https:// のアドレス、またはファイル")
def add(source: str, index: Path | None, as_json: bool) -> None:
    """Keep an original with the record of where it came from."""
    from dataclasses import asdict

    from assistant.originals import add_original

    kept = add_original(source, read_settings())
    if as_json:
        print(to_json({**asdict(kept), "path": str(kept.path)}))
        return
    done = "すでに加えてあります" if kept.known else "加えました"
    named = f" --index {index}" if index else ""
    print(f"{done}: {kept.path}({kept.bytes:,}バイト、{kept.media_type})")
    print(f'取り込むには: regional-dx ingest "{kept.path}"{named}')
