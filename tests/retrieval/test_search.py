import pytest
from towns import Town

from assistant.records.answers import Filters
from assistant.retrieval.search import search

QUESTIONS = [
    ("光ファイバの更新にはいくらかかりますか", "約８億円"),
    ("補助率と上限額", "500万円"),
    ("バス路線はいくつに減りましたか", "7路線"),
    ("個人情報の扱い", "個人に関する情報"),
    ("水田の水位を見たいという農家の声", "水田の水位"),
    ("人事異動で担当が替わる", "人事異動"),
    ("みどり市の人口", "31,400人"),
    ("実証は何年以内ですか", "実証は2年以内"),
]
EVERYTHING = "地域の通信網の維持と費用と実証と協議会"


@pytest.mark.parametrize(("question", "fact"), QUESTIONS)
def test_the_passage_with_the_fact_is_among_the_first_three(index, question, fact):
    assert any(fact in passage.chunk.text for passage in search(index, question, 3))


@pytest.mark.parametrize("count", [1, 3, 50])
def test_ranks_count_from_one_and_scores_fall(index, count):
    passages = search(index, EVERYTHING, count)
    scores = [passage.score for passage in passages]
    assert [passage.rank for passage in passages] == list(range(1, len(passages) + 1))
    assert scores == sorted(scores, reverse=True)
    assert len(passages) == min(count, len(search(index, EVERYTHING, 99)))


def test_no_passage_comes_twice(index):
    ids = [passage.chunk.chunk_id for passage in search(index, EVERYTHING, 50)]
    assert len(ids) == len(set(ids))


def test_a_passage_brings_its_own_document(index):
    for passage in search(index, EVERYTHING, 50):
        assert passage.document == index.manifest.documents[passage.chunk.doc_id]


@pytest.mark.parametrize("question", ["", "😀😀", "これはそれですか", "qzxvqzxv"])
def test_a_question_without_a_known_word_finds_nothing(index, question):
    assert search(index, question, 5) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＤＸの推進と５００万円の補助", "DXの推進と500万円の補助"),
        ("光ﾌｧｲﾊﾞの整備", "光ファイバの整備"),
        ("光ファイバの整備", "光ファイバーの整備"),
    ],
)
def test_the_way_of_writing_makes_no_difference(index, one, other):
    assert search(index, one, 5) == search(index, other, 5)


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        (Filters(kind="minutes"), lambda p: p.document.kind == "minutes"),
        (Filters(status="draft"), lambda p: p.document.status == "draft"),
        (Filters(since="2024-03-15"), lambda p: p.document.published >= "2024-03-15"),
        (Filters(until="2024-03-14"), lambda p: p.document.published <= "2024-03-14"),
        (Filters(speaker="佐藤"), lambda p: "佐藤" in p.chunk.speaker),
        (
            Filters(kind="minutes", speaker="高橋", since="2023-01-01"),
            lambda p: p.document.kind == "minutes" and "高橋" in p.chunk.speaker,
        ),
    ],
)
@pytest.mark.parametrize("question", [EVERYTHING, "山田座長と佐藤構成員の発言"])
def test_no_passage_outside_the_filters_is_found(index, question, filters, passes):
    passages = search(index, question, 50, filters)
    assert passages
    assert all(passes(passage) for passage in passages)


@pytest.mark.parametrize(
    "filters", [Filters(kind="law"), Filters(until="2000-01-01"), Filters(speaker="大谷")]
)
def test_filters_that_nothing_passes_leave_nothing(index, filters):
    assert search(index, EVERYTHING, 50, filters) == []


def test_a_digest_whose_original_is_indexed_is_not_found(index):
    question = "骨子案は、山間部の通信手段を地区ごとに選ぶ考え方を示している。"
    titles = {passage.document.title for passage in search(index, question, 50)}
    assert "みどり地域デジタル推進懇談会 とりまとめ骨子案" in titles
    assert "推進懇談会 骨子案の要約" not in titles


def test_a_digest_without_its_original_is_found(index):
    (passage,) = search(index, "参加を見込む農業者は140戸である", 1)
    assert passage.document.edition == "digest"


@pytest.mark.parametrize("count", [1, 2, 5])
def test_digests_that_yield_take_no_places(tmp_path, index_root, count):
    town = Town.made(tmp_path, index_root)
    heading = '+++\ntitle = "{}"\nedition = "{}"\n{}+++\n'
    parts = "".join(f"\n## 第{n}部\n\n空き家の改修の補助は{n}種ある。\n" for n in range(1, 100))
    original = '[original]\ntitle = "空き家の手引き"\n'
    town.write("digest.md", heading.format("空き家の要約", "digest", original) + parts)
    body = "".join(f"\n## 第{n}章\n\n空き家の相談は第{n}窓口で行う。\n" for n in range(1, 10))
    town.write("original.md", heading.format("空き家の手引き", "original", "") + body)
    town.ingest()
    found = town.search("空き家の改修の補助は何種あるか", count)
    assert [passage.document.edition for passage in found] == ["original"] * count


def test_the_retriever_hands_the_passages_to_langchain(assistant):
    documents = assistant.retriever(2).invoke(EVERYTHING)
    passages = assistant.search(EVERYTHING, 2)
    assert [document.metadata["passage"] for document in documents] == passages
    assert [document.page_content for document in documents] == [p.chunk.text for p in passages]
