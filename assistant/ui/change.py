"""One change of an index in a process of its own, see `assistant.child`.

In the process of the app it would hold up everybody's answers: importing LlamaIndex alone takes
seconds. Its progress is ``{"step", "done", "total"}``, its reply what was done, for people. What
libraries print, and the details of a failure in English, go to the log of the app.
"""

from collections.abc import Callable
from pathlib import Path

from assistant.child import Row, serve
from assistant.errors import AssistantError, StorageError, cause_of
from assistant.ui.uploads import placed


def _changed(request: Row, tell: Callable[[Row], None]) -> str:
    from assistant.export.text import report_text
    from assistant.indexing import ingest, rebuild, remove
    from assistant.settings import load_settings

    def told(step: str, done: int, total: int) -> None:
        tell({"step": step, "done": done, "total": total})

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


if __name__ == "__main__":
    serve(
        _changed,
        AssistantError(
            "索引の更新中に予期しない問題が起きました。今までの索引で答え続けます。",
            "もう一度試してください。続くときは、管理者に記録(ログ)を見てもらってください。",
        ),
    )
