"""How fast files become an index, beside LlamaIndex's default, and what a growing set costs.

``python -m evals bench-ingest`` prints a table. Every figure is a process from its start to
its end: imports, reading, cutting, embedding, storing, and on our side also fitting the embedding,
writing the word index, checking the generation and swapping it in. The word vectors that every new
index is given once, and that the comparison finds ready, are timed apart and counted in the second
ratio. The comparison gets a virtual environment of its own in a temporary folder;
``--environment DIR`` keeps it for the next run.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from assistant.retrieval.embeddings import SifEmbedder, WordVectors, write_word_vectors
from assistant.retrieval.index import current_generation
from evals.benchmarks.cost import Cost, cost_of
from evals.sets.samples import NO_SAMPLES, samples

_COMPARED = (
    "llama-index-core==0.14.25",
    "llama-index-readers-file==0.7.0",
    "llama-index-vector-stores-chroma==0.6.0",
    "chromadb==1.5.9",
    # Without it four of the encrypted samples would be skipped.
    "cryptography",
)
_IMPORTS = "import chromadb, numpy, pypdf, llama_index.core"
_PAGES_A_FILE = 100
_SMALL_FILES = 500


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment", type=Path, help="folder of the compared environment")
    parser.add_argument("--embed", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--word-vectors", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.embed:
        _serve_vectors(*arguments.embed)
        return
    if arguments.word_vectors:
        write_word_vectors(arguments.word_vectors)
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        place = Path(name)
        _compare(place, arguments.environment or place / "environment")
        _grow(place)
        _update(place)


def _compare(place: Path, environment: Path) -> None:
    folder = samples() / "pdfs"
    if not folder.is_dir():
        print(f"pdfs: {NO_SAMPLES}")
        return
    python = _environment(environment)
    # An installer compiles what it installs; where that was left undone, it is done before.
    for interpreter in (sys.executable, str(python)):
        cost_of([interpreter, "-c", _IMPORTS])
    index = place / "pdfs"
    module = [sys.executable, "-m", "evals", "bench-ingest"]
    first = cost_of([*module, "--word-vectors", str(index / "word-vectors")])
    ours = _ingest(folder, index)
    generation = current_generation(index)
    assert generation is not None
    script = Path(__file__).with_name("llama_default.py")
    theirs = cost_of(
        [
            *(str(python), str(script), str(folder), str(place / "llama")),
            *(*module, "--embed", str(generation / "sif.json"), str(index / "word-vectors")),
        ]
    )
    found = json.loads(theirs.output.splitlines()[-1])
    chunks = json.loads(ours.output)["chunks"]
    pages = found["pages"]
    for label, cost, pieces in (("ours", ours, chunks), ("LlamaIndex", theirs, found["nodes"])):
        _say(
            f"{label}: {pages} pages, {pieces} pieces, {cost.seconds:.1f} s,"
            f" {pages / cost.seconds:.1f} pages/s, {cost.megabytes:.0f} MB"
        )
    _say(f"word vectors of a new index: {first.seconds:.1f} s")
    whole = theirs.seconds / (ours.seconds + first.seconds)
    _say(f"ratio of pages a second: {theirs.seconds / ours.seconds:.2f}; new index {whole:.2f}")


def _grow(place: Path) -> None:
    for files in (1, 20):
        folder = place / f"generated-{files}"
        folder.mkdir()
        for number in range(files):
            _write_pdf(folder / f"{number:02}.pdf", number)
        cost = _ingest(folder, place / f"index-{files}")
        _say(
            f"{files * _PAGES_A_FILE} generated pages: {cost.seconds:.1f} s,"
            f" {files * _PAGES_A_FILE / cost.seconds:.1f} pages/s, {cost.megabytes:.0f} MB"
        )


def _update(place: Path) -> None:
    folder = place / "small"
    folder.mkdir()
    for number in range(_SMALL_FILES):
        text = "\n".join(_sentences(number, 12))
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    everything = _ingest(folder, place / "index-small")
    (folder / "007.txt").write_text("第7地区では、相談を月に99件受けた。\n", encoding="utf-8")
    one = _ingest(folder, place / "index-small")
    assert len(json.loads(one.output)["updated"]) == 1
    _say(
        f"{_SMALL_FILES} small files: all {everything.seconds:.1f} s, one changed"
        f" {one.seconds:.1f} s, ratio {one.seconds / everything.seconds:.2f}"
    )


def _say(line: str) -> None:
    print(line, flush=True)


def _ingest(folder: Path, index: Path) -> Cost:
    return cost_of(
        [
            *(sys.executable, "-m", "assistant.cli", "ingest", str(folder)),
            *("--index", str(index), "--json"),
        ]
    )


def _environment(folder: Path) -> Path:
    """The Python of an environment with LlamaIndex's reader, made where it is missing."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.is_file():
        venv.create(folder, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *_COMPARED]
        subprocess.run(install, check=True)  # noqa: S603  # our own list
    return python


def _serve_vectors(statistics: Path, word_vectors: Path) -> None:
    """Answer each line of texts (JSON) with their vectors (float32, in hex)."""
    embedder = SifEmbedder.load(statistics, WordVectors(word_vectors))
    for line in sys.stdin:
        print(embedder.embed_passages(json.loads(line)).tobytes().hex(), flush=True)


def _write_pdf(path: Path, seed: int) -> None:
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfgen.canvas import Canvas

    registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    canvas = Canvas(str(path))
    for page in range(_PAGES_A_FILE):
        canvas.setFont("HeiseiMin-W3", 10)
        for row, sentence in enumerate(_sentences(_PAGES_A_FILE * seed + page, 25)):
            canvas.drawString(50, 780 - 28 * row, sentence)
        canvas.showPage()
    canvas.save()


_WORDS = (
    *("通信網", "人口", "費用", "住民", "バス", "農業", "防災", "学校", "医療", "観光"),
    *("道路", "水道", "予算", "職員", "研修", "端末", "電波", "衛星", "協議会", "大学"),
)


def _sentences(seed: int, count: int) -> list[str]:
    dice = random.Random(seed)  # noqa: S311  # made-up text, the same in every run
    return [
        "{}の{}について、{}件の{}を{}で確かめ、{}の見直しを進めている。".format(
            *dice.sample(_WORDS, 2), dice.randint(1, 900), *dice.sample(_WORDS, 3)
        )
        for _ in range(count)
    ]
