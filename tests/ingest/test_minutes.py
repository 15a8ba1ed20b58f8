import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.ingest.minutes import split_minutes, voice_of
from assistant.ingest.readers import ReadResult
from assistant.ingest.speakers import speaker_organisation
from assistant.ingest.walk import described, structured
from assistant.records.documents import Attendee, Proceedings
from assistant.records.text import Page

STYLES = tomllib.loads(
    Path(__file__).parent.joinpath("../data/minutes/speakers.toml").read_text(encoding="utf-8")
)["style"]


def turns(record):
    return split_minutes((Page(record),))[1]


@pytest.mark.parametrize("style", STYLES, ids=[style["name"] for style in STYLES])
def test_every_style_gives_speaker_role_and_words(style):
    found = [
        [turn.speaker, turn.role or "", "\n".join(block.text for block in turn.blocks)]
        for turn in turns(style["record"])
        if turn.speaker
    ]
    assert found == style["turns"]


def test_the_set_of_styles_is_large_enough_to_mean_something():
    assert len(STYLES) >= 20


def test_words_healed_over_a_page_number_lead_back_to_the_source():
    style = next(style for style in STYLES if style["name"] == "a page number inside a turn")
    block = turns(style["record"])[0].blocks[0]
    assert len(block.segments) == 3
    for segment in block.segments:
        source = style["record"][segment.source_start : segment.source_start + segment.length]
        assert block.text[segment.start : segment.start + segment.length] == source


@pytest.mark.parametrize(
    ("label", "said", "organisation"),
    [
        ("総務省（井上参事官補佐）", "", "総務省"),
        ("オブザーバー（みどり県）", "", "みどり県"),
        ("総務省　高橋課長補佐", "", "総務省"),
        ("田中様（みどり通信株式会社）", "", "みどり通信株式会社"),
        ("田中様", "みどり市情報課の田中と申します。", "みどり市情報課"),
        ("田中様", "みどりセンターのセンター長をやっております田中です。", "みどりセンター"),
        ("事務局（高橋）", "みどり県情報政策課長の高橋です。", "みどり県情報政策課"),
        ("高橋補佐", "事務局を務めます情報政策課の高橋です。", "情報政策課"),
        ("佐藤構成員", "みどり市の田中です、と聞きました。", None),
        ("佐藤構成員（代理　鈴木）", "", None),
        ("佐藤構成員（オンライン）", "", None),
        ("事務局（中村）", "", None),
        ("事務局", "", None),
    ],
)
def test_an_organisation_is_only_what_is_stated(label, said, organisation):
    assert speaker_organisation(label, said) == organisation


@pytest.mark.parametrize(
    ("role", "said", "voice"),
    [
        ("事務局", "資料６－３に基づき御説明いたします。１ページを御覧ください。", "report"),
        ("発表者", "みどり市の取組について発表させていただきます。", "report"),
        ("事務局", "御質問ありがとうございます。費用は今後検討してまいります。", "reply"),
        ("事務局", "御意見を踏まえ、資料の５ページを直したいと考えております。", "reply"),
        ("事務局", "定刻となりました。本日は佐藤構成員が御欠席です。", "procedure"),
        ("事務局", "それでは、資料の確認をさせていただきます。お願いします。", "procedure"),
        ("座長", "ありがとうございます。次に、事務局より説明をお願いします。", "procedure"),
        ("座長", "今までの延長線ではいけないと受け止めております。", "opinion"),
        ("構成員", "資料１に基づき御説明いたします。費用は国が持つべきです。", "opinion"),
        ("オブザーバー", "制度を説明いたします。", "opinion"),
        (None, "資料１を説明いたします。", "opinion"),
    ],
)
def test_only_the_secretariat_and_presenters_report(role, said, voice):
    assert voice_of(role, said) == voice


RECORD = """みどり地域懇談会（第３回）議事録
１ 日時
令和６年７月３日
２ 出席構成員（敬称略）
山田座長、佐藤構成員、鈴木構
成員
３ みどり県
高橋情報政策課長 他
４ 議事
（１）乗合タクシーの実証に
ついて
（２）山間部の通信網の維持
○高橋課長　定刻となりました。本日は、田中構成員、伊藤構成員が御欠席です。
○山田座長　では、議題（１）について事務局より説明をお願いします。
○高橋課長　資料１に基づき説明いたします。
○山田座長　次に、山間部の通信網の維持に移ります。
○佐藤構成員　議題（１）に戻りますが、便数が足りません。
"""


def test_turns_know_their_agenda_item():
    first, second = "乗合タクシーの実証について", "山間部の通信網の維持"
    assert [turn.agenda for turn in turns(RECORD)] == [None, first, first, second, second]


def test_attendance_is_data_of_the_document(tmp_path):
    pages = (Page(RECORD),)
    path = tmp_path / "minutes.txt"
    document, _ = structured(described(path, "0" * 12, ReadResult(pages)))
    assert document.proceedings == Proceedings(
        verbatim=True,
        agenda=("乗合タクシーの実証について", "山間部の通信網の維持"),
        attendees=(
            Attendee("山田座長", "座長"),
            Attendee("佐藤構成員", "構成員"),
            Attendee("鈴木構成員", "構成員"),
            Attendee("高橋情報政策課長", "事務局", "みどり県"),
            Attendee("田中構成員", "構成員", present=False),
            Attendee("伊藤構成員", "構成員", present=False),
        ),
    )


def test_attendance_one_a_line_with_roles_and_bodies(tmp_path):
    pages = (
        Page(
            "みどり地域懇談会議事要旨\n【出席者】（敬称略）\n座長：山田　太郎（みどり大学教授）\n"
            "委員：佐藤　花子（みどり通信株式会社）\n【欠席者】\n委員：鈴木　一郎\n"
            "【議事】\n○山田座長　始めます。"
        ),
    )
    path = tmp_path / "minutes.txt"
    document, _ = structured(described(path, "0" * 12, ReadResult(pages)))
    assert document.proceedings == Proceedings(
        verbatim=False,
        attendees=(
            Attendee("山田　太郎", "座長", "みどり大学教授"),
            Attendee("佐藤　花子", "委員", "みどり通信株式会社"),
            Attendee("鈴木　一郎", "委員", present=False),
        ),
    )


def test_a_heading_inside_the_record_opens_its_item():
    record = (
        "議題\n（１）通信網の維持\n（２）人材の確保\n【議題１　通信網の維持】\n"
        "【山田座長】始めます。\n【議題２　人材の確保】\n【佐藤委員】人手が足りません。"
    )
    assert [(turn.heading_path, turn.agenda) for turn in turns(record)] == [
        (("【議題１　通信網の維持】",), "通信網の維持"),
        (("【議題２　人材の確保】",), "人材の確保"),
    ]


FRAGMENTS = [
    *(
        "○山田座長　始めます。",
        "【佐藤委員】",
        "佐藤委員：はい。",
        "鈴木委員　　異議なし。",
        "○",
        "・",
    ),
    *(
        "【議題１　通信網】",
        "■配付資料",
        "議題",
        "（１）通信網の維持",
        "（２）",
        "出席者",
        "委員：佐藤",
    ),
    *(
        "- 18 -",
        "",
        "１　出席構成員（敬称略）",
        "山田座長、佐藤構成員",
        "移ります。",
        "**○山田**　はい。",
    ),
]


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25))
@example(["議題", "山田座長、佐藤構成員", "○山田座長　始めます。", "山田座長、佐藤構成員"])
def test_any_order_of_lines_is_read_and_no_words_are_lost(lines):
    pages = (Page("\n".join(lines)),)
    head, found = split_minutes(pages)
    kept = "".join(line.text for line in head) + "".join(
        (turn.speaker or "") + "".join(block.text for block in turn.blocks) for turn in found
    )
    for words in ("始めます。", "はい。", "異議なし。", "移ります。"):
        assert kept.count(words) == "".join(lines).count(words)
    # A line that the agenda names is a heading of the record.
    headings = "".join(part for turn in found for part in turn.heading_path)
    assert ("山田座長、佐藤構成員" in kept + headings) == ("山田座長、佐藤構成員" in lines)


def test_a_heading_of_the_file_ends_the_last_speech():
    text = (
        "# 第2回協議会 議事録\n\n○会長　それでは始めます。\n\n○事務局　資料1を説明します。\n\n"
        "○会長　以上で終わります。\n\n## 決定事項\n\n1. 窓口は10月1日に開く。\n"
    )
    _, turns = split_minutes((Page(text),), markdown=True)
    assert turns[-1].speaker is None
    assert turns[-1].heading_path == ("決定事項",)
    assert turns[-2].speaker == "会長"
    assert "窓口" not in "".join(block.text for block in turns[-2].blocks)
