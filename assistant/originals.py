"""The folder of originals: official documents kept with where and when they came from.

::

    ORIGINALS/plan.pdf        a document as it arrived
    ORIGINALS/catalog.toml    one ``[[original]]`` a document: file, url, retrieved, sha256, type
"""

import hashlib
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import tomli_w
from filelock import FileLock

from assistant.errors import InputError, ReadError, StorageError, cause_of
from assistant.filenames import safe_name
from assistant.ingest.catalog import CATALOG_NAME, load_catalog
from assistant.ingest.fetch import Fetched, fetch
from assistant.ingest.readers import (
    HTML_SUFFIXES,
    OFFICE_FORMATS,
    PDF_SUFFIXES,
    SUFFIXES,
)
from assistant.ingest.readers.text import read_text
from assistant.settings import Settings

_CATALOG_HEAD = "# 加えた原文の出どころ。regional-dx corpus add が書き足す。"
_MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".md": "text/markdown",
    ".txt": "text/plain",
}


@dataclass(frozen=True, slots=True)
class KeptOriginal:
    """A document kept in the folder."""

    path: Path
    url: str | None
    """Where it was fetched from; None for a file of the user's own."""
    retrieved: str
    """ISO 8601 with offset."""
    sha256: str
    media_type: str
    bytes: int
    known: bool = False
    """The same content was there already: nothing was stored."""


def add_original(source: str, settings: Settings) -> KeptOriginal:
    """Keep a document from an address or a file, with its provenance.

    Args:
        source: an http or https address, or the path of a file.
        settings: folder and limits.

    Raises:
        FetchError: see `assistant.ingest.fetch.fetch`.
        InputError: there is no such file, or its content is no document that can be ingested.
        StorageError: the folder cannot be written.
    """
    folder = settings.originals_folder
    with _folder_lock(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".") as aside:
        arrived = Path(aside) / "document"
        fetched = _arrive(source, arrived, settings)
        known = _known(folder, fetched.sha256)
        if known:
            return known
        suffix = _suffix(arrived, fetched.name, source)
        path = _free_path(folder, _stem(fetched.name) + suffix, fetched.sha256)
        original = KeptOriginal(
            path,
            fetched.url or None,
            datetime.now(UTC).isoformat(timespec="seconds"),
            fetched.sha256,
            _MEDIA_TYPES[suffix],
            fetched.bytes,
        )
        arrived.replace(path)
        _append_row(folder / CATALOG_NAME, original)
        return original


@contextmanager
def _folder_lock(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            yield
    except OSError as error:
        raise StorageError(
            f"原文のフォルダーに書き込めません({cause_of(error)}): {folder}",
            "空きと権限を確かめるか、REGIONAL_DX_ORIGINALS で別の場所を指定してください。",
        ) from error


def _arrive(source: str, target: Path, settings: Settings) -> Fetched:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", source):
        return fetch(
            source,
            target,
            megabytes=settings.fetch_megabytes,
            seconds=settings.fetch_seconds,
            loopback=settings.fetch_loopback,
        )
    try:
        path = Path(source).expanduser()
        size = path.stat().st_size
        if size > settings.fetch_megabytes * 1_000_000:
            raise InputError(
                f"大きすぎるため加えません(上限{settings.fetch_megabytes} MB): {path}",
                "必要な部分だけを別のファイルに保存してください。",
            )
        shutil.copyfile(path, target)
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(
            f"ファイルがないか、開けません: {source[:80]}",
            "ファイルの場所か、https:// で始まるアドレスを指定してください。",
        ) from error
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Fetched("", path.name, digest, size)


def _known(folder: Path, sha256: str) -> KeptOriginal | None:
    for entry in load_catalog(folder / CATALOG_NAME):
        path = folder / (entry.file or "")
        if entry.sha256 == sha256 and entry.file and path.is_file():
            return KeptOriginal(path, entry.url, entry.retrieved or "", sha256,
                            entry.media_type or "", entry.bytes or 0, known=True)  # fmt: skip
    return None


def _suffix(path: Path, name: str, source: str) -> str:
    """The file type by content; the name only tells kinds of text apart.

    Raises:
        InputError: nothing that can be ingested, or a web page where a document should be.
    """
    named = Path(name).suffix.lower()
    found = _type_of(path, named)
    expected = PDF_SUFFIXES | set(OFFICE_FORMATS)
    if found is None or (named in expected and found not in expected):
        what = "ウェブページ" if found in HTML_SUFFIXES else "取り込める文書ではないもの"
        raise InputError(
            f"中身が{what}です: {source}",
            "ログインや同意の画面でないか、文書そのもののアドレスかを確かめてください。",
        )
    return found


def _type_of(path: Path, named: str) -> str | None:
    with path.open("rb") as file:
        head = file.read(1024)
    if b"%PDF" in head:
        return ".pdf"
    if head.startswith(b"PK\x03\x04"):
        return _office_type(path)
    if re.match(rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html)", head, re.IGNORECASE):
        return ".html"
    return _text_type(path, named)


def _office_type(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as package, package.open("[Content_Types].xml") as file:
            types = file.read(1_000_000).decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError):
        return None
    return next((s for s, (_, main) in OFFICE_FORMATS.items() if main in types), None)


def _text_type(path: Path, named: str) -> str | None:
    try:
        read_text(path)
    except ReadError:
        return None
    return named if named in {".csv", ".tsv", ".md"} else ".txt"


def _stem(name: str) -> str:
    """A file name without folders and suffix, never empty."""
    stem = Path(name.replace("\\", "/")).name
    if Path(stem).suffix.lower() in SUFFIXES:
        stem = Path(stem).stem
    return safe_name(stem) or "document"


def _free_path(folder: Path, name: str, sha256: str) -> Path:
    """The name in the folder; with the beginning of the hash where another file has it."""
    path = folder / name
    return path.with_stem(f"{path.stem}-{sha256[:8]}") if path.exists() else path


def _append_row(catalog: Path, original: KeptOriginal) -> None:
    fields = {
        "file": original.path.name,
        "url": original.url,
        "sha256": original.sha256,
        "media_type": original.media_type,
        "bytes": original.bytes,
        "retrieved": datetime.fromisoformat(original.retrieved),
    }
    row = tomli_w.dumps({"original": [{k: v for k, v in fields.items() if v is not None}]})
    before = catalog.read_text(encoding="utf-8") if catalog.is_file() else _CATALOG_HEAD
    building = catalog.with_suffix(".new")
    building.write_text(f"{before.rstrip()}\n\n{row}", encoding="utf-8")
    building.replace(catalog)
