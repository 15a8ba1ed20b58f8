"""Markdown: its marks are not seen, its words are, and every word knows where it stands."""

import pytest

from assistant.answering.ground import is_found, is_made_of, lines_of, quotes_of
from assistant.ingest.chunk import make_chunks
from assistant.ingest.readers import read_file
from assistant.ingest.structure import read_structure
from assistant.records.text import Page, words_of


def read(tmp_path, text, name="資料.md"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_file(path)


def sections(text):
    """(heading path, what is seen of every block); each segment is checked against the text."""
    found = read_structure((Page(text),), "report", markdown=True)
    for section in found:
        for block in section.blocks:
            for part in block.segments:
                source = text[part.source_start : part.source_start + part.length]
                assert block.text[part.start : part.start + part.length] == source
    return [(section.heading_path, [b.text for b in section.blocks]) for section in found]


def seen(text):
    return [block for _, blocks in sections(text) for block in blocks]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("計画\n====\n\n運用\n----\n\n本文", ("計画", "運用")),
        ("# 計画 ##\n\n## *運用*\n本文", ("計画", "運用")),
        ("#　計画\n\n本文", ("計画",)),
        ("> ## 計画\n> 本文", ("計画",)),
        ("<h2>計画</h2>\n\n本文", ("計画",)),
        ("#計画\n\n本文", ()),
        ("費用は年90万円である。\n---\n本文", ()),
        ("```\n# 計画\n```\n本文", ()),
        ("- ~~~\n  # 計画\n  ~~~\n\n本文", ()),
        ("    # 計画\n\n本文", ()),
    ],
)
def test_headings_are_those_that_markdown_makes(text, path):
    assert sections(text)[-1][0] == path


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("補助率は~~2分の1~~3分の2とする。", ["補助率は3分の2とする。"]),
        ("補助率は~~「2分の1」~~3分の2とする。", ["補助率は3分の2とする。"]),
        ("率は<del>2分の1</del><s class='x'>半</s>3分の2とする。", ["率は3分の2とする。"]),
        ("費用は~~50万円\nまでと~~80万円とする。", ["費用は80万円とする。"]),
        ("~~廃止した。~~\n\n本文", ["本文"]),
        ("時間は9:00~12:00と13:00~17:00である。", ["時間は9:00~12:00と13:00~17:00である。"]),
        ("**費用。**本文と**「対象」**の**者**", ["費用。本文と「対象」の者"]),
        ("`情報係`の*電話*は __内線__ 5\\*3 &amp; A&lt;B", ["情報係の電話は 内線 5*3 & A&lt;B"]),
        ("窓口は[企画課](../kikaku.md \"課\")か<b>支所</b>。", ["窓口は企画課か支所。"]),
        ("![雨天中止の**案内**](a.png)とする。", ["雨天中止の案内とする。"]),
        ('<p><img src="a.png" alt="雨天中止"></p>', ["雨天中止"]),
        ("<ruby>舫<rt>もやい</rt></ruby>協議会", ["舫協議会"]),
        ("甲は<span style='display: none'>内部メモ</span>乙である。", ["甲は乙である。"]),
        ("> 引用の\n> 文である。\n>\n> > 次の文", ["引用の文である。", "次の文"]),
        ("- [ ] 未了\n- [x] 完了", ["- [ ] 未了", "- [x] 完了"]),
        ("3. 三番\n4. 四番", ["3. 三番", "4. 四番"]),
        ("一行目  \n二行目\\\n三行目", ["一行目二行目三行目"]),
        ("甲の文<br>乙の文", ["甲の文 乙の文"]),
        ("* * *\n本文\n\n---\n", ["本文"]),
        ("```sh\ncp a b\n\nrm **a**\n```", ["cp a b", "rm **a**"]),
        ("<div>\n<p>一</p><p>二</p>\n</div>", ["一", "二"]),
        ("本文[^1]。\n\n次の段落\n\n[^1]: 注の文", ["本文[^1]。", "[^1]: 注の文", "次の段落"]),
    ],
)  # fmt: skip
def test_marks_are_not_seen_and_words_are(text, blocks):
    assert seen(text) == blocks


def test_a_link_is_found_by_the_words_that_lead_there():
    text = "# 申請\n\n申請は[フォーム](https://example.jp/a(1) '題')から行う。"
    assert sections(text) == [
        (("申請",), ["申請はフォームから行う。"]),
        (("申請", "リンク先: フォーム"), ["https://example.jp/a(1)"]),
    ]


HEADS = "地区\u3000担当|係\u3000整備費(万円)"
TABLE = """(単位:万円)

| 地区 | 担当\\|係 | 整備費 |
|:---|---|--:|
| **北地区** | 企画課\\|情報係 | 320 |
| 南地区 |  | ~~450~~480 |
"""


def cells(text):
    blocks = [b for s in read_structure((Page(text),), "report", markdown=True) for b in s.blocks]
    return [[(c.heading, words_of(c, b.text)) for c in b.cells] for b in blocks if b.cells]


@pytest.mark.parametrize("before", ["", "> "])
def test_a_row_of_a_table_is_its_cells_under_their_headings(before):
    text = "\n".join(before + line for line in TABLE.splitlines())
    assert cells(text) == [
        [("地区", "北地区"), ("担当|係", "企画課|情報係"), ("整備費(万円)", "320")],
        [("地区", "南地区"), ("整備費(万円)", "480")],
    ]
    rows = ["北地区\u3000企画課|情報係\u3000320", "南地区\u3000480"]
    assert sections(text) == [((), ["(単位:万円)"]), (((f"(単位:万円) > {HEADS}"),), rows)]


ONE_LINE = (
    "<table><tr><th>課</th><th>手続</th></tr><tr><td rowspan=2>税務課</td><td>窓口</td></tr>"
    "<tr><td><s>郵送</s>電子<br>申請</td></tr></table>"
)


@pytest.mark.parametrize(
    "table",
    [
        ONE_LINE,
        ONE_LINE.replace("><", ">\n\n    <"),
        f"前の文\n{ONE_LINE}後の文",
        f"- 項目\n\n  {ONE_LINE}",
    ],
    ids=["one line", "blank lines", "between sentences", "in a list"],
)
def test_rows_of_an_html_table_are_read_without_a_tag(table):
    assert cells(f"# 手続\n\n{table}\n\n以上") == [
        [("課", "税務課"), ("手続", "窓口")],
        [("課", "税務課"), ("手続", "電子 申請")],
    ]
    [under] = [path for path, blocks in sections(table) if blocks == ["電子 申請"]]
    assert under[-1].endswith("課\u3000手続 > 税務課")
    assert not any("<" in block for block in seen(f"{table}\n\n以上"))


def test_an_html_table_in_code_and_one_that_is_not_closed_stay_words():
    assert seen(f"```\n{ONE_LINE}\n```") == [ONE_LINE]
    assert seen("<table><tr><td>北地区</td><td>320") == ["北地区\u3000320"]


def test_what_is_struck_out_or_hidden_is_counted(tmp_path):
    text = "---\nx: ~~題~~\n---\n# 題\n\n~~甲~~乙<del>丙</del>\n\n<p hidden>丁</p>\n\n本文\n"
    reason = "取り消し線の文字 2か所を除きました。見えない文字 1か所を除きました。"
    assert read(tmp_path, text).unreadable_reason == reason
    assert read(tmp_path, "~~甲~~乙", "資料.txt").unreadable_reason == ""


@pytest.mark.parametrize(
    ("text", "words", "quotes"),
    [
        ("# 題\n\n率は~~半~~**2**とする。", "率は2とする。", ["率は", "2**とする。"]),
        ("# 題\n\n`係`は[企画課](x)。", "係は企画課。", ["係`は", "企画課", "。"]),
        ("| 地区 | 費用 |\n|---|---|\n| **北** | 32 |", "北\u300032", ["北** | 32"]),
        (ONE_LINE.replace("><", ">\n<"), "税務課\u3000窓口", ["税務課", "窓口"]),
        ("[様式](https://example.jp/a)\n", "https://example.jp/a", ["https://example.jp/a"]),
    ],
)
def test_a_quote_is_contiguous_and_ends_where_words_or_tags_are_hidden(
    tmp_path, text, words, quotes
):
    pages = read(tmp_path, text).pages
    chunks = make_chunks("d", pages, read_structure(pages, "report", markdown=True))
    [chunk] = [chunk for chunk in chunks if words in chunk.text]
    start = chunk.text.index(words)
    found = quotes_of(chunk, start, start + len(words), pages)
    assert [quote.text for quote in found] == quotes
    assert is_made_of(words, quotes)
    for quote in found:
        assert quote.text in text
        assert is_found(quote.text, pages[0], *lines_of(quote, pages))
    assert not is_found("半", pages[0], None, None)
