"""What a question asks for: its words, the kind of answer, the specifics an answer must meet."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from assistant.japanese.dates import find_dates
from assistant.japanese.lexicon import one_of, words_for
from assistant.japanese.width import comparable
from assistant.japanese.words import content_words, is_noun_phrase, named_towns, proper_nouns
from assistant.records.answers import Period

Wanted = Literal["amount", "date", "person", "list", "other"]

ASKING_WORDS = frozenset(words_for("asking"))
"""Words of asking rather than of the thing asked for; documents are not expected to hold them."""
COMPARED = re.compile(r"違[いうっ]|異な|比べ|比較|それぞれ|両方")
"""Two sides are asked for: neither may be left out."""
_ATTACHED_WORDS = frozenset({"番号", "住所", "氏名"})
_AMOUNT = re.compile(
    r"いくら|いくつ|何(?:歳|才|年間|日間|週間|か月|カ月|ヶ月|人|名|件|割|%|パーセント|倍|回|社|か所|カ所|箇所|校|台|日|時間|億|万|円|団体|市町村|"
    r"自治体|市町|項目|種類|点|世帯|地区|つ)"
    r"|どれ(?:くらい|ぐらい|ほど)|どの(?:くらい|ぐらい|程度)|割合|人数|件数|金額|補助率|上限額|予算額|単価|受講料"
)
_DATE = re.compile(r"いつ|何年(?!間)|何月|何日(?!間)|期日|締め?切り?|期限|日程|時期は")
_PERSON = re.compile(r"(?:誰|だれ|どなた)(?:が|は|の|で|に|と)?|何という人")
_LIST = re.compile(
    r"どんな|どのような|どういう|何が(?:あり|ある|挙げ)|挙げて|一覧|種類|[0-9一二三四五六]つの|"
    r"何を(?:すれ|した)|ポイント|それぞれ"
)
_QUOTED = re.compile(r"[「『]([^」』]{2,40})[」』]")
_NAME_END = re.compile(r"(?:制度|事業|計画|基金|交付金|補助金|構想|機構|条例|センター|プログラム)$")
# What makes 「とは何」 a question of meaning: 「って何から始めますか」 asks for something else.
_MEANT = (
    r"(?:です|でしょう|でござい|であ[るろ]|だ|な[のん]|の(?:こと|略|[。?]*$)|"
    r"を(?:指[しすさ]|意味)|か(?:[。?、を]|教|説明|$)|[。?、]*$)"
)
# 「LPWAとは何ですか」「中間支援組織ってなに」「PDCAの意味を教えて」; 「ことは何」 has no 「とは」.
_DEFINED = re.compile(
    r"(?P<term>[^、。「」?]{2,30}?)(?:"
    r"(?:(?<!こ)とは|(?:という|って)の[はが]|って)、?"
    rf"(?:(?:何|なに|なん|(?:どういう|どんな)(?:もの|こと|意味|人)){_MEANT}|[。?]*$)"
    r"|(?:の|という(?:言葉|用語|語)の)(?:意味|定義)(?:は|を|って))"
)
_MEETING = re.compile(
    r"第\s*\d{1,3}\s*(?:回|期|次|条|号)|(?:検討項目|別紙|別添|様式|資料)\s*\d{1,2}(?:-\d{1,2})?"
)
_LATIN = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9]{1,2}[A-Z]|[A-Za-z])[A-Za-z0-9.\-]*[A-Za-z0-9]|[0-9]G"
)
# The section of the plan that the user is writing is no name that a document must hold.
_OWN_PLAN = re.compile(r"(?:計画書|申請書|提案書)の.{1,20}?の?(?:章|欄|項目|節)")
_OWN_PLAN_FRAME = re.compile(r"(?:計画書|申請書|提案書)の(「[^」]{1,20}」)の?(?:章|欄|項目|節)")
_ERAS = {"令和", "平成", "昭和", "大正", "明治"}
_TITLED = rf"(?:{one_of('titles', 'honorifics')})"
_TITLE_END = re.compile(rf"(?:{one_of('titles', 'honorifics', 'parts_in_meetings')})$")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the words of a question say by themselves."""

    text: str
    """Width-folded question."""
    words: tuple[str, ...]
    """Content words in order, each once, without words of asking."""
    wanted: Wanted
    """The kind of answer asked for."""
    attached: tuple[str, ...]
    """A word that means nothing alone with the one before it (「電話番号」); or empty."""
    names: tuple[str, ...]
    """Proper nouns, municipalities and Latin names: an answer that meets none is about something
    else."""
    quoted: tuple[str, ...]
    """Names in quotation marks: each must stand in the documents as it is."""
    defined: str | None
    """The term whose meaning is asked for (「LPWAとは何ですか」)."""
    dates: tuple[Period, ...]
    """Dates and fiscal years named; 「昨年度」 and the like are `Restrictions.periods`."""
    meetings: tuple[str, ...]
    """「第6回」「検討項目2」「資料6-3」 and the like, without spaces."""


def read_wording(question: str) -> Wording:
    """Read the words of a question; any text is read, an empty one has no words."""
    text = comparable(question).strip()
    return Wording(
        text=text,
        words=tuple(w for w in dict.fromkeys(content_words(question)) if w not in ASKING_WORDS),
        wanted=_wanted(text),
        attached=_attached(text),
        names=tuple(dict.fromkeys(_names(text))),
        quoted=tuple(dict.fromkeys(_quoted(text))),
        defined=_defined(text),
        dates=tuple(Period(m.first, m.last) for m in find_dates(question)),
        meetings=tuple(re.sub(r"\s", "", m) for m in _MEETING.findall(text)),
    )


def without_own_plan(question: str) -> str:
    """「計画書の「推進体制」の章に…」 as 「「推進体制」に…」, folded.

    Documents speak of the matter, not of the user's plan.
    """
    return _OWN_PLAN_FRAME.sub(r"\1", comparable(question))


def named_speakers(question: str, speakers: Iterable[str]) -> list[str]:
    """Those of the printed speakers whose name stands in a question.

    A name of one character (関) must be followed by a title; a longer one may stand alone.
    """
    text = comparable(question)
    found = []
    for speaker in speakers:
        name = speaker_name(comparable(speaker))
        if name and re.search(re.escape(name) + ("" if len(name) > 1 else _TITLED), text):
            found.append(speaker)
    return found


def speaker_name(label: str) -> str:
    """The person's name in a printed speaker: 「事務局(佐々木課長)」 → 「佐々木」; may be empty."""
    inside = re.search(r"\((.*?)\)$", label)
    name = inside[1] if inside else label
    return _TITLE_END.sub("", name)


def _wanted(text: str) -> Wanted:
    kinds: tuple[tuple[re.Pattern[str], Wanted], ...] = (
        (_DATE, "date"),
        (_PERSON, "person"),
        (_AMOUNT, "amount"),
        (_LIST, "list"),
    )
    return next((kind for pattern, kind in kinds if pattern.search(text)), "other")


def _attached(text: str) -> tuple[str, ...]:
    for before, word in pairwise(content_words(text)):
        if word in _ATTACHED_WORDS and f"{before}{word}" in text:
            return before, word
    return ()


def _defined(text: str) -> str | None:
    match = _DEFINED.search(text)
    return match["term"] if match and is_noun_phrase(match["term"]) else None


def _names(text: str) -> list[str]:
    text = _OWN_PLAN.sub("", text)
    proper = [name for name in proper_nouns(text) if name not in _ERAS]
    return [*proper, *named_towns(text), *_LATIN.findall(text)]


def _quoted(text: str) -> list[str]:
    """Quoted names; a quoted clause (「なぜ今か」) is none, unless it ends as a name does."""
    quoted = _QUOTED.findall(_OWN_PLAN.sub("", text))
    return [name for name in quoted if is_noun_phrase(name) or _NAME_END.search(name)]
