"""The index check in a child process: a damaged vector file can kill the process that loads it."""

from dataclasses import dataclass
from pathlib import Path

from assistant.child import Child, ChildError, serve
from assistant.errors import IndexDamagedError


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
        AssistantError: the index is missing or of another version, or the check cannot be started.
    """
    try:
        with Child("assistant.verify", "索引を点検する") as child:
            row = child.ask({"root": str(root)})
    except ChildError:
        return Verdict(("検査中に処理が止まりました(索引のファイルが壊れています)。",), 0)
    return Verdict(tuple(row["problems"]), row["chunks"])


def _answer(request: dict[str, str], _: object) -> Verdict:
    from assistant.retrieval.generations import verify

    try:
        problems, chunks = verify(Path(request["root"]))
    except IndexDamagedError as error:
        return Verdict((error.message,), 0)
    return Verdict(tuple(problems), chunks)


if __name__ == "__main__":
    serve(_answer)
