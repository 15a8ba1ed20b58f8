"""``python -m assistant.ui.change``: one change of an index in a process of its own.

In the process of the app it would hold up everybody's answers: importing LlamaIndex alone takes
seconds. The request is one JSON line on standard input; the replies are JSON lines: progress as
``{"step", "done", "total"}``, then ``{"text"}`` (what was done) or
``{"error": {"message", "remedy"}}``.
"""

import json
import sys
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError


def main() -> None:
    """Carry out the request."""
    request: dict[str, Any] = json.loads(sys.stdin.readline())
    try:
        _reply({"text": _changed(request)})
    except AssistantError as error:
        _reply({"error": {"message": error.message, "remedy": error.remedy}})


def _changed(request: dict[str, Any]) -> str:
    from assistant.export.text import report_text
    from assistant.indexing import ingest, rebuild, remove
    from assistant.settings import load_settings

    root, settings = Path(request["root"]), load_settings()
    paths = [Path(path) for path in request["paths"]]
    match request["change"]:
        case "ingest":
            report = ingest(paths, root, settings, progress=_progress)
        case "remove":
            report = remove(paths, root, settings, progress=_progress)
        case _:
            report = rebuild(root, settings, progress=_progress)
    # Added files go only once the index no longer cites them.
    for path in request["delete"]:
        Path(path).unlink(missing_ok=True)
    return report_text(report)


def _progress(step: str, done: int, total: int) -> None:
    _reply({"step": step, "done": done, "total": total})


def _reply(row: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
