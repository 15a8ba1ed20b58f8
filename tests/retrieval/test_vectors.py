import shutil

import numpy as np
import pytest

from assistant.errors import IndexDamagedError
from assistant.records.text import Chunk, Segment
from assistant.retrieval.vectors import VectorIndex

# More rows than Chroma takes in one batch (5,461) and than it keeps outside its graph (1,000).
MANY = 6000


def unit(*numbers):
    vector = np.array(numbers, dtype=np.float32)
    return vector / np.linalg.norm(vector)


def chunk(number, doc_id="a" * 12, **fields):
    return Chunk(f"{doc_id}-{number:04d}", doc_id, f"文{number}", (Segment(0, 0, 0, 2),), **fields)


@pytest.fixture
def opened(tmp_path):
    """Open the store of this test; all are closed at the end."""
    stores = []

    def open_store():
        stores.append(VectorIndex(tmp_path / "vectors", create=True))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture
def store(opened):
    """Three chunks of two documents."""
    made = opened()
    chunks = [chunk(0), chunk(1), chunk(0, "b" * 12)]
    made.replace(chunks, np.stack([unit(1, 0), unit(1, 1), unit(0, 1)]), [])
    return made


def test_the_nearest_comes_first_with_its_cosine(store):
    found = store.search(unit(1, 0), 3, None)
    assert list(found) == ["aaaaaaaaaaaa-0000", "aaaaaaaaaaaa-0001", "bbbbbbbbbbbb-0000"]
    assert list(found.values()) == pytest.approx([1, 0.5**0.5, 0], abs=1e-5)


@pytest.mark.parametrize(
    ("limit", "ids", "found"),
    [
        (1, None, ["aaaaaaaaaaaa-0000"]),
        (99, {"bbbbbbbbbbbb-0000"}, ["bbbbbbbbbbbb-0000"]),
        (99, set(), []),
        (1, {"bbbbbbbbbbbb-0000", "aaaaaaaaaaaa-0001"}, ["aaaaaaaaaaaa-0001"]),
    ],
)
def test_a_search_keeps_to_the_limit_and_to_the_chunks_named(store, limit, ids, found):
    assert list(store.search(unit(1, 0), limit, ids)) == found


def test_an_empty_store_finds_nothing(opened):
    assert opened().search(unit(1, 0), 5, None) == {}


@pytest.mark.parametrize(
    "written",
    [
        chunk(7),
        Chunk(
            chunk_id="cccccccccccc-0001",
            doc_id="c" * 12,
            text="一行目\n二行目①㈱",
            segments=(Segment(0, 0, 5, 3), Segment(4, 1, 0, 5)),
            section="章 > 節",
            speaker="佐藤構成員",
            role="構成員",
            page=2,
            page_label="ii",
            line_start=None,
            line_end=None,
            tokens=12,
        ),
        chunk(8, line_start=3, line_end=5),
    ],
)
def test_a_chunk_comes_back_as_it_was_written(store, written):
    store.replace([written], unit(1, 1)[np.newaxis], [])
    assert store.chunks([written.chunk_id]) == {written.chunk_id: written}


def test_unknown_chunks_are_left_out(store):
    assert list(store.chunks(["aaaaaaaaaaaa-0001", "ffffffffffff-0000"])) == ["aaaaaaaaaaaa-0001"]


def test_more_ids_than_a_statement_of_sqlite_takes_may_be_asked_for(store):
    ids = [f"{'f' * 12}-{number:05d}" for number in range(40_000)]
    assert list(store.chunks([*ids, "aaaaaaaaaaaa-0001"])) == ["aaaaaaaaaaaa-0001"]


def test_no_ids_give_no_chunks(store):
    assert store.chunks([]) == {}


@pytest.mark.parametrize(
    ("doc_ids", "ids"),
    [
        (["a" * 12], {"aaaaaaaaaaaa-0000", "aaaaaaaaaaaa-0001"}),
        (["b" * 12, "f" * 12], {"bbbbbbbbbbbb-0000"}),
        ([], set()),
    ],
)
def test_the_chunks_of_documents_are_known(store, doc_ids, ids):
    assert set(store.ids_of(doc_ids)) == ids


def test_replacing_takes_out_and_puts_in(store):
    store.replace([chunk(5)], unit(1, 0)[np.newaxis], ["aaaaaaaaaaaa-0000", "aaaaaaaaaaaa-0001"])
    assert set(store.search(unit(1, 0), 9, None)) == {"aaaaaaaaaaaa-0005", "bbbbbbbbbbbb-0000"}


def test_a_sound_store_has_lost_no_vector(store):
    assert store.lost_vectors() == []


def test_a_store_opened_again_finds_the_same(store, opened):
    before = store.search(unit(1, 0), 3, None)
    store.close()
    assert opened().search(unit(1, 0), 3, None) == before


def test_closing_one_reader_leaves_another_working(store, opened):
    other = opened()
    store.close()
    assert other.count() == 3


def test_a_damaged_store_is_named(store, opened, tmp_path):
    store.close()
    (tmp_path / "vectors" / "chroma.sqlite3").write_bytes(b"not a database" * 100)
    with pytest.raises(IndexDamagedError):
        opened()


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Folder of a closed store with many chunks, their ids and vectors."""
    folder = tmp_path_factory.mktemp("large")
    vectors = np.random.default_rng(1).normal(size=(MANY, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    chunks = [chunk(number) for number in range(MANY)]
    store = VectorIndex(folder, create=True)
    store.replace(chunks, vectors, [])
    store.close()
    return folder, [row.chunk_id for row in chunks], vectors


@pytest.fixture
def large_store(large):
    store = VectorIndex(large[0])
    yield store
    store.close()


def test_more_chunks_than_one_batch_holds_are_written(large_store):
    assert large_store.count() == MANY


def test_a_search_may_be_restricted_to_many_chunks(large, large_store):
    _, ids, vectors = large
    assert next(iter(large_store.search(vectors[4321], 3, set(ids)))) == ids[4321]


@pytest.mark.parametrize("share", [0.001, 0.02, 0.1, 0.3, 0.9])
def test_a_restricted_search_finds_the_nearest_of_what_it_may_find(large, large_store, share):
    _, ids, vectors = large
    generator = np.random.default_rng(int(1000 * share))
    allowed = generator.random(MANY) < share
    question = vectors[int(generator.integers(MANY))]
    nearest = np.argsort(-np.where(allowed, vectors @ question, -2))[:20]
    found = large_store.search(question, 20, {i for i, ok in zip(ids, allowed, strict=True) if ok})
    assert set(found) <= {ids[place] for place in np.flatnonzero(allowed)}
    expected = [ids[place] for place in nearest[: int(allowed.sum())]]
    assert len(set(found) & set(expected)) >= 0.9 * min(len(expected), 20)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_what_is_allowed_and_far_from_the_question_is_found_too(large, large_store):
    _, ids, vectors = large
    order = np.argsort(vectors @ vectors[0])
    far = {ids[place] for place in order[: MANY // 2]}
    found = large_store.search(vectors[0], 20, far)
    assert len(found) == 20
    assert set(found) <= far


def test_many_chunks_are_read_at_once(large, large_store):
    assert len(large_store.chunks(large[1])) == MANY


def test_a_large_sound_store_has_lost_no_vector(large_store):
    assert large_store.lost_vectors() == []


def test_rows_with_equal_vectors_are_no_damage(opened):
    """As in a long table of numbers: HNSW leaves about 70 of these 1,000 out of reach."""
    distinct = np.random.default_rng(1).normal(size=(403, 8)).astype(np.float32)
    distinct /= np.linalg.norm(distinct, axis=1, keepdims=True)
    vectors = distinct[np.repeat(np.arange(403), [200] * 3 + [1] * 400)]
    store = opened()
    store.replace([chunk(number) for number in range(1000)], vectors, [])
    assert store.lost_vectors() == []


def test_a_store_whose_graph_is_gone_does_not_pass_unnoticed(large, tmp_path):
    shutil.copytree(large[0], tmp_path / "vectors")
    (graph,) = (path for path in (tmp_path / "vectors").iterdir() if path.is_dir())
    shutil.rmtree(graph)
    store = VectorIndex(tmp_path / "vectors", create=True)
    try:
        lost = store.lost_vectors()
    except IndexDamagedError:
        lost = ["all"]
    finally:
        store.close()
    assert lost
