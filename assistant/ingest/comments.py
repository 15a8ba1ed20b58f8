"""Where the comments of a Markdown text stand.

The rules are CommonMark 0.31: fenced code (4.5), comments that begin a line (4.6), code spans (6.1)
and comments inside a line (6.6). Where only a whole parser of blocks could tell, a text is shown
rather than taken for a comment. Every rule passes over the text once.
"""

import re
from bisect import bisect, bisect_left
from collections import defaultdict
from itertools import accumulate

Spans = list[tuple[int, int]]

_MARK_OF_ITEM = r"(?:[-+*]|\d{1,9}[.)])"
_ITEM = re.compile(rf"[ \t>]*{_MARK_OF_ITEM}(?:[ \t]|$)")
_FENCE = re.compile(
    rf"(?P<lead>[ >]*)(?P<item>{_MARK_OF_ITEM} +)?(?P<mark>`{{3,}}+(?!.*`)|~{{3,}}+)(?P<info>.*)"
)
_OPENING = re.compile(r" {0,3}(?=<!--)")
# Lines that end the paragraph before them: blank ones, quotes, items, underlines and rules.
_BORDER = re.compile(rf"[\s>]*$|[ \t]*(?:>|{_MARK_OF_ITEM}[ \t]|(?:[-*_=][ \t]*)+$)")
_HEADING = re.compile(r"[ \t]*#{1,6}(?:[ \t]|$)")
_ROW = re.compile(r"[ \t]*\|")
_CELL = re.compile(r"[^|]+")
_INLINE = re.compile(r"\\[\\`<]|`+|<!--")
_BACKTICKS = re.compile(r"`+")


def comment_spans(text: str) -> Spans:
    """Start and end of each comment as offsets in the text, in order and apart.

    A comment that begins a line reaches over blank lines to its ``-->``; without one, to the end of
    its list item or of the text. A comment inside a line must be closed in the same paragraph.
    """
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    found: Spans = []
    index = paragraph = 0
    listed, after_blank = False, True
    while index < len(lines):
        line, start, after = lines[index], starts[index], index + 1
        if _ITEM.match(line):
            listed = True
        elif after_blank and line[:1].strip():
            listed = False
        after_blank = not line.strip()
        alone: Spans = []
        if fence := _fence(line, listed=listed):
            after = _after_code(lines, after, fence)
        elif opening := _OPENING.match(line):
            end = _end(lines, starts, index, opening.end(), listed=listed)
            after = bisect_left(starts, end, after)
            alone = [(start + opening.end(), end), *_inside(text, end, starts[after])]
        elif _ROW.match(line):
            for cell in _CELL.finditer(text, start, starts[after] - 1):
                alone += _inside(text, *cell.span())
        elif _HEADING.match(line):
            alone = _inside(text, start, starts[after])
        else:
            if _BORDER.match(line):
                found += _inside(text, paragraph, start)
                paragraph = start
            index = after
            continue
        found += _inside(text, paragraph, start) + alone
        index, paragraph = after, starts[after]
    return found + _inside(text, paragraph, len(text))


def _fence(line: str, *, listed: bool) -> re.Match[str] | None:
    """The fence that opens code; one indented by four is a text unless a list item holds it."""
    found = _FENCE.match(line.expandtabs(4))
    return None if found and found["lead"].endswith("    ") and not listed else found


def _after_code(lines: list[str], index: int, opened: re.Match[str]) -> int:
    """The number of the line after fenced code whose first line is `index`."""
    for number in range(index, len(lines)):
        closing = _FENCE.match(lines[number].expandtabs(4))
        if (
            closing
            and closing["mark"].startswith(opened["mark"])
            and not (closing["item"] or closing["info"].strip())
            and closing.start("mark") < opened.start("mark") + 4
        ):
            return number + 1
    return len(lines)


def _end(lines: list[str], starts: list[int], index: int, indent: int, *, listed: bool) -> int:
    """Where the comment ends that begins line `index` after `indent` spaces."""
    for number in range(index, len(lines)):
        line = lines[number]
        bare = line.lstrip(" ")
        if listed and bare.strip() and len(line) - len(bare) < indent:
            return starts[number]
        closing = line.find("-->", indent + 2 if number == index else 0)
        if closing >= 0:
            return starts[number] + closing + 3
    return starts[-1] - 1


def _inside(text: str, start: int, stop: int) -> Spans:
    """The comments of one paragraph: outside code spans, and closed before `stop`."""
    closing: dict[int, list[int]] = defaultdict(list)
    for run in _BACKTICKS.finditer(text, start, stop):
        closing[len(run[0])].append(run.end())
    found: Spans = []
    while mark := _INLINE.search(text, start, stop):
        start = mark.end()
        if mark[0] == "<!--":
            end = text.find("-->", mark.start() + 2, stop)
            if end < 0:
                break
            start = end + 3
            found.append((mark.start(), start))
        elif mark[0].startswith("`"):
            ends = closing[len(mark[0])]
            later = bisect(ends, start)
            start = ends[later] if later < len(ends) else start
    return found
