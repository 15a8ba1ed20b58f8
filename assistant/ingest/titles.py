"""The title of a document: its first lines, the file's own metadata, or its file name."""

import re
from pathlib import Path

from assistant.ingest.grid import is_field
from assistant.ingest.imprint import is_office
from assistant.ingest.opening import Line, is_period
from assistant.ingest.readers import HTML_SUFFIXES, TABLE_SUFFIXES
from assistant.japanese.width import fold, squeeze
from assistant.records.documents import Inference
from assistant.records.text import Page

_LINES = 3
_HEADING_LINES = 5
_SHORTEST, _LONGEST = 4, 80
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龥]")
# Lines that stand above a title on official documents: labels, reference numbers, addressees.
_ABOVE_TITLE = re.compile(
    r"(?:報道(?:発表|資料)(?:資料)?|プレスリリース|press ?release|取扱注意|機密性\d情報?.*"
    r"|未定稿|案|参考|(?:参考)?資料\s*[\d\-ー.]*|別[紙添表]\s*[\d\-ー]*|様式\s*[\d\-ー]*"
    r"|[\d\s/\-]+|[一-龥]{1,8}第\s*[\d\s]+号|\(?公印省略\s*\)?"
    r"|.{2,30}(?:殿|様|各位|部長|課長|局長|知事|市町?村?長))",
    re.IGNORECASE,
)
_COVERS = {"表紙", "目次", "はじめに", "スライド番号1"}
_CONTENTS = {"目次", "もくじ", "contents"}
# Titles that programs write into a file by themselves.
_MADE_TITLE = re.compile(
    r"microsoft \w+ - |powerpoint ?プレゼンテーション|スライド ?\d|無題|untitled|no title"
    r"|.*\.\w{3,4}$",
    re.IGNORECASE,
)


def infer_title(
    path: Path,
    pages: tuple[Page, ...],
    lines: list[Line],
    metadata_title: str | None,
    outline: str | None,
) -> Inference:
    """The title with its evidence; a file always has one.

    Args:
        path: where the file stands.
        pages: as read.
        lines: the opening.
        metadata_title: from the file's own metadata; None where it has none.
        outline: first entry of the file's outline; None where it has none.
    """
    own = _metadata(metadata_title, path)
    written = _written(path, pages, lines, own)
    if written and (_JAPANESE.search(written.value or "") or not _JAPANESE.search(path.stem)):
        return written
    other = own or _outlined(outline)
    if other:
        return other
    named = Inference(
        "title", path.stem, "ファイル名", path.name, "本文の冒頭に題名らしい行がありません"
    )
    readable = bool(_JAPANESE.search(path.stem)) or not pages[0].text.strip()
    return (None if readable else _first_heading(lines)) or named


def _metadata(title: str | None, path: Path) -> Inference | None:
    cleaned = re.sub(r"\s+", " ", title or "").strip()
    usable = _SHORTEST <= len(cleaned) <= 2 * _LONGEST and not _MADE_TITLE.match(cleaned)
    if not usable or squeeze(cleaned).lower() == squeeze(path.stem).lower():
        return None
    return Inference("title", cleaned, "ファイルの書誌", cleaned)


def _outlined(outline: str | None) -> Inference | None:
    """The first entry of an outline, where it is no chapter and no slide number."""
    entry = re.sub(r"^スライド ?\d+ ?[:：] ?", "", re.sub(r"\s+", " ", outline or "")).strip()
    line = Line(entry, "しおり")
    label = squeeze(entry) in _COVERS or line.is_numbered or _MADE_TITLE.match(entry)
    if label or not _SHORTEST <= len(entry) <= _LONGEST:
        return None
    return line.inferred("title", entry, "しおりの最初の項目を題名とみなしました")


def _written(
    path: Path, pages: tuple[Page, ...], lines: list[Line], own: Inference | None
) -> Inference | None:
    """What the text gives as its title.

    In a file with marks of its own the first line counts if it is marked as a heading; rows of a
    table are no title; a web page's own title comes first.
    """
    suffix = path.suffix.lower()
    if own and suffix in HTML_SUFFIXES:
        return own
    if any(page.locator for page in pages) and pages[0].heading:
        first = lines[0] if lines else None
        fits = first and _SHORTEST <= len(first.text) <= _LONGEST and not first.is_numbered
        return first.inferred("title", first.text) if first and fits else None
    on_cover = bool(pages[0].text.strip())
    return None if suffix in TABLE_SUFFIXES else _first_lines(lines, own, on_cover=on_cover)


def _first_lines(lines: list[Line], own: Inference | None, *, on_cover: bool) -> Inference | None:
    """The first lines up to a blank one, a date, a list or a sentence, joined."""
    parts: list[Line] = []
    for line in lines:
        if not line.text:
            if parts and not _unfinished(parts[-1].text):
                break
            continue
        if not parts and _stands_beside(line):
            continue
        if _ends_title(line, parts):
            break
        parts.append(line)
        if len(parts) == _LINES or re.search(r"議事(?:録|要旨|概要)$|案[)）]?$", line.text):
            break
    title = re.sub(r"\s+\d{1,3}$", "", _joined([part.text for part in parts]))
    title = re.sub(r"(?<=\S)\s{2,}(?=\S)", " ", title)
    if not _SHORTEST <= len(title) <= _LONGEST:
        return None
    words = " / ".join(part.text for part in parts)
    doubt = "" if on_cover else "最初のページの文字を読めません"
    if own and not _agree(title, own.value or ""):
        doubt = f"ファイルの書誌の題名は「{own.value}」です"
    return Inference("title", title, parts[0].place, words, doubt)


def _ends_title(line: Line, parts: list[Line]) -> bool:
    written = "".join(part.text for part in parts)
    if "。" in line.text or len(written) + len(line.text) > _LONGEST or line.is_bullet:
        return True
    if squeeze(line.text).lower() in _CONTENTS or line.is_numbered:
        return True
    name, *entry = line.text.split(maxsplit=1)
    if parts and entry and is_field(name):  # 「所管課 企画課」 under 「事業名 …」
        return True
    # A subtitle may follow 「〇〇について」, the text of a letter may not.
    subject = parts and parts[-1].text.endswith(("について", "の件"))
    return bool(parts) and (
        _stands_beside(line) or bool(subject and not re.match(r"[~(―-]", line.folded))
    )


def _stands_beside(line: Line) -> bool:
    """Date, office, label or addressee: above or below a title, never part of it."""
    label = _ABOVE_TITLE.fullmatch(line.folded.strip("()[]【】〔〕<> "))
    return bool(label) or line.is_dated or is_period(line) or is_office(line)


def _first_heading(lines: list[Line]) -> Inference | None:
    for line in [line for line in lines if line.text][:_HEADING_LINES]:
        heading = re.sub(r"^第?[\d一二三四五六七八九十]+[部章節.、)]?\s*", "", fold(line.text))
        if line.is_numbered and _SHORTEST <= len(heading) <= _LONGEST and "。" not in heading:
            return line.inferred("title", heading, "最初の見出しを題名とみなしました")
    return None


def _unfinished(part: str) -> bool:
    """A double-spaced title goes on after a blank line: 「…通信基盤と」, 「…懇談会（第６回）」."""
    return bool(re.search(r"[のとにをへ・、]$|懇談会(?:[（(]第.{1,3}回[）)])?$", part))


def _joined(parts: list[str]) -> str:
    """Lines of a title run on, except that a document's name after a body's name gets a space."""
    joined = ""
    for part in parts:
        gap = " " if re.search(r"(?:会|部会|チーム|グループ|本部)$", joined) else ""
        joined += gap + part
    return joined


def _agree(one: str, other: str) -> bool:
    """Whether two titles are the same but for a part left out."""
    a, b = squeeze(one), squeeze(other)
    return a in b or b in a
