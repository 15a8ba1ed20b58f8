"""``python -m evals gate`` over stored runs: what it prints, writes, and answers to the shell."""

import pytest

from evals.__main__ import main
from evals.run import lock, results
from evals.run.results import Row, append_row, newest_run, read_run, write_json


@pytest.fixture
def gate(tmp_path, monkeypatch, capsys):
    """Runs the command; gives its exit code and what it printed."""
    prompt = tmp_path / "answer.toml"
    prompt.write_text("指示文", encoding="utf-8")
    monkeypatch.delenv("REGIONAL_DX_SAMPLES", raising=False)
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(results, "BASELINE", tmp_path / "baseline")
    monkeypatch.setattr(lock, "prompt_files", lambda: {"answer": prompt})
    monkeypatch.setattr(lock, "LOCK", tmp_path / "prompts.lock")

    def gate(*options):
        monkeypatch.setattr("sys.argv", ["evals", "gate", *options])
        code = main()
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return gate


@pytest.fixture
def stored(gate):
    """Writes a finished run of 100 questions; `held` of them hold their key facts."""

    def stored(name, held, **settings):
        folder = results.RESULTS / f"2026-11-21-{name}"
        folder.mkdir(parents=True)
        given = {"sets": ["guidance"], "mode": "extractive", "model": None, "judge": None}
        given |= {"limit": None, "waived": {}, "prompts": lock.current_hashes()}
        given |= {"index_ids": {"guidance": "1"}, "embedding": "e"}
        write_json(folder / "settings.json", given | settings)
        for number in range(100):
            scores = {"key_fact_recall": float(number < held), "answered": 1.0}
            row = Row(f"guidance:{number:03}", "fact", "direct", "dev", "問い", scores=scores)
            append_row(folder / "rows.jsonl", row)

    return stored


def test_the_way_of_a_change_from_the_first_baseline_on(gate, stored):
    stored("first", 90)
    assert gate("--run", "first")[0] == 1  # nothing was accepted yet
    code, shown = gate("--run", "first", "--accept")
    assert code == 1  # a prompt that no run with a model and a judge vouches for
    assert "--waive" in shown
    assert gate("--run", "first", "--accept", "--waive", "no model was available")[0] == 0
    assert gate("--run", "first")[0] == 0
    stored("worse", 60)
    code, shown = gate("--run", "worse")
    assert code == 1
    assert "key_fact_recall: 要点の再現率(主な指標)が 0.900 から 0.600 に下がりました" in shown
    assert gate("--run", "worse", "--accept")[0] == 1
    assert read_run(results.BASELINE / "extractive").rows[89].scores["key_fact_recall"] == 1.0
    assert gate("--run", "worse", "--accept", "--waive", "質問を直した")[0] == 0
    code, shown = gate("--run", "worse")
    assert code == 0
    assert "測定なしで受け入れ: 基準 — 質問を直した" in shown


def test_a_changed_prompt_fails_the_gate_until_a_run_of_it_is_accepted(gate, stored):
    stored("first", 90)
    gate("--run", "first", "--accept", "--waive", "no model was available")
    lock.prompt_files()["answer"].write_text("新しい指示文", encoding="utf-8")
    code, shown = gate("--run", "first")
    assert code == 1
    assert "指示文 answer の変更の良し悪しは、この実行では判定できません" in shown
    stored("measured", 90, mode="llm", model="m", judge="j")
    code, shown = gate("--run", "measured", "--accept")
    assert code == 0
    assert "判定できません" not in shown
    assert lock.problems() == []
    assert lock.read_lock()["answer"]["run"] == newest_run("measured").name
    stored("other", 90, mode="llm", model="m2", judge="j")
    assert "条件の違い: モデル m → m2" in gate("--run", "other")[1]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--run", "nothing"), "実行はありません"),
        (("--run", "partial"), "--limit"),
        (("--run", "partial", "--waive", "x"), "--accept"),
    ],
)
def test_what_cannot_be_judged_is_said(gate, stored, options, why):
    stored("partial", 90, limit=5)
    code, shown = gate(*options)
    assert code == 1
    assert why in shown
