"""``python -m assistant.verify INDEX``: the index check, run by the command in a child process."""

import json
import sys
from pathlib import Path

from assistant.errors import AssistantError, IndexDamagedError


def main(root: Path) -> None:
    """Check an index and print one JSON line."""
    from assistant.retrieval.generations import verify

    try:
        problems, chunks = verify(root)
        row: dict[str, object] = {"ok": not problems, "problems": problems, "chunks": chunks}
    except IndexDamagedError as error:
        row = {"ok": False, "problems": [error.message], "chunks": 0}
    except AssistantError as error:
        row = {"error": {"message": error.message, "remedy": error.remedy}}
    print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
