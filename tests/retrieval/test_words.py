import pytest

from assistant.errors import IndexDamagedError
from assistant.japanese.words import content_words, word_pairs
from assistant.records.answers import Filters
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk
from assistant.retrieval.remembered import Remembered
from assistant.retrieval.words import Term, WordIndex, searched_text, words_in

MINUTES, DRAFT, UNDATED = "m" * 12, "d" * 12, "u" * 12

DOCUMENTS = {
    MINUTES: SourceDocument(
        MINUTES, "議事録", "/m.txt", published="2023-11-08", kind="minutes", status="minutes"
    ),
    DRAFT: SourceDocument(
        DRAFT, "骨子案", "/d.md", published="2024-03-15", kind="outline", status="draft"
    ),
    UNDATED: SourceDocument(UNDATED, "概要", "/u.txt", kind="slides"),
}

CHUNKS = [
    Chunk(f"{MINUTES}-0000", MINUTES, "光ファイバの更新の費用です。", (), speaker="佐藤構成員"),
    Chunk(f"{MINUTES}-0001", MINUTES, "水田の水位を見たい。", (), speaker="事務局（高橋課長）"),
    Chunk(f"{DRAFT}-0000", DRAFT, "光ファイバと無線を選ぶ。", (), section="通信網の維持"),
    Chunk(f"{UNDATED}-0000", UNDATED, "光ファイバは3地区に届いていない。", ()),
]
EVERYWHERE = [Term("ファイバー", 1.0), Term("水田", 1.0)]


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    index = WordIndex(tmp_path_factory.mktemp("words"), create=True)
    index.replace(CHUNKS, [words_in(chunk) for chunk in CHUNKS], DOCUMENTS, [])
    return index


def terms(text):
    return [Term(word, 1.0) for word in content_words(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("水田", {f"{MINUTES}-0001"}),
        ("無線", {f"{DRAFT}-0000"}),
        ("通信網の維持", {f"{DRAFT}-0000"}),  # in the heading only
        ("佐藤", {f"{MINUTES}-0000"}),  # in the speaker only
        ("光ファイバー", {f"{MINUTES}-0000", f"{DRAFT}-0000", f"{UNDATED}-0000"}),
        ("農業", set()),
        ("", set()),
    ],
)
def test_only_chunks_that_hold_a_word_are_found(words, text, found):
    assert set(words.search(terms(text), Filters(), 10)) == found


def test_the_chunk_with_more_of_the_words_comes_first(words):
    assert next(iter(words.search(terms("光ファイバの更新"), Filters(), 10))) == f"{MINUTES}-0000"


def test_a_heavier_term_decides(words):
    light, heavy = Term("水田", 0.1), Term("無線", 10.0)
    assert list(words.search([light, heavy], Filters(), 10)) == [
        f"{DRAFT}-0000",
        f"{MINUTES}-0001",
    ]


def test_no_more_than_the_limit_is_found(words):
    assert len(words.search(EVERYWHERE, Filters(), 2)) == 2


def test_pairs_find_words_that_stand_side_by_side(words):
    pairs = [Term(pair, 1.0, pair=True) for pair in word_pairs(content_words("更新の費用"))]
    assert set(words.search(pairs, Filters(), 10)) == {f"{MINUTES}-0000"}


def test_words_apart_are_no_pair(words):
    pairs = [Term(pair, 1.0, pair=True) for pair in word_pairs(content_words("費用の更新"))]
    assert words.search(pairs, Filters(), 10) == {}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(kind="minutes"), {f"{MINUTES}-0000", f"{MINUTES}-0001"}),
        (Filters(kind="law"), set()),
        (Filters(status="draft"), {f"{DRAFT}-0000"}),
        (Filters(since="2024-03-15"), {f"{DRAFT}-0000"}),
        (Filters(since="2024-03-16"), set()),
        (Filters(until="2023-11-08"), {f"{MINUTES}-0000", f"{MINUTES}-0001"}),
        (Filters(until="2023-11-07"), set()),
        (Filters(since="2023-11-08", until="2023-12-31"), {f"{MINUTES}-0000", f"{MINUTES}-0001"}),
        (Filters(speaker="佐藤"), {f"{MINUTES}-0000"}),
        (Filters(speaker="佐藤構成員"), {f"{MINUTES}-0000"}),
        (Filters(speaker="高橋"), {f"{MINUTES}-0001"}),
        (Filters(speaker="佐藤課長"), set()),
        (Filters(speaker="（"), set()),
        (Filters(kind="minutes", status="draft"), set()),
        (Filters(kind="minutes", speaker="高橋", until="2024-01-01"), {f"{MINUTES}-0001"}),
    ],
)
def test_filters_hold_in_the_search_and_in_the_list_of_what_passes(words, filters, found):
    assert set(words.search(EVERYWHERE, filters, 10)) == found
    assert set(words.passing(filters)) == found


def test_without_filters_everything_passes(words):
    assert words.passing(Filters()) is None


def test_filters_do_not_change_scores(words):
    everything = words.search(EVERYWHERE, Filters(), 10)
    filtered = words.search(EVERYWHERE, Filters(kind="minutes"), 10)
    assert filtered == pytest.approx({name: everything[name] for name in filtered})


def test_heading_and_speaker_are_searched_with_the_text():
    chunk = Chunk("x-0000", "x", "本文", (), section="章 > 節", speaker="佐藤構成員")
    assert searched_text(chunk) == "章 > 節\n佐藤構成員\n本文"


@pytest.fixture
def smaller(tmp_path):
    """An index from which a document was taken out again."""
    index = WordIndex(tmp_path / "words", create=True)
    index.replace(CHUNKS, [words_in(chunk) for chunk in CHUNKS], DOCUMENTS, [])
    index.replace([], [], DOCUMENTS, [MINUTES])
    return index


def test_a_removed_document_is_not_found(smaller):
    assert set(smaller.search(EVERYWHERE, Filters(), 10)) == {f"{DRAFT}-0000", f"{UNDATED}-0000"}


def test_a_removed_document_is_not_counted(smaller):
    assert smaller.count() == 2


@pytest.mark.parametrize(("word", "chunks"), [("水田", 0), ("ファイバー", 2), ("無線", 1)])
def test_words_of_a_removed_document_are_not_counted(smaller, word, chunks):
    assert smaller.document_frequency(word) == chunks


def test_chunks_added_after_a_removal_are_found_by_their_own_ids(smaller):
    added = Chunk(f"{MINUTES}-0007", MINUTES, "水田の水位計を置く。", ())
    smaller.replace([added], [words_in(added)], DOCUMENTS, [])
    assert list(smaller.search(terms("水田"), Filters(), 10)) == [added.chunk_id]
    assert set(smaller.passing(Filters(kind="minutes"))) == {added.chunk_id}
    assert smaller.document_frequency("水田") == 1


def test_the_words_of_a_chunk_come_back_as_they_were_read(words):
    held = words.words_of([chunk.chunk_id for chunk in CHUNKS])
    assert held == {chunk.chunk_id: words_in(chunk) for chunk in CHUNKS}
    assert words.words_of([CHUNKS[0].chunk_id, "f" * 12 + "-0000"]) == {
        CHUNKS[0].chunk_id: words_in(CHUNKS[0])
    }


def test_words_pushed_out_of_memory_are_read_again(words, monkeypatch):
    monkeypatch.setattr(words, "_read", Remembered(2))
    for chunk in CHUNKS * 2:
        assert words.words_of([chunk.chunk_id])[chunk.chunk_id] == words_in(chunk)


def test_an_index_opened_again_finds_the_same(smaller, tmp_path):
    again = WordIndex(tmp_path / "words")
    assert again.search(EVERYWHERE, Filters(), 10) == smaller.search(EVERYWHERE, Filters(), 10)


@pytest.mark.parametrize("name", ["meta.json", "chunk_ids.npy"])
def test_a_damaged_index_is_named(smaller, tmp_path, name):
    (tmp_path / "words" / name).write_text("{", encoding="utf-8")
    with pytest.raises(IndexDamagedError):
        WordIndex(tmp_path / "words")


def test_an_index_without_its_ids_is_damaged(smaller, tmp_path):
    (tmp_path / "words" / "chunk_ids.npy").unlink()
    with pytest.raises(IndexDamagedError):
        WordIndex(tmp_path / "words")
