import pytest

from assistant.answering.voice import attribution_of, label_notes, label_of, minutes_note
from assistant.records.answers import Passage
from assistant.records.documents import Proceedings, SourceDocument
from assistant.records.text import Chunk


def minutes(*, verbatim=True, **fields):
    known = {"meeting": "第6回", "published": "2024-04-24", **fields}
    return SourceDocument(
        "b" * 12, "懇談会", "/b.txt", kind="minutes", proceedings=Proceedings(verbatim), **known
    )


def turn(**fields):
    return Chunk("b" * 12 + "-0000", "b" * 12, "本文", (), **fields)


@pytest.mark.parametrize(
    ("document", "chunk", "attribution"),
    [
        (
            minutes(),
            turn(speaker="越塚構成員", voice="opinion"),
            "越塚構成員(第6回議事録, 2024-04-24)",
        ),
        (
            minutes(),
            turn(speaker="事務局（内田）", voice="report"),
            "事務局（内田）の説明(第6回議事録, 2024-04-24)",
        ),
        (
            minutes(),
            turn(speaker="園田様", voice="report", organisation="みどりセンター"),
            "園田様（みどりセンター）の説明(第6回議事録, 2024-04-24)",
        ),
        (
            minutes(),
            turn(speaker="総務省（井上補佐）", voice="reply", organisation="総務省"),
            "総務省（井上補佐）(第6回議事録, 2024-04-24)",
        ),
        (
            minutes(verbatim=False),
            turn(speaker="佐藤委員", voice="opinion"),
            "佐藤委員(第6回議事要旨, 2024-04-24)",
        ),
        (
            minutes(verbatim=False, meeting=None, published=None),
            turn(voice="opinion"),
            "出席者の意見(議事要旨)",
        ),
        (minutes(), turn(), None),
        (minutes(edition="digest"), turn(speaker="越塚構成員", voice="opinion"), None),
    ],
)
def test_words_are_given_to_those_who_said_them(document, chunk, attribution):
    assert attribution_of(Passage(1, 1.0, chunk, document)) == attribution


@pytest.mark.parametrize(
    ("claim", "voice", "text", "label"),
    [
        ("question", None, "通信網をどのように維持すべきか。", "論点"),
        ("question", None, "通信網の維持には費用がかかる。", "論点"),
        ("finding", None, "通信網は老朽化している。", None),
        ("finding", None, "体制が弱いことが一因ではないか。", "仮説"),
        ("finding", None, "費用は誰が負担すべきか。", "論点"),
        ("proposal", None, "国が支援すべきである。", "提案"),
        ("proposal", None, "更新に踏み切れない事例がある。", None),
        ("proposal", None, "人材を共有することが適当ではないか。", "提案・仮説"),
        (None, None, "導入により効率化できると考えられる。", "仮説"),
        (None, None, "補助率は2分の1である。", None),
        (None, None, "申請はどこにすればよいか。", None),
        (None, "opinion", "国が支えるべきではないか。", None),
        (None, "report", "検討が必要ではないかと整理しております。", "仮説"),
    ],
)
def test_what_is_not_stated_as_found_is_labelled(claim, voice, text, label):
    assert label_of(turn(claim=claim, voice=voice), text) == label


def test_each_label_is_explained_once():
    notes = label_notes(["提案・仮説", None, "仮説"])
    assert [note[:4] for note in notes] == ["「提案」", "「仮説」"]


@pytest.mark.parametrize(
    ("voices", "words", "absent"),
    [
        (["report"], "資料を説明した発言", "発言者の見解"),
        (["report", "opinion"], "発言者の見解", "資料を説明"),
        ([], "発言者の見解", "資料を説明"),
    ],
)
def test_minutes_are_described_by_what_was_quoted(voices, words, absent):
    note = minutes_note(minutes(), [turn(voice=voice) for voice in voices])
    assert words in note
    assert absent not in note
    assert "決定事項ではありません" in note or "決定事項でもありません" in note


def test_a_summary_is_said_not_to_be_word_for_word():
    assert "議事要旨" in minutes_note(minutes(verbatim=False), [])
    assert "議事要旨" not in minutes_note(minutes(), [])
