"""What a document says of itself: title, publisher, date, kind, status, meeting.

Front matter (TOML between ``+++`` lines) states the fields outright; the rest is read from the
first lines and the file name. What the text does not say stays unknown.
"""

import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from assistant.errors import ReadError
from assistant.ingest.clean import printed_labels
from assistant.ingest.readers import HTML_SUFFIXES, TABLE_SUFFIXES
from assistant.japanese.dates import find_dates
from assistant.japanese.width import fold
from assistant.schema import KINDS, STATUSES, Kind, Original, Page, SourceDocument, Status

_T = TypeVar("_T")

_FRONT_MATTER = re.compile(
    r"\A(?:\ufeff)?\+\+\+[ \t]*\n(?P<toml>.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL
)
_YAML_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)
# Title, date and meeting stand on the first page; later dates are the document's contents.
_HEAD_CHARACTERS = 600
_PAGES = 3
"""Pages in which they are looked for …"""
_SMALL_PAGES = 40
"""… and paragraphs, rows or slides, where those are the pages."""
_STATUS_CHARACTERS = 200
_TITLE_LINES = 3
_BESIDE_DATE = 8
_LONGEST_TITLE = 80

_KIND_WORDS: tuple[tuple[str, Kind], ...] = (
    (r"議事(?:録|要旨|概要)", "minutes"),
    (r"骨子", "outline"),
    (r"ガイドブック|手引き?|マニュアル|ハンドブック", "guidebook"),
    (r"ガイドライン|指針", "guideline"),
    (r"事例集|事例", "case_study"),
    (r"様式|申請書", "form"),
    (r"(?:法律|政令|省令|条例|要綱|要領)(?:$|\s)", "law"),
    (r"概要|説明資料|事務局資料|検討事項|これまでの論点", "slides"),
    (r"報告書?|白書|答申|とりまとめ|調査結果", "report"),
)
_STATUS_WORDS: tuple[tuple[str, Status], ...] = (
    (r"[(（]廃止[)）]|廃止され", "withdrawn"),
    (r"[(（](?:素|骨子|原|改定|改正|修正)?案[)）]|素案|骨子案|たたき台", "draft"),
    (r"中間(?:とりまとめ|取りまとめ|報告|整理)|これまでの論点|論点整理", "interim"),
    (r"検討事項|事務局資料|参考資料|説明資料", "reference"),
    (r"(?:最終|確定)(?:報告|とりまとめ|版)|報告書$|答申$", "final"),
)
_MINISTRY = re.compile(
    r"(?:内閣官房|内閣府|デジタル庁|総務省|経済産業省|厚生労働省|文部科学省|国土交通省|農林水産省|"
    r"財務省|環境省|法務省|外務省|防衛省|消費者庁|金融庁|中小企業庁|消防庁|警察庁|[一-龥]{1,4}[都道府県市区町村](?=役所|役場|$))"
)
_MEETING = re.compile(r"第\s*(\d{1,3})\s*回")


def infer_document(
    path: Path, doc_id: str, pages: tuple[Page, ...], *, title: str | None = None
) -> SourceDocument:
    """Describe a document from its front matter, its first lines and its name.

    Args:
        path: where the file stands.
        doc_id: see `SourceDocument.doc_id`.
        pages: as read.
        title: the title in the file's own metadata (PDF), used when the text shows none.

    Raises:
        ReadError: the front matter is not TOML, or a field in it cannot be used.
    """
    marked = any(page.locator for page in pages)
    first = _SMALL_PAGES if marked else _PAGES
    gap = "\n\n" if marked else "\n"
    text = gap.join(page.text for page in pages[:first])
    stated = {} if marked else _front_matter(text)
    blanked = gap.join(page.text for page in _blank_front_matter(pages)[:first])
    head = "" if stated else blanked.strip()[:_HEAD_CHARACTERS]
    named = (_marked_title(path, pages, head, title) if marked else _title(head)) or title
    named = named or path.stem
    document = SourceDocument(
        doc_id=doc_id,
        title=named,
        source_path=str(path),
        publisher=_publisher(head, text),
        published=_published(head),
        kind=_first(_KIND_WORDS, named, path.stem) or _slide_shaped(pages) or "other",
        status=_first(_STATUS_WORDS, named, head[:_STATUS_CHARACTERS]) or "unknown",
        meeting=_meeting(named),
    )
    if document.kind == "minutes":
        document = replace(document, status="minutes")
    return _with_stated(document, stated) if stated else document


def prepared_pages(pages: tuple[Page, ...]) -> tuple[Page, ...]:
    """Pages as they are quoted from: front matter blanked out, printed numbers filled in.

    The front matter becomes blank lines, so that line numbers stay true.
    """
    return printed_labels(_blank_front_matter(pages))


def _blank_front_matter(pages: tuple[Page, ...]) -> tuple[Page, ...]:
    text = pages[0].text
    if pages[0].locator:
        return pages
    match = _FRONT_MATTER.match(text) or _YAML_FRONT_MATTER.match(text)
    if not match:
        return pages
    blank = re.sub(r"[^\n]", " ", match.group())
    return (replace(pages[0], text=blank + text[match.end() :]), *pages[1:])


def _front_matter(text: str) -> dict[str, Any]:
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}
    try:
        return tomllib.loads(match["toml"])
    except tomllib.TOMLDecodeError as error:
        raise ReadError(
            f"冒頭の書誌情報(+++で囲んだ部分)を読めません({error})。",
            "書式を直してください。例はcorpusフォルダーの文書にあります。",
        ) from error


def _with_stated(document: SourceDocument, stated: dict[str, Any]) -> SourceDocument:
    known = {"title", "publisher", "published", "kind", "status", "edition", "meeting",
             "superseded_by", "original"}  # fmt: skip
    for name in stated:
        if name not in known:
            raise _bad_field(name, f"使える項目は {'、'.join(sorted(known))} です。")
    fields = {name: value for name, value in stated.items() if name != "original"}
    if "published" in fields:
        fields["published"] = _iso(fields["published"], "published")
    _require_texts(fields)
    if fields.get("kind", "other") not in KINDS:
        raise _bad_field("kind", f"使える値は {'、'.join(KINDS)} です。")
    if fields.get("status", "unknown") not in STATUSES:
        raise _bad_field("status", f"使える値は {'、'.join(STATUSES)} です。")
    if fields.get("edition", "original") not in ("original", "digest"):
        raise _bad_field("edition", "使える値は original、digest です。")
    if "original" in stated:
        fields["original"] = _original(stated["original"])
    return replace(document, **fields)


def _require_texts(fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if not isinstance(value, str):
            raise _bad_field(name, '値は " " で囲んだ文字にしてください。')


def _original(stated: object) -> Original:
    if not isinstance(stated, dict):
        raise _bad_field("original", "[original] の下に title などを書いてください。")
    fields = dict(stated)
    if "date" in fields:
        fields["date"] = _iso(fields["date"], "original.date")
    _require_texts(fields)
    if fields.get("status", "unknown") not in STATUSES:
        raise _bad_field("original.status", f"使える値は {'、'.join(STATUSES)} です。")
    try:
        return Original(**fields)
    except TypeError:
        raise _bad_field("original", "項目は title、publisher、date、status、url です。") from None


def _iso(value: object, name: str) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise _bad_field(name, "日付は 2024-04-24 の形で書いてください。") from None


def _bad_field(name: str, remedy: str) -> ReadError:
    return ReadError(f"冒頭の書誌情報の {name} を使えません。", remedy)


def _title(head: str) -> str | None:
    """The first lines up to a blank one, a date or a sentence, joined."""
    parts: list[str] = []
    for raw in re.split(r"\n", head):
        line = re.sub(r"^#+\s*|\*\*", "", raw.strip())
        if not line or (find_dates(line) and not parts):
            if parts and not _unfinished_title(parts):
                break
            continue
        if "。" in line or len("".join(parts)) + len(line) > _LONGEST_TITLE:
            break
        if parts and (find_dates(line) or re.match(r"[○●◆■・•1-9１-９]", line)):
            break
        parts.append(line)
        if len(parts) == _TITLE_LINES or re.search(r"議事(?:録|要旨)$|案[)）]?$", line):
            break
    title = re.sub(r"\s+\d{1,3}$", "", _spaced_join(parts))
    return title if 4 <= len(title) <= _LONGEST_TITLE else None


def _marked_title(path: Path, pages: tuple[Page, ...], head: str, title: str | None) -> str | None:
    """The title of a file with marks of its own: its first line if that is a heading.

    A web page's own title comes first; rows of a table are no title.
    """
    suffix = path.suffix.lower()
    if title and suffix in HTML_SUFFIXES:
        return title
    if not pages[0].heading:
        return title if suffix in TABLE_SUFFIXES else _title(head) or title
    line = pages[0].text.split("\n")[0].strip()
    numbered = re.match(r"第?[0-9０-９]", line)
    return line if 4 <= len(line) <= _LONGEST_TITLE and not numbered else title


def _unfinished_title(parts: list[str]) -> bool:
    """A double-spaced title goes on after a blank line: 「…通信基盤と」, 「…懇談会（第６回）」."""
    return bool(re.search(r"[のとにをへ・、]$|懇談会(?:[（(]第.{1,3}回[）)])?$", parts[-1]))


def _spaced_join(parts: list[str]) -> str:
    """Lines of a title run on, except that a document's name after a body's name gets a space."""
    joined = ""
    for part in parts:
        gap = " " if re.search(r"(?:会|部会|チーム|グループ|本部)$", joined) else ""
        joined += gap + part
    return joined


def _publisher(head: str, text: str) -> str | None:
    """The ministry or municipality named first: in the head, else the one named most."""
    match = _MINISTRY.search(head)
    if match:
        return match.group()
    names = _MINISTRY.findall(text)
    return max(set(names), key=lambda name: (names.count(name), name)) if names else None


def _published(head: str) -> str | None:
    """The first exact day that has a line to itself (a weekday, a time or an office may follow).

    A day inside a sentence or a schedule is something the document speaks of, not its own date.
    """
    for raw in head.split("\n"):
        line = raw.strip()
        for mention in find_dates(line):
            beside = re.sub(r"[\s\d:~()月火水木金土曜日]", "", fold(line)[mention.end :])
            alone = not mention.start and len(beside) <= _BESIDE_DATE and "。" not in beside
            if mention.precision == "day" and alone:
                return mention.first.isoformat()
    return None


def _meeting(title: str) -> str | None:
    match = _MEETING.search(fold(title))
    return f"第{match[1]}回" if match else None


def _slide_shaped(pages: tuple[Page, ...]) -> Kind | None:
    """A text of short lines with wide gaps is what extraction makes of slides."""
    lines = [line.strip() for page in pages for line in page.text.split("\n") if line.strip()]
    breaks = sum(len(re.findall(r"\n\s*\n\s*\n\s*\n", page.text)) for page in pages)
    short = sum(1 for line in lines if len(line) < 20)
    return "slides" if len(lines) >= 20 and breaks >= 1 and short > len(lines) / 3 else None


def _first(table: tuple[tuple[str, _T], ...], *texts: str) -> _T | None:
    for text in texts:
        for pattern, value in table:
            if re.search(pattern, text):
                return value
    return None
