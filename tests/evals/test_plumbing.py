"""A plumbing test of the gate: does a worse prompt reach the verdict under the right name?

A scripted server stands for the model and the judge. Nothing here says how well a real model
writes; it says that runs, scores, baseline and verdict hold together, over the wire.
"""

import shutil
from contextlib import contextmanager

import pytest
from judge_server import JudgeServer
from prompt_follower import RULES, serve_follower

from assistant.assistant import Assistant
from assistant.prompts import FOLDER
from assistant.settings import Settings
from evals.run import results, run
from evals.run.judge import Judge
from evals.run.results import read_run
from evals.run.run import Plan, collect
from evals.run.verdict import judge
from evals.sets.cases import Case, Place

# Mostly of a draft, where forgetting its status shows.
QUESTIONS = [
    ("維持管理の費用を共同利用で軽減すべきとしているのは何ですか", "outline.md", 30, "共同利用"),
    ("地区ごとの使い方に応じた最適な手段はどう選ぶのですか", "outline.md", 29, "最適な手段"),
    ("協議会の事務局は市と住民団体のどちらが担いますか", "outline.md", 35, "市が担い"),
    ("公設の設備の更新にはいくら必要ですか", "outline.md", 19, "8億円"),
    ("公設の設備は整備から何年が経過しましたか", "outline.md", 19, "15年"),
    ("県の補助の対象は何ですか", "guidebook.md", 23, "設計費"),
    ("個人に関する情報を扱うときは何を得ますか", "guidebook.md", 27, "同意"),
    ("協議会の代表は住民団体から選びますか", "outline.md", 35, "住民団体"),
    ("維持管理の費用は1団体当たりの負担をどうすべきですか", "outline.md", 30, "軽減"),
    ("光ファイバと無線とを組み合わせた構成の考え方は何ですか", "outline.md", 12, "構成"),
]


@pytest.fixture
def questions():
    """What is asked; a test may add to it."""
    return list(QUESTIONS)


@pytest.fixture
def run_with(questions, index_root, tmp_path, monkeypatch):
    """Makes a run with the scripted model; gives the stored run."""

    def cases():
        return [
            Case(
                id=f"c{number}",
                question=question,
                kind="fact",
                style="direct",
                split="dev",
                answerable=True,
                gold=(Place(file, line, line),),
                facts=((fact,),),
                reference=f"{fact}である。",
            )
            for number, (question, file, line, fact) in enumerate(questions)
        ]

    monkeypatch.setattr(run, "load_cases", lambda _: cases())
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results")
    monkeypatch.setenv("REGIONAL_DX_MODEL", "openai:scripted")

    def run_with(name, prompt=None, *, carelessness=0.0, judge_url=None, limit=None):
        with serve_follower(seed=len(name), carelessness=carelessness) as server:

            @contextmanager
            def opened(_):
                settings = Settings(model="openai:scripted", model_url=server.url, model_key="none")
                assistant = Assistant.open(index_root, settings)
                yield assistant
                assistant.close()

            monkeypatch.setattr(run, "_opened", opened)
            plan = Plan(
                name,
                ("guidance",),
                limit=limit,
                mode="llm",
                prompt_files={"answer": prompt} if prompt else {},
                judge="scripted" if judge_url else None,
                judge_url=judge_url,
            )
            return read_run(collect(plan))

    return run_with


@pytest.fixture
def prompt_without(tmp_path):
    """The answer prompt without one of its rules."""

    def prompt_without(rule):
        path = tmp_path / f"{rule}.md"
        shutil.copy(FOLDER / "answer.md", path)
        text = path.read_text(encoding="utf-8")
        assert RULES[rule] in text
        path.write_text(text.replace(RULES[rule], ""), encoding="utf-8")
        return path

    return prompt_without


def failed(verdict):
    return {failure.split(":")[0] for failure in verdict.failures}


@pytest.mark.parametrize("rule", list(RULES))
def test_a_prompt_that_lost_a_rule_fails_with_the_right_metric_named(
    run_with, prompt_without, rule
):
    before = run_with("accepted")
    after = run_with(f"without-{rule}", prompt_without(rule))
    assert before.settings["prompts"]["answer"] != after.settings["prompts"]["answer"]
    assert {row.answer["mode"] for row in before.rows if not row.refused} == {"llm"}
    found = failed(judge(before, after))
    assert "statement_verification" in found
    # What the model could not carry was not shown: the answers fell back to quoted sentences.
    assert found <= {"statement_verification", "model_answered"}
    assert all(not row.faults for row in after.rows)


def test_an_unchanged_prompt_passes_twenty_times_of_twenty(run_with):
    before = run_with("accepted", carelessness=0.1, limit=6)
    verdicts = [
        judge(before, run_with(f"again{'!' * number}", carelessness=0.1, limit=6))
        for number in range(20)
    ]
    assert [verdict.failures for verdict in verdicts] == [()] * 20


def test_a_judge_that_fails_on_five_percent_of_the_rows_fails_the_gate_as_errored(
    run_with, questions, monkeypatch
):
    monkeypatch.setattr(Judge, "agreement", lambda self: None)
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    questions += [(f"{question}(再)", *rest) for question, *rest in QUESTIONS]
    one_of_them = questions[10][0]
    before = run_with("not-judged")
    with JudgeServer(lambda prompt: one_of_them in prompt) as server:
        after = run_with("badly-judged", judge_url=server.address)
    assert len(before.rows) == len(after.rows) == 20
    assert [row.id for row in after.rows if row.errored] == ["guidance:c10"]
    assert failed(judge(before, after)) == {"errored"}
