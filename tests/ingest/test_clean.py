import pytest

from assistant.ingest.clean import Line, clean_lines, printed_labels
from assistant.records.text import Page


def paged(*texts):
    return tuple(Page(text, number) for number, text in enumerate(texts, start=1))


def kept(pages):
    return [line.text for line in clean_lines(pages)]


def test_lines_know_their_place_indent_and_blank_lines():
    assert clean_lines((Page("題名\n\n　本文である。 \n続き"),)) == [
        Line("題名", 0, 0, 0, 0, first=True),
        Line("本文である。", 0, 5, 1, 1, first=False),
        Line("続き", 0, 13, 0, 0, first=False),
    ]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("甲\n\n\n乙", [True, False]),
        ("甲\n\n\n\n乙", [True, True]),
        ("甲\n\f乙", [True, True]),
        ("甲\f\n乙", [True, False]),
        ("甲\n\f\n乙", [True, True]),
    ],
)
def test_a_form_feed_or_three_blank_lines_begin_a_page(text, first):
    assert [line.first for line in clean_lines((Page(text),))] == first


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("維持につ\n- 12 -\nいて", ["維持につ", "いて"]),
        ("維持につ\n－１２－\nいて", ["維持につ", "いて"]),
        ("本文\n\n３\n\n次\n\n４\n\n頁\n\n５", ["本文", "次", "頁"]),
        ("本文\n\n240\n\n次\n\n51\n\n頁\n\n7", ["本文", "240", "次", "51", "頁", "7"]),
        ("本文\n\n３", ["本文", "３"]),
        ("本文\n３\n次の行", ["本文", "３", "次の行"]),
        ("本文\n\n2024\n\n次の頁", ["本文", "2024", "次の頁"]),
        ("本文\nhttps://example.jp/a\n次の行", ["本文", "https://example.jp/a", "次の行"]),
        ("本文\nhttps://example.jp/a\n" * 3, ["本文"] * 3),
        ("詳しくはhttps://example.jp/a", ["詳しくはhttps://example.jp/a"]),
    ],
)
def test_page_numbers_and_addresses_are_set_aside_in_a_text(text, lines):
    assert kept((Page(text),)) == lines


@pytest.mark.parametrize(
    ("pages", "lines"),
    [
        (
            paged("通信網の計画\n甲\n1", "通信網の計画\n乙\n2", "通信網の計画\n丙\n3"),
            ["甲", "乙", "丙"],
        ),
        (
            paged("計画 第1版\n甲", "計画 第2版\n乙", "計画 第3版\n丙"),
            ["甲", "乙", "丙"],
        ),
        (
            paged("通信網の計画\n甲", "通信網の計画\n乙", "丙"),
            ["通信網の計画", "甲", "通信網の計画", "乙", "丙"],
        ),
        (
            paged(*["甲\n乙\n3\n丁\n戊"] * 2),
            ["甲", "乙", "3", "丁", "戊"] * 2,
        ),
        (paged("甲\n1 / 9", "2ページ\n乙", "丙\n- 3 -"), ["甲", "乙", "丙"]),
        (paged("甲\n1", "乙\n2"), ["甲", "乙"]),
        (paged("合計は次の数である。\n1240"), ["合計は次の数である。", "1240"]),
        (paged("甲\n3", "乙\n4", "丙\n5", "丁\n1240"), ["甲", "乙", "丙", "丁", "1240"]),
        (
            paged(*[f"事業名 {name}\n所管課 推進課\n{name}を行う。" for name in "甲乙丙"]),
            [
                line
                for name in "甲乙丙"
                for line in (f"事業名 {name}", "所管課 推進課", f"{name}を行う。")
            ],
        ),
        (
            paged(*[f"補助率:2分の1\n{name}" for name in "甲乙丙"]),
            [line for name in "甲乙丙" for line in ("補助率:2分の1", name)],
        ),
        (
            paged(*[f"{name}\n補助の上限は50万円" for name in "甲乙丙"]),
            [line for name in "甲乙丙" for line in (name, "補助の上限は50万円")],
        ),
        (
            tuple(
                Page(f"{name}\n補助率は2分の1とする。\n連絡先", number, slide=True)
                for number, name in enumerate("甲乙丙", start=1)
            ),
            [line for name in "甲乙丙" for line in (name, "補助率は2分の1とする。")],
        ),
    ],
    ids=[
        "same head",
        "numbered head",
        "on two pages only",
        "inside a page",
        "numbers",
        "two pages",
        "number of the matter",
        "number beside the run",
        "fact below a name",
        "fact at the top",
        "fact at the bottom",
        "fact on slides",
    ],
)
def test_running_heads_and_page_numbers_are_set_aside_in_a_pdf(pages, lines):
    assert kept(pages) == lines


def test_blank_lines_and_page_borders_pass_from_furniture_to_the_next_line():
    lines = clean_lines((Page("本文\n\n\n\n- 2 -\n次の頁"),))
    assert lines[1] == Line("次の頁", 0, 12, 0, 0, first=True)


@pytest.mark.parametrize(
    ("paragraph", "times", "blank"),
    [
        ("通信網を維\n\n", 30, [0] * 30),
        ("通信網を維\n\n", 10, [0, *[1] * 9]),
        ("通信網を維持する。\n\n", 30, [0, *[1] * 29]),
        ("通信網を維\n\n持する\n費用\n\n", 10, [0, 1, 0, *[1, 1, 0] * 9]),
    ],
    ids=["double-spaced", "too short to tell", "sentences", "paragraphs"],
)
def test_blank_lines_mean_nothing_in_a_double_spaced_text(paragraph, times, blank):
    lines = clean_lines((Page(paragraph * times),))
    assert [line.blank_before for line in lines] == blank


@pytest.mark.parametrize(
    ("pages", "labels"),
    [
        (paged("甲\n5", "乙\n6", "丙\n7"), ["5", "6", "7"]),
        (paged("甲\n－ ５ －", "乙\n－ ６ －", "丙\n－ ７ －"), ["5", "6", "7"]),
        (paged("5\n甲", "6\n乙", "7\n丙"), ["5", "6", "7"]),
        (paged("表紙", "甲\n1", "乙\n2", "丙\n3"), [None, "1", "2", "3"]),
        (paged("甲\n5", "乙\n6", "丙\n2024", "丁\n8"), ["5", "6", None, "8"]),
        (paged("甲\n5", "乙\n6", "丙"), [None, None, None]),
        (paged("甲\n5", "乙\n9", "丙\n2"), [None, None, None]),
        ((Page("甲\n5"),), [None]),
        ((Page("甲\n5", 1, "i"), Page("乙\n6", 2), Page("丙\n7", 3)), ["i", None, None]),
    ],
)
def test_printed_numbers_become_labels_when_three_pages_agree(pages, labels):
    assert [page.label for page in printed_labels(pages)] == labels


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("本文。\n<!-- 覚え -->\n続き。", [("本文。", 0), ("続き。", 1)]),
        ("本文。<!-- 覚え -->", [("本文。", 0)]),
        ("<!-- 覚え --> 本文。", [("本文。", 0)]),
        ("毎日<!-- 未確認 -->開く。", [("毎日", 0), ("開く。", 0)]),
        ("毎日<!-- 一 -->開<!---->く<!-->。", [("毎日", 0), ("開", 0), ("く", 0), ("。", 0)]),
        ("本文。<!-- 長い\n覚え -->続き。", [("本文。", 0), ("続き。", 0)]),
        ("<!-- 長い\n\n覚え -->続き。", [("続き。", 2)]),
        ("本文。\n<!-- 閉じない\n秘密。", [("本文。", 0)]),
        ("本文 <!-- は閉じない。", [("本文 <!-- は閉じない。", 0)]),
        ("    <!-- 未完", [("<!-- 未完", 0)]),
        ("\t<!-- 未完", [("<!-- 未完", 0)]),
        ("\u3000<!-- 未完", [("<!-- 未完", 0)]),
    ],
)
def test_comments_of_markdown_are_no_lines(text, lines):
    found = clean_lines((Page(text),), markdown=True)
    assert [(line.text, line.blank_before) for line in found] == lines
    assert all(text[line.start :].startswith(line.text) for line in found)
    raw = clean_lines((Page(text),))
    assert "".join(line.text for line in raw) == text.replace("\n", "").strip()
