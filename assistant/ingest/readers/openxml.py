"""Parts of Office files as Word's reader walks them: by qualified names, as far as XML goes.

Namespaces of Strict files (ISO/IEC 29500) are turned into the transitional ones.
"""

import re
from typing import Any

from lxml import etree

_OPEN = "http://schemas.openxmlformats.org"
_STRICT = re.compile(r"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
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


def qn(name: str) -> str:
    """「w:tbl」 as lxml writes it."""
    prefix, local = name.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def read_xml(data: bytes) -> tuple[Any, bool]:
    """The root element of a part, None where it holds no XML, and whether its XML is broken."""
    broken = False
    try:
        root = etree.fromstring(data, _parser(recover=False))
    except etree.XMLSyntaxError:
        broken = True
        root = etree.fromstring(data, _parser(recover=True))
    if root is not None and b"purl.oclc.org" in data:
        root = _transitional(root)
    return root, broken


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )


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
