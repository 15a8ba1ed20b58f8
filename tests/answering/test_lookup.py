"""A table is asked by row and column: the cell answers, another row or column does not."""

import pytest
from towns import Town

from assistant.answering.lookup import Row, asked_cells, rows_of
from assistant.answering.spans import units
from assistant.records.answers import Statement
from assistant.records.text import Cell, Chunk

HALLS = """施設名,所在地,定員(人),電話番号,備考
中央公民館,中央1-1,120,0000-11-1111,令和3年に改修した。広い。
北公民館,北2-3,80,0000-22-2222,
"""
COSTS = """(単位:千円),,,
地区,費目,令和6年度,令和7年度
北地区,通信費,120,130
,人件費,350,360
南地区,通信費,90,95
,人件費,280,290
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory, index_root):
    town = Town.made(tmp_path_factory.mktemp("halls"), index_root)
    town.write("halls.csv", HALLS)
    town.write("costs.csv", COSTS)
    town.ingest()
    assistant = town.opened()
    yield assistant.ask
    assistant.close()


PLACES = """地区,施設名,年間維持費(千円)
中沢,中沢体育館,6780
中沢,中沢図書館,12400
下沢,下沢公民館,2350\u3000
"""


def test_another_building_of_the_place_does_not_answer(tmp_path, index_root):
    town = Town.made(tmp_path, index_root)
    town.write("places.csv", PLACES)
    town.ingest()
    assistant = town.opened()
    try:
        right = assistant.ask("中沢図書館の年間維持費はいくらですか")
        assert right.answer == "中沢　施設名: 中沢図書館　年間維持費(千円): 12400[1]"
        blank = assistant.ask("下沢公民館の年間維持費はいくらですか")
        assert blank.answer == "下沢　施設名: 下沢公民館　年間維持費(千円): 2350[1]"
        assert assistant.ask("中沢診療所の年間維持費はいくらですか").refused
        assert assistant.ask("下沢体育館の年間維持費はいくらですか").refused
    finally:
        assistant.close()


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("北公民館の定員は何人ですか", "北公民館　定員(人): 80"),
        ("北公民館には何人入れますか", "北公民館　定員(人): 80"),
        ("中央公民館の電話番号は", "中央公民館　電話番号: 0000-11-1111"),
        # A date in a column that is not asked about says nothing of the row.
        ("令和6年度の北地区の通信費はいくらですか", "北地区　費目: 通信費　令和6年度(千円): 120"),
        ("令和7年度の南地区の人件費はいくらですか", "南地区　費目: 人件費　令和7年度(千円): 290"),
    ],
)
def test_the_cell_where_row_and_column_meet_answers(ask, question, shown):
    answer = ask(question)
    assert [statement.shown for statement in answer.statements] == [shown]
    assert answer.answer == f"{shown}[1]"


def test_the_text_of_a_row_stays_its_quote(ask):
    answer = ask("北公民館の定員は何人ですか")
    (statement,), (citation,) = answer.statements, answer.citations
    assert statement.text == citation.quote == "北公民館,北2-3,80,0000-22-2222,"
    assert citation.verified


@pytest.mark.parametrize(
    "question", ["令和9年度の北地区の通信費はいくらですか", "東公民館の定員は何人ですか"]
)
def test_another_column_or_row_is_no_answer(ask, question):
    assert ask(question).refused


def chunk():
    text = "次の表のとおり。広い。\n甲　広い。古い。\n乙　狭い。"
    cells = (Cell("名", 12, 13), Cell("様子", 14, 20), Cell("名", 21, 22), Cell("様子", 23, 26))
    return Chunk("d-0000", "d", text, (), cells=cells)


def test_a_row_is_one_unit_and_prose_is_cut_as_ever():
    rows = [(row.start, row.end) for row in rows_of(chunk())]
    found = [chunk().text[start:end] for start, end in units(chunk().text, rows)]
    assert found == ["次の表のとおり。", "広い。", "甲　広い。古い。", "乙　狭い。"]


@pytest.mark.parametrize(
    ("pairs", "named"),
    [
        (
            (("", "電話番号"), ("", "0000-12-3456")),
            (("", "電話番号"), ("電話番号", "0000-12-3456")),
        ),
        ((("", "3月"), ("", "57")), ()),
        ((("", "北"), ("", "57"), ("", "60")), ()),
    ],
)
def test_a_name_beside_its_entry_is_what_the_entry_is_called(pairs, named):
    assert Row(0, 0, pairs).named == named


ROW = (("費目", "運営費"), ("令和6年度 町", "100"), ("令和7年度 町", "120"), ("令和7年度 県", "60"))


@pytest.mark.parametrize(
    ("headings", "places"),
    [
        ([{9}, {1, 3}, {1, 2, 3}, {1, 2}], [0, 2]),  # the heading that holds most
        ([set(), {1}, {2}, set()], [0, 1, 2]),  # two columns, each asked for
        ([set(), set(), set(), set()], [0, 1, 2, 3]),  # none: all that the row says
    ],
)
def test_the_columns_that_a_question_names_are_shown(headings, places):
    found = asked_cells(ROW, [frozenset(h) for h in headings], [frozenset()] * 4)
    assert found == tuple(ROW[place] for place in places)


def test_a_cell_that_tells_which_row_it_is_stays_beside_the_one_asked_for():
    words = [frozenset({7}), frozenset(), frozenset({8}), frozenset()]
    headings = [frozenset(), frozenset(), frozenset(), frozenset({5})]
    assert asked_cells(ROW, headings, words) == (ROW[0], ROW[2], ROW[3])


def test_a_unit_in_every_cell_shows_no_column_that_is_not_asked_for():
    words = [frozenset(), frozenset({4}), frozenset({4}), frozenset({4})]
    headings = [frozenset(), frozenset({1}), frozenset({1, 2}), frozenset({1})]
    assert asked_cells(ROW, headings, words) == (ROW[0], ROW[2])


def test_a_row_without_headings_is_shown_without_the_marks_of_its_file():
    cells = (("", "実証"), ("", "26件"))
    assert Statement("実証,26件", (1,), cells=cells).shown == "実証　26件"
