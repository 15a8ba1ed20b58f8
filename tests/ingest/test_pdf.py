import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.annotations import FreeText, Text
from pypdf.generic import (
    ArrayObject,
    ContentStream,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import ReadError
from assistant.ingest.metadata import prepared_pages
from assistant.ingest.readers import ReadResult, pdf, read_file
from assistant.ingest.structure import read_structure
from assistant.records.text import Page, words_of

FONT = "HeiseiKakuGo-W5"
PLAN = [
    ["みどり市の通信網の計画", "令和６年４月１日"],
    ["山間部の３地区に基地局を設ける。", "費用は約８億円である。"],
    ["維持の費用は利用料で賄う。"],
]
IMAGE = Image.new("RGB", (40, 40), "navy")
NO_TEXT = "文字を取り出せるページがありません(画像だけのPDFの可能性があります)。"
DAMAGED = "PDFが壊れているため開けません。"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "計画.pdf"


def write_pdf(path, pages, *, labels=(), title="通信網の計画", encrypt=None):
    registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(str(path), encrypt=encrypt, invariant=1)
    canvas.setTitle(title)
    for page, style, start, prefix in labels:
        canvas.addPageLabel(page, style, start, prefix)
    for lines in pages:
        canvas.setFont(FONT, 11)
        for row, line in enumerate(lines):
            if line is IMAGE:
                canvas.drawInlineImage(IMAGE, 60, 700 - 60 * row)
            else:
                canvas.drawString(60, 780 - 18 * row, line)
        canvas.showPage()
    canvas.save()


def plan_pages(labels=(None, None, None)):
    return tuple(
        Page("\n".join(lines), page, label)
        for page, (lines, label) in enumerate(zip(PLAN, labels, strict=True), start=1)
    )


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ((), (None, None, None)),
        ([(0, "ROMAN_LOWER", 1, None), (1, "ARABIC", 1, None)], ("i", "1", "2")),
        ([(0, "ARABIC", 11, "資料-")], ("資料-11", "資料-12", "資料-13")),
    ],
)
def test_pages_are_read_with_the_labels_the_file_states(path, labels, expected):
    write_pdf(path, PLAN, labels=labels)
    assert read_file(path) == ReadResult(plan_pages(expected), "通信網の計画")


@pytest.mark.parametrize("strength", [40, 128])
def test_an_empty_password_is_no_obstacle(path, strength):
    encrypt = StandardEncryption("", ownerPassword="kanri", strength=strength)
    write_pdf(path, PLAN, encrypt=encrypt)
    assert read_file(path) == ReadResult(plan_pages(), "通信網の計画")


def test_junk_before_the_header_is_no_obstacle(path):
    write_pdf(path, PLAN)
    path.write_bytes(b"X-Mail: 1\r\n" * 50 + path.read_bytes())
    assert read_file(path) == ReadResult(plan_pages(), "通信網の計画")


@pytest.mark.parametrize("unreadable", [[IMAGE], [IMAGE, "2"]], ids=["image", "few"])
def test_a_page_without_text_is_named_and_the_others_are_read(path, unreadable):
    write_pdf(path, [PLAN[0], unreadable, PLAN[2]])
    first, _, last = plan_pages()
    assert read_file(path) == ReadResult(
        (first, Page("", 2), last),
        "通信網の計画",
        (2,),
        "2ページの文字を取り出せません(画像だけ)。元の文書ファイルを使うか、"
        "文字認識(OCR)の用意をして取り込み直してください。",
    )


@pytest.mark.parametrize("blank", [[], [" "], ["- 2 -"]], ids=["nothing", "space", "number"])
def test_a_page_with_nothing_to_read_is_not_called_unreadable(path, blank, monkeypatch):
    monkeypatch.setattr(pdf, "ocr_is_ready", lambda: True)
    monkeypatch.setattr(pdf, "recognize", None)  # no page is drawn for it
    write_pdf(path, [PLAN[0], blank, PLAN[2]])
    result = read_file(path)
    assert (result.unreadable, result.unreadable_reason) == ((), "")
    assert result.pages[1].text.strip() == "".join(blank).strip()


def test_letters_drawn_as_shapes_are_read_as_a_picture(path, monkeypatch):
    monkeypatch.setattr(pdf, "ocr_is_ready", lambda: True)
    monkeypatch.setattr(pdf, "recognize", lambda path, numbers: dict.fromkeys(numbers, "維持費。"))
    canvas = Canvas(str(path), invariant=1)
    for segments in (900, 1100):
        outline = canvas.beginPath()
        outline.moveTo(0, 0)
        for step in range(segments):
            outline.lineTo(step, step % 7)
        canvas.drawPath(outline)
        canvas.showPage()
    canvas.save()
    assert [page.text for page in read_file(path).pages] == ["", "維持費。"]


def write_form(path, text, value):
    registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(str(path), invariant=1)
    canvas.setFont(FONT, 11)
    canvas.drawString(60, 780, text)
    canvas.acroForm.textfield(name="name", value=value, x=60, y=700, width=200, height=20)
    canvas.save()


@pytest.mark.parametrize("value", ["", "Midori"])
def test_what_is_filled_into_a_form_is_said_to_be_left_out(path, value):
    write_form(path, PLAN[1][0], value)
    result = read_file(path)
    assert result.unreadable == ()
    assert result.unreadable_reason == ("入力欄に記入された内容は読みません。" if value else "")


def test_a_pdf_of_input_fields_alone_is_not_called_a_picture(path):
    write_form(path, "", "Midori")
    with pytest.raises(ReadError) as caught:
        read_file(path)
    assert caught.value.message == "入力欄だけのPDFです。記入された内容も読みません。"


def test_one_reading_opens_a_pdf_once_with_either_library(path, monkeypatch):
    monkeypatch.setattr(pdf, "ocr_is_ready", lambda: False)
    opened = []
    for library, name in ((pdf.pypdf, "PdfReader"), (pdf.pypdfium2, "PdfDocument")):
        original = getattr(library, name)

        def noted(path, *arguments, name=name, original=original, **options):
            opened.append(name)
            return original(path, *arguments, **options)

        monkeypatch.setattr(library, name, noted)
    write_pdf(path, [*PLAN, [IMAGE]])
    assert read_file(path).properties.author == "anonymous"
    assert sorted(opened) == ["PdfDocument", "PdfReader"]


@pytest.mark.parametrize(
    ("pages", "password", "message"),
    [
        ([[IMAGE], [IMAGE]], None, NO_TEXT),
        ([[], ["- 2 -"]], None, "文章のあるページがありません(白紙か、数文字だけのPDFです)。"),
        (PLAN, "himitsu", "パスワードが必要なPDFです。"),
        ([[]] * 2001, None, "ページ数が多すぎます(2,001ページ、上限2,000ページ)。"),
    ],
    ids=["images", "blank", "password", "long"],
)
def test_a_pdf_that_gives_no_text_is_refused_with_its_reason(path, pages, password, message):
    write_pdf(path, pages, encrypt=password and StandardEncryption(password))
    with pytest.raises(ReadError) as caught:
        read_file(path)
    assert caught.value.message == message


@pytest.mark.parametrize("percent", [10, 50, 90])
def test_a_truncated_pdf_is_refused(path, percent):
    write_pdf(path, PLAN * 10)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * percent // 100])
    with pytest.raises(ReadError) as caught:
        read_file(path)
    assert caught.value.message == DAMAGED


@pytest.mark.parametrize(
    "garbage",
    ["/g12/g7/g103 " * 20, "(cid:12)(cid:240)" * 20, "\ue012\uf0b7" * 20, "\ufffd" * 20],
    ids=["glyph names", "cid", "private use", "replacement"],
)
def test_what_a_broken_font_gives_is_no_text(garbage):
    assert not pdf._usable(garbage)
    assert pdf._usable(PLAN[0][0] + garbage[:2])


def test_numbers_printed_on_the_pages_become_labels(path):
    body = [[f"第{n}段落の本文である。", f"- {n + 10} -"] for n in range(4)]
    write_pdf(path, [["表紙の題名"], *body])
    pages = prepared_pages(read_file(path).pages)
    assert [page.label for page in pages] == [None, "10", "11", "12", "13"]


def edited(path, change):
    """The file with what `change` does to a pypdf writer of it."""
    writer = PdfWriter(clone_from=path)
    change(writer)
    writer.write(path)


def read_plan(path, change=None):
    write_pdf(path, [PLAN[1]])
    if change:
        edited(path, change)
    result = read_file(path)
    return result.pages[0], result.unreadable_reason


def free_text(writer, flags=0):
    note = FreeText(text="12名を採用", rect=(60, 770, 160, 790))
    note[NameObject("/F")] = NumberObject(flags)
    writer.add_annotation(0, note)


def test_words_written_onto_a_page_are_read_where_they_stand(path):
    page, reason = read_plan(path, free_text)
    lines = page.text.split("\n")
    assert [lines[index] for index in page.order] == [PLAN[1][0], "12名を採用", PLAN[1][1]]
    assert reason == ""


def test_a_hidden_annotation_is_not_read(path):
    page, reason = read_plan(path, lambda writer: free_text(writer, flags=2))
    assert (page.text, reason) == ("\n".join(PLAN[1]), "")


def test_comments_are_counted(path):
    page, reason = read_plan(
        path, lambda writer: writer.add_annotation(0, Text(text="要確認", rect=(9, 9, 30, 30)))
    )
    assert page.text == "\n".join(PLAN[1])
    assert reason == "注釈(付箋など)の文 1か所(1ページ)を読めませんでした。"


def strike_out(writer, left, bottom, right, top):
    corners = [left, top, right, top, left, bottom, right, bottom]
    mark = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/StrikeOut"),
            NameObject("/Rect"): ArrayObject(map(FloatObject, (left, bottom, right, top))),
            NameObject("/QuadPoints"): ArrayObject(map(FloatObject, corners)),
        }
    )
    writer.add_annotation(0, mark)


def test_letters_struck_out_by_an_annotation_are_left_out(path):
    left = 60 + 11 * 4  # behind four letters of 11 points

    def strike(writer):
        strike_out(writer, left, 777, left + 33, 792)

    page, reason = read_plan(path, strike)
    assert page.text == "\n".join([PLAN[1][0][:4] + PLAN[1][0][7:], PLAN[1][1]])
    assert reason == "取り消し線の文字 1か所(1ページ)を除きました。"


def test_cells_of_a_printed_table_stay_true_beside_letters_struck_out(path):
    registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(str(path), invariant=1)
    canvas.setFont(FONT, 11)
    rows = (("施設名", "定員"), ("東館", "５０名"), ("西館", "九十名８０名"), ("北館", "７０名"))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            canvas.drawString(60 + 150 * column, 700 - 20 * number, cell)
    canvas.save()
    edited(path, lambda writer: strike_out(writer, 210, 657, 243, 672))
    pages = read_file(path).pages
    [section] = read_structure(pages, "other", markdown=False)
    shown = [[(c.heading, words_of(c, b.text)) for c in b.cells] for b in section.blocks]
    assert shown[1:] == [
        [("施設名", "西館"), ("定員", "８０名")],
        [("施設名", "北館"), ("定員", "７０名")],
    ]


@pytest.mark.parametrize("mode", [3, 7])
def test_invisible_letters_are_left_out_unless_they_are_all_or_lie_over_a_picture(path, mode):
    registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(str(path), invariant=1)
    for visible, picture in ((True, False), (False, False), (True, True)):
        canvas.setFont(FONT, 11)
        if picture:
            canvas.drawInlineImage(IMAGE, 50, 690, 400, 60)
        if visible:
            canvas.drawString(60, 780, "見える文である。")
        text = canvas.beginText(60, 720)
        text.setTextRenderMode(mode)
        text.textOut("見えない文である。")
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    result = read_file(path)
    assert [page.text.split("\n") for page in result.pages] == [
        ["見える文である。"],
        ["見えない文である。"],
        ["見える文である。", "見えない文である。"],
    ]
    assert result.unreadable_reason == "見えない文字とページの外の文字 1か所(1ページ)を除きました。"


def test_letters_outside_the_page_are_left_out(path):
    page, reason = read_plan(
        path, lambda writer: writer.pages[0].cropbox.__setitem__(3, FloatObject(775))
    )
    assert page.text == PLAN[1][1]
    assert reason == "見えない文字とページの外の文字 1か所(1ページ)を除きました。"


@pytest.mark.parametrize("rule", [False, True], ids=["group", "rule over groups"])
@pytest.mark.parametrize("off", [False, True], ids=["on", "off"])
def test_what_stands_on_a_layer_switched_off_is_left_out(path, off, rule):
    def layer(writer):
        group = writer._add_object(
            DictionaryObject(
                {
                    NameObject("/Type"): NameObject("/OCG"),
                    NameObject("/Name"): TextStringObject("図"),
                }
            )
        )
        state = NameObject("/OFF" if off else "/ON")
        writer.root_object[NameObject("/OCProperties")] = DictionaryObject(
            {
                NameObject("/OCGs"): ArrayObject([group]),
                NameObject("/D"): DictionaryObject({state: ArrayObject([group])}),
            }
        )
        named = group
        if rule:
            named = writer._add_object(
                DictionaryObject(
                    {
                        NameObject("/Type"): NameObject("/OCMD"),
                        NameObject("/OCGs"): ArrayObject([group]),
                    }
                )
            )
        page = writer.pages[0]
        page["/Resources"][NameObject("/Properties")] = DictionaryObject({NameObject("/L1"): named})
        stream = ContentStream(page.get_contents(), writer)
        shown = next(n for n, (_, o) in enumerate(stream.operations) if o == b"Tj")
        stream.operations.insert(shown + 1, ([], b"EMC"))
        stream.operations.insert(shown, ([NameObject("/OC"), NameObject("/L1")], b"BDC"))
        page[NameObject("/Contents")] = writer._add_object(stream)

    page, reason = read_plan(path, layer)
    assert page.text == ("\n".join(PLAN[1][1:] if off else PLAN[1]))
    assert reason == ("表示しない設定のレイヤーの文字 1か所を除きました。" if off else "")


@pytest.mark.parametrize(("value", "said"), [("/Yes", True), ("/Off", False)])
def test_a_ticked_box_is_said_to_be_left_out(path, value, said):
    registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(str(path), invariant=1)
    canvas.setFont(FONT, 11)
    canvas.drawString(60, 780, PLAN[1][0])
    canvas.acroForm.checkbox(name="ok", checked=value == "/Yes", x=60, y=700)
    canvas.save()
    assert (read_file(path).unreadable_reason == "入力欄に記入された内容は読みません。") is said


def test_a_cover_for_attachments_is_not_called_blank(path):
    write_pdf(path, [[]])
    edited(path, lambda writer: writer.add_attachment("内訳.xlsx", b"PK"))
    with pytest.raises(ReadError) as caught:
        read_file(path)
    assert caught.value.message == "ページに文章がなく、添付ファイル(1個)だけのPDFです。"


def test_attachments_beside_the_text_are_counted(path):
    page, reason = read_plan(path, lambda writer: writer.add_attachment("内訳.xlsx", b"PK"))
    assert page.text == "\n".join(PLAN[1])
    assert reason == "添付ファイル1個は読みません。取り出して別に取り込んでください。"


def test_a_password_for_attachments_alone_is_no_obstacle(path):
    write_pdf(path, [PLAN[1]])

    body = path.read_bytes()
    locked = (
        b"<< /Filter /Standard /V 4 /R 4 /Length 128 /P -4 /StmF /Identity /StrF /Identity"
        b" /EFF /StdCF /CF << /StdCF << /CFM /AESV2 /AuthEvent /EFOpen /Length 16 >> >>"
        b" /O <" + b"6f" * 32 + b"> /U <" + b"75" * 32 + b"> >>"
    )
    path.write_bytes(body.replace(b"trailer\n<<", b"trailer\n<< /Encrypt " + locked))
    assert [page.text for page in read_file(path).pages] == ["\n".join(PLAN[1])]
