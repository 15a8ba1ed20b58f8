"""Files that commands write: never over another one unasked, failures explained."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from assistant.errors import InputError


def check_target(path: Path, suffixes: Sequence[str], *, force: bool) -> None:
    """Refuse a target that cannot be written, before any work is done.

    Raises:
        InputError: another kind of file, or one that exists and is not to be overwritten.
    """
    if path.suffix.lower() not in suffixes:
        raise InputError(
            f"この形式では書き出せません: {path.name}",
            f"名前の終わりを {' か '.join(suffixes)} にしてください。",
        )
    _refuse_existing(path, force=force)


def _refuse_existing(path: Path, *, force: bool) -> None:
    if path.exists() and not force:
        raise InputError(
            f"同じ名前のファイルがあります: {path}",
            "別の名前にするか、上書きしてよければ --force を付けてください。",
        )


def write_file(content: bytes, path: Path, *, force: bool) -> None:
    """Write a file.

    Raises:
        InputError: it exists already, or the place cannot be written.
    """
    _refuse_existing(path, force=force)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(
            f"ファイルに書き込めません: {path}",
            "場所と権限を確かめ、同じファイルを開いているソフトを閉じてください。",
        ) from error


def keep_earlier(path: Path) -> Path | None:
    """Give a file the first free name beside it (計画-前1.json), since a person may have edited it.

    Returns:
        Where it is now; None where there was none.

    Raises:
        OSError: the folder cannot be written.
    """
    if not path.exists():
        return None
    names = (path.with_stem(f"{path.stem}-前{number}") for number in count(1))
    free = next(name for name in names if not name.exists())
    return path.rename(free)
