import pytest

from assistant.answering.reading import Reader, open_reader
from assistant.records.answers import Passage
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk


def passage(text, title="町の案内"):
    return Passage(
        1, 1.0, Chunk(f"d-{hash(text)}", "d", text, ()), SourceDocument("d", title, "/d")
    )


@pytest.fixture(scope="module")
def reader():
    opened = open_reader()
    assert opened is not None
    return opened


SIBLINGS = "県の負担額は300万円である。会議は平日に開く。"


def test_a_fact_is_told_from_its_siblings(reader):
    asked, sibling = (
        reader.read(question, [passage(SIBLINGS)])[0].logit
        for question in ("県の負担額はいくらですか", "国の負担額はいくらですか")
    )
    assert asked > 0 > sibling


def test_the_sentence_that_answers_stands_out(reader):
    (reading,) = reader.read("県の負担額はいくらですか", [passage(SIBLINGS)])
    assert len(reading.spans) == 2
    assert reading.logits[0] > reading.logits[1]


def test_passages_come_back_in_their_order(reader):
    texts = ["長い文である。" * 30, SIBLINGS, "短い。"]
    found = reader.read("県の負担額はいくらですか", [passage(text) for text in texts])
    assert max(found, key=lambda reading: reading.logit) is found[1]
    assert [len(reading.spans) for reading in found] == [30, 2, 1]


@pytest.mark.parametrize(
    "text", ["", "\x00", "\ufdfa" * 10_000, "\U0001f600" * 500, "あ" * 60_000, "。" * 5_000, " \n "]
)
def test_hostile_text_is_read_within_bounds(reader, text):
    (reading,) = reader.read(text or "?", [passage(text)])
    assert len(reading.spans) == len(reading.logits) <= 30
    assert all(abs(value) < 100 for value in (reading.logit, *reading.logits))


def test_the_same_is_read_the_same(reader):
    again = Reader()
    asked = ("県の負担額はいくらですか", [passage(SIBLINGS), passage("別の文である。")])
    assert again.read(*asked) == reader.read(*asked)


def test_without_its_files_there_is_none(tmp_path):
    with pytest.raises(FileNotFoundError):
        Reader(tmp_path)
