"""The last guard of a plan: what breaks the rules on quotes, numbers and names is taken out.

Every item is checked by itself against the quotes it cites and the brief, whoever wrote it. Pure
code; what is taken out is kept as a `Withheld` with its reason.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from assistant.answering.checks import Source, problems_of
from assistant.answering.ground import is_made_of
from assistant.japanese.numbers import find_numbers, missing_numbers
from assistant.japanese.width import squeeze
from assistant.planning.walk import Items, changed
from assistant.records.answers import Citation, Passage
from assistant.records.plans import PlanItem, ProjectPlan, Withheld

_FORMULA = re.compile(r"^[^=]+ = (?P<left>[^=÷]+)÷(?P<right>[^=÷]+)= 約(?P<result>[^=÷(]+)")


def guarded(plan: ProjectPlan, said: Collection[str], gaps: Collection[str]) -> ProjectPlan:
    """The plan without the items that break its rules, these added to `withheld`.

    Args:
        plan: as drafted.
        said: what the town says: the values of the brief, and texts it has written into the plan.
        gaps: texts of gaps the template asks for.
    """
    cited = {citation.number: citation for citation in plan.citations if citation.verified}
    withheld = list(plan.withheld)

    def check(items: Items, place: str) -> Items:
        kept = []
        for item in items:
            reason = fault(item, cited, said, gaps)
            if reason is None:
                kept.append(item)
            else:
                withheld.append(Withheld(item.text, reason, place))
        return tuple(kept)

    checked = changed(plan, check)
    return replace(checked, withheld=tuple(withheld))


def fault(
    item: PlanItem, cited: Mapping[int, Citation], said: Collection[str], gaps: Collection[str]
) -> str | None:
    """Why an item may not stand in a plan (Japanese); None when it may.

    Args:
        item: what is to be checked.
        cited: the verified citations of the plan by number.
        said: what the town says.
        gaps: texts of gaps the template asks for.
    """
    if any(number not in cited for number in item.citations):
        return "引用を確かめられない"
    own = [cited[number] for number in item.citations]
    if item.basis == "source":
        return _source_fault(item.text, own)
    if item.basis == "computed":
        return _formula_fault(item.text, [*said, *(citation.quote for citation in own)])
    if item.basis == "brief":
        known = {squeeze(text) for text in said}
        restated = (item.text, item.text.partition(": ")[2])
        return None if any(squeeze(text) in known for text in restated) else "ブリーフにない記述"
    return None if item.text in gaps else "テンプレートにない記入欄"


def _source_fault(text: str, cited: list[Citation]) -> str | None:
    """The text must be its quotes, or say nothing that they do not carry."""
    if not cited:
        return "根拠になる引用がない"
    if is_made_of(text, [citation.quote for citation in cited]):
        return None
    sources = [Source(c.quote, Passage(1, 0.0, c.chunk, c.document)) for c in cited]
    return " ".join(problems_of(text, sources)) or None


def _formula_fault(text: str, known: list[str]) -> str | None:
    """A formula must use known numbers, and its result must be theirs."""
    match = _FORMULA.match(text)
    if not match:
        return "式がない"
    left, right, result = (find_numbers(match[part]) for part in ("left", "right", "result"))
    if not (len(left) == len(right) == len(result) == 1) or not right[0].value:
        return "式を読めない"
    if missing_numbers(match["left"] + " " + match["right"], known):
        return "ブリーフにも引用にもない数字で計算している"
    exact = left[0].value / right[0].value
    return None if abs(exact - result[0].value) <= Decimal("0.5") else "計算が合わない"
