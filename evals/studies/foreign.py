"""A fixed sample of others' texts and questions, small enough for every run of the gate.

Encyclopaedia paragraphs (JaQuAD's training part), municipal pages (localgovfaq) and ministry
PDFs, in one library. Half of the questions have their source in it, of the other half it is left
out. None of the questions was fitted. Others' texts cannot come with the project: where the samples
are missing the gate says so.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant import Assistant
from assistant.indexing import ingest
from assistant.settings import load_settings
from evals.run.tables import table
from evals.sets.cases import DATASETS
from evals.sets.rows import read_rows
from evals.studies.library import library_questions
from evals.studies.traps import digest, is_fitted

_QUESTIONS = 24
"""Of each set, for either half."""
_TEXTS = 120
"""Of each set beside the sources."""
_PDFS = ("000956094.pdf", "01point.pdf", "1c202401.pdf", "003_02_04.pdf")
FLOORS = {"百科事典": (0.85, 0.80), "自治体のページ": (0.65, 0.85), "省庁のPDF": (0.85, 0.72)}
"""Set → least share answered with the source in the library, and refused without it. Each lies
about two standard errors of its 24 questions below what was measured with the accepted baseline:
1.00 and .96, .82 and 1.00, .96 and .88."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the questions of one set."""

    name: str
    answered: float
    """Share of the questions with their source in the library."""
    refused: float
    """Share of the questions without."""
    questions: int

    @property
    def failure(self) -> str | None:
        """In Japanese, where one lies below its floor."""
        answered, refused = FLOORS[self.name]
        if self.answered >= answered and self.refused >= refused:
            return None
        return f"よその資料({self.name}): 答えた割合か断った割合が下限({answered}、{refused})未満"


def ask_sample(samples: Path) -> list[Outcome]:
    """Build the library and ask.

    Raises:
        OSError: a sample is missing.
    """
    with TemporaryDirectory() as folder:
        source, root = Path(folder) / "source", Path(folder) / "index"
        source.mkdir()
        asked = {
            "百科事典": _encyclopaedia(samples / "data" / "jaquad_train", source),
            "自治体のページ": _pages(samples / "data" / "localgovfaq", source),
            "省庁のPDF": _ministries(samples / "pdfs", source),
        }
        ingest([source], root, load_settings())
        assistant = Assistant.open(index=root)
        try:
            return [_outcome(assistant, name, *halves) for name, halves in asked.items()]
        finally:
            assistant.close()


def outcome_text(outcomes: Sequence[Outcome]) -> str:
    """The sample as a table in Markdown."""
    rows = (
        (
            *(o.name, f"{o.answered:.2f}(下限 {FLOORS[o.name][0]:.2f})"),
            *(f"{o.refused:.2f}(下限 {FLOORS[o.name][1]:.2f})", o.questions),
        )
        for o in outcomes
    )
    return table(("よその資料", "資料があるとき答えた", "資料がないとき断った", "問"), rows)


def _outcome(
    assistant: Assistant, name: str, held: Sequence[str], left_out: Sequence[str]
) -> Outcome:
    answered = [not assistant.ask(question).refused for question in held]
    refused = [assistant.ask(question).refused for question in left_out]
    count = len(held) + len(left_out)
    return Outcome(name, sum(answered) / len(held), sum(refused) / len(left_out), count)


def _encyclopaedia(folder: Path, source: Path) -> tuple[list[str], list[str]]:
    gold = {row["qid"]: row["docid"] for row in read_rows(folder / "qrels.jsonl")}
    rows = [row for row in read_rows(folder / "queries.jsonl") if not is_fitted(row["id"])]
    rows = sorted(rows, key=lambda row: digest(row["id"]))[: 2 * _QUESTIONS]
    pairs = [(row["text"], str(gold[row["id"]])) for row in rows]
    return _halves(pairs, folder / "corpus.jsonl", source, "encyclopaedia")


def _pages(folder: Path, source: Path) -> tuple[list[str], list[str]]:
    rows = [row for row in read_rows(DATASETS / "natural.jsonl") if row["set"] == folder.name]
    rows = [row for row in rows if not is_fitted(row["id"]) and not row.get("also")]
    rows = sorted(rows, key=lambda row: digest(row["id"]))[: 2 * _QUESTIONS]
    pairs = [(row["question"], str(row["docid"])) for row in rows]
    return _halves(pairs, folder / "corpus.jsonl", source, "pages")


def _halves(
    pairs: list[tuple[str, str]], corpus: Path, source: Path, name: str
) -> tuple[list[str], list[str]]:
    """Write the sources of the first half, and other texts; the questions of both halves."""
    half = len(pairs) // 2
    left_out = {key for _, key in pairs[half:]}
    held = [(question, key) for question, key in pairs[:half] if key not in left_out]
    wanted = {key for _, key in held}
    texts = {str(row["id"]): row for row in read_rows(corpus)}
    others = sorted(texts.keys() - wanted - left_out, key=digest)[:_TEXTS]
    folder = source / name
    folder.mkdir()
    for key in (*wanted, *others):
        head = f"# {texts[key]['title']}\n\n" if texts[key]["title"] else ""
        (folder / f"{key}.md").write_text(f"{head}{texts[key]['text']}\n", encoding="utf-8")
    return [question for question, _ in held], [question for question, _ in pairs[half:]]


def _ministries(folder: Path, source: Path) -> tuple[list[str], list[str]]:
    rows = sorted(library_questions(), key=lambda row: digest(row["id"]))
    for name in _PDFS:
        shutil.copy(folder / name, source / name)
    held = [row["question"] for row in rows if row["file"] in _PDFS]
    left_out = [row["question"] for row in rows if row["file"] not in _PDFS]
    return held[:_QUESTIONS], left_out[:_QUESTIONS]
