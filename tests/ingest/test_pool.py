from threading import Event

import pytest

from assistant.errors import ReadError
from assistant.ingest.pool import ReadingPool


@pytest.fixture
def pool():
    with ReadingPool(seconds=60.0, megabytes=512, processes=2) as pool:
        yield pool


def text_of(sandbox, path):
    try:
        return sandbox.read(path).pages[0].text
    except ReadError as error:
        return error.message


def test_results_come_in_the_order_of_the_files_and_a_bad_file_costs_itself(pool, tmp_path):
    paths = []
    for number in range(8):
        path = tmp_path / f"{number}.txt"
        path.write_bytes(b"" if number == 3 else f"第{number}号".encode())
        paths.append(path)
    results = list(pool.map(text_of, paths))
    assert [results[number] for number in (0, 1, 2, 4, 5, 6, 7)] == [
        f"第{number}号" for number in (0, 1, 2, 4, 5, 6, 7)
    ]
    assert results[3] == "空のファイルです。"


def test_two_files_are_read_at_the_same_time_each_by_a_sandbox_of_its_own(pool):
    first_runs, second_runs = Event(), Event()

    def meet(sandbox, number):
        mine, other = (first_runs, second_runs) if number == 0 else (second_runs, first_runs)
        mine.set()
        # Read one after the other, the first would wait for the second for ever.
        return sandbox if other.wait(timeout=30) else None

    one, two = pool.map(meet, [0, 1])
    assert one is not None
    assert two is not None
    assert one is not two


def test_no_more_is_read_ahead_than_can_be_held(pool):
    taken = []

    def tasks():
        for number in range(100):
            taken.append(number)
            yield number

    results = pool.map(lambda _, number: number, tasks())
    assert next(results) == 0
    assert len(taken) <= 6
    assert list(results) == list(range(1, 100))


def test_an_error_of_a_task_is_raised_in_its_turn(pool):
    results = pool.map(lambda _, number: 1 // number, [1, 0, 1])
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_a_closed_sandbox_reads_no_more(tmp_path):
    (tmp_path / "a.txt").write_text("文", encoding="utf-8")
    with ReadingPool(seconds=60.0, megabytes=512, processes=1) as pool:
        [sandbox] = pool.map(lambda sandbox, _: sandbox, [None])
    with pytest.raises(ReadError):
        sandbox.read(tmp_path / "a.txt")
