"""What a PDF's metadata and outline say of the document. Runs in the child process only."""

import pypdf
from pypdf.errors import PyPdfError

from assistant.ingest.readers import Properties

DAMAGE = (PyPdfError, OSError, ValueError, TypeError, KeyError, AttributeError, IndexError,
          RecursionError, AssertionError, NotImplementedError, OverflowError)  # fmt: skip
"""What pypdf raises on damaged files: far more than the errors of its own tree."""


def pdf_properties(reader: pypdf.PdfReader) -> Properties:
    """Author, day of creation and first entry of the outline; nothing where one is damaged."""
    try:
        metadata = reader.metadata
        created = metadata.creation_date if metadata else None
        first = next(iter(reader.outline), None)
        return Properties(
            author=(metadata.author if metadata else None) or None,
            created=created.date().isoformat() if created else None,
            outline=None if first is None or isinstance(first, list) else first.title,
        )
    except DAMAGE:
        return Properties()
