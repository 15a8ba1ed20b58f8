"""Who published a document, when, and under which meeting and document number."""

import re
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

from assistant.ingest.opening import Line, first_page, is_period, own_date
from assistant.japanese.dates import find_dates, stated_date
from assistant.japanese.width import fold
from assistant.records.documents import Inference
from assistant.records.text import Page

_MINISTRIES = (
    "内閣官房|内閣府|デジタル庁|総務省|経済産業省|厚生労働省|文部科学省|国土交通省|農林水産省|財務省|"
    "環境省|法務省|外務省|防衛省|復興庁|こども家庭庁|消費者庁|金融庁|中小企業庁|消防庁|警察庁|観光庁|"
    "気象庁|文化庁|スポーツ庁|水産庁|林野庁|特許庁|資源エネルギー庁|国税庁|公正取引委員会|個人情報保護委員会"
)
_MINISTRY = re.compile(_MINISTRIES)
_TOWN = re.compile(
    r"[一-龥ぁ-んァ-ヶー]{1,6}?[都道府県市区町村]"
    r"(?=役所|役場|庁|教育委員会|[^、。\s]{1,10}[部課局室]$|$|\s)"
)
# Not a place: words that merely end like one.
_NO_TOWN = re.compile(
    r".*(?:市町村|市区町村|都道府県|団体|自治体|対応|地区|学区|同町|同市|当市|本市|各[市町村区県]|都市|農村|全国)$"
)
_STATED = re.compile(r"^(?:発行|作成|編集)[者元]?\s*:\s*")
_BODY = r"[^、。\s]{2,40}?(?:幹事会|審議会|委員会|協議会|懇談会|検討会|研究会|会議|本部|部会)"
_DECIDED = re.compile(rf"({_BODY})(?:決定|了承|取りまとめ|とりまとめ|報告)$")
_VENUE = re.compile(r"会議室|庁舎|ホール|会館|講堂|\d階|オンライン")
_LEAST_MENTIONS = 3
_IN_SENTENCE = "文の中に出てくる名前です"

_REVISED = re.compile(r"改[定訂正]|更新")
_FILE_DATE = re.compile(r"(?<!\d)(20\d{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")

_MEETING = re.compile(r"第\s*(\d{1,3})\s*回(?!国勢|全国|目)")
_NUMBER = re.compile(
    r"((?:参考|会議|説明|配[布付])?資料|別紙|別添|参考|様式)\s*(?:第|No\.?)?\s*(\d{1,3}(?:\s*[-ー.の]\s*\d{1,3})*)(?:号)?"
)
# How ministries name their files: shiryo6-3.pdf, siryou03.pdf, sankou1.pdf.
_FILE_NUMBER = re.compile(r"(sh?iryou?|sankou?)[_-]?(\d{1,2}(?:[-_]\d{1,2})*)(?![\d])", re.I)


def infer_publisher(
    lines: list[Line], pages: tuple[Page, ...], author: str | None
) -> Inference | None:
    """The office that has a line to itself, else the file's author, one in a sentence, or most.

    Args:
        lines: the opening.
        pages: as read.
        author: from the file's own metadata, mostly a person; None where it has none.
    """
    in_sentence: Inference | None = None
    for line in lines:
        named = _offices(line)
        if not named:
            continue
        if _is_signature(line, named):
            return line.inferred("publisher", "・".join(named))
        speaks = re.search(rf"{named[0]}(?:では|は|が|において)|\s{named[0]}$", line.folded)
        if len(named) == 1 and in_sentence is None and speaks and not line.is_numbered:
            in_sentence = line.inferred("publisher", named[0], _IN_SENTENCE)
    return (
        _decided_by(lines)
        or _author_office(author)
        or in_sentence
        or _named_most(pages)
        or _body_below_date(lines)
    )


def infer_published(
    lines: list[Line], pages: tuple[Page, ...], path: Path, created: str | None
) -> Inference | None:
    """The day that has a line to itself, the last one where it was revised; else the file's name.

    A day inside a sentence or a schedule is something the document speaks of, not its own date. A
    month alone is a date of that precision (2022-10). A year or a fiscal year is kept as evidence
    without a value, and so is the day on which the file was made (`created`, ISO), which is seldom
    that of the document.
    """
    dated = [(found, line) for line in lines if (found := own_date(line))]
    if not dated:
        # At the foot of a cover page the one day that stands there is the document's.
        whole = [(found, line) for line in first_page(pages) if (found := own_date(line))]
        dated = whole if len(whole) == 1 else []
    revised = [(found, line) for found, line in dated if _REVISED.search(line.text)]
    named = _date_of_name(path)
    if dated:
        found, line = max(revised, key=lambda pair: pair[0]) if revised else dated[0]
        doubt = ""
        if named and named.value != found:
            doubt = f"ファイル名の日付は {named.value} です"
        return line.inferred("published", found, doubt)
    if named:
        return named
    period = next((line for line in lines if is_period(line)), None)
    if period:
        return period.inferred("published", _month_of(period), "日まで書かれていません")
    if created:
        doubt = "ファイルを作った日で、文書の日付とは限りません"
        return Inference("published", None, "ファイルの書誌", created, doubt)
    return None


def _month_of(line: Line) -> str | None:
    """「2022年10月」 as 2022-10; None for a year or a fiscal year."""
    stated = stated_date(line.text)
    return stated if stated and stated.count("-") == 1 else None


def infer_meeting(title: Inference, lines: list[Line], path: Path) -> Inference | None:
    """「第6回」 from the title, a short line of the opening, or the names of file and folder."""
    match = _MEETING.search(fold(title.value or ""))
    if match:
        return Inference("meeting", f"第{match[1]}回", title.place, title.words)
    for line in lines:
        match = _MEETING.search(line.folded)
        if match and _is_label(line):
            return line.inferred("meeting", f"第{match[1]}回")
    for name in (path.stem, path.parent.name):
        match = _MEETING.search(fold(name))
        if match:
            place = "ファイル名" if name == path.stem else "フォルダー名"
            return Inference("meeting", f"第{match[1]}回", place, name, f"{place}によります")
    return None


def infer_number(lines: list[Line], path: Path) -> Inference | None:
    """「資料6-3」 where a line of the opening is that label, or in the file's name."""
    for line in lines:
        match = _NUMBER.search(line.folded)
        if (
            match
            and _is_label(line)
            and not re.search(r"[をはにがの]$", line.folded[: match.end()])
        ):
            return line.inferred("number", _number(match))
    name = fold(path.stem)
    match = _NUMBER.match(name)
    if match:
        return Inference("number", _number(match), "ファイル名", path.name, "ファイル名によります")
    match = _FILE_NUMBER.search(name)
    if not match:
        return None
    kind = "参考資料" if match[1].lower().startswith("sank") else "資料"
    parts = [str(int(part)) for part in re.split(r"[-_]", match[2])]
    return Inference(
        "number", kind + "-".join(parts), "ファイル名", path.name, "ファイル名によります"
    )


def _offices(line: Line) -> list[str]:
    """Ministries, else a town hall, named in a line, each once and in order."""
    text = line.folded
    if _VENUE.search(text):
        return []
    named = list(dict.fromkeys(_MINISTRY.findall(text)))
    if named:
        return named
    town = _TOWN.search(text)
    return [town.group()] if town and not _NO_TOWN.match(town.group()) else []


def is_office(line: Line) -> bool:
    """The line names the office that speaks, and nothing else."""
    named = _offices(line)
    return bool(named) and _is_signature(line, named)


def _is_signature(line: Line, named: list[str]) -> bool:
    """A line of names alone (「総務省」「発行: みどり市」), or a name with its bureau."""
    text = _STATED.sub("", line.folded.strip("()[]【】 "))
    rest = text
    for name in named:
        rest = rest.replace(name, "", 1)
    if not re.sub(r"[・、,/\s]", "", rest):
        return "、" not in text
    bureau = re.fullmatch(
        r"\s?[^、。をはにが「」]{0,24}(?:局|課|室|部|係|チーム|グループ|本部|役所|役場|庁|事務局|委員会|課長|長)",
        rest,
    )
    return len(named) == 1 and text.startswith(named[0]) and bool(bureau)


def _decided_by(lines: list[Line]) -> Inference | None:
    for line in lines:
        match = _DECIDED.fullmatch(line.folded.strip("()[]【】 "))
        if match:
            return line.inferred("publisher", match[1])
    return None


def _author_office(author: str | None) -> Inference | None:
    line = Line(author or "", "ファイルの書誌")
    named = _offices(line)
    if len(named) != 1:
        return None
    return line.inferred("publisher", named[0], "ファイルの作成者の欄によります")


def _body_below_date(lines: list[Line]) -> Inference | None:
    """The meeting that signs below the date of a cover."""
    for above, line in pairwise(line for line in lines if line.text):
        if own_date(above) and re.fullmatch(_BODY, line.folded):
            return line.inferred("publisher", line.folded, "会議の名前で、役所の名前はありません")
    return None


def _named_most(pages: tuple[Page, ...]) -> Inference | None:
    """The ministry that is more than half of at least three mentions in the first pages."""
    text = "\n".join(page.text for page in pages[:10])
    counted = Counter(_MINISTRY.findall(fold(text)))
    if not counted:
        return None
    name, mentions = max(counted.items(), key=lambda item: (item[1], item[0]))
    if mentions < _LEAST_MENTIONS or 2 * mentions <= counted.total():
        return None
    return Inference("publisher", name, "本文", name, f"本文に{mentions}回出てくる名前です")


def _date_of_name(path: Path) -> Inference | None:
    name = fold(path.stem)
    days = [m.first for m in find_dates(name) if m.precision == "day" and m.first == m.last]
    match = _FILE_DATE.search(name)
    if match:
        try:
            days.append(date(int(match[1]), int(match[2]), int(match[3])))
        except ValueError:
            return None
    if not days:
        return None
    value = days[0].isoformat()
    return Inference("published", value, "ファイル名", path.name, "ファイル名によります")


def _is_label(line: Line) -> bool:
    """Short, no sentence, no item of a list: 「第６回会合 資料６－３」."""
    text = line.folded.strip("()[]【】〔〕<> ")
    item = line.is_bullet or (line.is_numbered and not re.match(r"第\s*\d+\s*回", text))
    return (
        len(text) <= 40 and "。" not in text and not item and not text.endswith(("、", "を", "は"))
    )


def _number(match: re.Match[str]) -> str:
    digits = re.sub(r"\s", "", match[2])
    return re.sub(r"[布付]", "布", match[1]) + re.sub(r"[ー.の]", "-", digits)
