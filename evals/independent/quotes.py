"""An independent check of answers: every quote is read again from its source file.

Shares no code with the assistant: it decodes files, reads PDF pages and folds text by itself.
"""

import argparse
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from evals.independent.places import lines_of, texts_at
from evals.sets.rows import read_rows

_ONE_AT_A_TIME = Lock()
"""PDFium is not made for threads: two at once end the process."""
_DIGITS = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
_NUMBER = re.compile(rf"(?:{_DIGITS}[兆億万千百]+)+(?:{_DIGITS})?|{_DIGITS}")
_PART = re.compile(rf"({_DIGITS})([兆億万千百]*)")
_SCALES = {"兆": 10**12, "億": 10**8, "万": 10**4, "千": 10**3, "百": 10**2}


def faults(rows: Iterable[dict[str, Any]]) -> tuple[int, list[str]]:
    """Check answers as ``ask --json`` prints them.

    Returns:
        The number of quotes checked, and a line for every fault: a quote not found at its place, a
        number of a statement in none of its quotes, a statement without a citation, an extracted
        statement that is not its quotes, a cell of a table shown that its quote does not hold, a
        quote read by OCR that is said to be verified.
    """
    checked = 0
    found: list[str] = []
    for row in rows:
        quotes = {citation["number"]: citation for citation in row.get("citations", [])}
        for citation in quotes.values():
            checked += 1
            if citation.get("ocr"):  # what a picture says is for eyes; it must not claim more
                if citation["verified"]:
                    found.append(f"{row['question']}: quote {citation['number']} was read by OCR")
            elif not stands(citation):
                found.append(f"{row['question']}: quote {citation['number']} is not in its source")
        for statement in row.get("statements", []):
            cited = [quotes[number]["quote"] for number in statement["citations"]]
            if not cited:
                found.append(f"{row['question']}: a statement has no citation")
            carried = numbers(" ".join(cited))
            for number in numbers(statement["text"]) - carried:
                found.append(f"{row['question']}: {number} is in no quote")
            if row["mode"] == "extractive" and _letters(statement["text"]) != _letters(
                "".join(cited)
            ):
                found.append(f"{row['question']}: a statement is not its quotes")
            found += _cell_faults(row["question"], statement, "".join(cited))
    return checked, found


def _cell_faults(question: str, statement: Mapping[str, Any], cited: str) -> list[str]:
    """A line for each cell shown of a table's row whose words its quotes do not hold.

    The first is the head of the row, which may be merged with rows further up.
    """
    return [
        f"{question}: the cell under {heading} is in no quote"
        for heading, words in statement.get("cells", [])[1:]
        if _letters(words) not in _letters(cited)
    ]


def stands(citation: Mapping[str, Any]) -> bool:
    """Whether a quote is found in its source file at the place it claims."""
    path = Path(citation["source_path"])
    if path.suffix.lower() == ".pdf":
        texts = pdf_texts(path, citation["page"])
    elif citation.get("locator"):
        texts = texts_at(path, citation["locator"])
    else:
        lines = source_lines(path)
        texts = ["\n".join(lines[citation["line_start"] - 1 : citation["line_end"]])]
    quote = fold(citation["quote"])
    return bool(quote) and any(quote in fold(text) for text in texts)


def source_lines(path: Path) -> list[str]:
    """The lines of a text file."""
    return _lines(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _lines(path: Path, _modified: int) -> list[str]:
    # Kept: a run looks into the same few files thousands of times.
    return lines_of(path)


def pdf_texts(path: Path, page: int) -> list[str]:
    """The text of a 1-based page of a PDF as pdfium and as pypdf read it."""
    import pypdf
    import pypdfium2

    texts = []
    try:
        with _ONE_AT_A_TIME, pypdfium2.PdfDocument(path) as document:
            texts.append(document[page - 1].get_textpage().get_text_range())
    except pypdfium2.PdfiumError:
        texts.append("")
    texts.append(pypdf.PdfReader(path).pages[page - 1].extract_text())
    return texts


def fold(text: str) -> str:
    """NFKC without white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _letters(text: str) -> str:
    """Letters and digits alone: marks of lists stand in a quote and not in the statement."""
    return "".join(character for character in fold(text) if character.isalnum())


def numbers(text: str) -> set[str]:
    """The numbers of a text in plain digits: 1万5,000 is 15000, as 15,000 is."""
    return {f"{_value(match):f}" for match in _NUMBER.findall(fold(text))}


def _value(number: str) -> Decimal:
    value = Decimal(0)
    for digits, scales in _PART.findall(number):
        value += Decimal(digits.replace(",", "")) * math.prod(_SCALES[scale] for scale in scales)
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


def main() -> int:
    """Check a file of answers; returns the exit code, 1 where there is a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="answers, one JSON object a line; - for standard input")
    rows = read_rows(parser.parse_args().file)
    checked, found = faults(rows)
    print("\n".join(found))
    print(f"{len(rows)} answers, {checked} quotes checked, {len(found)} faults")
    return 1 if found else 0
