"""The catalogue of known originals: what is on public record beyond a document's own text."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from assistant.errors import InputError, cause_of
from assistant.japanese.width import squeeze
from assistant.records.documents import KINDS, STATUSES, Inference, Kind, SourceDocument, Status

CATALOG_NAME = "catalog.toml"
CATALOG_PLACE = "資料目録"
"""What an `Inference` from a catalogue gives as its place."""

# The phrases that identify an original stand in its opening pages.
_OPENING_CHARACTERS = 3000
_FILLED = ("title", "publisher", "published", "kind", "status", "series", "superseded_by", "url")


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """One known original and how to recognise it.

    By `sha256` if given, else by `phrases`, else by its title. An entry may also describe a
    document that nobody has indexed yet: it is known as a member of its series.
    """

    title: str | None = None
    phrases: tuple[str, ...] = ()
    """All of them occur in the opening of the original (NFKC, white space removed)."""
    sha256: str | None = None
    publisher: str | None = None
    published: str | None = None
    """ISO date."""
    kind: Kind = "other"
    status: Status = "unknown"
    series: str | None = None
    superseded_by: str | None = None
    url: str | None = None
    file: str | None = None
    """Name of the stored file; this and the next three are kept as provenance only."""
    retrieved: str | None = None
    """Time of the download, ISO 8601 with its offset."""
    media_type: str | None = None
    bytes: int | None = None


def load_catalog(*paths: Path) -> tuple[CatalogEntry, ...]:
    """Read catalogue files; a missing file is an empty catalogue.

    Raises:
        InputError: a file is not TOML or an entry has an unknown, wrong or missing field.
    """
    return tuple(entry for path in paths if path.is_file() for entry in _entries(path))


def with_catalog(
    document: SourceDocument,
    text: str,
    catalog: Iterable[CatalogEntry],
    *,
    stated: frozenset[str] = frozenset(),
) -> tuple[SourceDocument, tuple[Inference, ...]]:
    """The document with what the catalogue knows of it; unchanged when it is in no entry.

    Args:
        document: as inferred, or as its front matter states it. A digest is never taken for its
            original.
        text: its opening pages.
        catalog: known originals.
        stated: fields that somebody has stated in the document; they stay.
    """
    if document.edition == "digest":
        return document, ()
    opening = squeeze(text[:_OPENING_CHARACTERS])
    sources: list[Inference] = []
    for entry in catalog:
        words = _recognised(entry, document, opening)
        if words is None:
            continue
        fields: dict[str, Any] = {
            name: value
            for name in _FILLED
            if (value := getattr(entry, name)) not in {None, "other", "unknown"}
            and name not in stated
        }
        document = replace(document, **fields)
        sources += [Inference(name, value, CATALOG_PLACE, words) for name, value in fields.items()]
    return document, tuple(sources)


def _recognised(entry: CatalogEntry, document: SourceDocument, opening: str) -> str | None:
    """The words by which a document is known to be an entry's; None if it is not."""
    if entry.sha256:
        same = entry.sha256.startswith(document.doc_id)
        return f"SHA-256 {entry.sha256}" if same else None
    if entry.phrases:
        found = all(squeeze(phrase) in opening for phrase in entry.phrases)
        return "、".join(entry.phrases) if found else None
    same = entry.title is not None and squeeze(entry.title) == squeeze(document.title)
    dated = entry.published in {None, document.published} or document.published is None
    return entry.title if same and dated else None


def _entries(path: Path) -> list[CatalogEntry]:
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("original", [])
        return [_entry(row) for row in rows]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"資料目録 {path.name} を読めません({cause_of(error)})。",
            "書式を直してください。例は corpus/catalog.toml にあります。",
        ) from error


def _entry(row: dict[str, Any]) -> CatalogEntry:
    fields: dict[str, Any] = {
        name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()
    }
    phrases = fields.pop("phrases", [])
    if not isinstance(phrases, list) or not all(isinstance(p, str) and p for p in phrases):
        raise TypeError("phrases")
    if "phrases" in row and not phrases:
        raise TypeError("phrases")
    entry = CatalogEntry(**fields, phrases=tuple(phrases))
    if not (entry.title or entry.sha256):
        raise KeyError("title")
    if entry.kind not in KINDS:
        raise ValueError(f"kind: {entry.kind}")
    if entry.status not in STATUSES:
        raise ValueError(f"status: {entry.status}")
    return entry
