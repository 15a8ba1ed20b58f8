"""The walk of a file that was read: describe → prepare its pages → structure → chunks.

`described` may refuse a file, so it goes with the reading; `cut` never does, and its result depends
on what it is given alone, so it can be kept (`assistant.ingest.pipeline`).
"""

from pathlib import Path

from assistant.ingest.catalog import CatalogEntry
from assistant.ingest.chunk import make_chunks
from assistant.ingest.clean import is_markdown
from assistant.ingest.metadata import describe, prepared_pages
from assistant.ingest.minutes import split_minutes, with_proceedings
from assistant.ingest.readers import ReadResult
from assistant.ingest.structure import minutes_structure, read_structure
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk, ReadDocument, Section


def described(
    path: Path, doc_id: str, result: ReadResult, catalog: tuple[CatalogEntry, ...] = ()
) -> ReadDocument:
    """A file that was read, with what is known of it; for arguments and errors see `describe`."""
    found = describe(
        path,
        doc_id,
        result.pages,
        title=result.title,
        properties=result.properties,
        catalog=catalog,
    )
    pages = prepared_pages(result.pages)
    return ReadDocument(found.document, pages, found.inferences, is_markdown(path, pages))


def structured(read: ReadDocument) -> tuple[SourceDocument, list[Section]]:
    """The document, minutes with their agenda and attendance, and its sections."""
    document, pages, markdown = read.document, read.pages, read.markdown
    if document.kind != "minutes":
        return document, read_structure(pages, document.kind, markdown=markdown)
    head, turns = split_minutes(pages, markdown=markdown)
    sections = minutes_structure(head, turns, pages, markdown=markdown)
    return with_proceedings(document, head, turns), sections


def cut(read: ReadDocument) -> tuple[SourceDocument, list[Chunk]]:
    """The document as `structured` gives it, and its chunks in order."""
    document, sections = structured(read)
    return document, make_chunks(document.doc_id, read.pages, sections)
