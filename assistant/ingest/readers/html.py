"""Web pages: every block of visible text and every table row, numbered in order.

A block is what stands between two borders of block elements; empty ones do not count. Scripts,
styles, navigation and hidden elements are not read, and nothing is fetched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from assistant.errors import ReadError
from assistant.ingest.headings import enter, joined
from assistant.ingest.readers import ReadResult, no_text
from assistant.ingest.readers.rows import column_headings, row_text
from assistant.schema import Page

# fmt: off
_LEFT_OUT = {
    "head", "script", "style", "template", "noscript", "nav", "iframe", "object", "svg", "select",
    "textarea", "button",
}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header",
    "hr", "html", "legend", "li", "main", "menu", "ol", "p", "pre", "section", "summary", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}
# fmt: on
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# A row that holds these lays out the page; it is no row of data.
_NO_DATA = ", ".join(("table", *_HEADINGS))
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE
)
_CONTAINER = re.compile(
    r"<(/?)(?:div|span|section|table|font|ul|ol|blockquote|center|b|i|em|strong)\b", re.IGNORECASE
)
_DEEPEST = 20_000
"""Elements nested this deep are parsed in half a second, ten times as deep in a minute."""
# A line break of the source beside a full-width character is no space.
_SOURCE_BREAK = re.compile(r"(?<=[^\x00-\xff])[ \t]*\n\s*|[ \t]*\n\s*(?=[^\x00-\xff\s])")


@dataclass
class _Blocks:
    """The blocks read so far and the one being read."""

    pages: list[Page] = field(default_factory=list)
    path: list[tuple[int, str]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def end(self, *, level: int | None = None, item: bool = False) -> None:
        """End the block being read; `level` makes it a heading."""
        lines = (" ".join(line.split()) for line in "".join(self.text).split("\n"))
        text = "\n".join(line for line in lines if line)
        self.text.clear()
        if not text:
            return
        if level is not None:
            enter(self.path, level, text.replace("\n", " "))
            self.add(text.replace("\n", " "), heading=True)
        else:
            self.add(text, item=item)

    def add(
        self, text: str, *, under: str | None = None, heading: bool = False, item: bool = False
    ) -> None:
        """Append a block; `under` is a heading of its own, as of a table row."""
        above = None if heading else joined(*(name for _, name in self.path), under)
        locator = f"段落 {len(self.pages) + 1}"
        self.pages.append(Page(text, locator=locator, section=above, heading=heading, item=item))


def read_html(text: str) -> ReadResult:
    """Read a decoded HTML file.

    Raises:
        ReadError: no visible text, or elements nested absurdly deep.
    """
    _check_depth(text)
    tree = LexborHTMLParser(text)
    title = tree.css_first("title")
    name = " ".join(title.text().split()) if title is not None else ""
    blocks = _Blocks()
    if tree.root is not None:
        _read(tree.root, blocks)
    if not blocks.pages:
        raise no_text()
    return ReadResult(tuple(blocks.pages), name or None)


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


def _read(root: LexborNode, blocks: _Blocks) -> None:
    """Walk the tree; without recursion, since pages nest as deeply as they like."""
    waiting: list[tuple[LexborNode, bool]] = [(root, False)]
    items = 0
    while waiting:
        node, leaving = waiting.pop()
        tag = node.tag or ""
        if leaving:
            blocks.end(level=_HEADINGS.get(tag), item=items > 0)
            items -= tag == "li"
        elif tag == "-text":
            blocks.text.append(_flowing(node))
        elif tag == "br":
            blocks.text.append("\n")
        elif _is_visible(node):
            if tag == "table" and _is_data(node):
                blocks.end(item=items > 0)
                _read_rows(node, blocks)
                continue
            if tag in _BLOCKS or tag in _HEADINGS:
                blocks.end(item=items > 0)
                waiting.append((node, True))
                items += tag == "li"
            waiting += [(child, False) for child in reversed(list(_children(node)))]


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def _is_visible(node: LexborNode) -> bool:
    if node.tag in _LEFT_OUT or (node.tag or "-").startswith(("-", "!")):
        return False
    attributes = node.attributes
    return not (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or _HIDDEN.search(attributes.get("style") or "")
    )


def _flowing(node: LexborNode) -> str:
    """Text with the source's line breaks taken out; in <pre> they stay."""
    text = node.text_content or ""
    parent = node.parent
    if parent is not None and parent.tag == "pre":
        return text
    return re.sub(r"\s+", " ", _SOURCE_BREAK.sub("", text))


def _is_data(table: LexborNode) -> bool:
    """Whether a table holds rows of data; else it lays out the page."""
    return not any(table.mem_id != inner.mem_id for inner in table.css(_NO_DATA))


def _read_rows(table: LexborNode, blocks: _Blocks) -> None:
    caption = table.css_first("caption")
    if caption is not None and _is_visible(caption):
        blocks.text.append(_inner(caption))
        blocks.end()
    headings: str | None = None
    first = True
    rows = table.css("tr")
    for row in rows:
        cells = [cell for cell in _children(row) if cell.tag in {"td", "th"} and _is_visible(cell)]
        texts = [_inner(cell) for cell in cells]
        text = row_text(texts)
        if not text or not _is_visible(row):
            continue
        if all(cell.tag == "th" for cell in cells):
            headings = text
        elif first and len(rows) > 1 and not any(cell.tag == "th" for cell in cells):
            headings = column_headings(texts)
        first = False
        blocks.add(text, under=headings or "表")


def _inner(node: LexborNode) -> str:
    """The visible text below a node, block borders as spaces."""
    parts: list[str] = []
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if inner.tag == "-text":
            parts.append(_flowing(inner))
        elif _is_visible(inner):
            parts.append(" " if inner.tag == "br" or inner.tag in _BLOCKS else "")
            waiting += reversed(list(_children(inner)))
    return " ".join("".join(parts).split())
