"""An independent check of plans: nothing in them but the brief, the quotes and named gaps.

Shares no code with the drafting: it goes by the JSON that ``draft --json`` prints, reads every
quote again from its source file, and looks for numbers, names and dates with its own patterns.
"""

import argparse
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from evals.independent.quotes import fold, numbers, stands
from evals.sets.rows import read_rows

_NAME = re.compile(
    r"[一-龥ァ-ヶーA-Za-z]{2,12}(?:株式会社|大学|高校|銀行|信用金庫|病院|研究所|機構|財団|協会)"
    r"|(?:株式会社|㈱|一般社団法人)[一-龥ァ-ヶーA-Za-z]{2,12}"
    r"|[一-龥ァ-ヶー]{1,6}(?<![都道府基礎政令指定周辺近隣各全])(?:県|市|町|村)(?=[のはがをにで、。]|$)"
)
# Words of our own template that end as names do.
_COMMON = re.compile(r"都道府県|市町村|市町|市区町村|[小各]?都市|町村|^(?:県|市|町|村)$")
_FORMULA = re.compile(r"= ([0-9,]+)円 ÷ ([0-9,]+)人 = 約([0-9,]+)円")

_MARKS = str.maketrans("", "", "*+>・-")
_LEAST_SECTIONS = 12
_LEAST_ROLES = 6


def plan_faults(plan: Mapping[str, Any]) -> tuple[int, list[str]]:
    """Check a plan as ``draft --json`` prints it.

    Returns:
        The number of quotes checked, and a line for every fault.
    """
    quotes = {row["number"]: row for row in plan["citations"]}
    found = [f"quote {n} is not in its source" for n, row in quotes.items() if not stands(row)]
    found += [f"quote {n} is not verified" for n, row in quotes.items() if not row["verified"]]
    brief = _said(plan["brief"])
    used: list[int] = []
    for place, item in items(plan):
        used += item["citations"]
        cited = [quotes[n]["quote"] for n in item["citations"] if n in quotes]
        if len(cited) < len(item["citations"]):
            found.append(f"{place}: a citation has no quote")
        found += [f"{place}: {problem}" for problem in _problems(item, cited, brief, plan["mode"])]
    if list(dict.fromkeys(used)) != list(range(1, len(quotes) + 1)):
        found.append("citations are not numbered in order of first use, each used")
    return len(quotes), [*found, *_shape_faults(plan)]


def items(plan: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every item of a plan with the name of its place, in reading order."""
    for section in plan["sections"]:
        yield from ((section["heading"], item) for item in section["items"])
    for name in ("roles", "kpis", "schedule"):
        for row in plan[name]:
            for cell in row["cells"].values():
                yield from ((name, item) for item in cell)
    for table in plan["tables"]:
        for row in table["rows"]:
            yield from ((table["id"], item) for cell in row["cells"] for item in cell)
    for finding in plan["findings"]:
        yield from ((finding["point"], item) for item in finding["grounds"])


def _problems(item: Mapping[str, Any], cited: list[str], brief: str, mode: str) -> Iterator[str]:
    text, basis = item["text"], item["basis"]
    known = {"source": " ".join(cited), "brief": brief, "gap": brief, "computed": brief}[basis]
    if basis == "source" and not cited:
        yield "a sourced item has no citation"
    if basis == "source" and mode == "extractive" and _letters(text) != _letters("".join(cited)):
        yield f"an extract is not its quotes: {text[:40]}"
    if basis == "brief" and _letters(text.split(": ", 1)[-1]) not in _letters(brief):
        yield f"the brief does not say: {text[:40]}"
    if basis == "gap" and not re.fullmatch(r"【要記入: [^】]+】", text):
        yield f"a gap does not say what is missing: {text[:40]}"
    if basis == "computed":
        yield from _formula_problems(text, brief)
    else:
        yield from (f"{number} is in no source of it" for number in numbers(text) - numbers(known))
    if basis != "gap":
        for name in _NAME.findall(unicodedata.normalize("NFKC", text)):
            if not _COMMON.search(name) and _letters(name) not in _letters(known):
                yield f"{name} is in no source of it"


def _formula_problems(text: str, brief: str) -> Iterator[str]:
    match = _FORMULA.search(unicodedata.normalize("NFKC", text))
    if not match:
        yield f"a computed item shows no formula: {text[:40]}"
        return
    left, right, result = (int(part.replace(",", "")) for part in match.groups())
    if abs(left / right - result) > 0.5:
        yield f"{left} ÷ {right} is not {result}"
    for part in (left, right):
        if str(part) not in numbers(brief):
            yield f"{part} is not in the brief"


def _shape_faults(plan: Mapping[str, Any]) -> Iterator[str]:
    """Sections without a source or a gap, too few sourced roles, criteria left out."""
    sections = plan["sections"]
    justified = [
        section
        for section in sections
        if section["gaps"] or any(item["basis"] == "source" for item in section["items"])
    ]
    if plan["template"] == "standard" and len(justified) < _LEAST_SECTIONS:
        yield f"only {len(justified)} sections have a source or a gap"
    sourced = [role for role in plan["roles"] if role["basis"] == "source" and role["citations"]]
    if len(sourced) < _LEAST_ROLES:
        yield f"only {len(sourced)} roles have a source"
    named = {name for section in sections for name in section["criteria"]}
    if named != {row["id"] for row in plan["coverage"]}:
        yield "a criterion is not accounted for"
    for row in plan["coverage"]:
        if row["state"] == "unmet" and not row["question"]:
            yield f"{row['criterion']} is unmet without a question"
    for kpi in plan["kpis"]:
        open_cells = [
            name
            for name in ("baseline", "measure")
            if any(item["basis"] == "gap" for item in kpi["cells"][name])
        ]
        if open_cells and kpi["basis"] != "gap":
            yield f"{kpi['name']} counts as known without {open_cells}"


def _said(brief: Mapping[str, Any]) -> str:
    values = [value for value in brief.values() if value]
    return "\n".join("、".join(v) if isinstance(v, list) else str(v) for v in values)


def _letters(text: str) -> str:
    """The text without white space and the marks of lists."""
    return fold(text).translate(_MARKS)


def main() -> int:
    """Check a file of plans; returns the exit code, 1 where there is a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="plans, one JSON object a line; - for standard input")
    plans = read_rows(parser.parse_args().file)
    results = [(plan["title"], *plan_faults(plan)) for plan in plans]
    found = [f"{title}: {fault}" for title, _, faults in results for fault in faults]
    print("\n".join(found))
    print(
        f"{len(plans)} plans, {sum(n for _, n, _ in results)} quotes checked, {len(found)} faults"
    )
    return 1 if found else 0
