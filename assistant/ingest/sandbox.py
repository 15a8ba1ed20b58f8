"""Reading and drawing files in a child process with a time and a memory limit.

One child reads many files; when a file makes it hang, die or swell, the child is killed, that one
file is reported and the next file gets a new child.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from assistant.child import Child, ChildError, Row, serve
from assistant.errors import AssistantError, ReadError, cause_of
from assistant.ingest.readers import PDF_SUFFIXES, Picture, Properties, ReadResult, read_file
from assistant.records.text import page_of

# Measured on 58 ministry PDFs: the slowest sound page took 0.4 s.
_SECONDS_PER_PAGE = 2.0
_SECONDS_PER_MEGABYTE = 10.0
_NO_REPLY = {
    "ended": (
        "ファイルが壊れているため、読み取りが途中で止まりました。",
        "入手し直すか、元のソフトから保存し直してください。",
    ),
    "time": (
        "読み取りに時間がかかりすぎたため、打ち切りました。",
        "元のソフトからPDFに保存し直すか、分けて保存してください。",
    ),
    "memory": (
        "読み取りに必要なメモリが上限を超えたため、打ち切りました。",
        "分けて保存するか、画像を減らして保存し直してください。",
    ),
}
_ODD_CONTENT = ReadError(
    "ファイルの中身が通常と異なるため、読み取れませんでした。",
    "元のソフトで開いて保存し直すか、PDFに保存し直してください。",
)


class Sandbox(AbstractContextManager["Sandbox"]):
    """Reads files in a child process. Use as a context manager."""

    def __init__(self, *, seconds: float, megabytes: int) -> None:
        """Set the limits for one file.

        Args:
            seconds: wall time for one file; 10 s for every megabyte are added, and 2 s for every
                page of a PDF.
            megabytes: resident memory of the child, in MiB.
        """
        self._seconds = seconds
        self._bytes = megabytes * 1024 * 1024
        self._closed = False
        self._child: Child | None = None

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child, also while another thread waits for it; nothing is read any more."""
        self._closed = True
        self._stop()

    def read(self, path: Path) -> ReadResult:
        """Read one file.

        Raises:
            ReadError: the reader gave up, or the child hung, died, outgrew its memory or could not
                be started.
        """
        row = self._asked(path)
        pages = tuple(page_of(page) for page in row["pages"])
        given = {
            "unreadable": tuple(row["unreadable"]),
            "properties": Properties(**row["properties"]),
        }
        return ReadResult(**{**row, **given, "pages": pages})

    def picture(self, path: Path, number: int, quotes: tuple[str, ...]) -> Picture:
        """Draw a page of a PDF with quotes marked, see `page_picture`.

        Raises:
            ReadError: the page cannot be drawn, or see `read`.
        """
        return Picture(**self._asked(path, page=number, quotes=quotes))

    def _asked(self, path: Path, **request: Any) -> Row:
        try:
            size = path.stat().st_size
            row: Row = self._running().ask(
                {"path": str(path), **request},
                seconds=self._seconds + _SECONDS_PER_MEGABYTE * size / 1e6,
                memory=self._bytes,
                heard=lambda told: _SECONDS_PER_PAGE * float(told["pages"]),
            )
        except OSError as error:
            raise _unopened(error) from error
        except ChildError as error:
            self._stop()
            message, remedy = _NO_REPLY[error.why]
            raise ReadError(message, remedy) from None
        except AssistantError as error:
            raise ReadError(error.message, error.remedy) from None
        return row

    def _running(self) -> Child:
        if self._closed:
            raise ChildError("ended")
        if self._child is None or self._child.process.poll() is not None:
            self._stop()
            self._child = Child("assistant.ingest.sandbox", "ファイルを読み取る")
        return self._child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.stop()


def _unopened(error: OSError) -> ReadError:
    return ReadError(
        f"ファイルを開けません({cause_of(error)})。", "場所と読み取り権限を確かめてください。"
    )


def _answer(request: Row, tell: Callable[[Row], None]) -> ReadResult | Picture:
    """In the child: a file read, or a page of it drawn."""
    path = Path(request["path"])
    try:
        if "page" in request:
            # Reading, which is done far more often, pays nothing for the drawing library.
            from assistant.ingest.readers.picture import page_picture

            return page_picture(path, request["page"], tuple(request["quotes"]))
        if path.suffix.lower() in PDF_SUFFIXES:
            from assistant.ingest.readers.pdf import page_count

            tell({"pages": page_count(path) or 0})
        return read_file(path)
    except OSError as error:
        raise _unopened(error) from error


if __name__ == "__main__":
    serve(_answer, _ODD_CONTENT)
