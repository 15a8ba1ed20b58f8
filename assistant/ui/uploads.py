"""Files that visitors add: kept beside the index, since quotes are checked against them."""

from pathlib import Path

from assistant.errors import InputError, StorageError, cause_of
from assistant.filenames import safe_name
from assistant.ingest.stated import SIDECAR_SUFFIX


def folder_of(root: Path) -> Path:
    """The folder of added files: beside the index, so that every client's stand apart."""
    return root.with_name(f"{root.name}-documents")


def is_own(path: Path, root: Path) -> bool:
    """Whether a file was added on the screen."""
    return folder_of(root).resolve() in path.parents


def save(files: list[tuple[str, bytes]], root: Path) -> list[Path]:
    """Write files given by name and content; one of the same name is replaced.

    Raises:
        InputError: a name cannot be used.
        StorageError: the folder cannot be written.
    """
    folder = folder_of(root).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / _file_name(name) for name, _ in files]
        for path, (_, content) in zip(paths, files, strict=True):
            # A dotted name is no document, so a file half written is never read.
            half = path.with_name(f".{path.name}")
            half.write_bytes(content)
            half.replace(path)
    except OSError as error:
        raise StorageError(
            f"ファイルを保存できません({cause_of(error)})。",
            "ディスクの空きと、データフォルダーの権限を確かめてください。",
        ) from error
    return paths


def with_sidecars(files: list[Path]) -> list[Path]:
    """Added files with the corrections that stand beside them."""
    return [part for file in files for part in (file, file.with_name(file.name + SIDECAR_SUFFIX))]


def _file_name(name: str) -> str:
    stem, _, suffix = name.rpartition(".")
    stem, suffix = safe_name(stem), safe_name(suffix)
    if not stem or not suffix:
        raise InputError(
            f"このファイル名は使えません: {name}", "文字と拡張子のある名前に変えてください。"
        )
    return f"{stem}.{suffix}"
