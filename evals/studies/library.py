"""Ask 120 questions over a library of ministry documents, with their source in it and left out.

    python -m evals library SAMPLES --work FOLDER

The library holds the sample PDFs, the five seeds, the guidebooks and the starter corpus. For each
question it is asked once whole, once without the seven PDFs of the question's half. Questions
(``datasets/library.jsonl``) were written by a reader who had not seen the program; those with an
even number may be read while developing, of the others only the totals are looked at.
"""

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant import Assistant
from assistant.indexing import ingest
from assistant.settings import load_settings
from evals.independent.quotes import fold
from evals.sets.cases import DATASETS
from evals.sets.rows import read_rows

FITTED = frozenset(
    {
        "000761091.pdf",
        "000843318.pdf",
        "10.pdf",
        "20210830_2.pdf",
        "20220422_resources_standard_guidelines_guidebook_01.pdf",
        "20231027_policies_local_governments_outline_02.pdf",
        "20231102_sesaku3.pdf",
    }
)
"""PDFs that the reader has seen other questions of, and whose questions the decision is fitted on;
what is measured on the others is clean of both."""
_CORPUS = Path(__file__).parents[2] / "corpus"


def main() -> None:
    """Ask and print the totals of both halves."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("samples", type=Path)
    options.add_argument("--work", type=Path, required=True)
    given = options.parse_args()
    rows = library_questions()
    halves = {half: {r["file"] for r in rows if r["id"][0] == half} for half in "ab"}
    whole = Assistant.open(index=library_index(given.samples, given.work / "library", set()))
    without = {
        half: Assistant.open(index=library_index(given.samples, given.work / half, files))
        for half, files in halves.items()
    }
    results = [_asked(row, whole, without[row["id"][0]]) for row in rows]
    for name, fitted in (("fitted PDFs", True), ("other PDFs", False)):
        _report(name, [r for r in results if r["fitted"] == fitted])
    for name, parity in (("even", 0), ("odd", 1)):
        _report(name, [r for r in results if r["number"] % 2 == parity])
    _report("all", results)


def library_questions() -> list[dict[str, Any]]:
    """The questions that one of the PDFs answers and no other document does."""
    return [row for row in read_rows(DATASETS / "library.jsonl") if not row["elsewhere"]]


def library_index(samples: Path, folder: Path, left_out: set[str]) -> Path:
    """The index of all documents but the PDFs left out, made once."""
    source, root = folder / "source", folder / "index"
    if not root.is_dir():
        source.mkdir(parents=True)
        for path in sorted((samples / "pdfs").glob("*.pdf")):
            if path.name not in left_out:
                shutil.copy(path, source / path.name)
        for name in ("seeds", "guidebooks_md"):
            shutil.copytree(samples / name, source / name)
        for name in ("cases", "digests", "guidebooks"):
            shutil.copytree(_CORPUS / name, source / f"corpus-{name}")
        shutil.copy(_CORPUS / "catalog.toml", source / "catalog.toml")
        ingest([source], root, load_settings())
    return root


def _asked(row: dict[str, Any], whole: Assistant, without: Assistant) -> dict[str, Any]:
    answer = whole.ask(row["question"])
    found = whole.search(row["question"], 5)
    told = fold(" ".join(statement.text for statement in answer.statements))
    facts = [any(fold(spelling) in told for spelling in fact) for fact in row["facts"]]

    def is_gold(path: str, page: int | None) -> bool:
        return Path(path).name == row["file"] and page in row["pages"]

    return {
        "number": int(row["id"][1:]),
        "fitted": row["file"] in FITTED,
        "page@5": any(is_gold(p.document.source_path, p.chunk.page) for p in found),
        "cited": any(is_gold(c.document.source_path, c.page) for c in answer.citations),
        "facts": sum(facts) / len(facts),
        "wrongly refused": answer.refused,
        "of them near": answer.outcome == "near",
        "rightly refused": without.ask(row["question"]).refused,
    }


def _report(name: str, results: Sequence[dict[str, Any]]) -> None:
    names = [key for key in results[0] if key not in {"number", "fitted"}]
    means = {key: sum(float(r[key]) for r in results) / len(results) for key in names}
    print(f"{name} n={len(results)}", " ".join(f"{key} {mean:.3f}" for key, mean in means.items()))
