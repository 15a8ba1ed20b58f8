"""One file of every format, with a marker in each part that can show words.

The files are put together from python-docx's, openpyxl's and python-pptx's empty ones by adding
XML: no library writes all of these parts.
"""

import io
import re
import zipfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from docx import Document
from openpyxl import Workbook
from pptx import Presentation

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DGM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_V = "urn:schemas-microsoft-com:vml"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawingml"
_SPACES = (
    f'xmlns:w="{_W}" xmlns:a="{_A}" xmlns:r="{_OFFICE}" xmlns:wp="{_WP}" xmlns:wps="{_WPS}" '
    f'xmlns:m="{_M}" xmlns:v="{_V}" xmlns:c="{_C}" xmlns:dgm="{_DGM}"'
)


@dataclass(slots=True)
class _Package:
    """An office file of which parts are changed and added."""

    parts: dict[str, str | bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, data: bytes) -> "_Package":
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return cls({name: package.read(name) for name in package.namelist()})

    def text(self, name: str) -> str:
        part = self.parts[name]
        return part if isinstance(part, str) else part.decode()

    def add(self, source: str, kind: str, name: str, content_type: str, xml: str) -> str:
        """Add a part to which `source` points; the id of the relation."""
        folder, _, file = source.rpartition("/")
        relations = f"{folder}/_rels/{file}.rels"
        if relations not in self.parts:
            self.parts[relations] = (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
                'relationships"></Relationships>'
            )
        text = self.text(relations)
        number = f"rIdX{len(self.parts)}"
        relation = f'<Relationship Id="{number}" Type="{_OFFICE}/{kind}" Target="/{name}"/>'
        self.parts[relations] = text.replace("</Relationships>", relation + "</Relationships>")
        types = self.text("[Content_Types].xml")
        override = f'<Override PartName="/{name}" ContentType="{content_type}"/>'
        self.parts["[Content_Types].xml"] = types.replace("</Types>", override + "</Types>")
        self.parts[name] = f'<?xml version="1.0" encoding="UTF-8"?>\n{xml}'
        return number

    def write(self, path: Path) -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for name, part in self.parts.items():
                package.writestr(name, part)
        return path


def make_samples(folder: Path) -> list[Path]:
    """Write a Word, an Excel, a PowerPoint and an HTML file."""
    return [
        _word(folder / "losses.docx"),
        _sheets(folder / "losses.xlsx"),
        _slides(folder / "losses.pptx"),
        _page(folder / "losses.html"),
    ]


class _Markers:
    """Words that stand nowhere else: 「しるし07番」."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def __call__(self) -> str:
        return f"しるし{next(self._numbers):02d}番"


def _word(path: Path) -> Path:
    mark = _Markers()
    stream = io.BytesIO()
    Document().save(stream)
    package = _Package.of(stream.getvalue())
    main = "word/document.xml"

    def run(extra: str = "") -> str:
        return f"<w:r>{extra}<w:t>{mark()}</w:t></w:r>"

    def paragraph(inner: str = "") -> str:
        return f"<w:p>{inner or run()}</w:p>"

    def part(kind: str, root: str, inner: str) -> str:
        xml = f"<w:{root} {_SPACES}>{inner}</w:{root}>"
        return package.add(main, kind, f"word/{kind}9.xml", f"{_WORD_TYPE}.{kind}+xml", xml)

    def cell(inner: str) -> str:
        return f"<w:tc><w:tcPr/>{inner}</w:tc>"

    def grid(inner: str) -> str:
        columns = '<w:tblGrid><w:gridCol w:w="2000"/></w:tblGrid>'
        return f"<w:tbl><w:tblPr/>{columns}{inner}</w:tbl>"

    def controlled(inner: str) -> str:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{inner}</w:sdtContent></w:sdt>"

    def drawing(uri: str, inner: str, alt: str = "") -> str:
        return (
            f'<w:r><w:drawing><wp:inline><wp:extent cx="9" cy="9"/><wp:docPr id="1" name="x"{alt}/>'
            f'<a:graphic><a:graphicData uri="{uri}">{inner}</a:graphicData></a:graphic>'
            "</wp:inline></w:drawing></w:r>"
        )

    def box(inner: str) -> str:
        shape = f"<wps:wsp><wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx></wps:wsp>"
        return drawing(_WPS, shape)

    for kind in ("footnote", "endnote", "comment"):
        part(f"{kind}s", f"{kind}s", f'<w:{kind} w:id="9">{paragraph()}</w:{kind}>')
    header = part(
        "header",
        "hdr",
        paragraph()
        + paragraph(box(paragraph()))
        + paragraph(
            f'<w:r><w:pict><v:shape><v:textpath string="{mark()}"/></v:shape></w:pict></w:r>'
        ),
    )
    footer = part("footer", "ftr", paragraph() + grid(f"<w:tr>{cell(paragraph())}</w:tr>"))
    chart = package.add(
        main, "chart", "word/charts/chart1.xml", f"{_DRAWING_TYPE}.chart+xml", _chart(mark)
    )
    diagram = package.add(
        main,
        "diagramData",
        "word/diagrams/data1.xml",
        f"{_DRAWING_TYPE}.diagramData+xml",
        _diagram(mark),
    )
    link = f'<w:hyperlink w:anchor="x">{run()}</w:hyperlink>'
    field_run = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF x</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run()}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    references = "".join(
        f'<w:r><w:{kind}Reference w:id="9"/></w:r>' for kind in ("footnote", "endnote", "comment")
    )
    rows = f"<w:tr>{cell(paragraph())}</w:tr>"
    rows += f"<w:tr>{cell(grid(f'<w:tr>{cell(paragraph())}</w:tr>') + paragraph())}</w:tr>"
    rows += controlled(f"<w:tr>{cell(paragraph())}</w:tr>")
    rows += f"<w:tr>{controlled(cell(paragraph()))}</w:tr>"
    rows += f"<w:tr>{cell(paragraph(box(paragraph())))}</w:tr>"
    body = [
        paragraph('<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>' + run()),
        paragraph(),
        paragraph(run() + references),
        paragraph(link),
        paragraph(f'<w:fldSimple w:instr="REF x">{run()}</w:fldSimple>'),
        paragraph(field_run),
        paragraph(f'<w:ins w:id="1">{run()}</w:ins><w:smartTag>{run()}</w:smartTag>'),
        paragraph(controlled(run())),
        controlled(paragraph()),
        f"<w:customXml>{paragraph()}</w:customXml>",
        grid(rows),
        paragraph(box(paragraph() + grid(f"<w:tr>{cell(paragraph())}</w:tr>"))),
        paragraph(
            f"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>{paragraph()}</w:txbxContent>"
            "</v:textbox></v:shape></w:pict></w:r>"
        ),
        paragraph(f"<m:oMath><m:r><m:t>{mark()}</m:t></m:r></m:oMath>"),
        paragraph(f"<m:oMathPara><m:oMath><m:r><m:t>{mark()}</m:t></m:r></m:oMath></m:oMathPara>"),
        paragraph(drawing(_C, f'<c:chart r:id="{chart}"/>')),
        paragraph(drawing(_PIC, f'<pic:pic xmlns:pic="{_PIC}"/>', f' descr="{mark()}"')),
        paragraph(drawing(_DGM, f'<dgm:relIds r:dm="{diagram}"/>')),
    ]
    section = (
        f'<w:sectPr><w:headerReference w:type="default" r:id="{header}"/>'
        f'<w:footerReference w:type="default" r:id="{footer}"/></w:sectPr>'
    )
    package.parts[main] = (
        f"<w:document {_SPACES}><w:body>{''.join(body)}{section}</w:body></w:document>"
    )
    return package.write(path)


def _chart(mark: _Markers) -> str:
    """Title, title of an axis, series and category, as the office file stores them."""

    def rich(name: str) -> str:
        words = f"<a:p><a:r><a:t>{mark()}</a:t></a:r></a:p>"
        return f"<c:{name}><c:tx><c:rich>{words}</c:rich></c:tx></c:{name}>"

    def points(name: str, value: str) -> str:
        return (
            f"<c:{name}><c:strRef><c:f>x</c:f><c:strCache><c:ptCount val='1'/><c:pt idx='0'>"
            f"<c:v>{value}</c:v></c:pt></c:strCache></c:strRef></c:{name}>"
        )

    values = (
        "<c:val><c:numRef><c:numCache><c:pt idx='0'><c:v>3</c:v></c:pt></c:numCache></c:numRef>"
        "</c:val>"
    )
    series = f"<c:ser>{points('tx', mark())}{points('cat', mark())}{values}</c:ser>"
    plot = f"<c:barChart>{series}</c:barChart><c:catAx>{rich('title')}</c:catAx>"
    return (
        f'<c:chartSpace xmlns:c="{_C}" xmlns:a="{_A}"><c:chart>{rich("title")}'
        f"<c:plotArea>{plot}</c:plotArea></c:chart></c:chartSpace>"
    )


def _diagram(mark: _Markers) -> str:
    point = f"<dgm:t><a:p><a:r><a:t>{mark()}</a:t></a:r></a:p></dgm:t>"
    return (
        f'<dgm:dataModel xmlns:dgm="{_DGM}" xmlns:a="{_A}"><dgm:ptLst><dgm:pt modelId="1">{point}'
        "</dgm:pt></dgm:ptLst></dgm:dataModel>"
    )


def _sheets(path: Path) -> Path:
    mark = _Markers()
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = mark()
    sheet["B1"] = mark()
    sheet["A2"] = mark()
    sheet["B2"] = mark()
    stream = io.BytesIO()
    book.save(stream)
    package = _Package.of(stream.getvalue())
    main = "xl/worksheets/sheet1.xml"

    def frame(inner: str) -> str:
        data = f"<a:graphic><a:graphicData>{inner}</a:graphicData></a:graphic>"
        return f"<xdr:graphicFrame><xdr:nvGraphicFramePr/>{data}</xdr:graphicFrame>"

    body = f"<a:bodyPr/><a:p><a:r><a:t>{mark()}</a:t></a:r></a:p>"
    grouped = f"<a:bodyPr/><a:p><a:r><a:t>{mark()}</a:t></a:r></a:p>"
    named = '<xdr:nvSpPr><xdr:cNvPr id="2" name="x"/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr/>'
    anchor = (
        "<xdr:from><xdr:col>0</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>0</xdr:row>"
        "<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff>"
        "<xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>"
    )
    chart = package.add(
        "xl/drawings/drawing1.xml",
        "chart",
        "xl/charts/chart1.xml",
        f"{_DRAWING_TYPE}.chart+xml",
        _chart(mark),
    )
    diagram = package.add(
        "xl/drawings/drawing1.xml",
        "diagramData",
        "xl/diagrams/data1.xml",
        f"{_DRAWING_TYPE}.diagramData+xml",
        _diagram(mark),
    )
    picture = f'<xdr:nvPicPr><xdr:cNvPr id="3" name="x" descr="{mark()}"/></xdr:nvPicPr>'
    shapes = [
        f"<xdr:sp>{named}<xdr:txBody>{body}</xdr:txBody></xdr:sp>",
        f"<xdr:pic>{picture}</xdr:pic>",
        f"<xdr:grpSp><xdr:nvGrpSpPr/><xdr:grpSpPr/><xdr:sp>{named}<xdr:txBody>{grouped}"
        "</xdr:txBody></xdr:sp></xdr:grpSp>",
        frame(f'<c:chart xmlns:c="{_C}" xmlns:r="{_OFFICE}" r:id="{chart}"/>'),
        frame(f'<dgm:relIds xmlns:dgm="{_DGM}" xmlns:r="{_OFFICE}" r:dm="{diagram}"/>'),
    ]
    anchors = "".join(
        f"<xdr:twoCellAnchor>{anchor}{shape}<xdr:clientData/></xdr:twoCellAnchor>"
        for shape in shapes
    )
    drawing = package.add(
        main,
        "drawing",
        "xl/drawings/drawing1.xml",
        "application/vnd.openxmlformats-officedocument.drawing+xml",
        f'<xdr:wsDr xmlns:xdr="{_XDR}" xmlns:a="{_A}">{anchors}</xdr:wsDr>',
    )
    package.add(
        main,
        "comments",
        "xl/comments1.xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
        f'<comments xmlns="{_SHEET}"><authors><author>x</author></authors><commentList>'
        f'<comment ref="A1" authorId="0"><text><r><t>{mark()}</t></r></text></comment>'
        "</commentList></comments>",
    )
    inline = (
        f'<row r="3"><c r="A3" t="inlineStr"><is><t>{mark()}</t></is></c>'
        f'<c r="B3" t="str"><f>A1</f><v>{mark()}</v></c></row></sheetData>'
    )
    text = package.text(main).replace("</sheetData>", inline)
    ending = (
        f"<headerFooter><oddHeader>&amp;C{mark()}</oddHeader><oddFooter>&amp;C{mark()}</oddFooter>"
        f'</headerFooter><drawing xmlns:r="{_OFFICE}" r:id="{drawing}"/></worksheet>'
    )
    package.parts[main] = text.replace("</worksheet>", ending)
    return package.write(path)


def _slides(path: Path) -> Path:
    mark = _Markers()
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = mark()
    slide.placeholders[1].text = mark()
    slide.notes_slide.notes_text_frame.text = mark()
    table = slide.shapes.add_table(1, 2, 0, 0, 99, 99).table
    table.cell(0, 0).text = mark()
    table.cell(0, 1).text = mark()
    stream = io.BytesIO()
    show.save(stream)
    package = _Package.of(stream.getvalue())
    main = "ppt/slides/slide1.xml"
    chart = package.add(
        main, "chart", "ppt/charts/chart9.xml", f"{_DRAWING_TYPE}.chart+xml", _chart(mark)
    )
    diagram = package.add(
        main,
        "diagramData",
        "ppt/diagrams/data1.xml",
        f"{_DRAWING_TYPE}.diagramData+xml",
        _diagram(mark),
    )
    package.add(
        main,
        "comments",
        "ppt/comments/comment1.xml",
        "application/vnd.openxmlformats-officedocument.presentationml.comments+xml",
        f'<p:cmLst xmlns:p="{_P}"><p:cm authorId="0" idx="1"><p:text>{mark()}</p:text></p:cm>'
        "</p:cmLst>",
    )
    numbers = count(100)

    def shape() -> str:
        return (
            f'<p:sp><p:nvSpPr><p:cNvPr id="{next(numbers)}" name="x"/><p:cNvSpPr/><p:nvPr/>'
            "</p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r>"
            f"<a:t>{mark()}</a:t></a:r></a:p></p:txBody></p:sp>"
        )

    def frame(uri: str, inner: str) -> str:
        return (
            f'<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="{next(numbers)}" name="x"/>'
            '<p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="0"/>'
            f'<a:ext cx="9" cy="9"/></p:xfrm><a:graphic><a:graphicData uri="{uri}">{inner}'
            "</a:graphicData></a:graphic></p:graphicFrame>"
        )

    equation = (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{next(numbers)}" name="x"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
        '<p:spPr/><p:txBody><a:bodyPr/><a:p><a14:m xmlns:a14="http://schemas.microsoft.com/office/'
        f'drawing/2010/main"><m:oMath xmlns:m="{_M}"><m:r><m:t>{mark()}</m:t></m:r></m:oMath>'
        "</a14:m></a:p></p:txBody></p:sp>"
    )
    group = (
        f'<p:grpSp><p:nvGrpSpPr><p:cNvPr id="{next(numbers)}" name="x"/><p:cNvGrpSpPr/><p:nvPr/>'
        f"</p:nvGrpSpPr><p:grpSpPr/>{shape()}</p:grpSp>"
    )
    added = [
        shape(),
        group,
        f'<p:pic><p:nvPicPr><p:cNvPr id="{next(numbers)}" name="x" descr="{mark()}"/>'
        "</p:nvPicPr></p:pic>",
        equation,
        frame(_C, f'<c:chart xmlns:c="{_C}" xmlns:r="{_OFFICE}" r:id="{chart}"/>'),
        frame(_DGM, f'<dgm:relIds xmlns:dgm="{_DGM}" xmlns:r="{_OFFICE}" r:dm="{diagram}"/>'),
    ]
    package.parts[main] = package.text(main).replace("</p:spTree>", "".join(added) + "</p:spTree>")
    master = "ppt/slideMasters/slideMaster1.xml"
    prompts = re.sub(r"<a:t>[^<]*</a:t>", "<a:t></a:t>", package.text(master))
    package.parts[master] = prompts.replace("</p:spTree>", shape() + "</p:spTree>")
    return package.write(path)


def _page(path: Path) -> Path:
    mark = _Markers()
    # fmt: off
    inner = [
        f"<h1>{mark()}</h1><p>{mark()}<b>{mark()}</b></p>",
        f"<div>{mark()}<div>{mark()}</div></div>",
        f"<ul><li>{mark()}<ol><li>{mark()}</li></ol></li></ul>",
        f"<dl><dt>{mark()}</dt><dd>{mark()}</dd></dl>", f"<blockquote>{mark()}</blockquote>",
        f"<pre>{mark()}</pre>", f"<details><summary>{mark()}</summary>{mark()}</details>",
        f"<figure><img src='x' alt='{mark()}'><figcaption>{mark()}</figcaption></figure>",
        f"<table><caption>{mark()}</caption><thead><tr><th>{mark()}</th></tr></thead><tbody><tr><td>"
        f"{mark()}<table><tr><td>{mark()}</td></tr></table></td></tr></tbody><tfoot><tr><td>{mark()}"
        "</td></tr></tfoot></table>",
        f"<form><fieldset><legend>{mark()}</legend><label>{mark()}</label>"
        f"<input value='{mark()}'><input placeholder='{mark()}'><select><option>{mark()}</option>"
        f"</select><textarea>{mark()}</textarea><button>{mark()}</button></fieldset></form>",
        f"<svg><text>{mark()}</text></svg>",
        f"<object>{mark()}</object>", f"<math><mi>{mark()}</mi></math>",
        f"<ruby>{mark()}<rt>よみ</rt></ruby>", f"<custom-element>{mark()}</custom-element>",
        f"<header>{mark()}</header><aside>{mark()}</aside><footer>{mark()}</footer>",
    ]
    # fmt: on
    title = f"<head><title>{mark()}</title></head>"
    path.write_text(
        f"<!DOCTYPE html><html>{title}<body>{''.join(inner)}</body></html>", encoding="utf-8"
    )
    return path
