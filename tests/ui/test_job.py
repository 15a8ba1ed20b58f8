"""A change of the index in a process of its own: what it says, and how it fails."""

import os
from pathlib import Path

from towns import LIBRARY, Town

from assistant.errors import AssistantError
from assistant.ui.job import Job


def run(change: str, root: Path, paths: list[object], delete: list[Path] | None = None) -> Job:
    """A job that has been carried out."""
    job = Job("取り込み")
    files = [str(path) for path in delete or ()]
    job.run({"change": change, "root": str(root), "paths": paths, "staged": None, "delete": files})
    return job


def failure(job: Job) -> AssistantError:
    error = job.future.exception(timeout=0)
    assert isinstance(error, AssistantError)
    assert error.remedy
    return error


def test_a_change_tells_how_far_it_is_and_what_it_did(tmp_path, index_root):
    town = Town.made(tmp_path, index_root)
    path = town.write("hall.txt", LIBRARY.format(hours=480))
    job = run("ingest", town.root, [str(path)])
    assert "追加 1件" in job.future.result(timeout=0)
    assert (job.step, job.done, job.total) == ("索引に登録", 1, 1)


def test_a_process_that_ends_without_a_word_is_an_error_in_two_lines(tmp_path, monkeypatch):
    # Python imports this module at its start.
    (tmp_path / "sitecustomize.py").write_text(
        "import os\nfrom assistant import child\n"
        "child.serve = lambda *_: (print('{\"ready\": true}', flush=True), os._exit(9))\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    assert "途中で止まりました" in failure(run("ingest", tmp_path / "i", [])).message


def test_a_process_that_cannot_start_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONHOME", os.devnull)  # the interpreter finds no library
    assert "起動できませんでした" in failure(run("ingest", tmp_path / "i", [])).message


def test_a_failure_is_told_in_japanese_and_its_details_go_to_the_log(tmp_path, capfd):
    error = failure(run("ingest", tmp_path / "i", [7]))
    assert error.message.startswith("索引の更新中に予期しない問題が起きました")
    assert "TypeError" in capfd.readouterr().err
    assert "TypeError" not in error.message + error.remedy


def test_an_expected_failure_keeps_its_own_two_lines(tmp_path, capfd):
    missing = tmp_path / "missing.pdf"
    assert str(missing) in failure(run("ingest", tmp_path / "i", [str(missing)])).message
    assert "Traceback" not in capfd.readouterr().err


def test_a_file_that_cannot_be_deleted_is_named_and_keeps_no_other(tmp_path, index_root):
    town = Town.made(tmp_path, index_root)
    town.write("hall.txt", LIBRARY.format(hours=480))
    removed = town.write("library.txt", LIBRARY.format(hours=120))
    town.ingest()
    stuck = tmp_path / "folder"
    stuck.mkdir()
    error = failure(run("remove", town.root, [str(removed)], [stuck, removed]))
    assert error.message == "索引は更新しましたが、ファイルを消せませんでした。"
    assert str(stuck) in error.remedy
    assert not removed.exists()
    assert [Path(r.path).name for r in town.manifest().files] == ["hall.txt"]
