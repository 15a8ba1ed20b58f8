"""The last guard of a plan: what breaks the rules on quotes, numbers and names is taken out.

Every item is checked by itself against the quotes it cites and the brief, whoever wrote it. Pure
code; what is taken out is kept as a `Withheld` with its reason.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from assistant.answering.ground import is_made_of
from assistant.japanese.numbers import find_numbers, missing_numbers
from assistant.japanese.width import squeeze
from assistant.japanese.words import proper_nouns
from assistant.planning.walk import Items, changed
from assistant.schema import PlanItem, ProjectPlan, Withheld

# What marks an organisation or a place that is no dictionary word.
_NAMED = re.compile(
    r"[一-龥ァ-ヶーA-Za-z0-9]{1,12}"
    r"(?:株式会社|有限会社|合同会社|財団法人|社団法人|大学|高専|高校|銀行|信用金庫|病院|協議会|研究所|事業団|機構|"
    r"(?<=[一-龥])[県市町村区郡])"
)
_COMPANY = re.compile(r"(?:株式会社|有限会社|合同会社|㈱)[一-龥ァ-ヶーA-Za-z0-9]{1,12}")
# General words that the pattern takes for names.
_GENERAL = re.compile(
    r"^(?:各|全|同|他|近隣|都道府|地方|基礎|政令|指定|周辺|三大|小|大|公立|国立|私立|県立|市立|町立|地元|地域|連携|"
    r"高等|当該|関係|住民|推進|官民|産官学|まちづくり)*(?:都市|市町村|市町|町村|県|市|町|村|区|大学|高専|高校|病院|"
    r"協議会|銀行|研究所|機構|中|地区)*$"
)
_COMPUTED = re.compile(r"^[^=]+ = (?P<left>[^=÷]+)÷(?P<right>[^=÷]+)= 約(?P<result>[^=÷(]+)")


def guarded(plan: ProjectPlan, said: Collection[str], gaps: Collection[str]) -> ProjectPlan:
    """The plan without the items that break its rules, these added to `withheld`.

    Args:
        plan: as drafted.
        said: what the town says: the values of the brief, and texts it has written into the plan.
        gaps: texts of gaps the template asks for.
    """
    quotes = {c.number: c.quote for c in plan.citations if c.verified}
    withheld = list(plan.withheld)

    def check(items: Items, place: str) -> Items:
        kept = []
        for item in items:
            reason = fault(item, quotes, said, gaps)
            if reason is None:
                kept.append(item)
            else:
                withheld.append(Withheld(item.text, reason, place))
        return tuple(kept)

    checked = changed(plan, check)
    return replace(checked, withheld=tuple(withheld))


def fault(
    item: PlanItem, quotes: dict[int, str], said: Collection[str], gaps: Collection[str]
) -> str | None:
    """Why an item may not stand in a plan (Japanese); None when it may.

    Args:
        item: what is to be checked.
        quotes: the verified quotes of the plan by number.
        said: what the town says.
        gaps: texts of gaps the template asks for.
    """
    if any(number not in quotes for number in item.citations):
        return "引用を確かめられない"
    cited = [quotes[number] for number in item.citations]
    if item.basis == "source":
        return _source_fault(item, cited)
    if item.basis == "computed":
        return _computed_fault(item.text, [*said, *cited])
    if item.basis == "brief":
        known = {squeeze(text) for text in said}
        said_so = any(squeeze(part) in known for part in (item.text, _unlabelled(item.text)))
        return None if said_so else "ブリーフにない記述"
    return None if item.text in gaps else "テンプレートにない記入欄"


def unsupported_names(text: str, known: Collection[str]) -> list[str]:
    """Organisations and places of a text that stand in none of the known texts."""
    pool = squeeze("\n".join(known))
    named = [match.group() for pattern in (_NAMED, _COMPANY) for match in pattern.finditer(text)]
    names = [name for name in named if not _GENERAL.match(name)] + proper_nouns(text)
    return [name for name in dict.fromkeys(names) if squeeze(name) not in pool]


def _source_fault(item: PlanItem, cited: list[str]) -> str | None:
    if not cited:
        return "根拠になる引用がない"
    if is_made_of(item.text, cited):
        return None
    if missing := missing_numbers(item.text, cited):
        number = missing[0]
        return f"引用にない数字: {number.value.normalize():f}{number.unit}"
    if names := unsupported_names(item.text, cited):
        return f"引用にない名前: {names[0]}"
    return None


def _computed_fault(text: str, known: list[str]) -> str | None:
    """A formula must use known numbers, and its result must be theirs."""
    match = _COMPUTED.match(text)
    if not match:
        return "式がない"
    left, right, result = (find_numbers(match[part]) for part in ("left", "right", "result"))
    if not (len(left) == len(right) == len(result) == 1) or not right[0].value:
        return "式を読めない"
    if missing_numbers(match["left"] + " " + match["right"], known):
        return "ブリーフにも引用にもない数字で計算している"
    exact = left[0].value / right[0].value
    return None if abs(exact - result[0].value) <= Decimal("0.5") else "計算が合わない"


def _unlabelled(text: str) -> str:
    return text.partition(": ")[2]
