"""A form is measured before a library builds it: a few bytes can name millions of cells.

The libraries make an object of every cell that a merged range, a link or a comment covers, and of
every column that a cell of a table spans; and they build a sheet again for each name it goes by.
"""

import zipfile
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import ParseError, XMLParser

from assistant.errors import InputError
from assistant.ingest.readers import OFFICE_FORMATS
from assistant.ingest.readers.package import check_package

_MOST_PARTS = 300_000
"""Elements and the cells their ranges cover, in the whole file. Measured at 285,000: openpyxl takes
2 s of processor time and 0.2 GB."""
_MOST_COLUMNS = 63
"""Of a Word table; Word itself allows no more."""
_BLOCK = 100_000
_COVERING = frozenset(["mergeCell", "hyperlink", "comment"])
_BUILT_ANEW = frozenset(["sheet", "worksheet", "comments"])
"""What is built again for each name it goes by; office programs write one name."""


def check_form(path: Path) -> None:
    """Refuse a form that its library would not build with a desk computer's time and memory.

    Args:
        path: a file whose suffix is .docx or .xlsx.

    Raises:
        ReadError: see `check_package`.
        InputError: too many parts, or a table wider than its program can make.
        ValueError: a range or a width that is none.
        OSError: the file cannot be read.
    """
    name, main_type = OFFICE_FORMATS[path.suffix.lower()]
    check_package(path, main_type, name)
    left = _MOST_PARTS
    with zipfile.ZipFile(path) as package:
        # Whatever its name: what a part is, is written elsewhere.
        for entry in package.infolist():
            measure = _Measure(left)
            parser = XMLParser(target=measure)  # noqa: S314  # the target builds nothing
            try:
                with package.open(entry) as part:
                    while block := part.read(_BLOCK):
                        parser.feed(block)
                parser.close()
            except ParseError:  # a picture; or damaged, and no library will build it
                pass
            left = measure.left


class _Measure:
    """Counts a part of the package down from what is left of `_MOST_PARTS`."""

    def __init__(self, left: int) -> None:
        self.left = left
        self._widths: list[int] = []  # of the open rows of Word tables, outermost first
        self._named: set[tuple[str, str]] = set()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "tr":
            self._widths.append(0)
        elif name == "tc" and self._widths:
            self._widen(1)
        elif name == "gridSpan" and self._widths:
            self._widen(max(int(_attribute(attributes, "val")), 1) - 1)
        elif name == "Relationship":
            self._name(PurePosixPath(attributes.get("Type", "")).name, attributes.get("Target", ""))
        elif name == "sheet":
            self._name(name, _attribute(attributes, "id"))
        covered = _area(attributes.get("ref", "")) if name in _COVERING else 0
        self.left -= 1 + covered
        if self.left < 0:
            raise _too_large()

    def end(self, tag: str) -> None:
        if tag.rpartition("}")[2] == "tr":
            self._widths.pop()

    def doctype(self, *_: object) -> None:
        raise ValueError("doctype")

    def close(self) -> None:
        """Nothing was built."""

    def _widen(self, columns: int) -> None:
        self.left -= columns
        self._widths[-1] += columns
        if self._widths[-1] > _MOST_COLUMNS:
            raise _too_large()

    def _name(self, kind: str, target: str) -> None:
        named = kind, PurePosixPath(target).name
        if kind in _BUILT_ANEW and named in self._named:
            raise _too_large()
        self._named.add(named)


def _attribute(attributes: dict[str, str], name: str) -> str:
    """The value of an attribute that has a namespace."""
    return next((value for key, value in attributes.items() if key.endswith(f"}}{name}")), "")


def _area(ref: str) -> int:
    """Cells of a range: 「B1:XFD3」, also of another sheet; none where it names no place."""
    from openpyxl.utils import range_boundaries

    if ":" not in ref:
        return 0
    left, top, right, bottom = range_boundaries(ref.rpartition("!")[2])
    return ((right or 16_384) - (left or 1) + 1) * ((bottom or 1_048_576) - (top or 1) + 1)


def _too_large() -> InputError:
    return InputError(
        "様式の表が大きすぎます(結合した範囲、または欄が多すぎます)。",
        "使わない行・列・結合を消して、Word か Excel で保存し直してください。",
    )
