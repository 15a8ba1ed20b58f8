"""Saved briefs and plans: one folder for each client (相談元), the visitor's own."""

import hashlib
import json
import threading
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import tomli_w
from pydantic import TypeAdapter

from assistant.errors import InputError, StorageError, cause_of
from assistant.filenames import safe_name
from assistant.planning.edit import Row

_SAVING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Saved:
    """What the client gave and wrote; the plan as drafted is kept beside it, see `draft_path`."""

    brief: dict[str, object] = field(default_factory=dict)
    """By the keys of `Brief`; ``brief.toml`` is also what ``regional-dx draft`` reads."""
    template: str = "standard"
    fillings: dict[str, str] = field(default_factory=dict)
    """`gap_key` of a gap, or a criterion's name → what the town wrote."""
    tables: dict[str, list[Row]] = field(default_factory=dict)
    """Tables that were edited, see `assistant.planning.edit.TABLES`."""
    drafted: bool = False


_SAVED = TypeAdapter(Saved)


def names(folder: Path) -> list[str]:
    """The clients that have something saved, in order."""
    return sorted(path.parent.name for path in _place(folder).glob("*/brief.toml"))


def load(folder: Path, client: str) -> Saved:
    """What is saved of a client; nothing yet is empty.

    Raises:
        InputError: the name cannot be used, or what is saved cannot be read.
    """
    place = _place(folder) / _name_of(client)
    if not (place / "brief.toml").is_file():
        return Saved()
    try:
        brief = tomllib.loads((place / "brief.toml").read_text(encoding="utf-8"))
        rest = json.loads((place / "plan.json").read_text(encoding="utf-8"))
        return _SAVED.validate_python({"brief": brief, **rest})
    except (OSError, ValueError, TypeError) as error:
        raise _unreadable(place) from error


def revision(folder: Path, client: str) -> str:
    """A digest of all that is kept of a client; it changes whenever somebody saves.

    Raises:
        InputError: the name cannot be used, or what is saved cannot be read.
    """
    place = _place(folder) / _name_of(client)
    digest = hashlib.sha256()
    for name in ("brief.toml", "plan.json", "draft.json"):
        try:
            content = (place / name).read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise _unreadable(place) from error
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def save(folder: Path, client: str, saved: Saved) -> None:
    """Keep what a client has now, in place of what was kept before.

    Raises:
        StorageError: the folder cannot be written.
    """
    texts = {
        "plan.json": _SAVED.dump_json(saved, exclude={"brief"}, indent=1).decode(),
        "brief.toml": tomli_w.dumps(saved.brief, multiline_strings=False),
    }
    _keep(_place(folder) / _name_of(client), texts)


@contextmanager
def unchanged(folder: Path, client: str, since: str) -> Iterator[bool]:
    """Whether a client is still as at the `revision` given; no other visitor saves meanwhile.

    Raises:
        InputError: see `revision`.
    """
    with _SAVING:
        yield revision(folder, client) == since


def draft_path(folder: Path, client: str) -> Path:
    """Where the plan of a client is kept as it was drafted last."""
    return _place(folder) / _name_of(client) / "draft.json"


def save_draft(folder: Path, client: str, row: Mapping[str, object]) -> None:
    """Keep a plan as drafted (`assistant.export.rows.plan_row`) in place of the one before.

    Raises:
        StorageError: the folder cannot be written.
    """
    path = draft_path(folder, client)
    _keep(path.parent, {path.name: json.dumps(row, ensure_ascii=False, indent=1)})


def _keep(place: Path, texts: Mapping[str, str]) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            half = (place / name).with_suffix(".half")
            half.write_text(text, encoding="utf-8")
            half.replace(place / name)
    except OSError as error:
        raise StorageError(
            f"計画を保存できません({cause_of(error)})。",
            f"ディスクの空きと権限を確かめてください: {place}",
        ) from error


def begin(folder: Path, client: str) -> str:
    """Make a folder for a client that has none yet; returns the name it goes by.

    Raises:
        InputError: nothing of the name can be used.
        StorageError: the folder cannot be written.
    """
    name = _name_of(client)
    if name not in names(folder):
        save(folder, name, Saved())
    return name


def _unreadable(place: Path) -> InputError:
    return InputError(
        f"保存した計画を読めません: {place}", "ファイルを直すか、フォルダーを移してください。"
    )


def _name_of(client: str) -> str:
    """A client's name as the name of its folder.

    Raises:
        InputError: nothing of the name can be used.
    """
    name = safe_name(client)
    if not name:
        raise InputError("相談元の名前がありません。", "町の名前などを入れてください。")
    return name


def _place(folder: Path) -> Path:
    return folder / "clients"
