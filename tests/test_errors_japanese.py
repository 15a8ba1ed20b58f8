"""Every expected error: two lines of Japanese on standard error, nothing else, exit code 1."""

import ast
import errno
import inspect
import json
import re
import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from towns import LIBRARY, Town

import assistant
from assistant import errors
from assistant.cli import main

LONG = "a" * 5000
TWO_LINES = re.compile(
    r"エラー: [^\n]*[ぁ-んァ-ヶ一-龠][^\n]*\n対処: [^\n]*[ぁ-んァ-ヶ一-龠][^\n]*\n"
)


@pytest.mark.parametrize("number", [*sorted(errors._CAUSES), 99999, None])
def test_what_the_system_says_is_put_in_japanese(number):
    said = errors.cause_of(OSError(number, "No such file or directory"))
    assert re.search("[ぁ-んァ-ヶ一-龠]", said)
    assert not re.search("[a-z]", said)


def test_no_message_repeats_what_the_system_says_in_english():
    for path in Path(assistant.__file__).parent.rglob("*.py"):
        assert "strerror" not in path.read_text(encoding="utf-8"), path.name


@pytest.fixture
def town(tmp_path, index_root):
    """A copy of the small index, a new document beside it, and an empty folder."""
    made = Town.copied(tmp_path, index_root)
    made.write("new.txt", LIBRARY.format(hours=120))
    (tmp_path / "empty").mkdir()
    return made


@pytest.fixture
def fails(town, capsys):
    """Run a command of which every word may name a place; it must fail as an expected error."""

    def run(*arguments):
        places = {"folder": town.root.parent, "index": town.root, "documents": town.documents}
        words = [str(argument).format(**places) for argument in arguments]
        code = main(words)
        out, err = capsys.readouterr()
        assert (code, out) == (1, "")
        assert TWO_LINES.fullmatch(err), err
        return err

    return run


@pytest.mark.parametrize(
    "arguments",
    [
        ["ingest", "{folder}/missing", "--index", "{index}"],
        ["ingest", "{folder}/empty", "--index", "{index}"],
        ["ingest", "~nosuch/x", "--index", "{index}"],
        ["ingest", LONG, "--index", "{index}"],
        ["search", "通信", "--index", LONG],
        ["ingest", "{documents}", "--index", "{documents}/new.txt"],
        ["ask", "--index", "{index}"],
        ["ask", "通信", "--mode", "llm", "--index", "{index}"],
        ["ask", "通信", "--index", "{folder}/nowhere"],
        ["ask", "通信", "--index", "{documents}/new.txt"],
        ["ask", "--from", "{folder}/missing.jsonl", "--index", "{index}"],
        ["ask", "--from", "{folder}", "--index", "{index}"],
        ["ask", "通信", "--since", "昨日", "--index", "{index}"],
        ["ask", "通信", "--until", "2024-02-30", "--index", "{index}"],
        ["search", "通信", "-k", "0", "--index", "{index}"],
        ["search", "通信", "-k", "-3", "--index", "{index}"],
        ["search", "通信", "--index", "{folder}/nowhere"],
        ["search", "--index", "{index}"],
        ["show", "ffffffffffff-0000", "--index", "{index}"],
        ["show", "ffffffffffff-²", "--index", "{index}"],
        ["show", "999", "--index", "{index}"],
        ["show", "", "--index", "{index}"],
        ["show", "1-1", "--index", "{folder}/nowhere"],
        ["index", "stats", "--index", "{folder}/nowhere"],
        ["index", "verify", "--index", "{folder}/nowhere"],
        ["index", "rebuild", "--index", "{folder}/nowhere"],
        ["corpus", "check", "--index", "{folder}/nowhere"],
        ["corpus", "add", "{folder}/missing"],
        ["corpus", "add", "{folder}"],
        ["corpus", "add", LONG],
        ["corpus", "add", "ftp://example.jp/plan.pdf"],
        ["corpus", "add", "http://10.0.0.1/plan.pdf"],
    ],
    ids=lambda arguments: " ".join(arguments)[:80],
)
def test_what_cannot_be_done_is_explained(fails, arguments):
    fails(*arguments)


@pytest.mark.parametrize("option", ["--since", "--until"])
@pytest.mark.parametrize("value", ["2024-W17-3", "2024W173"])
def test_a_date_in_another_notation_is_explained(fails, option, value):
    fails("ask", "通信の費用", option, value, "--index", "{index}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGIONAL_DX_INDX", "x"),
        ("REGIONAL_DX_QUESTION_CHARACTERS", "many"),
        ("REGIONAL_DX_READ_MEGABYTES", "1"),
    ],
)
@pytest.mark.parametrize("command", [["ask", "通信"], ["index", "stats"], ["ingest", "."]])
def test_settings_that_cannot_be_used_are_explained(fails, monkeypatch, name, value, command):
    monkeypatch.setenv(name, value)
    assert name in fails(*command, "--index", "{index}")


QUESTIONING = [["ask", "通信の費用"], ["search", "通信の費用"], ["show", "ffffffffffff-0000"]]
ALL = [*QUESTIONING, ["index", "stats"], ["ingest", "{documents}"]]


def described_otherwise(town, **fields):
    path = town.folder() / "manifest.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, **fields}), encoding="utf-8")


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_an_index_of_another_version_is_explained(fails, town, command):
    described_otherwise(town, format=999)
    assert "別の版" in fails(*command, "--index", "{index}")


# Counting needs no vectors: `index stats` works whichever model made them.
@pytest.mark.parametrize("command", [*QUESTIONING, ["ingest", "{documents}"]], ids=" ".join)
def test_an_index_of_another_model_is_explained(fails, town, command):
    described_otherwise(town, embedding="other")
    assert "REGIONAL_DX_EMBEDDING" in fails(*command, "--index", "{index}")


@pytest.mark.parametrize("command", ALL, ids=" ".join)
@pytest.mark.parametrize("content", [None, "{"])
def test_a_damaged_manifest_is_explained(fails, town, command, content):
    path = town.folder() / "manifest.json"
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    fails(*command, "--index", "{index}")


@pytest.mark.parametrize("command", QUESTIONING, ids=" ".join)
@pytest.mark.parametrize(
    "part",
    ["vectors/chroma.sqlite3", "words/meta.json", "sif.json", "vocabulary.npy", "vocabulary.txt"],
)
def test_a_damaged_part_is_explained(fails, town, command, part):
    (town.folder() / part).write_bytes(b"\xff damaged")
    fails(*command, "--index", "{index}")


@pytest.mark.parametrize("command", QUESTIONING[:2], ids=" ".join)
def test_vectors_that_are_gone_are_explained(fails, town, command):
    shutil.rmtree(town.folder() / "vectors")
    fails(*command, "--index", "{index}")


@pytest.mark.parametrize("name", ["keys.npy", "rows.npy", "table.npy"])
@pytest.mark.parametrize("content", [b"", b"damaged"])
def test_damaged_word_vectors_are_explained(fails, town, name, content):
    path = town.root / "word-vectors" / name
    path.unlink()  # a link: the other end stays whole
    path.write_bytes(content)
    fails("ask", "通信の費用", "--index", "{index}")


def test_a_second_writer_is_told_to_wait(fails, town):
    with FileLock(town.root / "writer.lock"):
        assert "更新しています" in fails("index", "rebuild", "--index", "{index}")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "空きが足りない"),
        (errno.EACCES, "権限がありません"),
        (errno.EIO, "書き込めませんでした"),
    ],
)
def test_a_disk_that_cannot_be_written_is_explained(fails, monkeypatch, number, words):
    def failing(*_, **__):
        raise OSError(number, "English")

    monkeypatch.setattr("assistant.retrieval.generations.WordIndex.replace", failing)
    assert words in fails("ingest", "{documents}", "--index", "{index}")


def test_an_explanation_stays_on_one_line_whatever_caused_it(fails, monkeypatch):
    def failing(*_, **__):
        raise ValueError("two\nlines")

    monkeypatch.setattr("assistant.retrieval.generations.WordIndex.replace", failing)
    fails("ingest", "{documents}", "--index", "{index}")


def test_an_index_that_lost_all_its_sources_is_explained(fails, town, tmp_path, index_root):
    (tmp_path / "other").mkdir()
    other = Town.made(tmp_path / "other", index_root)
    only = other.write("only.txt", LIBRARY.format(hours=120))
    other.ingest()
    only.unlink()
    fails("index", "rebuild", "--index", other.root)
    other.ingest()
    fails("ask", "通信", "--index", other.root)


def raised():
    """Every expected error in the source: its class, message and remedy as written."""
    kinds = {name for name, kind in inspect.getmembers(errors, inspect.isclass)}
    for path in sorted(Path(assistant.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in kinds:
                yield pytest.param(node, id=f"{path.name}:{node.lineno}")


@pytest.mark.parametrize("call", list(raised()))
def test_messages_and_remedies_are_written_in_japanese(call):
    assert len(call.args) == 2
    for argument in call.args:
        if isinstance(argument, ast.Constant | ast.JoinedStr):
            texts = [part.value for part in ast.walk(argument) if isinstance(part, ast.Constant)]
            assert re.search(r"[ぁ-ん]", "".join(map(str, texts)))
            assert "\n" not in "".join(map(str, texts))
