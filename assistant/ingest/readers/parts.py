"""The parts of an office file and how they refer to each other, read leniently.

Office programs open files whose parts are missing, damaged, named in another case or written in the
Strict namespaces. A part that cannot be read is None here, never an error; tags and attributes are
compared by their local names, which Strict and Transitional files share.
"""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree as ET

_RELATIONSHIPS = "/relationships}"


class Relation(NamedTuple):
    """Where a relationship of a part leads."""

    kind: str
    """Last part of its type: 「slide」, 「hyperlink」."""
    target: str
    """Name of a part; an address where it is external."""
    external: bool


class Parts:
    """The parts of a package. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open a package that `check_package` has passed."""
        self._package = zipfile.ZipFile(path)
        self._names = {_plain(name).lower(): name for name in self._package.namelist()}

    def __enter__(self) -> "Parts":
        return self

    def __exit__(self, *_: object) -> None:
        self._package.close()

    def names(self, folder: str) -> list[str]:
        """Names of the parts below a folder, as the package writes them."""
        return [n for n in self._names.values() if _plain(n).lower().startswith(f"{folder}/")]

    def xml(self, name: str | None) -> ET.Element | None:
        """The root of a part; None where it is missing or damaged."""
        stored = self._names.get(_plain(name).lower()) if name else None
        if stored is None:
            return None
        try:
            # Document type declarations were refused with the package: no entities.
            return ET.fromstring(self._package.read(stored))  # noqa: S314
        except (ET.ParseError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
            return None

    def relations(self, name: str) -> dict[str, Relation]:
        """The relationships of a part by id; of the package for an empty name."""
        folder, _, file = name.rpartition("/")
        root = self.xml(f"{folder}/_rels/{file}.rels")
        found = {}
        for element in root if root is not None else ():
            external = element.get("TargetMode", "").lower() == "external"
            target = element.get("Target", "")
            if not external:
                target = _plain(posixpath.join(f"/{folder}", unquote(target)))
            kind = element.get("Type", "").rpartition("/")[2]
            found[element.get("Id", "")] = Relation(kind, target, external)
        return found


def local(element: ET.Element) -> str:
    """The tag without its namespace."""
    return element.tag.rpartition("}")[2]


def reference(element: ET.Element, name: str) -> str:
    """An attribute that names a relationship (``r:id``); empty where there is none."""
    return next((v for k, v in element.attrib.items() if k.endswith(f"{_RELATIONSHIPS}{name}")), "")


def is_on(value: str | None) -> bool:
    """Whether an attribute is switched on."""
    return (value or "").lower() in {"1", "true", "on"}


def children(element: ET.Element) -> Iterator[ET.Element]:
    """The children; of alternate content those of its first choice, or else of its fallback."""
    for child in element:
        if local(child) == "AlternateContent":
            chosen = child.find("{*}Choice")
            chosen = child.find("{*}Fallback") if chosen is None else chosen
            if chosen is not None:
                yield from children(chosen)
        elif isinstance(child.tag, str):
            yield child


def below(element: ET.Element, *names: str) -> Iterator[ET.Element]:
    """Elements of these names below an element, in order, alternates once."""
    for child in children(element):
        if local(child) in names:
            yield child
        else:
            yield from below(child, *names)


def _plain(name: str) -> str:
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/")
