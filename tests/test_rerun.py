"""An answer saved and asked again: what has changed since is said."""

import json

import pytest
from towns import LIBRARY, LIBRARY_QUESTION, Town

from assistant.cli import main


@pytest.fixture
def town(tmp_path, index_root):
    town = Town.made(tmp_path, index_root)
    town.write("library.txt", LIBRARY.format(hours=120))
    town.ingest()
    return town


@pytest.fixture
def saved(town, capsys, tmp_path):
    def save(question=LIBRARY_QUESTION):
        assert main(["ask", question, "--json", "--index", str(town.root)]) == 0
        path = tmp_path / "saved.json"
        path.write_text(capsys.readouterr().out, encoding="utf-8")
        return path

    return save


@pytest.fixture
def rerun(town, capsys):
    def run(path):
        code = main(["ask", "--rerun", str(path), "--json", "--index", str(town.root)])
        assert code == 0
        return json.loads(capsys.readouterr().out)

    return run


def test_nothing_changed(saved, rerun):
    row = rerun(saved())
    assert row["question"] == LIBRARY_QUESTION
    assert row["changes"] == []


def test_a_document_rewritten_since_is_named(town, saved, rerun):
    path = saved()
    town.write("library.txt", LIBRARY.format(hours=80))
    town.ingest()
    changes = "\n".join(rerun(path)["changes"])
    assert "なくなった記述" in changes
    assert "年間120時間" in changes
    assert "年間80時間" in changes
    assert "内容が変わっています" in changes


def test_an_answer_that_is_gone_is_said_so(town, saved, rerun):
    path = saved()
    town.write("other.txt", "かえで町の公園には桜が50本ある。\n")
    (town.documents / "library.txt").unlink()
    town.ingest()
    assert "今はありません" in rerun(path)["changes"][0]


def test_a_person_reads_the_changes_under_the_answer(town, saved, capsys):
    path = saved()
    assert main(["ask", "--rerun", str(path), "--index", str(town.root)]) == 0
    assert "前の回答から変わった点\n・変わった点はありません。" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "[]", "{}", "ask", '{"question": "x"}'])
def test_what_is_no_saved_answer_is_refused(tmp_path, capsys, text):
    path = tmp_path / "saved.json"
    path.write_text(text, encoding="utf-8")
    assert main(["ask", "--rerun", str(path)]) == 1
    assert "保存した回答として読めません" in capsys.readouterr().err
