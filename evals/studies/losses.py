"""How many of the words in a file reach the index: read, reported as not read, or lost in silence.

    python -m evals losses [FILE …]

Without files it makes one of every format that holds a marker in each part of the format's
definition that can show words. Words are counted by a walk over the package's XML (of HTML: over
its tags) that shares nothing with the readers; what a reader makes of the file is looked through
for each of them.
"""

import argparse
import re
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

from assistant.errors import ReadError
from assistant.ingest.readers import ReadResult, read_file
from evals.independent.quotes import fold
from evals.studies.loss_samples import make_samples

# Elements whose own text is shown. Deleted text (delText) and field codes (instrText) are not.
_PRINTED = {"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"}
_SHOWN = {"t", "v", "text"} | _PRINTED
# Codes in what a sheet prints over and under its pages: 「&C」 centres, 「&P」 numbers them.
_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|[0-9]+|[A-Z])')
_SHOWN_ATTRIBUTES = {"descr", "string"}
# Parts that hold no words of the document: settings, and texts of templates that nobody sees.
_NO_WORDS = re.compile(
    r"_rels/|docProps/|customXml/|\[Content_Types\]|/theme/|/slideLayouts/|/notesMasters/"
    r"|/handoutMasters/|styles\.xml|settings\.xml|fontTable\.xml|numbering\.xml|workbook\.xml"
    r"|presProps|viewProps|tableStyles|presentation\.xml|/glossary/|commentAuthors|persons?/"
)
_NOT_SHOWN = {"script", "style", "template", "noscript", "nav", "del", "s", "rt"}
# What a part or an element may be called where a reader reports it, the innermost first.
_NAMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("descr", ("画像",)),
    ("textpath", ("透かし", "図形")),
    ("txbxContent", ("テキストボックス", "図形")),
    ("oMath", ("数式",)),
    ("sdt", ("コンテンツ", "入力欄")),
    ("comment", ("コメント", "吹き出し")),
    ("footnote", ("脚注",)),
    ("endnote", ("文末脚注", "脚注")),
    ("hdr", ("ヘッダー",)),
    ("ftr", ("フッター",)),
    ("headerFooter", ("ヘッダー", "フッター")),
    ("dataModel", ("SmartArt", "スマートアート")),
    ("chartSpace", ("グラフ",)),
    ("userShapes", ("グラフ", "図形")),
    ("wsDr", ("図形", "テキストボックス")),
    ("tbl", ("表",)),
    ("notes", ("ノート",)),
    ("sldMaster", ("マスター",)),
    ("sp", ("図形",)),
    ("select", ("選択", "入力欄")),
    ("input", ("入力欄",)),
    ("textarea", ("入力欄",)),
    ("button", ("ボタン", "入力欄")),
    ("svg", ("図",)),
    ("iframe", ("埋め込",)),
    ("object", ("埋め込",)),
    ("math", ("数式",)),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A run of words that a file shows."""

    place: str
    """Part of the package and the elements down to the word, outermost first."""
    text: str


@dataclass(frozen=True, slots=True)
class Loss:
    """What became of the words of one file."""

    name: str
    words: int
    read: int
    reported: int
    silent: tuple[Word, ...]
    """Neither read nor named in the reason."""


def words_of(path: Path) -> list[Word]:
    """The words that a file shows, by its own XML or tags."""
    if path.suffix.lower() in {".html", ".htm"}:
        parser = _Html()
        parser.feed(path.read_text(encoding="utf-8"))
        return parser.words
    words: list[Word] = []
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".vml")) and not _NO_WORDS.search(name):
                words += _walk(fromstring(package.read(name)), name)  # noqa: S314  # our own files
    return words


def loss_of(path: Path, result: ReadResult) -> Loss:
    """Compare the words of a file with what a reader made of it."""
    words = words_of(path)
    held = fold("".join(f"{p.text}\n{p.section or ''}\n" for p in result.pages))
    held += fold(result.title or "")
    missing = [word for word in words if fold(word.text) not in held]
    silent = [word for word in missing if not _is_reported(word, result.unreadable_reason)]
    return Loss(
        path.name,
        len(words),
        len(words) - len(missing),
        len(missing) - len(silent),
        tuple(silent),
    )


def table(losses: Iterable[Loss]) -> str:
    """One line a file: words, and the shares read, reported and lost, with the places lost."""
    lines = ["file\twords\tread\treported\tlost"]
    for loss in losses:
        counts = (loss.read, loss.reported, len(loss.silent))
        shares = "\t".join(f"{count / max(loss.words, 1):.1%}" for count in counts)
        lines.append(f"{loss.name}\t{loss.words}\t{shares}")
        lines += [f"  lost: {word.text[:20]} ({word.place})" for word in loss.silent]
    return "\n".join(lines)


def _walk(element: Element, place: str) -> Iterable[Word]:
    """Words below an element, in order; a fallback repeats what its choice shows."""
    waiting = [(element, place, element)]
    while waiting:
        node, above, parent = waiting.pop()
        name = node.tag.rpartition("}")[2]
        if name in {"Fallback", "del", "moveFrom", "f"}:
            continue
        here = f"{above}/{name}"
        kept = node.text if name in _SHOWN and not _is_index(node, name) else None
        kept = _CODES.sub("", kept) if kept and name in _PRINTED else kept
        if kept and kept.strip():
            yield Word(here, kept)
        for key, value in node.attrib.items():
            shown = key in _SHOWN_ATTRIBUTES and (key != "descr" or _is_pictured(here, parent))
            if shown and value.strip():
                yield Word(f"{here}/{key}", value)
        waiting += [(child, here, node) for child in reversed(node)]


def _is_pictured(place: str, parent: Element) -> bool:
    """Whether what describes a drawing stands for a picture; others show words of their own."""
    within = place.endswith("/docPr") and any(e.tag.endswith("}pic") for e in parent.iter())
    return "/pic/" in place or within


def _is_index(node: Element, name: str) -> bool:
    """Whether a cell's value only points to a shared string, or is no more than a number."""
    return name == "v" and bool(re.fullmatch(r"[\d.E+-]+", node.text or ""))


class _Html(HTMLParser):
    """Words that a browser shows; the navigation is the site's and not the text's."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[Word] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the words of the attributes."""
        if tag not in {"br", "hr", "img", "input", "meta", "link", "wbr", "col"}:
            self.open.append(tag)
        for name, value in attrs:
            if value and (name == "alt" or (tag == "input" and name in {"value", "placeholder"})):
                self.words.append(Word("/".join([*self.open, tag, name]), value))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element and what nothing closed inside it."""
        while tag in self.open and self.open.pop() != tag:
            continue

    def handle_data(self, data: str) -> None:
        """Note the words of a text."""
        if data.strip() and not _NOT_SHOWN & set(self.open):
            self.words.append(Word("/".join(self.open), data))


def _is_reported(word: Word, reason: str) -> bool:
    parts = word.place.replace(".", "/").split("/")
    return any(
        name in reason
        for part in reversed(parts)
        for known, names in _NAMES
        if known == part
        for name in names
    )


def main() -> None:
    """Measure the files, or generated ones, and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("files", nargs="*", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        losses = []
        for path in given.files or make_samples(Path(folder)):
            try:
                result = read_file(path)
            except ReadError as error:
                result = ReadResult((), unreadable_reason=error.message)
            losses.append(loss_of(path, result))
    print(table(losses))
