import pytest

from assistant.errors import InputError
from assistant.prompts import load_prompt
from evals.run import lock
from evals.run.lock import accept, main, problems, prompt_hash, read_lock, waivers

WITHOUT = {"model": None, "judge": None, "prompts": {}}


@pytest.fixture
def prompts(tmp_path, monkeypatch):
    """Two prompts that were accepted because no model was available."""
    files = {"answer": tmp_path / "answer.toml", "judge": tmp_path / "judge.toml"}
    for name, path in files.items():
        path.write_text(f"{name}の指示文です。\n", encoding="utf-8")
    monkeypatch.setattr(lock, "prompt_files", lambda: files)
    monkeypatch.setattr(lock, "LOCK", tmp_path / "prompts.lock")
    accept(WITHOUT, "first", waive='no "model" was available')
    return files


def test_the_shipped_prompts_are_the_accepted_ones():
    found = problems()
    assert not found, "\n".join([*found, "python -m evals gate で確かめてください。"])


def test_one_changed_character_fails_and_the_message_names_the_command(prompts, capsys):
    assert main() == 0
    text = prompts["answer"].read_text(encoding="utf-8")
    prompts["answer"].write_text(text.replace("です", "だす"), encoding="utf-8")
    assert main() == 1
    shown = capsys.readouterr().err
    assert "指示文 answer" in shown
    assert "python -m evals gate" in shown


def test_a_prompt_that_is_gone_or_new_fails(prompts, tmp_path):
    prompts["plan"] = tmp_path / "plan.toml"
    prompts["plan"].write_text("計画", encoding="utf-8")
    del prompts["answer"]
    assert [("plan" in problem, "answer" in problem) for problem in problems()] == [
        (True, False),
        (False, True),
    ]


def test_line_ends_are_no_change(prompts):
    before = prompt_hash(prompts["answer"])
    prompts["answer"].write_bytes("answerの指示文です。\r\n".encode())
    assert prompt_hash(prompts["answer"]) == before


def test_the_hash_is_the_one_that_an_answer_gives_for_its_prompt():
    found = lock.current_hashes()
    assert load_prompt("answer").label.endswith(f":{found['answer']}")
    assert "evals-judge" in found


def test_a_waiver_stays_visible(prompts):
    assert waivers() == dict.fromkeys(("answer", "judge"), 'no "model" was available')


def test_a_changed_prompt_needs_a_run_of_it_with_model_and_judge(prompts):
    prompts["answer"].write_text("新しい指示文", encoding="utf-8")
    found = prompt_hash(prompts["answer"])
    measured = {"model": "m", "judge": "j", "prompts": {"answer": found}}
    for lacking in (
        WITHOUT,
        {**measured, "judge": None},
        {**measured, "prompts": {"answer": "0" * 12}},
    ):
        with pytest.raises(InputError, match="answer"):
            accept(lacking, "run", waive=None)
    assert problems()
    assert accept(measured, "2026-11-21-new", waive=None) == ["answer"]
    assert problems() == []
    entry = read_lock()["answer"]
    assert (entry["run"], entry["model"], entry["judge"]) == ("2026-11-21-new", "m", "j")
    assert waivers().keys() == {"judge"}


def test_accepting_again_changes_nothing(prompts):
    before = lock.LOCK.read_bytes()
    assert accept(WITHOUT, "later", waive=None) == []
    assert lock.LOCK.read_bytes() == before
