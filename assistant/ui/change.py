"""``python -m assistant.ui.change``: one change of an index in a process of its own.

In the process of the app it would hold up everybody's answers: importing LlamaIndex alone takes
seconds. The request is one JSON line on standard input; the replies are JSON lines: progress as
``{"step", "done", "total"}``, then ``{"text"}`` (what was done) or
``{"error": {"message", "remedy"}}``. What libraries print, and the details of a failure in English,
go to standard error, which is the log of the app.
"""

import json
import logging
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, TextIO

from assistant.errors import AssistantError, StorageError, cause_of
from assistant.ui.uploads import placed

_log = logging.getLogger(__name__)


def main() -> None:
    """Carry out the request."""
    request: dict[str, Any] = json.loads(sys.stdin.readline())
    replies = sys.stdout
    with redirect_stdout(sys.stderr):
        try:
            done = _changed(request, replies)
        except AssistantError as error:
            _log.error("the change was not carried out in full: %s", error.message)
            _reply(replies, {"error": {"message": error.message, "remedy": error.remedy}})
        except Exception:  # noqa: BLE001  # logged in full; the visitor gets two lines
            _log.exception("the index was not changed")
            message = "索引の更新中に予期しない問題が起きました。今までの索引で答え続けます。"
            remedy = (
                "もう一度試してください。続くときは、管理者に記録(ログ)を見てもらってください。"
            )
            _reply(replies, {"error": {"message": message, "remedy": remedy}})
        else:
            _reply(replies, {"text": done})


def _changed(request: dict[str, Any], replies: TextIO) -> str:
    from assistant.export.text import report_text
    from assistant.indexing import ingest, rebuild, remove
    from assistant.settings import load_settings

    def told(step: str, done: int, total: int) -> None:
        _reply(replies, {"step": step, "done": done, "total": total})

    root, settings = Path(request["root"]), load_settings()
    paths = [Path(path) for path in request["paths"]]
    match request["change"]:
        case "ingest" if request["staged"]:
            with placed(Path(request["staged"]), root) as arrived:
                report = ingest(arrived, root, settings, progress=told)
        case "ingest":
            report = ingest(paths, root, settings, progress=told)
        case "remove":
            report = remove(paths, root, settings, progress=told)
        case _:
            report = rebuild(root, settings, progress=told)
    # Added files go only once the index no longer cites them.
    _delete([Path(path) for path in request["delete"]])
    return report_text(report)


def _delete(files: list[Path]) -> None:
    """Delete files; one that cannot be deleted, such as one open in Word, keeps no other.

    Raises:
        StorageError: some are left.
    """
    left: list[str] = []
    for path in files:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            left.append(f"{path}({cause_of(error)})")
    if left:
        raise StorageError(
            "索引は更新しましたが、ファイルを消せませんでした。",
            f"ファイルを開いている画面を閉じてから、手で消してください: {'、'.join(left)}",
        )


def _reply(replies: TextIO, row: dict[str, Any]) -> None:
    replies.write(json.dumps(row) + "\n")
    replies.flush()


if __name__ == "__main__":
    main()
