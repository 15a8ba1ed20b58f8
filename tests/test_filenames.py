"""Names that every system can hold."""

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


@pytest.mark.parametrize("text", ["あ" * 300, "𠮷" * 300, "a" * 199 + " .x"])
def test_a_name_is_never_too_long_and_never_cut_within_a_character(text):
    name = safe_name(text)
    assert 190 <= len(name.encode()) <= 200
    assert text.startswith(name)
    assert name == name.strip(" .")
    assert safe_name(name) == name
