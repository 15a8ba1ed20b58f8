"""Files that visitors add: kept beside the index, since quotes are checked against them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from assistant.errors import InputError, StorageError, cause_of
from assistant.filenames import safe_name
from assistant.ingest.stated import SIDECAR_SUFFIX


def folder_of(root: Path) -> Path:
    """The folder of added files: beside the index, so that every client's stand apart."""
    return root.with_name(f"{root.name}-documents")


def is_own(path: Path, root: Path) -> bool:
    """Whether a file was added on the screen."""
    return folder_of(root).resolve() in path.parents


def stage(files: list[tuple[str, bytes]], root: Path) -> Path:
    """Write files, given by name and content, where nothing reads them: `placed` takes them in.

    Those of one batch are kept apart by numbers (``報告.md``, ``報告 (2).md``).

    Returns:
        A new folder that holds nothing else.

    Raises:
        InputError: a name cannot be used.
        StorageError: the folder cannot be written.
    """
    names = _kept_apart([_file_name(name) for name, _ in files], folder_of(root))
    staged: Path | None = None
    try:
        waiting = root.resolve().with_name(f"{root.name}-incoming")
        waiting.mkdir(parents=True, exist_ok=True)
        staged = Path(mkdtemp(dir=waiting))
        for name, (_, content) in zip(names, files, strict=True):
            (staged / name).write_bytes(content)
    except OSError as error:
        if staged:
            shutil.rmtree(staged, ignore_errors=True)
        raise _not_kept(error) from error
    return staged


@contextmanager
def placed(staged: Path, root: Path) -> Iterator[list[Path]]:
    """Staged files among the added ones; those of the same name are replaced.

    They are moved only while no other process writes the index, which reads these files. If what is
    done with them fails, everything is as before. The staging folder is gone in either case.

    Yields:
        Where they stand.

    Raises:
        IndexBusyError, StorageError: see `writer_lock`.
        StorageError: the folder cannot be written.
    """
    from assistant.retrieval.generations import writer_lock

    before = staged.with_name(f"{staged.name}.before")
    paths: list[Path] = []
    try:
        with writer_lock(root):
            try:
                _move(staged, folder_of(root).resolve(), before, paths)
            except OSError as error:
                raise _not_kept(error) from error
        yield paths
    except BaseException:
        _put_back(paths, before)
        raise
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    shutil.rmtree(before, ignore_errors=True)


def with_sidecars(files: list[Path]) -> list[Path]:
    """Added files with the corrections that stand beside them."""
    return [part for file in files for part in (file, file.with_name(file.name + SIDECAR_SUFFIX))]


def _move(staged: Path, folder: Path, before: Path, moved: list[Path]) -> None:
    """Move files into a folder, keep what they replace, and note each that was moved."""
    before.mkdir()
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(staged.iterdir()):
        path = folder / file.name
        if path.exists():
            shutil.copy2(path, before)
        file.replace(path)
        moved.append(path)


def _put_back(moved: list[Path], before: Path) -> None:
    try:
        for path in moved:
            old = before / path.name
            if old.exists():
                old.replace(path)
            else:
                path.unlink()
    except OSError as error:
        raise StorageError(
            f"資料を取り込めず、元のファイルも戻せませんでした({cause_of(error)})。",
            f"元のファイルはここにあります: {before}",
        ) from error
    shutil.rmtree(before, ignore_errors=True)


def _kept_apart(names: list[str], folder: Path) -> list[str]:
    """The names, numbered where one comes again; a number never takes the name of another file."""
    # Windows does not tell upper from lower case.
    taken = {name.casefold() for name in names}
    taken |= {path.name.casefold() for path in folder.glob("*")}
    seen: set[str] = set()
    apart: list[str] = []
    for name in names:
        kept = name
        if name.casefold() in seen:
            stem, _, suffix = name.rpartition(".")
            numbered = (f"{stem} ({number}).{suffix}" for number in count(2))
            kept = next(free for free in numbered if free.casefold() not in taken)
        seen.add(name.casefold())
        taken.add(kept.casefold())
        apart.append(kept)
    return apart


def _not_kept(error: OSError) -> StorageError:
    return StorageError(
        f"ファイルを保存できません({cause_of(error)})。",
        "ディスクの空きと、データフォルダーの権限を確かめてください。",
    )


def _file_name(name: str) -> str:
    stem, _, suffix = name.rpartition(".")
    stem, suffix = safe_name(stem), safe_name(suffix)
    if not stem or not suffix:
        raise InputError(
            f"このファイル名は使えません: {name}", "文字と拡張子のある名前に変えてください。"
        )
    return f"{stem}.{suffix}"
