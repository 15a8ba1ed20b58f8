"""Are the question sets sound? ``python -m evals check-sets`` prints problems and a table of kinds.

Checked: every gold place exists and holds text, every fact has a spelling in its gold lines, and
no question stands twice. Gold lines shared by the two splits of a set are counted: with them a
held-out figure is not quite independent. The exit code is 1 when there is a problem.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.independent.quotes import fold, pdf_texts
from evals.sets.cases import Case, Place, load_cases
from evals.sets.samples import HAND_KEPT, NO_SAMPLES, SETS, at_hand, roots_of


def problems(cases: Sequence[Case], *roots: Path) -> Iterator[str]:
    """What is wrong with the gold places and facts of the cases, one line each.

    Args:
        cases: of one set.
        roots: the folders that gold files are named from.
    """
    for case in cases:
        gold = ""
        for place in case.gold:
            lines = lines_of(roots, place)
            if not any(line.strip() for line in lines):
                where = f"#{place.page}" if place.page else f":{place.line_start}-{place.line_end}"
                yield f"{case.id}: nothing at {place.file}{where}"
            gold += "".join(lines)
        for fact in case.facts:
            if not any(fold(spelling) in fold(gold) for spelling in fact):
                yield f"{case.id}: no spelling of {fact[0]!r} in its gold lines"


def repeated(sets: dict[str, list[Case]]) -> Iterator[str]:
    """Questions that stand more than once, within a set or across."""
    counts = Counter(fold(case.question) for cases in sets.values() for case in cases)
    for cases in sets.values():
        for case in cases:
            if counts[fold(case.question)] > 1 and not case.history:
                yield f"{case.id}: the question stands more than once"


def leaks(cases: Sequence[Case]) -> list[str]:
    """Held-out cases that share a gold line with a dev case of the same set."""
    seen = {line for case in cases if case.split == "dev" for line in _gold_lines(case)}
    held_out = [case for case in cases if case.split == "held_out"]
    return [case.id for case in held_out if seen & set(_gold_lines(case))]


def table(cases: Sequence[Case]) -> str:
    """Kinds by split and style, as Markdown."""
    columns = [(s, t) for s in ("dev", "held_out") for t in ("direct", "townhall")]
    rows = [
        "| kind | " + " | ".join(f"{s} {t}" for s, t in columns) + " | all |",
        "|---" * (len(columns) + 2) + "|",
    ]
    for kind in [*sorted({case.kind for case in cases}), "all"]:
        chosen = [case for case in cases if kind in {case.kind, "all"}]
        cells = [sum(1 for c in chosen if (c.split, c.style) == column) for column in columns]
        rows.append(f"| {kind} | " + " | ".join(map(str, cells)) + f" | {len(chosen)} |")
    return "\n".join(rows)


def main() -> int:
    """Check all sets and print; returns the exit code."""
    sets = {name: load_cases(name) for name in (*SETS, *HAND_KEPT)}
    found = list(repeated(sets))
    for name, cases in sets.items():
        if at_hand(name):
            found += [f"{name} {problem}" for problem in problems(cases, *roots_of(name))]
        else:
            print(f"{name}: {NO_SAMPLES}")
    for name, cases in sets.items():
        print(f"\n{name}: {len(cases)} cases, {len(leaks(cases))} held-out cases share gold lines")
        print(table(cases))
    print("\n".join(["", *found, f"{len(found)} problems"]))
    return 1 if found else 0


def lines_of(roots: Sequence[Path], place: Place) -> list[str]:
    """The lines of a gold place; none where the file is missing."""
    path = next((root / place.file for root in roots if (root / place.file).is_file()), None)
    if path is None:
        return []
    if place.page:
        return pdf_texts(path, place.page)
    return path.read_text(encoding="utf-8").split("\n")[place.line_start - 1 : place.line_end]


def _gold_lines(case: Case) -> Iterator[tuple[str, int]]:
    for place in case.gold:
        places = [place.page] if place.page else range(place.line_start, place.line_end + 1)
        for line in places:
            yield place.file, line
