from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.errors import InputError
from assistant.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    monkeypatch.delenv("REGIONAL_DX_DATA")
    monkeypatch.delenv("REGIONAL_DX_SAMPLES", raising=False)


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("REGIONAL_DX_INDEX", "/srv/索引", "index", Path("/srv/索引")),
        ("REGIONAL_DX_DATA", "/srv/data", "data", Path("/srv/data")),
        ("REGIONAL_DX_QUESTION_CHARACTERS", "300", "question_characters", 300),
        ("REGIONAL_DX_READ_SECONDS", "1.5", "read_seconds", 1.5),
        ("REGIONAL_DX_READ_MEGABYTES", "512", "read_megabytes", 512),
    ],
)
def test_every_setting_is_read_from_the_environment(monkeypatch, name, value, field, expected):
    monkeypatch.setenv(name, value)
    assert getattr(load_settings(), field) == expected


def test_without_variables_no_index_is_named():
    assert load_settings().index is None


def test_a_variable_left_empty_names_no_index(monkeypatch):
    monkeypatch.setenv("REGIONAL_DX_INDEX", "")
    assert load_settings().index is None


def test_the_default_index_is_in_the_data_folder():
    assert Settings(data=Path("/srv/data")).default_index == Path("/srv/data/index")


def test_the_data_folder_is_the_users_own():
    assert load_settings().data.is_relative_to(Path.home())


def test_settings_do_not_change():
    with pytest.raises(ValidationError):
        Settings().index = Path("/elsewhere")


def test_the_variable_of_the_tests_is_let_through(monkeypatch):
    monkeypatch.setenv("REGIONAL_DX_SAMPLES", "/srv/samples")
    assert load_settings() == Settings()


@pytest.mark.parametrize("name", ["REGIONAL_DX_INDX", "REGIONAL_DX_", "REGIONAL_DX_API_KEY"])
def test_an_unknown_variable_is_refused_with_the_known_ones(monkeypatch, name):
    monkeypatch.setenv(name, "x")
    with pytest.raises(InputError) as caught:
        load_settings()
    assert name in caught.value.message
    assert "REGIONAL_DX_INDEX、" in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGIONAL_DX_QUESTION_CHARACTERS", "0"),
        ("REGIONAL_DX_QUESTION_CHARACTERS", "多い"),
        ("REGIONAL_DX_READ_SECONDS", "-1"),
        ("REGIONAL_DX_READ_SECONDS", "nan"),
        ("REGIONAL_DX_READ_MEGABYTES", "1"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError) as caught:
        load_settings()
    assert name in caught.value.message


def test_other_programs_variables_are_none_of_ours(monkeypatch):
    monkeypatch.setenv("OTHER_REGIONAL_DX_X", "x")
    assert load_settings() == Settings()
