import pickle

import pytest
from llama_index.core.schema import Document

from assistant.ingest import pipeline
from assistant.ingest.pipeline import DocumentCutter, cut_kept
from assistant.ingest.readers import ReadResult
from assistant.ingest.walk import described
from assistant.records.documents import SourceDocument
from assistant.records.text import Page, ReadDocument


def read(doc_id, *texts, path="/市/資料.txt", kind="report"):
    paged = len(texts) > 1
    pages = tuple(Page(text, n if paged else None) for n, text in enumerate(texts, start=1))
    return ReadDocument(SourceDocument(doc_id, "資料", path, kind=kind), pages)


PLAN = read("aaaaaaaaaaaa", "通信網を整備する。")
NOTES = read(
    "bbbbbbbbbbbb", "議題 道路\n○山田座長　始めます。\n○佐藤構成員　賛成です。", kind="minutes"
)


@pytest.fixture
def cuts(monkeypatch):
    """How often a document was cut."""
    done, cut = [], pipeline.cut
    monkeypatch.setattr(pipeline, "cut", lambda read: done.append(read) or cut(read))
    return done


def found(chunks):
    return [(chunk.chunk_id, chunk.speaker, chunk.section, chunk.text) for chunk in chunks]


def test_a_document_becomes_chunks_in_order_and_minutes_know_their_proceedings(tmp_path):
    document, chunks = cut_kept(NOTES, tmp_path)
    assert found(chunks)[-2:] == [
        ("bbbbbbbbbbbb-0001", "山田座長", None, "始めます。"),
        ("bbbbbbbbbbbb-0002", "佐藤構成員", None, "賛成です。"),
    ]
    assert document.proceedings is not None
    assert cut_kept(PLAN, tmp_path)[0] == PLAN.document


def test_what_was_cut_is_kept_wherever_the_file_stands(tmp_path, cuts):
    first, chunks = cut_kept(NOTES, tmp_path)
    moved = read("bbbbbbbbbbbb", NOTES.pages[0].text, path="/町/控え.txt", kind="minutes")
    again, same = cut_kept(moved, tmp_path)
    assert len(cuts) == 1
    assert same == chunks
    assert (again.proceedings, again.source_path) == (first.proceedings, "/町/控え.txt")


@pytest.mark.parametrize("change", ["kind", "rules", "damage"])
def test_what_no_longer_holds_is_cut_again_and_alone_kept(tmp_path, cuts, monkeypatch, change):
    cut_kept(PLAN, tmp_path)
    document = PLAN
    if change == "kind":
        document = read("aaaaaaaaaaaa", "通信網を整備する。", kind="law")
    elif change == "rules":
        monkeypatch.setattr(pipeline.DocumentCutter.model_fields["rules"], "default_factory", str)
        DocumentCutter.model_rebuild(force=True)
    else:
        (tmp_path / "aaaaaaaaaaaa.json").write_text("{", encoding="utf-8")
    for _ in range(2):
        assert [c.text for c in cut_kept(document, tmp_path)[1]] == ["通信網を整備する。"]
    assert len(cuts) == 2
    [kept] = tmp_path.iterdir()
    assert kept.read_text(encoding="utf-8").count('"nodes"') == 1


@pytest.mark.parametrize(
    ("name", "text", "section"),
    [
        ("計画.md", "# 計画\n\n整備する。", "計画"),
        ("計画.txt", "# 計画\n\n## 目的\n\n整備する。", "計画 > 目的"),
        ("計画.txt", "# 計画\n\n整備する。", None),
    ],
)
def test_markdown_is_known_by_the_name_or_by_its_headings(tmp_path, name, text, section):
    document = described(tmp_path / name, "a", ReadResult((Page(text),)))
    assert cut_kept(document, tmp_path)[1][-1].section == section


def test_nodes_survive_pickling(tmp_path):
    source = Document(id_="a", text=pipeline._READ.dump_json(NOTES).decode())
    nodes = DocumentCutter()([source])
    assert pickle.loads(pickle.dumps(nodes)) == nodes
    assert [node.text for node in nodes[-2:]] == ["始めます。", "賛成です。"]
