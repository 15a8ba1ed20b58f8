"""The path of headings over a place in a document, and what it makes of the text under it."""

import re

from assistant.japanese.width import fold
from assistant.records.text import Claim

# Committee papers are built of these three parts, each named by its heading.
_CLAIMS: tuple[tuple[Claim, re.Pattern[str]], ...] = (
    (
        "question",
        re.compile(r"(?:主な|今後の|検討の)?(?:論点|検討事項|検討(?:すべき)?課題|検討の視点)"),
    ),
    (
        "finding",
        re.compile(
            r"現状(?:[・と]課題)?|課題(?:認識|と現状)?|現状認識|背景(?:[・と]課題)?|調査結果|実態"
        ),
    ),
    (
        "proposal",
        re.compile(
            r"(?:今後の|主な)?(?:対応|取組み?|施策|解決|検討|支援)の方向性?|(?:対応|解決)(?:策|方針|方策)|提[言案]"
        ),
    ),
)
_BESIDE = re.compile(
    r"^(?:第?[0-9]{1,2}[章節.、]?|[(][0-9]{1,2}[)]|[①-⑳■●])|[(][^)]*[)]|[0-9①-⑳]+$"
)


def claim_of(path: tuple[str, ...]) -> Claim | None:
    """What the innermost heading that says so makes of a section; None where none does.

    Numbers, 「(案)」 and 「(再掲)」 beside the name do not count.
    """
    for heading in reversed(path):
        for part in reversed(heading.split(" > ")):
            name = _BESIDE.sub("", re.sub(r"\s", "", fold(part)))
            for claim, pattern in _CLAIMS:
                if pattern.fullmatch(name):
                    return claim
    return None


def enter(path: list[tuple[int, str]], level: int, name: str) -> None:
    """Go under a heading: those of its rank and below it end.

    Args:
        path: (level, heading) pairs, outermost first; changed in place.
        level: rank of the heading, 1 outermost.
        name: its text.
    """
    while path and path[-1][0] >= level:
        path.pop()
    path.append((level, name))


def joined(*names: str | None) -> str | None:
    """The headings as one line, outermost first; None when there is none."""
    return " > ".join(name for name in names if name) or None
