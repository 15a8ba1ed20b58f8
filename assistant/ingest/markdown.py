"""Markdown by markdown-it: what its marks make of a text, told by offsets in that text.

The text itself stays as it is: lines are read from it, and what is found here only says which
characters a reader does not see, which lines are headings, and which are rows of a table. So
nothing that the parser passes over is lost. Two rules go beyond CommonMark: emphasis beside
Japanese punctuation (「**費用。**本文」) is emphasis, and a sentence over a line of dashes is a
sentence.
"""

import re
from bisect import bisect, bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, TypeVar

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import reference as read_reference
from markdown_it.rules_inline import StateInline, emphasis, image, link, strikethrough
from markdown_it.token import Token

from assistant.ingest.comments import Spans, comment_spans
from assistant.ingest.grid import GridCell, GridRow, table_pages
from assistant.ingest.readers.losses import STRUCK, UNSEEN, Losses
from assistant.ingest.tags import ADDRESS, Tags, hidden_of, read_html, table_spans
from assistant.records.text import Cell, Hidden

_LONGEST_UNDERLINED = 60
_LONGEST_CAPTION = 60
# White space of Japanese after the marks of a heading: CommonMark knows ASCII spaces only.
_WIDE_HEADING = re.compile(r"^( {0,3}#{1,6})\u3000", re.MULTILINE)
_QUOTE_MARKS = re.compile(r"(?:[ \t]|>|[-+*][ \t]|\d{1,9}[.)][ \t])*")
_ITEM_BEFORE_ROW = re.compile(r"[\s>]*(?:(?:[-+*]|\d{1,9}[.)])\s+(?=\|))?")
# Headings, rows and lines without a word are no title of the table below them.
_NO_CAPTION = re.compile(r"[#|><]|\*\*(?:[（(][0-9０-９]|[①-⑳])|\W*$")
_BORDER = "\u3000"
_Edge = tuple[int, int]
_Span = TypeVar("_Span", bound=tuple[Any, ...])


class Heading(NamedTuple):
    """A heading that the text marks."""

    start: int
    """Offsets of its words, marks inside them included."""
    end: int
    level: int


class Row(NamedTuple):
    """A row of a table."""

    start: int
    """Offsets from its first word to its last."""
    end: int
    section: str | None
    """What its table says over it, see `grid.table_pages`."""
    cells: tuple[Cell, ...]
    """Within the row as it is seen."""
    columns: bool
    """The row names the columns."""


@dataclass(slots=True)
class Marks:
    """What the marks of a text make of it. Spans are in order and apart."""

    blank: Spans = field(default_factory=list)
    """Marks that stand for lines or between them: fences, rules, quote marks, comments."""
    hidden: tuple[Hidden, ...] = ()
    """What nobody sees inside a line: emphasis marks, tags, targets, struck-out words."""
    headings: list[Heading] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    bold: Spans = field(default_factory=list)
    links: list[tuple[int, int, str]] = field(default_factory=list)
    """Start and end of the address of a link, and the words that lead there."""
    code: Spans = field(default_factory=list)
    """Lines of fenced code, which are none but code."""
    struck: int = 0
    """Stretches of words that are struck out."""
    unseen: int = 0
    """Stretches of words that an HTML attribute hides."""

    @property
    def unseen_spans(self) -> tuple[Hidden, ...]:
        """Both of `blank` and `hidden`, see `Page.hidden`: a line ends where a mark parts lines."""
        return _apart([*self.hidden, *(Hidden(start, end, "\n") for start, end in self.blank)])

    @property
    def left_out(self) -> str:
        """What was not read, in Japanese; empty for nothing."""
        losses = Losses()
        losses.left_out(STRUCK, times=self.struck)
        losses.left_out(UNSEEN, times=self.unseen)
        return losses.reason


@lru_cache(maxsize=4)
def read_marks(text: str) -> Marks:
    """The marks of a Markdown text, front matter blanked out."""
    return _Reader(text).read()


def shown(text: str, hidden: Sequence[Hidden], start: int, end: int) -> list[tuple[int, str]]:
    """The parts of ``text[start:end]`` that are seen, in order.

    Returns:
        (offset, part) pairs; offset -1 for what stands in place of something hidden.
    """
    parts: list[tuple[int, str]] = []
    place = start
    index = bisect(hidden, start, key=lambda span: span.end)
    while index < len(hidden) and hidden[index].start < end:
        span = hidden[index]
        if place < span.start:
            parts.append((place, text[place : span.start]))
        if span.instead and start <= span.start and span.end <= end:
            parts.append((-1, span.instead))
        place = span.end
        index += 1
    if place < end:
        parts.append((place, text[place:end]))
    return parts


def shown_text(text: str, hidden: Sequence[Hidden], start: int, end: int) -> str:
    """What is seen of ``text[start:end]``."""
    return "".join(part for _, part in shown(text, hidden, start, end))


def beginning_in(spans: Sequence[_Span], start: int, end: int) -> Sequence[_Span]:
    """The spans, in order, whose first offset is in [start, end)."""
    return spans[bisect_left(spans, start, key=_start) : bisect_left(spans, end, key=_start)]


def around(spans: Sequence[_Span], place: int) -> _Span | None:
    """The one of the spans, in order and apart, that holds an offset."""
    index = bisect(spans, place, key=_start) - 1
    return spans[index] if index >= 0 and place < spans[index][1] else None


def blanked(text: str, spans: Spans) -> str:
    """A text with spaces for the characters of the spans, except line ends."""
    parts, place = [], 0
    for start, end in spans:
        parts += [text[place:start], re.sub(r"[^\n]", " ", text[start:end])]
        place = end
    return "".join([*parts, text[place:]])


def _with_end(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """A rule for links whose last token knows where the link ends: tokens carry no places."""

    def read(state: StateInline, silent: bool) -> bool:
        found = rule(state, silent)
        if found and not silent:
            state.tokens[-1].meta["end"] = state.pos
        return found

    return read


def _beside_japanese(
    rule: Callable[[StateInline, bool], bool],
) -> Callable[[StateInline, bool], bool]:
    """A rule for emphasis that opens before and closes after anything but white space.

    CommonMark asks for spaces around punctuation, which Japanese does not write.
    """

    def read(state: StateInline, silent: bool) -> bool:
        start, known = state.pos, len(state.delimiters)
        found = rule(state, silent)
        before, after = state.src[max(0, start - 1) : start], state.src[state.pos : state.pos + 1]
        length = state.pos - start
        if not found or state.src[start] == "_" or (length < 2 and (before + after).isascii()):
            return found
        for delimiter in state.delimiters[known:]:
            delimiter.open = delimiter.open or bool(after.strip())
            delimiter.close = delimiter.close or bool(before.strip())
            # 「**甲****乙**」 are two stretches: the rule of three would keep them from pairing.
            delimiter.length = 0 if length == 4 else delimiter.length
        return found

    return read


def _reference(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A definition of a link; that of a note (``[^1]: …``) is text."""
    start = state.bMarks[first] + state.tShift[first]
    return not state.src.startswith("[^", start) and read_reference(state, first, last, silent)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.core.ruler.disable("text_join")  # keeps escapes and entities apart, as they are written
    parser.inline.ruler.at("link", _with_end(link))
    parser.inline.ruler.at("image", _with_end(image))
    parser.inline.ruler.at("emphasis", _beside_japanese(emphasis.tokenize))
    parser.inline.ruler.at("strikethrough", _beside_japanese(strikethrough.tokenize))
    parser.block.ruler.at("reference", _reference)
    return parser


_PARSER = _parser()


class _Reader:
    """Walks the tokens of one text and notes what they say by its offsets."""

    def __init__(self, text: str) -> None:
        self.comments = comment_spans(text)
        self.text = _WIDE_HEADING.sub(r"\1 ", blanked(text, self.comments))
        self.lines = self.text.split("\n")
        self.starts = [0, *accumulate(len(line) + 1 for line in self.lines)]
        self.marks = Marks()
        self.blank: Spans = list(self.comments)
        self.hidden: list[Hidden] = []
        self.tables: Spans = []
        self.environment: dict[str, object] = {}

    def read(self) -> Marks:
        tokens = _PARSER.parse(self.text, self.environment)
        code = [
            (self.starts[token.map[0]], self.starts[token.map[1]])
            for token in tokens
            if token.type == "fence" and token.map
        ]
        self.tables = [span for span in table_spans(self.text) if not _touched(code, *span)]
        for index, token in enumerate(tokens):
            if token.map and not self._is_in_table(token.map):
                self._read_block(tokens, index, token.map)
        for start, end in self.tables:
            self._read_html(start, end)
        return self._sorted()

    def _sorted(self) -> Marks:
        marks = self.marks
        marks.blank = _merged(self.blank)
        marks.hidden = _apart(self.hidden)
        marks.headings.sort()
        marks.rows.sort(key=_start)
        marks.bold.sort()
        marks.links.sort()
        return marks

    def _is_in_table(self, lines: Sequence[int]) -> bool:
        return _touched(self.tables, self.starts[lines[0]], self.starts[lines[1]])

    def _read_block(self, tokens: Sequence[Token], index: int, lines: Sequence[int]) -> None:
        token, (first, last) = tokens[index], lines
        if token.type == "heading_open":
            self._read_heading(token, tokens[index + 1], first, last)
        elif token.type == "inline":
            if not tokens[index - 1].type.startswith(("th", "td")):
                self._read_inline(token, first)
        elif token.type == "fence":
            self._read_fence(token, first, last)
        elif token.type == "html_block":
            self._read_html(self.starts[first], self.starts[last])
        elif read := {
            "hr": self._blank_rule,
            "blockquote_open": self._blank_quote_marks,
            "table_open": self._read_table,
            "code_block": self._read_indented,
        }.get(token.type):
            read(first, last)

    def _read_words(self, start: int, end: int) -> None:
        """Read what stands inside one line."""
        words = self.text[start:end]
        for inline in _PARSER.parseInline(words, self.environment):
            _Inline(self, words, [start]).walk(inline.children or [])

    def _read_indented(self, first: int, last: int) -> None:
        """Indented lines are code to CommonMark, and oftener a paragraph to those who write."""
        for number in range(first, last):
            self._read_words(self.starts[number], self.starts[number] + len(self.lines[number]))

    def _blank_rule(self, first: int, _last: int) -> None:
        self._blank_line(first)

    def _blank_line(self, number: int) -> None:
        self.blank.append((self.starts[number], self.starts[number] + len(self.lines[number])))

    def _blank_quote_marks(self, first: int, last: int) -> None:
        for number in range(first, last):
            start, line = self.starts[number], self.lines[number]
            before = _QUOTE_MARKS.match(line)
            for place in range(before.end() if before else 0):
                if line[place] == ">":
                    self.blank.append((start + place, start + place + 1))

    def _read_heading(self, token: Token, inline: Token, first: int, last: int) -> None:
        underlined = not token.markup.startswith("#")
        if underlined:
            self._blank_line(last - 1)
        words = self._place(inline.content.strip(), first)
        sentence = "\n" in inline.content or inline.content.endswith("。")
        if words is None or (
            underlined and (sentence or len(inline.content) > _LONGEST_UNDERLINED)
        ):
            return
        start, end = words
        if not underlined:
            line = self.starts[first], self.starts[first] + len(self.lines[first])
            self.blank += [(line[0], start), (end, line[1])]
        self.marks.headings.append(Heading(start, end, int(token.tag[1])))

    def _read_fence(self, token: Token, first: int, last: int) -> None:
        self._blank_line(first)
        closed = last - first > 1 and self.lines[last - 1].strip(" \t>").startswith(token.markup)
        if closed:
            self._blank_line(last - 1)
        self.marks.code.append((self.starts[first + 1], self.starts[last - 1 if closed else last]))

    def _place(self, words: str, number: int) -> _Edge | None:
        """Offsets of the words at the end of a line; None where they are written otherwise."""
        found = self.lines[number].rfind(words)
        start = self.starts[number] + found
        return (start, start + len(words)) if words and found >= 0 else None

    def _read_inline(self, token: Token, first: int) -> None:
        bases = []
        for number, line in enumerate(token.content.split("\n"), start=first):
            place = self._place(line.strip(), number)
            if place is None:
                return
            bases.append(place[0] - (len(line) - len(line.lstrip())))
        _Inline(self, token.content, bases).walk(token.children or [])

    def hide(self, start: int, end: int, instead: str = "") -> None:
        self.hidden.append(Hidden(start, end, instead))

    def _read_table(self, first: int, last: int) -> None:
        self._blank_line(first + 1)
        known = len(self.hidden)
        rows = []
        for number in (first, *range(first + 2, last)):
            cells = [
                (self.starts[number] + start, self.starts[number] + end)
                for start, end in _cells(self.lines[number])
            ]
            for start, end in cells:
                self._read_words(start, end)
            rows.append([(cell, False) for cell in cells])
            line = self.starts[number], self.starts[number] + len(self.lines[number])
            self._hide_borders(cells, *line)
        heads = [number == 0 for number in range(len(rows))]
        self._add_rows(rows, heads, self._caption(first), _apart(self.hidden[known:]))

    def _hide_borders(self, cells: Sequence[_Edge], start: int, end: int) -> None:
        """Blank what stands before and behind the cells, and put a space for what is between."""
        filled = [cell for cell in cells if cell[0] < cell[1]]
        if not filled:
            self.blank.append((start, end))
            return
        self.blank += [(start, filled[0][0]), (filled[-1][1], end)]
        for (_, before), (after, _) in pairwise(filled):
            self.hide(before, after, _BORDER)

    def _caption(self, first: int) -> str | None:
        """A short line over a table: its title, or the unit of its numbers."""
        near = (line.strip("> \t") for line in self.lines[max(0, first - 2) : first])
        above = [line for line in near if line]
        if not above or "。" in above[-1] or _NO_CAPTION.match(above[-1]):
            return None
        return above[-1].replace("**", "") if len(above[-1]) <= _LONGEST_CAPTION else None

    def _add_rows(
        self,
        rows: Sequence[Sequence[tuple[_Edge, bool]]],
        heads: Sequence[bool | None],
        caption: str | None,
        hidden: Sequence[Hidden],
    ) -> None:
        """Rows of one table: (place of a cell, whether it is carried) for every column.

        Args:
            rows: of the table.
            heads: which of them name its columns.
            caption: its title.
            hidden: what is hidden in it.
        """
        grid, places = [], []
        for row, head in zip(rows, heads, strict=True):
            own = [place for place, carried in row if not carried and place[0] < place[1]]
            cells = tuple(
                GridCell(shown_text(self.text, hidden, *place), carried) for place, carried in row
            )
            if not own or not any(cell.text.strip() for cell in cells if not cell.carried):
                continue
            text = shown_text(self.text, hidden, own[0][0], own[-1][1])
            grid.append(GridRow(cells, locator=None, text=text, heads=head))
            places.append((own[0][0], own[-1][1]))
        for (start, end), page in zip(
            places, table_pages(grid, above=None, caption=caption), strict=True
        ):
            self.marks.rows.append(Row(start, end, page.section, page.cells, page.columns))

    def _read_html(self, start: int, end: int) -> None:
        found, tables = read_html(self.text, start, end)
        known = len(self.hidden)
        self.note(found)
        hidden = _apart(self.hidden[known:])
        for begin, stop, level in found.headings:
            self.marks.headings.append(Heading(begin, stop, level))
        for table in tables:
            caption = self._caption(bisect(self.starts, table.start) - 1)
            self._add_rows(table.rows, table.heads, caption, hidden)

    def note(self, found: Tags) -> None:
        """Take over what tags hide."""
        self.hidden += found.hidden
        self.blank += found.between
        self.marks.links += found.links
        self.marks.struck += found.struck
        self.marks.unseen += found.unseen


class _Inline:
    """Follows the inline tokens of a block through its source, which they do not name a place in.

    Every token stands for the source right behind the one before: what it is, and what it was
    written as, tells how far it reaches.
    """

    def __init__(self, reader: _Reader, source: str, bases: Sequence[int]) -> None:
        self.reader = reader
        self.source = source
        self.bases = bases
        """For every line of the source the offset in the text at which it begins."""
        self.lines = [0, *accumulate(len(line) + 1 for line in source.split("\n"))]
        self.place = 0
        self.open: list[tuple[str, int]] = []
        self.tags = Tags(reader.text)

    def walk(self, tokens: Iterable[Token]) -> None:
        """Note what the tokens hide; stop where they are not as the source has them."""
        for token in tokens:
            if not self._step(token):
                break
        self.reader.note(self.tags)

    def _at(self, place: int) -> int:
        line = bisect(self.lines, place) - 1
        return self.bases[min(line, len(self.bases) - 1)] + place - self.lines[line]

    def _hide(self, start: int, end: int, instead: str = "") -> None:
        self.reader.hide(self._at(start), self._at(end), instead)

    def _step(self, token: Token) -> bool:
        kind, start = token.type, self.place
        if kind == "text":
            return self._pass(token.content)
        if kind in {"softbreak", "hardbreak"}:
            return self._pass_break()
        if kind == "html_inline":
            if self._pass(token.content):
                self.tags.read(self._at(start), self._at(self.place))
            return True
        read = {
            "text_special": self._text_special,
            "code_inline": self._code_inline,
            "image": self._image,
            "link_open": self._link_open,
            "link_close": self._link_close,
        }.get(kind)
        if read:
            return read(token)
        if not self._pass(token.markup):
            return False
        self._hide(start, self.place)
        if kind.endswith("_open"):
            self.open.append((kind.removesuffix("_open"), start))
        elif self.open:
            self._close(*self.open.pop())
        return True

    def _close(self, kind: str, start: int) -> None:
        if kind == "s":
            self._hide(start, self.place)
            self.reader.marks.struck += 1
        elif kind == "strong":
            self.reader.marks.bold.append((self._at(start), self._at(self.place)))

    def _pass(self, words: str) -> bool:
        if not self.source.startswith(words, self.place):
            return False
        self.place += len(words)
        return True

    def _pass_break(self) -> bool:
        found = re.compile(r"[ \t]*(\\?)\n[ \t]*").match(self.source, self.place)
        if found is None:
            return False
        if found[1]:
            self._hide(found.start(1), found.end(1))
        self.place = found.end()
        return True

    def _text_special(self, token: Token) -> bool:
        start = self.place
        if not self._pass(token.markup):
            return False
        if token.info == "escape":
            self._hide(start, start + 1)
        elif span := hidden_of(self.source[start : self.place], self._at(start)):
            self.reader.hidden.append(span)
        return True

    def _code_inline(self, token: Token) -> bool:
        start, mark = self.place, token.markup
        closing = re.compile(rf"(?<!`){mark}(?!`)").search(self.source, start + len(mark))
        if not self._pass(mark) or closing is None:
            return False
        self.place = closing.end()
        self._hide(start, start + len(mark))
        self._hide(closing.start(), closing.end())
        return True

    def _image(self, token: Token) -> bool:
        """The text that stands for a picture is read."""
        start, end = self.place, token.meta["end"]
        stop = start + 2 + len(token.content)
        self._hide(start, start + 2)
        self.place = start + 2
        for child in token.children or []:
            self._step(child)
        self._hide(stop, end)
        self.place = end
        return True

    def _link_open(self, token: Token) -> bool:
        start = self.place
        if not self._pass("<" if token.info == "auto" else "["):
            return False
        self._hide(start, self.place)
        self.open.append(("link", start))
        return True

    def _link_close(self, token: Token) -> bool:
        _, opened = self.open.pop()
        start = self.place
        self.place = start + 1 if token.info == "auto" else token.meta["end"]
        self._hide(start, self.place)
        words = self.source[start : self.place]
        target = words[2:-1].split()[:1] if words.startswith("](") else []
        if target and ADDRESS.match(address := target[0].strip("<>")):
            begin = self.source.index(address, start)
            label = re.sub(r"[*`~\[\]]", "", self.source[opened:start]).strip()
            place = self._at(begin)
            self.reader.marks.links.append((place, place + len(address), label))
        return True


def _cells(line: str) -> Iterator[_Edge]:
    """Start and end of the words of every cell of a row; equal for an empty cell."""
    begin = _ITEM_BEFORE_ROW.match(line)
    start = begin.end() if begin else 0
    end = len(line.rstrip())
    start += line.startswith("|", start)
    end -= line.endswith("|", start, end) and not line.endswith("\\|", start, end)
    while start <= end:
        border = re.compile(r"(?<!\\)\|").search(line, start, end)
        stop = border.start() if border else end
        words = line[start:stop]
        left = start + len(words) - len(words.lstrip())
        yield left, max(left, start + len(words.rstrip()))
        start = stop + 1


def _touched(spans: Spans, start: int, end: int) -> bool:
    """Whether any of the spans, in order and apart, shares a character with another."""
    index = bisect(spans, start, key=_end)
    return index < len(spans) and spans[index][0] < end


def _start(span: tuple[Any, ...]) -> int:
    return int(span[0])


def _end(span: tuple[Any, ...]) -> int:
    return int(span[1])


def _apart(spans: Iterable[Hidden]) -> tuple[Hidden, ...]:
    """Spans in order; of those that overlap what is not yet covered."""
    kept: list[Hidden] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        start = max(span.start, kept[-1].end if kept else 0)
        if start < span.end:
            kept.append(span._replace(start=start))
    return tuple(kept)


def _merged(spans: Spans) -> Spans:
    merged: Spans = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged
