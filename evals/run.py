"""A run: every question of the sets asked once, scored and stored. What stopped goes on."""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from tqdm import tqdm

import assistant as package
from assistant import Assistant
from assistant.export.rows import answer_row, passage_row
from assistant.indexing import ingest, starter_folders
from assistant.prompts import trying
from assistant.retrieval.index import Index
from assistant.schema import Turn
from assistant.settings import load_settings
from evals import results
from evals.cases import Case, load_cases
from evals.judge import Judge, Judgement
from evals.lock import current_hashes, prompt_hash, waivers
from evals.metrics import places_cited, score_row
from evals.quotes import faults
from evals.results import Row, add_setting, append_row, read_run, write_json, write_rows

SETS = ("guidance", "originals")
"""What the gate holds a change against."""
HAND_KEPT = ("first_week", "mixed")
"""Asked only where they are named: what a town hall asks of the library in its first week."""
_FOUND = 5


class RunError(Exception):
    """A run cannot be made as asked; the text says why and what to do (Japanese)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run asks."""

    name: str
    sets: tuple[str, ...]
    limit: int | None = None
    """Only so many questions of each set."""
    concurrency: int = 1
    mode: Literal["extractive", "llm"] = "extractive"
    """``llm`` asks the model of the settings."""
    prompt_files: Mapping[str, Path] = field(default_factory=dict)
    """Prompts to be tried in place of the program's, by name."""
    judge: str | None = None
    """Name of a judge model; its key is read from ``OPENAI_API_KEY``."""
    judge_url: str | None = None
    """Address of its OpenAI-compatible endpoint; None: OpenAI's own."""
    price: tuple[float, float] | None = None
    """Of a million input and output tokens, in any currency."""


def available_sets() -> tuple[str, ...]:
    """The sets whose documents are at hand: the originals need ``REGIONAL_DX_SAMPLES``."""
    return tuple(name for name in SETS if _at_hand(name))


def _at_hand(set_name: str) -> bool:
    return all(path.is_dir() for path in documents_of(set_name))


def collect(plan: Plan, *, fresh: bool = False) -> Path:
    """Ask what is not yet answered, append rows as they come, and return the folder.

    Args:
        plan: what to ask. A run of this name goes on where it stopped; errored rows are asked anew.
        fresh: begins anew even if a run of this name exists today.

    Raises:
        RunError: documents of a set are missing, or a run of this name had other settings.
    """
    missing = [name for name in plan.sets if not _at_hand(name)]
    if missing:
        raise RunError(
            f"{missing[0]} の文書がありません。"
            "REGIONAL_DX_SAMPLES に標本資料の場所を設定してください。"
        )
    with ExitStack() as stack:
        stack.enter_context(trying(plan.prompt_files))
        opened = {name: stack.enter_context(_opened(name)) for name in plan.sets}
        judge = stack.enter_context(_judge(plan, opened))
        folder = _folder(plan, _settings(plan, opened), fresh=fresh)
        done = {row.id for row in read_run(folder).rows if not row.errored}
        todo = [
            (name, case)
            for name in plan.sets
            for case in load_cases(name)[: plan.limit]
            if f"{name}:{case.id}" not in done
        ]
        (folder / "summary.json").unlink(missing_ok=True)
        pool = ThreadPoolExecutor(plan.concurrency)
        try:
            futures = [
                pool.submit(ask, opened[name], name, case, mode=plan.mode, judge=judge)
                for name, case in todo
            ]
            for future in tqdm(
                as_completed(futures), total=len(todo), desc=plan.name, disable=None
            ):
                append_row(folder / "rows.jsonl", future.result())
        finally:
            pool.shutdown(cancel_futures=True)  # a run that is stopped asks nothing more
        if judge and "agreement" not in read_run(folder).settings:
            add_setting(folder, "agreement", judge.agreement())
    write_rows(folder / "rows.jsonl", read_run(folder).rows)
    return folder


def ask(
    assistant: Assistant,
    set_name: str,
    case: Case,
    *,
    mode: Literal["extractive", "llm"] = "extractive",
    judge: Judge | None = None,
) -> Row:
    """One question asked, searched, scored and judged; a failure is a row with its error.

    A follow-up is asked after the questions before it, which are answered without a model; it is
    searched as it was understood.
    """
    row_id = f"{set_name}:{case.id}"
    try:
        turns: list[Turn] = []
        for earlier in (turn["question"] for turn in case.history):
            turns.append(Turn(earlier, assistant.ask(earlier, mode="extractive", history=turns)))
        answer = answer_row(assistant.ask(case.question, mode=mode, history=turns))
        passages = assistant.search(answer["standalone"] or case.question, _FOUND)
        found = [_place(passage_row(passage)) for passage in passages]
        scores, unscored = score_row(asdict(case), answer, found, model=mode == "llm")
        texts = [passage.chunk.text for passage in passages]
        judged = judge.score(asdict(case), answer, texts) if judge else Judgement()
    except Exception as error:  # noqa: BLE001  # whatever fails is counted and shown as a row
        reason = f"{type(error).__name__}: {error}"
        return Row(row_id, case.kind, case.style, case.split, case.question, error=reason)
    return Row(
        id=row_id,
        kind=case.kind,
        style=case.style,
        split=case.split,
        question=case.question,
        answer=answer,
        found=tuple(found),
        refused=answer["refused"],
        cited=places_cited(answer),
        faults=tuple(faults([answer])[1]),
        scores=scores | judged.scores,
        unscored=unscored | judged.unscored,
        judge_errors=judged.errors,
        judge_tokens=judged.tokens,
    )


@contextmanager
def _judge(plan: Plan, opened: Mapping[str, Assistant]) -> Iterator[Judge | None]:
    """The judge of a plan, None without one; it measures relevancy by the index's own vectors."""
    if not plan.judge:
        yield None
        return
    index = Index(next(iter(opened.values())).root)
    judge = Judge(plan.judge, plan.judge_url, index.embedder.embed_question)
    try:
        yield judge
    finally:
        judge.close()
        index.close()


@contextmanager
def _opened(set_name: str) -> Iterator[Assistant]:
    """An assistant over a new index of a set's documents, as the present code makes it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        settings = load_settings()
        ingest(documents_of(set_name), Path(name), settings)
        assistant = Assistant.open(Path(name), settings)
        try:
            yield assistant
        finally:
            assistant.close()


def samples() -> Path:
    """The folder of real documents; one that does not exist where it is not named."""
    return Path(os.environ.get("REGIONAL_DX_SAMPLES") or "no samples")


def documents_of(set_name: str) -> Sequence[Path]:
    """The files and folders that a set asks about."""
    if set_name == "originals":
        return [samples() / "seeds"]
    return [*starter_folders(), samples() / "pdfs"] if set_name == "mixed" else starter_folders()


def _settings(plan: Plan, opened: Mapping[str, Assistant]) -> dict[str, Any]:
    tried = {name: prompt_hash(path, name) for name, path in plan.prompt_files.items()}
    provenance = {name: assistant.ask("").provenance for name, assistant in opened.items()}
    return {
        "name": plan.name,
        "sets": list(plan.sets),
        "limit": plan.limit,
        "mode": plan.mode,
        "model": load_settings().model if plan.mode == "llm" else None,
        "judge": plan.judge,
        "embedding": next(iter(provenance.values())).embedding,
        "reranker": load_settings().reranker,
        "index_ids": {name: found.index_id for name, found in provenance.items()},
        "code": _code(),
        "prompts": current_hashes() | tried,
        "prompt_files": {name: str(path) for name, path in plan.prompt_files.items()},
        "waived": {name: why for name, why in waivers().items() if name not in tried},
        "price": list(plan.price) if plan.price else None,
    }


def _code() -> str:
    """A hash of the assistant's source: rows of different code do not belong in one run."""
    root = Path(package.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _folder(plan: Plan, settings: dict[str, Any], *, fresh: bool) -> Path:
    now = datetime.now(UTC).astimezone()
    existing = None if fresh else results.newest_run(plan.name)
    if existing:
        before = read_run(existing).settings
        other = [name for name, value in settings.items() if before.get(name) != value]
        if other:
            raise RunError(
                f"{existing.name} は違う条件の実行です({'、'.join(other)})。"
                "--name に別の名前を付けてください。"
            )
        # Without the line that a killed run left half written.
        write_rows(existing / "rows.jsonl", read_run(existing).rows)
        return existing
    folder = results.RESULTS / f"{now.date().isoformat()}-{plan.name}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rows.jsonl").write_text("", encoding="utf-8")
    write_json(folder / "settings.json", {**settings, "started": now.isoformat(timespec="seconds")})
    return folder


def _place(passage: dict[str, Any]) -> dict[str, Any]:
    """A passage row without its text."""
    kept = {name: value for name, value in passage.items() if name != "text"}
    return {**kept, "characters": len(passage["text"])}
