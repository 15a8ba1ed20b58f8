"""Readers: one file in, its pages out, exactly as written.

`read_file` runs in a child process (see `assistant.ingest.sandbox`): a damaged file may hang or
kill a parser, and must cost no more than itself.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant.errors import ReadError
from assistant.records.text import Page

TEXT_SUFFIXES = {".txt", ".text"}
MARKDOWN_SUFFIXES = {".md", ".markdown"}
PDF_SUFFIXES = {".pdf"}
HTML_SUFFIXES = {".html", ".htm"}
CSV_SUFFIXES = {".csv", ".tsv"}
OFFICE_FORMATS = {
    ".docx": ("Word(.docx)", "wordprocessingml.document.main+xml"),
    ".pptx": ("PowerPoint(.pptx)", "presentationml.presentation.main+xml"),
    ".xlsx": ("Excel(.xlsx)", "spreadsheetml.sheet.main+xml"),
}
"""Suffix → name, and content type of the main part."""
OFFICE_VARIANTS = {
    ".docx": (
        "wordprocessingml.template.main+xml",
        "ms-word.document.macroEnabled.main+xml",
        "ms-word.template.macroEnabledTemplate.main+xml",
    ),
}
"""Suffix → content types of templates and files with macros, whose text is read the same."""
OLD_FORMATS = {".doc": "Word(.docx)", ".ppt": "PowerPoint(.pptx)", ".xls": "Excel(.xlsx)"}
"""Suffix of a format that is not read → name of the format to save it in."""
SUFFIXES = (
    TEXT_SUFFIXES
    | MARKDOWN_SUFFIXES
    | PDF_SUFFIXES
    | HTML_SUFFIXES
    | CSV_SUFFIXES
    | set(OFFICE_FORMATS)
)
TABLE_SUFFIXES = CSV_SUFFIXES | {".xlsx"}
"""Files of rows alone: their first lines name columns and say little of the document."""

# Far above any text a town hall holds (the largest sample is 130 kB): stops logs and dumps.
_LONGEST_TEXT_BYTES = 50_000_000
# PDFs and office files hold pictures; they are measured by their own readers.
_WITH_PICTURES = PDF_SUFFIXES | set(OFFICE_FORMATS)
LONGEST_ROWS = 100_000
"""More rows than this in one table file are a data dump, not a document."""

_MAGIC = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "WordやExcelなどのZIP形式",
    b"\xd0\xcf\x11\xe0": "古い形式のWordやExcel",
    b"\x89PNG": "画像",
    b"\xff\xd8\xff": "画像",
    b"GIF8": "画像",
}


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file says of its document outside the text; None where it says nothing."""

    author: str | None = None
    created: str | None = None
    """ISO date of the file, which need not be the document's."""
    outline: str | None = None
    """First entry of the outline (bookmarks)."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The pages of one file and what could not be read."""

    pages: tuple[Page, ...]
    title: str | None = None
    """Title from the file's own metadata, if it has one."""
    unreadable: tuple[int, ...] = ()
    """1-based physical pages (slides) without usable text."""
    unreadable_reason: str = ""
    """What was left out, and why; may stand without page numbers."""
    properties: Properties = field(default=Properties(), compare=False)
    """Beside what was read: two results with the same pages are equal."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page of a PDF drawn, see `assistant.ingest.readers.picture`."""

    png: str
    """PNG in base64."""
    marked: int
    """How many of the quotes were found on the page and marked."""


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
    if suffix in OFFICE_FORMATS:
        return _read_office(path, suffix, found)
    if found:
        raise ReadError(
            f"拡張子は{suffix}ですが、中身は{found}です。",
            "正しい拡張子に直すか、テキストとして保存し直してください。",
        )
    from assistant.ingest.readers.text import read_damaged_text

    text, damage = read_damaged_text(path)
    result = _of_text(text, path)
    return replace(result, unreadable_reason=damage + result.unreadable_reason)


def _of_text(text: str, path: Path) -> ReadResult:
    suffix = path.suffix.lower()
    if suffix in CSV_SUFFIXES:
        from assistant.ingest.readers.table import read_table

        return read_table(text)
    if suffix in HTML_SUFFIXES:
        from assistant.ingest.readers.html import read_html

        return read_html(text)
    return _read_plain(path, text)


def _read_plain(path: Path, text: str) -> ReadResult:
    from assistant.ingest.clean import is_markdown
    from assistant.ingest.markdown import read_marks
    from assistant.ingest.stated import blank_front_matter

    page = Page(text)
    if not is_markdown(path, (page,)):
        return ReadResult((page,))
    marks = read_marks(blank_front_matter((page,))[0].text)
    return ReadResult((replace(page, hidden=marks.unseen_spans),), unreadable_reason=marks.left_out)


def no_text() -> ReadError:
    """The error of a file that holds nothing to quote."""
    return ReadError("文字がありません。", "中身のあるファイルを置き直してください。")


def too_many_rows() -> ReadError:
    """The error of a table file that is a data dump."""
    return ReadError(
        f"行が多すぎます(上限{LONGEST_ROWS:,}行)。",
        "必要な部分だけを別のファイルに保存してください。",
    )


def _read_office(path: Path, suffix: str, found: str | None) -> ReadResult:
    name, main_type = OFFICE_FORMATS[suffix]
    if found in {"PDF", "画像"}:
        raise ReadError(
            f"拡張子は{suffix}ですが、中身は{found}です。",
            "正しい拡張子に直すか、元のソフトで開いて保存し直してください。",
        )
    from assistant.ingest.readers.package import check_package

    check_package(path, main_type, name, OFFICE_VARIANTS.get(suffix, ()))
    if suffix == ".docx":
        from assistant.ingest.readers.word import read_word

        return read_word(path)
    if suffix == ".pptx":
        from assistant.ingest.readers.slides import read_slides

        return read_slides(path)
    from assistant.ingest.readers.sheets import read_sheets

    return read_sheets(path)


def _head(path: Path) -> bytes:
    size = path.stat().st_size
    if size == 0:
        raise ReadError("空のファイルです。", "中身のあるファイルを置き直してください。")
    if size > _LONGEST_TEXT_BYTES and path.suffix.lower() not in _WITH_PICTURES:
        raise ReadError(
            f"文書としては大きすぎます({size // 1_000_000:,} MB)。",
            "必要な部分だけを別のファイルに保存してください。",
        )
    with path.open("rb") as file:
        return file.read(1024)
