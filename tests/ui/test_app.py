"""The script of the app as Streamlit runs it from a checkout."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from assistant.cli.app import _script


def test_the_script_draws_the_first_page(monkeypatch, index_root):
    monkeypatch.setenv("REGIONAL_DX_INDEX", str(index_root))
    page = AppTest.from_file(str(_script()), default_timeout=120).run()
    assert not page.exception
    assert page.chat_input


def test_the_script_stands_beside_its_settings():
    assert _script() == Path(__file__).parents[2] / "app.py"
    assert 'address = "127.0.0.1"' in (_script().parent / ".streamlit" / "config.toml").read_text(
        encoding="utf-8"
    )
