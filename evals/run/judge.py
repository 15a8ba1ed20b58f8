"""A judge model: Ragas' metrics with our Japanese prompts, one row at a time.

The judge speaks the OpenAI protocol at any address. All calls run on one event loop of their own
thread, because a client of the OpenAI library cannot be used from several loops; `Judge.score` may
be called from many threads. What fails on a row is that row's error; what Ragas gives as NaN is
unscorable. Ragas takes seconds to import and is imported here only.
"""

import asyncio
import math
import os
import threading
import tomllib
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.sets.cases import DATASETS
from evals.sets.rows import read_rows

_PROMPTS = Path(__file__).with_name("judge_prompts.toml")
_LABELS = DATASETS / "judge_labels.jsonl"
# Statements of a long Japanese answer with their reasons pass Ragas' default of 1,024.
_ANSWER_TOKENS = 4096
_SECONDS = 120.0
# A label of 1 says "all of it" for these; for the others the score is held against one half.
_WHOLE = frozenset({"faithfulness", "judged_context_recall"})

_used: ContextVar[list[int]] = ContextVar("used")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge said of one row; empty without a judge."""

    scores: dict[str, float] = field(default_factory=dict)
    unscored: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    tokens: tuple[int, int] = (0, 0)
    """Input and output tokens as the endpoint counted them."""


class Judge:
    """Holds the connection to a judge model; close it after use."""

    def __init__(
        self,
        model: str,
        base_url: str | None,
        embed: Callable[[str], Iterable[float] | None],
    ) -> None:
        """Connect to a judge; the key is read from ``OPENAI_API_KEY``.

        Args:
            model: name of the model at the endpoint.
            base_url: address of an OpenAI-compatible endpoint; None for OpenAI's own.
            embed: vector of a text, for the relevancy of answers; None when no word is known.
        """
        os.environ["RAGAS_DO_NOT_TRACK"] = "true"
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient

        self.model = model
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._client = AsyncOpenAI(
            base_url=base_url,
            api_key=os.environ.get("OPENAI_API_KEY") or "none",
            timeout=_SECONDS,
            http_client=DefaultAsyncHttpxClient(event_hooks={"response": [_count_tokens]}),
        )
        self._metrics = _metrics(model, self._client, embed)

    def score(
        self, case: Mapping[str, Any], answer: Mapping[str, Any], contexts: Sequence[str]
    ) -> Judgement:
        """Judge one row.

        Args:
            case: the case as a mapping.
            answer: as ``ask --json`` prints it.
            contexts: texts of the passages found, best first.
        """
        quotes = [c["quote"] for c in answer["citations"]]
        given = {
            "user_input": case["question"],
            "response": answer["answer"],
            "reference": case["reference"],
            "retrieved_contexts": list(contexts),
        }
        wanted: dict[str, dict[str, Any]] = {}
        if not answer["refused"]:
            wanted["faithfulness"] = {**given, "retrieved_contexts": [*contexts, *quotes]}
            wanted["answer_relevancy"] = given
            if case["answerable"]:
                wanted["factual_correctness"] = given
        if case["answerable"] and contexts:
            wanted["judged_context_precision"] = wanted["judged_context_recall"] = given
        judged: Judgement = self._wait(self._judge(wanted))
        return judged

    def agreement(self) -> dict[str, Any]:
        """Hold the judge against the hand-labelled rows of ``datasets/judge_labels.jsonl``.

        Returns:
            ``n``, ``agreed``, ``kappa`` (Cohen, 1960), ``failed`` and the same by metric. A row
            that the judge could not score agrees with nobody.
        """
        pairs: dict[str, list[tuple[int, int | None]]] = {}
        for row in read_rows(_LABELS):
            found = self._wait(self._judge({row["metric"]: row["input"]}))
            score = found.scores.get(row["metric"])
            least = 0.99 if row["metric"] in _WHOLE else 0.5
            verdict = None if score is None else int(score >= least)
            pairs.setdefault(row["metric"], []).append((row["label"], verdict))
        every = [pair for found_pairs in pairs.values() for pair in found_pairs]
        return {**_agreement(every), "metrics": {n: _agreement(p) for n, p in pairs.items()}}

    def close(self) -> None:
        """Close the connection and end the thread."""
        self._wait(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _judge(self, wanted: Mapping[str, Mapping[str, Any]]) -> Judgement:
        used = [0, 0]
        _used.set(used)
        scores, unscored, errors = {}, {}, {}
        for name, given in wanted.items():
            metric, fields = self._metrics[name]
            try:
                result = await metric.ascore(**{field: given[field] for field in fields})
            except Exception as error:  # noqa: BLE001  # whatever fails is this row's error
                errors[name] = f"{type(error).__name__}: {str(error)[:200]}"
                continue
            if result.value is None or math.isnan(result.value):
                unscored[name] = "審査モデルが採点できなかった"
            else:
                scores[name] = round(float(result.value), 4)
        return Judgement(scores, unscored, errors, (used[0], used[1]))


async def _count_tokens(response: Any) -> None:
    """Add the tokens that a response reports to those of the row being judged."""
    await response.aread()
    try:
        usage = response.json().get("usage") or {}
    except ValueError:
        return
    used = _used.get([0, 0])
    used[0] += usage.get("prompt_tokens") or 0
    used[1] += usage.get("completion_tokens") or 0


def _metrics(
    model: str, client: Any, embed: Callable[[str], Iterable[float] | None]
) -> dict[str, tuple[Any, tuple[str, ...]]]:
    """Ragas' metrics with Japanese prompts, each with the names of what it is given."""
    from ragas.embeddings.base import BaseRagasEmbedding
    from ragas.llms import llm_factory
    from ragas.metrics.collections import (
        AnswerRelevancy,
        ContextPrecision,
        ContextRecall,
        FactualCorrectness,
        Faithfulness,
    )

    class Embedding(BaseRagasEmbedding):
        def embed_text(self, text: str, **_: Any) -> list[float]:
            vector = embed(text)
            return [math.nan] if vector is None else [float(value) for value in vector]

        async def aembed_text(self, text: str, **_: Any) -> list[float]:
            return self.embed_text(text)

    llm = llm_factory(
        model, provider="openai", client=client, temperature=0.0, max_tokens=_ANSWER_TOKENS
    )
    faithfulness = Faithfulness(llm=llm)
    # One question a row: at temperature 0 three would be the same one three times.
    relevancy = AnswerRelevancy(llm=llm, embeddings=Embedding(), strictness=1)
    factual = FactualCorrectness(llm=llm)
    precision, recall = ContextPrecision(llm=llm), ContextRecall(llm=llm)
    texts = tomllib.loads(_PROMPTS.read_text(encoding="utf-8"))
    for prompt, name in (
        (faithfulness.statement_generator_prompt, "statements"),
        (faithfulness.nli_statement_prompt, "entailment"),
        (factual.prompt, "claims"),
        (factual.nli_prompt, "entailment"),
        (precision.prompt, "usefulness"),
        (recall.prompt, "attribution"),
        (relevancy.prompt, "question"),
    ):
        _in_japanese(prompt, texts[name])
    return {
        "faithfulness": (faithfulness, ("user_input", "response", "retrieved_contexts")),
        "answer_relevancy": (relevancy, ("user_input", "response")),
        "factual_correctness": (factual, ("response", "reference")),
        "judged_context_precision": (precision, _CONTEXT_FIELDS),
        "judged_context_recall": (recall, _CONTEXT_FIELDS),
    }


_CONTEXT_FIELDS = ("user_input", "reference", "retrieved_contexts")


def _in_japanese(prompt: Any, text: Mapping[str, Any]) -> None:
    prompt.language = "japanese"
    prompt.instruction = text["instruction"].strip()
    prompt.examples = [
        (prompt.input_model(**example["input"]), prompt.output_model(**example["output"]))
        for example in text["examples"]
    ]
    if hasattr(prompt, "_all_examples"):
        # The prompt of claims takes its examples from here whenever it is written out.
        prompt._all_examples = {("low", "low"): prompt.examples}  # noqa: SLF001


def _agreement(pairs: Sequence[tuple[int, int | None]]) -> dict[str, Any]:
    n = len(pairs)
    agreed = sum(label == verdict for label, verdict in pairs)
    judged = [(label, verdict) for label, verdict in pairs if verdict is not None]
    ones = sum(label for label, _ in judged) * sum(verdict for _, verdict in judged)
    zeros = sum(1 - label for label, _ in judged) * sum(1 - verdict for _, verdict in judged)
    chance = (ones + zeros) / len(judged) ** 2 if judged else 1.0
    observed = agreed / len(judged) if judged else 0.0
    kappa = (observed - chance) / (1 - chance) if chance < 1 else 1.0 if observed == 1 else 0.0
    return {"n": n, "agreed": agreed, "kappa": round(kappa, 3), "failed": n - len(judged)}
