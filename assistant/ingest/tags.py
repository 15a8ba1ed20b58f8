"""HTML inside a text, told by offsets in that text: tags, what they hide, and rows of tables.

`assistant.ingest.readers.html` reads whole pages into texts of its own; here the text stays as it
is, and only the places of tags and cells are found.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.ingest.comments import Spans
from assistant.records.text import Hidden

Place = tuple[int, int]

_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[a-zA-Z][\w:-]*)(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
    r"|<[!?][^<>]*>"
)
_ATTRIBUTE = re.compile(
    r"""(?P<name>[\w:-]+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'>]+)))?"""
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BREAK = re.compile(r"[ \t]*\n\s*")
_TABLE = re.compile(r"<(?P<close>/?)table\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_ROW = re.compile(r"<t[rdh]\b", re.IGNORECASE)
# fmt: off
_PARTS = {"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup", "col"}
_VOID = {"br", "hr", "img", "input", "wbr", "col", "meta", "link", "area", "base", "source"}
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "img", "ins", "kbd", "label", "mark", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
}
# fmt: on
_STRUCK = {"del", "s", "strike"}
# Readings over kanji, and what a browser never shows: no words of the text.
_NO_WORDS = {"rt", "rp", "script", "style", "template", "title"}
_STRUCK_STYLE = re.compile(r"line-through", re.IGNORECASE)
_UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?![.\d])",
    re.IGNORECASE,
)
_WIDEST_SPAN = 1000
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://|mailto:|tel:", re.IGNORECASE)
"""The beginning of an address that leads out of the document."""


@dataclass(frozen=True, slots=True)
class HtmlTable:
    """A table; every row as (place of a cell, whether it is carried from a merged one)."""

    start: int
    rows: list[list[tuple[Place, bool]]]
    heads: list[bool | None]
    """Whether a row is marked as naming the columns; None where it is not."""


@dataclass(slots=True)
class Tags:
    """What the tags of a stretch of text hide."""

    text: str
    hidden: list[Hidden] = field(default_factory=list)
    between: Spans = field(default_factory=list)
    """Tags that part paragraphs."""
    links: list[tuple[int, int, str]] = field(default_factory=list)
    """Start and end of an address, and the words that lead there."""
    headings: list[tuple[int, int, int]] = field(default_factory=list)
    """Start, end and level."""
    struck: int = 0
    unseen: int = 0
    _open: list[tuple[str, int, str]] = field(default_factory=list)
    """Name of an element, where it begins, and what it hides its words as (empty: not at all)."""
    _link: tuple[int, int] | None = None

    @property
    def hides(self) -> bool:
        """Whether the words that follow are not seen."""
        return any(kind for *_, kind in self._open)

    def read(self, start: int, end: int, *, inside: bool = False) -> None:
        """Take a tag; `inside` a cell it never parts paragraphs."""
        tag = _TAG.fullmatch(self.text, start, end)
        name = (tag["name"] or "").lower() if tag else ""
        if tag is None or not name:
            self.between.append((start, end))
            return
        self._hide_tag(tag, name, inside=inside)
        if tag["close"]:
            self._leave(name, end)
        elif name not in _VOID and not tag["rest"].endswith("/"):
            kind = _hides_as(name, tag["rest"])
            self._open.append((name, start if kind else end, kind))

    def _hide_tag(self, tag: re.Match[str], name: str, *, inside: bool) -> None:
        start, end = tag.span()
        alt = _place_of("alt", tag) if name == "img" else None
        if alt:
            self.hidden += [Hidden(start, alt[0]), Hidden(alt[1], end)]
        elif name in _INLINE:
            self.hidden.append(Hidden(start, end, " " if name == "br" else ""))
        elif inside:
            self.hidden.append(Hidden(start, end, " "))
        else:
            self.between.append((start, end))
        if name == "a" and not tag["close"]:
            target = _place_of("href", tag)
            known = target is not None and ADDRESS.match(self.text[slice(*target)])
            self._link = target if known else None

    def _leave(self, name: str, end: int) -> None:
        if name not in {opened for opened, *_ in self._open}:
            return
        while True:
            opened, start, kind = self._open.pop()
            if opened == name:
                break
        if kind:
            self.hidden.append(Hidden(start, end))
            self.struck += kind == "struck"
            self.unseen += kind == "unseen"
            return
        stop = self.text.rfind("<", start, end)
        if name == "a" and self._link:
            self.links.append((*self._link, _TAG.sub("", self.text[start:stop]).strip()))
            self._link = None
        elif re.fullmatch(r"h[1-6]", name) and self.text[start:stop].strip():
            words = self.text[start:stop]
            begin = start + len(words) - len(words.lstrip())
            self.headings.append((begin, begin + len(words.strip()), int(name[1])))


def table_spans(text: str) -> Spans:
    """Start and end of every outermost table that is closed and has a row."""
    spans: Spans = []
    opened: list[int] = []
    for tag in _TABLE.finditer(text):
        if not tag["close"]:
            opened.append(tag.start())
        elif opened:
            start = opened.pop()
            if not opened and _ROW.search(text, start, tag.start()):
                spans.append((start, tag.end()))
    return spans


def hidden_of(entity: str, start: int) -> Hidden | None:
    """What is not seen of an entity that begins at `start`; None where it is shown as written.

    「&nbsp;」 is a space, and of 「&amp;」 the first character is what it stands for.
    """
    character = html.unescape(entity)
    if not character.strip():
        return Hidden(start, start + len(entity), " ")
    return Hidden(start + 1, start + len(entity)) if character == "&" else None


def read_html(text: str, start: int, end: int) -> tuple[Tags, list[HtmlTable]]:
    """What the tags of ``text[start:end]`` hide, and its tables."""
    reader = _Html(text)
    place = start
    for tag in _TAG.finditer(text, start, end):
        reader.words(place, tag.start())
        reader.tag(tag)
        place = tag.end()
    reader.words(place, end)
    reader.finish(end)
    return reader.tags, reader.done


def _hides_as(name: str, attributes: str) -> str:
    """``struck``, ``unseen``, ``silent`` (no words of the text); empty for what is seen."""
    if name in _NO_WORDS:
        return "silent"
    style = next((a for a in _ATTRIBUTE.finditer(attributes) if a["name"].lower() == "style"), None)
    css = style[0] if style else ""
    if name in _STRUCK or _STRUCK_STYLE.search(css):
        return "struck"
    names = {a["name"].lower() for a in _ATTRIBUTE.finditer(attributes)}
    return "unseen" if "hidden" in names or _UNSEEN_STYLE.search(css) else ""


def _place_of(name: str, tag: re.Match[str]) -> Place | None:
    """Where the value of an attribute stands; None without one."""
    for found in _ATTRIBUTE.finditer(tag.string, tag.start("rest"), tag.end("rest")):
        if found["name"].lower() == name:
            group = next((g for g in ("double", "single", "bare") if found[g]), None)
            return found.span(group) if group else None
    return None


@dataclass(slots=True)
class _Cell:
    start: int
    end: int
    columns: int = 1
    rows: int = 1


@dataclass(slots=True)
class _Row:
    cells: list[_Cell] = field(default_factory=list)
    head: bool | None = None


@dataclass(slots=True)
class _Table:
    start: int
    rows: list[_Row] = field(default_factory=list)
    cell: _Cell | None = None
    in_head: bool = False


class _Html:
    """Follows tags and words; a table keeps the places of its cells."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tags = Tags(text)
        self.tables: list[_Table] = []
        self.done: list[HtmlTable] = []
        self.edges: Spans = []
        """Rows of the tables that are done."""
        self.outer: Place | None = None

    def words(self, start: int, end: int) -> None:
        """Take the text between two tags."""
        if start >= end or self.tags.hides:
            return
        for entity in _ENTITY.finditer(self.text, start, end):
            if span := hidden_of(entity[0], entity.start()):
                self.tags.hidden.append(span)
        words = self.text[start:end]
        bare = html.unescape(words).strip()
        if not self.tables or not bare:
            return
        table = self.tables[-1]
        if table.cell is None:  # a caption, or words that stand in no cell
            table.rows.append(_Row([_Cell(0, 0)]))
            table.cell = table.rows[-1].cells[-1]
        first = start + len(words) - len(words.lstrip())
        if table.cell.start == table.cell.end:
            table.cell.start = first
        table.cell.end = start + len(words.rstrip())
        for line in _BREAK.finditer(self.text, first, table.cell.end):
            self._join(line)

    def _join(self, line: re.Match[str]) -> None:
        before = self.text[line.start() - 1 : line.start()]
        self.tags.hidden.append(Hidden(*line.span(), " " if before.isascii() else ""))

    def tag(self, tag: re.Match[str]) -> None:
        """Take a tag."""
        name = (tag["name"] or "").lower()
        if name == "table":
            self._table(tag)
        elif name in _PARTS and self.tables:
            self._part(tag, name)
        else:
            inside = bool(self.tables and self.tables[-1].cell)
            self.tags.read(*tag.span(), inside=inside)

    def _table(self, tag: re.Match[str]) -> None:
        if self.tables:
            self.tables[-1].cell = None
        if not tag["close"]:
            self.tables.append(_Table(tag.start()))
            self.outer = self.outer or tag.span()
        elif self.tables:
            self._finish(self.tables.pop())
            if not self.tables:
                self._blank_around(tag.end())
        else:
            self.tags.between.append(tag.span())

    def _part(self, tag: re.Match[str], name: str) -> None:
        table = self.tables[-1]
        table.cell = None
        if name == "thead":
            table.in_head = not tag["close"]
        elif tag["close"]:
            return
        elif name == "tr":
            table.rows.append(_Row(head=True if table.in_head else None))
        elif name in {"td", "th"}:
            if not table.rows:
                table.rows.append(_Row())
            row = table.rows[-1]
            if name == "th":
                row.head = True if not row.cells or row.head else None
            elif not table.in_head:
                row.head = None
            row.cells.append(_Cell(0, 0, _number("colspan", tag), _number("rowspan", tag)))
            table.cell = row.cells[-1]

    def finish(self, end: int) -> None:
        """End the tables that nothing closes."""
        if self.tables:
            while self.tables:
                self._finish(self.tables.pop())
            self._blank_around(end)

    def _finish(self, table: _Table) -> None:
        rows, heads = [], []
        for row, places in zip(table.rows, _spread(table.rows), strict=True):
            own = [cell for cell in row.cells if cell.start < cell.end]
            if own:
                self.edges.append((own[0].start, own[-1].end))
            for left, right in pairwise(own):
                self.tags.hidden.append(Hidden(left.end, right.start, "\u3000"))
            rows.append(places)
            heads.append(row.head)
        self.done.append(HtmlTable(table.start, rows, heads))

    def _blank_around(self, end: int) -> None:
        """Blank all of the outermost table but its rows."""
        place = self.outer[0] if self.outer else end
        for start, stop in sorted(self.edges):
            self.tags.between.append((place, start))
            place = max(place, stop)
        self.tags.between.append((place, end))
        self.edges, self.outer = [], None


def _number(name: str, tag: re.Match[str]) -> int:
    place = _place_of(name, tag)
    value = tag.string[slice(*place)].strip() if place else ""
    return min(max(int(value), 1), _WIDEST_SPAN) if value.isascii() and value.isdigit() else 1


def _spread(rows: Sequence[_Row]) -> Iterator[list[tuple[Place, bool]]]:
    """The rows with a place for every column: merged cells carried right and down."""
    carried: dict[int, tuple[int, Place]] = {}
    """Column → rows that the cell above still takes, and its place."""
    for row in rows:
        places: list[tuple[Place, bool]] = []
        for cell in row.cells:
            _carry(carried, places)
            for column in range(cell.columns):
                if cell.rows > 1:
                    carried[len(places)] = (cell.rows, (cell.start, cell.end))
                places.append(((cell.start, cell.end), column > 0))
        _carry(carried, places)
        carried = {column: (left - 1, place) for column, (left, place) in carried.items()}
        yield places


def _carry(carried: dict[int, tuple[int, Place]], places: list[tuple[Place, bool]]) -> None:
    """Put the cells that come down from above into the columns that are next."""
    while carried.get(len(places), (0,))[0] > 0:
        places.append((carried[len(places)][1], True))
