"""Readers: one file in, its pages out, exactly as written.

`read_file` runs in a child process (see `assistant.ingest.sandbox`): a damaged file may hang or
kill a parser, and must cost no more than itself.
"""

from dataclasses import dataclass
from pathlib import Path

from assistant.errors import ReadError
from assistant.schema import Page

TEXT_SUFFIXES = {".txt", ".text"}
MARKDOWN_SUFFIXES = {".md", ".markdown"}
PDF_SUFFIXES = {".pdf"}
SUFFIXES = TEXT_SUFFIXES | MARKDOWN_SUFFIXES | PDF_SUFFIXES

# Far above any text a town hall holds (the largest sample is 130 kB): stops logs and dumps.
_LONGEST_TEXT_BYTES = 50_000_000

_MAGIC = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "WordやExcelなどのZIP形式",
    b"\xd0\xcf\x11\xe0": "古い形式のWordやExcel",
    b"\x89PNG": "画像",
    b"\xff\xd8\xff": "画像",
    b"GIF8": "画像",
}


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The pages of one file and what could not be read."""

    pages: tuple[Page, ...]
    title: str | None = None
    """Title from the file's own metadata, if it has one."""
    unreadable: tuple[int, ...] = ()
    """1-based physical pages without usable text."""
    unreadable_reason: str = ""


def read_file(path: Path) -> ReadResult:
    """Read a file by its type, checked against its content.

    Raises:
        ReadError: empty, encrypted, damaged, image-only or not what its name says.
    """
    head = _head(path)
    suffix = path.suffix.lower()
    found = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)
    if suffix in PDF_SUFFIXES:
        # A PDF header may stand after some junk bytes (ISO 32000-1, Annex H.3.4.1: first 1,024).
        if b"%PDF" not in head:
            raise ReadError(
                "拡張子は.pdfですが、中身はPDFではありません。",
                "元のソフトで開き、PDFとして保存し直してください。",
            )
        from assistant.ingest.readers.pdf import read_pdf

        return read_pdf(path)
    if found:
        raise ReadError(
            f"拡張子は{suffix}ですが、中身は{found}です。",
            "正しい拡張子に直すか、テキストとして保存し直してください。",
        )
    from assistant.ingest.readers.text import read_text

    return ReadResult((Page(read_text(path)),))


def _head(path: Path) -> bytes:
    size = path.stat().st_size
    if size == 0:
        raise ReadError("空のファイルです。", "中身のあるファイルを置き直してください。")
    if size > _LONGEST_TEXT_BYTES and path.suffix.lower() not in PDF_SUFFIXES:
        raise ReadError(
            f"文書としては大きすぎます({size // 1_000_000:,} MB)。",
            "必要な部分だけを別のファイルに保存してください。",
        )
    with path.open("rb") as file:
        return file.read(1024)
