"""``python -m evals`` knows every program of the folder."""

from pathlib import Path

import evals
from evals.__main__ import PROGRAMS, main

FOLDER = Path(evals.__file__).parent
# The command itself, and a script for another environment.
NO_PROGRAMS = {"__main__", "benchmarks.llama_default"}


def test_every_module_with_a_main_is_a_program_and_every_program_has_one():
    with_main = {
        ".".join(path.relative_to(FOLDER).with_suffix("").parts)
        for path in FOLDER.rglob("*.py")
        if "\ndef main()" in path.read_text(encoding="utf-8")
    }
    listed = [module for programs in PROGRAMS.values() for module, _ in programs.values()]
    assert sorted(listed) == sorted(with_main - NO_PROGRAMS)


def test_a_program_is_run_with_what_follows_its_name(monkeypatch, capsys, tmp_path):
    (tmp_path / "none.jsonl").write_text("", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["evals", "quotes", str(tmp_path / "none.jsonl")])
    assert main() == 0
    assert capsys.readouterr().out.endswith("0 answers, 0 quotes checked, 0 faults\n")


def test_an_unknown_program_is_a_usage_error_that_lists_the_known_ones(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["evals", "speed"])
    assert main() == 2
    assert "bench-speed" in capsys.readouterr().err
