"""Excel workbooks: rows of visible sheets, shapes and charts on them, comments, running heads.

The package's own XML is read, so that every workbook Excel opens can be: Strict files, files
without shared texts or with damaged properties. Formulas give the value that was saved with them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from assistant.errors import ReadError
from assistant.ingest.grid import table_pages
from assistant.ingest.headings import joined
from assistant.ingest.readers import LONGEST_ROWS, ReadResult, no_text
from assistant.ingest.readers.drawings import read_controls, read_drawing
from assistant.ingest.readers.graphics import has_words
from assistant.ingest.readers.losses import CHART, EMBEDDED, PICTURE, STRUCK, Losses
from assistant.ingest.readers.package import damaged
from assistant.ingest.readers.parts import (
    Package,
    Relation,
    below,
    child,
    relation_id,
    whole_number,
)
from assistant.ingest.readers.sheet_cells import (
    Book,
    Loss,
    Sheet,
    grid_rows,
    kept,
    place_of,
    read_book,
    read_sheet,
    rich_text,
)
from assistant.records.text import Page

_UNCOMPUTED = "計算結果が保存されていない式の欄は読めません(Excelで開いて保存し直してください)。"
_LEFT_OUT: dict[Loss, str] = {
    "hidden": "非表示の行・列・図形にある文字",
    "struck": STRUCK,
    "formatted": "表示しない書式の欄",
    "covered": "結合で隠れた欄",
}
_UNDECIDED: dict[Loss, str] = {"conditional": "条件付きの取り消し線や非表示"}
_UNREAD: dict[Loss, str] = {
    "lost": "ファイルに文字が残っていない欄",
    "picture": PICTURE,
    "chart": CHART,
    "drawing": "図形",
    "embedded": EMBEDDED,
    "unknown": "シートに付いた内容",
    "control": "入力用のコントロール",
}
_COMMENTS = {"comments", "threadedComment"}
# What a sheet points to that shows no words, or none that do not stand in its cells.
_WORDLESS = {"printerSettings", "table", "pivotTable", "queryTable", "customProperty", "image",
             "oleObject", "package", "control", "ctrlProp", "slicer", "timeline"}  # fmt: skip
# Codes of a header (ECMA-376, 18.3.1.46): fields, fonts, sizes and colours.
_CODE = re.compile(
    r'&(?:(?P<side>[LCR])|(?P<strike>S)|(?P<amp>&)|"[^"]*"|[0-9]+|K[0-9A-F+-]{6}|(?P<picture>G)|.)',
    re.IGNORECASE | re.DOTALL,
)
_FURNITURE = re.compile(r"(?:ページ|頁|page|of|p|[\W\d_])*", re.IGNORECASE)
_PLACEHOLDER_AUTHOR = "tc="
"""Author of a note that stands for a threaded comment in old programs."""


def read_sheets(path: Path) -> ReadResult:
    """Read an .xlsx file; the caller has checked that it is one.

    Raises:
        ReadError: no text in a visible sheet, far too many rows, or no workbook in the package.
    """
    with Package(path) as package:
        main = package.main("xl/workbook.xml")
        workbook = package.tree(main)
        if workbook is None:
            raise damaged()
        relations = package.relations(main)
        book = _book(package, workbook, relations)
        hidden: list[str] = []
        unread: list[str] = []
        left_out: dict[Loss, Counter[str]] = defaultdict(Counter)
        pages: list[Page] = []
        heads: dict[tuple[str, str], Page] = {}
        for count, entry in enumerate(below(workbook, "sheet"), start=1):
            title = entry.get("name") or f"シート{count}"
            if entry.get("state", "visible") != "visible":
                hidden.append(title)
                continue
            relation = relations.get(relation_id(entry)) if relations else _by_custom(count)
            sheet = _sheet(package, relation, book, LONGEST_ROWS - len(pages))
            if sheet is None or relation is None:
                unread.append(title)
                continue
            pages += table_pages(grid_rows(sheet, title), above=title, blank_above=True)
            pages += _beside(package, relation.target, sheet, title)
            for name, text in sheet.bands:
                words, pictures, struck = band_text(text)
                sheet.left_out["picture"] += pictures
                sheet.left_out["struck"] += struck
                if words:
                    heads.setdefault(
                        (name, words), Page(words, locator=f"{title} {name}", section=name)
                    )
            for loss, times in sheet.left_out.items():
                left_out[loss][title] += times
        own_title = package.title()
    pages += heads.values()
    reason = _reason(hidden, unread, left_out) + package.damage
    if not pages:
        raise _nothing(reason)
    return ReadResult(tuple(pages), own_title, unreadable_reason=reason)


def band_text(text: str) -> tuple[str, int, int]:
    """The words of a print header or footer, and how many pictures and struck parts it holds.

    Numbers of pages, dates and names that Excel fills in are left out.

    Args:
        text: with its codes: 「&L資料2(案)&R&P」.
    """
    parts: list[str] = []
    pictures = struck = 0
    striking = False
    last = 0
    for code in [*_CODE.finditer(text), None]:
        words = text[last : code.start() if code else len(text)]
        last = code.end() if code else last
        if words.strip() and striking:
            struck += 1
        elif not striking:
            parts.append(words)
        if code is None:
            break
        if code["side"]:
            parts.append("\n")
            striking = False
        elif code["amp"]:
            parts.append("&")
        striking ^= bool(code["strike"])
        pictures += bool(code["picture"])
    lines = (line.strip() for line in "".join(parts).splitlines())
    shown = "\n".join(line for line in lines if line)
    return "" if _FURNITURE.fullmatch(shown) else shown, pictures, struck


def _book(package: Package, workbook: Element, relations: dict[str, Relation]) -> Book:
    parts = {relation.kind: relation.target for relation in relations.values()}
    if not relations:  # damaged: the parts have the names by custom
        parts = {name: f"xl/{name}.xml" for name in ("sharedStrings", "styles")}
    settings = child(workbook, "workbookPr")
    from_1904 = settings is not None and settings.get("date1904") in {"1", "true"}
    return read_book(package, parts.get("sharedStrings"), parts.get("styles"), from_1904=from_1904)


def _by_custom(number: int) -> Relation:
    """The part of a sheet in a workbook that does not say where its sheets are."""
    return Relation("worksheet", f"xl/worksheets/sheet{number}.xml")


def _sheet(package: Package, relation: Relation | None, book: Book, most: int) -> Sheet | None:
    """A sheet; None where its part is absent or no XML."""
    part = package.open(relation.target) if relation and not relation.external else None
    if part is None:
        return None
    with part:
        try:
            return read_sheet(part, book, most)
        except ParseError:
            return None


def _beside(package: Package, part: str, sheet: Sheet, title: str) -> Iterator[Page]:
    """What stands on a sheet beside its cells."""
    relations = package.relations(part)

    def place(row: int, column: int, last_row: int, last_column: int) -> str | None:
        if sheet.hidden_rows.after(row) > last_row:
            return None
        if sheet.hidden_columns.after(column) > last_column:
            return None
        return f"{title}!{_letters(column)}{row}"

    for relation in relations.values():
        if relation.kind == "drawing":
            drawing = read_drawing(package, relation.target, title, place)
            sheet.left_out.update(drawing.left_out)
            yield from drawing.pages
        elif relation.kind == "vmlDrawing":
            yield from read_controls(package.text(relation.target), title)
        elif relation.kind not in _WORDLESS | _COMMENTS and not relation.external:
            root = package.tree(relation.target)
            sheet.left_out["unknown"] += root is not None and has_words(root)
    for (row, column), name in sheet.links.items():
        link = relations.get(name)
        if link and link.external and sheet.shows(row, column):
            where = f"{title}!{_letters(column)}{row} リンク先"
            yield Page(link.target, locator=where, section=joined(title, "リンク先"))
    sheet.left_out["control"] += sum(
        relations[name].kind == "control" for name in sheet.controls if name in relations
    )
    yield from _comments(package, relations, sheet, title)


def _comments(
    package: Package, relations: dict[str, Relation], sheet: Sheet, title: str
) -> Iterator[Page]:
    """Notes and threaded comments, each a page of its own at its cell."""
    repeated = any(relation.kind == "threadedComment" for relation in relations.values())
    for relation in relations.values():
        root = package.tree(relation.target) if relation.kind in _COMMENTS else None
        if root is None:
            sheet.left_out["drawing"] += relation.kind in _COMMENTS
            continue
        threaded = relation.kind == "threadedComment"
        authors = [author.text or "" for author in below(root, "author")]
        for note in below(root, "threadedComment" if threaded else "comment"):
            body = child(note, "text")
            index = whole_number(note.get("authorId"), -1)
            author = authors[index] if 0 <= index < len(authors) else ""
            if body is None or (repeated and author.startswith(_PLACEHOLDER_AUTHOR)):
                continue
            words, struck = (body.text or "", 0) if threaded else kept(rich_text(body))
            sheet.left_out["struck"] += struck
            reference = note.get("ref", "")
            where = place_of(reference)
            if where and not sheet.shows(*where):
                sheet.left_out["hidden"] += 1
            elif words.strip():
                yield Page(
                    words.strip(), locator=f"{title}!{reference} コメント", section="コメント"
                )


def _reason(hidden: list[str], unread: list[str], left_out: dict[Loss, Counter[str]]) -> str:
    reasons = []
    if hidden:
        reasons.append(f"非表示のシート({'、'.join(hidden)})は取り込みません。")
    if unread:
        reasons.append(f"シート({'、'.join(unread)})を読めませんでした。")
    losses = Losses()
    for kinds, count in (
        (_LEFT_OUT, losses.left_out),
        (_UNDECIDED, losses.undecided),
        (_UNREAD, losses.unread),
    ):
        for loss, kind in kinds.items():
            for title, times in left_out[loss].most_common():
                count(kind, title, times)
    reasons.append(losses.reason)
    if any(left_out["uncomputed"].values()):
        reasons.append(_UNCOMPUTED)
    return "".join(reasons)


def _nothing(reason: str) -> ReadError:
    """The error of a workbook without a word to quote, with what was left out of it."""
    empty = no_text()
    if not reason:
        return empty
    return ReadError(f"読める文字がありません。{reason}", empty.remedy)


def _letters(column: int) -> str:
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
