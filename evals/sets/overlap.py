"""Does the corpus copy? Runs of 12 or more characters that it shares with an original.

``python -m evals overlap`` compares every document of ``corpus/`` with the originals under
``$REGIONAL_DX_SAMPLES/seeds``, width folded, white space and Markdown marks left out. Names,
titles, figures and fixed terms cannot be said otherwise: those accepted stand in
``datasets/overlap_accepted.txt``, one a line; anything else is reported and the exit code is 1.
"""

from collections.abc import Iterator
from pathlib import Path

from assistant.indexing import starter_folders
from evals.independent.quotes import fold
from evals.sets.cases import DATASETS
from evals.sets.samples import NO_SAMPLES, samples

RUN = 12
_MARKS = str.maketrans("", "", "*#>`|_-")


def shared_runs(text: str, originals: set[str]) -> Iterator[str]:
    """The longest runs of at least 12 characters of `text` that stand in an original.

    Args:
        text: folded text.
        originals: all runs of exactly 12 characters of the originals, folded.
    """
    position = 0
    while position <= len(text) - RUN:
        end = position
        while end <= len(text) - RUN and text[end : end + RUN] in originals:
            end += 1
        if end > position:
            yield text[position : end + RUN - 1]
        position = end + 1


def grams(text: str) -> set[str]:
    """All runs of exactly 12 characters of a folded text."""
    return {text[start : start + RUN] for start in range(len(text) - RUN + 1)}


def folded(text: str) -> str:
    """NFKC without white space and Markdown marks."""
    return fold(text).translate(_MARKS)


def body(path: Path) -> str:
    """A corpus document without its front matter."""
    text = path.read_text(encoding="utf-8")
    return text.split("+++", 2)[2] if text.startswith("+++") else text


def main() -> int:
    """Compare and print; returns the exit code."""
    seeds = samples() / "seeds"
    if not seeds.is_dir():
        print(NO_SAMPLES)
        return 0
    originals: set[str] = set()
    for path in seeds.glob("*.txt"):
        originals |= grams(folded(path.read_text(encoding="utf-8")))
    accepted_file = DATASETS / "overlap_accepted.txt"
    accepted = set(accepted_file.read_text(encoding="utf-8").splitlines())
    found = [
        (path, run)
        for folder in starter_folders()
        for path in sorted(folder.glob("*.md"))
        for run in shared_runs(folded(body(path)), originals)
    ]
    copied = [(path, run) for path, run in found if run not in accepted]
    for path, run in copied:
        print(f"{path.name}: {run}")
    print(f"{len(found)} shared runs, {len(found) - len(copied)} accepted, {len(copied)} copied")
    return 1 if copied else 0
