"""Sentence borders in Japanese text."""

BULLETS = r"・•⁃‣●○◯〇◎■□◆◇▪▫▶►➢➤✓✔＊\ue000-\uf8ff"
"""Marks that begin an item of a list and say nothing themselves, for a class of a regular
expression; those of symbol fonts arrive as private-use characters."""

_END = "。！？!?"
OPENING = "「『（(【［[〈《“"
CLOSING = "」』）)】］]〉》”"
# An unclosed bracket (a slip in the source) must not swallow the rest of the document.
_LONGEST_BRACKET = 300


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Cut a text at its sentence ends and line breaks.

    A full stop inside brackets or quotation marks does not end a sentence (「はい。」と答えた。 is
    one), and closing marks stay with their sentence. A line break always ends one.

    Returns:
        (start, end) spans in order, without surrounding white space, none empty.
    """
    spans: list[tuple[int, int]] = []
    for line_start, line_end in _lines(text):
        start = line_start
        position = line_start
        depth, opened = 0, line_start
        while position < line_end:
            character = text[position]
            if character in OPENING:
                depth += 1
                opened = position if depth == 1 else opened
            elif character in CLOSING and depth:
                depth -= 1
            position += 1
            if depth and position - opened > _LONGEST_BRACKET:
                depth = 0
            if character in _END and not depth and not _inside_latin(text, position - 1):
                while position < line_end and text[position] in _END + CLOSING:
                    position += 1
                _append(spans, text, start, position)
                start = position
        _append(spans, text, start, line_end)
    return spans


def _lines(text: str) -> list[tuple[int, int]]:
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append((start, start + len(line)))
        start += len(line) + 1
    return lines


def _inside_latin(text: str, position: int) -> bool:
    """A ``?`` or ``!`` followed by a letter or digit, as in a URL, ends nothing."""
    follows = text[position + 1 : position + 2]
    return text[position] in "!?" and follows.isascii() and follows.isalnum()


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))
