"""What is known of a document, and why: title, publisher, date, kind, status, meeting, number.

The later of these overrides the earlier: what the text, the file's own metadata and its name let
infer; the catalogue of known originals; front matter; the file ``NAME.meta.toml`` beside it. What
nothing says stays unknown. Of every field the evidence is kept (`Inference`).
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.ingest.catalog import CatalogEntry, with_catalog
from assistant.ingest.clean import is_markdown, printed_labels, seen_page
from assistant.ingest.imprint import (
    infer_meeting,
    infer_number,
    infer_published,
    infer_publisher,
)
from assistant.ingest.opening import file_line, read_marks, read_opening
from assistant.ingest.readers import Properties
from assistant.ingest.stage import infer_kind, infer_status
from assistant.ingest.stated import (
    blank_front_matter,
    front_matter,
    sidecar_of,
    with_front_matter,
    with_sidecar,
)
from assistant.ingest.titles import infer_title
from assistant.records.documents import Inference, SourceDocument
from assistant.records.text import Page

_OPENING_PAGES = 5
_NO_PROPERTIES = Properties()
_RECOGNISED = "文字認識(OCR)で読んだ文字によります"


@dataclass(frozen=True, slots=True)
class Description:
    """A document's fields, and for each of them where its value comes from."""

    document: SourceDocument
    inferences: tuple[Inference, ...]
    """At most one for each field, in the order of the fields."""


def describe(
    path: Path,
    doc_id: str,
    pages: tuple[Page, ...],
    *,
    title: str | None = None,
    properties: Properties = _NO_PROPERTIES,
    catalog: tuple[CatalogEntry, ...] = (),
) -> Description:
    """Describe a document.

    Args:
        path: where the file stands; a file ``NAME.meta.toml`` beside it is read.
        doc_id: see `SourceDocument.doc_id`.
        pages: as read.
        title: the title in the file's own metadata; None where it has none.
        properties: what else the file says of its document.
        catalog: known originals.

    Raises:
        ReadError: front matter or sidecar are not TOML, or a field in them cannot be used.
    """
    stated = front_matter(pages)
    document, inferred = _inferred(path, doc_id, blank_front_matter(pages), title, properties)
    sources = {inference.field: inference for inference in inferred}
    if stated.get("edition") == "digest":
        # A summary speaks of another document's date and stage: nothing is inferred from it.
        document, sources = SourceDocument(doc_id, document.title, str(path)), {}
    if stated:
        document, given = with_front_matter(document, stated)
        sources |= {inference.field: inference for inference in given}
    text = "\n".join(page.text for page in pages[:_OPENING_PAGES])
    document, known = with_catalog(document, text, catalog, stated=frozenset(stated))
    sources |= {inference.field: inference for inference in known}
    sidecar = sidecar_of(path)
    if sidecar:
        document, corrected = with_sidecar(document, sidecar)
        sources |= {inference.field: inference for inference in corrected}
    order = list(SourceDocument.__dataclass_fields__)
    return Description(
        document, tuple(sorted(sources.values(), key=lambda source: order.index(source.field)))
    )


def prepared_pages(pages: tuple[Page, ...]) -> tuple[Page, ...]:
    """Pages as they are quoted from: front matter blanked out, printed numbers filled in."""
    return printed_labels(blank_front_matter(pages))


def _inferred(
    path: Path,
    doc_id: str,
    pages: tuple[Page, ...],
    metadata_title: str | None,
    properties: Properties,
) -> tuple[SourceDocument, list[Inference]]:
    if is_markdown(path, pages):
        pages = tuple(seen_page(page) for page in pages)
    lines, file, marks = read_opening(pages), file_line(path), read_marks(pages)
    title = infer_title(path, pages, lines, metadata_title, properties.outline)
    kind = infer_kind(title, file, pages)
    found = [
        title,
        infer_publisher(lines, pages, properties.author),
        infer_published(lines, pages, path, properties.created),
        kind,
        infer_status(kind.value or "", title, lines, file, marks),
        infer_meeting(title, lines, path),
        infer_number([*lines, *marks], path),
    ]
    recognised = {f"{page.page}ページ" for page in pages if page.ocr}
    inferences = [
        replace(i, doubt=i.doubt or _RECOGNISED) if i.place.split(" ")[0] in recognised else i
        for i in found
        if i
    ]
    fields: dict[str, Any] = {i.field: i.value for i in inferences if i.value is not None}
    return SourceDocument(doc_id, source_path=str(path), **fields), inferences
