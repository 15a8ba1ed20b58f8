from concurrent.futures import ThreadPoolExecutor

from assistant.retrieval.remembered import Remembered


def test_the_oldest_records_go_first():
    remembered = Remembered[int](2)
    remembered.keep({"a": 1, "b": 2})
    remembered.keep({"c": 3})
    assert remembered.known(["a", "b", "c", "d"]) == {"b": 2, "c": 3}
    remembered.clear()
    assert remembered.known(["b"]) == {}


def test_threads_that_push_each_other_out_do_no_harm():
    remembered = Remembered[int](3)
    names = [str(n) for n in range(50)]

    def work(first: int) -> None:
        for n in range(2_000):
            name = names[(first + n) % len(names)]
            assert all(names[record] == i for i, record in remembered.known(names).items())
            remembered.keep({name: int(name)})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(remembered.known(names)) == 3
