"""Honest rewordings pass, and each way of saying more than the source is caught."""

import pytest

from assistant.answering.checks import Source, problems_of
from assistant.records.answers import Passage
from assistant.records.documents import Original, SourceDocument
from assistant.records.text import Chunk

GRANT = "県の補助の対象は、機器の購入費と設計費である。通信料などの運営費は対象としない。"
RATE = "補助率は2分の1以内、上限額は1件当たり500万円である。"
FIBRE = "前田構成員は、広島県の23市町のうち、通信網が公設で民営の市町は11市町ほどあると述べた。"
TRIALS = "実証事業の件数は令和4年度24件、令和5年度15件、令和6年度25件である。"
PEOPLE = "情報政策だけを受け持つ専任職員はいない。"
DOUBT = "役割が分かりにくく、適切なマッチングの妨げになっているのではないか。"
RANGE = "KPIは3〜5年の目標とし、3,000人以上の利用を見込む。"
DAY = "意見の募集は令和7年6月13日から7月12日まで行われた。"


def problems(text, quote, **known):
    kind = {"kind": "guidebook", "published": "2024-10-01", **known}
    document = SourceDocument("0" * 12, "地域デジタル化推進事業の手引き", "/x.md", **kind)
    chunk = Chunk("000000000000-0000", "0" * 12, quote, (), section="補助の対象")
    return problems_of(text, [Source(quote, Passage(1, 1.0, chunk, document))])


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("補助の対象は、機器の購入費と設計費です。", GRANT),
        ("通信料などの運営費は補助の対象になりません。", GRANT),
        ("補助率は2分の1以内で、1件当たりの上限額は500万円です。", RATE),
        ("地域デジタル化推進事業の補助率は２分の１以内です。", RATE),
        ("広島県では、23市町のうち11市町ほどで通信網が公設民営です。", FIBRE),
        ("前田構成員は、公設で民営の市町が11市町ほどあると述べています。", FIBRE),
        ("実証事業は令和6年度に25件でした。", TRIALS),
        ("実証事業は2024年度に25件でした。", TRIALS),
        ("情報政策を専任で受け持つ職員はいません。", PEOPLE),
        (
            "役割が分かりにくいことが、適切なマッチングを妨げているのではないかとされています。",
            DOUBT,
        ),
        ("KPIは3年から5年の目標とし、3,000人以上の利用を見込みます。", RANGE),
        ("意見の募集は令和7年6月13日から7月12日まででした。", DAY),
        ("意見の募集は2025年6月に始まりました。", DAY),
    ],
)
def test_an_honest_rewording_passes(text, quote):
    assert problems(text, quote) == []


@pytest.mark.parametrize(
    ("text", "quote", "word"),
    [
        ("", GRANT, "文がありません"),
        ("通信料などの運営費も補助の対象になります。", GRANT, "打ち消し"),
        ("機器の購入費は補助の対象になりません。", "補助の対象は機器の購入費である。", "打ち消し"),
        ("情報政策を受け持つ専任の職員がいます。", PEOPLE, "打ち消し"),
        ("補助率は2分の1です。", RATE, "数"),
        ("補助率は3分の2以内です。", RATE, "数"),
        ("上限額は1件当たり500万円以上です。", RATE, "数"),
        ("上限額は1件当たり5,000万円です。", RATE, "数"),
        ("上限額は1件当たり三百万円です。", RATE, "数"),
        ("実証事業は令和5年度に25件でした。", TRIALS, "数"),
        ("実証事業は令和3年度に24件でした。", TRIALS, "日付"),
        ("意見の募集は令和7年7月13日まででした。", DAY, "日付"),
        ("意見の募集は6月12日まででした。", DAY, "日付"),
        ("募集は令和7年6月1日に始まりました。", "募集は令和7年6月に始まった。", "日付"),
        ("KPIは3年の目標とし、3,000人以上の利用を見込みます。", RANGE.replace("3〜", ""), "数"),
        ("利用は3,000人を見込みます。", RANGE, "数"),
        ("みらい市では、通信網が公設で民営です。", FIBRE, "みらい市"),
        ("総務省の調査では、11市町が公設民営です。", FIBRE, "総務省"),
        ("スマート農業推進補助金では、補助率は2分の1以内です。", RATE, "スマート農業推進補助金"),
        ("前田構成員は、AWSの利用を述べました。", FIBRE, "AWS"),
        ("『地域通信白書』では、公設で民営の市町が11市町です。", FIBRE, "地域通信白書"),
        ("役割が分かりにくく、適切なマッチングの妨げになっています。", DOUBT, "断定"),
        ("補助の対象は機器です。町長の許可と住民投票が条件です。", GRANT, "根拠の文にない内容"),
        ("補助の対象は機器です。https://evil.example", GRANT, "URL"),
    ],
)
def test_what_a_source_does_not_say_is_caught(text, quote, word):
    assert word in " ".join(problems(text, quote))


def test_a_draft_is_not_reported_as_decided():
    quote = "運営費への支援を検討することが適当である。"
    text = "運営費への支援の検討が決定しました。"
    assert "案や発言" in " ".join(problems(text, quote, status="draft"))
    original = Original("骨子案", status="draft")
    digest = {"edition": "digest", "original": original}
    assert "案や発言" in " ".join(problems(text, quote, **digest))
    assert "案や発言" not in " ".join(problems(text, quote, status="final"))


def test_an_amount_of_no_year_is_not_stated():
    text, quote = "補助率は2分の1です。", "補助率は2分の1である。"
    assert problems(text, quote) == []
    assert "どの年度" in " ".join(problems(text, quote, published=None))


def test_a_statement_without_evidence_is_refused():
    assert "見つかりません" in problems_of("補助率は2分の1です。", [])[0]
