"""Results of a run on disk: what the gate, the report and the web app's 評価 page read.

``evals/results/<date>-<name>/`` (not under version control) holds

``settings.json``
    ``{"name", "started" (ISO), "sets": ["guidance", ...], "mode": "extractive"|"llm",
    "model": null|name, "judge": null|name, "embedding", "reranker": null|name,
    "index_ids": {set: id}, "prompts": {prompt: hash},
    "prompt_files": {prompt: path of a file tried instead},
    "waived": {prompt: reason}, "price": null|[input, output] per million tokens, "limit",
    "code": hash of the assistant's source, "agreement": of a judge with our labels}``
``rows.jsonl``
    One `Row` a line, in order of completion; a run that was stopped goes on from here.
``summary.json``
    ``{"rows", "errored", "metrics": {metric: Figure}, "names": {metric: Japanese},
    "groups": {group: {metric: Figure}},
    "tokens": {"input", "output", "judge_input", "judge_output"}, "cost": null|number,
    "quotes", "faulty_rows", "seconds", "agreement": null|{...}}`` where a Figure is
    ``{"mean", "low", "high", "n", "unscored"}``: mean over the n rows that could be scored with
    its 95 % interval, all three null when n is 0. Groups are ``set:…``, ``kind:…``, ``split:…``
    and ``set:… split:… style:…``.
``report.md``, ``metrics.png``, ``kinds.png``
    For people. Written last: a folder without ``summary.json`` is an unfinished run.

``evals/baseline/<mode>/`` holds the accepted run in the same form, rows cut down to what the gate
compares and without text of documents that are not ours (`slim`).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter

RESULTS = Path(__file__).parents[1] / "results"
BASELINE = Path(__file__).parents[1] / "baseline"

# Answers over these sets quote our own documents only and may be kept under version control.
_OURS = frozenset({"guidance"})


@dataclass(frozen=True, slots=True)
class Row:
    """What one question gave."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: str
    """``<set>:<case>``."""
    kind: str
    style: str
    split: str
    question: str
    error: str | None = None
    """Why the row could not be completed; such a row has no scores."""
    answer: dict[str, Any] | None = None
    """As ``ask --json`` prints it; None when errored, or in a baseline over documents not ours."""
    found: tuple[dict[str, Any], ...] = ()
    """The first five passages as ``search --json`` prints them, without their text."""
    refused: bool | None = None
    cited: tuple[str, ...] = ()
    """Places cited, ``file:first-last`` (lines) or ``file#page``, in order."""
    faults: tuple[str, ...] = ()
    """What the independent check of quotes and numbers objects to (`faults`)."""
    scores: dict[str, float] = field(default_factory=dict)
    unscored: dict[str, str] = field(default_factory=dict)
    """Metrics that say nothing about this row, each with its reason."""
    judge_errors: dict[str, str] = field(default_factory=dict)
    """Metrics of the judge that failed on this row: the row counts as errored."""
    judge_tokens: tuple[int, int] = (0, 0)

    @property
    def set(self) -> str:
        """The question set."""
        return self.id.partition(":")[0]

    @property
    def errored(self) -> bool:
        """Whether the answer or the judge failed."""
        return bool(self.error or self.judge_errors)


_ROW = TypeAdapter(Row)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as stored."""

    settings: dict[str, Any]
    rows: tuple[Row, ...]


def read_run(folder: Path) -> Run:
    """The settings and rows of a folder; a row written twice counts once, the later one.

    Raises:
        FileNotFoundError: the folder holds no run.
    """
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    rows = {row.id: row for row in _read_rows(folder / "rows.jsonl")}
    return Run(settings, tuple(rows.values()))


def write_json(path: Path, value: Any) -> None:
    """Write a value as readable JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def add_setting(folder: Path, name: str, value: Any) -> None:
    """Add what was learned during a run to its settings."""
    path = folder / "settings.json"
    write_json(path, {**json.loads(path.read_text(encoding="utf-8")), name: value})


def append_row(path: Path, row: Row) -> None:
    """Add a row so that it survives the process."""
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(_line(row))


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write rows anew, sorted by id."""
    lines = [_line(row) for row in sorted(rows, key=lambda row: row.id)]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def slim(row: Row) -> Row:
    """A row fit for version control: no paths of this machine, no text of others' documents."""
    text = row.answer["answer"] if row.answer and row.set in _OURS else None
    answer = {"answer": text} if text is not None else None
    return replace(row, answer=answer, found=(), unscored={}, judge_tokens=(0, 0))


def baseline_folder(mode: str) -> Path:
    """Where the accepted run of a mode stands."""
    return BASELINE / mode


def write_baseline(run: Run, waived: str | None) -> Path:
    """Make a run the accepted one; sets that it does not hold keep their rows.

    Args:
        run: the run to accept.
        waived: the reason when it is accepted in spite of a failure.
    """
    folder = baseline_folder(run.settings["mode"])
    folder.mkdir(parents=True, exist_ok=True)
    kept: list[Row] = []
    settings = dict(run.settings)
    if (folder / "settings.json").is_file():
        before = read_run(folder)
        kept = [row for row in before.rows if row.set not in run.settings["sets"]]
        others = [name for name in before.settings["sets"] if name not in settings["sets"]]
        settings["sets"] = sorted([*settings["sets"], *others])
        ids = {name: before.settings["index_ids"][name] for name in others}
        settings["index_ids"] = settings["index_ids"] | ids
    settings["accepted_with_failures"] = waived
    write_json(folder / "settings.json", settings)
    write_rows(folder / "rows.jsonl", [*kept, *(slim(row) for row in run.rows)])
    return folder


def newest_run(name: str | None = None) -> Path | None:
    """The newest finished run, or the newest one (finished or not) of this name."""
    if not RESULTS.is_dir():
        return None
    folders = sorted(
        (f for f in RESULTS.iterdir() if (f / "settings.json").is_file()),
        key=lambda f: (f / "settings.json").stat().st_mtime,
    )
    if name is None:
        folders = [f for f in folders if (f / "summary.json").is_file()]
    else:
        folders = [f for f in folders if f.name[11:] == name]
    return folders[-1] if folders else None


def _line(row: Row) -> str:
    value = _ROW.dump_python(row, mode="json", exclude_defaults=True)
    return json.dumps(value, ensure_ascii=False) + "\n"


def _read_rows(path: Path) -> Iterable[Row]:
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue  # the last line of a run that was killed while writing it
        yield _ROW.validate_python(value)
