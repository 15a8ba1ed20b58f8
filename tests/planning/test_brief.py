import re
import tomllib

import pytest

from assistant.errors import InputError
from assistant.planning.brief import EXAMPLE, KEYS, brief_from, load_brief, new_brief
from assistant.records.plans import Brief


@pytest.fixture
def written(tmp_path):
    def write(content: str | bytes):
        path = tmp_path / "brief.toml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return load_brief(path)

    return write


def test_values_stand_as_written_and_numbers_get_their_unit(written):
    brief = written(
        '\ufeffmunicipality = "みどり町"\npopulation = 12000\nfiscal_year = 2026\n'
        'partners = ["CATV", "大学", "CATV"]\nperiod = 2026-04-01\nbudget = "5,000万円"\n'
    )
    assert brief == Brief(
        municipality="みどり町",
        population="12,000人",
        fiscal_year="2026年度",
        partners=("CATV", "大学"),
        period="2026-04-01",
        budget="5,000万円",
    )


def test_an_empty_brief_is_a_brief(written):
    assert written("") == Brief()
    assert brief_from({"goal": " \n", "partners": []}) == Brief()


def test_an_unknown_key_names_the_known_ones():
    with pytest.raises(InputError) as raised:
        brief_from({"municpality": "みどり町"})
    assert "municpality" in raised.value.message
    assert all(key in raised.value.remedy for key in KEYS)


@pytest.mark.parametrize(
    "values",
    [
        {"goal": {"a": 1}},
        {"goal": True},
        {"goal": ["a"]},
        {"goal": "あ" * 50_000},
        {"partners": [1]},
        {"partners": 5},
        {"partners": ["あ"] * 1000},
        {"partners": ["あ" * 50_000]},
        {"population": 10**5000},
        {"population": float("nan")},
        {"period": float("inf")},
        {"\x00": "x"},
    ],
    ids=range(12),
)
def test_values_that_cannot_be_used_are_explained(values):
    with pytest.raises(InputError):
        brief_from(values)


@pytest.mark.parametrize(
    "content", ["goal = ", "goal = あ", b"\xff\xfe", "a" * 50_000, "x = " + "[" * 5000]
)
def test_files_that_are_no_brief_are_explained_without_the_parsers_english(written, content):
    with pytest.raises(InputError) as raised:
        written(content)
    explanation = raised.value.message.partition("brief.toml")[2]
    assert not re.search(r"[A-Za-z]{4,}", explanation), explanation


def test_the_line_that_is_no_toml_is_named(written):
    with pytest.raises(InputError, match=r"brief.toml\(2行目の書き方が正しくありません\)"):
        written('goal = "よい町"\nproblem = 光ファイバが古い。\n')


def test_a_brief_saved_by_an_older_editor_of_windows_is_read(written):
    brief = written('goal = "①災害に強い～町"\r\n'.encode("cp932"))
    assert brief == Brief(goal="①災害に強い～町")


def test_invisible_characters_are_taken_out():
    hostile = "みど\u202eり\x00町\x07\nを\u200bつくる\ud800"
    assert brief_from({"municipality": hostile}).municipality == "みどり町 をつくる"


def test_the_example_holds_every_key_once_enabled(tmp_path):
    path = tmp_path / "new.toml"
    new_brief(path)
    assert load_brief(path) == Brief()
    lines = [line.removeprefix("# ") if " = " in line else "" for line in EXAMPLE.splitlines()]
    assert tuple(tomllib.loads("\n".join(lines))) == KEYS


def test_the_example_overwrites_nothing(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('goal = "書きかけ"', encoding="utf-8")
    with pytest.raises(InputError):
        new_brief(path)
    assert load_brief(path).goal == "書きかけ"
    with pytest.raises(InputError):
        new_brief(tmp_path / "nowhere" / "new.toml")


def test_a_missing_file_is_explained(tmp_path):
    with pytest.raises(InputError):
        load_brief(tmp_path / "missing.toml")
