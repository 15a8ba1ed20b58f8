"""What a PDF's metadata and outline say of the document. Runs in the child process only."""

from pathlib import Path

import pypdf
from pypdf.errors import PyPdfError

from assistant.ingest.readers import Properties


def pdf_properties(path: Path) -> Properties:
    """Author, day of creation and first entry of the outline; what cannot be read is left out.

    pypdf raises errors outside its own tree on damaged files.
    """
    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            return Properties()
        metadata = reader.metadata
        created = metadata.creation_date if metadata else None
        first = next(iter(reader.outline), None)
        return Properties(
            author=(metadata.author if metadata else None) or None,
            created=created.date().isoformat() if created else None,
            outline=None if first is None or isinstance(first, list) else first.title,
        )
    except (PyPdfError, OSError, ValueError, TypeError, KeyError, AttributeError, IndexError,
            RecursionError, AssertionError, NotImplementedError, OverflowError):  # fmt: skip
        return Properties()
