"""Office files (ZIP packages of XML) are measured and searched before a parser opens them."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from assistant.errors import ReadError

_MOST_ENTRIES = 10_000
_MOST_BYTES = 200_000_000
_HIGHEST_RATIO = 200
# Below this size even an extreme ratio does no harm (an empty sheet repeated by a program).
_RATIO_FROM_BYTES = 1_000_000
_BLOCK = 1_000_000
XML_SUFFIXES = (".xml", ".rels", ".vml")
"""Parts that are searched; no other may be parsed."""
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_OVERLAP = max(len(mark) for mark in _DECLARATIONS)
# UTF-16LE, as names stand in the directory of an OLE file: what encryption makes of a package.
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


def check_package(path: Path, main_type: str, format_name: str, also: tuple[str, ...] = ()) -> None:
    """Refuse a file that is not the package its name says, or would harm its parser.

    Args:
        path: the file.
        main_type: part of the content type of the package's main part.
        format_name: 「Word(.docx)」, for the message.
        also: content types that will do as well: of templates, of files with macros.

    Raises:
        ReadError: encrypted, of another type, damaged, far too large unpacked, or with a document
            type declaration (office programs write none; entities can swell or read other files).
    """
    if not zipfile.is_zipfile(path):
        raise _no_package(path, format_name)
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
            _check_sizes(entries)
            if "[Content_Types].xml" not in package.NameToInfo:
                raise _other_type(format_name)
            # Without zero bytes, UTF-16 reads like ASCII.
            types = package.read("[Content_Types].xml").replace(b"\0", b"")
            if not any(kind.encode() in types for kind in (main_type, *also)):
                raise _other_type(format_name)
            for entry in entries:
                if entry.filename.lower().endswith(XML_SUFFIXES):
                    _check_declarations(_blocks(package, entry))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise damaged() from error


def damaged() -> ReadError:
    """The error of a package that cannot be read to its end."""
    return ReadError(
        "ファイルが壊れているため開けません。",
        "入手し直すか、元のソフトで開いて保存し直してください。",
    )


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & 1 for entry in entries):
        raise _locked()
    if len(entries) > _MOST_ENTRIES or sum(e.file_size for e in entries) > _MOST_BYTES:
        raise _swollen()
    if len({entry.filename for entry in entries}) < len(entries):
        raise damaged()
    for entry in entries:
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > _RATIO_FROM_BYTES and ratio > _HIGHEST_RATIO:
            raise _swollen()


def _blocks(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with package.open(entry) as part:
        while block := part.read(_BLOCK):
            yield block


def _check_declarations(blocks: Iterator[bytes]) -> None:
    tail = b""
    for block in blocks:
        # Without zero bytes, UTF-16 reads like ASCII.
        searched = tail + block.replace(b"\0", b"")
        if any(mark in searched for mark in _DECLARATIONS):
            raise ReadError(
                "通常のOffice文書にはない宣言(DOCTYPE)が含まれているため、開きません。",
                "元のソフトで開いて保存し直すか、PDFに保存し直してください。",
            )
        tail = searched[-_OVERLAP:]


def _no_package(path: Path, format_name: str) -> ReadError:
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK"):
        return damaged()
    if not head.startswith(b"\xd0\xcf\x11\xe0"):
        return _other_type(format_name)
    if _ENCRYPTED_STREAM in path.read_bytes():
        return _locked()
    return ReadError(
        f"拡張子は{path.suffix.lower()}ですが、中身は古い形式のWordやExcelなどです。",
        f"元のソフトで開き、{format_name}の形式で保存し直してください。",
    )


def _other_type(format_name: str) -> ReadError:
    return ReadError(
        f"中身が{format_name}の文書ではありません。",
        "拡張子を確かめるか、元のソフトで開いて保存し直してください。",
    )


def _locked() -> ReadError:
    return ReadError(
        "パスワードで保護されたファイルです。",
        "パスワードを解除したファイルを作り、置き直してください。",
    )


def _swollen() -> ReadError:
    return ReadError(
        "展開すると大きくなりすぎるファイルです。",
        "画像を減らすか分けて保存し直し、必要ならPDFに保存してください。",
    )
