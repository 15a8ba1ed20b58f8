"""What every page needs: the open index, this visitor's folder, and errors in two lines."""

import gc
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from assistant.assistant import Assistant
from assistant.errors import AssistantError, InputError
from assistant.settings import Settings, load_settings
from assistant.ui.inert import label

_log = logging.getLogger(__name__)


def opened() -> Assistant:
    """The assistant over the index in the settings; shared, as it keeps nothing of a question.

    Raises:
        AssistantError: see `Assistant.open`.
    """
    settings = load_settings()
    return _opened(settings.index, settings.data)


@st.cache_resource(show_spinner="資料の索引を開いています…(初回は1〜2分かかります)")
def _opened(index: Path | None, data: Path) -> Assistant:  # noqa: ARG001  # they are the cache's key
    assistant = Assistant.open(settings=load_settings())
    # Index and libraries live as long as the app does: no collection of garbage need look through
    # them again (that took nine tenths of the time of an answer).
    gc.collect()
    gc.freeze()
    return assistant


def own_folder(settings: Settings) -> Path:
    """Where this visitor's plans are kept: one folder a login name, or one for the machine.

    Raises:
        InputError: logins are expected, and the reverse proxy sent no name.
    """
    if settings.user_header is None:
        return settings.data
    name = st.context.headers.get(settings.user_header)
    if not name:
        raise InputError(
            "ログインした人の名前が届いていません。",
            "管理者に、リバースプロキシの設定(docs/server.md)を確かめてもらってください。",
        )
    return settings.data / "people" / hashlib.sha256(name.encode()).hexdigest()[:16]


@contextmanager
def two_lines() -> Iterator[None]:
    """Show an error as the commands do: what happened, and what to do."""
    try:
        yield
    except AssistantError as error:
        show_error(error.message, error.remedy)
    except Exception:  # noqa: BLE001  # logged in full; a visitor gets two lines, no trace
        _log.exception("a page failed")
        show_error(
            "画面の処理中に予期しない問題が起きました。",
            "画面を開き直してください。続くときは、管理者に記録(ログ)を見てもらってください。",
        )


def show_error(message: str, remedy: str) -> None:
    """Show the two lines of an error."""
    st.error(f"エラー: {label(message)}  \n対処: {label(remedy)}", icon=":material/error:")
