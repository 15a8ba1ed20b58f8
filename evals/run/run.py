"""A run: every question of the sets asked once, scored and stored. What stopped goes on."""

import argparse
import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from tqdm import tqdm

import assistant as package
from assistant import Assistant
from assistant.errors import InputError
from assistant.export.rows import answer_row, passage_row
from assistant.indexing import ingest
from assistant.prompts import trying
from assistant.records.answers import Turn
from assistant.retrieval.index import Index
from assistant.settings import load_settings
from evals.independent.quotes import faults
from evals.run import results
from evals.run.judge import Judge, Judgement
from evals.run.lock import current_hashes, prompt_hash, waivers
from evals.run.metrics import places_cited, score_row
from evals.run.report import newest_before, write_report
from evals.run.results import Row, add_setting, append_row, read_run, write_json, write_rows
from evals.run.verdict import judge as held_against
from evals.run.verdict import verdict_text
from evals.sets.cases import Case, load_cases
from evals.sets.samples import HAND_KEPT, SETS, at_hand, available_sets, documents_of

_FOUND = 5


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


def collect(plan: Plan, *, fresh: bool = False) -> Path:
    """Ask what is not yet answered, append rows as they come, and return the folder.

    Args:
        plan: what to ask. A run of this name goes on where it stopped; errored rows are asked anew.
        fresh: begins anew even if a run of this name exists today.

    Raises:
        InputError: documents of a set are missing, or a run of this name had other settings.
    """
    missing = [name for name in plan.sets if not at_hand(name)]
    if missing:
        raise InputError(
            f"{missing[0]} の文書がありません。",
            "REGIONAL_DX_SAMPLES に標本資料の場所を設定してください。",
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
            raise InputError(
                f"{existing.name} は違う条件の実行です({'、'.join(other)})。",
                "--name に別の名前を付けてください。",
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


def main() -> None:
    """Make a run and its report; a prompt to be tried is run beside the accepted one and judged."""
    options = _options()
    plan = Plan(
        options.name,
        tuple(options.set or available_sets()),
        limit=options.limit,
        concurrency=options.concurrency,
        mode=options.mode,
        judge=options.judge,
        judge_url=options.judge_url,
        price=tuple(options.price) if options.price else None,
    )
    if not options.prompt:
        folder = collect(plan)
        print(write_report(folder, newest_before(folder)))
        return
    before = collect(replace(plan, name=f"{plan.name}-accepted"))
    folder = collect(replace(plan, prompt_files=dict(options.prompt)))
    write_report(before)
    print(write_report(folder, before))
    runs = read_run(before), read_run(folder)
    print(verdict_text(held_against(*runs), *runs))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True, help="a stopped run of this name goes on")
    parser.add_argument(
        "--set",
        action="append",
        choices=SETS + HAND_KEPT,
        help="default: those of the gate that are at hand",
    )
    parser.add_argument("--limit", type=int, help="only so many questions of each set")
    parser.add_argument("--concurrency", type=int, default=1, help="questions asked at a time")
    parser.add_argument("--mode", choices=("extractive", "llm"), default="extractive",
                        help="llm: with the model of REGIONAL_DX_MODEL")  # fmt: skip
    parser.add_argument("--prompt", action="append", type=_prompt, metavar="NAME=FILE",
                        help="try another prompt and compare it with the accepted one")  # fmt: skip
    parser.add_argument("--judge", metavar="MODEL", help="judge model; its key: OPENAI_API_KEY")
    parser.add_argument("--judge-url", metavar="URL", help="its OpenAI-compatible endpoint")
    parser.add_argument("--price", type=float, nargs=2, metavar=("IN", "OUT"),
                        help="of a million input and output tokens")  # fmt: skip
    return parser.parse_args()


def _prompt(text: str) -> tuple[str, Path]:
    name, equals, file = text.partition("=")
    if not (name and equals and Path(file).is_file()):
        raise argparse.ArgumentTypeError(f"not NAME=FILE: {text}")
    return name, Path(file)
