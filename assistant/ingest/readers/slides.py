"""PowerPoint: every visible slide with its boxes, tables, charts and diagrams, notes and comments.

Read from the package's XML: PowerPoint opens far more files than an object model of them does.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from assistant.errors import ReadError
from assistant.ingest.headings import joined
from assistant.ingest.imprint import is_office
from assistant.ingest.opening import Line
from assistant.ingest.readers import ReadResult, no_text
from assistant.ingest.readers.losses import PICTURE, Losses
from assistant.ingest.readers.package import damaged
from assistant.ingest.readers.parts import Package, Relation, local, outermost, relation_id
from assistant.ingest.readers.shapes import (
    FURNITURE,
    Item,
    Slide,
    is_shown,
    kind_of,
    number_at,
    read_items,
    shape_text,
    shape_tree,
)
from assistant.records.text import Page

# A box with the same words on this many slides may be a banner.
_REPEATED_SLIDES = 3
_OFF = {"0", "false"}
_NO_RELATION = Relation("", "", external=True)


def read_slides(path: Path) -> ReadResult:
    """Read a .pptx file; the caller has checked that it is one.

    Raises:
        ReadError: no text on a visible slide, or the list of slides cannot be read.
    """
    with Package(path) as parts:
        return _read(parts)


def _read(parts: Package) -> ReadResult:
    losses = Losses()
    main = parts.main("ppt/presentation.xml")
    presentation = parts.tree(main)
    if presentation is None:
        raise damaged()
    extent = presentation.find("{*}sldSz")
    size = (number_at(extent, "cx"), number_at(extent, "cy"))
    slides: list[Slide] = []
    hidden: list[int] = []
    missing: list[int] = []
    for number, part in enumerate(_slide_parts(parts, main, presentation), start=1):
        root = parts.tree(part)
        if root is None:
            missing.append(number)
        elif root.get("show") in _OFF:
            hidden.append(number)
        else:
            relations = parts.relations(part)
            above = tuple(_above(parts, relations))
            slides.append(Slide(number, root, relations, parts, losses, above, size))
    title = parts.title()
    pages, pictures = _all_pages(slides, title or "")
    if not pages:
        raise _pictures_alone() if pictures else no_text()
    return ReadResult(
        tuple(pages),
        title,
        tuple(sorted((*hidden, *missing, *pictures))),
        _listed("非表示のスライド", hidden, "は取り込みません。")
        + _listed("壊れているスライド", missing, "を読めませんでした。")
        + _listed("画像だけのスライド", pictures, "を読めませんでした。")
        + losses.reason
        + parts.damage,
    )


def _listed(what: str, numbers: list[int], verb: str) -> str:
    return f"{what}({'、'.join(map(str, numbers))}){verb}" if numbers else ""


def _pictures_alone() -> ReadError:
    return ReadError(
        "どのスライドも画像だけで、文字がありません。",
        "文字の入った元のファイルを置き直してください。",
    )


def _slide_parts(parts: Package, main: str, presentation: ET.Element) -> list[str]:
    """Names of the slides' parts in order; empty for one that nothing names."""
    relations = parts.relations(main)
    listed = [element for element in presentation.iter() if local(element) == "sldId"]
    if relations or not listed:
        return [relations.get(relation_id(e, "id"), _NO_RELATION).target for e in listed]
    # Without its relationships the presentation does not say where its slides are.
    named = (re.fullmatch(r".*slides/slide(\d+)\.xml", name) for name in parts.names("ppt"))
    return [m[0] for m in sorted((m for m in named if m), key=lambda m: int(m[1]))]


def _above(parts: Package, relations: dict[str, Relation]) -> Iterator[ET.Element]:
    """The layout and the master of a slide."""
    for kind in ("slideLayout", "slideMaster"):
        part = next((r.target for r in relations.values() if r.kind == kind), None)
        root = parts.tree(part or "")
        if part is None or root is None:
            return
        yield root
        relations = parts.relations(part)


def _all_pages(slides: list[Slide], document: str) -> tuple[list[Page], list[int]]:
    """The pages in order, and the numbers of the slides that are pictures alone."""
    items = [read_items(slide) for slide in slides]
    counts = Counter(text for found in items for text in {item.text for item in found})
    names = {"".join(name.split()) for name in (document, *(s.title for s in slides[:1]))}
    banners = {
        text
        for text, count in counts.items()
        if count >= _REPEATED_SLIDES and _is_banner(text, names)
    }
    pages: list[Page] = []
    pictures: list[int] = []
    seen: set[str] = set()
    for index, (slide, found) in enumerate(zip(slides, items, strict=True)):
        own = [item for item in found if item.text not in seen]
        seen.update(banners.intersection(item.text for item in own))
        shown = list(_slide_pages(slide, own))
        if slide.pictures and not shown:
            pictures.append(slide.number)
        for _ in range(slide.pictures if shown else 0):
            slide.losses.unread(PICTURE, slide.place)
        pages += [*shown, *_notes(slide), *_comments(slide)]
        if not index:
            # Beside the opening: a watermark or a running foot says how far along the document is.
            pages += _marks(slides)
    return pages, pictures


def _is_banner(text: str, names: set[str]) -> bool:
    """Whether words repeated over slides say nothing of any of them: a number, a name."""
    flat = "".join(text.split())
    named = flat in names or is_office(Line(text, ""))
    return bool(flat) and (named or not any(c.isalpha() for c in flat))


def _slide_pages(slide: Slide, items: Sequence[Item]) -> Iterator[Page]:
    """Boxes between tables and charts as one page; the title is the first line of the first.

    A title with nothing below it is what its slide says: it is no heading then.
    """
    lines = [slide.title] if slide.title else []
    heading = bool(lines and items)
    section = slide.section if items else slide.place
    for item in (*items, None):
        if item is not None and not item.pages:
            lines.append(item.text)
            continue
        if lines:
            text = "\n".join(dict.fromkeys(lines))
            yield Page(text, locator=slide.place, section=section, heading=heading)
            lines, heading = [], False
        if item is not None:
            yield from item.pages
    for address in slide.links:
        locator = f"{slide.place} リンク先"
        yield Page(f"リンク先: {address}", locator=locator, section=slide.section)


def _notes(slide: Slide) -> Iterator[Page]:
    for relation in slide.relations.values():
        root = slide.parts.tree(relation.target) if relation.kind == "notesSlide" else None
        tree = shape_tree(root) if root is not None else None
        if tree is None:
            continue
        shapes = (s for s in outermost(tree, "sp") if kind_of(s) not in FURNITURE and is_shown(s))
        text = "\n".join(filter(None, (shape_text(slide, shape) for shape in shapes)))
        if text:
            section = joined(slide.section, "ノート")
            yield Page(text, locator=f"{slide.place} ノート", section=section)


def _comments(slide: Slide) -> Iterator[Page]:
    """Comments and replies, of the old kind and of the new."""
    for relation in slide.relations.values():
        root = slide.parts.tree(relation.target) if relation.kind == "comments" else None
        for comment in root.iter() if root is not None else ():
            if local(comment) not in {"cm", "reply"}:
                continue
            own = comment.find("{*}text")
            text = (own.text or "").strip() if own is not None else shape_text(slide, comment)
            if text:
                section = joined(slide.section, "コメント")
                yield Page(text, locator=f"{slide.place} コメント", section=section)


def _marks(slides: list[Slide]) -> Iterator[Page]:
    """What masters and layouts put on the slides, and running feet, each text once."""
    texts: dict[str, str] = {}
    for slide in slides:
        covered = slide.root.get("showMasterSp") in _OFF
        for root in () if covered else slide.above:
            for shape in _drawn(root):
                if not kind_of(shape):
                    texts.setdefault(shape_text(slide, shape), "マスター")
            if root.get("showMasterSp") in _OFF:
                break
        for shape in _drawn(slide.root):
            if kind_of(shape) in FURNITURE:
                texts.setdefault(shape_text(slide, shape), "フッター")
    counts: Counter[str] = Counter()
    for text, name in texts.items():
        if any(character.isalpha() for character in text):
            counts[name] += 1
            yield Page(text, locator=f"{name} {counts[name]}", section=name)


def _drawn(root: ET.Element) -> Iterator[ET.Element]:
    """The boxes that a slide, layout or master shows."""
    tree = shape_tree(root)
    return (s for s in outermost(tree, "sp") if is_shown(s)) if tree is not None else iter(())
