import pytest

from assistant.errors import ReadError
from assistant.ingest.readers import ReadResult, read_file
from assistant.records.text import Page
from evals.independent.places import texts_at
from evals.independent.quotes import fold


@pytest.fixture
def read(tmp_path):
    def read(text, encoding="utf-8"):
        path = tmp_path / "案内.html"
        path.write_bytes(text.encode(encoding))
        return read_file(path)

    return read


def block(number, text, section=None, **marks):
    return Page(text, locator=f"段落 {number}", section=section, **marks)


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
def test_blocks_are_counted_and_stand_under_their_headings(read, encoding):
    text = """<!DOCTYPE html><html><head><title> 補助金
 の案内 </title><style>p {}</style></head><body><nav><a href="/">ホーム</a></nav>
<h1>補助金</h1><div>補助率は<b>2分の1</b>以内で
ある。<p>申請は<br>市役所へ<h2>対象</h2><ul><li>協議会<li><p>団体</ul><h1>問合せ</h1>総務課"""
    assert read(text, encoding) == ReadResult(
        (
            block(1, "補助金", heading=True),
            block(2, "補助率は2分の1以内である。", "補助金"),
            block(3, "申請は\n市役所へ", "補助金"),
            block(4, "対象", heading=True),
            block(5, "協議会", "補助金 > 対象", item=True),
            block(6, "団体", "補助金 > 対象", item=True),
            block(7, "問合せ", heading=True),
            block(8, "総務課", "問合せ"),
        ),
        "補助金 の案内",
    )


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>alert('悪い')</script>",
        "<style>悪い</style>",
        "<noscript>悪い</noscript>",
        "<template><p>悪い</p></template>",
        "<!-- 悪い -->",
        '<div style="display: none">悪い<p>悪い</p></div>',
        '<span style="color:red; visibility:hidden">悪い</span>',
        '<p style="font-size:0">悪い</p>',
        "<p hidden>悪い</p>",
        "<iframe>悪い</iframe>",
        "<dialog>悪い</dialog>",
        '<p style="opacity:0.0">悪い</p>',
        '<p style="mso-hide:all">悪い</p>',
        "<!--[if gte mso 9]><p>悪い</p><![endif]-->",
    ],
)
def test_what_is_not_seen_is_not_read(read, hidden, tmp_path):
    pages = read(f"<body><p>前の文。</p>{hidden}<p>後の文。</p>").pages
    assert pages == (block(1, "前の文。"), block(2, "後の文。"))
    assert [texts_at(tmp_path / "案内.html", p.locator) for p in pages] == [
        ["前の文。"],
        ["後の文。"],
    ]


@pytest.mark.parametrize(
    ("attributes", "seen"),
    [
        ('class="memo"', False),
        ('class="memo seen"', True),
        ('id="note" class="memo seen"', False),
        ('class="late" style="display:block"', False),
        ('class="wide"', False),
        ('class="narrow"', True),
    ],
)
def test_style_sheets_say_what_is_seen(read, attributes, seen):
    style = """<style>/* .x */ .memo { display: none } .memo.seen { display: block }
#note { visibility: hidden } .late { display: none !important } p:hover { display: none }
@media print { p { display: none } } @media (max-width: 600px) { .narrow { display: none } }
@media screen and (min-width: 600px) { .wide { display: none } }</style>"""
    texts = [page.text for page in read(f"{style}<p>前の文。</p><p {attributes}>文</p>").pages]
    assert texts == (["前の文。", "文"] if seen else ["前の文。"])


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (
            "<tr><th>年度<th>件数<tr><td><p>令和3年度</p><td><ul><li>26件</ul>",
            [("年度　件数", "表"), ("令和3年度　26件", "年度　件数")],
        ),
        (
            "<tr><th>補助率<td>1/2<tr><th>上限額<td>500万円",
            [("補助率　1/2", "表"), ("上限額　500万円", "表")],
        ),
        (
            "<caption>実績</caption><tr><td>年度<td>件数<tr><td>令和3年度<td>26件",
            [("実績", None), ("年度　件数", "実績"), ("令和3年度　26件", "実績 > 年度　件数")],
        ),
        (
            "<tr><td>左の段<td><table><tr><td>内側<td>右</table>",
            [("左の段", None), ("内側　右", "表")],
        ),
        ("<tr><td><h2>見出し</h2>本文", [("見出し", None), ("本文", "見出し")]),
    ],
    ids=["columns", "rows with headings", "caption", "layout", "headings inside"],
)
def test_rows_of_data_are_blocks_and_layout_is_none(read, table, rows, tmp_path):
    pages = read(f"<p>前</p><table>{table}</table><p>後</p>").pages
    assert [(page.text, page.section) for page in pages[1:-1]] == rows
    for page in pages:
        [text] = texts_at(tmp_path / "案内.html", page.locator)
        assert fold(text) == fold(page.text)


def test_deep_nesting_ends(read):
    text = "<div>" * 20_000 + "深い文である。"
    assert read(text).pages == (block(1, "深い文である。"),)


def test_absurd_nesting_is_refused(read):
    with pytest.raises(ReadError) as caught:
        read("<div>" * 200_000 + "深い文である。")
    assert caught.value.message == "HTMLの要素の入れ子が深すぎます。"


@pytest.mark.parametrize("text", ["<p> </p>", "<script>x</script>", "<!-- 覚え -->"])
def test_a_page_without_visible_text_is_refused(read, text):
    with pytest.raises(ReadError, match="文字がありません"):
        read(text)


SPANNING = """<table><caption>使用料(単位:円)</caption>
<thead><tr><th rowspan=2>施設<th colspan=2>令和6年度<tr><th>平日<th>休日</thead>
<tr><th colspan=3>北地区<tr><td>公民館<td>1,000<td>1,500
<tr><th colspan=3>南地区<tr><td rowspan=2>体育館<td>2,000<td>2,500
<tr><td>2,100<td>2,600</table>"""


def test_cells_that_span_hold_for_the_rows_and_columns_they_span(read):
    pages = read(SPANNING).pages
    assert [(page.text, page.columns) for page in pages[1:3]] == [
        ("施設　令和6年度", True),
        ("平日　休日", True),
    ]
    heads = "使用料(単位:円) > 施設　令和6年度 平日(円)　令和6年度 休日(円)"
    assert [(page.text, page.section) for page in pages[4:]] == [
        ("公民館　1,000　1,500", f"{heads} > 北地区"),
        ("南地区", heads),
        ("体育館　2,000　2,500", f"{heads} > 南地区"),
        ("2,100　2,600", f"{heads} > 南地区 > 体育館"),
    ]


def test_a_table_inside_a_cell_stands_under_its_row(read, tmp_path):
    pages = read(
        "<table><tr><th>事業<th>内訳<tr><td>実証<td><table><tr><td>機器費<td>80万円</table></table>"
    ).pages
    assert [(page.text, page.section) for page in pages[1:]] == [
        ("実証", "事業　内訳"),
        ("機器費　80万円", "実証"),
    ]


@pytest.mark.parametrize(
    "struck",
    ["<del>20人</del>", "<s>20人</s>", '<b style="text-decoration:line-through red">20人</b>',
     "<b class=old>20人</b>", "<i><strike>20人</strike></i>"],
)  # fmt: skip
def test_what_is_struck_through_is_left_out_and_counted(read, struck):
    result = read(
        f"<style>p > b.old {{text-decoration: line-through}}</style><p>定員は{struck}35人"
    )
    assert [page.text for page in result.pages] == ["定員は35人"]
    assert result.unreadable_reason == "取り消し線の文字 1か所(段落 1)を除きました。"


def test_what_hides_and_what_shows_inside_it(read):
    result = read(
        '<p style="visibility:hidden">消<b style="visibility:visible">見</b></p>'
        '<p style="font-size:0">消<b style="font-size:9pt">見</b></p><p style="font-size:small">見'
        "<details><summary>問</summary>答</details>"
    )
    assert [page.text for page in result.pages] == ["見", "見", "見", "問", "答"]
    assert result.unreadable_reason == "見えない文字 2か所(段落 1、段落 2)を除きました。"


def test_readings_are_no_text(read):
    text = "<ruby>備<rp>(</rp><rt>び</rt><rp>)</rp>蓄<rt>ちく</rt></ruby>倉<wbr>庫"
    assert [page.text for page in read(text).pages] == ["備蓄倉庫"]


def test_what_stands_beside_a_block_is_a_page_of_its_own(read, tmp_path):
    text = """<base href="https://town.example.jp/a/"><h1>申請</h1>
<p>申請は<a href="form?a=1">こちら</a>から。<a href="#top">上へ</a>
<a href="tel:0120-1">0120-1</a></p>
<img src=x alt="雨天中止。"><img src=dot width=1>
<label>受取<select><option>窓口<option>郵送</select></label><input placeholder="山田 太郎">"""
    pages = read(text).pages
    assert pages[2:] == (
        Page(
            "リンク先: https://town.example.jp/a/form?a=1",
            locator="段落 2 リンク先",
            section="申請 > 申請はこちらから。",
        ),
        block(3, "受取", "申請"),
        Page("雨天中止。", locator="段落 3 画像の説明", section="申請 > 画像の説明"),
        Page("窓口\n郵送", locator="段落 3 選択肢", section="申請 > 受取 > 選択肢"),
        Page("山田 太郎", locator="段落 3 入力欄", section="申請 > 受取 > 入力欄"),
    )


def test_marks_in_cells_are_read_in_their_cells(read):
    text = '<table><tr><td></td><th>月<tr><th>南支所<td><img alt="○"><s>×</s></table>'
    assert [page.text for page in read(text).pages] == ["月", "南支所　○"]


@pytest.mark.parametrize(
    ("items", "texts"),
    [
        ("<ol start=3><li>三<li value=7>七<ul><li>点</ul><li>八</ol>", "3. 三|7. 七|点|8. 八"),
        ("<ol reversed><li>二<li>一</ol>", "2. 二|1. 一"),
        ("<ol type=A><li>甲<li><p>乙</p><p>続き</p></ol>", "A. 甲|B. 乙|続き"),
        ('<ol style="list-style: katakana inside"><li>甲</ol>', "ア、甲"),
        ('<ol style="list-style-type:none"><li>1 甲</ol><ul><li>乙</ul>', "1 甲|乙"),
    ],
)
def test_items_of_a_numbered_list_keep_their_numbers(read, items, texts, tmp_path):
    pages = read(items).pages
    assert [page.text for page in pages] == texts.split("|")


def test_short_explanations_stand_beside_their_terms_and_long_ones_under_them(read, tmp_path):
    pages = read(
        "<dl><dt>対象<dd>町民<div><dt>費用<dd>無料<dd>(材料費別)</div></dl>"
        "<dl><dt>いつですか。<dd><p>毎年4月です。</p><p>郵送もできます。</p></dl><p>後</p>"
    ).pages
    assert [(page.text, page.section) for page in pages] == [
        ("対象　町民", "表"),
        ("費用　無料　(材料費別)", "表"),
        ("いつですか。", None),
        ("毎年4月です。", "いつですか。"),
        ("郵送もできます。", "いつですか。"),
        ("後", None),
    ]
    for page in pages:
        [text] = texts_at(tmp_path / "案内.html", page.locator)
        assert fold(text) == fold(page.text)


def test_what_cannot_be_read_is_counted(read):
    result = read(
        "<style>.req::after {content: '必須'} .icon::before {content: '\\f101'}</style>"
        "<p class=req>氏名</p><p class=icon>次へ</p><iframe src=x></iframe>"
        "<math><mn>1</mn><mn>2</mn></math><img src=x><img src=x alt=''>"
    )
    assert [page.text for page in result.pages] == ["氏名", "次へ"]
    assert result.unreadable_reason == (
        "スタイルシートが加える文字 1か所(段落 1)を読めませんでした。"
        "埋め込まれたページ 1か所(段落 3)を読めませんでした。"
        "数式 1か所(段落 3)を読めませんでした。"
        "説明のない画像 1か所(段落 3)を読めませんでした。"
    )


def test_sheets_without_end_do_no_harm(read):
    style = "@media all {" * 5_000 + "p { display: none"
    assert read(f"<style>{style}</style><p>見える文。").pages == (block(1, "見える文。"),)


def test_tables_nested_absurdly_deep_are_counted(read):
    result = read("<table><tr><th>甲<td>" * 40 + "乙")
    assert "入れ子の深すぎる表 1か所" in result.unreadable_reason


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ('<p><span aria-hidden="true">電話</span></p>', True),
        ('<p style="left:-9999px">電話</p>', True),
        ('<p style="position:absolute; left:-9999px">電話</p>', False),
    ],
)
def test_what_only_programs_skip_or_browsers_ignore_is_read(read, html, seen):
    assert (read(f"<p>受付</p>{html}").pages[-1].text == "電話") is seen
