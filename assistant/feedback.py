"""What users thought of answers: a local file, one judgement a line. Nothing leaves the machine.

``feedback.jsonl`` in the data folder holds ``{"time" (ISO), "question", "answer" (as ``ask --json``
prints it), "verdict": "up"|"down", "reason": text or ""}``. ``python -m evals add-case`` turns a
"down" into a question that every later change must answer.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

Verdict = Literal["up", "down"]
_FILE = "feedback.jsonl"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One judgement of one answer."""

    time: str
    """ISO time with its zone."""
    question: str
    answer: dict[str, Any]
    verdict: Verdict
    reason: str = ""
    """In the user's words; empty when none was given."""


def append_feedback(
    folder: Path, answer: dict[str, Any], verdict: Verdict, reason: str = ""
) -> Feedback:
    """Store a judgement of an answer.

    Args:
        folder: the data folder; made when missing.
        answer: as ``ask --json`` prints it.
        verdict: what the user thought.
        reason: why; may be empty.

    Raises:
        OSError: the file cannot be written.
    """
    now = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
    feedback = Feedback(now, answer["question"], answer, verdict, reason.strip())
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _FILE).open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(asdict(feedback), ensure_ascii=False) + "\n")
    return feedback


def read_feedback(folder: Path) -> list[Feedback]:
    """All judgements, oldest first; a line that cannot be read (a torn write) is left out."""
    path = folder / _FILE
    if not path.is_file():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(Feedback(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found
