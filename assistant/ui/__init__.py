"""The web app (Streamlit), for town-hall staff: 相談, 計画, 資料, 評価.

``app.py`` is the script Streamlit runs for every visitor and click; each page is a module with
``page()``. What belongs to a visitor lives in ``st.session_state`` only; visitors share the open
index, and the progress and result of the last change of it.
"""
