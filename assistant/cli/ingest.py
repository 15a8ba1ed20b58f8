"""``ingest`` and ``index``: what goes into the index, and its health."""

import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from assistant.cli.console import Progress, index_root, read_settings, to_json
from assistant.cli.japanese import Group
from assistant.cli.options import FILE, command
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.records.reports import IngestReport


@command("文書やフォルダーを索引に取り込む")
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="パス ...")
@click.option("--strict", is_flag=True, help="取り込めなかった文書があれば、終了コードを1にする")
def ingest(paths: tuple[Path, ...], strict: bool, index: Path | None, as_json: bool) -> None:
    """Bring the index up to date with the paths and say what was done."""
    from assistant import indexing

    settings = read_settings()
    root = index or settings.index
    with Progress() as progress:
        if root is None:
            # The default index starts with the starter corpus, whichever command comes first.
            root = settings.default_index
            starter = indexing.starter_folders()
            indexing.ingest(starter, root, settings, starter=True, progress=progress.show)
        report = indexing.ingest(list(paths), root, settings, progress=progress.show)
    _print_report(report, as_json=as_json)
    if strict and report.skipped:
        raise AssistantError(
            f"取り込めなかった文書が{len(report.skipped)}件あります。",
            "それぞれの理由と対処を確かめ、もう一度実行してください。",
        )


index = Group("index", help="索引の状態を調べる、作り直す")


@command("索引の内容を数える", index)
def stats(index: Path | None, as_json: bool) -> None:
    """Print what the index holds."""
    from assistant.export.descriptions import stats_row, stats_text
    from assistant.retrieval.index import open_manifest

    row = stats_row(open_manifest(index_root(index))[1])
    print(to_json(row) if as_json else stats_text(row))


@command("索引をすべて検査する", index)
def verify(index: Path | None, as_json: bool) -> None:
    """Check every part of the index; problems are an expected error."""
    from assistant.verify import verify_apart

    began = perf_counter()
    verdict = verify_apart(index_root(index))
    row = {
        "ok": not verdict.problems,
        "problems": list(verdict.problems),
        "chunks": verdict.chunks,
        "seconds": round(perf_counter() - began, 2),
    }
    if as_json:
        print(to_json(row))
    elif not verdict.problems:
        print(f"問題はありません。文章 {verdict.chunks:,}件をすべて確かめました。")
    if verdict.problems:
        print("\n".join(f"問題: {problem}" for problem in verdict.problems), file=sys.stderr)
        raise AssistantError(
            "索引に問題があります。", "regional-dx index rebuild を実行してください。"
        )


@command("元の文書から索引を作り直す", index)
def rebuild(index: Path | None, as_json: bool) -> None:
    """Make the index anew from its documents."""
    from assistant import indexing

    with Progress() as progress:
        report = indexing.rebuild(index_root(index), read_settings(), progress=progress.show)
    _print_report(report, as_json=as_json)


def _print_report(report: "IngestReport", *, as_json: bool) -> None:
    from assistant.export.rows import ingest_row
    from assistant.export.text import report_text

    print(to_json(ingest_row(report)) if as_json else report_text(report))
