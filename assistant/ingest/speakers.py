"""Who speaks in minutes: the mark of a turn, and the role and organisation behind a name."""

import re
from dataclasses import dataclass
from typing import Literal

Style = Literal["circle", "bracket", "colon", "space", "line"]
"""How a record marks its turns: 「○山田委員　…」, 「【山田委員】…」, 「山田委員：…」,
「山田委員　…」 without a mark, or the name on a line of its own."""

CHAIR = ("座長", "部会長", "委員長", "会長", "主査", "議長", "司会", "進行")
_ROLES = (
    *("座長代理", "部会長代理", "会長代理", "議長代理", "副座長", "副会長", "副委員長", "副主査"),
    *("副部会長", "副議長", "理事長", "副市長", "副町長", "副村長", "副知事"),
    *CHAIR,
    *("専門委員", "臨時委員", "特別委員", "構成員", "委員", "オブザーバー", "事務局", "議員"),
    *("発表者", "説明者", "参考人", "アドバイザー", "有識者", "理事", "幹事", "監事"),
    *("市長", "町長", "村長", "知事", "教育長", "参加者", "出席者"),
)
_HONORIFICS = ("様", "氏", "先生", "さん", "君", "殿")
_OFFICIAL = re.compile(
    r"(?:補佐|課長|室長|参事官|審議官|統括官|局長|部長|係長|次長|所長|企画官|調整官|専門官|推進官|管理官|調査官|"
    r"分析官|主幹|主任|主事|参事|担当)$"
)
_SECRETARIAT = re.compile(r"事務局を(?:務|つと)め")
_BODY = re.compile(
    r"^(?P<name>(?:.*(?:省|庁)|.{2,}(?:府|都|道|県|市|町|村|区|局|院)|.*(?:本部|会議所|大学|高専|学校|機構|研究所|研究機関|センター|会社|銀行|"
    r"金庫|組合|協会|財団|法人|連合会|連盟|公社|公庫|通信|電力|鉄道|交通|新聞|放送)))(?=$|[\s　])"
)
_NO_BODY = re.compile(r"代理|オンライン|WEB|ＷＥＢ|Web|リモート|欠席|途中|書面|[君様氏]$")
# No list of parts of a meeting or a paper is a person, though it stands where a name would.
_NO_PERSON = re.compile(
    r"資料|議事|議題|日時|場所|出席|欠席|開会|閉会|次第|日程|その他|以上|[0-9０-９]"
)

_WORD = r"[^\s。、「」『』:：（）()【】○〇◯◎●*]{1,20}(?:[（(][^（）()。]{1,30}[）)])?"
_MARKED = re.compile(r"^(?:\*\*)?(?P<circle>[○〇◯◎●])[\s　]*")
_ITEM_MARK = re.compile(r"^(?:\*\*)?[・◆■◇□▪•]?[\s　]*(?:[→⇒][\s　]*)?")
_LABEL = re.compile(rf"(?P<label>{_WORD}(?:[ 　]{{1,2}}{_WORD}){{0,2}}?)(?P<gap>[ 　\t]+|$)")
_COLON = re.compile(
    rf"(?P<label>{_WORD}(?:[ 　]{{1,2}}{_WORD}){{0,2}}?)(?:\*\*)?[ 　]*[:：](?:\*\*)?[ 　]*"
)
_BRACKET = re.compile(
    r"(?:【(?P<a>[^】]{1,30})】|［(?P<b>[^］]{1,30})］|\[(?P<c>[^\]]{1,30})\]|＜(?P<d>[^＞]{1,30})＞|"
    r"〈(?P<e>[^〉]{1,30})〉|《(?P<f>[^》]{1,30})》|〔(?P<g>[^〕]{1,30})〕|[（(](?P<h>[^（）()]{1,30})[）)])"
    r"(?:\*\*)?[ 　:：]*"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """The beginning of a turn in a line."""

    style: Style
    label: str
    """The speaker as printed."""
    end: int
    """Where in the line the spoken text begins; its length when it begins on the next line."""


def marks_of(text: str) -> list[Mark]:
    """What a line would begin if it began a turn, in every style that it could be.

    Only after a circle may a label stand that names no role (「○山田　…」): whether it is a speaker
    or the beginning of a bullet is for the whole record to say.
    """
    circle = _MARKED.match(text)
    if circle:
        found = _circled(text, circle.end())
        return [found] if found else []
    begin = _ITEM_MARK.match(text)
    start = begin.end() if begin else 0
    marks: list[Mark] = []
    bracket = _BRACKET.match(text, start)
    if bracket and is_titled(label := next(g for g in bracket.groups() if g).strip()):
        marks.append(Mark("bracket", label, bracket.end()))
    colon = _COLON.match(text, start)
    if colon and is_titled(colon["label"]):
        marks.append(Mark("colon", colon["label"], colon.end()))
    if not start:
        plain = _LABEL.match(text)
        if plain and is_titled(plain["label"]):
            alone = plain.end() == len(text)
            marks.append(Mark("line" if alone else "space", plain["label"], plain.end()))
    return marks


def _circled(text: str, start: int) -> Mark | None:
    colon = _COLON.match(text, start)
    if colon and (is_titled(colon["label"]) or " " not in colon["label"]):
        return Mark("circle", colon["label"], colon.end())
    first: Mark | None = None
    for count in range(3):
        pattern = rf"(?P<label>{_WORD}(?:[ 　]{{1,2}}{_WORD}){{{count}}})(?:\*\*)?(?:[\s　]+|$)"
        match = re.compile(pattern).match(text, start)
        if match is None:
            break
        mark = Mark("circle", match["label"], match.end())
        if first is None:
            first = mark
        # 「○事務局　高橋課長　…」: a role alone is followed by the person.
        if is_titled(mark.label) and mark.label not in _ROLES:
            return mark
    return first


def is_titled(label: str) -> bool:
    """Whether a label names a role, a post, or a person by honorific: then it is no bullet."""
    outside, inside = _split(label)
    if re.search(r"[。、]|^皆", label):
        return False
    return bool(
        outside.startswith(("事務局", "オブザーバー"))
        or _ends_titled(outside)
        or re.fullmatch(r"(?:構成員|委員|参加者|議員)[A-ZＡ-Ｚa-zａ-ｚ0-9０-９]{1,2}", outside)
        or (re.fullmatch(r"[0-9０-９]{1,3}番", outside) and inside)
        or (_ends_titled(inside) and not re.search(r"代理|[をはがに]", inside + outside))
    )


def may_be_name(label: str) -> bool:
    """Whether a label without a role could be a person's: short, no particle, no part of it."""
    outside, _ = _split(label)
    return (
        len(outside) <= 10
        and not re.search(r"[をはがにへのでと]", outside)
        and not _NO_PERSON.search(label)
    )


def speaker_role(label: str, turn_text: str) -> str | None:
    """The role of a speaker from the printed label, or from what the speaker says.

    Returns None for a label that names no role.
    """
    outside, inside = _split(label)
    if label.startswith("事務局"):
        return "事務局"
    if re.fullmatch(r"[0-9０-９]{1,3}番", outside):
        return "議員"
    named = re.sub(r"[A-ZＡ-Ｚa-zａ-ｚ0-9０-９]{1,2}$", "", outside)
    for role in _ROLES:
        if named.endswith(role) or (role == "オブザーバー" and outside.startswith(role)):
            return role
    # 「会長 山田太郎君」: the role before the name.
    first = re.split(r"[ 　]", outside)[0]
    if first in _ROLES:
        return first
    if _SECRETARIAT.search(turn_text):
        return "事務局"
    if outside.endswith(_HONORIFICS) or _ends_titled(inside) or _body_in(outside):
        return "発表者" if is_titled(label) else None
    return "事務局" if _OFFICIAL.search(outside) else None


def speaker_organisation(label: str, turn_text: str) -> str | None:
    """The organisation that the label or the speaker's own introduction states, as printed.

    None where neither does. The introduction is looked for in the first 200 characters:
    「みどり市情報課の田村と申します」, 「みどりセンターのセンター長をやっております園田です」.
    """
    outside, inside = _split(label)
    body = _body_in(outside) or _body_in(inside)
    if body:
        return body
    if inside and outside.endswith(_HONORIFICS) and not _NO_BODY.search(inside):
        return inside
    for match in _INTRODUCED.finditer(turn_text[:200]):
        if match["name"] not in label:
            continue
        name = re.sub(r"^.*ます", "", match["body"])
        name = re.sub(r"(?<=[室課部局所院])長$|(?<=センター)長$", "", name)
        if len(name) >= 2 and not re.search(r"[をはがにへでと]$|^[をはがに]", name):
            return name
    return None


_INTRODUCED = re.compile(
    r"(?P<body>[^。、\s　]{2,50}?)[ので]"
    r"(?:[^。、の]{1,12}を(?:やって|務めて|つとめて|して)(?:おり|い)ます)?"
    r"(?P<name>[^\s。、のを]{1,6}?)(?:と申します|です|でございます)"
)


def _split(label: str) -> tuple[str, str]:
    """What stands outside and inside the brackets at the end of a label."""
    match = re.search(r"[（(](.*?)[）)]$", label)
    return (label[: match.start()].strip(), match[1].strip()) if match else (label, "")


def _ends_titled(name: str) -> bool:
    return name.endswith((*_ROLES, *_HONORIFICS)) or bool(_OFFICIAL.search(name))


def _body_in(name: str) -> str | None:
    match = _BODY.match(name)
    return match["name"] if match and match["name"] != "事務局" else None
