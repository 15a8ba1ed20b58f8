from contextlib import contextmanager

import pytest
from judge_server import JudgeServer

from assistant.errors import InputError
from evals.run import results, run
from evals.run.report import write_report
from evals.run.results import read_run
from evals.run.run import Plan, collect
from evals.sets.cases import Case, Place

QUESTIONS = [
    "光ファイバの整備率と更新の費用はどれくらいですか",
    "月面基地の予算はいくらですか",
    "整備計画は決定したものですか",
    "だれが研修を求めましたか",
]


@pytest.fixture
def asked(assistant, tmp_path, monkeypatch):
    """Runs over four questions on the small index; gives the questions asked so far."""
    cases = [
        Case(
            id=f"c{number}",
            question=question,
            kind="nonexistent" if number == 1 else "fact",
            style="direct",
            split="dev",
            answerable=number != 1,
            gold=() if number == 1 else (Place("minutes.txt", 1, 30),),
            facts=() if number == 1 else (("整備",),),
            reference="整備率は約9割である。",
        )
        for number, question in enumerate(QUESTIONS)
    ]
    questions = []

    class Counting:
        root = assistant.root
        search = staticmethod(assistant.search)

        @staticmethod
        def ask(question, **options):
            if question:
                questions.append(question)
            return assistant.ask(question, **options)

    @contextmanager
    def opened(_):
        yield Counting

    monkeypatch.setattr(run, "_opened", opened)
    monkeypatch.setattr(run, "load_cases", lambda _: cases)
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results")
    return questions


def test_a_run_is_stored_with_settings_rows_and_a_report(asked):
    folder = collect(Plan("first", ("guidance",)))
    stored = read_run(folder)
    assert asked == QUESTIONS
    assert [row.id for row in stored.rows] == [f"guidance:c{n}" for n in range(4)]
    assert stored.settings["sets"] == ["guidance"]
    assert {"answer", "evals-judge"} <= stored.settings["prompts"].keys()
    assert stored.settings["started"].startswith(folder.name[:10])
    write_report(folder)
    names = {path.name for path in folder.iterdir()}
    assert names == {
        *("settings.json", "rows.jsonl", "summary.json", "report.md", "metrics.png", "kinds.png")
    }
    report = (folder / "report.md").read_text(encoding="utf-8")
    assert "測定なしで受け入れられています" in report
    assert "n=1" in report


def test_a_run_that_was_killed_goes_on_where_it_stopped(asked, monkeypatch):
    def killed(path, row):
        if row.id.endswith("c2"):
            with path.open("a", encoding="utf-8") as file:
                file.write('{"id": "guidance:c2", "ki')  # torn in the middle of a line
            raise KeyboardInterrupt
        results.append_row(path, row)

    with monkeypatch.context() as patched:
        patched.setattr(run, "append_row", killed)
        with pytest.raises(KeyboardInterrupt):
            collect(Plan("stopped", ("guidance",)))
    done = {row.id for row in read_run(results.newest_run("stopped")).rows}
    asked.clear()
    stored = read_run(collect(Plan("stopped", ("guidance",))))
    assert len(stored.rows) == 4
    assert len(asked) == 4 - len(done)
    assert done
    assert collect(Plan("stopped", ("guidance",)))
    assert len(asked) == 4 - len(done)


def test_a_question_that_fails_is_a_row_and_is_asked_again(asked, monkeypatch):
    def broken(case, *_, **__):
        raise OSError("disk")

    with monkeypatch.context() as patched:
        patched.setattr(run, "score_row", broken)
        rows = read_run(collect(Plan("failing", ("guidance",)))).rows
    assert [row.error for row in rows] == ["OSError: disk"] * 4
    assert not any(row.errored for row in read_run(collect(Plan("failing", ("guidance",)))).rows)


def test_rows_made_under_other_conditions_are_not_mixed(asked):
    collect(Plan("mixed", ("guidance",), limit=2))
    with pytest.raises(InputError, match="limit"):
        collect(Plan("mixed", ("guidance",)))


def test_the_originals_need_the_samples(monkeypatch):
    monkeypatch.delenv("REGIONAL_DX_SAMPLES", raising=False)
    with pytest.raises(InputError, match="originals") as caught:
        collect(Plan("none", ("originals",)))
    assert "REGIONAL_DX_SAMPLES" in caught.value.remedy


def test_a_judge_scores_rows_and_its_agreement_and_cost_are_reported(asked, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with JudgeServer(lambda prompt: "月面" in prompt) as server:
        plan = Plan(
            "judged",
            ("guidance",),
            concurrency=2,
            judge="scripted",
            judge_url=server.address,
            price=(1.0, 2.0),
        )
        folder = collect(plan)
    report = write_report(folder).read_text(encoding="utf-8")
    stored = read_run(folder)
    judged = {row.id: row for row in stored.rows}
    assert "judged_context_recall" in judged["guidance:c0"].scores
    assert judged["guidance:c0"].judge_tokens[0] >= 100
    assert stored.settings["agreement"]["n"] >= 40
    assert "審査モデルと手で付けた判定の一致" in report
    assert "費用 0.0" in report
