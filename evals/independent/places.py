"""What stands at a named place of a file: read here anew, sharing no code with the assistant.

Word and PowerPoint files are read as XML in a ZIP file, HTML by the standard library.
"""

import re
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree as ET

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_BOX = f"{_W}txbxContent"
_WORD_PLACE = re.compile(
    r"(?P<head>ヘッダー|フッター) \d+|脚注 (?P<note>\d+)|(?:コントロール(?P<control>\d+) )?"
    r"(?:表(?P<table>\d+) (?P<row>\d+)行|段落 (?P<paragraph>\d+)(?P<box> テキストボックス)?)"
)
# fmt: off
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_ROWS = {"table", "tr", "caption"}
_BORDERS = _HEADINGS | _ROWS | {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr",
    "html", "legend", "li", "main", "menu", "ol", "p", "pre", "section", "summary", "tbody", "td",
    "tfoot", "th", "thead", "ul",
}
_UNSEEN = {
    "head", "script", "style", "template", "noscript", "nav", "iframe", "object", "svg", "select",
    "textarea", "title", "del", "s", "strike", "rt", "rp", "math", "video", "audio", "canvas",
}
_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}
# fmt: on


def texts_at(path: Path, locator: str) -> list[str]:
    """The text at a locator, in one reading or several; none for a place that does not exist."""
    readers: dict[str, Callable[[Path, str], list[str]]] = {
        ".docx": _word,
        ".pptx": _slide,
        ".xlsx": _row,
        ".html": _block,
        ".htm": _block,
        ".csv": _record,
        ".tsv": _record,
    }
    try:
        return readers[path.suffix.lower()](path, locator)
    except (KeyError, IndexError, AssertionError, StopIteration):
        return []


def decoded(data: bytes) -> str:
    """A text in the encodings that Japanese offices use."""
    for encoding in ("utf-8-sig", "utf-16", "cp932", "euc_jp"):
        if encoding == "utf-16" and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def lines_of(path: Path) -> list[str]:
    """The lines of a text file, whatever ends them."""
    return decoded(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _word(path: Path, locator: str) -> list[str]:
    place = _WORD_PLACE.fullmatch(locator)
    with zipfile.ZipFile(path) as package:
        if place is None:
            return _beside(package)
        if place["head"]:
            part = "word/header" if place["head"] == "ヘッダー" else "word/footer"
            heads = [name for name in package.namelist() if name.startswith(part)]
            roots = [_xml(package, name) for name in heads]
            boxes = [p for root in roots for box in root.iter(_BOX) for p in box]
            return [_runs(element) for element in (*roots, *boxes)]
        if place["note"]:
            notes = list(_xml(package, "word/footnotes.xml"))
            real = [note for note in notes if note.get(f"{_W}type") in {None, "normal"}]
            return [_runs(real[int(place["note"]) - 1])]
        body = _xml(package, "word/document.xml")[0]
    if place["control"]:
        controls = [e for e in _named(body, "sdt") if "Table of Contents" not in _source(e)]
        body = _named(controls[int(place["control"]) - 1], "sdtContent")[0]
    if place["table"]:
        rows = _named(_named(body, "tbl")[int(place["table"]) - 1], "tr")
        return [_runs(rows[int(place["row"]) - 1])]
    paragraph = _named(body, "p")[int(place["paragraph"]) - 1]
    if place["box"]:
        return ["".join(_runs(e) for e in box) for box in paragraph.iter(_BOX)]
    return [_runs(paragraph)]


def _beside(package: zipfile.ZipFile) -> list[str]:
    """Words of all parts, for a place that is no paragraph or row: a note, a shape, a chart."""
    texts: list[str] = []
    for part in package.namelist():
        if not (part.startswith(("word/", "xl/")) and part.endswith(".xml")):
            continue
        for element in _xml(package, part).iter():
            name = element.tag.rpartition("}")[2]
            texts.append(element.get("descr") or element.get("string") or "")
            if name in {"p", "tr", "txbxContent", "txBody", "footnote", "endnote", "text"}:
                runs = (e for e in element.iter() if e.tag.endswith("}t"))
                texts += [_runs(element), "".join(e.text or "" for e in runs)]
            elif name in {"oddHeader", "oddFooter", "firstHeader", "firstFooter"}:
                texts.append(element.text or "")
            elif name in {"chartSpace", "comment"}:
                texts += [*_points(element), _runs(element)]
    return texts


def _xml(package: zipfile.ZipFile, part: str) -> ET.Element:
    return ET.fromstring(package.read(part))  # noqa: S314  # a file that was indexed before


def _named(element: ET.Element, name: str) -> list[ET.Element]:
    """Children of a name; marks of XML stand around them, and controls around a table's rows."""
    around = {f"{_W}customXml"} | ({f"{_W}sdt", f"{_W}sdtContent"} if name == "tr" else set())
    found: list[ET.Element] = []
    for child in element:
        if child.tag in around:
            found += _named(child, name)
        elif child.tag == f"{_W}{name}":
            found.append(child)
    return found


def _source(element: ET.Element) -> str:
    return ET.tostring(element, encoding="unicode")


def _runs(element: ET.Element) -> str:
    """Text that a reader of the printed page sees below an element."""
    if element.tag in {f"{_W}{name}" for name in ("del", "moveFrom", "txbxContent", "rt")}:
        return ""
    if element.tag == f"{_W}r" and element.find(f"{_W}rPr/{_W}vanish") is not None:
        return ""
    if element.tag == f"{_W}t":
        return element.text or ""
    if element.tag == f"{_W}noBreakHyphen":
        return "-"
    return "".join(_runs(child) for child in element)


def _slide(path: Path, locator: str) -> list[str]:
    place, number, *rest = locator.split()
    with zipfile.ZipFile(path) as package:
        if place != "slide":  # on every slide, from its master or its foot
            named = (n for n in package.namelist() if PurePosixPath(n).match("ppt/slide*/*.xml"))
            return [text for part in named for text in _texts(_xml(package, part))]
        order = _xml(package, "ppt/presentation.xml").iter(f"{_P}sldId")
        name = [e.get(f"{_R}id") for e in order][int(number) - 1]
        part = _related(package, "ppt/presentation.xml", lambda e: e.get("Id") == name)
        if rest == ["リンク先"]:
            folder, _, file = part.rpartition("/")
            relations = _xml(package, f"{folder}/_rels/{file}.rels")
            return [f"リンク先: {e.get('Target')}" for e in relations]
        kind = {"ノート": "notesSlide", "コメント": "comments"}.get(" ".join(rest))
        kind = "chart" if rest and rest[0].startswith("グラフ") else kind
        if kind:
            part = _related(package, part, lambda e: e.get("Type", "").endswith(f"/{kind}"))
        root = _xml(package, part)
        if not rest:  # diagrams stand among the boxes
            found = [n for n in package.namelist() if n.startswith("ppt/diagrams/data")]
            return [*_texts(root), *(t for n in found for t in _texts(_xml(package, n)))]
    described = [e.get("descr") or "" for e in root.iter(f"{_P}cNvPr")]
    described += [e.text or "" for e in root.iter(f"{_P}text")]
    return [*_texts(root), *described, *_points(root)]


def _texts(root: ET.Element) -> list[str]:
    """Paragraphs, table rows and boxes."""
    return ["".join(t.text or "" for t in p.iter(f"{_A}t")) for p in root.iter(f"{_A}p")] + [
        "".join(t.text or "" for t in e.iter(f"{_A}t"))
        for tag in (f"{_A}tr", f"{_P}txBody")
        for e in root.iter(tag)
    ]


def _points(root: ET.Element) -> list[str]:
    """Every category of a chart with the values of all series."""
    rows: dict[str, list[str]] = {}
    for point in root.iter():
        if point.tag.endswith("}pt") and point.get("idx"):
            text = "".join(point.itertext())
            held = rows.setdefault(point.get("idx", ""), [])
            held += [text] if text not in held else []
    return ["".join(row) for row in rows.values()] + [text for row in rows.values() for text in row]


def _related(package: zipfile.ZipFile, part: str, fits: Callable[[ET.Element], bool]) -> str:
    folder, _, name = part.rpartition("/")
    relations = _xml(package, f"{folder}/_rels/{name}.rels")
    target = next(e.get("Target", "") for e in relations if fits(e))
    if target.startswith("/"):
        return target[1:]
    while target.startswith("../"):
        folder, target = folder.rpartition("/")[0], target[3:]
    return f"{folder}/{target}"


def _row(path: Path, locator: str) -> list[str]:
    import openpyxl

    sheet, _, number = locator.rpartition("!R")
    if not number.isdecimal():
        with zipfile.ZipFile(path) as package:
            return _beside(package)
    book = openpyxl.load_workbook(path, data_only=True)
    cells = [cell.value for cell in book[sheet][int(number)]]
    return ["".join(str(v).removesuffix(" 00:00:00") for v in cells if v is not None)]


def _record(path: Path, locator: str) -> list[str]:
    lines = lines_of(path)
    first = last = int(locator.split()[1])
    while "".join(lines[first - 1 : last]).count('"') % 2 and last < len(lines):
        last += 1
    return ["\n".join(lines[first - 1 : last])]


def _block(path: Path, locator: str) -> list[str]:
    page = _Visible()
    page.feed(decoded(path.read_bytes()))
    page.close()
    _, number, *beside = locator.split()
    if beside:  # an address, a picture's description, a field of a form
        return [f"{beside[0]}: {value}" for value in page.values] + page.values
    return [_blocks(page.tokens)[int(number) - 1]]


def _blocks(tokens: list[tuple[str, str]]) -> list[str]:
    """The blocks of a page: in a table of data its rows, elsewhere what block elements border."""
    blocks = [""]
    data_until = pairs_until = 0
    named = ""
    for index, (kind, value) in enumerate(tokens):
        if kind == "text":
            blocks[-1] += value
            continue
        if kind == "start" and value == "table" and index >= data_until:
            end = _end_of(tokens, index)
            inner = {tag for start, tag in tokens[index + 1 : end] if start == "start"}
            layout = inner & {"table", *_HEADINGS} and "th" not in inner
            data_until = data_until if layout else end
        if kind == "start" and value == "dl" and _is_short(tokens[index : _end_of(tokens, index)]):
            pairs_until = _end_of(tokens, index)
        if index < pairs_until:
            border = value == "dl" or (kind == "start" and value == "dt" and named == "dd")
            named = value if value in {"dt", "dd"} else named
        else:
            border = value in (_ROWS if index < data_until else _BORDERS)
        if border:
            blocks.append("")
    return [block for block in blocks if block.strip()]


def _is_short(tokens: list[tuple[str, str]]) -> bool:
    """Whether a list of explanations pairs names with short values."""
    tags = [value for kind, value in tokens[1:] if kind == "start"]
    texts = [value.strip() for kind, value in tokens if kind == "text"]
    inner = {"table", "dl", "ul", "ol", *_HEADINGS}
    several = tags.count("p") > tags.count("dd") or any("。" in text[:-1] for text in texts)
    return "dd" in tags and not inner & set(tags) and not several


def _end_of(tokens: list[tuple[str, str]], start: int) -> int:
    """Where the element that begins at a token ends."""
    tag, depth = tokens[start][1], 0
    for index in range(start, len(tokens)):
        if tokens[index][1] == tag and tokens[index][0] != "text":
            depth += 1 if tokens[index][0] == "start" else -1
            if not depth:
                return index
    return len(tokens)


class _Visible(HTMLParser):
    """Collects the visible texts and the tags of a page, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[tuple[str, str]] = []
        self.values: list[str] = []
        """What stands in attributes and fields: addresses, descriptions, options."""
        self._lists: list[int | None] = []
        """Number of the last item of every open list; None in a list with bullets."""
        self._unseen: list[str] = []
        """Open elements from the first unseen one on."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.values += [value for _, value in attrs if value]
        style = "".join((given.get("style") or "").split()).lower()
        unseen = (
            tag in _UNSEEN
            or "hidden" in given
            or (tag == "dialog" and "open" not in given)
            or re.search(
                r"display:none|visibility:hidden|font-size:0(?![.\d])|line-through|mso-hide:all|opacity:0(?!\.?0*[1-9])",
                style,
            )
        )
        if not (unseen or self._unseen):
            self.tokens.append(("start", tag))
            if tag in {"ol", "ul"}:
                self._lists.append(int(given.get("start") or 1) - 1 if tag == "ol" else None)
            elif tag == "li" and self._lists and self._lists[-1] is not None:
                self._lists[-1] += 1
                self.tokens.append(("text", f"{self._lists[-1]}. "))
        elif tag not in _VOID:
            self._unseen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            del self._unseen[len(self._unseen) - 1 - self._unseen[::-1].index(tag) :]
        elif not self._unseen:
            self.tokens.append(("end", tag))
            if tag in {"ol", "ul"} and self._lists:
                self._lists.pop()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.tokens.append(("text", data))
        elif set(self._unseen) <= {"select", "option", "textarea", "svg", "text"}:
            self.values.append(data)
