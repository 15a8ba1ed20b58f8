"""What a question asks for: its words, the kind of answer, the specifics an answer must meet."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.japanese.dates import find_dates
from assistant.japanese.width import comparable
from assistant.japanese.words import content_words, is_noun_phrase, named_towns, proper_nouns
from assistant.schema import Period

Wanted = Literal["amount", "date", "person", "list", "other"]

# Words of asking rather than of the thing asked for; documents are not expected to hold them.
ASKING_WORDS = frozenset(
    " ".join(
        (
            "幾ら 幾つ 幾 教える 挙げる 述べる 話す 言う 書く 記述 資料 知る 示す 何 もの",
            "こと 説明 見る 思う 使う 根拠 引く 合わせる 答える 良い 場合",
            "考える 考え くらい つ 章 全て 詳しい 違う 比べる 内容 意見 発言",
            "質問 下さい 柱 並ぶ 項目 種類 番号 担当 受ける 条件 回数 件数",
            "人数 割合 数 状況 理由 取組 取り組み 事例 具体 主 載る 出る",
            "有る 無い 居る 出来る 為る 成る 時 様 方 的 さん 氏 御 お 文",
            "物 事 人 年 度",
        )
    ).split()
)
COMPARED = re.compile(r"違[いうっ]|異な|比べ|比較|それぞれ|両方")
"""Two sides are asked for: neither may be left out."""
ATTACHED_WORDS = frozenset({"番号", "住所", "氏名"})
"""Words that mean a thing only together with the word before: 「電話番号」."""
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
_UNITS = (
    (r"いつからいつまで|期間は(?!.{0,8}何)", r"(?:日|月|年度?)?\s*(?:~|から)"),
    (r"何割|何%|何パーセント|割合|補助率", r"割|%|分の|パーセント|半|/"),
    (r"いくら|金額|上限額|予算額|単価|受講料|料金", r"円|ドル"),
    (r"何人|人数|何名|どれくらいの人", r"人|名"),
    (r"何[歳才]|年齢|いくつの(?:人|方)", r"[歳才]"),
    (r"何件|件数", r"件"),
    (r"何倍", r"倍"),
    (r"何回", r"回"),
    (r"何社", r"社"),
    (r"何日(?!程|間)|何月", r"日|月"),
    (r"何日間|何週間", r"日|週"),
    (r"何(?:か|カ|ヶ)月", r"[かカヶ箇ケ]月"),
    (r"何年度", r"年度"),
    (r"何年(?!度|間)", r"年"),
    (r"何年間", r"年|[かカヶ箇ケ]年"),
    (r"何時", r"時|:"),
    (r"何項目", r"項目|つ|点"),
    (r"何種類", r"種類|種|つ"),
    (r"何点", r"点|つ"),
    (r"何世帯", r"世帯"),
    (r"何(?:団体|自治体|市町村|市町)", r"団体|自治体|市|町|村"),
    (r"いくつ|何つ", r"[^0-9\s、。,.)(年月日]"),
)
_ATTRIBUTE = re.compile(
    r"(?P<asked>[^、。「」？?]{1,24}?)(?:"
    r"を(?:全て|すべて|全部|一つずつ|五つ|三つ)?(?:教え|挙げ|知り|示し|見せ)"
    r"|は(?:\s*\?|$|(?:何|いくら|いつ|誰|だれ|どこ|いくつ|何.{1,3})(?:です|でしょう|か|\?|$)))"
)
# Nouns that ask for a relation, not for a thing that a document would name: 「場所はどこか」.
_RELATION_WORDS = frozenset(
    " ".join(
        (
            "相手 場所 性質 扱う 特徴 方法 意味 例 名 側 点 面 程度 時期 時間 順番 先 位置 関係",
            "結果 答え 目的 対象 役割 効果 要素 要因 原因 背景 範囲 中身 概要 分野 主体 手段 形 型",
            "一番 最も 多い 少ない 大きい 高い 低い",
            # What one should do or mind: documents say it without these words.
            "気 注意 留意 心掛ける 大切 大事 必要 重要 コツ",
        )
    ).split()
)
_WHO_DID = re.compile(
    r"のは(?:誰|だれ|どなた|どの)|(?:構成員|委員|人|方)の(?:名前|氏名)は(?:何|誰)"
)
_TOPIC = re.compile(r"[は、](?P<topic>[^、。はがの「」]{2,16})について、?(?:何|どう|どの|どんな)")
_COUNTED = re.compile(r"何(?:件|社|団体|世帯|か所|項目|種類)の(?P<noun>[一-龥ァ-ヶー]{2,8})")
_WHICH = re.compile(r"(?:どの|どんな|どのような)(?P<noun>[一-龥ァ-ヶー]{2,6})(?=[をがでへ])")
# 「いつからいつまで」 asks for a period, which may be written with ～.
_DEADLINE = re.compile(r"(?<!から)(?:何日|何月|いつ|何時)まで|締め?切り?|期限")
_NO_KIND = frozenset(
    {"事", "もの", "物", "方法", "取り組み", "内容", "対策", "工夫", "効果", "役割", "場面"}
)
_NOT_ASKED = ASKING_WORDS | _RELATION_WORDS
_NOUN = re.compile(r"[一-龥ァ-ヶa-z]")
_PHRASE_ENDS = re.compile(r"[のがはをにでとも、]")
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
_TITLED = r"(?:構成員|委員|座長|部会長|センター長|課長|室長|補佐|さん|様|氏|先生)"


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the search and the answer see it."""

    text: str
    """Width-folded question."""
    words: tuple[str, ...]
    """Content words in order, each once, without words of asking."""
    wanted: Wanted
    """The kind of answer asked for."""
    unit: str | None
    """Pattern of the units an amount or date may have, all that are asked for; None when any will
    do."""
    asked: tuple[str, ...]
    """Words of the very thing asked for (「電話番号」 of 「市長の電話番号は？」); may be empty."""
    counted: tuple[str, ...]
    """Words of what is counted (「何件の意見」): they must stand with the number."""
    wished: tuple[str, ...]
    """Words of the kind of thing wanted (「どの書類」)."""
    deadline: bool
    """Whether a last day is asked for (「何日までに」)."""
    names: tuple[str, ...]
    """Proper nouns, municipalities and Latin names: an answer that meets none is about something
    else."""
    quoted: tuple[str, ...]
    """Names in quotation marks: each must stand in the documents as it is."""
    defined: str | None
    """The term whose meaning is asked for (「LPWAとは何ですか」)."""
    dates: tuple[Period, ...]
    """Dates and fiscal years named, and those that 「昨年度」 and the like stand for."""
    meetings: tuple[str, ...]
    """「第6回」「検討項目2」「資料6-3」 and the like, without spaces."""


def understand(question: str, periods: Sequence[Period] = ()) -> Query:
    """Read a question; any text is understood, an empty one has no words.

    Args:
        question: any text.
        periods: those that it names by words like 「昨年度」 (`Found.periods`).
    """
    text = comparable(question).strip()
    return Query(
        text=text,
        words=tuple(w for w in dict.fromkeys(content_words(question)) if w not in ASKING_WORDS),
        wanted=_wanted(text),
        unit="|".join(unit for asked, unit in _UNITS if re.search(asked, text)) or None,
        asked=tuple(_asked(text)),
        counted=tuple(_words_in(_COUNTED, text)),
        wished=tuple(w for w in _words_in(_WHICH, text) if w not in _NOT_ASKED),
        deadline=bool(_DEADLINE.search(text)),
        names=tuple(dict.fromkeys(_names(text))),
        quoted=tuple(dict.fromkeys(_quoted(text))),
        defined=_defined(text),
        dates=(*(Period(m.first, m.last) for m in find_dates(question)), *periods),
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
    return re.sub(
        r"(?:構成員|専門委員|委員|座長代理|座長|部会長|会長|センター長|統括補佐|参事官補佐|課長補佐|課長|室長|補佐|"
        r"様|氏|先生|事務局|オブザーバー)$",
        "",
        name,
    )


def _wanted(text: str) -> Wanted:
    kinds: tuple[tuple[re.Pattern[str], Wanted], ...] = (
        (_DATE, "date"),
        (_PERSON, "person"),
        (_AMOUNT, "amount"),
        (_LIST, "list"),
    )
    return next((kind for pattern, kind in kinds if pattern.search(text)), "other")


def _asked(text: str) -> list[str]:
    """Words of the last noun phrase before 「は何」「を教えて」 that says more than asking does.

    Of 「財政措置の内容を教えて」 that is 財政 and 措置: 内容 says nothing of its own.
    """
    topic = _TOPIC.search(text)
    if topic and is_noun_phrase(topic["topic"]):
        return [word for word in content_words(topic["topic"]) if word not in _NOT_ASKED]
    # 「…と指摘したのは誰か」 asks for who said it, by whatever verb it is reported.
    match = None if _WHO_DID.search(text) else _ATTRIBUTE.search(text)
    for phrase in reversed(_PHRASE_ENDS.split(match["asked"])) if match else []:
        found = content_words(phrase)
        words = [
            word
            for before, word in zip(["", *found], found, strict=False)
            if (word not in _NOT_ASKED and _NOUN.search(word))
            or (before and word in ATTACHED_WORDS)
        ]
        if words:
            return words
    return []


def _defined(text: str) -> str | None:
    match = _DEFINED.search(text)
    return match["term"] if match and is_noun_phrase(match["term"]) else None


def _words_in(pattern: re.Pattern[str], text: str) -> list[str]:
    """Content words of the noun that a pattern finds, unless it is of no meaning of its own."""
    words = [word for match in pattern.finditer(text) for word in content_words(match["noun"])]
    return [] if set(words) & _NO_KIND else words


def _names(text: str) -> list[str]:
    text = _OWN_PLAN.sub("", text)
    proper = [name for name in proper_nouns(text) if name not in _ERAS]
    return [*proper, *named_towns(text), *_LATIN.findall(text)]


def _quoted(text: str) -> list[str]:
    """Quoted names; a quoted clause (「なぜ今か」) is none, unless it ends as a name does."""
    quoted = _QUOTED.findall(_OWN_PLAN.sub("", text))
    return [name for name in quoted if is_noun_phrase(name) or _NAME_END.search(name)]
