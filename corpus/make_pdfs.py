"""Write two documents of the starter corpus as PDFs: a report on paper and a slide deck.

``python corpus/make_pdfs.py FONT.ttf`` writes ``corpus/pdf/*.pdf`` in a Japanese TrueType font
(made with IPAex Gothic). They show how citations with page numbers look, and are not part of the
starter index, which holds the same text already.
"""

import sys
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer

HERE = Path(__file__).parent
FONT = "Gothic"


def main(font: Path) -> None:
    """Write both files with the glyphs they use from a TrueType font with Japanese."""
    pdfmetrics.registerFont(TTFont(FONT, str(font)))
    (HERE / "pdf").mkdir(exist_ok=True)
    write_pdf(HERE / "guidebooks" / "consortium.md", HERE / "pdf" / "consortium.pdf", slides=False)
    write_pdf(HERE / "digests" / "002-council.md", HERE / "pdf" / "council-slides.pdf", slides=True)


def write_pdf(source: Path, target: Path, *, slides: bool) -> None:
    """Set a Markdown document with front matter as a PDF; `slides` gives a page a section."""
    lines = source.read_text(encoding="utf-8").split("+++", 2)[2].splitlines()
    size = 15 if slides else 10.5
    body = ParagraphStyle("body", fontName=FONT, fontSize=size, leading=1.6 * size, wordWrap="CJK",
                          spaceAfter=0.5 * size)  # fmt: skip
    head = ParagraphStyle("head", parent=body, fontSize=1.3 * size, leading=2 * size)
    item = ParagraphStyle("item", parent=body, leftIndent=1.2 * size, firstLineIndent=-1.2 * size)
    mark = ParagraphStyle("mark", parent=body, fontSize=9, alignment=TA_RIGHT)
    story: list[Paragraph | PageBreak | Spacer] = []
    for line in lines:
        text = escape(line.strip().lstrip("#-").strip())
        if line.startswith("#"):
            # The first section of the deck shares the page of its title.
            if slides and len(story) > 2:
                story.append(PageBreak())
            story.append(Paragraph(text, head))
            if line.startswith("# "):
                story.append(Paragraph("要約(地域DXアシスタント編集)", mark))
        elif line.startswith("- "):
            story.append(Paragraph(f"・{text}", item))
        elif text:
            story.append(Paragraph(text, body))
    story.append(Spacer(1, 1))
    document = SimpleDocTemplate(
        str(target),
        pagesize=landscape(A4) if slides else A4,
        margins=20 * mm,
        title=escape(lines[1].lstrip("# ") if lines[0] == "" else lines[0].lstrip("# ")),
        author="地域DXアシスタント編集",
        invariant=1,
    )

    def number(canvas: Any, page: Any) -> None:
        canvas.setFont(FONT, 9)
        canvas.drawCentredString(page.pagesize[0] / 2, 10 * mm, str(page.page))

    document.build(story, onFirstPage=number, onLaterPages=number)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
