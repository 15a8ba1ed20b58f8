"""A change of the index in a process of its own: what it says, and how it fails."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from towns import LIBRARY, Town

from assistant.errors import AssistantError
from assistant.ui.job import Job


def listened(script: str) -> Job:
    """A job that has listened to a process to its end."""
    job = Job("取り込み")
    job.listen(
        subprocess.Popen(
            [sys.executable, "-c", script],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
    )
    return job


def test_what_is_no_reply_does_not_stop_the_listening():
    rows = [{"step": "読む", "done": 1, "total": 2}, ["step"], 3, {"text": "追加 1件"}]
    lines = ["warning: something", "{broken", "", *map(json.dumps, rows), "bye"]
    junk = b"\xff\xfe\n"
    script = f"import sys; sys.stdout.buffer.write({junk!r} + {chr(10).join(lines).encode()!r})"
    job = listened(script)
    assert job.future.result(timeout=0) == "追加 1件"
    assert (job.step, job.done, job.total) == ("読む", 1, 2)


def test_a_process_that_ends_without_a_word_is_an_error_in_two_lines():
    with pytest.raises(AssistantError, match="途中で止まりました") as caught:
        listened("raise SystemExit(9)").future.result(timeout=0)
    assert caught.value.remedy


def test_a_failure_is_told_in_japanese_and_its_details_go_to_the_log(tmp_path):
    request = {"change": "ingest", "root": str(tmp_path / "i"), "paths": [7], "staged": None,
               "delete": []}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-P", "-X", "utf8", "-m", "assistant.ui.change"],
        input=json.dumps(request) + "\n",
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    (line,) = done.stdout.splitlines()
    error = json.loads(line)["error"]
    assert error["message"].startswith("索引の更新中に予期しない問題が起きました")
    assert error["remedy"]
    assert "TypeError" in done.stderr
    assert "TypeError" not in line


def test_an_expected_failure_keeps_its_own_two_lines(tmp_path):
    missing = tmp_path / "missing.pdf"
    request = {"change": "ingest", "root": str(tmp_path / "i"), "paths": [str(missing)],
               "staged": None, "delete": []}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-P", "-X", "utf8", "-m", "assistant.ui.change"],
        input=json.dumps(request) + "\n",
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    error = json.loads(done.stdout)["error"]
    assert str(missing) in error["message"]
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_deleted_is_named_and_keeps_no_other(tmp_path, index_root):
    town = Town.made(tmp_path, index_root)
    town.write("hall.txt", LIBRARY.format(hours=480))
    removed = town.write("library.txt", LIBRARY.format(hours=120))
    town.ingest()
    stuck = tmp_path / "folder"
    stuck.mkdir()
    request = {"change": "remove", "root": str(town.root), "paths": [str(removed)],
               "staged": None, "delete": [str(stuck), str(removed)]}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-P", "-X", "utf8", "-m", "assistant.ui.change"],
        input=json.dumps(request) + "\n",
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    error = json.loads(done.stdout.splitlines()[-1])["error"]
    assert error["message"] == "索引は更新しましたが、ファイルを消せませんでした。"
    assert str(stuck) in error["remedy"]
    assert not removed.exists()
    assert [Path(r.path).name for r in town.manifest().files] == ["hall.txt"]
