"""The head of minutes: agenda and attendance lists, as data."""

import re
from typing import Literal

from assistant.ingest.clean import Line
from assistant.ingest.speakers import speaker_organisation, speaker_role
from assistant.japanese.width import fold
from assistant.records.documents import Attendee

_MARK = (
    r"^(?:[0-9]{1,2}[\s.、]+|[(]?[0-9一二三四五六七八九十]{1,2}[)][\s]*|[○●◎■◆◇□・【\[〔<《]\s*)*"
)
_PEOPLE = (
    r"(?P<absent>欠席(?:者|構成員|委員)?)|(?:出席|参加)(?:者|構成員|委員)?|構成員|委員(?:名簿)?|事務局|オブザーバー|説明者|発表者|"
    r"(?P<body>[一-龥ぁ-んァ-ヶー]{2,12}(?:省|庁|府|県|市|町|村))"
)
_HEADS = re.compile(
    rf"{_MARK}(?:(?P<agenda>議事(?:次第)?|議題|次第)|(?P<people>{_PEOPLE})|(?P<other>(?:開催)?(?:日時|場所|期日)"
    r"[^:]{0,12}|配[付布]資料|資料|概要|傍聴者?|開会|議事(?:内容|概要|要旨|録)|主な(?:意見|発言)))"
    r"(?:[(]敬称略[^)]*[)])?[】\]〕>》]?(?:[(]敬称略[^)]*[)])?\s*(?::\s*(?P<rest>.*))?$"
)
_ROLE_FIRST = re.compile(
    r"^[(（]?(?P<role>副?座長(?:代理)?|副?部会長|副?委員長|副?会長|主査|委員|構成員|オブザーバー|事務局|専門委員|臨時委員)[)）]?"
    r"(?:\s*[:：]\s*|[\s　]+)(?P<name>\S.*)$"
)
_BRACKETED = re.compile(r"[（(](?P<inside>[^（）()]+)[）)]$")
_AND_OTHERS = re.compile(r"[\s　]*(?:他|ほか|外|等)(?:[0-9０-９]*名)?$")
_ITEM = re.compile(
    r"^(?:[（(][0-9０-９一二三四五六七八九十]{1,2}[）)]|[0-9０-９]{1,2}[．.、\s　]|[①-⑳]|[・○●])"
    r"[\s　]*"
)


def agenda_of(head: list[Line]) -> list[str]:
    """The items of the agenda, as printed, without their numbers; wrapped lines joined."""
    items: list[str] = []
    for line, _ in _listed(head, "agenda"):
        mark = _ITEM.match(line)
        if mark or not items:
            items.append(line[mark.end() :] if mark else line)
        else:
            items[-1] += line
    return items


def attendees_in(head: list[Line]) -> list[Attendee]:
    """Everyone that the lists of the head name, in order."""
    groups: dict[tuple[str | None, str | None, bool], list[str]] = {}
    for line, found in _listed(head, "people"):
        key = (_role(found["people"]), found["body"], not found["absent"])
        groups.setdefault(key, []).append(line)
    return [
        _attendee(entry, role, body, present=present)
        for (role, body, present), lines in groups.items()
        for entry in _entries(lines)
    ]


def _listed(head: list[Line], name: Literal["agenda", "people"]) -> list[tuple[str, re.Match[str]]]:
    """The lines of the lists of one sort, each with the heading it stands under."""
    current: re.Match[str] | None = None
    lines = []
    for line in head:
        found = _HEADS.match(fold(line.text))
        # A body's name is a heading only where a number or mark says so.
        if found and found["body"] and found.start("body") == 0:
            found = None
        # 「委員：佐藤」 in a list is a person in it, not a list of its own.
        if found and found["rest"] and current and current["people"] and found["people"]:
            found = None
        if found:
            current = found
            rest = re.split(r"[:：]", line.text, maxsplit=1)[1:] if found["rest"] else []
            if current[name] and rest:
                lines.append((rest[0].strip(), current))
        elif current and current[name]:
            lines.append((line.text, current))
    return lines


def _entries(lines: list[str]) -> list[str]:
    """People in lines that list them with commas, wrapped anywhere, or one a line."""
    if any("、" in line for line in lines):
        parts = re.split(r"[、，]", "".join(lines))
    else:
        parts = [_ITEM.sub("", line) for line in lines]
    cleaned = (_AND_OTHERS.sub("", part.strip()) for part in parts)
    return [part for part in cleaned if part and len(part) <= 60]


def _attendee(entry: str, role: str | None, body: str | None, *, present: bool) -> Attendee:
    first = _ROLE_FIRST.match(entry)
    name = first["name"] if first else entry
    bracketed = _BRACKETED.search(name)
    organisation = bracketed["inside"] if bracketed else body
    name = name[: bracketed.start()].strip() if bracketed else name
    columns = re.split(r"[\s　]{2,}", name, maxsplit=1)
    if len(columns) == 2 and not bracketed:
        name, organisation = columns[0], columns[1]
    own = first["role"] if first else speaker_role(name, "")
    return Attendee(name, own or role, organisation or speaker_organisation(name, ""), present)


def _role(people: str) -> str | None:
    """The role that a list's heading gives: 出席構成員 → 構成員."""
    for role in ("構成員", "委員", "オブザーバー", "事務局", "説明者", "発表者"):
        if role in people:
            return role
    return None
