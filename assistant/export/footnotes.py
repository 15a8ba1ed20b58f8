"""Real footnotes in a Word file: python-docx 1.2 has none, so their part is written here.

ECMA-376 Part 1, 17.11 (footnotes) and 17.16.5.41 (NOTEREF). Word numbers footnotes by itself in
the order of their marks; a further mark of the same footnote is a cross-reference to the first.
"""

from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

_TEXT_STYLE = "footnote text"
_MARK_STYLE = "footnote reference"
_SEPARATORS = (("separator", -1), ("continuationSeparator", 0))


def element(tag: str, text: str | None = None, **attributes: str) -> Any:
    """An element of a Word file, with its text and attributes."""
    made = OxmlElement(f"w:{tag}")
    made.text = text
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


class Footnotes:
    """The footnotes of one document: marks are set while it is written, the part at the end."""

    def __init__(self, document: Document, texts: dict[int, str]) -> None:
        """Prepare the styles; `texts` gives the footnotes by number, 1-based."""
        self._document = document
        self._texts = texts
        self._marked: set[int] = set()
        text = document.styles.add_style(_TEXT_STYLE, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        text.base_style = document.styles["Normal"]
        text.font.size = Pt(8)
        mark = document.styles.add_style(_MARK_STYLE, WD_STYLE_TYPE.CHARACTER, builtin=True)
        mark.font.superscript = True
        self._text_id, self._mark_id = text.style_id, mark.style_id

    def mark(self, paragraph: Paragraph, number: int) -> None:
        """Set the mark of a footnote; the second time, a cross-reference to the first."""
        if number in self._marked:
            self._refer(paragraph, number)
            return
        # Word counts for itself: the marks must come in order for the numbers to be ours.
        assert number == len(self._marked) + 1, number
        self._marked.add(number)
        start = element("bookmarkStart", id=str(number), name=_bookmark(number))
        paragraph._p.append(start)  # noqa: SLF001  (python-docx has no public way to its element)
        self._run(paragraph, element("footnoteReference", id=str(number)))
        paragraph._p.append(element("bookmarkEnd", id=str(number)))  # noqa: SLF001

    def write(self) -> None:
        """Add the footnotes part and name it in the settings."""
        root = parse_xml(f"<w:footnotes {nsdecls('w')}/>")
        for kind, number in _SEPARATORS:
            root.append(_separator(kind, number))
        for number in sorted(self._marked):
            root.append(self._footnote(number))
        content = serialize_part_xml(root)
        package = self._document.part.package
        part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, content, package)
        self._document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        self._name_separators()

    def _footnote(self, number: int) -> Any:
        note = parse_xml(
            f'<w:footnote {nsdecls("w")} w:id="{number}"><w:p><w:pPr>'
            f'<w:pStyle w:val="{self._text_id}"/></w:pPr>'
            f'<w:r><w:rPr><w:rStyle w:val="{self._mark_id}"/></w:rPr><w:footnoteRef/></w:r>'
            '<w:r><w:t xml:space="preserve"/></w:r></w:p></w:footnote>'
        )
        note.find(f".//{qn('w:t')}").text = f" {self._texts[number]}"
        return note

    def _refer(self, paragraph: Paragraph, number: int) -> None:
        """A NOTEREF field: Word keeps it in step when footnotes are added by hand."""
        instruction = element("instrText", f" NOTEREF {_bookmark(number)} \\f \\h ")
        instruction.set(qn("xml:space"), "preserve")
        for part in (
            element("fldChar", fldCharType="begin"),
            instruction,
            element("fldChar", fldCharType="separate"),
            element("t", str(number)),
            element("fldChar", fldCharType="end"),
        ):
            self._run(paragraph, part)

    def _run(self, paragraph: Paragraph, part: Any) -> None:
        run = paragraph.add_run()
        run.style = self._document.styles[_MARK_STYLE]
        run._r.append(part)  # noqa: SLF001

    def _name_separators(self) -> None:
        settings = self._document.settings.element
        properties = parse_xml(
            f"<w:footnotePr {nsdecls('w')}>"
            + "".join(f'<w:footnote w:id="{number}"/>' for _, number in _SEPARATORS)
            + "</w:footnotePr>"
        )
        compat = settings.find(qn("w:compat"))
        # The schema wants footnotePr before compat.
        if compat is None:
            settings.append(properties)
        else:
            compat.addprevious(properties)


def _separator(kind: str, number: int) -> Any:
    return parse_xml(
        f'<w:footnote {nsdecls("w")} w:type="{kind}" w:id="{number}"><w:p><w:pPr>'
        '<w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
        f"<w:r><w:{kind}/></w:r></w:p></w:footnote>"
    )


def _bookmark(number: int) -> str:
    return f"_Quote{number}"
