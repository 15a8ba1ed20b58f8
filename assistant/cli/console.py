"""What every command needs: settings, the index, progress, output."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.settings import Settings


def open_assistant(options: argparse.Namespace) -> "Assistant":
    """The assistant over the index named by the options, the settings or the default."""
    from assistant.assistant import Assistant

    with Progress() as progress:
        return Assistant.open(options.index, read_settings(), progress=progress.show)


def read_settings() -> "Settings":
    """The settings, their library imported only now."""
    from assistant.settings import load_settings

    return load_settings()


def index_root(options: argparse.Namespace) -> Path:
    """Folder of the index a command works on; it may not exist yet."""
    settings = read_settings()
    return options.index or settings.index or settings.default_index


def print_value(value: object) -> None:
    """Text as it is, anything else as one line of JSON."""
    print(value if isinstance(value, str) else as_json(value))


def as_json(value: object) -> str:
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
