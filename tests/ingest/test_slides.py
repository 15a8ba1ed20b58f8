import pptx
import pytest
from pptx.util import Inches

from assistant.errors import ReadError
from assistant.ingest.readers import read_file
from assistant.ingest.structure import read_structure
from assistant.schema import Page

TITLE_ONLY, BLANK = 5, 6


@pytest.fixture
def deck():
    return pptx.Presentation()


@pytest.fixture
def read(deck, tmp_path):
    def read():
        deck.save(tmp_path / "説明.pptx")
        return read_file(tmp_path / "説明.pptx")

    return read


def slide(deck, *boxes, title=None, notes=None, hidden=False):
    """A slide with text boxes (left, top, text) in inches."""
    made = deck.slides.add_slide(deck.slide_layouts[BLANK if title is None else TITLE_ONLY])
    if title is not None:
        made.shapes.title.text = title
    for left, top, text in boxes:
        box = made.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1))
        box.text_frame.text = text
    if notes:
        made.notes_slide.notes_text_frame.text = notes
    if hidden:
        made.element.set("show", "0")
    return made


def test_a_slide_is_read_with_its_title_boxes_in_reading_order_and_notes(deck, read):
    slide(
        deck, (5, 2, "右上"), (1, 4, "下\n二行目"), (1, 2, "左上"), title="結果", notes="間を置く。"
    )
    slide(deck, (1, 2, "題のない面"))
    assert read().pages == (
        Page("結果\n左上\n右上\n下\n二行目", locator="slide 1", section="結果", heading=True),
        Page("間を置く。", locator="slide 1 ノート", section="結果 > ノート"),
        Page("題のない面", locator="slide 2", section="slide 2"),
    )


def test_titles_and_notes_become_headings(deck, read):
    slide(deck, (1, 2, "26件で行った。"), title="結果", notes="間を置く。")
    slide(deck, (1, 2, "題のない面"))
    sections = read_structure(read().pages, "slides", markdown=False)
    assert [(s.heading_path, [b.text for b in s.blocks]) for s in sections] == [
        (("結果",), ["26件で行った。"]),
        (("結果 > ノート",), ["間を置く。"]),
        (("slide 2",), ["題のない面"]),
    ]


def test_boxes_with_the_same_words_are_read_once(deck, read):
    for number in (1, 2, 3):
        slide(deck, (1, 2, f"内容{number}"), (1, 3, f"内容{number}"), (1, 6, "みどり市"))
    assert [page.text for page in read().pages] == ["内容1\nみどり市", "内容2", "内容3"]


def test_tables_are_read_by_row_and_groups_stay_together(deck, read):
    made = slide(deck, (1, 6, "終わり"))
    frame = made.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1))
    for row, texts in zip(frame.table.rows, [("年度", "件数"), ("令和3年度", "26件")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    group = made.shapes.add_group_shape()
    for top, text in ((5, "組の下"), (3, "組の上")):
        group.shapes.add_textbox(
            Inches(1), Inches(top), Inches(2), Inches(1)
        ).text_frame.text = text
    assert read().pages[0].text.split("\n") == [
        "年度　件数",
        "令和3年度　26件",
        "組の上",
        "組の下",
        "終わり",
    ]


def test_hidden_slides_are_reported_and_the_numbers_stay(deck, read):
    slide(deck, (1, 2, "表紙"))
    slide(deck, (1, 2, "隠した面"), hidden=True)
    slide(deck, (1, 2, "本編"))
    result = read()
    assert [page.locator for page in result.pages] == ["slide 1", "slide 3"]
    assert (result.unreadable, result.unreadable_reason) == (
        (2,),
        "非表示のスライドは取り込みません。",
    )


def test_an_empty_deck_is_refused(read):
    with pytest.raises(ReadError, match="文字がありません"):
        read()
