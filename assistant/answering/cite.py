"""Citations: from a place in a passage to quotes verified in their source, and who said them."""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from assistant.answering.ground import Quote, is_found, lines_of, quotes_of
from assistant.records.answers import Citation, Passage
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk, Page

Pages = Callable[[str], tuple[Page, ...]]
"""The pages of a document as read, by its id."""


def citations_of(
    passage: Passage, start: int, end: int, number: int, pages_of: Pages
) -> list[Citation]:
    """The quotes behind ``passage.chunk.text[start:end]``, numbered from `number`.

    Returns:
        One citation, or several across breaks; none where a quote is not found in its source.
    """
    chunk, document = passage.chunk, passage.document
    pages = pages_of(chunk.doc_id)
    verified = source_is_unchanged(document)
    citations: list[Citation] = []
    for quote in quotes_of(chunk, start, end, pages):
        page = pages[quote.page]
        line_start, line_end = lines_of(quote, pages)
        if not is_found(quote.text, page, line_start, line_end):
            return []
        citations.append(
            Citation(
                number=number + len(citations),
                quote=quote.text,
                chunk=_holder(passage, quote),
                document=document,
                verified=verified and not page.ocr,
                page=page.page,
                page_label=page.label,
                line_start=line_start,
                line_end=line_end,
                locator=page.locator,
                ocr=page.ocr,
            )
        )
    return citations


def _holder(passage: Passage, quote: Quote) -> Chunk:
    """The chunk that a quote begins in, of those that a grown passage was put together from."""
    for chunk in passage.grown:
        for segment in chunk.segments:
            begins = quote.start - segment.source_start
            if segment.page == quote.page and 0 <= begins < segment.length:
                return chunk
    return passage.chunk


def source_is_unchanged(document: SourceDocument) -> bool:
    """Whether the file still holds what was indexed; hashed again only when it was touched."""
    path = Path(document.source_path)
    try:
        state = path.stat()
        return _digest(path, state.st_mtime_ns, state.st_size) == document.doc_id
    except OSError:
        return False


@lru_cache(maxsize=1024)
def _digest(path: Path, _modified: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
