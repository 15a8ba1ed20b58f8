import pytest

from assistant.errors import ReadError
from assistant.ingest.readers import read_file
from assistant.records.text import Cell, Page


@pytest.fixture
def read(tmp_path):
    def read(data, name="一覧.csv"):
        path = tmp_path / name
        path.write_bytes(data)
        return read_file(path)

    return read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_records_are_read_as_they_stand_in_the_file(read, encoding, line_end):
    text = line_end.join(["年度,件数", "令和3年度,26件", "", "令和4年度,30件", ""])
    heads, below = (Cell("", 0, 2), Cell("", 3, 5)), (Cell("年度", 0, 5), Cell("件数", 6, 9))
    assert read(text.encode(encoding)).pages == (
        Page("年度,件数", locator="行 1", section="表", cells=heads, columns=True),
        Page("令和3年度,26件", locator="行 2", section="年度　件数", cells=below),
        Page("令和4年度,30件", locator="行 4", section="年度　件数", cells=below),
    )


@pytest.mark.parametrize(
    ("text", "name", "pages"),
    [
        ("年度\t件数\n令和3年度\t26件", "一覧.tsv", [("令和3年度\t26件", "行 2", "年度　件数")]),
        ("年度;件数\n令和3年度;26件", "一覧.csv", [("令和3年度;26件", "行 2", "年度　件数")]),
        (
            "費目\t金額\n機器費\t1,200,000円",
            "一覧.csv",
            [("機器費\t1,200,000円", "行 2", "費目　金額")],
        ),
        ("sep=;\n年度;件数\n令和3年度;26件", "a.csv", [("令和3年度;26件", "行 3", "年度　件数")]),
        (
            '名称,所在\n"協議会\n事務局","市役所, 本庁"\n研修,公民館',
            "一覧.csv",
            [
                ('"協議会\n事務局","市役所, 本庁"', "行 2", "名称　所在"),
                ("研修,公民館", "行 4", "名称　所在"),
            ],
        ),
        ("実証,26件\n実装,9件", "一覧.csv", [("実装,9件", "行 2", "表")]),
        ('名称,備考\n協議会,"閉じない', "一覧.csv", [('協議会,"閉じない\n', "行 2", "名称　備考")]),
    ],
    ids=[
        "tab",
        "semicolon",
        "tab beside amounts",
        "separator stated",
        "line break in a field",
        "no column headings",
        "open quotation",
    ],
)
def test_a_record_is_named_by_its_first_line(read, text, name, pages):
    found = read(f"{text}\n".encode(), name).pages[1:]
    assert [(page.text, page.locator, page.section) for page in found] == pages


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b",,\n , \n", "文字がありません。"),
        (b"a," + b"x" * 200_000, "CSVとして読めません(欄が長すぎるか、引用符が閉じていません)。"),
        (b"a\n" * 100_001, "行が多すぎます(上限100,000行)。"),
        (b"PK\x03\x04", "拡張子は.csvですが、中身はWordやExcelなどのZIP形式です。"),
    ],
    ids=["no text", "long field", "dump", "zip"],
)
def test_what_is_no_table_is_refused_with_its_reason(read, data, message):
    with pytest.raises(ReadError) as caught:
        read(data)
    assert caught.value.message == message
