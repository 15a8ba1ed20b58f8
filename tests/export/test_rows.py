"""The JSON that scripts rely on: every key of the contract, null where a thing is not known."""

import json

import pytest

from assistant.export.rows import answer_row, citation_row, ingest_row, passage_row, search_row
from assistant.records.answers import (
    Answer,
    Citation,
    Filters,
    Found,
    Match,
    Passage,
    Provenance,
    Statement,
    Why,
)
from assistant.records.documents import Original, SourceDocument
from assistant.records.reports import IngestReport, Partly, Skipped
from assistant.records.text import Chunk

UNKNOWN = SourceDocument("a" * 12, "題名", "/資料/a.txt")
UNKNOWN_SOURCE = {
    "doc_id": "a" * 12,
    "title": "題名",
    "publisher": None,
    "published": None,
    "kind": "other",
    "status": "unknown",
    "superseded_by": None,
    "url": None,
    "edition": "original",
    "original": None,
    "speaker": None,
    "role": None,
    "organisation": None,
    "agenda": None,
    "voice": None,
    "claim": None,
    "section": None,
    "page": None,
    "page_label": None,
    "line_start": None,
    "line_end": None,
    "locator": None,
    "source_path": "/資料/a.txt",
}
BARE = Chunk("aaaaaaaaaaaa-0000", "a" * 12, "本文", ())

KNOWN = SourceDocument(
    doc_id="b" * 12,
    title="要約",
    source_path="/資料/b.pdf",
    publisher="みどり市",
    published="2024-04-24",
    kind="minutes",
    status="minutes",
    meeting="第6回",
    superseded_by="報告書(2024-09-13)",
    url="https://www.example.lg.jp/outline.pdf",
    edition="digest",
    original=Original("原本", "みどり県", "2024-04-01", "draft", "https://example.jp/"),
)
KNOWN_SOURCE = {
    "doc_id": "b" * 12,
    "title": "要約",
    "publisher": "みどり市",
    "published": "2024-04-24",
    "kind": "minutes",
    "status": "minutes",
    "superseded_by": "報告書(2024-09-13)",
    "url": "https://www.example.lg.jp/outline.pdf",
    "edition": "digest",
    "original": {
        "title": "原本",
        "publisher": "みどり県",
        "date": "2024-04-01",
        "status": "draft",
        "url": "https://example.jp/",
    },
    "speaker": "越塚構成員",
    "role": "構成員",
    "organisation": "みどり大学",
    "agenda": "意見交換",
    "voice": "opinion",
    "claim": None,
    "section": "章 > 節",
    "page": 3,
    "page_label": "1",
    "line_start": None,
    "line_end": None,
    "locator": None,
    "source_path": "/資料/b.pdf",
}
FULL = Chunk(
    chunk_id="bbbbbbbbbbbb-0004",
    doc_id="b" * 12,
    text="本文",
    segments=(),
    section="章 > 節",
    speaker="越塚構成員",
    role="構成員",
    organisation="みどり大学",
    agenda="意見交換",
    voice="opinion",
    page=3,
    page_label="1",
)

PROVENANCE = {
    "index_id": "0123456789ab",
    "prompt": None,
    "model": None,
    "embedding": "sif-1",
    "reranker": None,
    "reader": False,
    "input_tokens": 0,
    "output_tokens": 0,
    "unverified": 0,
}


@pytest.mark.parametrize(
    ("chunk", "document", "source"),
    [(BARE, UNKNOWN, UNKNOWN_SOURCE), (FULL, KNOWN, KNOWN_SOURCE)],
)
def test_a_passage(chunk, document, source):
    assert passage_row(Passage(2, 0.12345678, chunk, document)) == {
        "rank": 2,
        "score": 0.123457,
        "chunk_id": chunk.chunk_id,
        "text": "本文",
        **source,
        "also": [],
    }


def test_a_passage_explained_with_its_twins():
    why = Why({"語": 0.75, "確定": 0.03}, (Match("役場", "自治体", 0.84),))
    twin = Passage(1, 0.5, FULL, KNOWN)
    row = passage_row(Passage(1, 0.78, BARE, UNKNOWN, why, (twin,)), explain=True)
    assert row["why"] == {
        "signals": {"語": 0.75, "確定": 0.03},
        "matches": [{"concept": "役場", "held": "自治体", "met": 0.84}],
    }
    assert row["also"] == [{"chunk_id": FULL.chunk_id, **KNOWN_SOURCE}]


def test_a_citation_gives_the_place_of_its_quote_not_of_its_chunk():
    citation = Citation(1, "引用", FULL, KNOWN, page=4, page_label=None, line_start=7, line_end=8)
    assert citation_row(citation) == {
        "number": 1,
        "chunk_id": "bbbbbbbbbbbb-0004",
        "quote": "引用",
        "verified": True,
        "ocr": False,
        **KNOWN_SOURCE,
        "page": 4,
        "page_label": None,
        "line_start": 7,
        "line_end": 8,
    }


def test_an_answer():
    citation = Citation(1, "引用", BARE, UNKNOWN, None, None, 1, 2)
    answer = Answer(
        question="問い",
        answer="文[1]",
        refused=False,
        reason=None,
        mode="extractive",
        statements=(Statement("文", (1,), "越塚構成員(第6回議事録, 2024-04-24)", "仮説"),),
        citations=(citation,),
        notes=("注意",),
        as_of="2025-07-29",
        nearest=(),
        provenance=Provenance("0123456789ab", "sif-1"),
        seconds=0.1,
    )
    assert answer_row(answer, "q1") == {
        "id": "q1",
        "question": "問い",
        "answer": "文[1]",
        "outcome": "answer",
        "refused": False,
        "reason": None,
        "mode": "extractive",
        "statements": [
            {
                "text": "文",
                "cells": [],
                "attribution": "越塚構成員(第6回議事録, 2024-04-24)",
                "label": "仮説",
                "citations": [1],
            }
        ],
        "citations": [citation_row(citation)],
        "notes": ["注意"],
        "as_of": "2025-07-29",
        "nearest": [],
        "weighed": None,
        "unverified": [],
        "standalone": None,
        "filters": {},
        "provenance": PROVENANCE,
        "seconds": 0.1,
    }


def test_a_refusal():
    passage = Passage(1, 0.5, BARE, UNKNOWN)
    answer = Answer(
        question="問い",
        answer="見つかりませんでした。",
        refused=True,
        reason="no_evidence",
        mode="extractive",
        statements=(),
        citations=(),
        notes=(),
        as_of=None,
        nearest=(passage,),
        provenance=Provenance("0123456789ab", "sif-1"),
    )
    assert answer_row(answer) == {
        "id": None,
        "question": "問い",
        "answer": "見つかりませんでした。",
        "outcome": "refused",
        "refused": True,
        "reason": "no_evidence",
        "mode": "extractive",
        "statements": [],
        "citations": [],
        "notes": [],
        "as_of": None,
        "nearest": [passage_row(passage)],
        "weighed": None,
        "unverified": [],
        "standalone": None,
        "filters": {},
        "provenance": PROVENANCE,
        "seconds": 0.0,
    }


@pytest.mark.parametrize(
    ("filters", "row"),
    [
        (Filters(), {}),
        (
            Filters("minutes", "draft", "2024-01-01", "2024-12-31", "越塚"),
            {
                "kind": "minutes",
                "status": "draft",
                "since": "2024-01-01",
                "until": "2024-12-31",
                "speaker": "越塚",
            },
        ),
    ],
)
def test_a_search(filters, row):
    passage = Passage(1, 0.5, BARE, UNKNOWN)
    found = Found((passage,), filters, ("条件を外して探しました。",))
    assert search_row("q1", "問い", found, 0.123456) == {
        "id": "q1",
        "query": "問い",
        "filters": row,
        "notes": ["条件を外して探しました。"],
        "results": [passage_row(passage)],
        "seconds": 0.1235,
    }


def test_an_ingest():
    report = IngestReport(
        added=("/a", "/b"),
        updated=("/c",),
        unchanged=("/d", "/e", "/f"),
        removed=("/g",),
        skipped=(Skipped("/h", "空のファイルです。", "置き直してください。"),),
        partly=(Partly("/a", (2, 5), "文字がありません。"),),
        duplicates=("/f",),
        index_id="0123456789ab",
        chunks=42,
        seconds=1.239,
    )
    assert ingest_row(report) == {
        "files": 7,
        "added": ["/a", "/b"],
        "updated": ["/c"],
        "unchanged": ["/d", "/e", "/f"],
        "removed": ["/g"],
        "skipped": [
            {"path": "/h", "reason": "空のファイルです。", "remedy": "置き直してください。"}
        ],
        "partly": [{"path": "/a", "pages": [2, 5], "reason": "文字がありません。"}],
        "duplicates": ["/f"],
        "index_id": "0123456789ab",
        "chunks": 42,
        "seconds": 1.24,
    }


def test_rows_of_real_answers_are_json(assistant):
    row = answer_row(assistant.ask("補助率と上限額はいくらですか"))
    assert json.loads(json.dumps(row, ensure_ascii=False)) == row
