"""Documents cut by LlamaIndex: our transformation in its IngestionPipeline, with its cache.

The cache's key is all that a document is cut by, pages and description, and the transformation
with the source of its rules. So a rebuild, a correction that says the same and a run after one that
was broken off cut nothing again; a rule that changed cuts everything anew.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from llama_index.core.ingestion import IngestionCache, IngestionPipeline
from llama_index.core.schema import BaseNode, Document, MetadataMode, TextNode, TransformComponent
from pydantic import Field, TypeAdapter

from assistant.ingest.walk import cut
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk, ReadDocument

_READ, _DOCUMENT, _CHUNK = (
    TypeAdapter(ReadDocument),
    TypeAdapter(SourceDocument),
    TypeAdapter(Chunk),
)


@cache
def _rules() -> str:
    """SHA-256 of the modules by which documents are cut."""
    home = Path(__file__).parents[1]
    modules = (
        path for room in ("ingest", "japanese", "records") for path in (home / room).rglob("*.py")
    )
    source = b"".join(path.read_bytes() for path in sorted(modules))
    return hashlib.sha256(source).hexdigest()


class DocumentCutter(TransformComponent):
    """A document as read, in JSON, becomes a document with what its words say, and its chunks.

    The chunks' nodes carry them in ``metadata["chunk"]``, as JSON, so that all nodes survive
    pickling and the cache.
    """

    rules: str = Field(default_factory=_rules)
    """Part of the cache's key."""

    def __call__(self, nodes: Sequence[BaseNode], **_: Any) -> Sequence[BaseNode]:
        """Cut every document: itself comes first, then its chunks."""
        return [part for node in nodes for part in self._parts(node)]

    def _parts(self, node: BaseNode) -> Iterator[BaseNode]:
        document, chunks = cut(_READ.validate_json(node.get_content(MetadataMode.NONE)))
        yield Document(id_=document.doc_id, text=_DOCUMENT.dump_json(document).decode())
        for chunk in chunks:
            row = _CHUNK.dump_json(chunk).decode()
            yield TextNode(id_=chunk.chunk_id, text=chunk.text, metadata={"chunk": row})


def cut_kept(read: ReadDocument, folder: Path) -> tuple[SourceDocument, list[Chunk]]:
    """A document cut, see `assistant.ingest.walk.cut`, or as it was kept when it last came so.

    Args:
        read: as read.
        folder: holds the cache of every document, ``DOC_ID.json``; one that is damaged, or cannot
            be written, only means that the document is cut again.
    """
    path = folder / f"{read.document.doc_id}.json"
    # Where a file stands and why it is described as it is does not change what is cut from it.
    told = replace(read, document=replace(read.document, source_path=""), inferences=())
    source = Document(id_=read.document.doc_id, text=_READ.dump_json(told).decode())
    try:
        found, chunks = _run(source, IngestionCache.from_persist_path(str(path)), path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        found, chunks = _run(source, IngestionCache(), path)
    return replace(read.document, proceedings=found.proceedings), chunks


def _run(source: Document, kept: IngestionCache, path: Path) -> tuple[SourceDocument, list[Chunk]]:
    before = set(kept.cache.get_all(kept.collection))
    document, *nodes = IngestionPipeline(transformations=[DocumentCutter()], cache=kept).run(
        documents=[source]
    )
    cut_now = set(kept.cache.get_all(kept.collection)) - before
    if cut_now:
        for key in before:
            kept.cache.delete(key, kept.collection)
        with suppress(OSError):
            kept.persist(str(path))
    chunks = [_CHUNK.validate_json(node.metadata["chunk"]) for node in nodes]
    return _DOCUMENT.validate_json(document.get_content(MetadataMode.NONE)), chunks
