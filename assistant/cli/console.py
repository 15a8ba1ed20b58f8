"""What every command needs: settings, the index, progress, output."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.settings import Settings


def open_assistant(index: Path | None) -> "Assistant":
    """The assistant over the index named on the command line, by the settings, or the default."""
    from assistant.assistant import Assistant

    with Progress() as progress:
        return Assistant.open(index, read_settings(), progress=progress.show)


def read_settings() -> "Settings":
    """The settings, their library imported only now."""
    from assistant.settings import load_settings

    return load_settings()


def index_root(index: Path | None) -> Path:
    """Folder of the index a command works on; it may not exist yet."""
    settings = read_settings()
    return index or settings.index or settings.default_index


def to_json(value: object) -> str:
    r"""One line of JSON; escaped (\uXXXX) where the output cannot hold every character.

    A console in CP932 would otherwise put 「?」 into a quote that is promised word for word.
    """
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf8")
    return json.dumps(value, ensure_ascii=not utf8)


class Progress:
    """A progress bar on a terminal; silent elsewhere."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._label = ""

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def show(self, label: str, done: int, total: int) -> None:
        """Move the bar `label` to `done` of `total`; another label begins another bar."""
        if not sys.stderr.isatty():
            return
        if label != self._label:
            from tqdm import tqdm

            self._close()
            self._bar, self._label = tqdm(total=total, desc=label, unit="件", leave=False), label
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar, self._label = None, ""
