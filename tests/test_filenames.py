"""Names that every system can hold."""

import re

import pytest

from assistant.filenames import safe_name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("計画 2024", "計画 2024"),
        ("か\u3099", "が"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x", "C__x"),
        ("a\x1b[31m\u202efdp", "a_[31m_fdp"),
        (".hidden. ", "hidden"),
        ("\ud800\ufffd", "__"),
        ("con", "con_"),
        ("Aux.tar", "Aux.tar_"),
        ("COM¹", "COM¹_"),
        ("console", "console"),
        (" . ", ""),
        ("", ""),
    ],
)
def test_a_name_is_safe_on_every_system(given, name):
    assert safe_name(given) == name


@pytest.mark.parametrize("text", ["あ" * 300, "𠮷" * 300, "a" * 190 + " .x" * 9])
def test_a_name_is_never_too_long_and_never_cut_within_a_character(text):
    name = safe_name(text)
    assert 190 <= len(name.encode()) <= 200
    assert re.fullmatch(r"(.+)_[0-9a-f]{8}", name)
    assert text.startswith(name[:-9])
    assert name == name.strip(" .")
    assert safe_name(name) == name


def test_long_names_that_differ_at_their_ends_stay_apart():
    first, second = ("かえで町の地域DX推進計画" * 10 + end for end in ("(案)", "(確定)"))
    assert safe_name(first) != safe_name(second)
    assert safe_name(first) == safe_name(first)
