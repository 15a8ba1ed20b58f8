"""A question that asks for several things as questions that ask for one each. Pure.

Three forms are told apart: several sentences that ask, several question words (「誰が、いつ、いくら
で」), and things named side by side (「AとBの違いは」「体制と財源はどうなっていますか」).
"""

import re
from dataclasses import dataclass

from assistant.japanese.dates import find_dates
from assistant.japanese.lexicon import one_of
from assistant.japanese.sentences import split_sentences
from assistant.japanese.width import comparable
from assistant.japanese.words import Morpheme, morphemes, proper_nouns
from assistant.question.wording import COMPARED, read_wording

_MOST_PARTS = 4
"""A longer enumeration is searched as it stands: it is a list to be found, not parts to be
answered one by one."""

_ASKS = re.compile(r"か[。?]*$|\?$")
_QUESTION_WORD = re.compile(
    r"何(?!らか|とか|か(?![月所年国]))|いく(?:ら|つ)|いつ(?!も|か)|(?:誰|だれ|どなた)(?!か|も|でも)|どこ(?!か|も)|"
    r"どの(?:くらい|ぐらい|程度|よう)?|どれ(?:くらい|ぐらい|ほど|だけ)?|どう(?!か|し?て?も)|どんな|なぜ"
)
# A question word that waits for the verb of a later one: 「誰が、いつ、いくらで契約したか」.
_NO_VERB = re.compile(r"(?:[をがにへ]|から|まで|いつ|(?:いくら|どこ|誰|だれ)で?)、?$")
_COMPLETED = re.compile(r"で、?$")
_ENDS_CLAUSE = re.compile(r"[^のとも](?:で|し|り|れ|き|い)、$")
_AMONG = re.compile(r"(?:うち|中で|なかで|とき|場合)(?:に?は|に)?、?$")
_PARTICLES = re.compile(r"(?:までに|から|まで|が|は|を|に|で|の|と|へ)?")
_CONNECTIVE = re.compile(
    r"^(?:それと|それから|それに|また|あと|さらに|あわせて|併せて|加えて|そして)、?"
)
_TOPIC = re.compile(r"^[^。]*?[^で]は、?")
_LAST_TOPIC = re.compile(r"^.*は")

_THE_DIFFERENCE = re.compile(r"の(?:違い|差|相違点?|比較)$")
_HOW_DIFFERENT = re.compile(
    r"(?:は|が|に|で)?(?:(?P<amount>どの(?:くらい|ぐらい|程度)|どれ(?:くらい|ぐらい|ほど)|何.{1,4})|"
    r"どう|どのように|どんなふうに|何が|どこが)?(?:違[いうっ]|異な)[^、。?]*(?P<end>[。?]*)$"
)
_SIDE_BY_SIDE = re.compile(r"を(?:比べ|比較)[^、。]*?(?:と|て|、|$)、?")
_ASKED_ALIKE = re.compile(
    r"は[^は]*(?:か|です|ますか|何|どう|いくら|いつ)[。?]*$|は[?。]*$|"
    r"(?:を|について|に関して)、?(?:あわせて|合わせて|まとめて|それぞれ)?(?:教え|知り|示し|説明|挙げ|見せ|述べ|まとめ)|"
    r"(?:について|に関して)は?、?(?:何|どう|どの)"
)
_FORMAL = re.compile(r"(?:こと|もの|ところ|ため|うち|とき|場合|ほか|人|今後|結果|どちら)$")
# A title, an office or a kind of document names a source: it is not a thing of the first one's.
_SOURCE = re.compile(rf"{one_of('titles', 'parts_in_meetings', 'documents')}|資料")

# One letter a morpheme: N nouns and what is bound to them, n の or や, k a particle that の may
# follow, t と, c a comma, p other particles, o anything else.
_CHAIN = re.compile(r"N+(?:k?nN+)*(?:(?:tc?|c)N+(?:k?nN+)*)+(?=[pknt]|$)")
_MEMBER = re.compile(r"N+(?:k?nN+)*")
_NOUNS = {"名詞", "接頭辞", "接尾辞", "記号", "形状詞"}
_BEFORE_NO = {"で", "から", "へ", "まで"}
_JOINS = {"と", "及び", "および", "並びに", "ならびに"}
_JOINED = re.compile("[、,]|" + "|".join(_JOINS))
_OPENING, _CLOSING = "「『（(", "」』）)"


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that a question asks for."""

    name: str
    """How the question calls it: 「財源」, 「いつ」."""
    question: str
    """The part as a question of its own, with what it shares with the others."""
    sentence: bool = False
    """It is a sentence that asks: what answers it alone answers it here."""


def parts_of(question: str) -> tuple[Part, ...]:
    """The parts of a question in order; none when it asks for one thing."""
    text = comparable(question).strip()
    sentences = [text[start:end] for start, end in split_sentences(text)]
    asking = [sentence for sentence in sentences if _ASKS.search(sentence)]
    if len(asking) > 1:
        parts = _sentences(asking)
    else:
        parts = []
        for sentence in asking or sentences[-1:]:
            before = text[: text.rfind(sentence)] if sentence is not text else ""
            parts = _question_words(sentence) or _side_by_side(sentence)
            parts = [Part(part.name, before + part.question) for part in parts]
    return tuple(parts) if 1 < len(parts) <= _MOST_PARTS else ()


def _sentences(asking: list[str]) -> list[Part]:
    """Sentences that ask; a later one without a topic of its own has that of the first.

    Else it still has the places, names, dates and meetings of the first, if it has none of that
    kind: in 「みどり市の高齢化率は何%ですか。人口は何人ですか」 both are those of みどり市.
    """
    first = asking[0]
    topic = _TOPIC.match(first)
    parts = [Part(first, first, sentence=True)]
    for sentence in asking[1:]:
        own = _CONNECTIVE.sub("", sentence)
        if topic and not _TOPIC.match(own):
            shared = topic[0]
        else:
            kinds = zip(_pinned(first), _pinned(own), strict=True)
            shared = "".join(f"{name}の" for given, held in kinds if not held for name in given)
        parts.append(Part(own, shared + own, sentence=True))
    return parts


def _pinned(text: str) -> tuple[list[str], list[str], list[str]]:
    """What pins a question down: names, dates, meetings; each as it stands in the text."""
    wording = read_wording(text)
    dates = [text[mention.start : mention.end] for mention in find_dates(text)]
    return [*wording.names, *wording.quoted], dates, list(wording.meetings)


def _question_words(sentence: str) -> list[Part]:
    """「Xはいつ策定され、いつ改訂されましたか」, 「誰が、いつ、いくらで契約しましたか」."""
    clauses = _clauses(sentence)
    asking = [
        n
        for n, clause in enumerate(clauses)
        if _QUESTION_WORD.search(clause) and not _AMONG.search(clause)
    ]
    final = len(clauses) - 1
    # 「誰が加わるべきで、国の支援はありますか」: the end asks too, without a question word.
    if asking and asking[-1] == final - 1 and _TOPIC.match(clauses[final]):
        asking += [final] if _ENDS_CLAUSE.search(clauses[final - 1]) else []
    if len(asking) < 2 or asking[-1] != final:
        return []
    topic = _LAST_TOPIC.match(_before_question_word(clauses[asking[0]]))
    shared = "".join(clauses[: asking[0]]) + (topic[0] if topic else "")
    first = clauses[asking[0]][topic.end() if topic else 0 :]
    asked = [first, *(clauses[n] for n in asking[1:])]
    after = asked[-1][len(_before_question_word(asked[-1])) :]
    verb = _PARTICLES.sub("", _QUESTION_WORD.sub("", after, count=1), count=1)
    return [Part(clause.strip("、。?"), shared + _with_verb(clause, verb)) for clause in asked]


def _before_question_word(clause: str) -> str:
    word = _QUESTION_WORD.search(clause)
    return clause[: word.start()] if word else clause


def _with_verb(clause: str, verb: str) -> str:
    """A clause as a question: 「誰が、」 takes the last one's verb, 「何で、」 is 「何ですか」."""
    if _NO_VERB.search(clause):
        return clause.rstrip("、") + verb
    return _COMPLETED.sub("ですか", clause).rstrip("、")


def _side_by_side(sentence: str) -> list[Part]:
    """「AとBの違いは」, 「体制と財源はどうですか」: each thing with what frames them all."""
    if not _JOINED.search(sentence):
        return []
    found = morphemes(sentence)
    shape = _shape(found)
    places = [*(m.start for m in found), len(sentence)]
    compared = bool(COMPARED.search(sentence))
    for chain in _CHAIN.finditer(shape):
        begin, stop = places[chain.start()], places[chain.end()]
        rest = sentence[stop:]
        members = [
            sentence[places[chain.start() + m.start()] : places[chain.start() + m.end()]]
            for m in _MEMBER.finditer(chain[0])
        ]
        listed = "t" in chain[0] or len(members) > 2
        if not listed or any(_FORMAL.search(member) for member in members):
            continue
        if compared:
            members, rest = _compared(members, rest)
        elif not _ASKED_ALIKE.match(rest):
            continue
        else:
            members, rest = _with_shared_tail(members, rest)
            if not members:
                continue
        heads = _shared_heads(members)
        return [
            Part(member, sentence[:begin] + head + member + rest)
            for member, head in zip(members, heads, strict=True)
        ]
    return []


def _compared(members: list[str], rest: str) -> tuple[list[str], str]:
    """What is compared, and what is asked of each, without the word of comparing.

    In 「XとYの費用の違いは」 the costs are those of both.
    """
    *others, last = members
    difference = _THE_DIFFERENCE.search(last)
    if difference:
        last, rest = last[: difference.start()], difference[0] + rest
    if "の" in last and not any("の" in other for other in others):
        tail = last.find("の")
        last, rest = last[:tail], last[tail:] + rest
    rest = re.sub(r"それぞれの?|両方の?", "", _SIDE_BY_SIDE.sub("は", rest))
    rest = re.sub(r"の(?:違い|差|相違点?|比較)(?=は|が|を|について)", "", rest)
    match = _HOW_DIFFERENT.search(rest)
    if match:
        amount = match["amount"] or "どう"
        rest = f"{rest[: match.start()]}は{amount}ですか{match['end']}"
    return [*others, last], rest


def _with_shared_tail(members: list[str], rest: str) -> tuple[list[str], str]:
    """「XとYの費用」: the costs are those of both, where X and Y are of a kind.

    Two names or two dates are; so are two things of which an amount or a date is asked. Of others
    (「体制と財源の課題」) it is not told: no members are given back.
    """
    *others, last = members
    tail = last.find("の")
    if tail < 0 or any("の" in other for other in others):
        return members, rest
    heads = [*others, last[:tail]]
    kinds = {tuple(bool(pins) for pins in _pinned(head)) for head in heads}
    pinned = len(kinds) == 1 and any(next(iter(kinds)))
    if not pinned and read_wording(rest).wanted not in {"amount", "date"}:
        return [], rest
    return heads, last[tail:] + rest


def _shared_heads(members: list[str]) -> list[str]:
    """What the first has before its last の and the others lack: 「A町の」 of 「A町の体制と財源」.

    Where another member has a の of its own, only a name is shared: 「CYDERの目標と全国での開催」.
    """
    first = members[0]
    heads = [""]
    for member in members[1:]:
        bare = "の" not in member and not _SOURCE.search(member)
        head = first[: first.rfind("の") + 1] if bare else first[: first.find("の") + 1]
        named = bool(proper_nouns(head)) or bool(re.search(r"[A-Za-z]{2}", head))
        own = bool(proper_nouns(member)) or bool(re.search(r"[A-Za-z]{2}", member))
        kept = head and not _SOURCE.search(member) and (bare or named) and not own
        heads.append(head if kept else "")
    return heads


def _shape(found: list[Morpheme]) -> str:
    """One letter for each morpheme, see `_CHAIN`; all that stands in brackets belongs to a noun."""
    letters = ""
    depth = 0
    for n, morpheme in enumerate(found):
        text, speech = morpheme.text, morpheme.speech
        following = found[n + 1].text if n + 1 < len(found) else ""
        depth += sum(text.count(c) for c in _OPENING)
        if depth:
            letters += "N"
        elif _QUESTION_WORD.match(text):
            letters += "o"
        elif text in _JOINS:
            letters += "t"
        elif text in {"、", ","}:
            letters += "c"
        elif text in {"の", "や"}:
            letters += "n"
        elif text in _BEFORE_NO:
            letters += "k" if following == "の" else "p"
        elif speech[0] in _NOUNS or text in {"~", "-", "・", "/"}:
            letters += "N"
        else:
            letters += "p" if speech[0] == "助詞" else "o"
        depth = max(0, depth - sum(text.count(c) for c in _CLOSING))
    return letters


def _clauses(sentence: str) -> list[str]:
    """The sentence cut after its commas, those in brackets left alone."""
    clauses, start, depth = [], 0, 0
    for place, character in enumerate(sentence):
        depth += (character in _OPENING) - (character in _CLOSING)
        if character in "、," and depth <= 0:
            clauses.append(sentence[start : place + 1])
            start = place + 1
    return [clause for clause in [*clauses, sentence[start:]] if clause]
