"""Web pages: every block of visible text and every table row, numbered in order.

A block is what stands between two borders of block elements; empty ones do not count. What a reader
does not see (HTML's rules and the page's own style sheets) or sees struck through is left out and
counted; scripts, navigation and ruby are not read, and nothing is fetched. Descriptions of
pictures, fields of forms and addresses of links are pages of their own beside their block.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from assistant.errors import ReadError
from assistant.ingest.grid import GridCell, GridRow, is_across, table_pages
from assistant.ingest.headings import enter, joined
from assistant.ingest.readers import ReadResult, no_text
from assistant.ingest.readers.css import Styles
from assistant.ingest.readers.losses import STRUCK, UNSEEN, Losses
from assistant.ingest.readers.numerals import numeral
from assistant.records.text import Page

# fmt: off
_LEFT_OUT = {
    "head", "script", "style", "template", "noscript", "noembed", "noframes", "nav", "rt", "rp",
    "rtc", "param", "source", "track", "colgroup",
}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "header", "hr", "html", "legend", "li", "main", "menu", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}
# fmt: on
_UNREAD = {
    "iframe": "埋め込まれたページ",
    "frame": "埋め込まれたページ",
    "object": "埋め込まれたファイル",
    "embed": "埋め込まれたファイル",
    "applet": "埋め込まれたファイル",
    "video": "動画・音声",
    "audio": "動画・音声",
    "canvas": "図",
    "math": "数式",
}
_STRUCK = {"del", "s", "strike"}
_BUTTONS = {"submit", "reset", "button"}
_TICKS = {"checkbox", "radio"}
_NO_WORDS = {"hidden", "file", "color", "range"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_TERM_LEVEL = 7
"""Rank of the term of a list of explanations among the headings: below all of them."""
# A row that holds these lays out the page; it is no row of data.
_NO_DATA = ", ".join(("table", *_HEADINGS))
_NO_PAIR = ", ".join(("table", "dl", "ul", "ol", "p + p", *_HEADINGS))
_LONGEST_PAIR = 200
_LINK = "リンク先"
_FIELDS = {"選択肢", "入力欄"}
_SENTENCE_END = re.compile(r"(?<=。)|\n")
_LONGEST_AROUND = 80
_NOTHING = re.compile(r"[+-]?(?:0+(?:\.0*)?|\.0+)(?:[a-z]+|%)?$")
_CLIPPED = re.compile(
    r"rect\(\s*([01])(?:px)?[\s,]+\1(?:px)?[\s,]+\1(?:px)?[\s,]+\1(?:px)?\s*\)"
    r"|inset\(\s*(?:50|100)%\s*\)|circle\(\s*0"
)
_MOVED = {"absolute", "fixed", "relative", "sticky"}
_FAR_LEFT = re.compile(r"-\d{4,}(?:\.\d+)?(?:px|pt)$|-\d{3,}r?em$")
_MARKERS = (
    ("none", ""),
    ("upper-alpha", "alpha"),
    ("lower-alpha", "alpha"),
    ("upper-latin", "alpha"),
    ("lower-latin", "alpha"),
    ("upper-roman", "roman"),
    ("lower-roman", "roman"),
    ("katakana-iroha", "iroha"),
    ("katakana", "katakana"),
    ("hiragana", "hiragana"),
    ("cjk-ideographic", "kanji"),
    ("japanese-informal", "kanji"),
    ("decimal", "decimal"),
)
_BULLETS = ("disc", "circle", "square", "disclosure")
_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman",
          "I": "upper-roman"}  # fmt: skip
_ADDRESS = re.compile(r"(?:https?|ftp|mailto|tel):", re.IGNORECASE)
_CONTAINER = re.compile(
    r"<(/?)(?:div|span|section|table|font|ul|ol|blockquote|center|b|i|em|strong)\b", re.IGNORECASE
)
_DEEPEST = 20_000
"""Elements nested this deep are parsed in half a second, ten times as deep in a minute."""
_DEEPEST_TABLE = 20
_WIDEST = 1000
"""Columns a cell may span (HTML's own limit)."""
# A line break of the source beside a full-width character is no space.
_SOURCE_BREAK = re.compile(r"(?<=[^\x00-\xff])[ \t]*\n\s*|[ \t]*\n\s*(?=[^\x00-\xff\s])")


class _Look(NamedTuple):
    """What an element hands down to its content."""

    visible: bool = True
    sized: bool = True
    pre: bool = False

    @property
    def shown(self) -> bool:
        """Whether text in it is seen."""
        return self.visible and self.sized


class _Beside(NamedTuple):
    """What stands beside the text of a block: a picture's description, an address."""

    name: str
    text: str
    anchor: str = ""
    """The words of the block that it belongs to."""


@dataclass
class _List:
    """A list while its items are read."""

    number: int
    step: int
    style: str
    """Value of list-style-type; empty for a list with bullets."""


@dataclass
class _Reading:
    """The blocks read so far and the one being read."""

    styles: Styles
    base: str | None
    losses: Losses = field(default_factory=Losses)
    pages: list[Page] = field(default_factory=list)
    path: list[tuple[int, str]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    beside: list[_Beside] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    label: str = ""
    """Number of the list item whose first block is still to come."""
    items: int = 0
    """Items of lists that are open."""
    terms: int = 0
    """Lists of explanations that are open."""
    blocks: int = 0
    links: set[tuple[str | None, str]] = field(default_factory=set)

    @property
    def above(self) -> str | None:
        """The headings over the block being read."""
        return joined(*(name for _, name in self.path))

    @property
    def place(self) -> str:
        """The block being read."""
        return f"段落 {self.blocks + 1}"

    def end(self, *, level: int | None = None) -> None:
        """End the block being read; `level` makes it a heading."""
        lines = (" ".join(line.split()) for line in "".join(self.text).split("\n"))
        text = "\n".join(line for line in lines if line)
        self.text.clear()
        if text:
            text, self.label = self.label + text, ""
            locator = self.place
            self.blocks += 1
            if level is not None:
                text = text.replace("\n", " ")
                enter(self.path, level, text)
                self.pages.append(Page(text, locator=locator, heading=True))
            else:
                item = self.items > 0
                self.pages.append(Page(text, locator=locator, section=self.above, item=item))
        self.pages += self.told(text, self.above)

    def told(self, text: str, above: str | None) -> list[Page]:
        """Pages for what stands beside the block or row just read, searched with its words."""
        pages = []
        for name, words, anchor in self.beside:
            around = next((s for s in _SENTENCE_END.split(text) if anchor and anchor in s), anchor)
            around = around if len(around) <= _LONGEST_AROUND else anchor[:_LONGEST_AROUND]
            if name in _FIELDS:
                around = text if len(text) <= _LONGEST_AROUND else ""
            section = joined(above, around.strip(), None if name == _LINK else name)
            locator = f"段落 {max(1, self.blocks)} {name}"
            pages.append(Page(words, locator=locator, section=section, item=self.items > 0))
        self.beside.clear()
        return pages


def read_html(text: str) -> ReadResult:
    """Read a decoded HTML file.

    Raises:
        ReadError: no visible text, or elements nested absurdly deep.
    """
    _check_depth(text)
    tree = LexborHTMLParser(text)
    title = tree.css_first("title")
    name = " ".join(title.text().split()) if title is not None else ""
    reading = _Reading(Styles(tree), _base(tree))
    if tree.root is not None:
        _read(tree.root, _Look(), reading)
        reading.end()
    if not reading.pages:
        raise no_text()
    return ReadResult(tuple(reading.pages), name or None, unreadable_reason=reading.losses.reason)


def _check_depth(text: str) -> None:
    """Refuse what no author writes: the time to parse grows with the square of the depth."""
    depth = 0
    for match in _CONTAINER.finditer(text):
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > _DEEPEST:
            raise ReadError(
                "HTMLの要素の入れ子が深すぎます。",
                "ブラウザーで開き、PDFに保存し直してください。",
            )


def _base(tree: LexborHTMLParser) -> str | None:
    """The address of the page, as far as it says so itself."""
    for selector, name in (
        ("base[href]", "href"),
        ('link[rel="canonical"]', "href"),
        ('meta[property="og:url"]', "content"),
    ):
        node = tree.css_first(selector)
        address = (node.attributes.get(name) or "").strip() if node is not None else ""
        if address.lower().startswith(("http://", "https://")):
            return address
    return None


def _read(root: LexborNode, look: _Look, reading: _Reading) -> None:
    """Walk the tree; without recursion, since pages nest as deeply as they like."""
    waiting: list[tuple[LexborNode, _Look, bool]] = [(root, look, False)]
    while waiting:
        node, look, leaving = waiting.pop()
        tag = node.tag or ""
        if leaving:
            _leave(tag, reading)
            continue
        if tag == "-text":
            reading.text.append(_flowing(node, look) if look.shown else "")
            continue
        inner = _seen(node, look, reading)
        if inner is None:
            continue
        words = _in_place_of(node, inner, reading, inline=False)
        if words is not None:
            reading.text.append(words)
        elif tag == "table" and _is_data(node):
            reading.end()
            reading.pages += _table(node, inner, reading, reading.above, depth=0)
        elif tag == "dl" and _is_pairs(node):
            reading.end()
            reading.pages += _pairs(node, inner, reading)
        else:
            if tag in _BLOCKS or tag in _HEADINGS:
                reading.end()
                _enter(node, reading)
                waiting.append((node, look, True))
            waiting += [(child, inner, False) for child in reversed(list(_children(node)))]


def _enter(node: LexborNode, reading: _Reading) -> None:
    """Open lists and their items."""
    tag = node.tag
    if tag in {"ol", "ul", "menu", "dir"}:
        reading.lists.append(_list(node, reading))
    elif tag == "dl":
        reading.terms += 1
    elif tag == "li":
        reading.items += 1
        if reading.lists:
            reading.label = _label(node, reading.lists[-1], reading)


def _leave(tag: str, reading: _Reading) -> None:
    """End a block; close lists and their items."""
    level = _TERM_LEVEL + reading.terms if tag == "dt" and reading.terms else None
    reading.end(level=_HEADINGS.get(tag, level))
    if tag in {"ol", "ul", "menu", "dir"}:
        reading.lists.pop()
    elif tag == "li":
        reading.items -= 1
        reading.label = ""
    elif tag == "dl":
        while reading.path and reading.path[-1][0] >= _TERM_LEVEL + reading.terms:
            reading.path.pop()
        reading.terms -= 1


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def _seen(node: LexborNode, look: _Look, reading: _Reading) -> _Look | None:
    """How the content of an element looks; None where it is not read, which is counted.

    The one place that decides what a reader of the page sees.
    """
    tag = node.tag or "-"
    if tag in _LEFT_OUT or tag.startswith(("-", "!")):
        return None
    attributes, style = node.attributes, reading.styles.of(node)
    gone = (
        "hidden" in attributes
        or (tag == "dialog" and "open" not in attributes)
        or style.get("display") == "none"
        or style.get("content-visibility") == "hidden"
        or style.get("mso-hide") == "all"
        or bool(_NOTHING.match(style.get("opacity", "1")))
        or bool(_CLIPPED.search(style.get("clip", "") + style.get("clip-path", "")))
        or (style.get("position") in _MOVED and bool(_FAR_LEFT.match(style.get("left", ""))))
    )
    struck = tag in _STRUCK or "line-through" in style.get("text-decoration", "")
    if gone or struck:
        if look.shown and _has_words(node):
            reason = UNSEEN if gone else STRUCK
            reading.losses.left_out(reason, reading.place)
        return None
    if node.mem_id in reading.styles.generated:
        reading.losses.unread("スタイルシートが加える文字", reading.place)
    inner = _inherited(tag, style, look)
    if look.shown and not inner.shown and _has_words(node):
        reading.losses.left_out(UNSEEN, reading.place)
    return inner


def _inherited(tag: str, style: dict[str, str], look: _Look) -> _Look:
    visible, sized = look.visible, look.sized
    if "visibility" in style:
        visible = style["visibility"] not in {"hidden", "collapse"}
    size = style.get("font-size", "")
    if size and (sized or not size.endswith(("%", "em")) or size.endswith("rem")):
        sized = not _NOTHING.match(size)
    return _Look(visible, sized, look.pre or tag == "pre")


def _has_words(node: LexborNode) -> bool:
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if inner.tag == "-text":
            if any(character.isalnum() for character in inner.text_content or ""):
                return True
        elif inner.tag not in _LEFT_OUT:
            waiting += _children(inner)
    return False


def _flowing(node: LexborNode, look: _Look) -> str:
    """Text with the source's line breaks taken out; in <pre> they stay."""
    text = node.text_content or ""
    return text if look.pre else re.sub(r"\s+", " ", _SOURCE_BREAK.sub("", text))


def _in_place_of(node: LexborNode, look: _Look, reading: _Reading, *, inline: bool) -> str | None:
    """The words of an element that is not its content; None for one whose content is read.

    Args:
        node: a visible element.
        look: of its content.
        reading: takes what stands beside the block.
        inline: a description of a picture goes into the text, as in a table's cell (○, ×).
    """
    tag = node.tag or ""
    if tag == "br":
        return "\n"
    if not look.shown:
        return None
    if tag in _UNREAD:
        reading.losses.unread(_UNREAD[tag], reading.place)
        return ""
    if tag in {"img", "area"}:
        return _picture(node, reading, inline=inline)
    if tag == "input":
        return _field(node, reading, inline=inline)
    if tag in {"select", "datalist"}:
        _beside(reading, "選択肢", "\n".join(filter(None, map(_option, node.css("option")))))
        return " "
    if tag == "textarea":
        _beside(reading, "入力欄", _own_words(node) or node.attributes.get("placeholder") or "")
        return " "
    if tag == "svg":
        _beside(reading, "図の文字", "\n".join(filter(None, map(_own_words, node.css("text")))))
        return " "
    if tag == "a":
        _link(node, reading)
    return None


def _own_words(node: LexborNode) -> str:
    return " ".join(node.text().split())


def _option(node: LexborNode) -> str:
    attributes = node.attributes
    return _own_words(node) or attributes.get("label") or attributes.get("value") or ""


def _beside(reading: _Reading, name: str, words: str) -> None:
    if words.strip():
        reading.beside.append(_Beside(name, words.strip()))


def _picture(node: LexborNode, reading: _Reading, *, inline: bool) -> str:
    attributes = node.attributes
    words = " ".join((attributes.get("alt") or "").split())
    if node.tag == "area":
        _link(node, reading)
    elif "alt" not in attributes and not _is_dot(attributes):
        reading.losses.unread("説明のない画像", reading.place)
    if inline:
        return words
    _beside(reading, "画像の説明", words)
    return ""


def _is_dot(attributes: dict[str, str | None]) -> bool:
    """A picture of a pixel or two spaces out or counts visits."""
    return any(attributes.get(name) in {"0", "1", "2"} for name in ("width", "height"))


def _field(node: LexborNode, reading: _Reading, *, inline: bool) -> str:
    attributes = node.attributes
    kind = (attributes.get("type") or "text").lower()
    value = attributes.get("value") or ""
    if kind in _TICKS:
        return " ☑" if "checked" in attributes else " ☐"
    if kind in _BUTTONS:
        return f" {value} "
    if kind == "image":
        return _picture(node, reading, inline=inline)
    if kind not in _NO_WORDS:
        shown = "●" * len(value) if kind == "password" else value
        _beside(reading, "入力欄", shown or attributes.get("placeholder") or "")
    return " "


def _link(node: LexborNode, reading: _Reading) -> None:
    """Keep an address that the words of its link do not give."""
    target = (node.attributes.get("href") or "").strip()
    if reading.base and target and not target.startswith("#"):
        try:
            target = urljoin(reading.base, target)
        except ValueError:  # an address that is none
            return
    shown = "".join(node.text().split())
    if not _ADDRESS.match(target) or target.rstrip("/") in shown:
        return
    bare = target.partition(":")[2]
    if target.lower().startswith(("mailto:", "tel:")):
        digits = re.sub(r"\D", "", bare)
        if bare in shown or (digits and digits in re.sub(r"\D", "", shown)):
            return
    if (reading.above, target) not in reading.links:
        reading.links.add((reading.above, target))
        words = " ".join(node.text().split())
        reading.beside.append(_Beside(_LINK, f"{_LINK}: {target}", words))


def _list(node: LexborNode, reading: _Reading) -> _List:
    given = reading.styles.of(node).get("list-style", "")
    own = _TYPES.get(node.attributes.get("type") or "", "")
    style = given or own or ("decimal" if node.tag == "ol" else "")
    step = -1 if node.tag == "ol" and "reversed" in node.attributes else 1
    first = sum(child.tag == "li" for child in _children(node)) if step < 0 else 1
    return _List(_whole(node.attributes.get("start"), first), step, style)


def _label(node: LexborNode, items: _List, reading: _Reading) -> str:
    """The number before an item of a list; the list counts on."""
    number = _whole(node.attributes.get("value"), items.number)
    items.number = number + items.step
    own = _TYPES.get(node.attributes.get("type") or "", "")
    given = reading.styles.of(node).get("list-style") or own or items.style
    if not given or any(bullet in given for bullet in _BULLETS):
        return ""
    style = next((style for name, style in _MARKERS if name in given), "decimal")
    if not style:
        return ""
    sign = numeral(number, style)
    sign = sign.upper() if "upper" in given else sign
    return sign + ("、" if style in {"kanji", "katakana", "hiragana", "iroha"} else ". ")


def _whole(text: str | None, default: int) -> int:
    match = re.match(r"\s*([+-]?\d{1,9})", text or "")
    return int(match[1]) if match else default


def _is_data(table: LexborNode) -> bool:
    """Whether a table holds rows of data; else it lays out the page."""
    if (table.attributes.get("role") or "").lower() in {"presentation", "none"}:
        return False
    rows = list(_rows(table))
    if any(cell.tag == "th" for row, _ in rows for cell in _children(row)):
        return True
    return not any(table.mem_id != inner.mem_id for inner in table.css(_NO_DATA))


def _rows(table: LexborNode) -> Iterator[tuple[LexborNode, LexborNode]]:
    """The table's own rows, each with the group (thead, tbody, tfoot, or the table) it is in."""
    for child in _children(table):
        if child.tag == "tr":
            yield child, table
        elif child.tag in {"thead", "tbody", "tfoot"}:
            yield from ((row, child) for row in _children(child) if row.tag == "tr")


@dataclass
class _Span:
    """A cell that reaches into the rows below."""

    rows: int
    text: str


def _table(
    table: LexborNode, look: _Look, reading: _Reading, above: str | None, *, depth: int
) -> list[Page]:
    """The caption and rows of a table, those of tables inside a cell after the cell's row."""
    pages: list[Page] = []
    caption = _caption(table, look, reading)
    if caption:
        pages.append(Page(caption, locator=reading.place, section=above))
        reading.blocks += 1
    rows: list[GridRow] = []
    within: dict[str, list[Page]] = {}
    spans: dict[int, _Span] = {}
    last_group = None
    for row, group in _rows(table):
        if group.mem_id != last_group:
            spans, last_group = {}, group.mem_id
        outer = look if group is table else _seen(group, look, reading)
        inner = _seen(row, outer, reading) if outer is not None else None
        if inner is None:
            continue
        nested: list[tuple[LexborNode, _Look]] = []
        cells = _cells(row, inner, reading, spans, nested)
        read = GridRow(tuple(cells), reading.place, heads=_names_columns(row, group))
        own = " ".join(" ".join(text.split()) for text in read.own)
        if own:
            rows.append(read)
            reading.blocks += 1
        beside = joined(above, caption, own)
        found = reading.told(own, joined(above, caption))
        for node, node_look in nested:
            if depth < _DEEPEST_TABLE:
                found += _table(node, node_look, reading, beside, depth=depth + 1)
            else:
                reading.losses.unread("入れ子の深すぎる表", reading.place)
        within[read.locator or ""] = found
    marked = any(row.heads for row in rows)
    plain = marked and all(row.heads for row in rows)
    width = max((len(row.cells) for row in rows), default=0)
    rows = [
        replace(r, heads=None) if plain or (is_across(r) and len(r.cells) == width) else r
        for r in rows
    ]
    for page in table_pages(rows, above=above, caption=caption or None):
        pages += [page, *within.pop(page.locator or "", [])]
    pages += [page for found in within.values() for page in found]
    return pages


def _caption(table: LexborNode, look: _Look, reading: _Reading) -> str:
    for child in _children(table):
        inner = _seen(child, look, reading) if child.tag == "caption" else None
        if inner is not None:
            return _cell_text(child, inner, reading, [])
    return ""


def _names_columns(row: LexborNode, group: LexborNode) -> bool | None:
    """What the marks of a row say: all th or in thead, th before td, or nothing."""
    tags = [cell.tag for cell in _children(row) if cell.tag in {"td", "th"} and _has_words(cell)]
    if tags and (group.tag == "thead" or all(tag == "th" for tag in tags)):
        return True
    return False if "th" in tags else None


def _cells(
    row: LexborNode,
    look: _Look,
    reading: _Reading,
    spans: dict[int, _Span],
    nested: list[tuple[LexborNode, _Look]],
) -> list[GridCell]:
    """The cells of a row with those that reach into it; `spans` is kept up to date."""
    cells: list[GridCell] = []

    def carried() -> None:
        while (span := spans.get(len(cells))) is not None:
            cells.append(GridCell(span.text, carried=True))
            span.rows -= 1
            if not span.rows:
                del spans[len(cells) - 1]

    for node in _children(row):
        inner = _seen(node, look, reading) if node.tag in {"td", "th"} else None
        if inner is None:
            continue
        carried()
        text = _cell_text(node, inner, reading, nested)
        columns = max(1, min(_whole(node.attributes.get("colspan"), 1), _WIDEST))
        down = _whole(node.attributes.get("rowspan"), 1)
        for column in range(columns):
            if down != 1:
                spans[len(cells)] = _Span(down - 1 if down > 0 else -1, text)
            cells.append(GridCell(text, carried=column > 0))
    while len(cells) <= max(spans, default=-1):
        carried()
        if len(cells) <= max(spans, default=-1):
            cells.append(GridCell())
    return cells


def _cell_text(
    root: LexborNode,
    look: _Look,
    reading: _Reading,
    nested: list[tuple[LexborNode, _Look]],
) -> str:
    """The visible text of a cell on one line; tables of data in it go to `nested`."""
    parts: list[str] = []
    children = reversed(list(_children(root)))
    waiting: list[tuple[LexborNode | None, _Look]] = [(child, look) for child in children]
    while waiting:
        node, look = waiting.pop()
        if node is None:  # the end of a block
            parts.append(" ")
            continue
        if node.tag == "-text":
            parts.append(_flowing(node, look) if look.shown else "")
            continue
        inner = _seen(node, look, reading)
        if inner is None:
            continue
        words = _in_place_of(node, inner, reading, inline=True)
        if words is not None:
            parts.append(words)
        elif node.tag == "table" and _is_data(node):
            nested.append((node, inner))
            parts.append(" ")
        else:
            if node.tag in _BLOCKS or node.tag in _HEADINGS:
                parts.append(" ")
                waiting.append((None, inner))
            waiting += [(child, inner) for child in reversed(list(_children(node)))]
    return " ".join("".join(parts).split())


def _is_pairs(node: LexborNode) -> bool:
    """Whether a list of explanations is short pairs of name and value, as a table's rows."""
    if node.css_first("dl dl") is not None:  # first: the words of all lists inside count as its own
        return False
    values = node.css("dd")
    texts = [_own_words(value) for value in values]
    return (
        bool(values)
        and node.css_first("dt") is not None
        and all(part.tag in {"dt", "dd"} or not _has_words(part) for part, _ in _terms(node))
        and not any(value.css_first(_NO_PAIR) for value in values)
        and all(len(t) <= _LONGEST_PAIR and "。" not in t[:-1] for t in texts)
    )


def _pairs(node: LexborNode, look: _Look, reading: _Reading) -> Iterator[Page]:
    """Names and values of a list of explanations, side by side."""
    rows: list[GridRow] = []
    beside: list[Page] = []
    cells: list[GridCell] = []
    last = ""

    def close() -> None:
        if cells:
            rows.append(GridRow(tuple(cells), reading.place, heads=False))
            reading.blocks += 1
            beside.extend(reading.told(" ".join(cell.text for cell in cells), reading.above))
            cells.clear()

    for part, group in _terms(node):
        outer = look if group is node else _seen(group, look, reading)
        inner = _seen(part, outer, reading) if outer is not None else None
        if inner is None:
            continue
        if part.tag == "dt" and last == "dd":
            close()
        text = _cell_text(part, inner, reading, [])
        if text:
            cells.append(GridCell(text))
            last = part.tag or ""
    close()
    yield from table_pages(rows, above=reading.above)
    yield from beside


def _terms(node: LexborNode) -> Iterator[tuple[LexborNode, LexborNode]]:
    """What a list of explanations holds, each with the group (div, or the list) it is in."""
    for child in _children(node):
        if child.tag == "div":
            yield from ((part, child) for part in _children(child))
        else:
            yield child, node
