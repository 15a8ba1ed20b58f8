"""Ragas' own model-free metrics on ten Japanese rows, worked out by hand; ours inside Ragas."""

import asyncio

import pytest

from evals.run.metrics import METRICS, MODEL_METRICS, ragas_metrics

# response, reference: exact match, reference in response, 1 − Levenshtein / longer, chrF,
# ROUGE-1, BLEU.
# chrF by hand, e.g. row 2: five of six letters (5/6), 3 of 5 pairs, 1 of 4 triples, none of the
# longer ones: (5/6 + 3/5 + 1/4) / 6. Row 6: precision (2/3 + 1/2 + 0) / 3, recall
# (2/4 + 1/3 + 0) / 3 over the orders that both have, F with beta 2.
# ROUGE's tokenizer keeps a–z and 0–9 only: it compares the digits and nothing else. BLEU's takes
# a Japanese sentence for one word, has no 4-grams, and gives 0 to an identical answer.
ROWS = [
    ("費用は8億円", "費用は8億円", 1, 1, 1.0, 1.0, 1.0, 0.0),
    ("費用は9億円", "費用は8億円", 0, 0, 5 / 6, (5 / 6 + 3 / 5 + 1 / 4) / 6, 0.0, 0.0),
    ("人口は8万人", "費用は8億円", 0, 0, 2 / 6, (2 / 6 + 1 / 5) / 6, 1.0, 0.0),
    ("年3,000人", "年3000人", 0, 0, 6 / 7, None, 0.0, 0.0),
    ("３０００人", "3000人", 0, 0, 1 / 5, (1 / 5) / 5, 0.0, 0.0),
    ("できる", "できない", 0, 0, 2 / 4, 0.29461, 0.0, 0.0),
    ("報告書は令和6年に出た", "令和6年", 0, 1, 4 / 11, None, 1.0, 0.0),
    ("佐藤委員", "田中委員", 0, 0, 2 / 4, (2 / 4 + 1 / 3) / 4, 0.0, 0.0),
    ("なし", "あり", 0, 0, 0.0, 0.0, 0.0, 0.0),
    ("町と大学と銀行", "町、大学、銀行", 0, 0, 5 / 7, (5 / 7 + 2 / 6) / 6, 0.0, 0.0),
]


@pytest.fixture(scope="module")
def ragas():
    import os

    os.environ["RAGAS_DO_NOT_TRACK"] = "true"
    import ragas.metrics.collections

    return ragas


def test_ten_japanese_rows_have_the_values_worked_out_by_hand(ragas):
    library = ragas.metrics.collections
    metrics = [
        library.ExactMatch(),
        library.StringPresence(),
        library.NonLLMStringSimilarity(),
        library.CHRFScore(),
        library.RougeScore(rouge_type="rouge1", mode="fmeasure"),
        library.BleuScore(),
    ]

    async def scores(response, reference):
        return [(await m.ascore(response=response, reference=reference)).value for m in metrics]

    for response, reference, *expected in ROWS:
        found = asyncio.run(scores(response, reference))
        known = [f if e is None else e for f, e in zip(found, expected, strict=True)]
        assert found == pytest.approx(known, abs=1e-4), response


def test_our_metrics_run_in_a_ragas_experiment(ragas, tmp_path):
    dataset = ragas.Dataset(name="rows", backend="local/jsonl", root_dir=str(tmp_path))
    refusal = {"answer": "-", "refused": True, "mode": "extractive"}
    refusal |= {"statements": [], "citations": []}
    for number, answerable in enumerate((True, False)):
        gold = [{"file": "a.txt", "line_start": 1, "line_end": 1}] if answerable else []
        case = {"answerable": answerable, "gold": gold, "facts": [["要点"]] if answerable else []}
        dataset.append({"id": number, "case": case, "answer": refusal})
    metrics = ragas_metrics()
    assert metrics.keys() == (METRICS | MODEL_METRICS).keys()

    @ragas.experiment()
    async def refusals(row):
        found = await metrics["refusal_precision"].ascore(case=row["case"], answer=row["answer"])
        length = await metrics["answer_length"].ascore(answer=row["answer"])
        return {"id": row["id"], "right": found.value, "length": length.value, "why": length.reason}

    done = asyncio.run(refusals.arun(dataset, name="refusals"))
    rows = sorted(done, key=lambda row: row["id"])
    assert [row["right"] for row in rows] == [0.0, 1.0]
    assert all(row["length"] is None and "断った" in row["why"] for row in rows)
