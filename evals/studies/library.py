"""Ask 120 questions over a library of ministry documents, with their source in it and left out.

    python -m evals.studies.library SAMPLES --work FOLDER

The library holds the sample PDFs, the five seeds, the guidebooks and the starter corpus. For each
question it is asked once whole, once without the seven PDFs of the question's half. Questions
(``datasets/library.jsonl``) were written by a reader who had not seen the program; those with an
even number may be read while developing, of the others only the totals are looked at.
"""

import argparse
import json
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant import Assistant
from assistant.indexing import ingest
from assistant.settings import load_settings

_QUESTIONS = Path(__file__).parents[1] / "datasets" / "library.jsonl"
_CORPUS = Path(__file__).parents[2] / "corpus"


def main() -> None:
    """Ask and print the totals of both halves."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("samples", type=Path)
    options.add_argument("--work", type=Path, required=True)
    given = options.parse_args()
    rows = [json.loads(line) for line in _QUESTIONS.read_text(encoding="utf-8").splitlines()]
    halves = {half: {r["file"] for r in rows if r["id"][0] == half} for half in "ab"}
    whole = _library(given.samples, given.work / "library", set())
    without = {
        half: _library(given.samples, given.work / f"library-{half}", files)
        for half, files in halves.items()
    }
    results = [_asked(row, whole, without[row["id"][0]]) for row in rows if not row["elsewhere"]]
    for name, parity in (("even", 0), ("odd", 1)):
        _report(name, [r for r in results if r["number"] % 2 == parity])
    _report("all", results)


def _library(samples: Path, folder: Path, left_out: set[str]) -> Assistant:
    """An assistant over all documents but the PDFs left out, indexed once."""
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
    return Assistant.open(index=root)


def _asked(row: dict[str, Any], whole: Assistant, without: Assistant) -> dict[str, Any]:
    answer = whole.ask(row["question"])
    found = whole.search(row["question"], 5)
    told = _fold(" ".join(statement.text for statement in answer.statements))
    facts = [any(_fold(spelling) in told for spelling in fact) for fact in row["facts"]]

    def is_gold(path: str, page: int | None) -> bool:
        return Path(path).name == row["file"] and page in row["pages"]

    return {
        "number": int(row["id"][1:]),
        "page@5": any(is_gold(p.document.source_path, p.chunk.page) for p in found),
        "cited": any(is_gold(c.document.source_path, c.page) for c in answer.citations),
        "facts": sum(facts) / len(facts),
        "wrongly refused": answer.refused,
        "of them near": answer.outcome == "near",
        "rightly refused": without.ask(row["question"]).refused,
    }


def _report(name: str, results: Sequence[dict[str, Any]]) -> None:
    names = [key for key in results[0] if key != "number"]
    means = {key: sum(float(r[key]) for r in results) / len(results) for key in names}
    print(f"{name} n={len(results)}", " ".join(f"{key} {mean:.3f}" for key, mean in means.items()))


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


if __name__ == "__main__":
    main()
