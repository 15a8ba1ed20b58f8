"""Pages drawn with quotes marked on them."""

import base64
import io

import pytest
from PIL import Image, ImageChops
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import ReadError
from assistant.ingest.sandbox import Sandbox

OUTLINE = (176, 84, 0)
FIRST = "かえで町の図書館では、蔵書の点検に"
SECOND = "年間１２０時間を使っている。"


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    """Two pages: the first empty of the quote, the second with it wrapped over two lines."""
    path = tmp_path_factory.mktemp("pdf") / "library.pdf"
    registerFont(UnicodeCIDFont("HeiseiKakuGo-W5"))
    canvas = Canvas(str(path), pagesize=(400, 300))
    for lines in (("別の内容のページである。",), (FIRST, SECOND)):
        canvas.setFont("HeiseiKakuGo-W5", 12)
        for number, line in enumerate(lines):
            canvas.drawString(50, 250 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return path


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(seconds=60, megabytes=1024) as running:
        yield running


def marked_box(png: str):
    """The box around all outlines of a picture, in pixels; None without any."""
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    return (
        ImageChops.difference(image, Image.new("RGB", image.size, OUTLINE))
        .convert("L")
        .point(lambda difference: 255 if difference == 0 else 0)
        .getbbox()
    )


def test_a_quote_across_a_line_break_is_marked_where_it_stands(pdf, sandbox):
    drawn = sandbox.picture(pdf, 2, (FIRST + "年間120時間",))
    left, top, right, bottom = marked_box(drawn.png)
    assert drawn.marked == 1
    # Two lines from 50 points, baselines 50 and 70 points from the top, at 1.5 pixels a point.
    assert 65 < left < 80
    assert 45 < top < 75
    assert 90 < bottom < 115
    assert right > 300


def test_words_that_are_not_on_the_page_are_not_marked(pdf, sandbox):
    drawn = sandbox.picture(pdf, 1, (FIRST,))
    assert drawn.marked == 0
    assert marked_box(drawn.png) is None


def test_a_page_that_does_not_exist_is_an_error_with_a_remedy(pdf, sandbox):
    with pytest.raises(ReadError, match="画像にできません"):
        sandbox.picture(pdf, 3, (FIRST,))


def test_a_rotated_page_is_marked_too(pdf, sandbox, tmp_path):
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=pdf)
    writer.pages[1].rotate(90)
    turned = tmp_path / "turned.pdf"
    writer.write(turned)
    drawn = sandbox.picture(turned, 2, (SECOND,))
    left, top, right, bottom = marked_box(drawn.png)
    assert drawn.marked == 1
    assert bottom - top > right - left


def test_the_child_still_reads_after_drawing(pdf, sandbox):
    sandbox.picture(pdf, 1, ())
    assert len(sandbox.read(pdf).pages) == 2
