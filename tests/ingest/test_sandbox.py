import os

import psutil
import pytest
from pypdf import PdfWriter

from assistant.child import Child
from assistant.errors import ReadError
from assistant.ingest.readers import ReadResult
from assistant.ingest.sandbox import Sandbox
from assistant.records.text import Page

# Python imports this module at its start; what a file says is what then happens to the reader.
UNRULY_READER = """
import os
import threading

from assistant.ingest.readers import text

read_text = text.read_damaged_text


def obey(path):
    order, damage = read_text(path)
    if order == "hang":
        threading.Event().wait()
    elif order == "swell":
        filled = b"x" * 400_000_000
        threading.Event().wait()
    elif order == "die":
        os._exit(1)
    elif order == "no memory":
        raise MemoryError
    elif order == "fail":
        raise ZeroDivisionError
    elif order == "print":
        print("noise", flush=True)
    elif order == "print from C":
        os.write(1, b"noise\\n")
    return order, damage


text.read_damaged_text = obey
"""

DIED = "ファイルが壊れているため、読み取りが途中で止まりました。"


@pytest.fixture
def sandbox(tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(UNRULY_READER, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    # Far more time than reading takes: only a reader that hangs may meet the limit.
    with Sandbox(seconds=120.0, megabytes=256) as sandbox:
        yield sandbox


@pytest.fixture
def file(tmp_path):
    def file(content, name=None):
        path = tmp_path / (name or f"{content}.txt")
        path.write_text(content, encoding="utf-8")
        return path

    return file


def text(content):
    return ReadResult((Page(content),))


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ("swell", "読み取りに必要なメモリが上限を超えたため、打ち切りました。"),
        ("die", DIED),
        ("no memory", DIED),
        ("fail", "ファイルの中身が通常と異なるため、読み取れませんでした。"),
    ],
)
def test_an_unruly_file_costs_itself_and_not_the_next(sandbox, file, order, message):
    with pytest.raises(ReadError) as caught:
        sandbox.read(file(order))
    assert caught.value.message == message
    assert sandbox.read(file("次の本文")) == text("次の本文")


def test_a_reader_that_hangs_costs_itself_and_not_the_next(sandbox, file, monkeypatch):
    with monkeypatch.context() as hurried:
        hurried.setattr(sandbox, "_seconds", 2.0)
        with pytest.raises(ReadError) as caught:
            sandbox.read(file("hang"))
    assert caught.value.message == "読み取りに時間がかかりすぎたため、打ち切りました。"
    assert sandbox.read(file("次の本文")) == text("次の本文")


@pytest.mark.parametrize("order", ["print", "print from C"])
def test_what_a_parser_prints_is_no_reply(sandbox, file, order):
    assert sandbox.read(file(order)) == text(order)


def test_a_refusal_passes_with_its_remedy(sandbox, file):
    with pytest.raises(ReadError) as caught:
        sandbox.read(file("", "空.txt"))
    error = caught.value
    assert (error.message, error.remedy) == (
        "空のファイルです。",
        "中身のあるファイルを置き直してください。",
    )


def test_a_folder_named_like_a_file_is_refused(sandbox, tmp_path):
    (tmp_path / "資料.txt").mkdir()
    with pytest.raises(ReadError, match="ファイルを開けません"):
        sandbox.read(tmp_path / "資料.txt")


def test_a_file_that_vanished_costs_itself_and_not_the_next(sandbox, file, tmp_path):
    with pytest.raises(ReadError, match="ファイルを開けません"):
        sandbox.read(tmp_path / "消えた.txt")
    assert sandbox.read(file("次の本文")) == text("次の本文")


@pytest.mark.parametrize(
    "name",
    [
        "議事録　第１回 ①.txt",
        '引用"符.txt',
        pytest.param(
            os.fsdecode(b"\x8b\x63\x8e\x96.txt"),
            marks=pytest.mark.skipif(os.name == "nt", reason="names are UTF-16 on Windows"),
        ),
    ],
    ids=["wide", "quotation mark", "not UTF-8"],
)
def test_a_file_may_have_any_name(sandbox, file, name):
    assert sandbox.read(file("本文", name)) == text("本文")


def test_one_child_reads_many_files_and_ends_with_the_sandbox(file):
    with Sandbox(seconds=10.0, megabytes=256) as sandbox:
        sandbox.read(file("一つ目"))
        child = sandbox._child.process.pid
        sandbox.read(file("二つ目"))
        assert sandbox._child.process.pid == child
    assert not psutil.pid_exists(child)


def test_a_child_killed_between_two_files_is_replaced(sandbox, file):
    sandbox.read(file("一つ目"))
    sandbox._child.process.kill()
    sandbox._child.process.wait()
    assert sandbox.read(file("二つ目")) == text("二つ目")


def test_a_pdf_may_take_two_seconds_more_for_every_page(tmp_path, monkeypatch):
    writer = PdfWriter()
    for _ in range(7):
        writer.add_blank_page(72, 72)
    path = tmp_path / "a.pdf"
    writer.write(path)
    deadlines, receive = [], Child._receive

    def noted(child, deadline, memory):
        deadlines.append(deadline)
        return receive(child, deadline, memory)

    monkeypatch.setattr(Child, "_receive", noted)
    with Sandbox(seconds=60.0, megabytes=512) as sandbox, pytest.raises(ReadError):
        sandbox.read(path)
    _, first, second = deadlines  # the child says first that it has started
    assert second - first == pytest.approx(2.0 * 7)


@pytest.mark.parametrize("way", ["no such program", "ends at once"])
def test_a_child_that_cannot_start_is_no_fault_of_the_file(sandbox, file, monkeypatch, way):
    if way == "no such program":
        monkeypatch.setattr("sys.executable", os.devnull + "/python")
    else:
        monkeypatch.setenv("PYTHONHOME", os.devnull)  # the interpreter finds no library
    with pytest.raises(ReadError) as raised:
        sandbox.read(file("hello"))
    assert "起動できませんでした" in raised.value.message
    assert "壊れ" not in raised.value.message
    assert "ファイルの問題ではありません" in raised.value.remedy
    monkeypatch.undo()
    assert sandbox.read(file("hello")).pages == (Page("hello"),)
