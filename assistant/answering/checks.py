"""What a written statement may say: nothing its quotes do not carry.

The statement is a model's wording, so it is compared by what can be compared: numbers, dates,
negations, names, hedges, and the marks of law and money. Every check is reflexive (a source's own
sentence passes) and errs towards rejecting: a rejected statement is written anew or shown apart.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.answering.untrusted import has_url, speaks_to_a_model
from assistant.japanese.dates import DateMention, find_dates
from assistant.japanese.hedges import asks, supposes
from assistant.japanese.negation import find_denials, turned
from assistant.japanese.numbers import find_numbers, missing_numbers
from assistant.japanese.sentences import split_sentences
from assistant.japanese.thesaurus import load_thesaurus, term_words
from assistant.japanese.width import comparable, squeeze
from assistant.japanese.words import content_words, proper_nouns
from assistant.question.wording import ASKING_WORDS
from assistant.records.answers import Passage

_DAY = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*日")
# Which side of a number is meant; 「500万円以上」 is not 「500万円」.
_BOUND = re.compile(r"\s?(?:~|以上|以下|未満|以内|以降|以前|を?超え?|を上回|を下回|まで|しか|から)")
_BOUND_NAMES = (
    "以上",
    "以下",
    "未満",
    "以内",
    "以降",
    "以前",
    "超",
    "上回",
    "下回",
    "まで",
    "しか",
    "から",
)

_LEAST_CARRIED = 0.5
"""Share of a sentence's content words that its sources must hold; a paraphrase keeps most."""
_VAGUE = re.compile(r"[数何][十百千万億兆]+[^\s、。]?")

_ENDINGS = (
    r"(?:省|庁|局|委員会|審議会|部会|協議会|研究会|懇談会|検討会|連絡会|機構|財団|協会|連合会|組合|学会|センター|研究所|"
    r"大学|高校|高専|学校|病院|銀行|信用金庫|会社|株式会社|コンソーシアム|"
    r"事業|補助金|交付金|助成金|支援金|基金|制度|プログラム|パッケージ|プロジェクト|計画|構想|戦略|法|条例|要綱|指針|ガイドライン|ガイドブック)"
)
_NAME = re.compile(rf"[一-龥々ァ-ヶーA-Za-z0-9・]{{2,30}}?{_ENDINGS}(?![一-龥々ァ-ヶー])")
_PLACE = re.compile(r"[一-龥々ァ-ヶ]{1,6}?(?:都|道|府|県|市|町|村|区)(?![一-龥々ァ-ヶー])")
# みらい市 and さいたま市, but not この町 and 小さな町.
_PLACE_IN_KANA = re.compile(
    r"(?:^|(?<=[、。「(]))[ぁ-ん]{2,5}(?<![のなるた])(?:市|町|村)(?![一-龥])"
)
_LATIN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9.+-]*[A-Za-z0-9](?![A-Za-z0-9])")
_QUOTED = re.compile(r"[「『]([^」』]{2,60})[」』]")
# A common noun that happens to end as names do needs no carrier.
_COMMON = re.compile(
    r"(?:この|その|当該|同|本|各|国の|新たな|既存の|地方公共|地域|地方|民間|関係|支援|実証|補助|交付|整備|推進|活用|"
    r"対象|公共|新規|既存|一般|公営|委託|調査|研究|開発|運営|連携|人材|育成|確保|モデル|デジタル|公募|住民|町|市|村|県)*"
    r"(?:事業|制度|計画|会社|学校|大学|病院|銀行|組合|協議会|法|プロジェクト|プログラム|センター|戦略|構想|"
    r"補助金|交付金|指針|市町村|自治体|都道府県|県|町|市|村)"
)

_HEDGE = re.compile(
    r"ではないか|かもしれ|可能性|思|だろう|でしょう|推測|見込|想定|望まし|適当|検討|期待|べき|必要|有効|有力|"
    r"考え|とされ|としてい|案|提案|提起|論点|指摘|意見|述べ|示され|挙げ|発言|求め|説明|紹介|問|目指|方針|方向"
)
_DECIDED = re.compile(
    r"決定し|決定され|決定してい|確定し|決まっ|決められ|定められ|義務付け|義務づけ|義務化|"
    r"必須と(?:され|なっ|した)|認められ(?:ます|る|た)|(?:実施|開始|導入|廃止)(?:されました|しました|された)"
)
_TERMS = re.compile(
    r"補助|交付|助成|負担|上限|下限|公募|申請|応募|締め?切|期限|提出|予算|支援額|限度額"
)
_MONEY = re.compile(r"円|割|%|分の|割合|率")
_PROGRAMME = re.compile(
    r"事業|補助金|交付金|助成|支援金|制度|パッケージ|基金|プログラム|公募|特別交付税|地方財政措置|交付税"
)


@dataclass(frozen=True, slots=True)
class Source:
    """One piece of evidence found: the source's own sentences and where they stand."""

    text: str
    passage: Passage

    @property
    def lines(self) -> str:
        """The lines of the passage that the sentences stand in."""
        chunk = self.passage.chunk.text
        start = max(0, chunk.find(self.text))
        before = chunk.rfind("\n", 0, start) + 1
        after = chunk.find("\n", start + len(self.text))
        return chunk[before : after if after >= 0 else len(chunk)]

    @property
    def surroundings(self) -> str:
        """What is known of the place: title, publisher, date, speaker, headings."""
        document, chunk = self.passage.document, self.passage.chunk
        original = document.original
        known = (
            *(document.title, document.publisher, document.meeting, document.published),
            *((original.title, original.publisher, original.date) if original else ()),
            *(chunk.section, chunk.speaker, chunk.role),
        )
        return "\n".join(part for part in known if part)


def problems_of(text: str, sources: Sequence[Source]) -> list[str]:
    """Why a statement is not carried by its sources, in Japanese; empty when it is.

    Args:
        text: the statement.
        sources: its evidence as found in the passages; none is a problem of its own.
    """
    if not text:
        return ["記述の文がありません。"]
    if not sources:
        return ["根拠の文が、示された資料の中に見つかりません。"]
    quotes = [source.text for source in sources]
    return [
        *_form(text, sources),
        *_words(text, sources),
        *_dates(text, quotes),
        *_numbers(text, quotes),
        *_negations(text, quotes),
        *_names(text, sources),
        *_voice(text, sources),
        *_terms(text, sources),
    ]


def _form(text: str, sources: Sequence[Source]) -> list[str]:
    found = []
    if has_url(text):
        found.append("記述に URL があります。URL は書かないでください。")
    if any(speaks_to_a_model(source.lines) for source in sources):
        found.append("根拠の文が、AIへの指示のような文です。")
    return found


def _words(text: str, sources: Sequence[Source]) -> list[str]:
    """Every sentence must speak of what its sources speak of, in their words or the thesaurus's."""
    around = "\n".join(f"{source.text}\n{source.surroundings}" for source in sources)
    known = set(content_words(around))
    found = []
    for start, end in split_sentences(text):
        words = term_words(text[start:end])
        carried = asked = position = 0
        for length, forms in load_thesaurus().split(words):
            term = words[position : position + length]
            position += length
            if not ASKING_WORDS.issuperset(term):
                asked += length
                carried += length * any(known.issuperset(form) for form in (term, *forms))
        if carried < _LEAST_CARRIED * asked:
            found.append(f"「{text[start:end]}」は、根拠の文にない内容です。")
    return found


def _dates(text: str, quotes: list[str]) -> list[str]:
    carried = [mention for quote in quotes for mention in find_dates(quote)]
    folded = comparable(text)
    missing = [
        folded[mention.start : mention.end]
        for mention in find_dates(text)
        if not any(_covers(mention, known) for known in carried)
    ]
    days = {match.groups() for quote in quotes for match in _DAY.finditer(comparable(quote))}
    days |= {(str(d.first.month), str(d.first.day)) for d in carried if d.precision == "day"}
    missing += [m.group() for m in _DAY.finditer(folded) if m.groups() not in days]
    return [f"日付「{day}」が根拠の文にありません。" for day in dict.fromkeys(missing)]


def _covers(stated: DateMention, known: DateMention) -> bool:
    """Whether a source's date is the one stated, or begins or ends where it is said to."""
    if (stated.first, stated.last) == (known.first, known.last):
        return True
    finer = ("day", "month", "year")
    if known.precision == "fiscal_year" or stated.precision == "fiscal_year":
        return False
    if finer.index(known.precision) > finer.index(stated.precision):
        return False
    return any(stated.first <= day <= stated.last for day in (known.first, known.last))


def _numbers(text: str, quotes: list[str]) -> list[str]:
    # A date is compared as a date: 2024年4月 and 令和6年4月 share no number.
    folded = comparable(text)
    for mention in reversed(find_dates(text)):
        folded = folded[: mention.start] + "、" + folded[mention.end :]
    missing = [folded[n.start : n.end] for n in missing_numbers(folded, quotes)]
    carried = [
        (n.value, n.unit, _bound(quote, n.end), _label(quote, n.start))
        for quote in map(comparable, quotes)
        for n in find_numbers(quote)
    ]
    for n in find_numbers(folded):
        known = [row for row in carried if row[0] == n.value and n.unit in {row[1], ""}]
        bound, label = _bound(folded, n.end), _label(folded, n.start)
        if not any(row[2] == bound and (n.unit or label in {row[3], ""}) for row in known):
            missing.append(folded[max(0, n.start - 2) : n.end + len(bound)])
    written = squeeze(comparable("\n".join(quotes)))
    missing += [m for m in _VAGUE.findall(folded) if squeeze(m) not in written]
    missing += _mismatched(text, quotes)
    return [f"数「{number}」が根拠の文にありません。" for number in dict.fromkeys(missing)]


def _label(text: str, place: int) -> str:
    """The letters right before a number that name it (検討項目3, 方向性(3)); may be empty."""
    match = re.search(r"[一-龥ァ-ヶA-Za-z.]{1,2}\(?$", text[max(0, place - 4) : place])
    return match.group() if match else ""


def _mismatched(text: str, quotes: list[str]) -> list[str]:
    """Amounts given for another date than in the quotes: 「令和5年度15件、令和6年度25件」."""
    known = [row for quote in quotes for row in _dated(quote)]
    return [
        shown
        for first, last, value, unit, shown in _dated(text)
        if any(row[2:4] == (value, unit) for row in known)
        and (first, last, value, unit) not in {row[:4] for row in known}
    ]


def _dated(text: str) -> list[tuple[date, date, Decimal, str, str]]:
    """(first day, last day, value, unit, as written) of each number after a date in its clause."""
    folded = comparable(text)
    mentions = find_dates(text)
    rows = []
    for n in find_numbers(folded):
        before = [m for m in mentions if m.end <= n.start]
        if before and not re.search(r"[。]", folded[before[-1].end : n.start]):
            m = before[-1]
            rows.append((m.first, m.last, n.value, n.unit, folded[m.start : n.end]))
    return rows


def _bound(text: str, place: int) -> str:
    match = _BOUND.match(text, place)
    if match and "~" in match.group():
        return "から"
    return next((n for n in _BOUND_NAMES if match and n in match.group()), "")


def _negations(text: str, quotes: list[str]) -> list[str]:
    """Each clause against the sentence of the quotes that shares most of its words."""
    sentences = [quote[start:end] for quote in quotes for start, end in split_sentences(quote)]
    found: list[str] = []
    for clause in re.split(r"[、。]", text):
        words = set(content_words(clause))
        shared = [len(words.intersection(content_words(sentence))) for sentence in sentences]
        if any(shared):
            nearest = [s for s, n in zip(sentences, shared, strict=True) if n == max(shared)]
            carried = [turned(find_denials(clause), find_denials(s)) for s in nearest]
            found += [] if [] in carried else carried[0]
        elif find_denials(clause).scopes and not any(find_denials(s).scopes for s in sentences):
            found.append(clause)
    return [
        f"「{word}」について、打ち消しの有無が根拠の文と異なります。"
        for word in dict.fromkeys(found)
    ]


def _names(text: str, sources: Sequence[Source]) -> list[str]:
    known = squeeze(comparable("\n".join(f"{s.text}\n{s.surroundings}" for s in sources))).lower()
    folded = comparable(text)
    named = [m.group() for m in _NAME.finditer(folded) if not _COMMON.fullmatch(m.group())]
    named += [m.group() for m in _PLACE.finditer(folded) if not _COMMON.fullmatch(m.group())]
    named += [m.group() for m in _PLACE_IN_KANA.finditer(folded)]
    named += [*_LATIN.findall(folded), *_QUOTED.findall(folded), *proper_nouns(text)]
    missing = [name for name in named if squeeze(name).lower() not in known and not _is_era(name)]
    return [
        f"「{name}」が根拠の文にも資料の題名や見出しにもありません。"
        for name in dict.fromkeys(missing)
    ]


def _is_era(name: str) -> bool:
    return name in {"令和", "平成", "昭和"}


def _voice(text: str, sources: Sequence[Source]) -> list[str]:
    """A draft or a member's view is not a decision; 「〜ではないか」 is not 「〜である」."""
    found = []
    quotes = "\n".join(comparable(source.text) for source in sources)
    decided = _DECIDED.search(comparable(text))
    undecided = any(
        s.passage.document.status in {"draft", "interim"}
        or (
            s.passage.document.original
            and s.passage.document.original.status in {"draft", "interim"}
        )
        or s.passage.document.kind == "minutes"
        for s in sources
    )
    if decided and undecided and decided.group() not in quotes:
        found.append(f"資料は案や発言なので、「{decided.group()}」とは書けません。")
    if all(_is_hedged(source.text) for source in sources) and not _HEDGE.search(comparable(text)):
        found.append("根拠の文は断定していません。「〜ではないか」などの言い方を保ってください。")
    return found


def _is_hedged(quote: str) -> bool:
    """Whether every sentence of a quote only supposes or asks."""
    sentences = [quote[start:end] for start, end in split_sentences(quote)]
    return all(supposes(sentence) or asks(sentence) for sentence in sentences)


def states_terms(text: str) -> bool:
    """Whether a statement gives an amount, a rate or a deadline of some support."""
    folded = comparable(text)
    if not _TERMS.search(folded):
        return False
    if any(_MONEY.search(number.unit) for number in find_numbers(folded)):
        return True
    return bool(re.search(r"締め?切|期限|まで", folded) and find_dates(folded))


def _terms(text: str, sources: Sequence[Source]) -> list[str]:
    """Amounts, rates and deadlines change every year: none without programme and year."""
    if not states_terms(text):
        return []
    told = [f"{s.passage.chunk.text}\n{s.surroundings}" for s in sources]
    around = comparable("\n".join([text, *told]))
    found = []
    if not _PROGRAMME.search(around):
        found.append("金額、率、期限が、どの事業や制度のものか資料から分かりません。")
    if not find_dates(around):
        found.append("金額、率、期限が、どの年度のものか資料から分かりません。")
    return found
