"""The catalogue of known originals: what is on public record beyond a document's own text."""

import tomllib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from assistant.japanese.width import squeeze
from assistant.schema import Kind, SourceDocument, Status

# The phrases that identify an original stand in its opening pages.
_OPENING_CHARACTERS = 3000


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """One known original and how to recognise it."""

    title: str
    phrases: tuple[str, ...]
    """All of them occur in the opening of the original (NFKC, white space removed)."""
    publisher: str | None = None
    published: str | None = None
    kind: Kind = "other"
    status: Status = "unknown"
    superseded_by: str | None = None


def load_catalog(path: Path) -> tuple[CatalogEntry, ...]:
    """Read a catalogue file; a missing file is an empty catalogue.

    Raises:
        InputError: the file is not TOML or an entry has an unknown or missing field.
    """
    if not path.is_file():
        return ()
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("original", [])
        return tuple(_entry(row) for row in rows)
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(
            f"資料目録 {path.name} を読めません({error})。",
            "書式を直してください。例は corpus/catalog.toml にあります。",
        ) from error


def with_catalog(
    document: SourceDocument, text: str, catalog: tuple[CatalogEntry, ...]
) -> SourceDocument:
    """The document with what the catalogue knows of it; unchanged when it is in no entry.

    A digest keeps its own description and learns only what replaced its original.
    """
    if document.edition == "digest":
        title = document.original.title if document.original else None
        known = next((entry for entry in catalog if entry.title == title), None)
        newer = document.superseded_by or (known.superseded_by if known else None)
        return replace(document, superseded_by=newer)
    opening = squeeze(text[:_OPENING_CHARACTERS])
    for entry in catalog:
        if all(squeeze(phrase) in opening for phrase in entry.phrases):
            return replace(
                document,
                title=entry.title,
                publisher=entry.publisher or document.publisher,
                published=entry.published or document.published,
                kind=entry.kind,
                status=entry.status,
                superseded_by=entry.superseded_by,
            )
    return document


def _entry(row: dict[str, Any]) -> CatalogEntry:
    fields = dict(row)
    phrases = fields["phrases"]
    texts = isinstance(phrases, list) and all(isinstance(p, str) and p for p in phrases)
    if not phrases or not texts:
        raise TypeError("phrases")
    published = fields.get("published")
    if isinstance(published, date):
        fields["published"] = published.isoformat()
    return CatalogEntry(**{**fields, "phrases": tuple(phrases)})
