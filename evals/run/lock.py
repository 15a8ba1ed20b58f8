"""``evals/prompts.lock``: which text of every prompt was accepted, by which run or why without one.

``python -m evals lock`` compares the prompt files with the lock; ``make lint`` and ``make test`` do
the same. ``python -m evals gate --accept`` is the only writer (`accept`).
"""

import hashlib
import json
import sys
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from assistant.prompts import FOLDER, load_prompt

LOCK = Path(__file__).parents[1] / "prompts.lock"
_HEAD = "# Written by `python -m evals gate --accept` alone: do not edit.\n"


def prompt_files() -> dict[str, Path]:
    """Every prompt file by name: the assistant's by their stem, the judge's as ``evals-judge``."""
    found = {path.stem: path for path in sorted(FOLDER.glob("*.md"))}
    return {**found, "evals-judge": Path(__file__).with_name("judge_prompts.toml")}


def prompt_hash(path: Path, name: str | None = None) -> str:
    """The first 12 hex digits of the SHA-256 of a prompt's text, whatever its line ends.

    Args:
        path: a prompt of the assistant (``.md``), whose digits stand in the provenance of answers,
            or another text.
        name: the prompt's name where it is not the file's.

    Raises:
        ValueError: a prompt of the assistant is not written as one.
    """
    if path.suffix == ".md":
        return load_prompt(name or path.stem, path).hash[:12]
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def current_hashes() -> dict[str, str]:
    """The hash of every prompt file as it stands."""
    return {name: prompt_hash(path) for name, path in prompt_files().items()}


def read_lock() -> dict[str, dict[str, Any]]:
    """The accepted prompts by name; empty before the first is accepted."""
    return tomllib.loads(LOCK.read_text(encoding="utf-8")) if LOCK.is_file() else {}


def waivers() -> dict[str, str]:
    """The prompts that were accepted without a run, with the reason."""
    return {name: entry["waived"] for name, entry in read_lock().items() if entry.get("waived")}


def problems() -> list[str]:
    """What differs between the prompt files and the lock, one Japanese line each."""
    gone = read_lock().keys() - prompt_files()
    return [
        f"指示文 {name} が、受け入れたもの(evals/prompts.lock)と違います。" for name in changed()
    ] + [
        f"指示文 {name} が evals/prompts.lock にありますが、ファイルがありません。"
        for name in sorted(gone)
    ]


def changed() -> list[str]:
    """The names of the prompts that are not the accepted ones, or new."""
    locked = read_lock()
    return [
        name
        for name, found in current_hashes().items()
        if locked.get(name, {}).get("hash") != found
    ]


def unproven(settings: Mapping[str, Any]) -> list[str]:
    """The changed prompts that a run says nothing about.

    Args:
        settings: of the run. It speaks for a prompt if a model answered by that very text and a
            judge model scored the answers.
    """
    if not (settings["model"] and settings["judge"]):
        return changed()
    current = current_hashes()
    return [name for name in changed() if settings["prompts"].get(name) != current[name]]


def accept(settings: Mapping[str, Any], run_name: str, *, waive: str | None) -> list[str]:
    """Lock the prompts that differ, for a run that was made with them or for a reason.

    Args:
        settings: of the run that passed the gate.
        run_name: folder of the run, kept in the lock.
        waive: why prompts are accepted without such a run; None when they are not.

    Returns:
        The names of the prompts locked anew.

    Raises:
        InputError: a prompt differs, the run does not vouch for it, and no reason is given.
    """
    locked, current, new = read_lock(), current_hashes(), changed()
    waived = unproven(settings)
    if waived and not waive:
        raise InputError(
            f"指示文 {'、'.join(waived)} は、モデルと審査モデルを使った実行がないので"
            "受け入れられません。",
            'python -m evals run --judge … で測るか、--waive "理由" を付けてください。',
        )
    today = datetime.now(UTC).astimezone().date().isoformat()
    for name in new:
        entry = {"hash": current[name], "accepted": today}
        if name in waived:
            entry["waived"] = str(waive)
        else:
            entry |= {"run": run_name, "model": settings["model"], "judge": settings["judge"]}
        locked[name] = entry
    kept = {name: locked[name] for name in sorted(locked) if name in current}
    tables = [
        f"\n[{name}]\n" + "".join(f"{key} = {_quoted(value)}\n" for key, value in entry.items())
        for name, entry in kept.items()
    ]
    LOCK.write_text(_HEAD + "".join(tables), encoding="utf-8", newline="\n")
    return new


def _quoted(value: Any) -> str:
    """A TOML string: JSON's escapes are TOML's."""
    return json.dumps(str(value), ensure_ascii=False)


def main() -> int:
    """Print what differs and how to accept it; returns the exit code."""
    found = problems()
    if found:
        print("\n".join(found), file=sys.stderr)
        print(
            "モデルがあれば、python -m evals run --name 名前 --mode llm --judge … で測り、"
            "python -m evals gate --run 名前 --accept で受け入れてください。モデルのない gate では"
            '判定できず、受け入れるには --waive "理由" が要ります。',
            file=sys.stderr,
        )
    return 1 if found else 0
