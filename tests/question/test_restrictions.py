from dataclasses import replace
from datetime import date

import pytest

from assistant.question.restrictions import restrictions_of, undated, within
from assistant.records.answers import Filters
from assistant.records.documents import Original, SourceDocument

SPEAKERS = ("佐藤構成員", "関構成員", "山田座長", "事務局（高橋課長）")
DOCUMENTS = {
    "m": SourceDocument("m", "懇談会（第６回）議事録", "/m", kind="minutes", meeting="第6回"),
    "d": SourceDocument("d", "懇談会 とりまとめ骨子案", "/d", kind="outline", status="draft"),
    "x": SourceDocument(
        "x", "骨子案の要点", "/x", edition="digest", original=Original("懇談会 とりまとめ骨子案")
    ),
    "g": SourceDocument("g", "体制のつくり方", "/g", kind="guidebook"),
}
TODAY = date(2026, 11, 21)


def read(question, given=None):
    return restrictions_of(question, SPEAKERS, DOCUMENTS, given or Filters(), TODAY).filters


@pytest.mark.parametrize(
    ("question", "speakers"),
    [
        ("佐藤構成員は何を懸念しましたか", ("佐藤構成員",)),
        ("佐藤さんは何と言いましたか", ("佐藤構成員",)),
        ("関構成員の意見は", ("関構成員",)),
        ("高橋課長の説明は", ("事務局（高橋課長）",)),
        ("佐藤構成員と関構成員の意見の違いは", ("佐藤構成員", "関構成員")),
        ("佐藤構成員の意見と骨子案はどう違いますか", ()),  # the other side must not be left out
        ("佐藤構成員の質問に対して事務局はどう答えましたか", ()),
        ("機関の役割は", ()),
        ("補助率はいくらですか", ()),
    ],
)
def test_a_named_speaker_restricts(question, speakers):
    assert read(question).speakers == speakers


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("議事録では何と言っていますか", ("m",)),
        ("第6回の会合では何が議論されましたか", ("m",)),
        ("骨子案では補助をどう扱いますか", ("d", "x")),
        ("骨子（案）によると補助はどうなりますか", ("d", "x")),
        ("骨子案と議事録では何が違いますか", ()),
        ("答申では何と書いていますか", ()),  # there is none
        ("骨子案はいつ出ましたか", ()),  # about it, not in it
    ],
)
def test_a_document_to_look_in_restricts(question, documents):
    assert read(question).documents == documents


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("手引きでは何と書いていますか", ("k", "n")),
        ("観光の手引きでは何と書いていますか", ("k",)),
        ("うちの町の手引きでは何と書いていますか", ("k", "n")),
    ],
)
def test_of_documents_of_a_kind_the_one_named_is_meant(question, documents):
    known = {
        "k": SourceDocument("k", "観光DXの手引き", "/k", kind="guidebook"),
        "n": SourceDocument("n", "農業の現場の手引き", "/n", kind="guidebook"),
    }
    found = restrictions_of(question, SPEAKERS, known, Filters(), TODAY)
    assert found.filters.documents == documents


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("令和6年度の報告書を見たい", "2024-04-01", "2025-03-31"),
        ("2024年4月に公表された資料は", "2024-04-01", "2024-04-30"),
        ("昨年度の報告書は何を求めていますか", "2025-04-01", "2026-03-31"),
        ("一昨年度の議事録は", "2024-04-01", "2025-03-31"),
        ("令和6年度の補助率は", None, None),
        ("昨年度の補助率は", None, None),
    ],
)
def test_a_date_restricts_only_when_it_is_the_documents(question, since, until):
    filters = read(question)
    assert (filters.since, filters.until) == (since, until)


@pytest.mark.parametrize(
    ("question", "documents", "first"),
    [
        ("昨年度の補助率は", (), date(2025, 4, 1)),
        ("骨子案の昨年度の件数は", ("d", "x"), date(2023, 4, 1)),
        ("議事録によると、昨年の件数は", ("m",), date(2024, 1, 1)),
        ("去年4月の相談件数は何件ですか", (), date(2025, 4, 1)),
        ("来年度から始まる補助金の上限額は", (), date(2027, 4, 1)),
        ("令和5年度の件数と前年度の件数は", (), date(2022, 4, 1)),
        ("令和5年度の前年度の件数は", (), None),  # a date of the question itself
        ("昨年度より増えましたか", (), None),
        ("昨年度の報告書は何を求めていますか", (), None),  # the report is of that year
    ],
)
def test_last_year_counts_from_the_document_named_else_from_today(question, documents, first):
    known = {
        **DOCUMENTS,
        "d": replace(DOCUMENTS["d"], published="2024-04-24"),
        "m": replace(DOCUMENTS["m"], published="2025-01-10"),
    }
    read = restrictions_of(question, SPEAKERS, known, Filters(), TODAY)
    assert read.filters.documents == documents
    assert [period.first for period in read.periods] == ([first] if first else [])
    said = [part for part in read.said if not part.startswith(("文書", "公表日"))]
    assert len(said) == len(read.periods)


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("確定した文書だけで答えてください", "final"),
        ("案の段階の資料に限って教えてください", "draft"),
        ("案の内容は", None),
    ],
)
def test_a_status_restricts_when_asked_for(question, status):
    assert read(question).status == status


def test_what_the_user_gave_is_kept():
    given = Filters(kind="minutes", speaker="関", since="2020-01-01", status="minutes")
    assert read("昨年度の報告書で佐藤構成員は、確定した文書だけで", given) == given


def test_every_restriction_is_said():
    found = restrictions_of(
        "第6回の会合で佐藤構成員は何と言いましたか", SPEAKERS, DOCUMENTS, Filters(), TODAY
    )
    assert any("佐藤構成員" in part for part in found.said)
    assert any("第６回" in part for part in found.said)


DATED = DOCUMENTS | {
    "day": replace(DOCUMENTS["g"], published="2022-10-20"),
    "month": replace(DOCUMENTS["g"], published="2022-10"),
}


@pytest.mark.parametrize(
    ("filters", "found", "missing"),
    [
        (Filters(), set(DATED), set()),
        (Filters(kind="guidebook"), {"g", "day", "month"}, set()),
        (Filters(kind="guidebook", since="2022-10-01"), {"day", "month"}, {"g"}),
        (Filters(documents=("day", "m"), until="2022-10-31"), {"day"}, {"m"}),
        (Filters(kind="guidebook", until="2022-09-30"), set(), {"g"}),
    ],
)
def test_where_a_search_looks_and_what_has_no_date_for_it(filters, found, missing):
    assert set(within(DATED, filters)) == found
    assert set(undated(DATED, filters)) == missing
