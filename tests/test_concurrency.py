"""Many readers at once while the index is replaced under them."""

from concurrent.futures import ThreadPoolExecutor

from towns import LIBRARY, LIBRARY_QUESTION, Town

from assistant.assistant import Assistant
from assistant.settings import Settings


def test_answers_go_on_while_generations_are_swapped(tmp_path, index_root):
    town = Town.made(tmp_path, index_root)
    town.write("library.txt", LIBRARY.format(hours=120))
    town.ingest()
    assistant = Assistant.open(town.root, Settings())
    with ThreadPoolExecutor(max_workers=4) as readers:
        asked = []
        for number in range(3):
            asked += [readers.submit(assistant.ask, LIBRARY_QUESTION) for _ in range(8)]
            town.write(f"other-{number}.txt", f"第{number}集会所には、机が{number + 10}台ある。\n")
            town.ingest()
        asked += [readers.submit(assistant.ask, LIBRARY_QUESTION) for _ in range(8)]
        answers = [future.result().answer for future in asked]
    assistant.close()
    assert len(answers) == 32
    assert all("120時間" in answer for answer in answers)
    assert assistant._opened.manifest.generation == 4
