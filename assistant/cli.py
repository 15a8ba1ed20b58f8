"""The ``regional-dx`` command. Answers on standard output, everything else on standard error.

Libraries are imported inside the commands: ``--help`` must answer at once.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NoReturn

from assistant.errors import AssistantError, InputError
from assistant.schema import KINDS, STATUSES

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.schema import Filters
    from assistant.settings import Settings

_LAST_ANSWER = "last-answer.json"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code (0 done, 1 expected error, 2 usage)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A console in CP932 must not stop an answer that holds a character it lacks.
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except AssistantError as error:
        print(f"エラー: {error.message}\n対処: {error.remedy}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("エラー: 中断しました。\n対処: 必要なら、もう一度実行してください。", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (head, less) has seen enough; what is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _ingest(options: argparse.Namespace) -> int:
    from assistant.export.rows import ingest_row
    from assistant.export.text import report_text
    from assistant.indexing import ingest, starter_folders

    settings = _settings()
    root = options.index or settings.index
    with _Progress() as progress:
        if root is None:
            # The default index starts with the starter corpus, whichever command comes first.
            root = settings.default_index
            ingest(starter_folders(), root, settings, starter=True, progress=progress.show)
        report = ingest(options.paths, root, settings, progress=progress.show)
    _print(ingest_row(report) if options.json else report_text(report))
    return 0


def _search(options: argparse.Namespace) -> int:
    from assistant.export.rows import search_row
    from assistant.export.text import passage_text

    filters = _filters(options)

    def search(assistant: "Assistant", question: str, question_id: str | None) -> str:
        began = perf_counter()
        passages = assistant.search(question, options.k, filters) if question.strip() else []
        row = search_row(question_id, question, filters, passages, perf_counter() - began)
        if options.json:
            return json.dumps(row, ensure_ascii=False)
        texts = [passage_text(passage) for passage in passages]
        return "\n\n".join(texts) or "見つかりませんでした。別の言葉で試してください。"

    return _each_question(options, search)


def _ask(options: argparse.Namespace) -> int:
    from assistant.export.rows import answer_row
    from assistant.export.text import answer_text

    if options.mode == "llm":
        raise InputError(
            "言語モデルが設定されていないため、--mode llm は使えません。",
            "--mode auto か --mode extractive を指定してください。",
        )
    filters = _filters(options)

    def ask(assistant: "Assistant", question: str, question_id: str | None) -> str:
        answer = assistant.ask(question, filters)
        row = json.dumps(answer_row(answer, question_id), ensure_ascii=False)
        _remember(row)
        return row if options.json else answer_text(answer)

    return _each_question(options, ask)


def _show(options: argparse.Namespace) -> int:
    from assistant.export.text import chunk_text

    chunk_id = _chunk_of_citation(options.place) or options.place
    assistant = _open(options)
    chunks, document = assistant.chunk(chunk_id)
    print(chunk_text(chunks, chunk_id, document))
    return 0


def _index_stats(options: argparse.Namespace) -> int:
    from collections import Counter

    from assistant.export.text import stats_text
    from assistant.retrieval.index import current_generation, no_index, read_manifest

    root = _root(options)
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
    _print(row if options.json else stats_text(row))
    return 0


def _index_verify(options: argparse.Namespace) -> int:
    import subprocess

    root = _root(options)
    began = perf_counter()
    # In a child process: a damaged vector file can kill the process that loads it.
    child = subprocess.run(  # noqa: S603  # our own interpreter and module
        [sys.executable, "-P", "-X", "utf8", "-m", "assistant.verify", str(root)],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    try:
        row = json.loads(child.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        problem = "検査中に処理が止まりました(索引のファイルが壊れています)。"
        row = {"ok": False, "problems": [problem], "chunks": 0}
    if "error" in row:
        raise AssistantError(row["error"]["message"], row["error"]["remedy"])
    row["seconds"] = round(perf_counter() - began, 2)
    if options.json:
        _print(row)
    elif row["ok"]:
        print(f"問題はありません。文章 {row['chunks']:,}件をすべて確かめました。")
    if not row["ok"]:
        print("\n".join(f"問題: {problem}" for problem in row["problems"]), file=sys.stderr)
        raise AssistantError(
            "索引に問題があります。", "regional-dx index rebuild を実行してください。"
        )
    return 0


def _index_rebuild(options: argparse.Namespace) -> int:
    from assistant.export.rows import ingest_row
    from assistant.export.text import report_text
    from assistant.indexing import rebuild

    with _Progress() as progress:
        report = rebuild(_root(options), _settings(), progress=progress.show)
    _print(ingest_row(report) if options.json else report_text(report))
    return 0


def _each_question(
    options: argparse.Namespace, answer: "Callable[[Assistant, str, str | None], str]"
) -> int:
    """Answer the question given, or every line of ``--from``, with one open index."""
    if options.source is None:
        if options.question is None:
            raise InputError(
                "質問がありません。", "質問を書くか、--from ファイル を指定してください。"
            )
        print(answer(_open(options), options.question, None))
        return 0
    rows = _question_lines(options.source)
    assistant = _open(options)
    for line in rows:
        print(_one_line(assistant, line, answer), flush=True)
    return 0


def _one_line(
    assistant: "Assistant", line: str, answer: "Callable[[Assistant, str, str | None], str]"
) -> str:
    """The answer to one line of input; a failing line becomes a row with ``error``."""
    question_id: Any = None
    try:
        row = json.loads(line)
        question_id = row.get("id")
        # A number or half a character where the question belongs fails as any malformed line does.
        question = "" + row["question"]
        question.encode()
        return answer(assistant, question, question_id)
    except (ValueError, KeyError, TypeError, AttributeError):
        message = '1行に1つ、{"id": …, "question": "…"} の形で書いてください。'
    except AssistantError as error:
        message = error.message
    return json.dumps({"id": question_id, "error": message}, ensure_ascii=False)


def _question_lines(source: str) -> Iterator[str]:
    if source == "-":
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(encoding="utf-8", errors="replace")
        return (line for line in sys.stdin if line.strip())
    try:
        text = Path(source).read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise InputError(
            f"質問のファイルを開けません: {source}({error.strerror})",
            "場所と権限を確かめてください。",
        ) from error
    # Not splitlines(): a question may hold U+2028 or U+0085.
    return (line for line in text.split("\n") if line.strip())


def _open(options: argparse.Namespace) -> "Assistant":
    from assistant.assistant import Assistant

    with _Progress() as progress:
        return Assistant.open(options.index, _settings(), progress=progress.show)


def _settings() -> "Settings":
    from assistant.settings import load_settings

    return load_settings()


def _root(options: argparse.Namespace) -> Path:
    settings = _settings()
    return options.index or settings.index or settings.default_index


def _filters(options: argparse.Namespace) -> "Filters":
    from datetime import datetime

    from assistant.schema import Filters

    for name in ("since", "until"):
        value = getattr(options, name)
        try:
            if value:
                datetime.strptime(value, "%Y-%m-%d")  # a day, no time
        except ValueError:
            raise InputError(
                f"--{name} の日付を読めません: {value}", "2024-04-24 の形で書いてください。"
            ) from None
    return Filters(options.kind, options.status, options.since, options.until, options.speaker)


def _remember(row: str) -> None:
    """Keep the last answer for ``show 2``; a folder that cannot be written costs only that."""
    folder = _settings().data
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _LAST_ANSWER).write_text(row, encoding="utf-8")
    except OSError:
        return


def _chunk_of_citation(place: str) -> str | None:
    """The chunk behind citation [n] of the last answer; None when `place` is no number."""
    number = place.strip("[]")
    if not number.isdecimal():
        return None
    try:
        answer = json.loads((_settings().data / _LAST_ANSWER).read_text(encoding="utf-8"))
        rows = {row["number"]: row["chunk_id"] for row in answer["citations"]}
        return str(rows[int(number)])
    except (OSError, ValueError, KeyError):
        raise InputError(
            f"直前の回答に引用 [{number}] はありません。",
            "先に regional-dx ask で質問するか、文章の番号を指定してください。",
        ) from None


class _Progress:
    """A progress bar on a terminal; silent elsewhere."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._label = ""

    def __enter__(self) -> "_Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def show(self, label: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if label != self._label:
            from tqdm import tqdm

            self._close()
            self._bar, self._label = tqdm(total=total, desc=label, unit="件", leave=False), label
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar, self._label = None, ""


def _print(value: object) -> None:
    print(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


class _Parser(argparse.ArgumentParser):
    """An argument parser that speaks Japanese where argparse lets it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "add_help": False})
        self._positionals.title, self._optionals.title = "引数", "オプション"
        self.add_argument("-h", "--help", action="help", help="この説明を表示して終わる")

    def error(self, message: str) -> NoReturn:
        """Explain a wrong command line in two lines and exit with 2."""
        line = f"コマンドの書き方が正しくありません({message})。"
        print(
            f"エラー: {line}\n対処: {self.prog} --help で書き方を確かめてください。",
            file=sys.stderr,
        )
        sys.exit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="regional-dx", description="地域DXの資料から、出典つきで答えます。")
    commands = parser.add_subparsers(required=True, metavar="コマンド")

    ingest = _command(commands, "ingest", _ingest, "文書やフォルダーを索引に取り込む")
    ingest.add_argument("paths", nargs="+", type=Path, metavar="パス", help="ファイルかフォルダー")

    search = _command(commands, "search", _search, "質問に近い箇所を探す")
    search.add_argument("-k", type=int, default=5, metavar="件数", help="表示する件数(既定は5)")
    _add_question(search)

    ask = _command(commands, "ask", _ask, "質問に出典つきで答える")
    ask.add_argument("--mode", choices=("auto", "extractive", "llm"), default="auto",
                     help="答え方(既定はauto。モデルがなければ資料の文をそのまま示す)")  # fmt: skip
    _add_question(ask)

    show = _command(commands, "show", _show, "文章を前後とともに表示する", json_option=False)
    show.add_argument("place", metavar="番号", help="文章の番号、または直前の回答の引用番号")

    index = commands.add_parser("index", help="索引の状態を調べる、作り直す")
    actions = index.add_subparsers(required=True, metavar="操作")
    _command(actions, "stats", _index_stats, "索引の内容を数える")
    _command(actions, "verify", _index_verify, "索引をすべて検査する")
    _command(actions, "rebuild", _index_rebuild, "元の文書から索引を作り直す")
    return parser


def _command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
    *,
    json_option: bool = True,
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    command.add_argument(
        "--index",
        type=Path,
        metavar="フォルダー",
        help="索引のフォルダー(既定は環境変数 REGIONAL_DX_INDEX か利用者のフォルダー)",
    )
    if json_option:
        command.add_argument("--json", action="store_true", help="JSONで出力する")
    return command


def _add_question(command: argparse.ArgumentParser) -> None:
    command.add_argument("question", nargs="?", metavar="質問")
    command.add_argument(
        "--from",
        dest="source",
        metavar="ファイル",
        help='1行に1つ {"id", "question"} を書いたファイル(- は標準入力)',
    )
    command.add_argument("--kind", choices=KINDS, help="文書の種類で絞る")
    command.add_argument("--status", choices=STATUSES, help="文書の段階(案・確定など)で絞る")
    command.add_argument("--since", metavar="日付", help="この日以後の文書(2024-04-24の形)")
    command.add_argument("--until", metavar="日付", help="この日以前の文書")
    command.add_argument("--speaker", metavar="発言者", help="発言者で絞る")


if __name__ == "__main__":
    sys.exit(main())
