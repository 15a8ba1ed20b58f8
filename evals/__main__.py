"""``python -m evals PROGRAM …``: every program of this folder, for maintainers.

``python -m evals`` lists them; ``python -m evals PROGRAM --help`` explains one. Exit 0: done;
1: an expected error, or something that was looked for was found (a fault, a fallen metric);
2: usage.
"""

import sys
from importlib import import_module

from assistant.errors import AssistantError

PROGRAMS = {
    "": {
        "run": ("run.run", "ask every question, score, store and report"),
        "gate": ("run.gate", "hold a run against the accepted baseline"),
        "report": ("run.report", "write the report of a run anew"),
        "lock": ("run.lock", "are the prompts the accepted ones?"),
    },
    "Question sets": {
        "add-case": ("sets.add_case", "turn a stored thumbs-down into a case"),
        "check-sets": ("sets.check_sets", "are gold places, facts and splits sound?"),
        "overlap": ("sets.overlap", "does the corpus copy from the originals?"),
    },
    "Independent checks": {
        "quotes": ("independent.quotes", "check the quotes of `ask --json` output"),
        "plans": ("independent.plans", "check `draft --json` output"),
    },
    "Studies": {
        "retrieval": ("studies.retrieval", "measure retrieval on a judged set"),
        "compare": ("studies.compare", "beside what LangChain and LlamaIndex do by default"),
        "ablation": ("studies.ablation", "the search with one part left out"),
        "thesaurus": ("studies.thesaurus", "the search with one group of synonyms left out"),
        "simulate": ("studies.simulate", "how often the gate fails for nothing, what it catches"),
        "evidence": ("studies.evidence", "fit and measure the decision whether to answer"),
        "library": ("studies.library", "questions over a library of ministry documents"),
        "losses": ("studies.losses", "words of files that are read, reported, or lost"),
        "train-reader": ("studies.train_reader", "train the reader that the decision uses"),
        "e5-model": ("studies.e5_model", "write multilingual-e5-small as a folder of ONNX"),
    },
    "Benchmarks": {
        "bench-speed": ("benchmarks.speed", "cold and warm questions, memory, ingest"),
        "bench-ingest": ("benchmarks.ingest", "ingest beside LlamaIndex, memory, one file changed"),
        "bench-scale": ("benchmarks.scale", "ten and a hundred thousand chunks"),
        "bench-plans": ("benchmarks.plans", "how long a plan takes"),
        "bench-app": ("benchmarks.app", "speed and isolation of the web app"),
    },
}
"""Heading → program → its module below ``evals``, whose ``main`` reads the rest of the command
line and gives the exit code (None: 0), and what it does."""


def main() -> int:
    """Run the program named, or list all of them; returns the exit code."""
    known = {name: row for programs in PROGRAMS.values() for name, row in programs.items()}
    name = sys.argv[1] if len(sys.argv) > 1 else "--help"
    if name in {"-h", "--help"}:
        print(listing())
        return 0
    if name not in known:
        print(f"{name}: no such program\n\n{listing()}", file=sys.stderr)
        return 2
    sys.argv = [f"python -m evals {name}", *sys.argv[2:]]
    try:
        return import_module(f"evals.{known[name][0]}").main() or 0
    except AssistantError as error:
        print(f"エラー: {error.message}\n対処: {error.remedy}", file=sys.stderr)
        return 1


def listing() -> str:
    """The programs by heading, one line each."""
    lines = ["usage: python -m evals PROGRAM [-h] …"]
    for heading, programs in PROGRAMS.items():
        lines += ["", *([f"{heading}:"] if heading else [])]
        lines += [f"  {name:13} {what}" for name, (_, what) in programs.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
