"""The opening of a document: the lines in which it says what it is, each with its place."""

import re
from dataclasses import dataclass
from pathlib import Path

from assistant.japanese.dates import find_dates
from assistant.japanese.sentences import BULLETS
from assistant.japanese.width import comparable, fold
from assistant.records.documents import Inference
from assistant.records.text import Page

# Title, date and meeting stand on the first page; what comes later is the document's contents.
_HEAD_CHARACTERS = 600
_PAGES = 3
"""Pages with text in which they are looked for …"""
_SMALL_PAGES = 40
"""… and paragraphs, rows or slides, where those are the pages."""

_MARKS = {"透かし", "ヘッダー", "フッター"}
_REMARKS = {"コメント"}
"""Readers' remarks, which say nothing of the document itself."""
_BULLET = re.compile(rf"[-*{BULLETS}※→⇒]")
_NUMBERED = re.compile(
    r"第\s*[0-9一二三四五六七八九十]+\s*[部章節編条](?:[\s::]|$)|[0-9]{1,2}\s*[.、)](?![0-9])|[0-9]{1,2}\s"
    r"|\([0-9一二三四五六七八九十アイウ]+\)|[IVX]{1,4}[\s.]|Ⅰ"
)
# What stands beside a day that is a document's own date: weekday, time, brackets, an office.
_BESIDE_DATE = 8
_BESIDE_PERIOD = 4
_DATE_LABEL = re.compile(
    r"(?:(?:公表|作成|発行|策定|制定|決定|更新|開催|最終)*(?:年月)?(?:日時?|日程|更新|改[定訂正])?[::]?\s*)"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the opening."""

    text: str
    """As it stands, without the white space and the Markdown around it."""
    place: str
    """「1ページ 3行」, 「3行」, 「段落 1」."""

    @property
    def folded(self) -> str:
        """Width-folded, spaced-out letters (総 務 省) closed up."""
        text = fold(self.text)
        return re.sub(r"(?<=[一-龥・]) (?=[一-龥・])", "", text)

    @property
    def is_numbered(self) -> bool:
        """A numbered heading or agenda item: 「第1章 …」「1. …」「(1) …」「① …」."""
        return bool(_NUMBERED.match(fold(self.text))) or bool(re.match(r"[①-⑳]", self.text))

    @property
    def is_bullet(self) -> bool:
        """An item of a list."""
        return bool(_BULLET.match(self.text))

    @property
    def is_dated(self) -> bool:
        """A day has the line to itself, but for its label, weekday, time or office."""
        return own_date(self) is not None

    def inferred(self, field: str, value: str | None, doubt: str = "") -> Inference:
        """An inference that rests on this line."""
        return Inference(field, value, self.place, self.text, doubt)


def own_date(line: Line) -> str | None:
    """The ISO day to which a line is given over; None for a day in a sentence or a period."""
    text = comparable(line.text).strip("()[]【】〔〕 ")
    start = _DATE_LABEL.match(text)
    for mention in find_dates(text):
        before = 0 if mention.start == 0 else (start.end() if start else 0)
        beside = text[mention.end :]
        if mention.start > before or mention.precision != "day" or mention.first != mention.last:
            continue
        rest = re.sub(r"[\s\d:~()月火水木金土曜日祝]", "", beside)
        if len(rest) <= _BESIDE_DATE and "。" not in rest:
            return mention.first.isoformat()
    return None


def is_period(line: Line) -> bool:
    """A month, year or fiscal year has the line to itself: 「2022年10月」, no day."""
    text = line.folded.strip("()[]【】 ")
    mentions = find_dates(text)
    if not mentions or mentions[0].start > 0 or line.is_numbered or line.is_bullet:
        return False
    return mentions[0].precision != "day" and len(text) - mentions[0].end <= _BESIDE_PERIOD


def first_page(pages: tuple[Page, ...]) -> list[Line]:
    """All lines of the first page with text; none in a file without pages."""
    page = next((page for page in pages if page.text.strip()), None)
    if page is None or page.page is None:
        return []
    rows = enumerate(page.text.split("\n"), start=1)
    return [Line(raw.strip(), _place(page, number)) for number, raw in rows]


def read_opening(pages: tuple[Page, ...]) -> list[Line]:
    """The lines of the first pages with text, blank ones included, up to 600 characters."""
    marked = any(page.locator for page in pages)
    # A PDF may begin with a blank cover.
    written = [page for page in pages if page.text.strip() and _first(page) not in _REMARKS]
    lines: list[Line] = []
    characters = 0
    for page in written[: _SMALL_PAGES if marked else _PAGES]:
        for number, raw in enumerate(page.text.split("\n"), start=1):
            text = re.sub(r"^#+\s*|\*\*", "", raw.strip())
            if not lines and not text:
                continue
            if characters > _HEAD_CHARACTERS:
                return lines
            lines.append(Line(text, _place(page, number)))
            characters += len(text) + 1
        if marked:
            lines.append(Line("", ""))
    return lines


def read_marks(pages: tuple[Page, ...]) -> list[Line]:
    """The lines outside the body: watermarks, what stands at the top and foot of pages."""
    return [
        Line(raw.strip(), _place(page, number))
        for page in pages
        if _first(page) in _MARKS
        for number, raw in enumerate(page.text.split("\n"), start=1)
        if raw.strip()
    ]


def _first(page: Page) -> str:
    return (page.section or "").split(" > ")[0]


def file_line(path: Path) -> Line:
    """The name of a file as a line: the last resort."""
    return Line(path.stem, "ファイル名")


def _place(page: Page, number: int) -> str:
    if page.locator:
        return page.locator
    return f"{page.page}ページ {number}行" if page.page else f"{number}行"
