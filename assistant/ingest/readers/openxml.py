"""The parts of an Office file as plain XML, found by their relations, read as Office reads them.

Namespaces of Strict files (ISO/IEC 29500) are turned into the transitional ones. A missing or
damaged part costs no more than itself: it is counted in `Package.damaged`.
"""

import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

_OPEN = "http://schemas.openxmlformats.org"
_STRICT = re.compile(r"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
NAMESPACES = {
    "w": f"{_OPEN}/wordprocessingml/2006/main",
    "r": f"{_OPEN}/officeDocument/2006/relationships",
    "m": f"{_OPEN}/officeDocument/2006/math",
    "a": f"{_OPEN}/drawingml/2006/main",
    "c": f"{_OPEN}/drawingml/2006/chart",
    "dgm": f"{_OPEN}/drawingml/2006/diagram",
    "wp": f"{_OPEN}/drawingml/2006/wordprocessingDrawing",
    "mc": f"{_OPEN}/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
}
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError)


def qn(name: str) -> str:
    """「w:tbl」 as lxml writes it."""
    prefix, local = name.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


@dataclass(frozen=True, slots=True)
class Relation:
    """From one part to another."""

    id: str
    kind: str
    """Last word of its type: 「header」, 「footnotes」."""
    target: str
    """Name of the part, or the address outside the file."""
    external: bool


@dataclass
class Package:
    """An open Office file. Use as a context manager."""

    archive: zipfile.ZipFile
    damaged: int = 0
    """Parts that hold broken XML or cannot be unpacked; what could be read of them was read."""
    _names: dict[str, str] = field(default_factory=dict)
    _relations: dict[str, dict[str, Relation]] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path) -> "Package":
        """Open a file that `check_package` has let pass."""
        archive = zipfile.ZipFile(path)
        # Some programs write backslashes, a leading slash or other letter case.
        names = {_key(name): name for name in archive.namelist()}
        return cls(archive, _names=names)

    def __enter__(self) -> "Package":
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def data(self, name: str) -> bytes | None:
        """The bytes of a part; None where it is missing or damaged."""
        stored = self._names.get(_key(name))
        if stored is None:
            return None
        try:
            return self.archive.read(stored)
        except _DAMAGE:
            self.damaged += 1
            return None

    def xml(self, name: str) -> Any:
        """The root element of a part; None where it is missing or holds no XML."""
        data = self.data(name)
        if not data:
            return None
        try:
            root = etree.fromstring(data, _parser(recover=False))
        except etree.XMLSyntaxError:
            self.damaged += 1
            root = etree.fromstring(data, _parser(recover=True))
        if root is not None and b"purl.oclc.org" in data:
            return _transitional(root)
        return root

    def relations(self, part: str) -> dict[str, Relation]:
        """The relations of a part by their id; of the package itself for 「」."""
        if part not in self._relations:
            folder, name = posixpath.split(part)
            root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
            found = root.iter(_RELATION) if root is not None else ()
            relations = (_relation(element, folder) for element in found)
            self._relations[part] = {relation.id: relation for relation in relations}
        return self._relations[part]

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

    def main(self, kind: str) -> str:
        """The name of the main part; `kind` is its name by custom (word/document.xml)."""
        targets = [
            relation.target
            for relation in self.relations("").values()
            if relation.kind == "officeDocument" and _key(relation.target) in self._names
        ]
        return targets[0] if targets else kind

    def title(self) -> str | None:
        """The title in the file's properties; None where it has none."""
        kinds = (r.target for r in self.relations("").values() if r.kind == "core-properties")
        root = self.xml(next(kinds, "docProps/core.xml"))
        found = root.find(f".//{_TITLE}") if root is not None else None
        return (found.text or "").strip() or None if found is not None else None


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )


def _relation(element: Any, folder: str) -> Relation:
    target = element.get("Target") or ""
    external = (element.get("TargetMode") or "").lower() == "external"
    if not external:
        local = unquote(target).replace("\\", "/").split("#")[0]
        target = posixpath.normpath(posixpath.join("/", folder, local)).lstrip("/")
    kind = (element.get("Type") or "").rstrip("/").rsplit("/", 1)[-1]
    return Relation(element.get("Id") or "", kind, target, external)


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _transitional(root: Any) -> Any:
    for element in root.iter(etree.Element):
        element.tag = _renamed(element.tag)
        for name, value in list(element.attrib.items()):
            renamed = _renamed(name)
            if renamed != name:
                del element.attrib[name]
                element.set(renamed, value)
    return root


def _renamed(name: str) -> str:
    return _STRICT.sub(rf"{_OPEN}/\1/2006/\2", name)
