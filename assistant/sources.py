"""The files of a run: which there are, which hold the same, and under which path one is cited."""

import hashlib
import os
import stat
import sys
from pathlib import Path

from assistant.errors import InputError, cause_of
from assistant.ingest.catalog import CATALOG_NAME
from assistant.ingest.readers import OLD_FORMATS, SUFFIXES
from assistant.ingest.stated import SIDECAR_SUFFIX, is_sidecar, sidecar_of
from assistant.records.documents import SourceDocument
from assistant.records.reports import Skipped
from assistant.retrieval.index import FileRecord

# Files that describe documents or belong to the system: never documents, never reported.
_BESIDE = {CATALOG_NAME, "thumbs.db", "desktop.ini"}


def absolute(path: Path) -> Path:
    """The path as the index names it; a name no system can look up is an input error."""
    try:
        path = path.expanduser().resolve()
        path.exists()
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(
            f"場所として読めません: {str(path)[:80]}", "場所の書き方を確かめてください。"
        ) from error
    return path


def documents_in(paths: list[Path], root: Path | None) -> tuple[list[Path], list[Skipped]]:
    """Files at or below the paths in a stable order, each once; and what is not looked into.

    The index itself and files that describe others are neither. Hidden files of a type that is
    read, hidden folders, links to folders, folders that cannot be opened and what is no plain file
    are named as skipped.
    """
    index = root.resolve() if root else None
    found: dict[Path, None] = {}
    skipped: dict[Path, Skipped] = {}
    for path in paths:
        if index and is_inside(path, index):
            continue
        files, rows = _below(path, index) if path.is_dir() else ([path], [])
        skipped |= {Path(row.path): row for row in rows}
        for file in files:
            gone = is_gone(file) and not file.is_symlink()
            if gone or file.name.lower() in _BESIDE or is_sidecar(file):
                continue
            row = _no_document(file, named=file == path)
            if row:
                skipped[file] = row
            elif file == path or not file.name.startswith("."):
                found[file] = None
    return list(found), list(skipped.values())


def _below(folder: Path, index: Path | None) -> tuple[list[Path], list[Skipped]]:
    """All files below a folder, sorted, and the folders that are not searched."""
    files: list[Path] = []
    skipped: list[Skipped] = []

    def unopened(error: OSError) -> None:
        reason = f"フォルダーを開けません({cause_of(error)})。"
        skipped.append(Skipped(str(error.filename), reason, "読み取り権限を確かめてください。"))

    for place, folders, names in os.walk(folder, onerror=unopened):
        here = Path(place)
        searched = []
        for name in folders:
            path = here / name
            if path == index:
                continue
            row = _not_searched(path)
            skipped += [row] if row else []
            searched += [] if row else [name]
        folders[:] = searched
        files += [here / name for name in names]
    return sorted(files), skipped


def _not_searched(folder: Path) -> Skipped | None:
    if folder.is_symlink() or (sys.version_info >= (3, 12) and folder.is_junction()):
        reason = "フォルダーへのリンクの先は見ません。"
        return Skipped(str(folder), reason, "リンク先のフォルダーを指定して取り込んでください。")
    return _hidden(folder) if folder.name.startswith(".") else None


def _no_document(file: Path, *, named: bool) -> Skipped | None:
    """Why a file is not taken as a document; None also where only opening it can tell."""
    try:
        plain = stat.S_ISREG(file.stat().st_mode)
    except OSError:
        return None
    if not plain:
        reason = "ふつうのファイルではありません(装置やパイプなど)。"
        return Skipped(str(file), reason, "文書のファイルを置き直してください。")
    hidden = file.name.startswith(".") and not named
    return _hidden(file) if hidden and file.suffix.lower() in SUFFIXES else None


def _hidden(path: Path) -> Skipped:
    return Skipped(
        str(path),
        "名前が「.」で始まるもの(隠しファイルや隠しフォルダー)は取り込みません。",
        "取り込むときは、名前を変えるか、直接指定してください。",
    )


def by_content(
    found: list[Path], *, starter: bool
) -> tuple[dict[str, list[FileRecord]], list[Skipped]]:
    """The files that can be opened, by doc_id in the order found; and those that cannot.

    Args:
        found: from `documents_in`.
        starter: whether they belong to the starter corpus.
    """
    groups: dict[str, list[FileRecord]] = {}
    skipped: list[Skipped] = []
    for path in found:
        if path.suffix.lower() not in SUFFIXES:
            skipped.append(_unsupported(path))
            continue
        try:
            digest = sha256(path)
            beside = sidecar_of(path)
            sidecar = sha256(beside) if beside else None
        except OSError as error:
            reason = f"ファイルを開けません({cause_of(error)})。"
            skipped.append(Skipped(str(path), reason, "読み取り権限を確かめてください。"))
            continue
        record = FileRecord(str(path), digest, digest[:12], starter, sidecar)
        groups.setdefault(record.doc_id, []).append(record)
    return groups, skipped


def owner_of(
    records: list[FileRecord],
    document: SourceDocument | None,
    before: list[FileRecord],
    found: set[Path],
) -> str:
    """The path that a document with these contents is cited under.

    The path it has been cited under as long as that file still holds it, else the first in order.

    Args:
        records: files of this run with these contents.
        document: as indexed before; None for a new one.
        before: files that held these contents when last indexed.
        found: all files of this run.
    """
    paths = {record.path for record in records}
    elsewhere = {
        record.path
        for record in before
        if Path(record.path) not in found and Path(record.path).is_file()
    }
    if document and document.source_path in paths | elsewhere:
        return document.source_path
    return min(paths)


def must_be_read(
    owner: str,
    records: list[FileRecord],
    document: SourceDocument | None,
    known: dict[str, FileRecord],
) -> bool:
    """Whether a document is new, is cited under another path, or is described anew beside it."""
    if document is None or document.source_path != owner:
        return True
    sidecar = next((record.sidecar for record in records if record.path == owner), None)
    return owner in known and owner in {r.path for r in records} and sidecar != known[owner].sidecar


def names_to_try(owner: str, records: list[FileRecord]) -> list[Path]:
    """The owner, then a path for every other suffix under which the same content stands."""
    paths = {
        Path(path).suffix.lower(): path for path in sorted((r.path for r in records), reverse=True)
    }
    paths.pop(Path(owner).suffix.lower(), None)
    return [Path(owner), *(Path(path) for path in paths.values())]


def is_gone(path: Path) -> bool:
    """Whether a file is no longer there; one in a folder that may not be read is not gone."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a path is a folder or below it."""
    return path == folder or folder in path.parents


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def holds(path: Path, doc_id: str) -> bool:
    """Whether a file holds the document's contents now."""
    try:
        return sha256(path)[:12] == doc_id
    except OSError:
        return False


def _unsupported(path: Path) -> Skipped:
    if path.name.endswith(SIDECAR_SUFFIX):
        reason = "この書誌情報に当たる文書が同じフォルダーにありません。"
        return Skipped(
            str(path), reason, f"文書の名前に {SIDECAR_SUFFIX} を付けた名前にしてください。"
        )
    newer = OLD_FORMATS.get(path.suffix.lower())
    if newer:
        reason = f"古い形式({path.suffix})には対応していません。"
        return Skipped(str(path), reason, f"元のソフトで開き、{newer}で保存し直してください。")
    return Skipped(
        str(path),
        f"この形式({path.suffix or '拡張子なし'})には対応していません。",
        "PDF、Word(.docx)、PowerPoint(.pptx)、Excel(.xlsx)、HTML、CSV、テキスト(.txt)、"
        "Markdown(.md)のいずれかで保存し直してください。",
    )
