import pytest
from towns import Town

from assistant.answering.evidence import defines, find_evidence
from assistant.answering.reading import open_reader
from assistant.question.read import read_question
from assistant.retrieval.search import search

TEXT = """通信量は、2020年比で2030年には約18倍、2040年までには309倍に増える見込みである。

第6回の会合では、通信量の見込みを確かめた。

市長は携帯電話の整備を進めた。受付の番号は順に呼ぶ。

意見募集は令和6年7月に行い、寄せられた意見は13件であった。

LPWAとは、省電力で遠くまで届く無線のことである。伝言板は住民の便りを載せる。LPWAは田畑で使われた。

デジタル人材が足りない役場では、隣の県から専門の職員を招いた。
"""


@pytest.fixture(scope="module", params=["reader", "words"])
def told(request, tmp_path_factory, index_root):
    town = Town.made(tmp_path_factory.mktemp("told"), index_root)
    town.write("told.txt", TEXT)
    town.ingest()
    from assistant.retrieval.index import Index

    index = Index(town.root)
    reader = open_reader() if request.param == "reader" else None

    def found(question):
        read = read_question(index, question)
        return find_evidence(index, read, search(index, question, 12), reader)

    yield found
    index.close()


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("2040年の通信量は2020年の何倍になりますか", "309倍"),
        ("意見募集には何件の意見が寄せられましたか", "13件"),
        ("LPWAって何ですか", "LPWAとは、"),
        ("通信量の見込みで気をつけることは何ですか", "309倍"),
    ],
)
def test_what_is_said_is_found(told, question, fact):
    assert any(fact in candidate.text for candidate in told(question).chosen)


@pytest.mark.parametrize(
    "question",
    [
        "2050年の通信量は2020年の何倍になりますか",
        "市長の電話番号は何ですか",
        "「存在しない制度」の通信量は何倍ですか",
        "無線機構とは何ですか",  # 無線 is spoken of, 無線機構 is not
    ],
)
def test_what_is_not_said_is_refused(told, question):
    assert told(question).outcome != "answer"


@pytest.mark.xfail(reason="the reader does not know what plain words stand for", strict=False)
def test_plain_words_are_understood(told):
    found = told("役場にITに詳しい人がいません。どうすればいいですか").chosen
    assert any("デジタル人材" in candidate.text for candidate in found)


@pytest.mark.xfail(reason="the reader takes a neighbour's fact for the answer", strict=False)
@pytest.mark.parametrize(
    "question",
    [
        "通信量の会合は何回ありましたか",  # 第6回 is no number of times
        "意見募集には何件の苦情が寄せられましたか",
        "意見募集の意見は何月何日までに出しますか",
    ],
)
def test_a_neighbours_fact_is_refused(told, question):
    assert told(question).outcome != "answer"


def test_a_term_asked_about_stands_in_every_sentence_and_its_definition_leads(told):
    found = [candidate.text for candidate in told("LPWAとは何ですか").chosen]
    assert found[0].startswith("LPWAとは")
    assert not any("伝言板" in text for text in found)
    assert defines(found[0], "LPWA")
    assert not any(defines(text, "LPWA") for text in found[1:])


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("LPWAとは、省電力で遠くまで届く無線のことである。", "LPWA"),
        ("「LPWA」とは省電力で遠くまで届く無線のことである。", "lpwa"),
        ("中間支援組織とは、従来の団体と異なり、間に立つ組織である。", "中間支援組織"),
        ("中間支援組織とは自治体と住民の間に立つ組織をいう。", "中間支援組織"),
        ("LPWA（Low Power Wide Area）を使う。", "LPWA"),
        ("PMO（事業を束ねる事務局）は毎週集まる。", "PMO"),
        ("仮想発電所（Virtual Power Plant）を使う。", "仮想発電所"),
        ("LPWA、すなわち省電力の無線を使う。", "LPWA"),
    ],
)
def test_a_sentence_that_tells_the_meaning_defines(text, term):
    assert defines(text, term)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("他の自治体とは異なり、職員が多い。", "自治体"),
        ("他の自治体とは、大きく違うものである。", "自治体"),
        ("自治体とは別に置くものである。", "自治体"),
        ("中間支援組織とは月に1回の会議で連絡を取り合っている。", "中間支援組織"),
        ("中間支援組織とは月に1回、話しているところです。", "中間支援組織"),
        ("田村様（中之条町）は反対した。", "田村様"),
        ("田村様（NTT）は反対した。", "田村様"),
        ("LPWA（図3-1の左）を使う。", "LPWA"),
        ("OpenAI（米国の新しい会社）を使う。", "AI"),
    ],
)
def test_a_sentence_that_merely_names_does_not_define(text, term):
    assert not defines(text, term)
