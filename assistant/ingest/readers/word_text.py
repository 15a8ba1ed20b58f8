"""The words of one paragraph of a Word file as a reader sees them, and what is anchored in it.

Elements that are not known are entered, so that a wrapper never swallows words; what is left out is
named here and counted.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.ingest.readers.equations import eq_field, is_equation, linear
from assistant.ingest.readers.graphics import description
from assistant.ingest.readers.losses import EMBEDDED, PICTURE
from assistant.ingest.readers.openxml import qn
from assistant.ingest.readers.parts import Package, is_on
from assistant.ingest.readers.symbols import is_symbol_font, sign
from assistant.ingest.readers.word_styles import Styles, Unseen

DELETED = "変更履歴で削除された文字"
PROMPT = "入力欄の案内の文字"
HIDDEN: Unseen = "隠し文字"
_SIGN = "特殊な記号"
_LINKED = "別のファイルの文書"
_MISSING = "図の部品"

REMOVED = {qn("w:del"), qn("w:moveFrom")}
PROPERTIES = {
    *(qn(f"w:{name}") for name in ("pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr")),
    *(qn(f"w:{name}") for name in ("tcPr", "tblPrEx", "sectPr", "rt", "rubyPr", "ffData")),
    *(qn(f"m:{name}") for name in ("ctrlPr", "rPr", "oMathParaPr")),
}
CHOICE = qn("mc:AlternateContent")
CONTROL = qn("w:sdt")
_BOX = qn("w:txbxContent")
_TEXTS = {qn("w:t"), qn("m:t"), qn("a:t"), qn("w:delText")}
_MARKS = {
    qn("w:tab"): "\t",
    qn("w:ptab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}
_UNREAD = {
    qn("w:subDoc"): _LINKED,
    qn("w:contentPart"): "手書きの文字",
    qn("w:control"): EMBEDDED,
    qn("o:OLEObject"): EMBEDDED,
}
_PAGE_FIELDS = {"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION"}
# Pictures of 8 by 3 cm and more may hold words; smaller ones are mostly marks and logos.
_WIDE, _HIGH = 2_880_000, 1_080_000
_INVISIBLE = re.compile(r"visibility\s*:\s*hidden|display\s*:\s*none", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Anchored:
    """What is anchored in a paragraph and has words of its own."""

    kind: Literal["box", "drawn", "watermark", "chart", "diagram", "picture"]
    element: Any = None
    """Of a box, the element that holds its paragraphs."""
    text: str = ""
    """Words drawn as a shape, or that describe a picture; of a chart or diagram the name of its
    part."""


@dataclass
class _Field:
    """A field that is being read: its code first, then what Word last made of it."""

    code: str = ""
    shown: bool = False
    """Its result is being read."""
    mute: bool = False
    """Its result is left out, or what it shows was read at its beginning."""
    printed: bool = False


@dataclass
class Words:
    """Reads the words of the paragraphs of one part."""

    package: Package
    part: str
    styles: Styles
    left: Counter[str]
    """What was left out: kind → number of places."""
    pages_out: bool = False
    """Numbers of pages are left out: in running heads."""
    notes: set[str] = field(default_factory=set)
    """References to notes that were read: 「footnote 3」."""
    anchored: list[Anchored] = field(default_factory=list)
    """Filled by `read`."""
    _paragraph: Any = None
    _table: str = ""
    _unseen: Unseen | None = None
    _font: str | None = None
    _fields: list[_Field] = field(default_factory=list)
    _leaving: str | None = None
    _readers: dict[str, Callable[[Any], str]] = field(init=False)

    def __post_init__(self) -> None:
        notes = (qn("w:footnoteReference"), qn("w:endnoteReference"))
        fields = (qn("w:fldChar"), qn("w:instrText"), qn("w:fldSimple"))
        self._readers = {
            **dict.fromkeys(REMOVED, self._removed),
            **dict.fromkeys((qn("w:r"), qn("m:r")), self._run),
            **dict.fromkeys(_TEXTS, self._text),
            **dict.fromkeys(_MARKS, self._mark),
            **dict.fromkeys(notes, self._note),
            **dict.fromkeys(fields, self._field),
            qn("w:sym"): self._sym,
            CHOICE: self._chosen,
            CONTROL: self._control,
        }

    def read(self, paragraph: Any, table: str) -> tuple[str, list[Anchored]]:
        """The words of a paragraph, and what is anchored in it, in order.

        Args:
            paragraph: w:p, or an element that stands where one is due.
            table: style of the table around it; empty outside tables.
        """
        self._paragraph, self._table = paragraph.find(qn("w:pPr")), table
        # Fields may run over paragraphs: what follows in the next one is shown.
        self._fields, self._leaving, self.anchored = [], None, []
        text = self._one(paragraph) if paragraph.tag != qn("w:p") else self._walk(paragraph)
        text += "".join(self._ended(open_field) for open_field in reversed(self._fields))
        return text, self.anchored

    def leave(self, kind: str, element: Any) -> None:
        """Count an element that is left out, if it holds words."""
        if any((t.text or "").strip() for t in element.iter(*_TEXTS)):
            self._left(kind)

    def _walk(self, element: Any) -> str:
        return "".join(self._one(child) for child in element.iterchildren())

    def _one(self, element: Any) -> str:
        tag = element.tag
        if not isinstance(tag, str) or tag in PROPERTIES:
            return ""
        if tag in self._readers:
            return self._readers[tag](element)
        if tag in _UNREAD:
            self._left(_UNREAD[tag])
            return ""
        if is_equation(element):
            return linear(element, self._walk)
        return "" if self._anchor(element) else self._walk(element)

    def _removed(self, element: Any) -> str:
        self.leave(DELETED, element)
        return ""

    def _note(self, element: Any) -> str:
        if not self._unseen:
            self.notes.add(note_key(element))
        return ""

    def _chosen(self, element: Any) -> str:
        branch = choice(element)
        return self._walk(branch) if branch is not None else ""

    def _text(self, element: Any) -> str:
        return self._put(self._signs(element.text or ""))

    def _mark(self, element: Any) -> str:
        return self._put(_MARKS[element.tag])

    def _sym(self, element: Any) -> str:
        return self._symbol(element.get(qn("w:char"), ""), element.get(qn("w:font")))

    def _run(self, run: Any) -> str:
        before = self._unseen, self._font
        properties = run.find(qn("w:rPr"))
        self._unseen = self.styles.unseen(properties, self._paragraph, self._table)
        fonts = properties.find(qn("w:rFonts")) if properties is not None else None
        self._font = (
            fonts.get(qn("w:ascii")) or fonts.get(qn("w:hAnsi")) if fonts is not None else None
        )
        text = self._walk(run)
        self._unseen, self._font = before
        return text

    def _put(self, text: str) -> str:
        """Words where they stand: read, part of a field's code, or left out."""
        if not text:
            return ""
        inner = next((f for f in reversed(self._fields) if not f.shown), None)
        if inner is not None:
            inner.code += text
            return ""
        if any(field.mute for field in self._fields):
            return ""
        if self._unseen:
            if text.strip():
                self._left(self._unseen)
            return ""
        if text.strip():
            self._leaving = None
            for field in self._fields:
                field.printed = True
        return text

    def _left(self, kind: str) -> None:
        """Count a place; neighbouring words left out for the same reason are one."""
        if self._leaving != kind:
            self.left[kind] += 1
        self._leaving = kind

    def _signs(self, text: str) -> str:
        """Text with the codes of symbol fonts turned into the signs they show."""
        coded = is_symbol_font(self._font)
        if not coded and not any("\uf000" <= c <= "\uf0ff" for c in text):
            return text
        shown = []
        for character in text:
            if (coded and ord(character) < 0x100) or "\uf000" <= character <= "\uf0ff":
                found = sign(ord(character), self._font)
                if found is None and not self._unseen:
                    self.left[_SIGN] += 1
                shown.append(found or "")
            else:
                shown.append(character)
        return "".join(shown)

    def _symbol(self, code: str, font: str | None) -> str:
        try:
            found = sign(int(code, 16), font)
        except ValueError:
            found = None
        if found is None and not self._unseen:
            self.left[_SIGN] += 1
        return self._put(found or "")

    def _control(self, control: Any) -> str:
        properties = control.find(qn("w:sdtPr"))
        if properties is not None:
            if is_on(properties.find(qn("w:showingPlcHdr"))):
                self.leave(PROMPT, control)
                return ""
            box = properties.find(qn("w14:checkbox"))
            if box is not None:
                return self._put("☑" if is_on(box.find(qn("w14:checked"))) else "☐")
        return self._walk(control)

    def _field(self, element: Any) -> str:
        if element.tag == qn("w:instrText"):
            if self._fields and not self._unseen:
                self._fields[-1].code += element.text or ""
            elif self._fields:
                self._left(self._unseen or HIDDEN)
            return ""
        if element.tag == qn("w:fldSimple"):
            simple = _Field(element.get(qn("w:instr"), ""), shown=True)
            simple.mute = self._is_page(simple)
            self._fields.append(simple)
            text = self._walk(element)
            self._fields.pop()
            return text + self._ended(simple)
        step = element.get(qn("w:fldCharType"))
        if step == "begin":
            entry = _entry(element)
            text = self._put(entry) if entry else ""
            self._fields.append(_Field(mute=bool(entry)))
            return text
        if step == "separate" and self._fields:
            self._fields[-1].shown = True
            self._fields[-1].mute = self._fields[-1].mute or self._is_page(self._fields[-1])
        elif step == "end" and self._fields:
            return self._ended(self._fields.pop())
        return ""

    def _is_page(self, read: _Field) -> bool:
        return self.pages_out and (read.code.split() or [""])[0].upper() in _PAGE_FIELDS

    def _ended(self, read: _Field) -> str:
        """What a field shows for which Word keeps no result: it is in the code."""
        words = read.code.split()
        if read.printed or read.mute or not words:
            return ""
        name = words[0].upper()
        if name == "EQ":
            return self._put(eq_field(read.code))
        if name in {"MACROBUTTON", "GOTOBUTTON"}:
            return self._put(" ".join(words[2:]))
        if name == "QUOTE":
            return self._put("".join(re.findall(r'"([^"]*)"', read.code)))
        if name == "SYMBOL" and len(words) > 1:
            font = re.search(r'\\f\s+(?:"([^"]*)"|(\S+))', read.code)
            code = words[1].lower().removeprefix("0x")
            base = 16 if words[1].lower().startswith("0x") else 10
            number = f"{int(code, base):x}" if re.fullmatch(r"[0-9a-f]+", code) else ""
            return self._symbol(number, (font[1] or font[2]) if font else None)
        return ""

    def _anchor(self, element: Any) -> bool:
        """Keep what has words of its own for the caller; False for everything else."""
        if any(not f.shown or f.mute for f in self._fields) and element.tag == _BOX:
            return True
        if _is_invisible(element) or (self._unseen == HIDDEN and element.tag == _BOX):
            self.leave(HIDDEN, element)
            return True
        found = None
        if element.tag in {_BOX, qn("a:txBody")}:
            found = Anchored("box", element)
        elif element.tag == qn("v:textpath"):
            text = element.get("string", "").strip()
            kind: Literal["drawn", "watermark"] = "drawn"
            if self.pages_out or "watermark" in (element.getparent().get("id") or "").lower():
                kind = "watermark"
            found = Anchored(kind, text=text) if text else None
        elif element.tag.endswith("}chart") and element.get(qn("r:id")):
            found = self._part("chart", element.get(qn("r:id")))
        elif element.tag == qn("dgm:relIds"):
            found = self._part("diagram", element.get(qn("r:dm"), ""))
        elif element.tag in {qn("wp:inline"), qn("wp:anchor")}:
            self._pictured(element)
            return False
        else:
            return False
        if found:
            self.anchored.append(found)
            self._leaving = None
        return True

    def _part(self, kind: Literal["chart", "diagram"], relation: str) -> Anchored | None:
        found = self.package.relations(self.part).get(relation)
        if found is None or found.external or self.package.xml(found.target) is None:
            self.left[_MISSING] += 1
            return None
        return Anchored(kind, text=found.target)

    def _pictured(self, element: Any) -> None:
        extent = element.find(qn("wp:extent"))
        holds = any(e.tag.endswith("/picture}pic") for e in element.iter())
        if extent is None or not holds or self._unseen:
            return
        if text := description(element.find(qn("wp:docPr"))):
            self.anchored.append(Anchored("picture", text=text))
            return
        width, height = extent.get("cx", ""), extent.get("cy", "")
        if width.isdecimal() and height.isdecimal():
            self.left[PICTURE] += int(width) >= _WIDE and int(height) >= _HIGH


def choice(element: Any) -> Any:
    """The branch of an mc:AlternateContent to read; None where it has none.

    The others repeat it: the fallback is read only where the choices hold nothing.
    """
    branches = [e for e in element.iterchildren() if isinstance(e.tag, str)]
    choices = [branch for branch in branches if branch.tag == qn("mc:Choice")]
    holding = [branch for branch in choices if _holds(branch)]
    others = [branch for branch in branches if branch.tag == qn("mc:Fallback")]
    return next(iter([*holding, *others, *choices]), None)


def note_key(reference: Any) -> str:
    """「footnote 3」 for a reference to a note."""
    name = reference.tag.rpartition("}")[2].removesuffix("Reference")
    return f"{name} {reference.get(qn('w:id'), '')}"


def kept(parent: Any, wanted: set[str], words: Words) -> Iterator[Any]:
    """The elements of some tags below another, through whatever wraps them.

    Tables of contents, which repeat the headings, are passed over; deleted ones are counted.
    """
    for child in parent.iterchildren():
        tag = child.tag
        if tag in wanted:
            yield child
        elif not isinstance(tag, str) or tag in PROPERTIES or is_contents(child):
            continue
        elif tag in REMOVED:
            words.leave(DELETED, child)
        elif tag == CHOICE:
            chosen = choice(child)
            if chosen is not None:
                yield from kept(chosen, wanted, words)
        elif tag == CONTROL and _is_prompt(child):
            words.leave(PROMPT, child)
        else:
            yield from kept(child, wanted, words)


def is_contents(control: Any) -> bool:
    """Whether a content control holds a table of contents."""
    if control.tag != CONTROL:
        return False
    gallery = control.find(f"{qn('w:sdtPr')}/{qn('w:docPartObj')}/{qn('w:docPartGallery')}")
    return gallery is not None and gallery.get(qn("w:val")) == "Table of Contents"


def _is_prompt(control: Any) -> bool:
    return is_on(control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}"))


def _holds(branch: Any) -> bool:
    """Whether anything below a branch is read."""
    marks = {*_TEXTS, qn("v:textpath"), qn("dgm:relIds"), qn("w:sym"), qn("w:contentPart")}
    return any(
        isinstance(e.tag, str) and (e.tag in marks or e.tag.endswith(("}chart", "/picture}pic")))
        for e in branch.iter()
    )


def _entry(begin: Any) -> str:
    """What a check box or a drop-down of an old form shows; empty for other fields."""
    data = begin.find(qn("w:ffData"))
    if data is None:
        return ""
    box, choices = data.find(qn("w:checkBox")), data.find(qn("w:ddList"))
    if box is not None:
        mark = box.find(qn("w:checked"))
        return "☑" if is_on(mark if mark is not None else box.find(qn("w:default"))) else "☐"
    if choices is not None:
        entries = [e.get(qn("w:val"), "") for e in choices.iterchildren(qn("w:listEntry"))]
        chosen = choices.find(qn("w:result"))
        chosen = chosen if chosen is not None else choices.find(qn("w:default"))
        index = chosen.get(qn("w:val"), "0") if chosen is not None else "0"
        return entries[int(index)] if index.isdecimal() and int(index) < len(entries) else ""
    return ""


def _is_invisible(element: Any) -> bool:
    """A shape that is switched off."""
    if element.tag in {qn("wp:inline"), qn("wp:anchor")}:
        named = element.find(qn("wp:docPr"))
        return named is not None and named.get("hidden", "0") not in {"0", "false"}
    style = element.get("style") if element.tag.startswith(_VML) else None
    return bool(style and _INVISIBLE.search(style))


_VML = qn("v:shape").removesuffix("shape")
