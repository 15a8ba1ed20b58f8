import pytest

from assistant.ingest.readers import read_file
from assistant.ingest.speakers import speaker_role
from assistant.ingest.structure import read_structure
from assistant.records.text import Block, Page, Section, Segment


def paged(*texts):
    return tuple(Page(text, number) for number, text in enumerate(texts, start=1))


def sections(pages, kind="report", *, markdown=False):
    """Sections as (heading path, block texts); turns as (speaker, block texts)."""
    pages = (Page(pages),) if isinstance(pages, str) else pages
    return [
        (section.speaker or section.heading_path, [block.text for block in section.blocks])
        for section in read_structure(pages, kind, markdown=markdown)
    ]


def test_heading_paths_of_the_outline(documents):
    pages = read_file(documents / "outline.md").pages
    assert [path for path, _ in sections(pages, "outline", markdown=True)] == [
        (),
        ("論点", "(1) 山間部の通信網をどのように維持するか"),
        ("現状・課題", "(1) 通信網の現状"),
        ("現状・課題", "(2) 担い手の不足"),
        ("対応の方向性 (案)", "(1) 通信網の維持"),
        ("対応の方向性 (案)", "(2) 推進体制"),
    ]


def test_numbered_headings_nest_by_their_rank():
    text = """第１章　目的
通信網を維持する。
第１節　背景
人口が減っている。
１　費用
費用は８億円である。
（１）負担
利用料で賄う。
①　使用料
月額とする。
第２章　体制
協議会を置く。
"""
    chapter, part, cost = "第１章　目的", "第１節　背景", "１　費用"
    assert sections(text) == [
        ((chapter,), ["通信網を維持する。"]),
        ((chapter, part), ["人口が減っている。"]),
        ((chapter, part, cost), ["費用は８億円である。"]),
        ((chapter, part, cost, "（１）負担"), ["利用料で賄う。"]),
        ((chapter, part, cost, "（１）負担", "①　使用料"), ["月額とする。"]),
        (("第２章　体制",), ["協議会を置く。"]),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "１　費用を負担する。",
        "１　費用は、",
        "１　" + "費用" * 30,
        "（１）費用\n（２）人手",
        "10年後の姿",
    ],
    ids=["sentence", "cut", "long", "list", "number"],
)
def test_a_numbered_line_that_is_no_heading_stays_text(line):
    body = "費用は利用料で賄い、足りない分を市が負担し、県が補う。" * 4
    [(path, _)] = sections(f"{line}\n{body}")
    assert path == ()


def test_markdown_headings_bold_numbers_and_tables():
    text = """# 計画

## **体制**

市が担う。

### 役割

役割を定める。

## 費用

**(1) 機器**

| 項目 | 金額 |
|---|---|
| 機器 | 10 |
"""
    assert sections(text, markdown=True) == [
        (("計画", "体制"), ["市が担う。"]),
        (("計画", "体制", "役割"), ["役割を定める。"]),
        (("計画", "費用", "(1) 機器", "項目\u3000金額"), ["機器\u300010"]),
    ]


def test_slides_are_named_by_their_first_lines(documents):
    assert sections(read_file(documents / "slides.txt").pages, "slides") == [
        (
            ("みどり市の地域課題と取組（概要）",),
            [
                "● 人口は2023年10月1日時点で31,400人であり、10年間で約2割減少した。",
                "● バス路線は12路線から7路線に減り、通院や買物の足の確保が課題になっている。",
                "公共交通の減少",
                "• 予約制の乗合タクシーを3地区で試行",
                "• 利用者は1日平均41人",
            ],
        ),
        (
            ("実証から実装へ",),
            [
                "● 令和4年度から令和5年度に行った実証は5件で、このうち実装に進んだのは2件である。",
                "● 実装に進まなかった理由は、担当者の異動と運営費の不足であった。",
            ],
        ),
    ]


def test_turns_of_the_minutes_run_across_lines_and_pages(documents):
    pages = read_file(documents / "minutes.txt").pages
    turns = [
        (section.speaker, section.role, len(section.blocks))
        for section in read_structure(pages, "minutes", markdown=False)
        if section.speaker
    ]
    assert turns == [
        ("山田座長", "座長", 2),
        ("事務局（高橋課長）", "事務局", 2),
        ("佐藤構成員", "構成員", 2),
        ("鈴木構成員", "構成員", 1),
        ("山田座長", "座長", 1),
    ]
    text = dict(sections(pages, "minutes"))["佐藤構成員"][1]
    assert text == (
        "見守りや防災に使う通信は、少ない容量でも途切れないことのほうが大切だと思います。"
        "農家の方からは、水田の水位を遠くから見たいという声を多く聞いています。"
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("○佐藤構成員　はい。", ("佐藤構成員", ["はい。"])),
        ("◯佐藤構成員  はい。", ("佐藤構成員", ["はい。"])),
        ("○佐藤構成員：はい。", ("佐藤構成員", ["はい。"])),
        ("○佐藤構成員（オンライン）　はい。", ("佐藤構成員（オンライン）", ["はい。"])),
        ("○山の内構成員　はい。", ("山の内構成員", ["はい。"])),
        ("○はまだ委員　はい。", ("はまだ委員", ["はい。"])),
        ("○ 費用の負担", ("山田座長", ["始めます。", "○ 費用の負担"])),
        ("○課題は多い　はい。", ("山田座長", ["始めます。", "○課題は多い　はい。"])),
    ],
)
def test_a_turn_begins_with_a_speaker_and_not_with_a_bullet(line, expected):
    assert sections(f"○山田座長　始めます。\n{line}", "minutes")[-1] == expected


def test_page_furniture_inside_a_turn_is_left_out():
    pages = paged(
        "みどり懇談会 第３回\n○山田座長　本日は山間部の通信網の維持につ\n- 1 -",
        "みどり懇談会 第３回\nいて、皆様の御意見を伺います。\n- 2 -",
        "みどり懇談会 第３回\n○佐藤構成員　費用の負担が課題です。\n- 3 -",
    )
    assert sections(pages, "minutes") == [
        ("山田座長", ["本日は山間部の通信網の維持について、皆様の御意見を伺います。"]),
        ("佐藤構成員", ["費用の負担が課題です。"]),
    ]


@pytest.mark.parametrize(
    ("label", "said", "role"),
    [
        ("山田座長", "", "座長"),
        ("山田座長代理", "", "座長代理"),
        ("山田副座長", "", "副座長"),
        ("佐藤専門委員", "", "専門委員"),
        ("佐藤構成員（代理　鈴木）", "", "構成員"),
        ("オブザーバー（みどり県）", "", "オブザーバー"),
        ("事務局（高橋）", "", "事務局"),
        ("高橋課長補佐", "", "事務局"),
        ("高橋", "本日の事務局を務めます高橋です。", "事務局"),
        ("田中様", "", "発表者"),
        ("田中氏（みどり通信）", "", "発表者"),
        ("みどり市（鈴木課長）", "", "発表者"),
        ("みどり市", "", None),
    ],
)
def test_roles_follow_from_the_label_or_from_what_is_said(label, said, role):
    assert speaker_role(label, said) == role


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("通信網を維\n持する。", ["通信網を維持する。"]),
        ("Wi-Fi\nrouter", ["Wi-Fi router"]),
        ("通信網の\nWi-Fi\n機器", ["通信網のWi-Fi機器"]),
        ("通信網を維持する\n\n費用を賄う", ["通信網を維持する", "費用を賄う"]),
        ("通信網を維持する。\n　費用を賄う。", ["通信網を維持する。", "費用を賄う。"]),
        ("・通信網を維\n持する\n・費用を賄う", ["・通信網を維持する", "・費用を賄う"]),
        ("⁃通信網を維\n持する\n‣ 費用を賄う", ["⁃通信網を維持する", "‣ 費用を賄う"]),
        ("市は次の\n①維持\n②更新", ["市は次の", "①維持", "②更新"]),
        ("2**10は1024、2**20は1048576", ["2**10は1024、2**20は1048576"]),
    ],
)
def test_wrapped_lines_are_joined_and_others_are_not(text, blocks):
    assert sections(text) == [((), blocks)]


def test_a_short_line_of_a_pdf_ends_its_paragraph():
    full = "市は山間部の通信網を維持するために必要な費用を住民と事業者と"
    pages = paged(f"{full}\n分担する\n{full}\n共に賄う。")
    assert sections(pages) == [((), [f"{full}分担する", f"{full}共に賄う。"])]


def test_emphasis_is_left_out_and_every_part_knows_its_source():
    pages = (Page("- **費用**：市が\n  賄う。"),)
    assert read_structure(pages, "report", markdown=True) == [
        Section(
            (),
            (
                Block(
                    "- 費用：市が賄う。",
                    (
                        Segment(0, 0, 0, 2),
                        Segment(2, 0, 4, 2),
                        Segment(4, 0, 8, 3),
                        Segment(7, 0, 14, 3),
                    ),
                    item=True,
                ),
            ),
        )
    ]


def test_a_heading_without_a_body_is_text_itself():
    pages = (
        Page("みどり市計画", locator="段落 1", heading=True),
        Page("窓口", locator="段落 2", heading=True),
        Page("窓口は10月1日に開く", locator="段落 3", section="窓口", heading=True),
        Page("費用", locator="段落 4", heading=True),
        Page("８億円とする。", locator="段落 5", section="費用"),
        Page("通訳を置く。", locator="段落 6", heading=True),
        Page("4人とする。", locator="段落 7", section="通訳を置く。"),
    )
    assert sections(pages) == [
        ((), ["窓口"]),
        (("窓口",), ["窓口は10月1日に開く"]),
        (("費用",), ["８億円とする。"]),
        ((), ["通訳を置く。"]),
        (("通訳を置く。",), ["4人とする。"]),
    ]


def test_a_slide_of_a_title_alone_is_text():
    pages = (
        Page("表紙", locator="slide 1", section="表紙", heading=True),
        Page("次回は10月3日に開く", locator="slide 2", section="次回は10月3日に開く", heading=True),
        Page("覚え書き", locator="slide 2 ノート", section="次回は10月3日に開く > ノート"),
    )
    assert sections(pages) == [
        ((), ["次回は10月3日に開く"]),
        (("次回は10月3日に開く > ノート",), ["覚え書き"]),
    ]


def test_sheets_of_one_form_are_sections_by_their_first_line():
    texts = [f"事業名 {name}\n所管課 推進課\n{name}を行う。" for name in ("検針", "配送", "診療")]
    pages = tuple(Page(text, number) for number, text in enumerate(texts, start=1))
    sections = read_structure(pages, "other", markdown=False)
    assert [section.heading_path for section in sections] == [
        ("事業名 検針",),
        ("事業名 配送",),
        ("事業名 診療",),
    ]


def test_an_address_on_its_own_line_is_a_block_unless_a_sentence_goes_on():
    page = Page(
        "申請の様式\nhttps://example.jp/a\n受付は3日からである。\n案内(\nhttps://example.jp/b\n)を読む。"
    )
    (section,) = read_structure((page,), "other", markdown=False)
    assert [block.text for block in section.blocks] == [
        "申請の様式",
        "https://example.jp/a",
        "受付は3日からである。案内(https://example.jp/b)を読む。",
    ]
