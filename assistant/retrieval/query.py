"""What a question asks for: its words, the kind of answer, the specifics an answer must meet."""

import re
from dataclasses import dataclass
from typing import Literal

from assistant.japanese.dates import DateMention, find_dates
from assistant.japanese.width import fold
from assistant.japanese.words import content_words, proper_nouns

Wanted = Literal["amount", "date", "person", "list", "other"]

_AMOUNT = re.compile(
    r"いくら|何(?:人|名|件|割|%|パーセント|倍|回|社|か所|カ所|箇所|校|台|日|時間|億|万|円|団体|市町村|自治体|市町)"
    r"|どれ(?:くらい|ぐらい|ほど)|どの(?:くらい|ぐらい|程度)|割合|人数|件数|金額|補助率|上限額|予算額|単価|受講料"
)
_DATE = re.compile(r"いつ|何年|何月|何日|期日|締め?切り?|期限|日程|時期は")
_PERSON = re.compile(r"(?:誰|だれ|どなた)(?:が|は|の|で|に|と)?|何という人|(?:電話番号|連絡先)")
_LIST = re.compile(
    r"どんな|どのような|どういう|何が(?:あり|ある|挙げ)|挙げて|一覧|種類|[0-9一二三四五六]つの|何を(?:すれ|した)|ポイント"
)
_QUOTED = re.compile(r"[「『]([^」』]{2,40})[」』]")
_MEETING = re.compile(r"第\s*\d{1,3}\s*(?:回|期|次|条|号)")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9.\-]*[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the search and the answer see it."""

    text: str
    """Width-folded question."""
    words: tuple[str, ...]
    """Content words in order, each once."""
    wanted: Wanted
    """The kind of answer asked for."""
    names: tuple[str, ...]
    """Quoted names, proper nouns and Latin names: an answer that meets none is about something
    else."""
    dates: tuple[DateMention, ...]
    """Dates and fiscal years named."""
    meetings: tuple[str, ...]
    """「第6回」 and the like, without spaces."""


def understand(question: str) -> Query:
    """Read a question; any text is understood, an empty one has no words."""
    text = fold(question).strip()
    return Query(
        text=text,
        words=tuple(dict.fromkeys(content_words(question))),
        wanted=_wanted(text),
        names=tuple(dict.fromkeys(_names(text))),
        dates=tuple(find_dates(question)),
        meetings=tuple(re.sub(r"\s", "", m) for m in _MEETING.findall(text)),
    )


def _wanted(text: str) -> Wanted:
    kinds: tuple[tuple[re.Pattern[str], Wanted], ...] = (
        (_DATE, "date"),
        (_PERSON, "person"),
        (_AMOUNT, "amount"),
        (_LIST, "list"),
    )
    return next((kind for pattern, kind in kinds if pattern.search(text)), "other")


def _names(text: str) -> list[str]:
    return [*_QUOTED.findall(text), *proper_nouns(text), *_LATIN.findall(text)]
