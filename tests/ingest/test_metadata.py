from pathlib import Path

import pytest
from sets import read_set

from assistant.errors import ReadError
from assistant.ingest.metadata import describe, prepared_pages
from assistant.ingest.readers import Properties, read_file
from assistant.records.documents import Original, SourceDocument
from assistant.records.text import Page

FIELDS = (
    "edition、kind、meeting、number、original、published、publisher、series、status、superseded_by、"
    "title、url"
)
ORIGINAL_FIELDS = "項目は title、publisher、date、status、url です。"


def infer(text, name="資料.txt", title=None):
    return describe(Path("/市") / name, "0123456789ab", (Page(text),), title=title).document


def stated(front_matter):
    return infer(f"+++\n{front_matter}\n+++\n\n本文。\n", "資料.md")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        (
            "digest.md",
            {
                "title": "推進懇談会 骨子案の要約",
                "publisher": "地域DXアシスタント編集",
                "published": "2024-03-15",
                "kind": "outline",
                "status": "draft",
                "edition": "digest",
                "original": Original(
                    "みどり地域デジタル推進懇談会 とりまとめ骨子案",
                    "みどり市",
                    "2024-03-15",
                    "draft",
                ),
            },
        ),
        (
            "digest-farming.md",
            {
                "title": "農業データ連携検討会 中間整理の要約",
                "publisher": "地域DXアシスタント編集",
                "published": "2024-08-20",
                "kind": "report",
                "status": "interim",
                "edition": "digest",
                "original": Original(
                    "農業データ連携検討会 中間整理", "みどり県", "2024-08-20", "interim"
                ),
            },
        ),
        (
            "guidebook.md",
            {
                "title": "地域デジタル化の進め方ガイドブック",
                "publisher": "みどり県",
                "published": "2024-10-01",
                "kind": "guidebook",
                "status": "final",
            },
        ),
        (
            "minutes.txt",
            {
                "title": "みどり地域デジタル推進懇談会（第３回）議事録",
                "published": "2023-11-08",
                "kind": "minutes",
                "status": "minutes",
                "meeting": "第3回",
            },
        ),
        (
            "outline.md",
            {
                "title": "みどり地域デジタル推進懇談会 とりまとめ骨子案",
                "published": "2024-03-15",
                "kind": "outline",
                "status": "draft",
            },
        ),
        ("slides.txt", {"title": "みどり市の地域課題と取組（概要）", "kind": "slides"}),
    ],
)
def test_what_the_fixture_documents_say_of_themselves(documents, name, fields):
    path = documents / name
    described = describe(path, "0123456789ab", read_file(path).pages)
    assert described.document == SourceDocument("0123456789ab", source_path=str(path), **fields)


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("令和６年４月２４日", "2024-04-24"),
        ("2024年4月24日（水）14:00～16:00", "2024-04-24"),
        ("令和6年4月24日 みどり県", "2024-04-24"),
        ("R6.4.24", "2024-04-24"),
        ("2024/4/24", "2024-04-24"),
        ("令和6年4月24日公表", "2024-04-24"),
        ("令和6年4月", "2024-04"),
        ("令和6年度", None),
        ("令和６年２月３０日", None),
        ("第２回は令和6年4月24日", None),
        ("令和6年4月24日の会議で示した資料である。", None),
        ("令和6年4月1日に施行した。", None),
    ],
)
def test_a_date_counts_when_it_has_its_line_to_itself(line, published):
    assert infer(f"通信網の整備計画\n\n{line}\n\n本文である。").published == published


def test_a_date_far_down_is_the_contents_and_not_the_date():
    assert (
        infer("通信網の整備計画\n\n" + "本文である。\n" * 90 + "令和6年4月24日\n").published is None
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# 通信網の整備計画\n\n本文。", "通信網の整備計画"),
        ("令和6年4月24日\n通信網の\n整備計画\n\n本文。", "通信網の整備計画"),
        ("通信網検討会\n中間整理\n\n本文。", "通信網検討会 中間整理"),
        ("通信網の維持と\n\n更新の計画\n\n本文。", "通信網の維持と更新の計画"),
        ("通信網の整備計画 12\n\n本文。", "通信網の整備計画"),
        ("---\ntitle: x\n---\n\n# 通信網の整備計画\n\n本文。", "通信網の整備計画"),
        ("事業名 通信網の整備\n所管課 企画課\n\n本文。", "事業名 通信網の整備"),
        ("本文から始まる。", "書誌の題名"),
    ],
)
def test_the_title_is_in_the_first_lines_or_else_in_the_file(text, title):
    assert infer(text, title="書誌の題名").title == title


def test_a_document_without_any_title_is_named_like_its_file():
    assert infer("本文から始まる。", "整備計画.txt").title == "整備計画"


@pytest.mark.parametrize(
    ("title", "name", "kind", "status"),
    [
        ("通信網に関する報告書（案）", "a.txt", "report", "draft"),
        ("通信網に関する報告書", "a.txt", "report", "final"),
        ("通信網 中間とりまとめ", "a.txt", "report", "interim"),
        ("通信網の手引き（廃止）", "a.txt", "guidebook", "withdrawn"),
        ("通信網の整備指針", "a.txt", "guideline", "unknown"),
        ("通信網の取組事例集", "a.txt", "case_study", "unknown"),
        ("通信網の補助金 申請書", "a.txt", "form", "unknown"),
        ("通信網の整備に関する条例", "a.txt", "law", "unknown"),
        ("通信網の検討事項", "a.txt", "slides", "reference"),
        ("通信網の検討", "第２回議事録.txt", "minutes", "minutes"),
        ("通信網の検討", "a.txt", "other", "unknown"),
    ],
)
def test_kind_and_status_follow_from_title_and_name(title, name, kind, status):
    document = infer(f"{title}\n\n本文。", name)
    assert (document.kind, document.status) == (kind, status)


@pytest.mark.parametrize("row", read_set("status_lines.tsv"), ids=lambda row: row[0])
def test_status_lines_as_offices_write_them(row):
    lines, kind, status = row
    document = infer(lines.replace(" / ", "\n\n") + "\n\n本文である。", "a.txt")
    assert (document.kind, document.status) == (kind, status)


@pytest.mark.parametrize(
    ("properties", "field", "value", "certain"),
    [
        (Properties(author="みどり市役所"), "publisher", "みどり市", False),
        (Properties(author="緑川 葉子"), "publisher", None, None),
        (Properties(created="2024-04-24"), "published", None, False),
        (Properties(outline="通信網の整備計画"), "title", "通信網の整備計画", False),
        (Properties(outline="スライド 1: 通信網の整備計画"), "title", "通信網の整備計画", False),
        (Properties(outline="スライド番号 1"), "title", "plan-01", False),
        (Properties(outline="1. はじめに"), "title", "plan-01", False),
        (Properties(outline="plan-01.docx"), "title", "plan-01", False),
    ],
)
def test_what_a_file_says_of_itself_outside_the_text_is_used_with_a_doubt(
    properties, field, value, certain
):
    described = describe(
        Path("/市/plan-01.pdf"), "d", (Page("本文から始まる。", page=1),), properties=properties
    )
    found = next((i for i in described.inferences if i.field == field), None)
    assert getattr(described.document, field) == value
    assert (found.certain if found else None) == certain


def test_what_rests_on_recognised_characters_is_uncertain():
    text = "通信網の整備計画（案）\n\n令和6年4月24日\n\n本文である。"
    page = Page(text, page=1, ocr=True)
    for pages, certain in (((page,), False), ((Page(text, page=1),), True)):
        found = {i.field: i for i in describe(Path("/市/plan.pdf"), "d", pages).inferences}
        assert {found[name].certain for name in ("title", "published", "status")} == {certain}
        assert found["published"].value == "2024-04-24"


@pytest.mark.parametrize(
    ("text", "publisher"),
    [
        ("通信網の整備計画\n\n岡崎市役所\n\n本文。", "岡崎市"),
        ("通信網の整備計画\n\n本文。" + "\n" * 600 + "総務省と環境省と総務省、総務省。", "総務省"),
        ("通信網の整備計画\n\n本文。" + "\n" * 600 + "総務省と環境省と総務省。", None),
        ("通信網の整備計画\n\n各地区の住民が費用を分担する。", None),
        ("防災の計画\n\n発行：みどり市防災課\n\n本文。", "みどり市"),
        ("防災の計画\n\nみどり町総務課\n\n本文。", "みどり町"),
        ("防災の計画\n\n各市町村防災担当課\n\n本文。", None),
        ("防災の計画\n\n問い合わせ: 役場の総務課\n\n本文。", None),
    ],
)
def test_the_publisher_is_the_office_named_first_or_most(text, publisher):
    assert infer(text).publisher == publisher


@pytest.mark.parametrize(
    ("front_matter", "message", "remedy"),
    [
        (
            'author = "市"',
            "冒頭の書誌情報の author を使えません。",
            f"使える項目は {FIELDS} です。",
        ),
        (
            'status = "done"',
            "冒頭の書誌情報の status を使えません。",
            "使える値は final、draft、interim、minutes、reference、withdrawn、unknown です。",
        ),
        (
            'edition = "copy"',
            "冒頭の書誌情報の edition を使えません。",
            "使える値は original、digest です。",
        ),
        (
            'published = "2024年"',
            "冒頭の書誌情報の published を使えません。",
            "日付は 2024-04-24 か 2024-04 の形で書いてください。",
        ),
        (
            '[original]\ntitle = "x"\ndate = "昨日"',
            "冒頭の書誌情報の original.date を使えません。",
            "日付は 2024-04-24 か 2024-04 の形で書いてください。",
        ),
        (
            '[original]\npublisher = "市"',
            "冒頭の書誌情報の original を使えません。",
            ORIGINAL_FIELDS,
        ),
        (
            '[original]\ntitle = "x"\nauthor = "市"',
            "冒頭の書誌情報の original を使えません。",
            ORIGINAL_FIELDS,
        ),
    ],
)
def test_a_wrong_field_of_the_front_matter_is_named_with_its_remedy(front_matter, message, remedy):
    with pytest.raises(ReadError) as caught:
        stated(front_matter)
    assert (caught.value.message, caught.value.remedy) == (message, remedy)


@pytest.mark.parametrize(
    ("front_matter", "name"),
    [
        ('kind = "letter"', "kind"),
        ("title = 3", "title"),
        ('publisher = ["市"]', "publisher"),
        ("meeting = 3", "meeting"),
        ('edition = ["digest"]', "edition"),
        ('original = "原文"', "original"),
        ('[original]\ntitle = "x"\nstatus = "done"', "original"),
    ],
)
def test_a_field_of_the_wrong_type_or_value_is_refused(front_matter, name):
    with pytest.raises(ReadError, match=f"書誌情報の {name}"):
        stated(front_matter)


def test_front_matter_that_is_no_toml_is_refused():
    with pytest.raises(ReadError, match=r"冒頭の書誌情報\(\+\+\+で囲んだ部分\)を読めません"):
        stated("title: 整備計画")


@pytest.mark.parametrize(
    ("text", "prepared"),
    [
        ("+++\ntitle = 1\n+++\n本文。\n", "   \n         \n   \n本文。\n"),
        ("---\na: 1\n---\n本文。\n", "   \n    \n   \n本文。\n"),
        ("本文。\n+++\na = 1\n+++\n", "本文。\n+++\na = 1\n+++\n"),
    ],
)
def test_front_matter_becomes_blank_lines_of_the_same_length(text, prepared):
    assert prepared_pages((Page(text),)) == (Page(prepared),)
