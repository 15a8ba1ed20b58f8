"""What each part of the search is worth: the same questions with one part left out.

``python -m evals ablation`` prints the table of the README. The originals need
``REGIONAL_DX_SAMPLES``.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from unittest.mock import patch

from assistant.export.rows import passage_row
from assistant.indexing import ingest
from assistant.japanese.thesaurus import build_thesaurus
from assistant.question import concepts
from assistant.question.read import read_question
from assistant.retrieval import search
from assistant.retrieval.index import Index
from assistant.retrieval.weights import VectorWeights
from assistant.settings import Settings
from evals.run.metrics import first_1000, top_5
from evals.run.statistics import figure
from evals.run.tables import share_cell
from evals.sets.cases import Case, load_cases
from evals.sets.samples import available_sets, documents_of

_FOUND = 5
_EMPTY = build_thesaurus([])
_RERANK = ("_COVERAGE", "_SENTENCE", "_HEADING", "_NOUNS")
PARTS = {
    "すべて": (),
    "語ベクトルによる拡張なし": ((concepts, "_near", lambda *_: {}),),
    "同義語辞書なし": ((concepts, "load_thesaurus", lambda: _EMPTY),),
    "語の並びなし": ((search, "_PAIR_WEIGHT", 0.0),),
    "文ベクトルなし": ((search, "vector_weights", lambda _: VectorWeights(0.0, 0.0)),),
    "並べ直しなし": tuple((search, name, 0.0) for name in _RERANK),
}
"""Name of the row → what takes the place of what in which module."""


def main() -> None:
    """Index the sets once, then search every answerable question without each part in turn."""
    with indexed_sets() as indexes:
        print("| 構成 | 資料 | 町の言葉: 上位5件 | 資料の言葉: 先頭1,000字 |\n|---|---|---|---|")
        for part, replaced in PARTS.items():
            with ExitStack() as stack:
                for module, attribute, value in replaced:
                    stack.enter_context(patch.object(module, attribute, value))
                for one, index in indexes.items():
                    print(f"| {part} | {one} | {' | '.join(_figures(index, one))} |", flush=True)


@contextmanager
def indexed_sets() -> Iterator[dict[str, Index]]:
    """An index of the documents of every set at hand, by its name."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, ExitStack() as opened:
        indexes = {}
        for one in available_sets():
            root = Path(name) / one
            ingest(documents_of(one), root, Settings())
            indexes[one] = Index(root)
            opened.callback(indexes[one].close)
        yield indexes


def _figures(index: Index, name: str) -> list[str]:
    cases = [case for case in load_cases(name) if case.answerable]
    town = [_found(index, case)[0] for case in cases if case.style == "townhall"]
    direct = [_found(index, case)[1] for case in cases if case.style == "direct"]
    return [share_cell(asdict(figure(values))) for values in (town, direct)]


def _found(index: Index, case: Case) -> tuple[float, float]:
    passages = search.find(index, read_question(index, case.question), _FOUND).passages
    rows = [passage_row(passage) | {"characters": len(passage.chunk.text)} for passage in passages]
    record = asdict(case)
    return top_5(record, rows), first_1000(record, rows)
