"""Leave-one-out over the thesaurus: ``python -m evals thesaurus FAQ`` names the groups that hurt.

Every group is left out in turn, and the questions it touches are searched again: those that are cut
into other terms, or whose terms have other equivalents, without it. Groups are judged on the dev
rows of the question sets and on the even queries of FAQ (``data/localgovfaq`` of the samples), the
rows that weights are chosen on; the held-out rows only show what the drops together do. A group
that none of these questions touches has no figure and stays.
"""

import argparse
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any
from unittest.mock import patch

from assistant.export.rows import passage_row
from assistant.japanese import thesaurus
from assistant.japanese.thesaurus import Thesaurus, build_thesaurus, term_words
from assistant.question import concepts
from assistant.question.read import read_question
from assistant.retrieval import search
from assistant.retrieval.index import Index
from evals.run.metrics import top_5
from evals.run.statistics import compare
from evals.run.tables import table
from evals.sets.cases import Case, load_cases
from evals.studies.ablation import indexed_sets
from evals.studies.retrieval import DEPTH, found_by, indexed, metrics_of, read_set

_LAST_BIT = 1e-6
_FEWEST = 5
Group = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its figure under the thesaurus in force."""

    part: str
    """Set and rows: ``originals dev``."""
    words: tuple[str, ...]
    chooses: bool
    """Groups may be judged by it; else it is held out."""
    figure: Callable[[], float]
    """Searches, and gives how high the evidence stands, 0 to 1: the reciprocal rank of the first
    evidence among ten passages, for FAQ nDCG@10."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A group left out: the questions it touches with it and without."""

    number: int
    """Its place in the file, from 0."""
    kept: tuple[float, ...]
    left_out: tuple[float, ...]

    @property
    def hurts(self) -> bool:
        """Whether leaving the group out helps, as far as one trial can tell.

        The 95 % interval of the mean gain (paired bootstrap) lies above 0, over five questions or
        more: with four, gains all of one sign happen by chance more often than that (1 in 16). A
        laxer rule is no use where hundreds of groups are tried, and by this one a few of them
        (2.5 %) still pass by chance.
        """
        if len(self.kept) < _FEWEST:
            return False
        return compare({"": self.kept}, {"": self.left_out})[0].low > _LAST_BIT


def leave_one_out(groups: Sequence[Group], questions: Sequence[Question]) -> list[Trial]:
    """A trial for every group that touches a question, in the order of the file."""
    whole = build_thesaurus(list(groups))
    trials = []
    with _in_force(whole):
        kept = [question.figure() for question in questions]
    for number in range(len(groups)):
        rest = build_thesaurus([*groups[:number], *groups[number + 1 :]])
        touched = [
            place
            for place, question in enumerate(questions)
            if rest.split(question.words) != whole.split(question.words)
        ]
        if touched:
            with _in_force(rest):
                figures = tuple(questions[place].figure() for place in touched)
            trials.append(Trial(number, tuple(kept[place] for place in touched), figures))
    return trials


@contextmanager
def _in_force(held: Thesaurus) -> Iterator[None]:
    with patch.object(concepts, "load_thesaurus", lambda: held):
        yield


def _of_case(index: Index, name: str, case: Case) -> Question:
    record = asdict(case)

    def figure() -> float:
        passages = search.find(index, read_question(index, case.question), DEPTH).passages
        rows = [passage_row(passage) for passage in passages]
        ranks = (n for n in range(1, len(rows) + 1) if top_5(record, rows[:n]))
        return 1 / next(ranks, float("inf"))

    part = f"{name} {case.split}"
    return Question(part, term_words(case.question), case.split == "dev", figure)


def _of_query(index: Index, text: str, relevant: dict[str, int], number: int) -> Question:
    def figure() -> float:
        ids = found_by(search.search(index, text, DEPTH))
        return metrics_of(ids, relevant)["ndcg@10"]

    even = number % 2 == 0
    return Question(f"FAQ {'even' if even else 'odd'}", term_words(text), even, figure)


def main() -> None:
    """Print the groups to drop, and what dropping them does to every part of the questions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faq", type=Path, help="folder of a judged set")
    judged = read_set(parser.parse_args().faq)
    path = Path(thesaurus.__file__).with_name("thesaurus.toml")
    groups = tomllib.loads(path.read_text(encoding="utf-8"))["group"]
    with ExitStack() as stack:
        questions = [
            _of_case(index, name, case)
            for name, index in stack.enter_context(indexed_sets()).items()
            for case in load_cases(name)
            if case.answerable
        ]
        faq = stack.enter_context(indexed(judged))
        questions += [
            _of_query(faq, text, judged.relevant[query_id], number)
            for number, (query_id, text) in enumerate(judged.queries)
        ]
        trials = leave_one_out(groups, [question for question in questions if question.chooses])
        dropped = [trial for trial in trials if trial.hurts]
        print(f"{len(groups)} groups, {len(trials)} tried, {len(dropped)} to drop")
        for trial in dropped:
            print(
                f"{fmean(trial.kept):.3f} → {fmean(trial.left_out):.3f} n={len(trial.kept)}"
                f" {groups[trial.number]}"
            )
        numbers = {trial.number for trial in dropped}
        rest = [group for number, group in enumerate(groups) if number not in numbers]
        print(_effect(questions, build_thesaurus(list(groups)), build_thesaurus(rest)))


def _effect(questions: Sequence[Question], before: Thesaurus, after: Thesaurus) -> str:
    rows = []
    for part in sorted({question.part for question in questions}):
        figures = []
        for held in (before, after):
            with _in_force(held):
                figures.append([q.figure() for q in questions if q.part == part])
        found = compare({"": figures[0]}, {"": figures[1]})[0]
        gain = f"{found.difference:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"
        rows.append((part, found.n, f"{found.before:.3f}", f"{found.after:.3f}", gain))
    return table(("part", "n", "before", "after", "difference"), rows)
