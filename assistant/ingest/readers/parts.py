"""The parts of an office package by name, and the parts that they point to.

Names of elements are compared without their namespace: the two editions of ECMA-376 (transitional
and Strict) differ in nothing else that a reader needs.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import unquote
from xml.etree import ElementTree

from assistant.ingest.readers.openxml import read_xml
from assistant.ingest.readers.package import XML_SUFFIXES

_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError)
_NOT_READABLE = (*_DAMAGE, ElementTree.ParseError, KeyError, ValueError)


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

    damaged = 0
    """Parts that were found broken: of those read by `xml` what could be read was read."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        # Some programs write backslashes, a leading slash or other letter case.
        self._names = {_key(name): name for name in self._archive.namelist()}
        self._relations: dict[str, dict[str, Relation]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._archive.close()

    @property
    def damage(self) -> str:
        """A sentence on the damaged parts; empty without any."""
        return f"壊れた部品 {self.damaged}か所を読めませんでした。" if self.damaged else ""

    def open(self, name: str) -> IO[bytes] | None:
        """A part of XML to be read; None where the package does not hold it."""
        found = self._names.get(_key(name), "")
        # Parts that `check_package` does not search for declarations are none to be parsed.
        return self._archive.open(found) if found.lower().endswith(XML_SUFFIXES) else None

    def data(self, name: str) -> bytes | None:
        """The bytes of any part; None where it is missing or damaged."""
        found = self._names.get(_key(name))
        try:
            return None if found is None else self._archive.read(found)
        except _DAMAGE:
            self.damaged += 1
            return None

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
            self.damaged += 1
            return None

    def xml(self, name: str) -> Any:
        """The root of a part, read as far as it goes by lxml; None where it is absent or no XML."""
        data = self.data(name) if name.lower().endswith(XML_SUFFIXES) else b""
        if not data:
            return None
        root, broken = read_xml(data)
        self.damaged += broken
        return root

    def text(self, name: str) -> str:
        """A part that need not be well-formed (VML); empty where it is absent."""
        part = self.open(name)
        if part is None:
            return ""
        with part:
            return part.read().decode("utf-8", errors="replace")

    def names(self, folder: str) -> list[str]:
        """Names of the XML parts below a folder, as the package writes them."""
        return [
            name
            for key, name in self._names.items()
            if key.startswith(f"{folder}/") and key.endswith(XML_SUFFIXES)
        ]

    def relations(self, name: str = "") -> dict[str, Relation]:
        """What a part points to by the relation's id; of the package itself without a name."""
        if name not in self._relations:
            folder, file = posixpath.split(name)
            root = self.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
            self._relations[name] = {
                element.get("Id", ""): _relation(element, folder)
                for element in (root if root is not None else ())
            }
        return self._relations[name]

    def related(self, part: str, kind: str) -> list[str]:
        """Names of the parts that a part is related to, those by custom where nothing says so."""
        found = [r for r in self.relations(part).values() if r.kind == kind and not r.external]
        if found:
            return [relation.target for relation in found]
        custom = re.compile(re.escape(_key(posixpath.dirname(part))) + rf"/{kind.lower()}\d*\.xml")
        return sorted(name for name in self._names if custom.fullmatch(name))

    def content_type(self, part: str) -> str:
        """What [Content_Types].xml calls the content of a part; empty where it says nothing."""
        root = self.xml("[Content_Types].xml")
        suffix = posixpath.splitext(part)[1].lstrip(".").lower()
        by_suffix = ""
        for element in root.iter() if root is not None else ():
            kind = str(element.get("ContentType", ""))
            if _key(element.get("PartName", "")) == _key(part):
                return kind
            if element.get("Extension", "").lower() == suffix:
                by_suffix = kind
        return by_suffix

    def main(self, name: str) -> str:
        """The name of the main part; `name` is the one by custom (word/document.xml)."""
        targets = (r.target for r in self.relations().values() if r.kind == "officeDocument")
        return next((target for target in targets if _key(target) in self._names), name)

    def title(self) -> str | None:
        """The title in the file's properties; None where it has none."""
        kinds = (r.target for r in self.relations().values() if r.kind == "core-properties")
        root = self.xml(next(kinds, "docProps/core.xml"))
        titles = (e.text or "" for e in below(root, "title")) if root is not None else ()
        return next((title.strip() for title in titles if title.strip()), None)


def _relation(element: Any, folder: str) -> Relation:
    target = element.get("Target") or ""
    external = (element.get("TargetMode") or "").lower() == "external"
    if not external:
        local = unquote(target).replace("\\", "/").split("#")[0]
        target = posixpath.normpath(posixpath.join("/", folder, local)).lstrip("/")
    kind = (element.get("Type") or "").rstrip("/").rpartition("/")[2]
    return Relation(kind, target, external)


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
    return switch is not None and value_of(switch, "on").lower() not in {"0", "false", "off"}


def value_of(element: ElementTree.Element, otherwise: str = "") -> str:
    """The attribute `val` of a property, which Word puts into a namespace and Excel does not."""
    values = (value for name, value in element.attrib.items() if local_name(name) == "val")
    return next(values, otherwise)


def whole_number(text: str | None, otherwise: int) -> int:
    """A whole number of an attribute, or else another."""
    try:
        return int(text) if text else otherwise
    except ValueError:
        return otherwise


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
