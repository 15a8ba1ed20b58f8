"""The index check in a child process: a damaged vector file can kill the process that loads it."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AssistantError, IndexDamagedError


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found."""

    problems: tuple[str, ...]
    """One Japanese line each; empty for a sound index."""
    chunks: int
    """Chunks checked."""


def verify_apart(root: Path) -> Verdict:
    """Check every chunk of an index in a child process.

    Raises:
        AssistantError: the index is missing or of another version.
    """
    child = subprocess.run(  # noqa: S603  # our own interpreter and module
        [sys.executable, "-P", "-X", "utf8", "-m", "assistant.verify", str(root)],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    try:
        row = json.loads(child.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        return Verdict(("検査中に処理が止まりました(索引のファイルが壊れています)。",), 0)
    if "error" in row:
        raise AssistantError(row["error"]["message"], row["error"]["remedy"])
    return Verdict(tuple(row["problems"]), row["chunks"])


def main(root: Path) -> None:
    """Check an index and print one JSON line."""
    from assistant.retrieval.generations import verify

    try:
        problems, chunks = verify(root)
        row: dict[str, object] = {"problems": problems, "chunks": chunks}
    except IndexDamagedError as error:
        row = {"problems": [error.message], "chunks": 0}
    except AssistantError as error:
        row = {"error": {"message": error.message, "remedy": error.remedy}}
    print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
