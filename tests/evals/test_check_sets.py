import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.indexing import starter_corpus
from evals.sets import cases as cases_module
from evals.sets.cases import load_cases
from evals.sets.check_sets import leaks, problems, repeated, table

ROW = {
    "id": "t1",
    "question": "更新の費用はいくらですか",
    "kind": "number",
    "style": "direct",
    "split": "dev",
    "answerable": True,
    "gold": [{"file": "a.md", "line_start": 2, "line_end": 2}],
    "facts": [["約8億円", "8億円"]],
    "reference": "約8億円と見込まれている。",
    "history": [],
}


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.setattr(cases_module, "DATASETS", tmp_path)
    (tmp_path / "a.md").write_text("見出し\n更新には約８億円が\n必要である。\n", encoding="utf-8")

    def load(*rows):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (tmp_path / "set.jsonl").write_text("\n".join(lines), encoding="utf-8")
        return load_cases("set")

    return load


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "riddle"},
        {"style": "formal"},
        {"split": "test"},
        {"gold": []},
        {"facts": []},
        {"answerable": False},
        {"gold": [{"file": "a.md"}]},
        {"gold": [{"file": "a.pdf", "page": 1, "line_start": 2, "line_end": 2}]},
    ],
)
def test_a_case_that_does_not_fit_the_schema_is_refused(load, change):
    with pytest.raises(ValueError, match=r"set\.jsonl:1"):
        load({**ROW, **change})


def test_an_id_that_stands_twice_is_refused(load):
    with pytest.raises(ValueError, match="more than once"):
        load(ROW, {**ROW, "question": "別の質問"})


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"facts": [["9億円"]]}, ["t1: no spelling of '9億円' in its gold lines"]),
        (
            {"gold": [{"file": "b.md", "line_start": 1, "line_end": 1}]},
            ["t1: nothing at b.md:1-1", "t1: no spelling of '約8億円' in its gold lines"],
        ),
        (
            {"gold": [{"file": "a.md", "line_start": 4, "line_end": 9}]},
            ["t1: nothing at a.md:4-9", "t1: no spelling of '約8億円' in its gold lines"],
        ),
    ],
)
def test_gold_places_and_facts_are_looked_up(load, tmp_path, change, found):
    assert list(problems(load({**ROW, **change}), tmp_path)) == found


def test_a_page_of_a_pdf_is_read_from_the_folder_that_has_it(load, tmp_path):
    folder = Path(__file__).parents[2] / "corpus" / "pdf"
    gold = {"gold": [{"file": "consortium.pdf", "page": 1}], "facts": [["金融機関"]]}
    cases = load({**ROW, **gold})
    assert list(problems(cases, tmp_path, folder)) == []
    assert len(list(problems(cases, tmp_path))) == 2


@pytest.mark.parametrize(
    ("name", "all_", "unanswerable"), [("first_week", 120, 30), ("mixed", 80, 30)]
)
def test_half_of_each_hand_kept_set_is_held_back(name, all_, unanswerable):
    cases = load_cases(name)
    counts = Counter((case.split, case.answerable) for case in cases)
    assert len(cases) == all_
    assert {counts[split, False] for split in ("dev", "held_out")} == {unanswerable // 2}
    assert counts["dev", True] == counts["held_out", True]


def test_gold_of_the_first_week_stands_in_the_starter_corpus():
    assert list(problems(load_cases("first_week"), starter_corpus())) == []


def test_repeats_across_sets_and_leaks_between_splits_are_found(load):
    cases = load(ROW, {**ROW, "id": "t2", "question": "ほかの質問", "split": "held_out"})
    assert leaks(cases) == ["t2"]
    assert (
        list(repeated({"one": cases, "two": cases[:1]}))
        == ["t1: the question stands more than once"] * 2
    )


def test_the_table_counts_every_case_once(load):
    last = table(load(ROW, {**ROW, "id": "t2", "question": "ほか", "style": "townhall"}))
    assert last.splitlines()[-1] == "| all | 1 | 1 | 0 | 0 | 2 |"
