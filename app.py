"""The script Streamlit runs: look, navigation, page. Started by ``regional-dx app``.

An installed program has it, and the settings beside it (``.streamlit``), in ``assistant/ui``.
"""

from pathlib import Path

import streamlit as st

from assistant import ui
from assistant.ui import ask, evaluation, library, plan

_LOOK = Path(ui.__file__).parent
# Streamlit's page says it is English, which makes screen readers and fonts choose wrongly.
_LANGUAGE = "<script>document.documentElement.lang = 'ja'</script>"
_PAGES = (
    (ask.page, "相談", ":material/forum:", "ask"),
    (plan.page, "計画", ":material/edit_document:", "plan"),
    (library.page, "資料", ":material/folder_open:", "library"),
    (evaluation.page, "評価", ":material/monitoring:", "evaluation"),
)


def main() -> None:
    """Draw the links to the pages, then the page the visitor has chosen."""
    st.set_page_config(page_title="地域DXアシスタント", page_icon=_LOOK / "icon.svg", layout="wide")
    st.html(_LOOK / "style.css")
    st.html(_LANGUAGE, unsafe_allow_javascript=True)
    pages = [
        st.Page(page, title=title, icon=icon, url_path=path, default=page is ask.page)
        for page, title, icon, path in _PAGES
    ]
    current = st.navigation(pages, position="hidden")
    # Streamlit's own menu hides behind an unnamed button on a narrow screen.
    with st.container(horizontal=True, gap="small", key="pages"):
        for page in pages:
            st.page_link(page)
    current.run()


main()
