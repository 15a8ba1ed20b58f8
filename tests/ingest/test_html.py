import pytest

from assistant.errors import ReadError
from assistant.ingest.readers import ReadResult, read_file
from assistant.schema import Page
from evals.places import texts_at
from evals.quotes import _fold


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
        '<p aria-hidden="true">悪い</p>',
        "<iframe>悪い</iframe>",
        "<select><option>悪い</option></select>",
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
    ("table", "rows"),
    [
        (
            "<tr><th>年度<th>件数<tr><td><p>令和3年度</p><td><ul><li>26件</ul>",
            [("年度　件数", "年度　件数"), ("令和3年度　26件", "年度　件数")],
        ),
        (
            "<tr><th>補助率<td>1/2<tr><th>上限額<td>500万円",
            [("補助率　1/2", "表"), ("上限額　500万円", "表")],
        ),
        (
            "<caption>実績</caption><tr><td>年度<td>件数<tr><td>令和3年度<td>26件",
            [("実績", None), ("年度　件数", "年度　件数"), ("令和3年度　26件", "年度　件数")],
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
        assert _fold(text) == _fold(page.text)


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
