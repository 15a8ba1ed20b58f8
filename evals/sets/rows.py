"""JSON lines, as question sets, judged sets and the output of ``--json`` have them."""

import json
import sys
from pathlib import Path
from typing import Any


def read_rows(path: Path | str) -> list[dict[str, Any]]:
    """One object a line, empty lines left out; ``-`` reads standard input.

    Raises:
        OSError: the file cannot be opened.
        ValueError: a line is not JSON.
    """
    text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line.strip()]
