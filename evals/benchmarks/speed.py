"""How fast and how large: cold and warm ``ask`` on the starter corpus, ingest of the seeds.

``python -m evals bench-speed`` prints a table. The cold question is compared with importing
the libraries that answering needs, each in a fresh process, in turn, in the same run.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from assistant import Assistant
from assistant.indexing import ingest, starter_folders
from assistant.settings import Settings
from evals.benchmarks.cost import cost_of
from evals.sets.samples import NO_SAMPLES, samples

_QUESTION = "コンソーシアムには誰に入ってもらうべきですか"
_IMPORTS = "import chromadb, tantivy, sudachipy, pydantic_settings"
_PAIRS = 5
_WARM = 200


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        root = Path(name) / "index"
        report = ingest(starter_folders(), root, Settings())
        print(
            f"starter corpus: {report.files} files, {report.chunks} chunks, {report.seconds:.1f} s"
        )
        _cold(root)
        _warm(root)
        _seeds(Path(name) / "seeds")


def _cold(root: Path) -> None:
    ask = [sys.executable, "-m", "assistant.cli", "ask", _QUESTION, "--index", str(root)]
    bare = [sys.executable, "-c", _IMPORTS]
    _seconds(ask)
    _seconds(bare)
    pairs = [(_seconds(ask), _seconds(bare)) for _ in range(_PAIRS)]
    ratio = median(cold / imports for cold, imports in pairs)
    cold, imports = (median(column) for column in zip(*pairs, strict=True))
    print(f"peak memory of one ask: {cost_of(ask).megabytes:.0f} MB")
    print(f"cold ask {cold:.2f} s, imports alone {imports:.2f} s, ratio {ratio:.2f}, n = {_PAIRS}")


def _warm(root: Path) -> None:
    assistant = Assistant.open(root, Settings())
    questions = [
        _QUESTION,
        "ランニング費用は国の支援対象になりますか",
        "CYDERの受講者は年間何人ですか",
        "X人材とD人材はどう確保しますか",
        "役場に詳しい人がいないときはどうすればよいですか",
    ]
    for question in questions:
        assistant.ask(question)
    # The memory of earlier questions' words is part of a warm assistant; answers are never cached.
    times = sorted(
        assistant.ask(questions[number % len(questions)]).seconds for number in range(_WARM)
    )
    print(
        f"warm ask: p50 {1000 * times[_WARM // 2]:.1f} ms,"
        f" p95 {1000 * times[int(0.95 * _WARM)]:.1f} ms (n = {_WARM})"
    )
    assistant.close()


def _seeds(root: Path) -> None:
    seeds = samples() / "seeds"
    if not seeds.is_dir():
        print(f"seeds: {NO_SAMPLES}")
        return
    began = time.perf_counter()
    report = ingest([seeds], root, Settings())
    first = time.perf_counter() - began
    began = time.perf_counter()
    ingest([seeds], root, Settings())
    print(
        f"ingest of the seeds: {report.files} files, {report.chunks} chunks, {first:.1f} s; "
        f"again unchanged {time.perf_counter() - began:.3f} s"
    )


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # our own commands
    return time.perf_counter() - began
