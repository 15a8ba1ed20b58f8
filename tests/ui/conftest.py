"""Pages run by Streamlit's own test harness, over a small index."""

import pytest
from streamlit.testing.v1 import AppTest


@pytest.fixture
def settings(index_root, tmp_path, monkeypatch):
    """The small index as the app's index, and a data folder of the test's own."""
    monkeypatch.setenv("REGIONAL_DX_INDEX", str(index_root))
    monkeypatch.setenv("REGIONAL_DX_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def open_page(settings):
    """Opens a page by its module's name; every call is a visitor of its own."""

    def opened(name: str) -> AppTest:
        script = f"from assistant.ui import {name}\n{name}.page()\n"
        return AppTest.from_string(script, default_timeout=60).run()

    return opened


@pytest.fixture
def texts():
    """All text that a page shows outside its widgets."""

    def of(page: AppTest) -> str:
        # A script is no text, and runs once only.
        html = [e for e in page.get("html") if "<script>" not in e.proto.body]
        shown = [*html, *page.markdown, *page.caption, *page.code, *page.error]
        return "\n".join(getattr(element, "value", None) or element.proto.body for element in shown)

    return of
