"""Generations: what is half-built never answers, whatever stops a build."""

import errno
import hashlib
import json
import multiprocessing
import os
import shutil
import sys
import time

import pytest
from filelock import FileLock
from towns import LIBRARY, LIBRARY_QUESTION, Town

from assistant.errors import (
    IndexBusyError,
    IndexDamagedError,
    IndexMissingError,
    StorageError,
)
from assistant.indexing import ingest
from assistant.retrieval import generations
from assistant.retrieval.generations import storage_error, verify, writer_lock
from assistant.retrieval.index import current_generation
from assistant.settings import Settings

QUESTION = "補助率と上限額はいくらですか"
QUESTIONS = [QUESTION, "光ファイバの更新の費用", "協議会の事務局", "バス路線", "担い手と人事異動"]


@pytest.fixture
def town(tmp_path, index_root):
    return Town.copied(tmp_path, index_root)


def full_disk(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def defect(*_, **__):
    raise RuntimeError("a defect")


def interrupted(*_, **__):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("failure", "expected"),
    [(full_disk, StorageError), (defect, RuntimeError), (interrupted, KeyboardInterrupt)],
    ids=["full disk", "defect", "interrupted"],
)
@pytest.mark.parametrize(
    "step",
    [
        "shutil.copytree",
        "SifEmbedder.embed_words",
        "VectorIndex.replace",
        "VectorIndex.lost_vectors",
        "WordIndex.replace",
        "np.save",
        "os.fsync",
        "os.replace",
    ],
)
def test_a_build_that_fails_midway_changes_nothing(town, monkeypatch, step, failure, expected):
    before = town.ask(QUESTION)
    monkeypatch.setattr(f"assistant.retrieval.generations.{step}", failure)
    with pytest.raises(expected):
        town.ingest(town.write("new.txt", LIBRARY.format(hours=120)))
    monkeypatch.undo()
    assert town.generations() == ["gen-1"]
    assert town.folder().name == "gen-1"
    assert verify(town.root)[0] == []
    assert town.ask(QUESTION).answer == before.answer


def test_a_build_succeeds_after_one_that_failed(town, monkeypatch):
    path = town.write("new.txt", LIBRARY.format(hours=120))
    with monkeypatch.context() as patch:
        patch.setattr("assistant.retrieval.generations.WordIndex.replace", full_disk)
        with pytest.raises(StorageError):
            town.ingest()
    assert town.ingest().added == (str(path),)
    assert "120時間" in town.ask(LIBRARY_QUESTION).answer


def test_a_first_build_that_fails_leaves_no_index(tmp_path, index_root, documents, monkeypatch):
    town = Town.made(tmp_path, index_root, documents)
    monkeypatch.setattr("assistant.retrieval.generations.VectorIndex.replace", full_disk)
    with pytest.raises(StorageError):
        town.ingest()
    assert current_generation(town.root) is None
    with pytest.raises(IndexMissingError):
        town.opened()


def test_a_build_that_does_not_pass_its_check_is_thrown_away(town, monkeypatch):
    monkeypatch.setattr(
        "assistant.retrieval.generations.VectorIndex.lost_vectors", lambda *_: ["lost"]
    )
    with pytest.raises(IndexDamagedError):
        town.ingest(town.write("new.txt", LIBRARY.format(hours=120)))
    assert town.generations() == ["gen-1"]


def test_too_little_space_is_seen_before_anything_is_written(town, monkeypatch):
    usage = shutil.disk_usage(town.root)._replace(free=1000)
    monkeypatch.setattr("assistant.retrieval.generations.shutil.disk_usage", lambda _: usage)
    with pytest.raises(StorageError, match="空きが足りない"):
        town.ingest(town.write("new.txt", LIBRARY.format(hours=120)))
    assert town.generations() == ["gen-1"]


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (errno.ENOSPC, "空きが足りない"),
        (errno.EACCES, "権限"),
        (errno.EROFS, "権限"),
        (errno.EIO, "書き込めませんでした(装置が読み書きに失敗しました)"),
    ],
)
def test_a_failure_to_write_is_explained(number, word):
    assert word in storage_error(OSError(number, "x")).message


def test_a_second_writer_is_refused(town):
    town.write("new.txt", LIBRARY.format(hours=120))
    with FileLock(town.root / "writer.lock"), pytest.raises(IndexBusyError):
        town.ingest()


def test_readers_need_no_lock(town):
    with FileLock(town.root / "writer.lock"):
        assert not town.ask(QUESTION).refused


def test_the_lock_is_free_again_after_an_error(town):
    with pytest.raises(RuntimeError), writer_lock(town.root):
        raise RuntimeError
    with writer_lock(town.root):
        pass


def test_a_place_that_is_a_file_cannot_hold_an_index(tmp_path):
    (tmp_path / "index").write_text("", encoding="utf-8")
    with pytest.raises(StorageError), writer_lock(tmp_path / "index"):
        pass


def test_an_open_assistant_answers_from_the_newer_generation(town):
    reader = town.opened()
    assert reader.ask(LIBRARY_QUESTION).refused
    for hours in (110, 120):
        town.ingest(town.write("new.txt", LIBRARY.format(hours=hours)))
    assert "120時間" in reader.ask(LIBRARY_QUESTION).answer
    reader.close()


def test_only_the_current_and_the_previous_generation_are_kept(town):
    for hours in (110, 120, 130):
        town.ingest(town.write("new.txt", LIBRARY.format(hours=hours)))
    assert town.generations() == ["gen-3", "gen-4"]


def test_leftovers_of_a_killed_build_are_taken_away(town):
    (town.root / "gen-2" / "vectors").mkdir(parents=True)
    (town.root / "CURRENT.new").write_text("gen-2", encoding="utf-8")
    town.ingest(town.write("new.txt", LIBRARY.format(hours=120)))
    assert town.generations() == ["gen-1", "gen-3"]


def top_five(town):
    reader = town.opened()
    found = [[p.chunk.chunk_id for p in reader.search(question, 5)] for question in QUESTIONS]
    reader.close()
    return found


def test_a_rebuilt_index_has_the_same_id_and_finds_the_same(town):
    before, index_id = top_five(town), town.manifest().index_id
    town.rebuild()
    assert (top_five(town), town.manifest().index_id) == (before, index_id)


def test_sound_indexes_pass_the_check(town):
    assert verify(town.root) == ([], town.manifest().chunks)


@pytest.mark.parametrize("part", ["vectors", "words", "pages"])
def test_an_index_that_lacks_a_part_does_not_pass(town, part):
    shutil.rmtree(town.folder() / part)
    try:
        problems, _ = verify(town.root)
    except IndexDamagedError as error:
        problems = [error.message]
    assert problems


@pytest.mark.parametrize(
    "part",
    [
        "gen-1/vectors",
        "gen-1/words",
        "gen-1/pages",
        "gen-1/sif.json",
        "gen-1/vocabulary.npy",
        "gen-1/vocabulary.txt",
        "cut",
        "word-vectors/keys.npy",
        "word-vectors/rows.npy",
        "word-vectors/table.npy",
    ],
)
def test_a_rebuild_heals_what_is_missing(town, part):
    path = town.root / part
    path.rename(town.root / "away")
    town.rebuild()
    assert verify(town.root) == ([], town.manifest().chunks)
    assert not town.ask(QUESTION).refused


@pytest.mark.parametrize("name", ["keys.npy", "rows.npy", "table.npy"])
def test_a_rebuild_heals_damaged_word_vectors(town, name):
    path = town.root / "word-vectors" / name
    path.unlink()  # a link: the other end stays whole
    path.write_bytes(b"\x93NUMPY")
    town.rebuild()
    assert not town.ask(QUESTION).refused


@pytest.mark.parametrize("part", ["gen-1/manifest.json", "gen-1/sif.json", "CURRENT"])
def test_a_rebuild_is_advised_only_where_it_helps(town, part):
    (town.root / part).write_text("damaged", encoding="utf-8")
    with pytest.raises(IndexDamagedError) as caught:
        town.opened()
    if "rebuild" in caught.value.remedy:
        town.rebuild()
        assert not town.ask(QUESTION).refused


def test_a_rebuild_brings_an_index_of_another_version_up_to_date(town):
    path = town.folder() / "manifest.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, "format": 0}), encoding="utf-8")
    town.rebuild()
    assert not town.ask(QUESTION).refused


@pytest.fixture(scope="module")
def spawner():
    """Processes that start warm: the libraries are imported once, in a fork server."""
    if sys.platform == "win32":
        pytest.skip("fork servers exist on POSIX only")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "assistant.indexing", "assistant.ingest.pipeline"])
    return context


def killed_while_ingesting(spawner, town, appears, delay):
    """Start an ingest and kill it `delay` seconds after a path has appeared in the index."""
    writer = spawner.Process(target=ingest, args=([town.documents], town.root, Settings()))
    writer.start()
    while writer.is_alive() and not (town.root / appears).exists():
        time.sleep(0.0005)
    time.sleep(delay)
    writer.kill()
    writer.join()
    writer.close()


LONG = "".join(LIBRARY.format(hours=hours) for hours in range(100, 400))
LONG_PAGES = f"pages/{hashlib.sha256(LONG.encode()).hexdigest()[:12]}.json"


@pytest.mark.parametrize(
    ("appears", "delay"),
    [
        ("gen-2", 0),
        *((f"gen-2/{LONG_PAGES}", delay) for delay in (0, 0.1, 0.2, 0.3)),
        ("CURRENT.new", 0),
    ],
)
def test_a_writer_killed_at_any_moment_leaves_a_sound_index(town, spawner, appears, delay):
    town.write("new.txt", LONG)
    killed_while_ingesting(spawner, town, appears, delay)
    assert (town.root / (town.root / "CURRENT").read_text(encoding="utf-8")).is_dir()
    assert verify(town.root) == ([], town.manifest().chunks)
    assert not town.ask(QUESTION).refused
    town.ingest()
    assert not town.ask(LIBRARY_QUESTION).refused


@pytest.mark.parametrize(
    ("appears", "delay"),
    [
        ("word-vectors", 0.1),
        ("gen-1/sif.json", 0),
        ("gen-1/words/meta.json", 0.02),
        ("gen-1/vectors/chroma.sqlite3", 0.02),
        ("gen-1/manifest.json", 0),
    ],
)
def test_a_first_writer_killed_at_any_moment_is_simply_run_again(
    tmp_path, index_root, spawner, appears, delay
):
    town = Town.made(tmp_path, index_root)
    town.write("new.txt", LONG)
    killed_while_ingesting(spawner, town, appears, delay)
    current_generation(town.root)  # none, or a whole one; else an error
    town.ingest()
    assert verify(town.root) == ([], town.manifest().chunks)


def test_an_interruption_after_the_swap_leaves_what_answers(town, monkeypatch):
    swap = generations._swap

    def interrupted(root, folder):
        swap(root, folder)
        raise KeyboardInterrupt

    monkeypatch.setattr(generations, "_swap", interrupted)
    town.write("new.txt", LIBRARY.format(hours=120))
    with pytest.raises(KeyboardInterrupt):
        town.ingest()
    assert not town.ask(LIBRARY_QUESTION).refused
    assert verify(town.root)[0] == []


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_reader_leaves_the_vectors_as_the_writer_left_them(town):
    town.write("new.txt", LIBRARY.format(hours=120))
    town.ingest()
    before = contents(town.folder() / "vectors")
    assert not town.ask(LIBRARY_QUESTION).refused
    after = contents(town.folder() / "vectors")
    # Opening a store puts a row into Chroma's table of locks; the graph stays as it is.
    assert {name for name in after if after[name] != before.get(name)} <= {"chroma.sqlite3"}


def test_an_index_that_may_only_be_read_answers_and_stays_untouched(town, monkeypatch):
    town.write("new.txt", LIBRARY.format(hours=120))
    town.ingest()
    before = contents(town.root)
    may = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: mode != os.W_OK and may(path, mode), raising=True
    )
    assert not town.ask(LIBRARY_QUESTION).refused
    assert contents(town.root) == before
