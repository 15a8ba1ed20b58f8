import json
import pickle

import pytest

from assistant.ingest.pipeline import ChunkPipeline, StructureNodeParser, _chunk, _llama_document
from assistant.schema import Page, ReadDocument, SourceDocument


def read(doc_id, *texts, path="/市/資料.txt", kind="report"):
    paged = len(texts) > 1
    pages = tuple(Page(text, n if paged else None) for n, text in enumerate(texts, start=1))
    return ReadDocument(SourceDocument(doc_id, "資料", path, kind=kind), pages)


PLAN = read("aaaaaaaaaaaa", "通信網を整備する。")
NOTES = read("bbbbbbbbbbbb", "○山田座長　始めます。\n○佐藤構成員　賛成です。", kind="minutes")


def found(chunks):
    return [(chunk.chunk_id, chunk.speaker, chunk.section, chunk.text) for chunk in chunks]


PLAN_CHUNKS = [("aaaaaaaaaaaa-0000", None, None, "通信網を整備する。")]
NOTES_CHUNKS = [
    ("bbbbbbbbbbbb-0000", "山田座長", None, "始めます。"),
    ("bbbbbbbbbbbb-0001", "佐藤構成員", None, "賛成です。"),
]


def test_documents_become_chunks_in_order():
    assert found(ChunkPipeline(None).chunks([NOTES, PLAN])) == NOTES_CHUNKS + PLAN_CHUNKS


def test_a_document_that_comes_again_gives_no_chunks():
    pipeline = ChunkPipeline(None)
    pipeline.chunks([PLAN])
    assert found(pipeline.chunks([PLAN, NOTES])) == NOTES_CHUNKS


def test_a_saved_docstore_remembers_its_documents(tmp_path):
    pipeline = ChunkPipeline(None)
    pipeline.chunks([PLAN])
    pipeline.save(tmp_path / "docstore.json")
    reopened = ChunkPipeline(tmp_path / "docstore.json")
    assert found(reopened.chunks([PLAN, NOTES])) == NOTES_CHUNKS


def test_a_forgotten_document_gives_its_chunks_again():
    pipeline = ChunkPipeline(None)
    pipeline.chunks([PLAN, NOTES])
    pipeline.forget(PLAN.document.doc_id)
    assert found(pipeline.chunks([PLAN, NOTES])) == PLAN_CHUNKS


def test_forgetting_an_unknown_document_does_nothing():
    pipeline = ChunkPipeline(None)
    pipeline.forget("cccccccccccc")
    assert found(pipeline.chunks([PLAN])) == PLAN_CHUNKS


def test_another_file_with_the_same_text_is_another_document():
    same = read("cccccccccccc", "通信網を整備する。")
    chunks = ChunkPipeline(None).chunks([PLAN, same])
    assert [chunk.doc_id for chunk in chunks] == ["aaaaaaaaaaaa", "cccccccccccc"]


@pytest.mark.parametrize(
    ("path", "text", "section"),
    [
        ("/市/計画.md", "# 計画\n\n整備する。", "計画"),
        ("/市/計画.txt", "# 計画\n\n## 目的\n\n整備する。", "計画 > 目的"),
        ("/市/計画.txt", "# 計画\n\n整備する。", None),
    ],
)
def test_markdown_is_known_by_the_name_or_by_its_headings(path, text, section):
    chunks = ChunkPipeline(None).chunks([read("a", text, path=path)])
    assert chunks[-1].section == section


def test_nodes_survive_pickling_with_their_chunks():
    document = read("a", "第１章　費用\n費用は８億円である。", "維持の費用は利用料で賄う。")
    nodes = StructureNodeParser()([_llama_document(document)])
    revived = pickle.loads(pickle.dumps(nodes))
    chunks = [_chunk(json.loads(node.metadata["chunk"])) for node in revived]
    assert chunks == ChunkPipeline(None).chunks([document])
