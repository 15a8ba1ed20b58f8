"""A bad answer becomes a test: a stored thumbs-down is added to a question set.

What users saw is known, so the case goes to the ``dev`` split. The gold places, facts and reference
are a person's work: they are read in the document, not in the answer. What will be written is shown
first, and written when that person says yes.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.errors import InputError
from assistant.feedback import Feedback, read_feedback
from assistant.settings import load_settings
from evals.sets import cases
from evals.sets.cases import KINDS, STYLES, Case, Kind, Place, Style, load_cases
from evals.sets.check_sets import lines_of, problems
from evals.sets.samples import SETS, roots_of


@dataclass(frozen=True, slots=True)
class Marking:
    """What a person says about a question: what kind it is and what its answer must hold."""

    set_name: str
    kind: Kind
    style: Style
    gold: tuple[str, ...]
    """``file:first-last``; none for a question that the documents do not answer."""
    facts: tuple[str, ...]
    """Each with its accepted spellings, separated by ``|``."""
    reference: str


def open_complaints(folder: Path, set_names: Sequence[str]) -> list[Feedback]:
    """The thumbs-down of a data folder whose questions are not yet in a set, oldest first."""
    known = {case.question for name in set_names for case in load_cases(name)}
    downs = [f for f in read_feedback(folder) if f.verdict == "down" and f.question not in known]
    return list({feedback.question: feedback for feedback in downs}.values())


def new_case(feedback: Feedback, marking: Marking, root: Path) -> Case:
    """The case that a complaint makes; nothing is written.

    Args:
        feedback: the complaint.
        marking: what its answer must hold.
        root: folder that gold files are named from.

    Raises:
        InputError: a gold place or fact does not stand in the documents, or the case is not valid.
    """
    try:
        case = Case(
            id=_next_id(load_cases(marking.set_name)),
            question=feedback.question,
            kind=marking.kind,
            style=marking.style,
            split="dev",
            answerable=bool(marking.gold),
            gold=tuple(_places(marking.gold)),
            facts=tuple(tuple(fact.split("|")) for fact in marking.facts),
            reference=marking.reference,
        )
    except ValueError:
        raise InputError(
            "根拠(--gold)と要点(--fact)は、両方そろえるか、両方とも付けないでください。",
            "資料に答えのない質問には、どちらも付けません。",
        ) from None
    found = list(problems([case], root))
    if found:
        raise InputError("、".join(found), "--gold と --fact を資料で確かめてください。")
    return case


def append_case(set_name: str, case: Case) -> None:
    """Write a case below the others of its set."""
    with (cases.DATASETS / f"{set_name}.jsonl").open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(asdict(case), ensure_ascii=False) + "\n")


def case_text(set_name: str, case: Case, root: Path) -> str:
    """What will be written, in Japanese, with the words of the gold places."""
    lines = [
        f"質問集: {set_name} {case.id}({case.split})",
        f"質問: {case.question}",
        f"種類: {case.kind}、{case.style}",
    ]
    if not case.answerable:
        return "\n".join([*lines, "資料に答えはない(断れば正解、答えれば誤りになります)"])
    for place in case.gold:
        lines.append(f"根拠: {place.file}:{place.line_start}-{place.line_end}")
        lines += [f"  {line}" for line in lines_of([root], place)]
    lines += [f"要点: {' または '.join(fact)}" for fact in case.facts]
    return "\n".join([*lines, f"答えの例: {case.reference or 'なし'}"])


def main() -> int:
    """List the complaints, or show the case that one of them makes and write it after a yes."""
    options = _options()
    complaints = open_complaints(load_settings().data, SETS)
    if options.number is None:
        for number, complaint in enumerate(complaints, start=1):
            print(f"{number}. {complaint.question}(理由: {complaint.reason or 'なし'})")
        print(f"質問集にない「悪い」の記録: {len(complaints)}件")
        return 0
    if not 1 <= options.number <= len(complaints):
        raise InputError(
            f"{options.number}番の記録はありません(1から{len(complaints)}まで)。",
            "番号を付けずに add-case を動かして、一覧を確かめてください。",
        )
    marking = Marking(
        options.set,
        options.kind or ("fact" if options.gold else "unanswerable"),
        options.style,
        tuple(options.gold),
        tuple(options.fact),
        options.reference,
    )
    (root,) = roots_of(options.set)
    case = new_case(complaints[options.number - 1], marking, root)
    print(case_text(options.set, case, root))
    if not (options.yes or _agreed()):
        print("加えませんでした。")
        return 0
    append_case(options.set, case)
    print("加えました。python -m evals gate --accept で基準に入ります。")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int, nargs="?", help="of the complaint; without it, a list")
    parser.add_argument("--set", default="guidance", choices=SETS)
    parser.add_argument("--kind", choices=KINDS, help="default: fact, without gold unanswerable")
    parser.add_argument("--style", choices=STYLES, default="townhall")
    parser.add_argument("--gold", action="append", default=[], metavar="FILE:LINE-LINE",
                        help="none: the documents do not answer the question")  # fmt: skip
    parser.add_argument("--fact", action="append", default=[], metavar="SPELLING|SPELLING")
    parser.add_argument("--reference", default="", help="the right answer in a sentence")
    parser.add_argument("--yes", action="store_true", help="write without asking")
    return parser.parse_args()


def _agreed() -> bool:
    try:
        return input("この内容で加えますか [y/N]: ").strip().lower() in {"y", "yes", "はい"}
    except EOFError:  # nobody is there to say yes
        return False


def _next_id(existing: Sequence[Case]) -> str:
    """``u001``, ``u002`` …: cases that come from use."""
    after_u = [case.id[1:] for case in existing if case.id.startswith("u")]
    return f"u{max((int(n) for n in after_u if n.isdecimal()), default=0) + 1:03}"


def _places(texts: Sequence[str]) -> Iterator[Place]:
    for text in texts:
        file, _, lines = text.rpartition(":")
        first, _, last = lines.partition("-")
        if not (file and first.isdecimal() and (last or first).isdecimal()):
            raise InputError(
                f"根拠の場所を読めません: {text}", "ファイル:行-行 の形で書いてください。"
            )
        yield Place(file, int(first), int(last or first))
