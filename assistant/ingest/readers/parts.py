"""The parts of an office package by name, and the parts that they point to.

Names of elements are compared without their namespace: the two editions of ECMA-376 (transitional
and Strict) differ in nothing else that a reader needs.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import unquote
from xml.etree import ElementTree

from assistant.ingest.readers.package import XML_SUFFIXES

_NOT_READABLE = (ElementTree.ParseError, zipfile.BadZipFile, KeyError, EOFError, ValueError)


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part points to."""

    kind: str
    """Last word of the relation's type: 「worksheet」, 「comments」."""
    target: str
    """Name of a part, or the address outside the package."""
    external: bool = False


class Package:
    """An office file that `check_package` has passed. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        # Part names differ in case and in their slashes from one program to the next. Parts that
        # `check_package` does not search for declarations are none that may be parsed.
        self._names = {
            _key(name): name
            for name in self._archive.namelist()
            if name.lower().endswith(XML_SUFFIXES)
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._archive.close()

    def open(self, name: str) -> IO[bytes] | None:
        """A part to be read; None where the package does not hold it."""
        found = self._names.get(_key(name))
        return None if found is None else self._archive.open(found)

    def tree(self, name: str) -> ElementTree.Element | None:
        """The root of a part; None where it is absent or no XML."""
        try:
            part = self.open(name)
            if part is None:
                return None
            with part:
                # The part was searched for declarations before: no entity is left to expand.
                return ElementTree.parse(part).getroot()  # noqa: S314
        except _NOT_READABLE:
            return None

    def text(self, name: str) -> str:
        """A part that need not be well-formed (VML); empty where it is absent."""
        part = self.open(name)
        if part is None:
            return ""
        with part:
            return part.read().decode("utf-8", errors="replace")

    def names(self, folder: str) -> list[str]:
        """Names of the XML parts below a folder, as the package writes them."""
        return [name for key, name in self._names.items() if key.startswith(f"{folder}/")]

    def relations(self, name: str = "") -> dict[str, Relation]:
        """What a part points to by the relation's id; of the package itself without a name."""
        folder, _, file = name.rpartition("/")
        root = self.tree(posixpath.join(folder, "_rels", f"{file}.rels"))
        found = {}
        for child in root if root is not None else ():
            kind = child.get("Type", "").rpartition("/")[2]
            target = child.get("Target", "")
            external = child.get("TargetMode", "").lower() == "external"
            if not external:
                target = posixpath.normpath(
                    posixpath.join("/", folder, unquote(target).replace("\\", "/"))
                ).lstrip("/")
            found[child.get("Id", "")] = Relation(kind, target, external)
        return found


def local(element: ElementTree.Element) -> str:
    """The name of an element without its namespace."""
    return local_name(element.tag)


def local_name(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


def relation_id(element: ElementTree.Element, name: str = "id") -> str:
    """The id by which an element names a part (`r:id`); empty where it names none."""
    for key, value in element.attrib.items():
        if local_name(key) == name and "relationships" in key:
            return value
    return ""


def child(element: ElementTree.Element | None, *path: str) -> ElementTree.Element | None:
    """The first element at a path of names below another; None where there is none."""
    for name in path:
        if element is None:
            return None
        element = next((c for c in element if local(c) == name), None)
    return element


def below(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """All elements of a name anywhere below another, in order."""
    return (e for e in element.iter() if local(e) == name)


def children(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """The children; of alternate content those of its first choice, or else of its fallback."""
    for one in element:
        if local(one) == "AlternateContent":
            chosen = child(one, "Choice")
            chosen = child(one, "Fallback") if chosen is None else chosen
            if chosen is not None:
                yield from children(chosen)
        elif isinstance(one.tag, str):
            yield one


def outermost(element: ElementTree.Element, *names: str) -> Iterator[ElementTree.Element]:
    """Elements of these names below another but not below each other, alternates once."""
    for one in children(element):
        if local(one) in names:
            yield one
        else:
            yield from outermost(one, *names)


def is_set(value: str | None) -> bool:
    """Whether an attribute is switched on."""
    return (value or "").lower() in {"1", "true", "on"}


def is_on(switch: ElementTree.Element | None) -> bool:
    """Whether a property such as `strike` stands and is not switched off."""
    return switch is not None and switch.get("val", "1") not in {"0", "false", "off"}


def whole_number(text: str | None, otherwise: int) -> int:
    """A whole number of an attribute, or else another."""
    try:
        return int(text) if text else otherwise
    except ValueError:
        return otherwise


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
