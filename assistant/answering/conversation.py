"""Follow-up questions without a model: what a question leans on in the turns before it.

「それは何年度からですか」 takes its topic from the last question; 「それはいつの資料ですか」 is
answered from what is known of the sources already cited.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.answer import render
from assistant.japanese.dates import find_dates
from assistant.japanese.lexicon import words_for
from assistant.japanese.width import comparable
from assistant.japanese.words import content_words
from assistant.question.wording import ASKING_WORDS
from assistant.records.answers import Answer, Citation, Provenance, Statement, Turn
from assistant.records.documents import SourceDocument

_POINTS_BACK = re.compile(
    r"それ|その|そこ|そう(?:いう|した)|これ|この(?!たび)|ここ|こう(?:いう|した)|"
    r"同じ|同(?:構成員|委員|自治体)|上記|前述|先ほど|さっき|(?:ほか|他)(?:の|に)|別の|(?:前|後)(?:の|のほう)|"
    r"^(?:では|じゃあ?|なら|で|また|あと|逆に|反対に|もっと|詳しく|具体的に|たとえば|例えば|なぜ)"
)
_FEW_WORDS = 2
_FEW_CHARACTERS = 18
"""A question of so few words of its own, and so short, can hardly stand by itself:
「いつからですか」. 「コンソーシアムには誰に入ってもらうべきですか」 has two as well, and stands."""
_TOPIC = re.compile(
    r"^(?P<topic>.{2,80})"
    r"(?:とは|って(?=何|なに|どう|どんな|誰|いつ|いくら|、|$)|は|を(?:教え|知り|挙げ|示し))(?:[^は]*)$"
)
_LOOSE_END = re.compile(r"(?:について|に関して|[のとにでがをも、。?])+$")
_OTHERS = re.compile(
    r"(?:ほか|他|別)の(?:市|町|村|自治体|地域|都道府県|県|ところ|団体|町村|市町村)|よその"
)
_PLACE = re.compile(r"[一-龥ァ-ヶ]{1,8}?(?:都|道|府|県|市|町|村|区)(?![一-龥])の?")
_PERSON = re.compile(
    r"(?:その|同じ|この)(?:構成員|委員|人|方|発言者|座長|町長|市長)|同(?:構成員|委員)"
)

_ABOUT_SOURCE = re.compile(
    r"いつの|いつ(?:出|公表|発表|作)|(?:誰|だれ|どなた|どの人|どこ)(?:が|の)|何(?:の|という)|どの(?:資料|文書|会議)|"
    r"出典|案|確定|決定|正式|中間|最終"
)
# Words by which a question speaks of a source as such, not of what it says.
_SOURCE_WORDS = frozenset(words_for("of_sources"))


def points_back(question: str) -> bool:
    """Whether a question leans on the turns before it by its wording: 「それは」, 「ほかには」."""
    return bool(_POINTS_BACK.search(comparable(question).strip()))


def standalone_question(question: str, history: Sequence[Turn]) -> str | None:
    """The question with the topic of the last turn put before it; None when it stands alone.

    A short question that does not point back is joined only where it is not answered as it stands.

    The topic of 「令和6年度のドローンの補助率はいくらですか」 is 「ドローンの補助率」: a date
    belongs to the question that names it, and so does a place when other places are asked for.
    """
    if not history or not _leans(question):
        return None
    last = history[-1]
    topic = _topic(last.answer.standalone or last.question)
    if _OTHERS.search(question):
        topic = _PLACE.sub("", topic)
    if _PERSON.search(question):
        speakers = dict.fromkeys(c.chunk.speaker for c in last.answer.citations if c.chunk.speaker)
        topic = "、".join([*list(speakers)[:1], topic])
    topic = _LOOSE_END.sub("", topic).strip("、 ")
    return f"{topic}について、{question}" if topic else None


def answer_about_source(
    question: str, history: Sequence[Turn], provenance: Provenance
) -> Answer | None:
    """The answer to 「それはいつの資料ですか」: the last quotes with their sources' data.

    Args:
        question: as the user wrote it.
        history: the turns before, oldest first.
        provenance: what is to be recorded with the answer.

    Returns:
        None when the question does not ask about a source or none was cited before.
    """
    if not history or not history[-1].answer.citations or not _is_about_source(question):
        return None
    last = history[-1].answer
    by_number = {citation.number: citation for citation in last.citations}
    statements = tuple(
        replace(s, attribution=_particulars(by_number[s.citations[0]], s)) for s in last.statements
    )
    return replace(
        last,
        question=question,
        answer=render(list(statements), list(last.citations)),
        mode="extractive",
        statements=statements,
        provenance=provenance,
        unverified=(),
        standalone=f"「{last.standalone or last.question}」への回答の出典について、{question}",
    )


def _is_about_source(question: str) -> bool:
    text = comparable(question).strip()
    own = set(content_words(text)) - ASKING_WORDS - _SOURCE_WORDS
    return not own and bool(_ABOUT_SOURCE.search(text))


def _leans(question: str) -> bool:
    text = comparable(question).strip()
    own = [word for word in content_words(text) if word not in ASKING_WORDS]
    short = len(own) <= _FEW_WORDS and len(text) <= _FEW_CHARACTERS
    return short or points_back(question)


def _topic(question: str) -> str:
    text = comparable(question).strip().rstrip("。?!")
    for mention in reversed(find_dates(text)):
        text = text[: mention.start] + text[mention.end :]
    match = _TOPIC.match(text)
    return _LOOSE_END.sub("", match["topic"] if match else text).lstrip("の、")


def _particulars(citation: Citation, statement: Statement) -> str:
    """「骨子案(総務省, 2024-04-24, 案, 越塚構成員の発言)」, from what the index knows."""
    document: SourceDocument = citation.document
    source = document.original if document.edition == "digest" and document.original else document
    date = source.date if not isinstance(source, SourceDocument) else source.published
    speaker = citation.chunk.speaker if statement.attribution else None
    known = (
        source.publisher,
        date or "日付不明",
        {"draft": "案", "interim": "中間整理", "final": "確定", "withdrawn": "廃止"}.get(
            source.status
        ),
        f"{speaker}の発言" if speaker else None,
        "本アシスタントによる要約" if document.edition == "digest" else None,
    )
    return f"{source.title}({', '.join(part for part in known if part)})"
