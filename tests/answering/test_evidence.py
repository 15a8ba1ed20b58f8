import pytest
from towns import Town

from assistant.answering.evidence import defines, find_evidence
from assistant.retrieval.query import understand
from assistant.retrieval.search import search

TEXT = """通信量は、2020年比で2030年には約18倍、2040年までには309倍に増える見込みである。

第6回の会合では、通信量の見込みを確かめた。

市長は携帯電話の整備を進めた。受付の番号は順に呼ぶ。

意見募集は令和6年7月に行い、寄せられた意見は13件であった。

LPWAとは、省電力で遠くまで届く無線のことである。伝言板は住民の便りを載せる。LPWAは田畑で使われた。

デジタル人材が足りない役場では、隣の県から専門の職員を招いた。
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory, index_root):
    town = Town.made(tmp_path_factory.mktemp("told"), index_root)
    town.write("told.txt", TEXT)
    town.ingest()
    from assistant.retrieval.index import Index

    index = Index(town.root)
    yield lambda question: find_evidence(index, understand(question), search(index, question, 12))
    index.close()


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("2040年の通信量は2020年の何倍になりますか", "309倍"),
        ("意見募集には何件の意見が寄せられましたか", "13件"),
        ("LPWAって何ですか", "LPWAとは、"),
        ("役場にITに詳しい人がいません。どうすればいいですか", "デジタル人材"),
        ("通信量の見込みで気をつけることは何ですか", "309倍"),
    ],
)
def test_what_is_said_is_found(told, question, fact):
    assert any(fact in extract.text for extract in told(question))


@pytest.mark.parametrize(
    "question",
    [
        "2050年の通信量は2020年の何倍になりますか",
        "市長の電話番号は何ですか",
        "「存在しない制度」の通信量は何倍ですか",
        "通信量の会合は何回ありましたか",  # 第6回 is no number of times
        "意見募集には何件の苦情が寄せられましたか",
        "意見募集の意見は何月何日までに出しますか",
        "無線機構とは何ですか",  # 無線 is spoken of, 無線機構 is not
    ],
)
def test_what_is_not_said_is_refused(told, question):
    assert told(question) == []


def test_a_term_asked_about_stands_in_every_sentence_and_its_definition_leads(told):
    found = [extract.text for extract in told("LPWAとは何ですか")]
    assert found[0].startswith("LPWAとは")
    assert not any("伝言板" in text for text in found)
    assert defines(found[0], "LPWA")
    assert not any(defines(text, "LPWA") for text in found[1:])
