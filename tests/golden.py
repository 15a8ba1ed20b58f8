"""What reading finds in real documents, kept without their text: counts, places, labels, hashes.

``REGIONAL_DX_SAMPLES=… python tests/golden.py`` writes the files of ``tests/data/golden`` anew;
look at what changed (``git diff``) before keeping it. `tests/test_golden.py` compares.
"""

import hashlib
import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from assistant.ingest.chunk import make_chunks
from assistant.ingest.readers import Properties, ReadResult
from assistant.ingest.sandbox import Sandbox
from assistant.ingest.walk import described, structured
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk, Page, Section
from assistant.settings import Settings

FOLDER = Path(__file__).parent / "data" / "golden"
SEEDS = ("000", "001", "002", "003", "004")
PDFS = (
    "000761091",
    "000843318",
    "000956094",
    "01point",
    "1c202401",
    "20210830_2",
    "20230308-mxt_jogai01-000027984_001",
    "cloud_policy_20210910",
)
Row = dict[str, Any]


def documents(samples: Path) -> dict[str, Path]:
    """Name of the golden file → document."""
    seeds = {f"seed-{name}": next((samples / "seeds").glob(f"{name}_*.txt")) for name in SEEDS}
    return seeds | {f"pdf-{name}": samples / "pdfs" / f"{name}.pdf" for name in PDFS}


def understood(
    path: Path, result: ReadResult
) -> tuple[SourceDocument, tuple[Page, ...], list[Section]]:
    """A document that was read, as an ingest run understands it from its pages and its title."""
    read = described(path, "d" * 12, replace(result, properties=Properties()))
    document, sections = structured(read)
    return document, read.pages, sections


def golden(path: Path, result: ReadResult) -> Row:
    """Everything that reading finds in a document but its text."""
    document, pages, sections = understood(path, result)
    chunks = make_chunks("d" * 12, pages, sections)
    proceedings = document.proceedings
    return {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "document": {
            "title": _hash(document.title),
            "publisher": document.publisher,
            "published": document.published,
            "kind": document.kind,
            "status": document.status,
            "meeting": document.meeting,
        },
        "proceedings": proceedings
        and {
            "verbatim": proceedings.verbatim,
            "agenda": [_hash(item) for item in proceedings.agenda],
            "attendees": [list(asdict(attendee).values()) for attendee in proceedings.attendees],
        },
        "unreadable": list(result.unreadable),
        "pages": [[page.label, len(page.text), _hash(page.text)] for page in pages],
        "sections": [_section(section) for section in sections],
        "chunks": [_chunk(chunk) for chunk in chunks],
    }


def as_text(row: Row) -> str:
    """JSON with a line for every page, section and chunk, so that a difference can be read."""
    parts = []
    for name, value in row.items():
        if isinstance(value, list):
            lines = ",\n    ".join(json.dumps(item, ensure_ascii=False) for item in value)
            parts.append(f'  "{name}": [\n    {lines}\n  ]' if value else f'  "{name}": []')
        else:
            parts.append(f'  "{name}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _section(section: Section) -> Row:
    first = section.blocks[0].segments[0]
    named = {
        "speaker": section.speaker,
        "role": section.role,
        "organisation": section.organisation,
        "agenda": _hash(section.agenda) if section.agenda else None,
        "voice": section.voice,
        "claim": section.claim,
    }
    return {
        "at": [first.page, first.source_start],
        "path": [_hash(name) for name in section.heading_path],
        "blocks": len(section.blocks),
        "items": sum(block.item for block in section.blocks),
        "text": _hash("".join(block.text for block in section.blocks)),
        **{name: value for name, value in named.items() if value},
    }


def _chunk(chunk: Chunk) -> list[Any]:
    first, last = chunk.segments[0], chunk.segments[-1]
    begin, end = [first.page, first.source_start], [last.page, last.source_start + last.length]
    return [begin, end, len(chunk.text), chunk.tokens, _hash(chunk.text)]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with Sandbox(seconds=Settings().read_seconds, megabytes=Settings().read_megabytes) as sandbox:
        for name, path in documents(Path(os.environ["REGIONAL_DX_SAMPLES"])).items():
            row = golden(path, sandbox.read(path))
            (FOLDER / f"{name}.json").write_text(as_text(row), encoding="utf-8")
