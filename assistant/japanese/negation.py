"""Which words of a text are denied: 「対象となる」 and 「対象とならない」 differ in that only."""

import re
from dataclasses import dataclass

from assistant.japanese.width import comparable
from assistant.japanese.words import placed_words

# What looks like a denial and is none: obligation, addition, rhetorical doubt, double denial.
_NO_DENIAL = re.compile(
    r"な(?:ければ|くては|くて(?=も))\s*(?:なら|いけ|だめ)(?:ない|ず|ぬ|ません)|ねばなら(?:ない|ず|ぬ)|ざるを得(?:ない|ず|ません)|"
    r"(?:だけ|のみ|ばかり)(?:では|じゃ|で)な(?:く|い)|のみならず|にとどまら(?:ず|ない)|に限ら(?:ず|ない)|"
    r"(?:の|ん)?では?ない(?:か|でしょうか|だろうか)|(?:ない|ません)(?:でしょうか|だろうか|ですか|か(?=[。、?」]|$))|"
    r"かもしれ(?:ない|ません|ず)|に違いな(?:い|く)|に(?:ほか|他)なら(?:ない|ず)|(?:ない|なく|ず)(?:わけ|こと)(?:では|も)な(?:い|く)|"
    r"少なから(?:ず|ぬ)|(?:に|も)かかわらず|やむを得(?:ない|ず)|まもなく|なくては?なら|欠かせ(?:ない|ず|ません)|必ずし?も?(?!な)|"
    r"絶え間な(?:く|い)|切れ目な(?:く|い)|誰一人.{0,4}取り残(?:さ|され)(?:ない|ず)"
)
_DENIAL = re.compile(
    r"ない|なく|なかっ|なけれ|なし(?![遂得])|ません|(?<=[ぁ-ん])(?:ず(?!つ|っ|れ|ら)(?:に)?|ぬ(?=[。、]|$))|"
    r"不(?=[一-龥])|非(?=[一-龥])|未(?=[一-龥])|無(?=[一-龥])|(?<=[一-龥])外(?=で|と|の|に|$|[。、])|禁止|除外|除[きく]|困難"
)
# How far before a denial the words lie that it may deny, in characters, within one clause.
_REACH = 14
_CLAUSE = re.compile(r"[、。「」()\n]")
_PREFIXES = frozenset("不非未無")
# One word each for the analyser, and opposites.
_OPPOSITES = {"不要": "必要", "不可能": "可能", "不可": "可", "不十分": "十分"}


@dataclass(frozen=True, slots=True)
class Denials:
    """What a text denies and what it affirms, by content words."""

    scopes: tuple[tuple[str, ...], ...]
    """The words each denial may reach, nearest first; the nearest is what is denied."""
    affirmed: frozenset[str]
    """Words that stand outside of every denial."""

    @property
    def denied(self) -> frozenset[str]:
        """All words within the reach of a denial."""
        return frozenset(word for scope in self.scopes for word in scope)


def find_denials(text: str) -> Denials:
    """The denials of a text; a prefix (不要, 未整備) denies the word it begins or stands before."""
    folded = _NO_DENIAL.sub(lambda match: "　" * len(match.group()), comparable(text))
    words = placed_words(folded)
    scopes = []
    reached: set[int] = set()
    for match in _DENIAL.finditer(folded):
        if match.group() in _PREFIXES:
            inside = [n for n, (at, _) in enumerate(words) if match.start() <= at <= match.end()]
        else:
            start = max(0, match.start() - _REACH)
            start = max([start, *(m.end() for m in _CLAUSE.finditer(folded, start, match.start()))])
            before = [n for n, (at, _) in enumerate(words) if at < match.start()]
            # 「(案)に挙げていない」: without a word of its own clause, the nearest one is denied.
            inside = [n for n in before if words[n][0] >= start][::-1] or before[-1:]
        # 無い is a content word of its own; it denies, it is not denied.
        scopes.append(tuple(words[n][1] for n in inside if words[n][1] != "無い"))
        reached.update(inside)
    affirmed = frozenset(word for n, (_, word) in enumerate(words) if n not in reached)
    return Denials(tuple(scope for scope in scopes if scope), affirmed)


def turned(stated: Denials, carried: Denials) -> list[str]:
    """Words that `stated` denies and `carried` does not, or the other way round."""
    found = []
    for scope in stated.scopes:
        word = scope[0]
        affirmed = {word, _OPPOSITES.get(word, word)} & carried.affirmed
        if word in carried.denied:
            # Denied once more than there (つかめていないとしていない): a verb without content.
            again = sum(1 for other in stated.scopes if other[0] == word)
            if again > sum(1 for other in carried.scopes if word in other):
                found.append(word)
            continue
        # Another word may be denied in its stead (足りない for 不足), where anything is.
        if affirmed or not carried.scopes or _all_affirmed(scope, carried):
            found.append(word)
    for scope in carried.scopes:
        word = _OPPOSITES.get(scope[0], scope[0])
        if word in stated.affirmed - carried.affirmed and scope[0] not in stated.denied:
            found.append(word)
    return list(dict.fromkeys(found))


def _all_affirmed(scope: tuple[str, ...], carried: Denials) -> bool:
    """Whether the nearest words of a denial that the source knows are affirmed there."""
    known = [word for word in scope if word in carried.affirmed | carried.denied]
    return bool(known) and known[0] not in carried.denied
