"""Restricting a question to some of the documents: a form behind one button, and chips."""

from typing import Any, cast

import streamlit as st

from assistant.records.answers import Filters
from assistant.records.documents import Kind, Status
from assistant.retrieval.index import Manifest
from assistant.ui import labels
from assistant.ui.inert import label

_NAMES = {
    "kind": "種類",
    "status": "段階",
    "since": "この年度から",
    "until": "この年度まで",
    "speaker": "発言者",
}


def choose(manifest: Manifest) -> Filters:
    """Draw the choice, and a chip for each restriction chosen.

    Returns:
        The restrictions; they stay while the visitor walks through the pages.
    """
    options = _options(manifest)
    with st.popover("資料を絞り込む", icon=":material/filter_alt:"):
        st.caption(
            "選んだ資料だけから答えます。選ばなければ、すべての資料から答えます。"
            "選べるのは、この索引にあるものだけです。"
        )
        for name in _NAMES:
            _choice(name, options[name])
        chosen: dict[str, Any] = {name: st.session_state.get(_key(name)) for name in _NAMES}
        filters = Filters(**chosen)
        if filters.since and filters.until and filters.since > filters.until:
            st.warning(
                f"{spoken('since', filters.since)}から{spoken('until', filters.until)}までの期間は"
                "ありません(始まりが終わりより後です)。  \n"
                f"「{_NAMES['since']}」か「{_NAMES['until']}」を選び直してください。"
            )
    for name, value in _active(filters):
        st.button(
            f"{_NAMES[name]}: {label(spoken(name, value))}",
            key=f"unfilter_{name}",
            icon=":material/close:",
            help="この絞り込みを外します",
            on_click=_clear,
            args=(name,),
        )
    return filters


def described(filters: Filters) -> str:
    """「種類: 議事録、段階: 案」; empty without restrictions."""
    return "、".join(f"{_NAMES[name]}: {spoken(name, value)}" for name, value in _active(filters))


def spoken(name: str, value: str) -> str:
    """A value of a restriction as people say it."""
    match name:
        case "since" | "until":
            return labels.fiscal_year(labels.fiscal_year_of(value))
        case "kind":
            return labels.KINDS[cast("Kind", value)]
        case "status":
            return labels.STATUSES[cast("Status", value)]
        case _:
            return value


def _options(manifest: Manifest) -> dict[str, list[str]]:
    documents = manifest.documents.values()
    years = sorted({labels.fiscal_year_of(d.published) for d in documents if d.published})
    kinds, statuses = {d.kind for d in documents}, {d.status for d in documents}
    return {
        "kind": [kind for kind in labels.KINDS if kind in kinds],
        "status": [status for status in labels.STATUSES if status in statuses],
        "since": [f"{year}-04-01" for year in years],
        "until": [f"{year + 1}-03-31" for year in years],
        "speaker": list(manifest.speakers),
    }


def _choice(name: str, options: list[str]) -> None:
    # A value that the index no longer offers would stop the page.
    if st.session_state.get(_key(name)) not in {None, *options}:
        _clear(name)
    st.selectbox(
        _NAMES[name],
        options,
        index=None,
        format_func=lambda value: spoken(name, value),
        placeholder="指定しない" if options else "この索引にはありません",
        key=_key(name),
        persist_state="session",
    )


def _active(filters: Filters) -> list[tuple[str, str]]:
    return [(name, value) for name in _NAMES if (value := getattr(filters, name))]


def _clear(name: str) -> None:
    st.session_state[_key(name)] = None


def _key(name: str) -> str:
    return f"filter_{name}"
