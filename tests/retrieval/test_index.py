import json
import pathlib

import pytest
from towns import Town

from assistant.errors import IndexDamagedError, IndexMissingError, IndexVersionError
from assistant.records.documents import Original
from assistant.retrieval.index import (
    Index,
    Vocabulary,
    current_generation,
    read_files,
    read_manifest,
)

FORMAT_6 = pathlib.Path(__file__).parents[1] / "data" / "index_format_6"
"""The pointer and the manifest of an index as the version before wrote them."""


@pytest.fixture
def town(tmp_path, index_root):
    return Town.copied(tmp_path, index_root)


def alter_manifest(town, **fields):
    path = town.folder() / "manifest.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, **fields}), encoding="utf-8")


def test_the_manifest_lists_files_and_documents(index, documents):
    paths = sorted(str(path) for path in documents.iterdir())
    assert [record.path for record in index.manifest.files] == paths
    assert sorted(d.source_path for d in index.manifest.documents.values()) == paths


def test_a_digest_keeps_what_is_known_of_its_original(index):
    (digest,) = (d for d in index.manifest.documents.values() if d.title.startswith("農業"))
    assert digest.original == Original(
        "農業データ連携検討会 中間整理", "みどり県", "2024-08-20", "interim"
    )


def test_only_the_digest_whose_original_is_indexed_yields(index):
    titles = [index.manifest.documents[doc_id].title for doc_id in index.hidden]
    assert titles == ["推進懇談会 骨子案の要約"]


def test_pages_are_kept_as_read(index):
    for doc_id, document in index.manifest.documents.items():
        (page,) = index.pages(doc_id)
        with pathlib.Path(document.source_path).open(encoding="utf-8") as file:
            source = file.read()
        assert page.text.strip()
        assert source.endswith(page.text.lstrip())
        assert page.text.count("\n") == source.count("\n")


def test_no_index_at_the_place_named(tmp_path):
    with pytest.raises(IndexMissingError):
        Index(tmp_path / "nowhere")


def test_looking_for_an_index_makes_no_folder(tmp_path):
    with pytest.raises(IndexMissingError):
        Index(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_an_index_whose_documents_were_all_removed_is_as_good_as_none(tmp_path, index_root):
    town = Town.made(tmp_path, index_root)
    only = town.write("only.txt", "一つだけの文書に書かれた一つの文です。\n")
    town.ingest()
    only.unlink()
    town.ingest()
    with pytest.raises(IndexMissingError):
        Index(town.root)


@pytest.mark.parametrize("fields", [{"format": 0}, {"format": 999}, {"embedding": "other-1.0"}])
def test_an_index_of_another_version_is_refused(town, fields):
    alter_manifest(town, **fields)
    with pytest.raises(IndexVersionError):
        Index(town.root)


def test_an_index_of_format_6_names_the_way_out():
    with pytest.raises(IndexVersionError) as caught:
        Index(FORMAT_6)
    assert "regional-dx index rebuild" in caught.value.remedy


def test_the_files_of_another_versions_index_are_still_known(town):
    files = town.manifest().files
    alter_manifest(town, format=0, embedding="other-1.0")
    assert read_files(town.root) == files


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"format": 1}', '{"format": 1, "embedding": null}']
)
def test_a_damaged_manifest_is_named(town, content):
    (town.folder() / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises((IndexDamagedError, IndexVersionError)):
        read_manifest(town.folder())


@pytest.mark.parametrize("name", ["gen-99", "", "../elsewhere"])
def test_a_pointer_to_a_missing_generation_is_named(town, name):
    (town.root / "CURRENT").write_text(name, encoding="utf-8")
    with pytest.raises(IndexDamagedError):
        current_generation(town.root)


@pytest.mark.parametrize(
    "part", ["vectors", "words", "sif.json", "vocabulary.txt", "vocabulary.npy"]
)
def test_a_missing_part_is_named(town, part):
    path = town.folder() / part
    path.rename(path.with_name("away"))
    with pytest.raises(IndexDamagedError):
        Index(town.root).close()


def test_a_damaged_page_text_is_named(town):
    opened = Index(town.root)
    doc_id = next(iter(opened.manifest.documents))
    (opened.folder / "pages" / f"{doc_id}.json").write_text('[{"text": "みど', encoding="utf-8")
    with pytest.raises(IndexDamagedError):
        opened.pages(doc_id)
    opened.close()


def test_the_same_contents_have_the_same_id_wherever_they_stand(
    tmp_path, index, index_root, documents
):
    town = Town.made(tmp_path, index_root, documents)
    report = town.ingest()
    assert report.index_id == town.manifest().index_id == index.manifest.index_id


TERMS = ["通信", "交通", "バス", "企業", "会社", "農業"]


@pytest.fixture(scope="module")
def vocabulary(word_vectors):
    return Vocabulary(TERMS, word_vectors.rows(TERMS), word_vectors)


@pytest.mark.parametrize(
    ("word", "nearest"), [("鉄道", "交通"), ("法人", "企業"), ("農家", "農業")]
)
def test_the_nearest_word_of_the_index_is_found(vocabulary, word, nearest):
    assert vocabulary.nearest([word], 1)[word][0][0] == nearest


@pytest.mark.parametrize("word", ["qzxvqzxv", ""])
def test_an_unknown_word_has_no_neighbours(vocabulary, word):
    assert vocabulary.nearest([word], 5) == {word: []}


def test_a_word_is_not_its_own_neighbour(vocabulary):
    assert "企業" not in dict(vocabulary.nearest(["企業"], 5)["企業"])


def test_neighbours_come_nearest_first(vocabulary):
    similarities = [similarity for _, similarity in vocabulary.nearest(["会社"], 5)["会社"]]
    assert len(similarities) == 5
    assert similarities == sorted(similarities, reverse=True)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_no_more_neighbours_than_asked_for(vocabulary, count):
    assert len(vocabulary.nearest(["電車"], count)["電車"]) == count


def test_words_asked_for_together_have_the_neighbours_they_have_alone(vocabulary, word_vectors):
    words = ["電車", "qzxvqzxv", "商社", "会社"]
    alone = Vocabulary(TERMS, word_vectors.rows(TERMS), word_vectors)
    together = vocabulary.nearest(words, 3)
    assert list(together) == words
    for word in words:
        (apart,) = alone.nearest([word], 3).values()
        assert [term for term, _ in together[word]] == [term for term, _ in apart]
        assert dict(together[word]) == pytest.approx(dict(apart), abs=1e-5)
