"""What the styles of a Word file say: headings, lists, and which words a reader does not see.

ECMA-376 part 1, 17.7: a style takes what it does not say from the style it is based on. Properties
of the toggle kind (17.7.3: `strike`, `vanish`) are on where an odd number of the levels table,
paragraph and character style turn them on; what the words say themselves decides alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from assistant.ingest.readers.openxml import qn
from assistant.ingest.readers.parts import is_on, is_set

Unseen = Literal["取り消し線の文字", "隠し文字"]

_HEADING_NAME = re.compile(r"(?:heading|見出し)\s*(\d)$", re.IGNORECASE)
_TITLE_NAMES = {"title", "表題"}
_CAPTION_NAMES = {"caption", "図表番号"}
_TITLE_LEVEL = 0
_BODY_LEVEL = 9
"""Outline level that Word gives to ordinary text (0-based; 0 to 8 are headings)."""
_DEEPEST_STYLE = 20
_TOGGLES: dict[str, Unseen] = {"w:strike": "取り消し線の文字", "w:vanish": "隠し文字"}
_SWITCHES: dict[str, Unseen] = {
    "w:dstrike": "取り消し線の文字",
    "w:specVanish": "隠し文字",
    "w:webHidden": "隠し文字",
}
_UNSEEN = _TOGGLES | _SWITCHES


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """What a paragraph style says of its paragraphs."""

    level: int | None = None
    """Heading level, 1 outermost; 0 for the document's title, above 9 for ordinary text."""
    contents: bool = False
    """An entry of the table of contents."""
    caption: bool = False
    """The line over a table or under a figure."""
    number: tuple[str, int | None, str] | None = None
    """List (`numId`), its level where the style gives one, and the style that names the list."""


class Styles:
    """The styles of one document."""

    def __init__(self, root: Any) -> None:
        """Read them; `root` is None for a document without styles."""
        found = list(root.iter(qn("w:style"))) if root is not None else []
        self._by_id = {style.get(qn("w:styleId"), ""): style for style in found}
        self._defaults = {
            kind: style.get(qn("w:styleId"), "")
            for style in found
            if (kind := style.get(qn("w:type"), "paragraph")) and is_set(style.get(qn("w:default")))
        }
        path = f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}"
        self._default = root.find(path) if root is not None else None
        self._paragraphs: dict[str, ParagraphStyle] = {}
        self._unseen: dict[tuple[str, str, str], dict[str, bool]] = {}

    def paragraph(self, properties: Any) -> ParagraphStyle:
        """What the style of a paragraph says; `properties` is its w:pPr or None."""
        style = self._named(properties, "w:pStyle", "paragraph")
        if style not in self._paragraphs:
            self._paragraphs[style] = self._read(style)
        return self._paragraphs[style]

    def level(self, properties: Any) -> int | None:
        """Heading level of a paragraph, see `ParagraphStyle.level`; None for ordinary text."""
        own = _outline_level(properties)
        level = self.paragraph(properties).level if own is None else own
        return level if level is None or level <= _BODY_LEVEL else None

    def list_style(self, name: str) -> str | None:
        """The list (`numId`) of a numbering style."""
        for style in self._chain(name):
            if (mark := own_number(style.find(qn("w:pPr")))) is not None:
                return mark[0]
        return None

    def unseen(self, run: Any, paragraph: Any, table: str) -> Unseen | None:
        """Why a reader does not see the words of a run; None where they are seen.

        Args:
            run: w:rPr of the run or None.
            paragraph: w:pPr of its paragraph or None.
            table: style of the table around; empty outside tables.
        """
        names = (
            table,
            self._named(paragraph, "w:pStyle", "paragraph"),
            self._named(run, "w:rStyle", "character"),
        )
        if names not in self._unseen:
            self._unseen[names] = self._styled(names)
        styled = self._unseen[names]
        for name, reason in _UNSEEN.items():
            own = run.find(qn(name)) if run is not None else None
            if styled[name] if own is None else is_on(own):
                return reason
        return None

    def table(self, properties: Any) -> str:
        """The style of a table; `properties` is its w:tblPr or None."""
        return self._named(properties, "w:tblStyle", "table")

    def _styled(self, names: tuple[str, ...]) -> dict[str, bool]:
        """Of every property, whether the styles turn it on."""
        on = {}
        for name in _UNSEEN:
            default = self._default.find(qn(name)) if self._default is not None else None
            levels = [said for style in names if (said := self._says(style, name)) is not None]
            if name in _SWITCHES:
                on[name] = levels[-1] if levels else is_on(default)
            else:
                on[name] = is_on(default) or sum(levels) % 2 == 1
        return on

    def _says(self, style: str, name: str) -> bool | None:
        path = f"{qn('w:rPr')}/{qn(name)}"
        for element in self._chain(style):
            found = element.find(path)
            if found is not None:
                return is_on(found)
        return None

    def _named(self, properties: Any, reference: str, kind: str) -> str:
        named = properties.find(qn(reference)) if properties is not None else None
        name: str = named.get(qn("w:val"), "") if named is not None else ""
        return name if name in self._by_id else self._defaults.get(kind, "")

    def _chain(self, name: str) -> Iterator[Any]:
        """A style and those it is based on, itself first."""
        for _ in range(_DEEPEST_STYLE):
            style = self._by_id.get(name)
            if style is None:
                return
            yield style
            base = style.find(qn("w:basedOn"))
            name = base.get(qn("w:val"), "") if base is not None else ""

    def _read(self, name: str) -> ParagraphStyle:
        level, contents, caption = None, False, False
        list_id: str | None = None
        list_level: int | None = None
        owner = name
        for style in self._chain(name):
            title = style.find(qn("w:name"))
            known = (title.get(qn("w:val"), "") if title is not None else "").strip()
            match = _HEADING_NAME.match(known)
            contents = contents or known.lower().startswith("toc ")
            caption = caption or known.lower() in _CAPTION_NAMES
            properties = style.find(qn("w:pPr"))
            mark = own_number(properties)
            if list_id is None and mark is not None:
                list_level = mark[1] if list_level is None else list_level
                if mark[0] is not None:
                    list_id, owner = mark[0], style.get(qn("w:styleId"), "")
            if level is None:
                level = int(match[1]) if match else _outline_level(properties)
            if level is None and known.lower() in _TITLE_NAMES:
                level = _TITLE_LEVEL
        number = (list_id, list_level, owner) if list_id is not None else None
        return ParagraphStyle(level, contents, caption, number)


def _outline_level(properties: Any) -> int | None:
    """Heading level, 1 outermost, that a w:pPr gives; above 9 for ordinary text, None for none."""
    mark = properties.find(qn("w:outlineLvl")) if properties is not None else None
    value = mark.get(qn("w:val"), "") if mark is not None else ""
    return int(value) + 1 if value.isdecimal() else None


def own_number(properties: Any) -> tuple[str | None, int | None] | None:
    """List and level that a w:pPr names itself; the list 「0」 is none."""
    mark = properties.find(qn("w:numPr")) if properties is not None else None
    if mark is None:
        return None
    list_id, level = mark.find(qn("w:numId")), mark.find(qn("w:ilvl"))
    value = level.get(qn("w:val"), "") if level is not None else ""
    return (
        list_id.get(qn("w:val")) if list_id is not None else None,
        int(value) if value.isdecimal() else None,
    )
