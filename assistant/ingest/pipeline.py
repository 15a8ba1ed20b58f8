"""Documents through LlamaIndex: our node parser inside its IngestionPipeline.

`StructureNodeParser` does the work: structure, then chunks. The pipeline's docstore keeps the hash
of every document in the index and would leave out one that comes again unchanged; which documents
are cut is decided before (`assistant.sources`), so each is forgotten first and cut anew.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline
from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import BaseNode, Document, TextNode
from llama_index.core.storage.docstore import SimpleDocumentStore

from assistant.ingest.chunk import make_chunks
from assistant.ingest.clean import is_markdown
from assistant.ingest.structure import read_structure
from assistant.schema import Cell, Chunk, Kind, ReadDocument, Segment, page_of


class StructureNodeParser(NodeParser):
    """Cuts documents at headings, speaker turns and sentence ends.

    Each input document carries its pages in ``metadata["pages"]``; each node carries its chunk in
    ``metadata["chunk"]``, both as JSON, so that the nodes survive pickling and LlamaIndex's cache.
    """

    @classmethod
    def class_name(cls) -> str:
        """Name in LlamaIndex's serialization."""
        return "StructureNodeParser"

    def _parse_nodes(
        self, nodes: Sequence[BaseNode], show_progress: bool = False, **_: Any
    ) -> list[BaseNode]:
        parsed: list[BaseNode] = []
        for node in nodes:
            pages = tuple(page_of(page) for page in json.loads(node.metadata["pages"]))
            kind: Kind = node.metadata["kind"]
            markdown = bool(node.metadata["markdown"])
            sections = read_structure(pages, kind, markdown=markdown)
            parsed += [
                TextNode(
                    id_=chunk.chunk_id,
                    text=chunk.text,
                    metadata={"chunk": json.dumps(asdict(chunk), ensure_ascii=False)},
                )
                for chunk in make_chunks(node.node_id, pages, sections)
            ]
        return parsed


class ChunkPipeline:
    """An IngestionPipeline with its docstore kept in a file of the index."""

    def __init__(self, docstore: Path | None) -> None:
        """Start from a docstore written by `save`; None starts empty."""
        store = _known_documents(docstore)
        self._store = store
        self._pipeline = IngestionPipeline(
            transformations=[StructureNodeParser()],
            docstore=store,
            docstore_strategy=DocstoreStrategy.DUPLICATES_ONLY,
            disable_cache=True,
        )

    def chunks(self, documents: Sequence[ReadDocument]) -> list[Chunk]:
        """The chunks of the documents that the docstore has not seen, in order."""
        nodes = self._pipeline.run(
            documents=[_llama_document(read) for read in documents], store_doc_text=False
        )
        return [_chunk(json.loads(node.metadata["chunk"])) for node in nodes]

    def forget(self, doc_id: str) -> None:
        """Take a document out of the docstore."""
        self._store.delete_document(doc_id, raise_error=False)

    def save(self, path: Path) -> None:
        """Write the docstore."""
        self._store.persist(str(path))


def _known_documents(docstore: Path | None) -> SimpleDocumentStore:
    """The docstore of a file; empty where there is none or it cannot be read.

    An empty docstore only means that documents are cut again.
    """
    if docstore is None or not docstore.is_file():
        return SimpleDocumentStore()
    try:
        return SimpleDocumentStore.from_persist_path(str(docstore))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return SimpleDocumentStore()


def _llama_document(read: ReadDocument) -> Document:
    document = read.document
    return Document(
        id_=document.doc_id,
        text="\f".join(page.text for page in read.pages),
        metadata={
            "pages": json.dumps([asdict(page) for page in read.pages], ensure_ascii=False),
            # Two files with equal text are two documents: LlamaIndex compares text and metadata.
            "doc_id": document.doc_id,
            "kind": document.kind,
            "markdown": is_markdown(Path(document.source_path), read.pages),
        },
    )


def _chunk(row: dict[str, Any]) -> Chunk:
    segments = tuple(Segment(**segment) for segment in row["segments"])
    cells = tuple(Cell(*cell) for cell in row["cells"])
    return Chunk(**{**row, "segments": segments, "cells": cells})
