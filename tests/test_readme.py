"""The README's commands run, and its example is what the program answers."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]


def run(command):
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, check=False, encoding="utf-8", timeout=600
    )


def test_every_command_of_the_readme_runs():
    shutil.rmtree(ROOT / ".venv" / "example-index", ignore_errors=True)
    shown = [line for line in COMMANDS if line.startswith("regional-dx")]
    assert len(shown) >= 6
    for line in shown:
        words = re.findall(r'"[^"]*"|\S+', line)[1:]
        result = run([sys.executable, "-m", "assistant.cli", *(w.strip('"') for w in words)])
        assert result.returncode == 0, (line, result.stderr)
        assert result.stdout, line


def test_the_example_is_what_the_program_answers():
    question = re.search(r"<!-- example: (.*?) -->", README)[1]
    example = re.search(r"<!-- example: .*? -->\n```text\n(.*?)\n```", README, re.DOTALL)[1]
    result = run([sys.executable, "-m", "assistant.cli", "ask", question])
    assert result.stdout.strip() == example


def test_make_ask_answers_from_the_checkout():
    if shutil.which("make") is None or not (ROOT / ".venv" / "installed").is_file():
        pytest.skip("make か .venv がありません")
    line = next(line for line in COMMANDS if line.startswith("make ask"))
    question = re.search(r'Q="(.*?)"', line)[1]
    result = run(["make", "--no-print-directory", "ask", f"Q={question}"])
    assert result.returncode == 0, result.stderr
    assert "[1]" in result.stdout
