"""Word documents: paragraphs, table rows, text boxes, charts, notes, comments, running heads.

Read from the XML of the package by a walk of our own, so that whatever Word opens is read. A number
that Word puts before a paragraph by itself (「第3条」) is read as the beginning of the paragraph's
text, where every reader of the document sees it. Struck-out, deleted and hidden words are left out
and counted; tables of contents repeat the headings and are not read.
"""

import email
import email.policy
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.errors import ReadError
from assistant.ingest.grid import GridCell, GridRow, table_pages
from assistant.ingest.headings import enter, joined
from assistant.ingest.readers import OFFICE_FORMATS, ReadResult, no_text, read_file
from assistant.ingest.readers.charts import chart_pages
from assistant.ingest.readers.graphics import diagram_items, paragraphs
from assistant.ingest.readers.losses import CHART, STRUCK, Losses
from assistant.ingest.readers.openxml import qn
from assistant.ingest.readers.package import check_package, damaged
from assistant.ingest.readers.parts import Package, below, is_on
from assistant.ingest.readers.rows import row_text
from assistant.ingest.readers.word_numbers import Number, Numbers
from assistant.ingest.readers.word_styles import Styles
from assistant.ingest.readers.word_text import (
    CONTROL,
    DELETED,
    HIDDEN,
    PROMPT,
    Anchored,
    Words,
    is_contents,
    kept,
    note_key,
)
from assistant.records.text import Page

_P, _TABLE, _ROW, _CELL = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc"))
_CHUNK = qn("w:altChunk")
# Runs and equations stand in a paragraph; Word reads them without one, too.
_BLOCKS = {_P, _TABLE, _CHUNK, qn("w:r"), qn("w:hyperlink"), qn("m:oMathPara"), qn("m:oMath")}
_ARTICLE = re.compile(r"第.+条")
_DIVISION = re.compile(r"第.+([編章節款目])")
_LONGEST_HEADING = 60
_LONGEST_CAPTION = 60
_CAPTION = re.compile(r"[(（\[【〔<＜]?\s*(?:表|図表|別表|単位)")
_HEADS = {"header": "ヘッダー", "footer": "フッター"}
_NOTES = {"footnotes": ("footnote", "脚注"), "endnotes": ("endnote", "文末脚注")}
_FURNITURE = re.compile(r"[\W\d_]|第|全|ページ|頁|page|of", re.IGNORECASE)
_BY_RULE = (STRUCK, HIDDEN, DELETED, PROMPT)
_CHUNK_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "message/rfc822": ".mht",
    f"application/vnd.openxmlformats-officedocument.{OFFICE_FORMATS['.docx'][1]}": ".docx",
}
_SAME = {".htm": ".html", ".xhtml": ".html", ".mhtml": ".mht", ".eml": ".mht"}
_DEEPEST_CHUNK = 3
_MOST_COLUMNS = 63


def read_word(path: Path, *, depth: int = 0) -> ReadResult:
    """Read a .docx file; the caller has checked that it is one.

    Args:
        path: the file.
        depth: how many documents it stands in.

    Raises:
        ReadError: no text, no document inside, or elements nested absurdly deep.
    """
    with Package(path) as package:
        reader = _Reader(package, depth)
        try:
            pages = reader.pages()
        except RecursionError:
            raise ReadError(
                "文書の入れ子が深すぎます。", "元のソフトで開き、PDFに保存し直してください。"
            ) from None
        reason = reader.reason()
        if not pages and reason:
            raise ReadError(
                f"読める文字がありません({reason.rstrip('。')})。",
                "元のソフトで開いて確かめ、文字の入ったファイルを置き直してください。",
            )
        if not pages:
            raise no_text()
        return ReadResult(pages, package.title(), unreadable_reason=reason)


class _Reader:
    """Reads one document; what is left out adds up in `left`."""

    def __init__(self, package: Package, depth: int) -> None:
        self.package, self.depth = package, depth
        self.main = package.main("word/document.xml")
        self.root = package.xml(self.main)
        if self.root is None or self.root.tag != qn("w:document"):
            raise damaged()
        self.left: Counter[str] = Counter()
        self.inside: list[str] = []
        """What was left out of documents taken in."""
        self.styles = Styles(self._part("styles"))
        self.numbers = Numbers.of(self._part("numbering"), self.styles)
        self.words = Words(package, self.main, self.styles, self.left)
        self.marks: dict[str, None] = {}
        self.counts: Counter[str] = Counter()
        self.headings: list[tuple[int, str]] = []
        self.article: Number | None = None

    def pages(self) -> tuple[Page, ...]:
        """Everything that is read, the body first."""
        body = self.root.find(qn("w:body"))
        read = [] if body is None else list(self._body(body))
        beside = [*self._notes(), *self._running_heads(), *self._comments()]
        marks = [
            Page(text, locator=f"透かし {number}", section="透かし")
            for number, text in enumerate(self.marks, start=1)
        ]
        return (*read, *marks, *beside)

    def reason(self) -> str:
        """What was left out, by kind and number of places; empty for nothing."""
        if self.package.damaged:
            self.left["壊れた部品"] += self.package.damaged
        losses = Losses()
        for kind in _BY_RULE:
            losses.left_out(kind, times=self.left[kind])
        for kind, count in self.left.items():
            if kind not in _BY_RULE:
                losses.unread(kind, times=count)
        return losses.reason + "".join(self.inside)

    def _part(self, kind: str) -> Any:
        found = self.package.related(self.main, kind)
        return self.package.xml(found[0]) if found else None

    def _body(self, body: Any) -> Iterator[Page]:
        captions: list[str] = []
        for element, prefix in self._flow(body):
            if element.tag == _TABLE:
                name = f"{prefix}表{self._next(f'{prefix}表')}"
                caption = " ".join(captions) or None
                yield from self._table(element, name, self._above(), caption)
                captions = []
            elif element.tag == _CHUNK:
                yield from self._chunk(element, self._above())
            else:
                place = f"{prefix}段落 {self._next(f'{prefix}段落')}"
                pages = list(self._paragraph(element, place))
                yield from pages
                captions = self._captions(captions, element, pages)

    def _flow(self, parent: Any, prefix: str = "") -> Iterator[tuple[Any, str]]:
        """Blocks in order, those of a content control with its name before them.

        Only paragraphs outside controls are counted as Word's users count them.
        """
        for element in kept(parent, {*_BLOCKS, CONTROL}, self.words):
            if element.tag != CONTROL:
                yield element, prefix
            elif not is_contents(element):
                inner = prefix or f"コントロール{self._next('コントロール')} "
                if is_on(element.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}")):
                    self.words.leave(PROMPT, element)
                else:
                    yield from self._flow(element, inner)

    def _next(self, name: str) -> int:
        self.counts[name] += 1
        return self.counts[name]

    def _above(self) -> str | None:
        return joined(*(name for _, name in self.headings))

    def _over(self, level: int) -> str | None:
        """The headings over a heading of that level; none over the document's title."""
        return joined(*(name for rank, name in self.headings if rank < level))

    def _paragraph(self, element: Any, place: str) -> Iterator[Page]:
        properties = element.find(qn("w:pPr"))
        text, number, anchored = self._read(element)
        above = self._above()
        if text.strip() and not self.styles.paragraph(properties).contents:
            level = self.styles.level(properties)
            line = " ".join(text.split())
            if level is None:
                level = _division_level(number, line)
            if level is not None:
                self.article = None
                over = self._over(level)
                if level:
                    enter(self.headings, level, line)
                above = self._above()
                yield Page(line, locator=place, section=over, heading=True)
            else:
                section = joined(above, self._in_article(number, text))
                item = number is not None and not _ARTICLE.match(number.label)
                yield Page(text, locator=place, section=section, item=item)
        for thing in anchored:
            yield from self._anchored(thing, place, above)

    def _in_article(self, number: Number | None, text: str) -> str | None:
        """The article (第3条) to which a paragraph belongs, and None for one outside of articles.

        An article goes on over its numbered items and whole sentences; captions and 附則 end it.
        """
        if number and _ARTICLE.match(number.label):
            self.article = number
        elif self.article and number:
            if number.list == self.article.list and number.level <= self.article.level:
                self.article = None
        elif "。" not in text:
            self.article = None
        return self.article.label if self.article else None

    def _read(self, paragraph: Any, table: str = "") -> tuple[str, Number | None, list[Anchored]]:
        """The words of a paragraph with its number before them, the number, what is anchored."""
        text, anchored = self.words.read(paragraph, table)
        properties = paragraph.find(qn("w:pPr"))
        if not text.strip() and _is_gone(properties):
            return "", None, anchored
        number = self.numbers.next(properties)
        if number and text.strip():
            text = number.label + number.gap + text.lstrip()
        return text, number, anchored

    def _captions(self, before: list[str], element: Any, pages: Sequence[Page]) -> list[str]:
        """The lines over a table that name it or its unit: at most the two before it."""
        if len(pages) != 1 or pages[0].heading:
            return before if not pages else []
        text = " ".join(pages[0].text.split())
        named = self.styles.paragraph(element.find(qn("w:pPr"))).caption or _CAPTION.match(text)
        if len(text) > _LONGEST_CAPTION or "。" in text or not named:
            return []
        return [*before[-1:], text]

    def _anchored(self, thing: Anchored, place: str, above: str | None) -> Iterator[Page]:
        """Pages of what is anchored in a paragraph."""
        if thing.kind == "watermark":
            self.marks[thing.text] = None
        elif thing.kind == "drawn":
            yield Page(thing.text, locator=f"{place} テキストボックス", section=above)
        elif thing.kind == "box":
            place = f"{place} テキストボックス"
            lines, others = self._inside(thing.element, place, above)
            if lines:
                yield Page("\n".join(lines), locator=place, section=above)
            yield from others
        elif thing.kind == "picture":
            name = "画像の説明"
            yield Page(thing.text, locator=f"{place} {name}", section=joined(above, name))
        elif thing.kind == "chart":
            yield from self._chart(thing.text, f"{place} グラフ", above)
        else:
            for path, text in diagram_items(self.package.xml(thing.text), self._drawn):
                yield Page(text, locator=f"{place} 図", section=joined(above, *path))

    def _drawn(self, body: Any) -> str:
        """The words that are seen of a text body of a drawing; the rest is counted."""
        return paragraphs(body, lambda: self.left.update([STRUCK]))

    def _chart(self, part: str, place: str, above: str | None) -> Iterator[Page]:
        root = self.package.xml(part)
        pages, counted = chart_pages(root, locator=place, above=above, text=self._drawn)
        if not counted:
            self.left[CHART] += 1
        yield from pages
        for relation in self.package.relations(part).values():
            if relation.kind == "chartUserShapes":
                shapes = self.package.xml(relation.target)
                for body in below(shapes, "txBody") if shapes is not None else ():
                    if text := self._drawn(body):
                        yield Page(text, locator=place, section=above)

    def _inside(
        self, parent: Any, place: str, above: str | None, table: str = ""
    ) -> tuple[list[str], list[Page]]:
        """What stands in a cell, a box, a note or a running head.

        Returns:
            Its lines, boxes among them where they are anchored, and the pages of its tables, charts
            and diagrams.
        """
        lines: list[str] = []
        others: list[Page] = []
        tables = 0
        if parent.tag == qn("a:txBody"):  # of a drawing: paragraphs of another kind
            return self._drawn(parent).splitlines(), []
        for element in kept(parent, _BLOCKS, self.words):
            if element.tag == _TABLE:
                tables += 1
                others += self._table(element, f"{place}の表{tables}", above)
            elif element.tag == _CHUNK:
                others += self._chunk(element, above)
            else:
                text, _, anchored = self._read(element, table)
                lines += [text] if text.strip() else []
                for thing in anchored:
                    if thing.kind == "box":
                        inner, more = self._inside(thing.element, place, above, table)
                        lines += inner
                        others += more
                    elif thing.kind == "drawn":
                        lines.append(thing.text)
                    else:
                        others += self._anchored(thing, place, above)
        return lines, others

    def _table(
        self, table: Any, name: str, above: str | None, caption: str | None = None
    ) -> Iterator[Page]:
        style = self.styles.table(table.find(qn("w:tblPr")))
        rows: list[GridRow] = []
        inside: dict[str, list[Page]] = {}
        spanning: dict[int, str] = {}
        heads = True
        for number, row in enumerate(kept(table, {_ROW}, self.words), start=1):
            properties = row.find(qn("w:trPr"))
            place = f"{name} {number}行"
            if properties is not None and properties.find(qn("w:del")) is not None:
                self.words.leave(DELETED, row)
                continue
            if properties is not None and is_on(properties.find(qn("w:hidden"))):
                self.words.leave(HIDDEN, row)
                continue
            heads = heads and properties is not None and is_on(properties.find(qn("w:tblHeader")))
            cells, others = self._cells(row, place, above, spanning, style)
            rows.append(GridRow(cells, locator=place, heads=True if heads else None))
            inside[place] = others
        waiting = [row.locator or "" for row in rows]
        for page in table_pages(rows, above=above, caption=caption):
            while waiting and waiting[0] != page.locator:
                yield from inside[waiting.pop(0)]
            yield _framed(page)
        for place in waiting:
            yield from inside[place]

    def _cells(
        self, row: Any, place: str, above: str | None, spanning: dict[int, str], style: str
    ) -> tuple[tuple[GridCell, ...], list[Page]]:
        """The cells of a row by the columns of the grid, and the pages of what stands in them.

        Args:
            row: w:tr.
            place: its name.
            above: headings over the table.
            spanning: column → text of the cell above; kept up to date.
            style: of the table.
        """
        before = row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}")
        cells = [GridCell()] * _number(before, 0)
        own: list[str] = []
        others: list[Page] = []
        for cell in kept(row, {_CELL}, self.words):
            properties = cell.find(qn("w:tcPr"))
            column = len(cells)
            if _has(properties, "w:cellDel"):
                self.words.leave(DELETED, cell)
                continue
            if _goes_on(properties, "w:vMerge") and column in spanning:
                self.words.leave(HIDDEN, cell)  # Word shows the first cell of the merged ones
                text, carried = spanning[column], True
            elif _goes_on(properties, "w:hMerge") and cells:
                self.words.leave(HIDDEN, cell)
                text, carried = cells[-1].text, True
            else:
                lines, more = self._inside(cell, place, above, style)
                text, carried = "\n".join(lines), False
                own.append(text)
                others += more
            span = properties.find(qn("w:gridSpan")) if properties is not None else None
            width = max(1, _number(span, 1))
            cells += [GridCell(text, carried), *[GridCell(text, carried=True)] * (width - 1)]
            spanning.update({column + step: text for step in range(width)})
        return tuple(cells), [_under(page, above, row_text(own)) for page in others]

    def _notes(self) -> Iterator[Page]:
        """Footnotes and end notes in the order of their numbers; separators are no notes."""
        referred = {
            note_key(e)
            for name in ("w:footnoteReference", "w:endnoteReference")
            for e in self.root.iter(qn(name))
        }
        for kind, (tag, name) in _NOTES.items():
            for part in self.package.related(self.main, kind):
                root = self._turn_to(part)
                number = 0
                for note in root.iter(qn(f"w:{tag}")) if root is not None else ():
                    if note.get(qn("w:type")) not in {None, "normal"}:
                        continue
                    number += 1
                    key = f"{tag} {note.get(qn('w:id'), '')}"
                    if key in referred and key not in self.words.notes:
                        self.words.leave(DELETED, note)
                    else:
                        yield from self._story(note, f"{name} {number}", name)

    def _comments(self) -> Iterator[Page]:
        for part in self.package.related(self.main, "comments"):
            root = self._turn_to(part)
            found = root.iter(qn("w:comment")) if root is not None else ()
            for number, comment in enumerate(found, start=1):
                yield from self._story(comment, f"コメント {number}", "コメント")

    def _running_heads(self) -> Iterator[Page]:
        """What stands at the top and foot of pages, each text once: they hold stages and dates."""
        counts: Counter[str] = Counter()
        seen: set[str] = set()
        for kind, name in _HEADS.items():
            for part in self._heads(kind):
                root = self._turn_to(part, pages_out=True)
                if root is None:
                    continue
                lines, inside = self._inside(root, f"{name} {counts[name] + 1}", name)
                text = "\n".join(lines)
                others = [page for page in inside if page.text not in seen]
                written = bool(_FURNITURE.sub("", text)) and text not in seen
                if written or others:
                    counts[name] += 1
                    seen |= {text, *(page.text for page in others)}
                if written:
                    yield Page(text, locator=f"{name} {counts[name]}", section=name)
                yield from others
        self.marks = {text: None for text in self.marks if text not in seen}

    def _heads(self, kind: str) -> list[str]:
        """Parts of the running heads that some section shows."""
        relations = self.package.relations(self.main)
        if not relations:
            return self.package.related(self.main, kind)
        settings = self._part("settings")
        first = any(is_on(mark) for mark in self.root.iter(qn("w:titlePg")))
        even = settings is not None and is_on(settings.find(qn("w:evenAndOddHeaders")))
        shown = {"default": True, "first": first, "even": even}
        found: dict[str, None] = {}
        for reference in self.root.iter(qn(f"w:{kind}Reference")):
            relation = relations.get(reference.get(qn("r:id"), ""))
            if relation and not relation.external and shown.get(reference.get(qn("w:type")), True):
                found[relation.target] = None
        return list(found)

    def _story(self, element: Any, place: str, section: str) -> Iterator[Page]:
        lines, others = self._inside(element, place, section)
        if lines:
            yield Page("\n".join(lines), locator=place, section=section)
        yield from others

    def _turn_to(self, part: str, *, pages_out: bool = False) -> Any:
        """The root of a part; its relations are followed from now on."""
        self.words.part, self.words.pages_out = part, pages_out
        return self.package.xml(part)

    def _chunk(self, element: Any, above: str | None) -> Iterator[Page]:
        """A document of another format that Word takes in when it opens this one."""
        relation = self.package.relations(self.words.part).get(element.get(qn("r:id"), ""))
        data = None
        if relation and not relation.external:
            data = self.package.data(relation.target)
        found = None
        if relation and data:
            kind = self.package.content_type(relation.target)
            suffix = _CHUNK_SUFFIXES.get(kind) or Path(relation.target).suffix.lower()
            found = _chunk_read(data, _SAME.get(suffix, suffix), self.depth + 1)
        if found is None:
            self.left["取り込まれた別の文書"] += 1
            return
        place = f"取り込み{self._next('取り込み')}"
        if found.unreadable_reason:
            self.inside.append(f"{place}: {found.unreadable_reason}")
        for page in found.pages:
            locator = f"{place} {page.locator}" if page.locator else place
            yield _under(page, above, None, locator)


def _chunk_read(data: bytes, suffix: str, depth: int) -> ReadResult | None:
    """What is read of an embedded document; None where it cannot be read.

    Args:
        data: its bytes.
        suffix: of its format.
        depth: how many documents it stands in.
    """
    try:
        if suffix == ".mht":
            message = email.message_from_bytes(data, policy=email.policy.default)
            part = message.get_body(("html", "plain"))
            data = part.get_content().encode() if part else b""
            suffix = ".txt" if part and part.get_content_type() == "text/plain" else ".html"
        if suffix not in {".html", ".txt", ".docx"} or depth > _DEEPEST_CHUNK:
            return None
        with tempfile.TemporaryDirectory() as folder:
            inner = Path(folder) / f"inner{suffix}"
            inner.write_bytes(data)
            if suffix != ".docx":
                return read_file(inner)
            name, main_type = OFFICE_FORMATS[suffix]
            check_package(inner, main_type, name)
            return read_word(inner, depth=depth)
    except (ReadError, LookupError, ValueError):  # damaged, or in an encoding that nobody knows
        return None


def _division_level(number: Number | None, line: str) -> int | None:
    """Rank of a short paragraph that Word numbers 第2章: a heading without a heading's style."""
    match = _DIVISION.fullmatch(number.label) if number else None
    if match is None or "。" in line or len(line) > _LONGEST_HEADING:
        return None
    return "編章節款目".index(match[1]) + 1


def _under(page: Page, above: str | None, row: str | None, locator: str | None = None) -> Page:
    """A page of something inside another: searched with the words around it, too."""
    inner = page.section
    if above and inner and (inner == above or inner.startswith(f"{above} > ")):
        inner = inner[len(above) :].removeprefix(" > ") or None
    inner = None if inner == "表" and (above or row) else inner
    section = None if page.heading else joined(above, row, inner)
    return replace(page, section=section, locator=locator or page.locator)


def _framed(page: Page) -> Page:
    """A cell alone in its row frames prose, which is no row of data."""
    if len(page.cells) != 1 or page.columns or page.cells[0].heading:
        return page
    return replace(page, cells=(), section=None if page.section == "表" else page.section)


def _is_gone(properties: Any) -> bool:
    """Whether the mark of a paragraph is deleted or hidden: without words nothing is left of it."""
    mark = properties.find(qn("w:rPr")) if properties is not None else None
    if mark is None:
        return False
    removed = any(mark.find(qn(name)) is not None for name in ("w:del", "w:moveFrom"))
    return removed or is_on(mark.find(qn("w:vanish")))


def _goes_on(properties: Any, name: str) -> bool:
    """Whether a cell goes on the merged one before it."""
    merge = properties.find(qn(name)) if properties is not None else None
    return merge is not None and merge.get(qn("w:val")) != "restart"


def _has(properties: Any, name: str) -> bool:
    return properties is not None and properties.find(qn(name)) is not None


def _number(element: Any, default: int) -> int:
    """The whole number that an element states, at most that of Word's columns."""
    value = element.get(qn("w:val"), "") if element is not None else ""
    return min(int(value), _MOST_COLUMNS) if value.isdecimal() else default
