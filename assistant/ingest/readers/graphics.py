"""Words of DrawingML, which all office files share: text bodies, descriptions, SmartArt."""

import re
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from assistant.ingest.readers.equations import is_equation, linear
from assistant.ingest.readers.parts import below, child, children, local, whole_number

_STRUCK = {"sngStrike", "dblStrike"}
# Descriptions that programs give to pictures by themselves: a file's name, or a guess.
_MADE_DESCRIPTION = re.compile(
    r"\S*\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svg)$"
    r"|.*自動的に生成された説明|.*automatically generated",
    re.IGNORECASE | re.DOTALL,
)


def paragraphs(body: Element, struck: Callable[[], object]) -> str:
    """The words of a text body, a line for each paragraph; `struck` is told of those struck out."""
    lines = [words(p, struck) for p in below(body, "p")]
    return "\n".join(line.strip() for line in lines if line.strip())


def has_words(element: Element) -> bool:
    """Whether an element holds a run of text."""
    return any(e.text and e.text.strip() for e in below(element, "t"))


def description(properties: Element | None) -> str:
    """What the author says a picture shows; empty where nobody says so, or a program does.

    Args:
        properties: `cNvPr` or `docPr` of the picture.
    """
    text = (properties.get("descr") or "").strip() if properties is not None else ""
    return "" if _MADE_DESCRIPTION.match(text) else text


def diagram_items(
    root: Element, text: Callable[[Element], str]
) -> list[tuple[tuple[str, ...], str]]:
    """The words of SmartArt in the order of its tree, each with those it stands under.

    Args:
        root: of the part that holds the diagram's data.
        text: gives the words that are seen of a text body.
    """
    points = {p.get("modelId", ""): p for p in below(root, "pt") if p.get("type") != "pres"}
    inner: dict[str, list[tuple[int, str]]] = {}
    for link in below(root, "cxn"):
        if link.get("type", "parOf") == "parOf":
            order = whole_number(link.get("srcOrd"), 0)
            inner.setdefault(link.get("srcId", ""), []).append((order, link.get("destId", "")))
    owned = {name for links in inner.values() for _, name in links}
    # The document's point first; those that no tree holds last; rings are cut where they close.
    names = sorted(points, key=lambda name: (name in owned, points[name].get("type") != "doc"))
    waiting: list[tuple[str, tuple[str, ...]]] = [(name, ()) for name in reversed(names)]
    items: list[tuple[tuple[str, ...], str]] = []
    while waiting:
        name, above = waiting.pop()
        point = points.pop(name, None)
        if point is None:
            continue
        body = child(point, "t")
        said = text(body) if body is not None else ""
        if said:
            items.append((above, said))
            above = (*above, " ".join(said.split()))
        waiting += [(below_it, above) for _, below_it in sorted(inner.get(name, ()), reverse=True)]
    return items


def words(element: Element, struck: Callable[[], object]) -> str:
    """The words of a paragraph or an equation in order; `struck` is told of those struck out."""
    return "".join(_words(element, struck))


def _words(element: Element, struck: Callable[[], object]) -> Iterator[str]:
    for part in children(element):
        name = local(part)
        if is_equation(part):
            yield linear(part, lambda inner: words(inner, struck))
        elif name == "br":
            yield "\n"
        elif name == "t":
            yield part.text or ""
        elif name in {"r", "fld"} and (properties := child(part, "rPr")) is not None:
            if properties.get("strike") in _STRUCK:
                if has_words(part):
                    struck()
            else:
                yield from _words(part, struck)
        else:
            yield from _words(part, struck)
